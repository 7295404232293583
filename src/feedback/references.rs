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

/// Versions of records looked through at a time.
const VERSIONS: i64 = 1_000;

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
/// When the reference is another's who has plans, an account, a hire, freezes or another reference: two histories are not made
/// one.
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
    let other = super::roster::store::find_agent_by_reference(c, organisation, &reference)?;
    let is_new = other.as_ref().is_none_or(|other| other.id != agent.id);
    let name = name.filter(|name| *name != agent.name);
    if !is_new && name.is_none() {
        return Ok(());
    }
    let joined = other.filter(|other| other.id != agent.id);
    let mut records = 0;
    if let Some(other) = &joined {
        if other.reference != reference || other.candidate_id.is_some() {
            return Err(FeedbackError::ReferenceOfAnother);
        }
        records = join(c, &agent, other)?;
    }
    if is_new {
        let row = store::ReferenceRow {
            organisation_id: organisation,
            reference,
            agent_id: agent.id,
            added_at: now,
        };
        store::insert(c, &row)?;
    }
    if let Some(name) = &name {
        super::roster::store::update_agent(c, organisation, agent.id, name, agent.team_id)?;
    }
    measuring::ask(c, organisation, records as i64, now)?;
    let detail = serde_json::json!({
        "new_reference": is_new,
        "renamed": name.is_some(),
        "joined": joined.map(|other| other.id),
        "records": records,
    });
    record(
        c,
        organisation,
        &actor.label(),
        "agent.reference_added",
        "agent",
        agent.id,
        detail,
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
    use super::undo::store::{update_version, versions_after};
    let organisation = agent.organisation_id;
    let mut last = None;
    loop {
        // Who a version is about stands inside it: a correction may have given the record to somebody else.
        let versions = versions_after(c, organisation, last, VERSIONS)?;
        let Some(newest) = versions.last() else { break };
        last = Some(newest.id);
        for mut version in versions {
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
