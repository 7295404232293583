//! The append-only log: who did what, when, to which object. Each entry carries the hash of the one before, so a
//! changed, removed or inserted entry is found by [`verify`]; the head row finds a log cut short at its end.
//!
//! Hash of an entry: SHA-256 over the previous hash and every field, each written as its length and its bytes.

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use crate::{
    db::{
        DbConnection, DbResult,
        schema::{audit_entries, audit_heads},
    },
    types::{Id, Instant, hex},
};

/// What the first entry of an organisation names as its predecessor.
const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// An event before it has a position in the log.
#[derive(Clone, Debug)]
pub struct Event<'a> {
    organisation: Id,
    /// `person:ID`, `candidate:ID` or `system`: never a name or an address.
    actor: String,
    /// `object.verb` in the past tense, for example `plan.created`.
    action: &'a str,
    object_kind: &'a str,
    object_id: String,
    /// A JSON object without personal data.
    detail: serde_json::Value,
}

impl<'a> Event<'a> {
    /// An event without detail. `actor` is `person:ID`, `candidate:ID` or `system`; `action` is
    /// `object.verb` in the past tense, for example `plan.created`.
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

    /// Adds a JSON object that must not contain personal data.
    #[must_use]
    pub fn detail(mut self, detail: serde_json::Value) -> Self {
        self.detail = detail;
        self
    }
}

/// One line of the log.
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

/// Appends `event` in the caller's write transaction. The head row is the lock that keeps the chain single.
///
/// # Errors
/// Database errors.
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

/// How often each action stands in the log after a moment, by action.
///
/// # Errors
/// Database errors.
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

/// Newest entries first, below sequence number `before` when given, at most `limit`.
///
/// # Errors
/// Database errors.
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

/// What [`verify`] found.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub enum Verdict {
    /// Every entry is as it was written.
    Intact { entries: i64 },
    /// The first place where the log is not as it was written.
    Broken { sequence: i64, reason: String },
}

/// Reads the whole log of an organisation and re-computes its chain.
///
/// # Errors
/// Database errors.
pub fn verify(c: &mut DbConnection, organisation: Id) -> DbResult<Verdict> {
    let broken = |sequence, reason: &str| {
        Ok(Verdict::Broken {
            sequence,
            reason: reason.to_owned(),
        })
    };
    // The head first: what is appended while we read lies behind it and is not looked at.
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
                return broken(sequence + 1, "an entry is missing");
            }
            if entry.previous_hash != hash {
                return broken(entry.sequence, "it does not follow the entry before it");
            }
            if entry.computed_hash() != entry.hash {
                return broken(entry.sequence, "its content was changed");
            }
            (sequence, hash) = (entry.sequence, entry.hash);
        }
    }
    match head {
        Some(head) if head != (sequence, hash) => broken(sequence + 1, "the log was cut short"),
        None if sequence > 0 => broken(sequence, "the head of the log is missing"),
        _ => Ok(Verdict::Intact { entries: sequence }),
    }
}
