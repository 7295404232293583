//! Tables of this capability: teams and who coaches them, agents, and the other references an agent
//! is known by.

use diesel::prelude::*;

use crate::{
    db::{
        DbConnection, DbResult,
        schema::{agent_references, agents, coached_teams, teams},
    },
    types::{Id, Instant},
};

#[derive(Clone, Debug, Queryable, Selectable, Insertable, serde::Serialize)]
#[diesel(table_name = teams)]
pub struct Team {
    pub organisation_id: Id,
    pub id: Id,
    pub name: String,
    pub created_at: Instant,
}

#[derive(Clone, Debug, Queryable, Selectable, Insertable, serde::Serialize)]
#[diesel(table_name = agents)]
pub struct Agent {
    pub organisation_id: Id,
    pub id: Id,
    pub reference: String,
    pub name: String,
    pub team_id: Option<Id>,
    pub candidate_id: Option<Id>,
    pub hired_at: Option<Instant>,
    pub created_at: Instant,
}

/// Another reference that files use for an agent.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = agent_references)]
pub struct ReferenceRow {
    pub organisation_id: Id,
    pub reference: String,
    pub agent_id: Id,
    pub added_at: Instant,
}

pub fn insert_team(c: &mut DbConnection, row: &Team) -> DbResult<()> {
    diesel::insert_into(teams::table).values(row).execute(c)?;
    Ok(())
}

pub fn teams(c: &mut DbConnection, organisation: Id) -> DbResult<Vec<Team>> {
    Ok(teams::table
        .filter(teams::organisation_id.eq(organisation))
        .order((teams::name, teams::id))
        .select(Team::as_select())
        .load(c)?)
}

pub fn find_team(c: &mut DbConnection, organisation: Id, name: &str) -> DbResult<Option<Team>> {
    Ok(teams::table
        .filter(
            teams::organisation_id
                .eq(organisation)
                .and(teams::name.eq(name)),
        )
        .select(Team::as_select())
        .first(c)
        .optional()?)
}

/// The teams that a person coaches.
pub fn coached_teams(c: &mut DbConnection, organisation: Id, person: Id) -> DbResult<Vec<Id>> {
    Ok(coached_teams::table
        .filter(coached_teams::organisation_id.eq(organisation))
        .filter(coached_teams::person_id.eq(person))
        .order(coached_teams::team_id)
        .select(coached_teams::team_id)
        .load(c)?)
}

/// Replaces the teams that a person coaches.
pub fn set_coached_teams(
    c: &mut DbConnection,
    organisation: Id,
    person: Id,
    teams: &[Id],
) -> DbResult<()> {
    let own = coached_teams::table
        .filter(coached_teams::organisation_id.eq(organisation))
        .filter(coached_teams::person_id.eq(person));
    diesel::delete(own).execute(c)?;
    for team in teams {
        let row = (
            coached_teams::organisation_id.eq(organisation),
            coached_teams::person_id.eq(person),
            coached_teams::team_id.eq(team),
        );
        diesel::insert_into(coached_teams::table)
            .values(row)
            .execute(c)?;
    }
    Ok(())
}

pub fn insert_agent(c: &mut DbConnection, row: &Agent) -> DbResult<()> {
    diesel::insert_into(agents::table).values(row).execute(c)?;
    Ok(())
}

pub fn agents(c: &mut DbConnection, organisation: Id) -> DbResult<Vec<Agent>> {
    Ok(agents::table
        .filter(agents::organisation_id.eq(organisation))
        .order((agents::name, agents::id))
        .select(Agent::as_select())
        .load(c)?)
}

pub fn find_agent(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<Option<Agent>> {
    Ok(agents::table
        .find((organisation, id))
        .select(Agent::as_select())
        .first(c)
        .optional()?)
}

pub fn find_agent_by_reference(
    c: &mut DbConnection,
    organisation: Id,
    reference: &str,
) -> DbResult<Option<Agent>> {
    let also = agent_references::table
        .filter(agent_references::organisation_id.eq(organisation))
        .filter(agent_references::reference.eq(reference))
        .select(agent_references::agent_id);
    let known = agents::reference.eq(reference).or(agents::id.eq_any(also));
    Ok(agents::table
        .filter(agents::organisation_id.eq(organisation).and(known))
        .select(Agent::as_select())
        .first(c)
        .optional()?)
}

pub fn find_agent_of_candidate(
    c: &mut DbConnection,
    organisation: Id,
    candidate: Id,
) -> DbResult<Option<Agent>> {
    Ok(agents::table
        .filter(
            agents::organisation_id
                .eq(organisation)
                .and(agents::candidate_id.eq(candidate)),
        )
        .select(Agent::as_select())
        .first(c)
        .optional()?)
}

/// Updates an agent's name and team.
pub fn update_agent(
    c: &mut DbConnection,
    organisation: Id,
    agent: Id,
    name: &str,
    team: Option<Id>,
) -> DbResult<()> {
    diesel::update(agents::table.find((organisation, agent)))
        .set((agents::name.eq(name), agents::team_id.eq(team)))
        .execute(c)?;
    Ok(())
}

/// Deletes an agent. Fails with a dangling reference while anything refers to them.
pub fn delete_agent(c: &mut DbConnection, organisation: Id, agent: Id) -> DbResult<()> {
    diesel::delete(agents::table.find((organisation, agent))).execute(c)?;
    Ok(())
}

/// Locks an agent's row until the end of the transaction.
pub fn lock_agent(c: &mut DbConnection, organisation: Id, agent: Id) -> DbResult<()> {
    // An update that changes nothing locks the row on both databases.
    diesel::update(agents::table.find((organisation, agent)))
        .set(agents::name.eq(agents::name))
        .execute(c)?;
    Ok(())
}

pub fn insert_reference(c: &mut DbConnection, row: &ReferenceRow) -> DbResult<()> {
    diesel::insert_into(agent_references::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

/// All other references of an organisation's agents.
pub fn references(c: &mut DbConnection, organisation: Id) -> DbResult<Vec<ReferenceRow>> {
    Ok(agent_references::table
        .filter(agent_references::organisation_id.eq(organisation))
        .order(agent_references::reference)
        .select(ReferenceRow::as_select())
        .load(c)?)
}

/// Other references of one agent, in alphabetical order.
pub fn references_of(c: &mut DbConnection, organisation: Id, agent: Id) -> DbResult<Vec<String>> {
    Ok(agent_references::table
        .filter(agent_references::organisation_id.eq(organisation))
        .filter(agent_references::agent_id.eq(agent))
        .order(agent_references::reference)
        .select(agent_references::reference)
        .load(c)?)
}

/// Moves the other references of one agent to another.
pub fn move_references(c: &mut DbConnection, organisation: Id, from: Id, to: Id) -> DbResult<()> {
    diesel::update(agent_references::table)
        .filter(agent_references::organisation_id.eq(organisation))
        .filter(agent_references::agent_id.eq(from))
        .set(agent_references::agent_id.eq(to))
        .execute(c)?;
    Ok(())
}
