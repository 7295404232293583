//! The table of pauses.

use diesel::prelude::*;

use crate::{
    db::{DbConnection, DbResult, schema::pauses},
    types::{Id, Instant},
};

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = pauses)]
pub struct FreezeRow {
    pub organisation_id: Id,
    pub id: Id,
    pub agent_id: Option<Id>,
    pub team_id: Option<Id>,
    pub reason: String,
    /// Days, as their midnight.
    pub first_day: Instant,
    pub last_day: Instant,
    pub created_by: String,
    pub created_at: Instant,
    pub ended_at: Option<Instant>,
}

pub fn insert(c: &mut DbConnection, row: &FreezeRow) -> DbResult<()> {
    diesel::insert_into(pauses::table).values(row).execute(c)?;
    Ok(())
}

/// Freezes not lifted whose last day is `day` or later, in the order they begin.
pub fn since(c: &mut DbConnection, organisation: Id, day: Instant) -> DbResult<Vec<FreezeRow>> {
    Ok(pauses::table
        .filter(pauses::organisation_id.eq(organisation))
        .filter(pauses::ended_at.is_null())
        .filter(pauses::last_day.ge(day))
        .order((pauses::first_day, pauses::id))
        .select(FreezeRow::as_select())
        .load(c)?)
}

/// Every freeze of one agent alone, in the order they were made.
pub fn of_agent(c: &mut DbConnection, organisation: Id, agent: Id) -> DbResult<Vec<FreezeRow>> {
    Ok(pauses::table
        .filter(pauses::organisation_id.eq(organisation))
        .filter(pauses::agent_id.eq(agent))
        .order(pauses::id)
        .select(FreezeRow::as_select())
        .load(c)?)
}

/// Lifts a freeze that is not lifted yet; false where there is none.
pub fn lift(c: &mut DbConnection, organisation: Id, id: Id, now: Instant) -> DbResult<bool> {
    let lifted = diesel::update(pauses::table.find((organisation, id)))
        .filter(pauses::ended_at.is_null())
        .set(pauses::ended_at.eq(now))
        .execute(c)?;
    Ok(lifted > 0)
}
