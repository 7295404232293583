//! Replies to requests with an idempotency key.

use diesel::prelude::*;

use crate::{
    db::{DbConnection, DbResult, schema::idempotency_keys},
    types::{Id, Instant},
};

/// The reply to a request with an idempotency key.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = idempotency_keys)]
pub struct StoredReply {
    pub organisation_id: Id,
    pub person_id: Id,
    pub idempotency_key: String,
    /// SHA-256 of path and body, to refuse the same key with another request.
    pub request_hash: String,
    pub status: i32,
    pub body: String,
    pub created_at: Instant,
}

pub fn find_reply(
    c: &mut DbConnection,
    organisation: Id,
    person: Id,
    key: &str,
) -> DbResult<Option<StoredReply>> {
    Ok(idempotency_keys::table
        .find((organisation, person, key))
        .select(StoredReply::as_select())
        .first(c)
        .optional()?)
}

pub fn insert_reply(c: &mut DbConnection, row: &StoredReply) -> DbResult<()> {
    diesel::insert_into(idempotency_keys::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

/// Deletes the replies that all organisations stored before `before`; returns the number.
pub fn forget_replies(c: &mut DbConnection, before: Instant) -> DbResult<usize> {
    let old = idempotency_keys::table.filter(idempotency_keys::created_at.lt(before));
    Ok(diesel::delete(old).execute(c)?)
}

/// Replaces the body of a stored reply, unless it is no longer `before`.
pub fn replace_reply(c: &mut DbConnection, row: &StoredReply, before: &str) -> DbResult<bool> {
    let key = (row.organisation_id, row.person_id, &row.idempotency_key);
    let unchanged = idempotency_keys::table
        .find(key)
        .filter(idempotency_keys::body.eq(before));
    let changed = diesel::update(unchanged)
        .set(idempotency_keys::body.eq(&row.body))
        .execute(c)?;
    Ok(changed == 1)
}
