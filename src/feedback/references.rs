//! Other references of an agent: who is renamed in a file that knows people by name, or comes from another system under another
//! number, stays the same agent with the same history.

pub mod store;

use serde::Deserialize;

use super::{Agent, FeedbackError, FeedbackRow, Result, measuring, record};
use crate::{
    accounts::{self, Actor},
    db::{DbConnection, DbError},
    types::{Id, Instant, Json},
};

/// A reference to add.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewReference {
    /// As files write it.
    pub reference: String,
    /// The agent's name from now on; without it the name stays.
    #[serde(default)]
    pub name: Option<String>,
}

/// Lets files know an agent by another reference too. Feedback that came under it already becomes this agent's, and whoever stood
/// for it until now is no agent any more.
///
/// # Errors
/// When the reference is another's who has plans, an account, a hire or freezes: two histories are not made one.
pub fn add(
    c: &mut DbConnection,
    actor: &Actor,
    agent: Id,
    new: &NewReference,
    now: Instant,
) -> Result<()> {
    let organisation = actor.organisation;
    let agent = super::agent(c, organisation, agent)?;
    let reference = accounts::parse_name(&new.reference)?;
    let name = new.name.as_deref().map(accounts::parse_name).transpose()?;
    let other = super::store::find_agent_by_reference(c, organisation, &reference)?;
    let moved = match other {
        Some(other) if other.id == agent.id => None,
        Some(other) if other.reference != reference || other.candidate_id.is_some() => {
            return Err(FeedbackError::ReferenceOfAnother);
        }
        Some(other) => Some(join(c, &agent, &other)?),
        None => Some(0),
    };
    if moved.is_some() {
        let row = store::ReferenceRow {
            organisation_id: organisation,
            reference: reference.clone(),
            agent_id: agent.id,
            added_at: now,
        };
        store::insert(c, &row)?;
    }
    if let Some(name) = name.filter(|name| *name != agent.name) {
        super::store::update_agent(c, organisation, agent.id, &name, agent.team_id)?;
    }
    let moved = moved.unwrap_or_default();
    measuring::ask(c, organisation, moved as i64, now)?;
    record(
        c,
        organisation,
        &actor.label(),
        "agent.reference_added",
        "agent",
        agent.id,
        serde_json::json!({ "records": moved }),
        now,
    )
}

/// Other references of an agent, in the order of the alphabet.
///
/// # Errors
/// Database errors.
pub fn of_agent(c: &mut DbConnection, organisation: Id, agent: Id) -> Result<Vec<String>> {
    Ok(store::of_agent(c, organisation, agent)?)
}

/// Gives all feedback of `other` to `agent`, also as it was before corrections.
fn join(c: &mut DbConnection, agent: &Agent, other: &Agent) -> Result<usize> {
    use super::undo::store::{update_version, versions_of};
    let organisation = agent.organisation_id;
    for feedback in store::corrected_records(c, organisation, other.id)? {
        for mut version in versions_of(c, organisation, feedback)? {
            let mut content: FeedbackRow = version.content.clone().read()?;
            if content.agent_id == other.id {
                content.agent_id = agent.id;
                version.content = Json::of(&content)?;
                update_version(c, &version)?;
            }
        }
    }
    let records = store::give(c, organisation, other.id, agent.id)?;
    store::delete_agent(c, organisation, other.id).map_err(|e| match e {
        DbError::DanglingReference => FeedbackError::ReferenceOfAnother,
        e => e.into(),
    })?;
    Ok(records)
}
