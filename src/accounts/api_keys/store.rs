//! The table of API keys.

use diesel::prelude::*;

use crate::{
    db::{DbConnection, DbResult, schema::api_keys},
    types::{Id, Instant},
};

/// A key, without the key itself.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = api_keys)]
pub struct ApiKeyRow {
    pub organisation_id: Id,
    pub id: Id,
    pub name: String,
    /// From [`token_hash`](crate::accounts::token_hash).
    pub key_hash: String,
    /// First characters of the key.
    pub starts_with: String,
    /// Names of scopes, separated by spaces.
    pub scopes: String,
    /// Person.
    pub created_by: Id,
    pub created_at: Instant,
    pub expires_at: Instant,
    pub last_used_at: Option<Instant>,
    pub revoked_at: Option<Instant>,
}

pub fn insert(c: &mut DbConnection, row: &ApiKeyRow) -> DbResult<()> {
    diesel::insert_into(api_keys::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

/// The key with this hash, of whatever organisation.
pub fn find_by_hash(c: &mut DbConnection, hash: &str) -> DbResult<Option<ApiKeyRow>> {
    Ok(api_keys::table
        .filter(api_keys::key_hash.eq(hash))
        .select(ApiKeyRow::as_select())
        .first(c)
        .optional()?)
}

pub fn find(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<Option<ApiKeyRow>> {
    Ok(api_keys::table
        .find((organisation, id))
        .select(ApiKeyRow::as_select())
        .first(c)
        .optional()?)
}

/// The keys of an organisation, newest first.
pub fn all(c: &mut DbConnection, organisation: Id) -> DbResult<Vec<ApiKeyRow>> {
    Ok(api_keys::table
        .filter(api_keys::organisation_id.eq(organisation))
        .order(api_keys::id.desc())
        .select(ApiKeyRow::as_select())
        .load(c)?)
}

/// Sets the last use of a key, unless one after `before` is known.
pub fn set_used(
    c: &mut DbConnection,
    key: (Id, Id),
    before: Instant,
    now: Instant,
) -> DbResult<()> {
    let noted = api_keys::last_used_at;
    let unknown = noted.is_null().or(noted.le(Some(before)));
    diesel::update(api_keys::table.find(key).filter(unknown))
        .set(noted.eq(Some(now)))
        .execute(c)?;
    Ok(())
}

/// Revokes a key. Returns `false` if it was revoked before.
pub fn revoke(c: &mut DbConnection, organisation: Id, id: Id, now: Instant) -> DbResult<bool> {
    let live = api_keys::table
        .find((organisation, id))
        .filter(api_keys::revoked_at.is_null());
    let changed = diesel::update(live)
        .set(api_keys::revoked_at.eq(Some(now)))
        .execute(c)?;
    Ok(changed == 1)
}
