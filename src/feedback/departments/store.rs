//! The table of owners' words.

use diesel::prelude::*;

use crate::{
    db::{DbConnection, DbResult, schema::department_words},
    types::{Id, Instant},
};

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = department_words)]
pub struct DepartmentWord {
    pub organisation_id: Id,
    pub id: Id,
    pub theme: String,
    pub status: String,
    pub note: String,
    pub made_by: String,
    pub made_at: Instant,
}

/// Owners' words, oldest first.
pub fn department_words(c: &mut DbConnection, organisation: Id) -> DbResult<Vec<DepartmentWord>> {
    Ok(department_words::table
        .filter(department_words::organisation_id.eq(organisation))
        .order(department_words::id)
        .select(DepartmentWord::as_select())
        .load(c)?)
}

pub fn insert_department_word(c: &mut DbConnection, row: &DepartmentWord) -> DbResult<()> {
    diesel::insert_into(department_words::table)
        .values(row)
        .execute(c)?;
    Ok(())
}
