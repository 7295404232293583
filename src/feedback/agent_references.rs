//! Other references of an agent, and merging the agent who was created for one of them: someone who
//! is renamed in a file that knows people by name, or comes from another system under another
//! number, stays the same agent with the same history.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    error::Result,
    refresh,
    store::{self, FeedbackRow},
};
use crate::{
    accounts::Actor,
    audit,
    db::DbConnection,
    types::{Id, Instant, Json},
    workforce::{self, Agent, WorkforceError},
};

/// Stored versions of records that are read at a time.
const VERSIONS: i64 = 1_000;

/// A reference to add.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReference {
    /// Name or number that files use for the agent.
    pub reference: String,
    /// The agent's new name; without it the name stays.
    #[serde(default)]
    pub name: Option<String>,
}

/// Adds a reference to an agent. If another agent has it, their feedback moves to this agent and
/// they are deleted.
///
/// # Errors
/// [`WorkforceError::NoAgent`]; [`WorkforceError::ReferenceOfAnother`] if the other agent has a
/// plan, an account, a hire, a pause, an observation, a 1:1, a quality check, an example or another
/// reference: two histories are not merged.
pub fn add(
    c: &mut DbConnection,
    actor: &Actor,
    agent: Id,
    new: &NewReference,
    now: Instant,
) -> Result<()> {
    let organisation = actor.organisation;
    let agent = workforce::agent(c, organisation, agent)?;
    let reference = workforce::parse_name(&new.reference)?;
    let name = new.name.as_deref().map(workforce::parse_name).transpose()?;
    let other = workforce::find_by_reference(c, organisation, &reference)?;
    let is_new = other.as_ref().is_none_or(|other| other.id != agent.id);
    let name = name.filter(|name| *name != agent.name);
    if !is_new && name.is_none() {
        return Ok(());
    }
    let merged = other.filter(|other| other.id != agent.id);
    let mut records = 0;
    if let Some(other) = &merged {
        if other.reference != reference || other.candidate_id.is_some() {
            return Err(WorkforceError::ReferenceOfAnother.into());
        }
        records = merge(c, &agent, other)?;
    }
    if is_new {
        workforce::add_reference(c, &agent, &reference, now)?;
    }
    if let Some(name) = &name {
        workforce::update_agent(c, organisation, agent.id, name, agent.team_id)?;
    }
    refresh::request(c, organisation, records as i64, now)?;
    let event = actor
        .event("agent.reference_added", ("agent", agent.id))
        .detail(serde_json::json!({
            "new_reference": is_new,
            "renamed": name.is_some(),
            "joined": merged.map(|other| other.id),
            "records": records,
        }));
    Ok(audit::record(c, event, now)?)
}

/// Moves all feedback of `other` to `agent`, including earlier versions of corrected records;
/// returns the number of records.
fn merge(c: &mut DbConnection, agent: &Agent, other: &Agent) -> Result<usize> {
    let organisation = agent.organisation_id;
    let mut last = None;
    loop {
        // The agent of a version is inside its content: a correction may have reassigned the
        // record.
        let versions = store::versions_after(c, organisation, last, VERSIONS)?;
        let Some(newest) = versions.last() else { break };
        last = Some(newest.id);
        for mut version in versions {
            let mut content: FeedbackRow = version.content.clone().read()?;
            if content.agent_id == other.id {
                content.agent_id = agent.id;
                version.content = Json::of(&content)?;
                store::update_version(c, &version)?;
            }
        }
    }
    let records = store::move_feedback(c, organisation, other.id, agent.id)?;
    workforce::absorb(c, agent, other)?;
    Ok(records)
}
