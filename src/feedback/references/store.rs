//! The table of agents' other references, and what moves when two agents turn out to be one.

use diesel::prelude::*;

use crate::{
    db::{
        DbConnection, DbResult,
        schema::{agent_references, agents, feedback, theme_mentions},
    },
    types::{Id, Instant},
};

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = agent_references)]
pub struct ReferenceRow {
    pub organisation_id: Id,
    pub reference: String,
    pub agent_id: Id,
    pub added_at: Instant,
}

pub fn insert(c: &mut DbConnection, row: &ReferenceRow) -> DbResult<()> {
    diesel::insert_into(agent_references::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

/// All other references of an organisation's agents.
pub fn all(c: &mut DbConnection, organisation: Id) -> DbResult<Vec<ReferenceRow>> {
    Ok(agent_references::table
        .filter(agent_references::organisation_id.eq(organisation))
        .order(agent_references::reference)
        .select(ReferenceRow::as_select())
        .load(c)?)
}

/// Other references of one agent.
pub fn of_agent(c: &mut DbConnection, organisation: Id, agent: Id) -> DbResult<Vec<String>> {
    Ok(agent_references::table
        .filter(agent_references::organisation_id.eq(organisation))
        .filter(agent_references::agent_id.eq(agent))
        .order(agent_references::reference)
        .select(agent_references::reference)
        .load(c)?)
}

/// Gives feedback, its themes and other references of one agent to another; says how many records.
pub fn give(c: &mut DbConnection, organisation: Id, from: Id, to: Id) -> DbResult<usize> {
    // Records first: who reads them anew meanwhile waits.
    let records = diesel::update(feedback::table)
        .filter(feedback::organisation_id.eq(organisation))
        .filter(feedback::agent_id.eq(from))
        .set(feedback::agent_id.eq(to))
        .execute(c)?;
    diesel::update(theme_mentions::table)
        .filter(theme_mentions::organisation_id.eq(organisation))
        .filter(theme_mentions::agent_id.eq(from))
        .set(theme_mentions::agent_id.eq(to))
        .execute(c)?;
    diesel::update(agent_references::table)
        .filter(agent_references::organisation_id.eq(organisation))
        .filter(agent_references::agent_id.eq(from))
        .set(agent_references::agent_id.eq(to))
        .execute(c)?;
    Ok(records)
}

/// Deletes an agent about whom nothing is stored.
pub fn delete_agent(c: &mut DbConnection, organisation: Id, agent: Id) -> DbResult<()> {
    diesel::delete(agents::table.find((organisation, agent))).execute(c)?;
    Ok(())
}
