//! Tables of this capability: department updates and moderation decisions.

use diesel::prelude::*;

use super::status::Status;
use crate::{
    db::{
        DbConnection, DbResult,
        schema::{department_updates, moderations},
        values::text_enum,
    },
    types::{Id, Instant},
};

text_enum!(Status);

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = department_updates)]
pub struct DepartmentUpdateRow {
    pub organisation_id: Id,
    pub id: Id,
    pub theme: String,
    pub status: Status,
    pub note: String,
    pub created_by: String,
    pub created_at: Instant,
}

/// All updates, oldest first.
pub fn department_updates(
    c: &mut DbConnection,
    organisation: Id,
) -> DbResult<Vec<DepartmentUpdateRow>> {
    Ok(department_updates::table
        .filter(department_updates::organisation_id.eq(organisation))
        .order(department_updates::id)
        .select(DepartmentUpdateRow::as_select())
        .load(c)?)
}

pub fn insert_department_update(c: &mut DbConnection, row: &DepartmentUpdateRow) -> DbResult<()> {
    diesel::insert_into(department_updates::table)
        .values(row)
        .execute(c)?;
    Ok(())
}
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = moderations)]
pub struct ModerationRow {
    pub organisation_id: Id,
    pub id: Id,
    pub feedback_id: Id,
    pub released: bool,
    /// Of the comment as it was: a corrected comment is another one.
    pub comment_key: String,
    pub reason: String,
    pub created_by: String,
    pub created_at: Instant,
}

/// Records that people decided about, oldest decision first.
pub fn moderations(c: &mut DbConnection, organisation: Id) -> DbResult<Vec<(Id, String, bool)>> {
    Ok(moderations::table
        .filter(moderations::organisation_id.eq(organisation))
        .order(moderations::id)
        .select((
            moderations::feedback_id,
            moderations::comment_key,
            moderations::released,
        ))
        .load(c)?)
}

/// The newest decision about a record.
pub fn moderation_of(
    c: &mut DbConnection,
    organisation: Id,
    record: Id,
) -> DbResult<Option<ModerationRow>> {
    Ok(moderations::table
        .filter(moderations::organisation_id.eq(organisation))
        .filter(moderations::feedback_id.eq(record))
        .order(moderations::id.desc())
        .select(ModerationRow::as_select())
        .first(c)
        .optional()?)
}

pub fn insert_moderation(c: &mut DbConnection, row: &ModerationRow) -> DbResult<()> {
    diesel::insert_into(moderations::table)
        .values(row)
        .execute(c)?;
    Ok(())
}
