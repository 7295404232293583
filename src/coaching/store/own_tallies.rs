//! Days of agents' own tallies, and whether a plan's agent shares them.

use diesel::prelude::*;

use crate::{
    coaching::{correction::correctable_until, own_tally::TallyDay},
    db::{
        DbConnection, DbResult,
        schema::{plans, tally_days},
    },
    types::{Id, Instant},
};

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = tally_days)]
pub struct TallyDayRow {
    pub organisation_id: Id,
    pub id: Id,
    pub plan_id: Id,
    pub theme: String,
    /// A day, as its midnight.
    pub counted_on: Instant,
    pub opportunities: i32,
    pub done: i32,
    pub note: String,
    pub created_at: Instant,
}

impl From<TallyDayRow> for TallyDay {
    fn from(row: TallyDayRow) -> Self {
        let contacts = |stored: i32| u32::try_from(stored).unwrap_or(0);
        Self {
            id: row.id,
            plan_id: row.plan_id,
            theme: row.theme,
            date: row.counted_on.date(),
            opportunities: contacts(row.opportunities),
            done: contacts(row.done),
            note: row.note,
            recorded_at: row.created_at,
            editable_until: correctable_until(row.created_at),
        }
    }
}

/// The days of these plans, in order.
pub fn tally_days_of(
    c: &mut DbConnection,
    organisation: Id,
    plan_ids: &[Id],
) -> DbResult<Vec<TallyDay>> {
    let rows = tally_days::table
        .filter(tally_days::organisation_id.eq(organisation))
        .filter(tally_days::plan_id.eq_any(plan_ids))
        .order((tally_days::counted_on, tally_days::id))
        .select(TallyDayRow::as_select())
        .load(c)?;
    Ok(rows.into_iter().map(TallyDay::from).collect())
}

/// Stores a day, in place of an earlier entry with the same key.
pub fn put_tally_day(c: &mut DbConnection, row: &TallyDayRow) -> DbResult<()> {
    delete_tally_day(c, row.organisation_id, row.id)?;
    diesel::insert_into(tally_days::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

pub fn delete_tally_day(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<()> {
    diesel::delete(tally_days::table.find((organisation, id))).execute(c)?;
    Ok(())
}

/// Begins sharing the tally of a plan, or ends it.
pub fn share_tally(
    c: &mut DbConnection,
    organisation: Id,
    plan: Id,
    since: Option<Instant>,
) -> DbResult<()> {
    diesel::update(plans::table.find((organisation, plan)))
        .set(plans::tally_shared_at.eq(since))
        .execute(c)?;
    Ok(())
}
