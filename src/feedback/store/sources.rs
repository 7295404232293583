//! The table of sources.

use diesel::prelude::*;

use crate::{
    db::{DbConnection, DbResult, schema::sources},
    types::{Id, Instant},
};

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = sources)]
pub struct SourceRow {
    pub organisation_id: Id,
    pub id: Id,
    pub name: String,
    pub mapping: String,
    pub generation: i32,
    pub created_by: String,
    pub created_at: Instant,
}

pub fn sources(c: &mut DbConnection, organisation: Id) -> DbResult<Vec<SourceRow>> {
    Ok(sources::table
        .filter(sources::organisation_id.eq(organisation))
        .order((sources::name, sources::id))
        .select(SourceRow::as_select())
        .load(c)?)
}

pub fn find_source(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<Option<SourceRow>> {
    Ok(sources::table
        .find((organisation, id))
        .select(SourceRow::as_select())
        .first(c)
        .optional()?)
}

/// Locks a source until the transaction ends, so that its deliveries are stored one after the
/// other. Returns whether it exists.
pub fn lock_source(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<bool> {
    let locked = diesel::update(sources::table.find((organisation, id)))
        .set(sources::generation.eq(sources::generation))
        .execute(c)?;
    Ok(locked == 1)
}

pub fn find_source_by_name(
    c: &mut DbConnection,
    organisation: Id,
    name: &str,
) -> DbResult<Option<SourceRow>> {
    Ok(sources::table
        .filter(
            sources::organisation_id
                .eq(organisation)
                .and(sources::name.eq(name)),
        )
        .select(SourceRow::as_select())
        .first(c)
        .optional()?)
}

pub fn insert_source(c: &mut DbConnection, row: &SourceRow) -> DbResult<()> {
    diesel::insert_into(sources::table).values(row).execute(c)?;
    Ok(())
}

pub fn update_mapping(c: &mut DbConnection, row: &SourceRow) -> DbResult<()> {
    diesel::update(sources::table.find((row.organisation_id, row.id)))
        .set(sources::mapping.eq(&row.mapping))
        .execute(c)?;
    Ok(())
}

/// The database increments the number, so that concurrent requests give two new secrets and never
/// an old one.
pub fn renew_source(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<()> {
    diesel::update(sources::table.find((organisation, id)))
        .set(sources::generation.eq(sources::generation + 1))
        .execute(c)?;
    Ok(())
}
