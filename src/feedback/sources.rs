//! Sources of feedback: a name, a saved mapping, and an address that takes signed deliveries.
//!
//! Deliveries are signed by the [Standard Webhooks] specification: `webhook-id`,
//! `webhook-timestamp` and `webhook-signature: v1,BASE64(HMAC-SHA256(secret,
//! "id.timestamp.body"))`, at most five minutes old. The secret of a source is derived from the
//! server's secret and the source's generation: nothing secret is stored, and a new generation
//! revokes the old secret.
//!
//! [Standard Webhooks]: https://www.standardwebhooks.com

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::DateTime;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde_json::Value;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{
    contact_link::ContactLink,
    error::{FeedbackError, Result},
    json_value,
    mapping::{Mapping, SHIPPED},
    score_format::ScoreRule,
    store::{self, SourceRow},
    submissions::Message,
};
use crate::{
    accounts::{Actor, parse_name},
    db::{DbConnection, DbError},
    types::{Id, Instant, hex, keyed_hash},
};

/// Largest difference between a delivery's timestamp and the clock, in seconds.
const TOLERANCE_SECONDS: i64 = 300;
/// Time for which deliveries are remembered. Ten minutes would keep out whoever repeats one with
/// its signature; but senders whose delivery was not answered try again for days, with the same id
/// under a new signature.
const REMEMBERED: chrono::Duration = chrono::Duration::days(7);

/// Derives the secrets of sources.
#[derive(Clone)]
pub struct DeliveryKeys(String);

/// A signed request.
pub struct Delivery<'a> {
    pub id: &'a str,
    /// Seconds since 1970, as sent.
    pub timestamp: &'a str,
    /// One or more signatures, separated by spaces.
    pub signatures: &'a str,
    pub body: &'a [u8],
}

impl Delivery<'_> {
    fn sent_at(&self) -> Option<Instant> {
        let seconds = self.timestamp.parse().ok()?;
        DateTime::from_timestamp(seconds, 0).map(Instant::from)
    }
}

impl DeliveryKeys {
    /// Derives from the server's secret.
    pub fn new(secret: &str) -> Self {
        Self(secret.to_owned())
    }

    fn key(&self, source: &SourceRow) -> [u8; 32] {
        let name = format!(
            "feedback deliveries\n{}\n{}\n{}",
            source.organisation_id, source.id, source.generation
        );
        keyed_hash(self.0.as_bytes(), &[name.as_bytes()])
    }

    /// The secret of a source, in the `whsec_` form of the specification.
    pub fn secret(&self, source: &SourceRow) -> String {
        format!("whsec_{}", BASE64_STANDARD.encode(self.key(source)))
    }

    /// Whether a delivery has an id, a valid signature and a recent timestamp.
    fn genuine(&self, source: &SourceRow, delivery: &Delivery<'_>, now: Instant) -> bool {
        let fresh = delivery.sent_at().is_some_and(|at| {
            let off = at.0.timestamp().abs_diff(now.0.timestamp());
            off <= TOLERANCE_SECONDS.unsigned_abs()
        });
        let head = format!("{}.{}.", delivery.id, delivery.timestamp);
        let key = self.key(source);
        let signed = |signature: &str| {
            let Some(bytes) = signature.strip_prefix("v1,") else {
                return false;
            };
            let Ok(bytes) = BASE64_STANDARD.decode(bytes) else {
                return false;
            };
            Hmac::<Sha256>::new_from_slice(&key).is_ok_and(|mut mac| {
                mac.update(head.as_bytes());
                mac.update(delivery.body);
                mac.verify_slice(&bytes).is_ok()
            })
        };
        fresh && !delivery.id.is_empty() && delivery.signatures.split_whitespace().any(signed)
    }
}

/// Signs a delivery as a sender does; for examples and tests.
///
/// # Errors
/// [`FeedbackError::Signature`] for a text that is not a secret.
pub fn sign(secret: &str, id: &str, timestamp: i64, body: &[u8]) -> Result<String> {
    let key = secret
        .strip_prefix("whsec_")
        .and_then(|text| BASE64_STANDARD.decode(text).ok())
        .ok_or(FeedbackError::Signature)?;
    let head = format!("{id}.{timestamp}.");
    let signature = keyed_hash(&key, &[head.as_bytes(), body]);
    Ok(format!("v1,{}", BASE64_STANDARD.encode(signature)))
}

/// A source as people see it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Source {
    pub id: Id,
    pub name: String,
    /// TOML.
    pub mapping: String,
    /// Rule for which scores count as good, of rows that name no scale.
    pub rule: Option<ScoreRule>,
    /// Values of its own labels.
    pub labels: BTreeMap<String, f64>,
    /// Number of its secret, from 1.
    pub generation: i32,
    pub created_at: Instant,
}

impl From<SourceRow> for Source {
    fn from(row: SourceRow) -> Self {
        let scores = Mapping::parse(&row.mapping).map(|mapping| mapping.score);
        let scores = scores.unwrap_or_default();
        Self {
            rule: scores.rule(),
            labels: scores.labels,
            id: row.id,
            name: row.name,
            mapping: row.mapping,
            generation: row.generation,
            created_at: row.created_at,
        }
    }
}

/// All sources by name.
pub fn sources(c: &mut DbConnection, organisation: Id) -> Result<Vec<Source>> {
    let rows = store::sources(c, organisation)?;
    Ok(rows.into_iter().map(Into::into).collect())
}

/// One source.
///
/// # Errors
/// [`FeedbackError::NoSource`].
pub fn source(c: &mut DbConnection, organisation: Id, id: Id) -> Result<SourceRow> {
    store::find_source(c, organisation, id)?.ok_or(FeedbackError::NoSource)
}

/// Creates a source, or changes the mapping of the source with this name.
///
/// # Errors
/// [`FeedbackError::SourceTaken`] for the name of a shipped mapping, [`FeedbackError::Mapping`],
/// [`FeedbackError::Accounts`] for an unusable name.
pub fn save(
    c: &mut DbConnection,
    actor: &Actor,
    name: &str,
    mapping: &str,
    now: Instant,
) -> Result<Id> {
    let name = parse_name(name)?;
    let mapping = mapping.replace("\r\n", "\n");
    Mapping::parse(&mapping)?;
    let organisation = actor.organisation;
    if SHIPPED.iter().any(|(shipped, _)| *shipped == name) {
        return Err(FeedbackError::SourceTaken);
    }
    let known = store::find_source_by_name(c, organisation, &name)?;
    let row = SourceRow {
        organisation_id: organisation,
        id: known.as_ref().map_or_else(Id::new, |s| s.id),
        name,
        mapping,
        generation: known.as_ref().map_or(1, |s| s.generation),
        created_by: actor.label(),
        created_at: known.as_ref().map_or(now, |s| s.created_at),
    };
    match known {
        Some(_) => store::update_mapping(c, &row)?,
        None => store::insert_source(c, &row).map_err(|e| match e {
            DbError::Duplicate => FeedbackError::SourceTaken,
            e => e.into(),
        })?,
    }
    actor.record(c, "feedback.source_saved", ("source", row.id), now)?;
    Ok(row.id)
}

/// Replaces the secret of a source.
///
/// # Errors
/// [`FeedbackError::NoSource`].
pub fn renew(c: &mut DbConnection, actor: &Actor, id: Id, now: Instant) -> Result<()> {
    source(c, actor.organisation, id)?;
    store::renew_source(c, actor.organisation, id)?;
    Ok(actor.record(c, "feedback.secret_renewed", ("source", id), now)?)
}

/// The mapping of a source, under the source's name.
fn mapping_of(source: &SourceRow) -> Result<Mapping> {
    let mapping = Mapping::parse(&source.mapping)?;
    let name = source.name.clone();
    Ok(Mapping { name, ..mapping })
}

/// Returns the contact address of each import that has one: from its source or, without one, from
/// the mapping it was imported with.
pub fn contact_links(
    c: &mut DbConnection,
    organisation: Id,
    imports: &BTreeSet<Id>,
) -> Result<BTreeMap<Id, ContactLink>> {
    let sources = store::sources(c, organisation)?;
    let mut links = BTreeMap::new();
    for (import, mapping) in store::mappings_of(c, organisation, imports)? {
        let used: Mapping = mapping.read()?;
        let source = sources.iter().find(|source| source.name == used.name);
        let mapping = source.map_or(Ok(used), mapping_of)?;
        if let Some(link) = mapping.contact_link {
            links.insert(import, link);
        }
    }
    Ok(links)
}

/// The mapping of the source with this name, or else the shipped one.
///
/// # Errors
/// [`FeedbackError::Mapping`].
pub fn mapping_named(c: &mut DbConnection, organisation: Id, name: &str) -> Result<Mapping> {
    if let Some(source) = store::find_source_by_name(c, organisation, name)? {
        return mapping_of(&source);
    }
    Ok(Mapping::shipped(name)?)
}

/// Checks the signature of a delivery and reads it: a JSON object, a list of objects, or JSON
/// Lines, for [`submit_message`](super::submissions::submit_message).
///
/// # Errors
/// [`FeedbackError::NoSource`], [`FeedbackError::Signature`], [`FeedbackError::Body`].
pub fn check(
    c: &mut DbConnection,
    keys: &DeliveryKeys,
    organisation: Id,
    id: Id,
    delivery: &Delivery<'_>,
    now: Instant,
) -> Result<(SourceRow, Mapping, Message)> {
    let source = source(c, organisation, id)?;
    let sent_at = delivery
        .sent_at()
        .filter(|_| keys.genuine(&source, delivery, now))
        .ok_or(FeedbackError::Signature)?;
    let records: Vec<Value> = match json_value::parse(delivery.body) {
        Ok(Value::Array(list)) => list,
        Ok(one @ Value::Object(_)) => vec![one],
        _ => {
            json_value::parse_all(delivery.body).map_err(|e| FeedbackError::Body(e.to_string()))?
        }
    };
    let mapping = mapping_of(&source)?;
    let message = Message {
        hash: hex(&Sha256::digest(delivery.id)),
        sent_at,
        records,
    };
    Ok((source, mapping, message))
}

/// Forgets the deliveries that were received more than a week ago; returns their number.
pub fn forget_messages(c: &mut DbConnection, now: Instant) -> Result<usize> {
    Ok(store::forget_messages(c, now.plus(-REMEMBERED))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a_source() -> SourceRow {
        SourceRow {
            organisation_id: Id::new(),
            id: Id::new(),
            name: "survey tool".to_owned(),
            mapping: String::new(),
            generation: 1,
            created_by: "system".to_owned(),
            created_at: Instant::now(),
        }
    }

    /// The example of the Standard Webhooks specification: its secret, message and signature.
    #[test]
    fn signs_as_the_specification_does() {
        let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        let signature = sign(
            secret,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            br#"{"test": 2432232314}"#,
        );
        assert_eq!(
            signature.expect("signs"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
        );
    }

    #[test]
    fn only_fresh_deliveries_with_the_present_secret_are_genuine() {
        let keys = DeliveryKeys::new("0123456789abcdef0123456789abcdef");
        let (mut source, now) = (a_source(), Instant::now());
        let at = now.0.timestamp();
        let good = sign(&keys.secret(&source), "m1", at, b"{}").expect("signs");
        let genuine = |source: &SourceRow, at: i64, signatures: &str, body: &[u8]| {
            let delivery = Delivery {
                id: "m1",
                timestamp: &at.to_string(),
                signatures,
                body,
            };
            keys.genuine(source, &delivery, now)
        };
        assert!(genuine(&source, at, &good, b"{}"));
        assert!(genuine(&source, at, &format!("v1,AAAA {good}"), b"{}"));
        assert!(!genuine(&source, at, &good, b"{ }"));
        assert!(!genuine(&source, at + 1, &good, b"{}"));
        assert!(!genuine(&source, at, "", b"{}"));
        let old = sign(&keys.secret(&source), "m1", at - 301, b"{}").expect("signs");
        assert!(!genuine(&source, at - 301, &old, b"{}"));
        source.generation = 2;
        assert!(!genuine(&source, at, &good, b"{}"));
        assert!(!genuine(&a_source(), at, &good, b"{}"));
    }
}
