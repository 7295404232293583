//! The table of freezes.

use diesel::prelude::*;

use crate::{
    db::{DbConnection, DbResult, schema::freezes},
    types::{Id, Instant},
};

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = freezes)]
pub struct FreezeRow {
    pub organisation_id: Id,
    pub id: Id,
    pub agent_id: Option<Id>,
    pub team_id: Option<Id>,
    pub reason: String,
    /// Days, as their midnight.
    pub first_day: Instant,
    pub last_day: Instant,
    pub made_by: String,
    pub made_at: Instant,
    pub lifted_at: Option<Instant>,
}

pub fn insert(c: &mut DbConnection, row: &FreezeRow) -> DbResult<()> {
    diesel::insert_into(freezes::table).values(row).execute(c)?;
    Ok(())
}

/// Freezes not lifted whose last day is `day` or later, in the order they begin.
pub fn since(c: &mut DbConnection, organisation: Id, day: Instant) -> DbResult<Vec<FreezeRow>> {
    Ok(freezes::table
        .filter(freezes::organisation_id.eq(organisation))
        .filter(freezes::lifted_at.is_null())
        .filter(freezes::last_day.ge(day))
        .order((freezes::first_day, freezes::id))
        .select(FreezeRow::as_select())
        .load(c)?)
}

/// Every freeze of one agent alone, in the order they were made.
pub fn of_agent(c: &mut DbConnection, organisation: Id, agent: Id) -> DbResult<Vec<FreezeRow>> {
    Ok(freezes::table
        .filter(freezes::organisation_id.eq(organisation))
        .filter(freezes::agent_id.eq(agent))
        .order(freezes::id)
        .select(FreezeRow::as_select())
        .load(c)?)
}

/// Lifts a freeze that is not lifted yet; false where there is none.
pub fn lift(c: &mut DbConnection, organisation: Id, id: Id, now: Instant) -> DbResult<bool> {
    let lifted = diesel::update(freezes::table.find((organisation, id)))
        .filter(freezes::lifted_at.is_null())
        .set(freezes::lifted_at.eq(now))
        .execute(c)?;
    Ok(lifted > 0)
}
