//! Conversions of the shared values ([`Id`], [`Instant`], [`Json`]) and of enums to and from both
//! databases.

use std::io::Write;

use chrono::{DateTime, Utc};
use diesel::{
    backend::Backend,
    deserialize::{self, FromSql},
    pg::{Pg, PgValue},
    serialize::{self, IsNull, Output, ToSql},
    sql_types::{HasSqlType, Jsonb, Text, Timestamptz, Uuid as PgUuid},
    sqlite::Sqlite,
};

use super::connection::{MultiBackend, MultiRawValue};
pub use crate::types::{DbJson, DbTime, DbUuid};
use crate::types::{Id, Instant, Json};

/// Implements conversion for diesel's multi-backend by delegating to both real backends.
macro_rules! through_both {
    ($rust:ty, $sql:ident) => {
        impl HasSqlType<$sql> for MultiBackend {
            fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
                MultiBackend::lookup_sql_type::<$sql>(lookup)
            }
        }
        impl ToSql<$sql, MultiBackend> for $rust {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, MultiBackend>) -> serialize::Result {
                out.set_value(($sql, self));
                Ok(IsNull::No)
            }
        }
        impl FromSql<$sql, MultiBackend> for $rust {
            fn from_sql(bytes: MultiRawValue<'_>) -> deserialize::Result<Self> {
                bytes.from_sql::<$rust, $sql>()
            }
        }
    };
}

through_both!(Id, DbUuid);
through_both!(Instant, DbTime);
through_both!(Json, DbJson);

fn sqlite_text(bytes: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<String> {
    <String as FromSql<Text, Sqlite>>::from_sql(bytes)
}

impl ToSql<DbUuid, Sqlite> for Id {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        let mut text = uuid::Uuid::encode_buffer();
        out.set_value(self.0.hyphenated().encode_lower(&mut text).to_owned());
        Ok(IsNull::No)
    }
}
impl FromSql<DbUuid, Sqlite> for Id {
    fn from_sql(bytes: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(sqlite_text(bytes)?.parse()?)
    }
}
impl ToSql<DbUuid, Pg> for Id {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<PgUuid, Pg>::to_sql(&self.0, out)
    }
}
impl FromSql<DbUuid, Pg> for Id {
    fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
        <uuid::Uuid as FromSql<PgUuid, Pg>>::from_sql(bytes).map(Self)
    }
}

impl ToSql<DbTime, Sqlite> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(self.to_text());
        Ok(IsNull::No)
    }
}
impl FromSql<DbTime, Sqlite> for Instant {
    fn from_sql(bytes: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self::from(
            DateTime::parse_from_rfc3339(&sqlite_text(bytes)?)?.with_timezone(&Utc),
        ))
    }
}
impl ToSql<DbTime, Pg> for Instant {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        ToSql::<Timestamptz, Pg>::to_sql(&self.0, out)
    }
}
impl FromSql<DbTime, Pg> for Instant {
    fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
        <DateTime<Utc> as FromSql<Timestamptz, Pg>>::from_sql(bytes).map(Self::from)
    }
}

impl ToSql<DbJson, Sqlite> for Json {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        out.set_value(serde_json::to_string(&self.0)?);
        Ok(IsNull::No)
    }
}
impl FromSql<DbJson, Sqlite> for Json {
    fn from_sql(bytes: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(serde_json::from_str(&sqlite_text(bytes)?)?))
    }
}
impl ToSql<DbJson, Pg> for Json {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        // Wire format of jsonb: a version byte, then the text.
        out.write_all(&[1])?;
        serde_json::to_writer(out, &self.0)?;
        Ok(IsNull::No)
    }
}
impl FromSql<DbJson, Pg> for Json {
    fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
        <serde_json::Value as FromSql<Jsonb, Pg>>::from_sql(bytes).map(Self)
    }
}

/// Reads field-less enums from text, by the stable name that `parse` reads. For enums of
/// `rapport-core`, whose names are written with `as_str`.
///
/// A stored name that `parse` does not know is a deserialisation error, never a default.
macro_rules! read_text_enum {
    ($($name:ty),+ $(,)?) => {$(
        const _: () = {
            use diesel::{
                deserialize::{self, FromSql, Queryable},
                sql_types::Text,
            };
            use $crate::db::connection::{MultiBackend, MultiRawValue};

            impl Queryable<Text, MultiBackend> for $name {
                type Row = Self;
                fn build(row: Self) -> deserialize::Result<Self> {
                    Ok(row)
                }
            }
            impl FromSql<Text, MultiBackend> for $name {
                fn from_sql(bytes: MultiRawValue<'_>) -> deserialize::Result<Self> {
                    let text = <String as FromSql<Text, MultiBackend>>::from_sql(bytes)?;
                    Self::parse(&text)
                        .ok_or_else(|| format!("unknown {}: {text}", stringify!($name)).into())
                }
            }
        };
    )+};
}
pub(crate) use read_text_enum;

/// The stable name of an enum of `rapport-core`, as it is written.
pub type Name = &'static str;

/// Stores values as text, which `as_str` returns and `parse` reads: field-less enums by their
/// stable names.
macro_rules! text_enum {
    ($($name:ty),+ $(,)?) => {$(
        const _: () = {
            use diesel::{
                backend::Backend,
                expression::AsExpression,
                internal::derives::as_expression::Bound,
                pg::Pg,
                serialize::{self, IsNull, Output, ToSql},
                sql_types::{Nullable, Text},
                sqlite::Sqlite,
            };
            use $crate::db::connection::MultiBackend;

            $crate::db::values::read_text_enum!($name);
            impl AsExpression<Text> for $name {
                type Expression = Bound<Text, Self>;
                fn as_expression(self) -> Self::Expression {
                    Bound::new(self)
                }
            }
            impl<'a> AsExpression<Text> for &'a $name {
                type Expression = Bound<Text, Self>;
                fn as_expression(self) -> Self::Expression {
                    Bound::new(self)
                }
            }
            impl AsExpression<Nullable<Text>> for $name {
                type Expression = Bound<Nullable<Text>, Self>;
                fn as_expression(self) -> Self::Expression {
                    Bound::new(self)
                }
            }
            impl<'a> AsExpression<Nullable<Text>> for &'a $name {
                type Expression = Bound<Nullable<Text>, Self>;
                fn as_expression(self) -> Self::Expression {
                    Bound::new(self)
                }
            }
            impl<DB: Backend> ToSql<Nullable<Text>, DB> for $name
            where
                Self: ToSql<Text, DB>,
            {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
                    ToSql::<Text, DB>::to_sql(self, out)
                }
            }
            impl ToSql<Text, MultiBackend> for $name {
                fn to_sql<'b>(
                    &'b self,
                    out: &mut Output<'b, '_, MultiBackend>,
                ) -> serialize::Result {
                    out.set_value((Text, self));
                    Ok(IsNull::No)
                }
            }
            impl ToSql<Text, Sqlite> for $name {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                    out.set_value(self.as_str());
                    Ok(IsNull::No)
                }
            }
            impl ToSql<Text, Pg> for $name {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                    ToSql::<Text, Pg>::to_sql(self.as_str(), out)
                }
            }
        };
    )+};
}
pub(crate) use text_enum;
