//! The table of decisions about comments.

use diesel::prelude::*;

use crate::{
    db::{DbConnection, DbResult, schema::moderations},
    types::{Id, Instant},
};

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

pub fn insert_moderation(c: &mut DbConnection, row: &ModerationRow) -> DbResult<()> {
    diesel::insert_into(moderations::table)
        .values(row)
        .execute(c)?;
    Ok(())
}
