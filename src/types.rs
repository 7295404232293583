//! Values every layer shares: keys, instants, JSON columns, and the SQL types both databases store them as.
//!
//! An [`Id`] is a UUIDv7 made here, never by a database. An [`Instant`] is UTC cut to microseconds, because
//! PostgreSQL keeps no more and two databases must read back the same value.

use std::{fmt, str::FromStr};

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use diesel::{
    deserialize::FromSqlRow, expression::AsExpression, query_builder::QueryId, sql_types::SqlType,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use utoipa::ToSchema;
use uuid::Uuid;

/// `uuid` on PostgreSQL, 36 characters of text on SQLite.
#[derive(SqlType, QueryId, Clone, Copy, Debug)]
#[diesel(sqlite_type(name = "Text"))]
#[diesel(postgres_type(name = "uuid"))]
pub struct DbUuid;

/// `timestamptz` on PostgreSQL, RFC 3339 text of fixed width (so that it sorts by time) on SQLite.
#[derive(SqlType, QueryId, Clone, Copy, Debug)]
#[diesel(sqlite_type(name = "Text"))]
#[diesel(postgres_type(name = "timestamptz"))]
pub struct DbTime;

/// `jsonb` on PostgreSQL, text on SQLite. Stored whole, never queried inside SQL.
#[derive(SqlType, QueryId, Clone, Copy, Debug)]
#[diesel(sqlite_type(name = "Text"))]
#[diesel(postgres_type(name = "jsonb"))]
pub struct DbJson;

/// The key of a row: a UUIDv7, so that keys made later sort later.
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
    /// A new key, later than every key made before on this machine.
    #[expect(
        clippy::new_without_default,
        reason = "a default value that differs each time would surprise"
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

/// A moment in UTC, cut to microseconds.
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
    /// The present moment.
    pub fn now() -> Self {
        Self::from(Utc::now())
    }

    /// This moment moved by `duration`, backwards when it is negative.
    pub fn plus(self, duration: chrono::Duration) -> Self {
        Self(self.0 + duration)
    }

    /// The calendar day in UTC.
    pub fn date(self) -> NaiveDate {
        self.0.date_naive()
    }

    /// Day, month name and year, as people write it: `22 Nov 2026`.
    pub fn day(self) -> String {
        self.0.format("%-d %b %Y").to_string()
    }

    /// Day and time to the minute, for logs shown to people.
    pub fn minute(self) -> String {
        self.0.format("%Y-%m-%d %H:%M UTC").to_string()
    }

    /// RFC 3339 with six decimals: the text SQLite stores and the audit chain hashes.
    pub fn to_text(self) -> String {
        self.0.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string()
    }
}

impl From<DateTime<Utc>> for Instant {
    fn from(time: DateTime<Utc>) -> Self {
        Self(time.trunc_subsecs(6))
    }
}

/// A JSON column, read and written whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, AsExpression, FromSqlRow)]
#[serde(transparent)]
#[diesel(sql_type = DbJson)]
pub struct Json(pub serde_json::Value);

impl Json {
    /// `value` as JSON.
    ///
    /// # Errors
    /// When `value` has a map with keys that are not strings, or a number JSON cannot hold.
    pub fn of(value: &impl Serialize) -> Result<Self, serde_json::Error> {
        serde_json::to_value(value).map(Self)
    }

    /// The value this JSON was made of.
    ///
    /// # Errors
    /// When the stored shape is not `T`'s.
    pub fn read<T: DeserializeOwned>(self) -> Result<T, serde_json::Error> {
        serde_json::from_value(self.0)
    }
}
