//! Agents, their teams, and the references that files know them by.
//!
//! An agent has one reference of their own and any number of others: a new name, or the number in
//! another system. All of them lead to the same agent and the same history. Agents are listed by
//! name, never by figures.

mod error;
mod store;

use std::collections::{BTreeMap, BTreeSet};

use error::Result;
pub use error::WorkforceError;
pub use store::{Agent, Team};

use crate::{
    accounts,
    db::{DbConnection, DbError},
    types::{Id, Instant},
};

/// An agent to be added.
#[derive(Clone, Debug)]
pub struct NewAgent<'a> {
    /// Name or number that files use for the agent; unique in the organisation.
    pub reference: &'a str,
    pub name: &'a str,
    pub team: Option<Id>,
    /// The candidate who was hired, and when.
    pub hired: Option<(Id, Instant)>,
}

/// Adds an agent.
///
/// # Errors
/// [`WorkforceError::ReferenceTaken`], [`WorkforceError::AlreadyAgent`] for a candidate who is one.
pub fn add_agent(
    c: &mut DbConnection,
    organisation: Id,
    new: &NewAgent<'_>,
    now: Instant,
) -> Result<Agent> {
    if store::find_agent_by_reference(c, organisation, new.reference)?.is_some() {
        return Err(WorkforceError::ReferenceTaken);
    }
    let agent = Agent {
        organisation_id: organisation,
        id: Id::new(),
        reference: new.reference.to_owned(),
        name: new.name.to_owned(),
        team_id: new.team,
        candidate_id: new.hired.map(|(candidate, _)| candidate),
        hired_at: new.hired.map(|(_, at)| at),
        created_at: now,
    };
    store::insert_agent(c, &agent).map_err(|e| match e {
        DbError::Duplicate if new.hired.is_some() => WorkforceError::AlreadyAgent,
        e => e.into(),
    })?;
    Ok(agent)
}

/// Sets an agent's name and team.
pub fn update_agent(
    c: &mut DbConnection,
    organisation: Id,
    agent: Id,
    name: &str,
    team: Option<Id>,
) -> Result<()> {
    Ok(store::update_agent(c, organisation, agent, name, team)?)
}

/// Locks an agent until the end of the transaction, so that two changes that concern the same agent
/// run one after the other.
pub fn lock_agent(c: &mut DbConnection, organisation: Id, agent: Id) -> Result<()> {
    Ok(store::lock_agent(c, organisation, agent)?)
}

/// An agent of this organisation.
///
/// # Errors
/// [`WorkforceError::NoAgent`].
pub fn agent(c: &mut DbConnection, organisation: Id, id: Id) -> Result<Agent> {
    store::find_agent(c, organisation, id)?.ok_or(WorkforceError::NoAgent)
}

/// The agent with this reference, if there is one.
pub fn find_by_reference(
    c: &mut DbConnection,
    organisation: Id,
    reference: &str,
) -> Result<Option<Agent>> {
    Ok(store::find_agent_by_reference(c, organisation, reference)?)
}

/// The agent with this reference or, failing that, this id.
///
/// # Errors
/// [`WorkforceError::NoAgent`].
pub fn agent_by_reference(
    c: &mut DbConnection,
    organisation: Id,
    reference: &str,
) -> Result<Agent> {
    if let Some(agent) = store::find_agent_by_reference(c, organisation, reference)? {
        return Ok(agent);
    }
    let id = reference.parse().map_err(|_e| WorkforceError::NoAgent)?;
    agent(c, organisation, id)
}

/// The agent that a candidate became, if they were hired.
pub fn agent_of_candidate(
    c: &mut DbConnection,
    organisation: Id,
    candidate: Id,
) -> Result<Option<Agent>> {
    Ok(store::find_agent_of_candidate(c, organisation, candidate)?)
}

/// All agents by name.
pub fn agents(c: &mut DbConnection, organisation: Id) -> Result<Vec<Agent>> {
    Ok(store::agents(c, organisation)?)
}

/// All teams by name.
pub fn teams(c: &mut DbConnection, organisation: Id) -> Result<Vec<Team>> {
    Ok(store::teams(c, organisation)?)
}

/// The teams that a person coaches, by name.
pub fn coached_teams(c: &mut DbConnection, organisation: Id, person: Id) -> Result<Vec<Team>> {
    let coached = store::coached_teams(c, organisation, person)?;
    let mut teams = store::teams(c, organisation)?;
    teams.retain(|team| coached.contains(&team.id));
    Ok(teams)
}

/// Replaces the teams that a person coaches.
///
/// # Errors
/// [`WorkforceError::NoTeam`] for an unknown team.
pub fn set_coached_teams(
    c: &mut DbConnection,
    organisation: Id,
    person: Id,
    coached: &BTreeSet<Id>,
) -> Result<()> {
    let known: BTreeSet<Id> = store::teams(c, organisation)?
        .iter()
        .map(|team| team.id)
        .collect();
    if !coached.is_subset(&known) {
        return Err(WorkforceError::NoTeam);
    }
    let coached: Vec<Id> = coached.iter().copied().collect();
    Ok(store::set_coached_teams(c, organisation, person, &coached)?)
}

/// The team with this name; created if there is none.
pub fn ensure_team(
    c: &mut DbConnection,
    organisation: Id,
    name: &str,
    now: Instant,
) -> Result<Team> {
    if let Some(team) = store::find_team(c, organisation, name)? {
        return Ok(team);
    }
    let team = Team {
        organisation_id: organisation,
        id: Id::new(),
        name: name.to_owned(),
        created_at: now,
    };
    store::insert_team(c, &team)?;
    Ok(team)
}

/// Every agent by each of their references.
pub fn agents_by_reference(
    c: &mut DbConnection,
    organisation: Id,
) -> Result<BTreeMap<String, Agent>> {
    let by_id: BTreeMap<Id, Agent> = store::agents(c, organisation)?
        .into_iter()
        .map(|agent| (agent.id, agent))
        .collect();
    let mut by_reference: BTreeMap<String, Agent> = store::references(c, organisation)?
        .into_iter()
        .filter_map(|row| Some((row.reference, by_id.get(&row.agent_id)?.clone())))
        .collect();
    by_reference.extend(by_id.into_values().map(|a| (a.reference.clone(), a)));
    Ok(by_reference)
}

/// References of an agent besides their own, in alphabetical order.
pub fn other_references(c: &mut DbConnection, organisation: Id, agent: Id) -> Result<Vec<String>> {
    Ok(store::references_of(c, organisation, agent)?)
}

/// Adds a reference that no agent has.
pub fn add_reference(
    c: &mut DbConnection,
    agent: &Agent,
    reference: &str,
    now: Instant,
) -> Result<()> {
    let row = store::ReferenceRow {
        organisation_id: agent.organisation_id,
        reference: reference.to_owned(),
        agent_id: agent.id,
        added_at: now,
    };
    Ok(store::insert_reference(c, &row)?)
}

/// Gives the references of `other` to `agent` and deletes `other`, whose feedback must have been
/// moved before.
///
/// # Errors
/// [`WorkforceError::ReferenceOfAnother`] while anything else refers to `other`.
pub fn absorb(c: &mut DbConnection, agent: &Agent, other: &Agent) -> Result<()> {
    let organisation = agent.organisation_id;
    store::move_references(c, organisation, other.id, agent.id)?;
    store::delete_agent(c, organisation, other.id).map_err(|e| match e {
        DbError::DanglingReference => WorkforceError::ReferenceOfAnother,
        e => e.into(),
    })
}

/// A reference or name as people type it, trimmed.
///
/// # Errors
/// [`WorkforceError::Accounts`] when it is empty or longer than 200 characters.
pub fn parse_name(raw: &str) -> Result<String> {
    Ok(accounts::parse_name(raw)?)
}
