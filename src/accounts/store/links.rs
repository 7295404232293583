//! The table of one-time links.

use diesel::prelude::*;

use crate::{
    accounts::link_purpose::LinkPurpose,
    db::{DbConnection, DbResult, schema::account_links, values::text_enum},
    types::{Id, Instant},
};

text_enum!(LinkPurpose);

/// A one-time link, without its token.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = account_links)]
pub struct AccountLink {
    pub organisation_id: Id,
    pub id: Id,
    pub person_id: Id,
    pub purpose: LinkPurpose,
    /// From [`token_hash`](crate::accounts::token_hash).
    pub token_hash: String,
    pub created_at: Instant,
    pub expires_at: Instant,
}

pub fn insert(c: &mut DbConnection, row: &AccountLink) -> DbResult<()> {
    diesel::insert_into(account_links::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

pub fn find(c: &mut DbConnection, hash: &str) -> DbResult<Option<AccountLink>> {
    Ok(account_links::table
        .filter(account_links::token_hash.eq(hash))
        .select(AccountLink::as_select())
        .first(c)
        .optional()?)
}

/// Deletes a link. Returns `false` if it was gone.
pub fn take(c: &mut DbConnection, link: &AccountLink) -> DbResult<bool> {
    let row = account_links::table.find((link.organisation_id, link.id));
    Ok(diesel::delete(row).execute(c)? == 1)
}

/// Deletes the links of a person.
pub fn delete_of(c: &mut DbConnection, organisation: Id, person: Id) -> DbResult<()> {
    let rows = account_links::table
        .filter(account_links::organisation_id.eq(organisation))
        .filter(account_links::person_id.eq(person));
    diesel::delete(rows).execute(c)?;
    Ok(())
}

/// Deletes the links that expired before `time`, of all organisations.
pub fn delete_expired(c: &mut DbConnection, time: Instant) -> DbResult<usize> {
    let rows = account_links::table.filter(account_links::expires_at.lt(time));
    Ok(diesel::delete(rows).execute(c)?)
}
