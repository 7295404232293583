//! Append-only, hash-chained audit log: who did what, when, to which object.
//!
//! Each entry contains the hash of the entry before it, so [`verify`] detects a changed, removed or
//! inserted entry, and anybody can recompute it. A head row per organisation holds the last sequence
//! number and hash under a signature, whose key is not in the database ([`audit_key`]). So a log that
//! was shortened, emptied or written anew by somebody who can write the database is detected as
//! well. A return to an earlier signed head, as in an older copy of the database, goes unnoticed; heads
//! that were exported before ([`signed_head`]) show that too.
//!
//! Hash of an entry: SHA-256 over the previous hash and every field, each preceded by its length in
//! bytes as a 64-bit big-endian integer.
//!
//! [`audit_key`]: crate::audit_key

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    audit_key::AuditKey,
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

/// Action of the first entry of each organisation.
const FIRST: &str = "organisation.created";

/// The migration since which heads are signed. Heads from before are signed once, right after it;
/// see [`sign_unsigned`].
pub const SIGNED_SINCE: &str = "20261127000230";

/// The last position of an organisation's log.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = audit_heads)]
struct Head {
    sequence: i64,
    hash: String,
    signature: Option<String>,
    /// The key of the signature.
    key_id: Option<String>,
}

fn signature(key: &AuditKey, organisation: Id, sequence: i64, hash: &str) -> String {
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
fn set_head(
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

/// Signs the logs whose heads have no signature, and records in each that it was signed as it was. To
/// be called once, after the migration [`SIGNED_SINCE`]: later a missing signature means that
/// somebody removed it.
pub fn sign_unsigned(c: &mut DbConnection, now: Instant) -> DbResult<()> {
    let organisations: Vec<Id> = audit_heads::table
        .filter(audit_heads::signature.is_null())
        .order(audit_heads::organisation_id)
        .select(audit_heads::organisation_id)
        .load(c)?;
    for organisation in organisations {
        sign(c, organisation, serde_json::json!({ "first": true }), now)?;
    }
    Ok(())
}

/// Records that a log is signed with the present key, and signs it.
fn sign(
    c: &mut DbConnection,
    organisation: Id,
    detail: serde_json::Value,
    now: Instant,
) -> DbResult<()> {
    let object = ("organisation", organisation);
    let event = Event::new(organisation, "system", "audit.signed", object).detail(detail);
    // Locks the head.
    record(c, event, now)?;
    let head: Head = audit_heads::table
        .find(organisation)
        .select(Head::as_select())
        .first(c)?;
    set_head(
        c,
        organisation,
        head.sequence,
        &head.hash,
        AuditKey::installed(),
    )
}

/// Whether the heads are signed with the key of this program, as far as they are signed at all.
pub fn is_our_key(c: &mut DbConnection) -> DbResult<bool> {
    let Some(key) = AuditKey::installed() else {
        return Ok(true);
    };
    let others: i64 = audit_heads::table
        .filter(audit_heads::key_id.ne(key.id()))
        .count()
        .get_result(c)?;
    Ok(others == 0)
}

/// Result of [`sign_anew`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signing {
    /// It was signed with the present key already.
    Already,
    Signed,
    /// Nothing shows that the log is as it was when it was signed last.
    Unproven,
    /// The entries were changed.
    Refused(Verdict),
}

/// Signs a log with the present key after the secret was changed, and records that. The `former` key
/// must have signed the log, or else the caller accepts it `unproven`. A log whose entries do not fit
/// together stays as it is.
pub fn sign_anew(
    c: &mut DbConnection,
    organisation: Id,
    former: Option<&AuditKey>,
    unproven: bool,
    now: Instant,
) -> DbResult<Signing> {
    match verify(c, organisation)? {
        Verdict::Intact { .. } => return Ok(Signing::Already),
        Verdict::OtherKey { .. }
        | Verdict::Broken {
            damage: Damage::Unsigned,
            ..
        } => {}
        broken @ Verdict::Broken { .. } => return Ok(Signing::Refused(broken)),
    }
    let head: Head = audit_heads::table
        .find(organisation)
        .select(Head::as_select())
        .first(c)?;
    let is_proven = former.is_some_and(|key| {
        let signature = signature(key, organisation, head.sequence, &head.hash);
        head.signature.as_ref() == Some(&signature)
    });
    if !is_proven && !unproven {
        return Ok(Signing::Unproven);
    }
    let detail = serde_json::json!({ "proven": is_proven, "former_key": head.key_id });
    sign(c, organisation, detail, now)?;
    Ok(Signing::Signed)
}

/// The head of a log for safekeeping outside of the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedHead {
    pub organisation: Id,
    pub sequence: i64,
    pub hash: String,
    /// When it was exported.
    pub at: Instant,
    pub key_id: String,
    /// [`AuditKey::sign`] over `exported audit head`, organisation, sequence, hash and time.
    pub signature: String,
}

impl SignedHead {
    fn signed(&self, key: &AuditKey) -> String {
        key.sign(&[
            "exported audit head",
            &self.organisation.to_string(),
            &self.sequence.to_string(),
            &self.hash,
            &self.at.to_text(),
        ])
    }
}

/// The present head of a log, signed; `None` without a log or a key.
pub fn signed_head(
    c: &mut DbConnection,
    organisation: Id,
    at: Instant,
) -> DbResult<Option<SignedHead>> {
    let head: Option<Head> = audit_heads::table
        .find(organisation)
        .select(Head::as_select())
        .first(c)
        .optional()?;
    Ok(head.zip(AuditKey::installed()).map(|(head, key)| {
        let mut exported = SignedHead {
            organisation,
            sequence: head.sequence,
            hash: head.hash,
            at,
            key_id: key.id().to_owned(),
            signature: String::new(),
        };
        exported.signature = exported.signed(key);
        exported
    }))
}

/// How a log compares with a head that was exported earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The log contains this head.
    Contained,
    /// The entry of this head is missing: the log was shortened, or the database was replaced by an
    /// older copy.
    Missing,
    /// Another entry has its place.
    Different,
    /// The exported head is signed with another key.
    OtherKey,
    /// The exported head was changed.
    Forged,
}

/// Compares a log with a head that was exported earlier.
pub fn compare(c: &mut DbConnection, exported: &SignedHead) -> DbResult<Comparison> {
    let Some(key) = AuditKey::installed().filter(|key| key.id() == exported.key_id) else {
        return Ok(Comparison::OtherKey);
    };
    if exported.signed(key) != exported.signature {
        return Ok(Comparison::Forged);
    }
    let hash: Option<String> = audit_entries::table
        .find((exported.organisation, exported.sequence))
        .select(audit_entries::hash)
        .first(c)
        .optional()?;
    Ok(match hash {
        Some(hash) if hash == exported.hash => Comparison::Contained,
        Some(_) => Comparison::Different,
        None => Comparison::Missing,
    })
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
    /// The entries fit together, but another secret signed them: the secret was changed, or somebody
    /// changed the log.
    OtherKey { entries: i64 },
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
    /// The head has no signature: somebody removed it, or changed the head before an entry was
    /// added.
    Unsigned,
    /// The signature does not fit: somebody without the key wrote the log anew.
    Forged,
}

impl Localised for Verdict {
    fn message(&self) -> Message {
        let (sequence, damage) = match self {
            Self::Intact { entries } => return msg!("audit-intact", count = *entries),
            Self::OtherKey { entries } => return msg!("audit-other-key", count = *entries),
            Self::Broken { sequence, damage } => (*sequence, damage),
        };
        match damage {
            Damage::Missing => msg!("audit-entry-missing", sequence = sequence),
            Damage::Unlinked => msg!("audit-entry-unlinked", sequence = sequence),
            Damage::Changed => msg!("audit-entry-changed", sequence = sequence),
            Damage::Truncated => msg!("audit-truncated", sequence = sequence),
            Damage::NoHead => msg!("audit-no-head"),
            Damage::Unsigned => msg!("audit-unsigned"),
            Damage::Forged => msg!("audit-forged"),
        }
    }
}

/// A position up to which a log was found intact.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    sequence: i64,
    hash: String,
}

/// Reads the whole log of an organisation, recomputes its hash chain and checks its signature.
pub fn verify(c: &mut DbConnection, organisation: Id) -> DbResult<Verdict> {
    Ok(verify_since(c, organisation, None)?.0)
}

/// Like [`verify`], and also checks that the log still contains an earlier checkpoint.
pub fn verify_all(
    c: &mut DbConnection,
    organisation: Id,
    checkpoint: Option<&Checkpoint>,
) -> DbResult<(Verdict, Option<Checkpoint>)> {
    let found = verify_since(c, organisation, None)?;
    let Some(Checkpoint { sequence, hash }) = checkpoint else {
        return Ok(found);
    };
    let present: Option<String> = audit_entries::table
        .find((organisation, *sequence))
        .select(audit_entries::hash)
        .first(c)
        .optional()?;
    let damage = match present {
        Some(present) if present == *hash => return Ok(found),
        Some(_) => Damage::Changed,
        None => Damage::Truncated,
    };
    let sequence = *sequence;
    Ok((Verdict::Broken { sequence, damage }, None))
}

/// Like [`verify`], but reads only what follows an earlier checkpoint. Also returns the checkpoint
/// for the next time, if the log is intact.
pub fn verify_since(
    c: &mut DbConnection,
    organisation: Id,
    checkpoint: Option<Checkpoint>,
) -> DbResult<(Verdict, Option<Checkpoint>)> {
    // The head is read first, so that entries appended meanwhile are ignored.
    let head: Option<Head> = audit_heads::table
        .find(organisation)
        .select(Head::as_select())
        .first(c)
        .optional()?;
    let last = head.as_ref().map_or(i64::MAX, |head| head.sequence);
    let mut at = checkpoint.unwrap_or(Checkpoint {
        sequence: 0,
        hash: GENESIS.to_owned(),
    });
    let damage = read_chain(c, organisation, &mut at, last)?.or_else(|| match &head {
        None if at.sequence == 0 => Some((1, Damage::Missing)),
        None => Some((at.sequence, Damage::NoHead)),
        Some(head) if (head.sequence, &head.hash) != (at.sequence, &at.hash) => {
            Some((at.sequence + 1, Damage::Truncated))
        }
        Some(_) => None,
    });
    if let Some((sequence, damage)) = damage {
        return Ok((Verdict::Broken { sequence, damage }, None));
    }
    let verdict = head.map_or(Ok(()), |head| check_signature(organisation, &head));
    Ok(match verdict {
        Ok(()) => {
            let entries = at.sequence;
            (Verdict::Intact { entries }, Some(at))
        }
        Err(verdict) => (verdict, None),
    })
}

/// Follows the chain from `at`, exclusive, to `last`, and moves `at` along; returns the first entry
/// that does not fit.
fn read_chain(
    c: &mut DbConnection,
    organisation: Id,
    at: &mut Checkpoint,
    last: i64,
) -> DbResult<Option<(i64, Damage)>> {
    loop {
        let page: Vec<Entry> = audit_entries::table
            .filter(audit_entries::organisation_id.eq(organisation))
            .filter(
                audit_entries::sequence
                    .gt(at.sequence)
                    .and(audit_entries::sequence.le(last)),
            )
            .order(audit_entries::sequence)
            .limit(2_000)
            .select(Entry::as_select())
            .load(c)?;
        if page.is_empty() {
            return Ok(None);
        }
        for entry in page {
            if entry.sequence != at.sequence + 1 || (entry.sequence == 1 && entry.action != FIRST) {
                return Ok(Some((at.sequence + 1, Damage::Missing)));
            }
            if entry.previous_hash != at.hash {
                return Ok(Some((entry.sequence, Damage::Unlinked)));
            }
            if entry.computed_hash() != entry.hash {
                return Ok(Some((entry.sequence, Damage::Changed)));
            }
            *at = Checkpoint {
                sequence: entry.sequence,
                hash: entry.hash,
            };
        }
    }
}

fn check_signature(organisation: Id, head: &Head) -> Result<(), Verdict> {
    let (entries, sequence) = (head.sequence, head.sequence);
    let broken = |damage| Err(Verdict::Broken { sequence, damage });
    let Some(key) = AuditKey::installed() else {
        return Ok(());
    };
    let (Some(signed), Some(id)) = (&head.signature, &head.key_id) else {
        return broken(Damage::Unsigned);
    };
    if id != key.id() {
        return Err(Verdict::OtherKey { entries });
    }
    if *signed == signature(key, organisation, sequence, &head.hash) {
        Ok(())
    } else {
        broken(Damage::Forged)
    }
}
