//! Whether a log is as it was written: its chain, its head and the signature.

use diesel::prelude::*;

use super::log::{Entry, FIRST, GENESIS, Head, signature};
use crate::{
    audit_key::AuditKey,
    db::{
        DbConnection, DbResult,
        schema::{audit_entries, audit_heads},
    },
    locale::{Localised, Message},
    msg,
    types::Id,
};

/// Result of [`verify`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Every entry is as it was written.
    Intact { entries: i64 },
    /// The entries fit together, but another secret signed them: the secret was changed, or
    /// somebody changed the log.
    OtherKey { entries: i64 },
    /// The log was changed; `sequence` is the first affected entry.
    Broken { sequence: i64, damage: Damage },
}

/// Difference between a log and what was written.
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
