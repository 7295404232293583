//! The table of records as they were before a correction.

use diesel::prelude::*;

use crate::{
    db::{DbConnection, DbResult, schema::feedback_versions},
    on_backend,
    types::{Id, Instant, Json},
};

/// A record as it was before an import corrected it.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = feedback_versions)]
pub struct VersionRow {
    pub organisation_id: Id,
    pub id: Id,
    pub feedback_id: Id,
    pub import_id: Id,
    pub content: Json,
    pub replaced_at: Instant,
}

pub fn insert_versions(c: &mut DbConnection, rows: &[VersionRow]) -> DbResult<()> {
    on_backend!(c, c => diesel::insert_into(feedback_versions::table).values(rows).execute(c))?;
    Ok(())
}

/// What an import replaced, the newest first, at most `limit`. The import of a day may have
/// replaced the same record several times.
pub fn versions_of_import(
    c: &mut DbConnection,
    organisation: Id,
    import: Id,
    limit: i64,
) -> DbResult<Vec<VersionRow>> {
    Ok(feedback_versions::table
        .filter(feedback_versions::organisation_id.eq(organisation))
        .filter(feedback_versions::import_id.eq(import))
        .order(feedback_versions::id.desc())
        .limit(limit)
        .select(VersionRow::as_select())
        .load(c)?)
}

/// Versions of all records, some at a time: those behind `after`.
pub fn versions_after(
    c: &mut DbConnection,
    organisation: Id,
    after: Option<Id>,
    limit: i64,
) -> DbResult<Vec<VersionRow>> {
    let mut query = feedback_versions::table
        .filter(feedback_versions::organisation_id.eq(organisation))
        .order(feedback_versions::id)
        .limit(limit)
        .select(VersionRow::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(feedback_versions::id.gt(after));
    }
    Ok(query.load(c)?)
}

/// Earlier versions of a record, oldest first.
pub fn versions_of(
    c: &mut DbConnection,
    organisation: Id,
    record: Id,
) -> DbResult<Vec<VersionRow>> {
    Ok(feedback_versions::table
        .filter(feedback_versions::organisation_id.eq(organisation))
        .filter(feedback_versions::feedback_id.eq(record))
        .order(feedback_versions::id)
        .select(VersionRow::as_select())
        .load(c)?)
}

pub fn update_version(c: &mut DbConnection, row: &VersionRow) -> DbResult<()> {
    diesel::update(feedback_versions::table.find((row.organisation_id, row.id)))
        .set(feedback_versions::content.eq(&row.content))
        .execute(c)?;
    Ok(())
}

pub fn delete_version(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<()> {
    diesel::delete(feedback_versions::table.find((organisation, id))).execute(c)?;
    Ok(())
}
