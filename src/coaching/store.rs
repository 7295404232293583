//! The table of this capability: plans.

use diesel::prelude::*;

use crate::{
    db::{DbConnection, DbResult, schema::plans},
    types::{Id, Instant, Json},
};

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = plans)]
pub struct PlanRow {
    pub organisation_id: Id,
    pub id: Id,
    pub agent_id: Id,
    pub content: Json,
    pub rules_version: i32,
    pub created_by: String,
    pub created_at: Instant,
    pub acknowledged_at: Option<Instant>,
    pub agent_view: Option<String>,
}

pub fn insert_plan(c: &mut DbConnection, row: &PlanRow) -> DbResult<()> {
    diesel::insert_into(plans::table).values(row).execute(c)?;
    Ok(())
}

pub fn find_plan(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<Option<PlanRow>> {
    Ok(plans::table
        .find((organisation, id))
        .select(PlanRow::as_select())
        .first(c)
        .optional()?)
}

pub fn plans_of(c: &mut DbConnection, organisation: Id, agent: Id) -> DbResult<Vec<PlanRow>> {
    Ok(plans::table
        .filter(
            plans::organisation_id
                .eq(organisation)
                .and(plans::agent_id.eq(agent)),
        )
        .order(plans::id.desc())
        .limit(50)
        .select(PlanRow::as_select())
        .load(c)?)
}

pub fn acknowledge(
    c: &mut DbConnection,
    organisation: Id,
    id: Id,
    view: &str,
    now: Instant,
) -> DbResult<()> {
    diesel::update(plans::table.find((organisation, id)))
        .set((
            plans::acknowledged_at.eq(Some(now)),
            plans::agent_view.eq(Some(view)),
        ))
        .execute(c)?;
    Ok(())
}
