//! The entries of the log and its head: appended in one place, read in pages.

use diesel::prelude::*;
use sha2::{Digest, Sha256};

use crate::{
    audit_key::AuditKey,
    db::{
        DbConnection, DbResult,
        schema::{audit_entries, audit_heads},
    },
    types::{Id, Instant, hex},
};

/// Previous hash of an organisation's first entry.
pub(super) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Action of the first entry of each organisation.
pub(super) const FIRST: &str = "organisation.created";

/// The last position of an organisation's log.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = audit_heads)]
pub(super) struct Head {
    pub(super) sequence: i64,
    pub(super) hash: String,
    pub(super) signature: Option<String>,
    /// The key of the signature.
    pub(super) key_id: Option<String>,
}

pub(super) fn signature(key: &AuditKey, organisation: Id, sequence: i64, hash: &str) -> String {
    key.sign(&[
        "audit head",
        &organisation.to_string(),
        &sequence.to_string(),
        hash,
    ])
}

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
    /// An event without detail. `actor` is `person:ID`, `key:ID` (an API key), `candidate:ID` or
    /// `system`, never a name or
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
    pub(super) fn computed_hash(&self) -> String {
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
    let head: Head = audit_heads::table
        .find(organisation)
        .select(Head::as_select())
        .first(c)?;
    let (sequence, previous_hash) = (head.sequence, head.hash);
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
    // Only a log that was signed goes on to be signed, or the next entry would hide what somebody
    // did to the head. A log begins with its organisation.
    let key = AuditKey::installed().filter(|key| match &head.signature {
        Some(before) => *before == signature(key, organisation, sequence - 1, &entry.previous_hash),
        None => sequence == 1 && entry.action == FIRST,
    });
    set_head(c, organisation, sequence, &entry.hash, key)
}

/// Writes hash and signature of a head; without a key it has no signature.
pub(super) fn set_head(
    c: &mut DbConnection,
    organisation: Id,
    sequence: i64,
    hash: &str,
    key: Option<&AuditKey>,
) -> DbResult<()> {
    diesel::update(audit_heads::table.find(organisation))
        .set((
            audit_heads::hash.eq(hash),
            audit_heads::signature.eq(key.map(|key| signature(key, organisation, sequence, hash))),
            audit_heads::key_id.eq(key.map(AuditKey::id)),
        ))
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
