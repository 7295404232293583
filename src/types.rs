//! Shared values: keys, instants, JSON columns, and their portable SQL types.
//!
//! An [`Id`] is a UUIDv7 generated in Rust, never by a database. An [`Instant`] is UTC truncated to
//! microseconds, the precision of PostgreSQL, so that both databases read back equal values.

use std::{fmt, str::FromStr};

use chrono::{DateTime, NaiveDate, SecondsFormat, SubsecRound, Utc};
use diesel::{
    deserialize::FromSqlRow, expression::AsExpression, query_builder::QueryId, sql_types::SqlType,
};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::Sha256;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::locale::Value;

/// `uuid` on PostgreSQL, text of 36 characters on SQLite.
#[derive(SqlType, QueryId, Clone, Copy, Debug)]
#[diesel(sqlite_type(name = "Text"))]
#[diesel(postgres_type(name = "uuid"))]
pub struct DbUuid;

/// `timestamptz` on PostgreSQL; RFC 3339 text of fixed width, which sorts by time, on SQLite.
#[derive(SqlType, QueryId, Clone, Copy, Debug)]
#[diesel(sqlite_type(name = "Text"))]
#[diesel(postgres_type(name = "timestamptz"))]
pub struct DbTime;

/// `jsonb` on PostgreSQL, text on SQLite. Never queried inside SQL.
#[derive(SqlType, QueryId, Clone, Copy, Debug)]
#[diesel(sqlite_type(name = "Text"))]
#[diesel(postgres_type(name = "jsonb"))]
pub struct DbJson;

/// Row key: a UUIDv7, so that keys sort by creation time.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    AsExpression,
    FromSqlRow,
    ToSchema,
)]
#[serde(transparent)]
#[schema(value_type = String, format = Uuid, example = "01966f3e-6a1e-7c3b-9d52-2f1f5a0c7b10")]
#[diesel(sql_type = DbUuid)]
pub struct Id(pub Uuid);

impl Id {
    /// A new key, later than all keys that this host created before.
    #[expect(
        clippy::new_without_default,
        reason = "a default that is different each time would be surprising"
    )]
    pub fn new() -> Self {
        Self(Uuid::now_v7())
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for Id {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, uuid::Error> {
        text.parse().map(Self)
    }
}

/// An instant in UTC with microsecond precision.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    AsExpression,
    FromSqlRow,
    ToSchema,
)]
#[serde(transparent)]
#[schema(value_type = String, format = DateTime, example = "2026-11-22T09:30:00Z")]
#[diesel(sql_type = DbTime)]
pub struct Instant(pub DateTime<Utc>);

impl Instant {
    /// The current instant.
    pub fn now() -> Self {
        Self::from(Utc::now())
    }

    /// Adds `duration`, which may be negative.
    pub fn plus(self, duration: chrono::Duration) -> Self {
        Self(self.0 + duration)
    }

    /// The calendar day in UTC.
    pub fn date(self) -> NaiveDate {
        self.0.date_naive()
    }

    /// RFC 3339 with six decimals, as stored by SQLite and hashed by the audit chain.
    pub fn to_text(self) -> String {
        self.0.to_rfc3339_opts(SecondsFormat::Micros, true)
    }
}

impl From<Instant> for Value {
    fn from(instant: Instant) -> Self {
        Self::Time(instant.0)
    }
}

impl From<&Instant> for Value {
    fn from(instant: &Instant) -> Self {
        Self::from(*instant)
    }
}

impl From<DateTime<Utc>> for Instant {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time.trunc_subsecs(6))
    }
}

/// A JSON column, read and written as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, AsExpression, FromSqlRow)]
#[serde(transparent)]
#[diesel(sql_type = DbJson)]
pub struct Json(pub serde_json::Value);

impl Json {
    /// Serialises `value`.
    ///
    /// # Errors
    /// [`serde_json::Error`] if a map has non-string keys or a number is not representable.
    pub fn of(value: &impl Serialize) -> Result<Self, serde_json::Error> {
        serde_json::to_value(value).map(Self)
    }

    /// Deserialises the value.
    ///
    /// # Errors
    /// [`serde_json::Error`] if the stored JSON does not match `T`.
    pub fn read<T: DeserializeOwned>(self) -> Result<T, serde_json::Error> {
        serde_json::from_value(self.0)
    }
}

/// HMAC-SHA-256 of the concatenated `parts`.
#[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
pub fn keyed_hash(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

/// Lower-case hexadecimal text of `bytes`.
pub fn hex(bytes: &[u8]) -> String {
    use fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a string cannot fail.
            let _infallible = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_pads_every_byte_to_two_digits() {
        assert_eq!(hex(&[0x00, 0x0f, 0xa0, 0xff]), "000fa0ff");
        assert_eq!(hex(&[]), "");
    }

    #[test]
    fn instants_are_truncated_to_microseconds() {
        let time = DateTime::from_timestamp(1_800_000_000, 123_456_789).expect("in range");
        let instant = Instant::from(time);
        assert_eq!(instant.to_text(), "2027-01-15T08:00:00.123456Z");
    }
}
