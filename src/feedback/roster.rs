//! Whom feedback is about: agents, and the teams they are in.

pub mod store;

use super::{FeedbackError, Result, record};
use crate::{
    accounts::{self, Actor},
    db::{DbConnection, DbError},
    hiring,
    types::{Id, Instant},
};
pub use store::{Agent, Team};

/// The team of this name, founded when it is new.
///
/// # Errors
/// Database errors.
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

/// Makes a hired candidate an agent of a team, linked to their sitting.
///
/// # Errors
/// When the candidate was not hired, is an agent already, or the reference is taken.
pub fn hire(
    c: &mut DbConnection,
    actor: &Actor,
    candidate_id: Id,
    team: &str,
    reference: &str,
    now: Instant,
) -> Result<Agent> {
    let candidate = hiring::hired_candidate(c, actor.organisation, candidate_id)?;
    if store::find_agent_of_candidate(c, actor.organisation, candidate_id)?.is_some() {
        return Err(FeedbackError::AlreadyAgent);
    }
    let reference = accounts::parse_name(reference)?;
    if store::find_agent_by_reference(c, actor.organisation, &reference)?.is_some() {
        return Err(FeedbackError::ReferenceTaken);
    }
    let team = ensure_team(c, actor.organisation, &accounts::parse_name(team)?, now)?;
    let agent = Agent {
        organisation_id: actor.organisation,
        id: Id::new(),
        reference,
        name: candidate.name,
        team_id: Some(team.id),
        candidate_id: Some(candidate_id),
        hired_at: Some(now),
        created_at: now,
    };
    store::insert_agent(c, &agent).map_err(|e| match e {
        DbError::Duplicate => FeedbackError::AlreadyAgent,
        e => e.into(),
    })?;
    let detail = serde_json::json!({ "candidate": candidate_id, "team": team.id });
    record(
        c,
        actor.organisation,
        &actor.label(),
        "agent.hired",
        "agent",
        agent.id,
        detail,
        now,
    )?;
    Ok(agent)
}

/// The agent a candidate became, if they did.
///
/// # Errors
/// Database errors.
pub fn agent_of_candidate(
    c: &mut DbConnection,
    organisation: Id,
    candidate: Id,
) -> Result<Option<Agent>> {
    Ok(store::find_agent_of_candidate(c, organisation, candidate)?)
}

/// An agent of this organisation.
///
/// # Errors
/// [`FeedbackError::NoAgent`].
pub fn agent(c: &mut DbConnection, organisation: Id, id: Id) -> Result<Agent> {
    store::find_agent(c, organisation, id)?.ok_or(FeedbackError::NoAgent)
}

/// An agent by their reference, or by their id.
///
/// # Errors
/// [`FeedbackError::NoAgent`].
pub fn agent_by_reference(
    c: &mut DbConnection,
    organisation: Id,
    reference: &str,
) -> Result<Agent> {
    if let Some(agent) = store::find_agent_by_reference(c, organisation, reference)? {
        return Ok(agent);
    }
    let id = reference.parse().map_err(|_e| FeedbackError::NoAgent)?;
    agent(c, organisation, id)
}

/// All agents by name: never by figures.
///
/// # Errors
/// Database errors.
pub fn agents(c: &mut DbConnection, organisation: Id) -> Result<Vec<Agent>> {
    Ok(store::agents(c, organisation)?)
}

/// All teams by name.
///
/// # Errors
/// Database errors.
pub fn teams(c: &mut DbConnection, organisation: Id) -> Result<Vec<Team>> {
    Ok(store::teams(c, organisation)?)
}
