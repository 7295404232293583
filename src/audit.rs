//! Append-only, hash-chained audit log: who did what, when, to which object.
//!
//! Each entry contains the hash of the entry before it, so [`verify`] detects a changed, removed or
//! inserted entry. A head row per organisation holds the last sequence number and hash, so a log
//! that was truncated at its end is detected as well.
//!
//! Hash of an entry: SHA-256 over the previous hash and every field, each preceded by its length in
//! bytes as a 64-bit big-endian integer.

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use crate::{
    db::{
        DbConnection, DbResult,
        schema::{audit_entries, audit_heads},
    },
    locale::{Localised, Message},
    msg,
    types::{Id, Instant, hex},
};

/// Previous hash of an organisation's first entry.
const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// An event before it has a position in the log.
#[derive(Clone, Debug)]
pub struct Event<'a> {
    organisation: Id,
    actor: String,
    action: &'a str,
    object_kind: &'a str,
    object_id: String,
    detail: serde_json::Value,
}

impl<'a> Event<'a> {
    /// An event without detail. `actor` is `person:ID`, `candidate:ID` or `system`, never a name or
    /// an address; `action` is `object.verb` in the past tense, for example `plan.created`.
    pub fn new(
        organisation: Id,
        actor: impl Into<String>,
        action: &'a str,
        (object_kind, object_id): (&'a str, impl ToString),
    ) -> Self {
        Self {
            organisation,
            actor: actor.into(),
            action,
            object_kind,
            object_id: object_id.to_string(),
            detail: serde_json::json!({}),
        }
    }

    /// Sets the detail, a JSON object that must not contain personal data.
    #[must_use]
    pub fn detail(mut self, detail: serde_json::Value) -> Self {
        self.detail = detail;
        self
    }
}

/// An entry of the log.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = audit_entries)]
pub struct Entry {
    pub organisation_id: Id,
    pub sequence: i64,
    pub at: Instant,
    pub actor: String,
    pub action: String,
    pub object_kind: String,
    pub object_id: String,
    pub detail: String,
    pub previous_hash: String,
    pub hash: String,
}

impl Entry {
    fn computed_hash(&self) -> String {
        let mut sha = Sha256::new();
        let (sequence, organisation, at) = (
            self.sequence.to_string(),
            self.organisation_id.to_string(),
            self.at.to_text(),
        );
        let fields: [&str; 9] = [
            &self.previous_hash,
            &organisation,
            &sequence,
            &at,
            &self.actor,
            &self.action,
            &self.object_kind,
            &self.object_id,
            &self.detail,
        ];
        for field in fields {
            sha.update((field.len() as u64).to_be_bytes());
            sha.update(field.as_bytes());
        }
        hex(&sha.finalize())
    }
}

/// Appends `event` in the caller's write transaction. Updating the head row first serialises
/// concurrent writers.
pub fn record(c: &mut DbConnection, event: Event<'_>, now: Instant) -> DbResult<()> {
    let organisation = event.organisation;
    let moved = diesel::update(audit_heads::table.find(organisation))
        .set(audit_heads::sequence.eq(audit_heads::sequence + 1))
        .execute(c)?;
    if moved == 0 {
        let first = (
            audit_heads::organisation_id.eq(organisation),
            audit_heads::sequence.eq(1),
            audit_heads::hash.eq(GENESIS),
        );
        diesel::insert_into(audit_heads::table)
            .values(first)
            .execute(c)?;
    }
    let (sequence, previous_hash): (i64, String) = audit_heads::table
        .find(organisation)
        .select((audit_heads::sequence, audit_heads::hash))
        .first(c)?;
    let mut entry = Entry {
        organisation_id: organisation,
        sequence,
        at: now,
        actor: event.actor,
        action: event.action.to_owned(),
        object_kind: event.object_kind.to_owned(),
        object_id: event.object_id,
        detail: event.detail.to_string(),
        previous_hash,
        hash: String::new(),
    };
    entry.hash = entry.computed_hash();
    let row = (
        audit_entries::organisation_id.eq(entry.organisation_id),
        audit_entries::sequence.eq(entry.sequence),
        audit_entries::at.eq(entry.at),
        audit_entries::actor.eq(&entry.actor),
        audit_entries::action.eq(&entry.action),
        audit_entries::object_kind.eq(&entry.object_kind),
        audit_entries::object_id.eq(&entry.object_id),
        audit_entries::detail.eq(&entry.detail),
        audit_entries::previous_hash.eq(&entry.previous_hash),
        audit_entries::hash.eq(&entry.hash),
    );
    diesel::insert_into(audit_entries::table)
        .values(row)
        .execute(c)?;
    diesel::update(audit_heads::table.find(organisation))
        .set(audit_heads::hash.eq(&entry.hash))
        .execute(c)?;
    Ok(())
}

/// Number of entries after an instant by action, in alphabetical order.
pub fn counts_since(
    c: &mut DbConnection,
    organisation: Id,
    after: Instant,
) -> DbResult<Vec<(String, i64)>> {
    Ok(audit_entries::table
        .filter(audit_entries::organisation_id.eq(organisation))
        .filter(audit_entries::at.gt(after))
        .group_by(audit_entries::action)
        .order(audit_entries::action)
        .select((audit_entries::action, diesel::dsl::count_star()))
        .load(c)?)
}

/// Entries about an object, newest first, at most `limit`.
pub fn about(
    c: &mut DbConnection,
    organisation: Id,
    (kind, id): (&str, &str),
    limit: i64,
) -> DbResult<Vec<Entry>> {
    Ok(audit_entries::table
        .filter(audit_entries::organisation_id.eq(organisation))
        .filter(audit_entries::object_kind.eq(kind))
        .filter(audit_entries::object_id.eq(id))
        .order(audit_entries::sequence.desc())
        .limit(limit)
        .select(Entry::as_select())
        .load(c)?)
}

/// At most `limit` entries, newest first; with `before`, only those with a smaller sequence number.
pub fn recent(
    c: &mut DbConnection,
    organisation: Id,
    before: Option<i64>,
    limit: i64,
) -> DbResult<Vec<Entry>> {
    Ok(audit_entries::table
        .filter(audit_entries::organisation_id.eq(organisation))
        .filter(audit_entries::sequence.lt(before.unwrap_or(i64::MAX)))
        .order(audit_entries::sequence.desc())
        .limit(limit)
        .select(Entry::as_select())
        .load(c)?)
}

/// Result of [`verify`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every entry is as it was written.
    Intact { entries: i64 },
    /// The log was changed; `sequence` is the first affected entry.
    Broken { sequence: i64, damage: Damage },
}

/// How a log differs from what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// An entry is missing.
    Missing,
    /// An entry does not contain the hash of the entry before it.
    Unlinked,
    /// The content of an entry does not fit its hash.
    Changed,
    /// Entries at the end are missing.
    Truncated,
    /// The head row is missing.
    NoHead,
}

impl Localised for Verdict {
    fn message(&self) -> Message {
        let (sequence, damage) = match self {
            Self::Intact { entries } => return msg!("audit-intact", count = *entries),
            Self::Broken { sequence, damage } => (*sequence, damage),
        };
        match damage {
            Damage::Missing => msg!("audit-entry-missing", sequence = sequence),
            Damage::Unlinked => msg!("audit-entry-unlinked", sequence = sequence),
            Damage::Changed => msg!("audit-entry-changed", sequence = sequence),
            Damage::Truncated => msg!("audit-truncated", sequence = sequence),
            Damage::NoHead => msg!("audit-no-head"),
        }
    }
}

/// Reads the whole log of an organisation and recomputes its hash chain.
pub fn verify(c: &mut DbConnection, organisation: Id) -> DbResult<Verdict> {
    let broken = |sequence, damage| Ok(Verdict::Broken { sequence, damage });
    // The head is read first, so that entries appended meanwhile are ignored.
    let head: Option<(i64, String)> = audit_heads::table
        .find(organisation)
        .select((audit_heads::sequence, audit_heads::hash))
        .first(c)
        .optional()?;
    let last = head.as_ref().map_or(i64::MAX, |(sequence, _)| *sequence);
    let (mut sequence, mut hash) = (0_i64, GENESIS.to_owned());
    loop {
        let page: Vec<Entry> = audit_entries::table
            .filter(audit_entries::organisation_id.eq(organisation))
            .filter(
                audit_entries::sequence
                    .gt(sequence)
                    .and(audit_entries::sequence.le(last)),
            )
            .order(audit_entries::sequence)
            .limit(2_000)
            .select(Entry::as_select())
            .load(c)?;
        if page.is_empty() {
            break;
        }
        for entry in page {
            if entry.sequence != sequence + 1 {
                return broken(sequence + 1, Damage::Missing);
            }
            if entry.previous_hash != hash {
                return broken(entry.sequence, Damage::Unlinked);
            }
            if entry.computed_hash() != entry.hash {
                return broken(entry.sequence, Damage::Changed);
            }
            (sequence, hash) = (entry.sequence, entry.hash);
        }
    }
    match head {
        Some(head) if head != (sequence, hash) => broken(sequence + 1, Damage::Truncated),
        None if sequence > 0 => broken(sequence, Damage::NoHead),
        _ => Ok(Verdict::Intact { entries: sequence }),
    }
}
