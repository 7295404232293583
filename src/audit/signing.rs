//! Signatures of heads: the first one of an older log, a new secret, and heads exported for
//! safekeeping.

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    log::{Event, Head, record, set_head, signature},
    verification::{Damage, Verdict, verify},
};
use crate::{
    audit_key::AuditKey,
    db::{
        DbConnection, DbResult,
        schema::{audit_entries, audit_heads},
    },
    types::{Id, Instant},
};

/// The migration since which heads are signed. Heads from before are signed once, right after it;
/// see [`sign_unsigned`].
pub const SIGNED_SINCE: &str = "20261127000230";

/// Signs the logs whose heads have no signature, and records in each that it was signed as it was.
/// To be called once, after the migration [`SIGNED_SINCE`]: later a missing signature means that
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

/// Signs a log with the present key after the secret was changed, and records that. The `former`
/// key must have signed the log, or else the caller accepts it `unproven`. A log whose entries do
/// not fit together stays as it is.
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
    /// Time of the export.
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

/// Result of comparing a log with a head that was exported earlier.
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
