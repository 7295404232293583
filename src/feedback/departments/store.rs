//! The table of owners' words.

use diesel::prelude::*;

use crate::{
    db::{DbConnection, DbResult, schema::department_updates},
    types::{Id, Instant},
};

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = department_updates)]
pub struct DepartmentWord {
    pub organisation_id: Id,
    pub id: Id,
    pub theme: String,
    pub status: String,
    pub note: String,
    pub created_by: String,
    pub created_at: Instant,
}

/// Owners' words, oldest first.
pub fn department_updates(c: &mut DbConnection, organisation: Id) -> DbResult<Vec<DepartmentWord>> {
    Ok(department_updates::table
        .filter(department_updates::organisation_id.eq(organisation))
        .order(department_updates::id)
        .select(DepartmentWord::as_select())
        .load(c)?)
}

pub fn insert_department_word(c: &mut DbConnection, row: &DepartmentWord) -> DbResult<()> {
    diesel::insert_into(department_updates::table)
        .values(row)
        .execute(c)?;
    Ok(())
}
