//! Open 1:1s of an author, and handing them over to another one.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::store;
use crate::{
    accounts::Actor,
    audit,
    coaching::error::Result,
    db::DbConnection,
    types::{Id, Instant},
    workforce,
};

/// A 1:1 that was not held, or that has an open action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OpenOneToOne {
    pub id: Id,
    pub agent_id: Id,
    /// Name of the agent.
    #[schema(example = "Ann Example")]
    pub agent: String,
    /// The day for which it was planned.
    pub date: NaiveDate,
    pub is_held: bool,
    /// Actions that are not done.
    pub open_actions: usize,
}

/// Open 1:1s that a person prepared, by day.
pub fn open_of(c: &mut DbConnection, organisation: Id, author: Id) -> Result<Vec<OpenOneToOne>> {
    let rows = store::of_author(c, organisation, author)?;
    let mut open_actions: BTreeMap<Id, usize> = BTreeMap::new();
    for one_to_one in store::open_actions_of_author(c, organisation, author)? {
        *open_actions.entry(one_to_one).or_default() += 1;
    }
    let agents = workforce::agents(c, organisation)?;
    let open = rows.into_iter().filter_map(|row| {
        let open_actions = open_actions.remove(&row.id).unwrap_or_default();
        let agent = agents.iter().find(|agent| agent.id == row.agent_id)?;
        let is_open = row.held_on.is_none() || open_actions > 0;
        is_open.then(|| OpenOneToOne {
            id: row.id,
            agent_id: row.agent_id,
            agent: agent.name.clone(),
            date: row.planned_for.date(),
            is_held: row.held_on.is_some(),
            open_actions,
        })
    });
    Ok(open.collect())
}

/// Makes `to`, with a name, the author of 1:1s. Their private notes are deleted: only who wrote
/// them may read them. Returns the entries for the audit log, which the caller records after its
/// last change.
pub fn hand_over(
    c: &mut DbConnection,
    actor: &Actor,
    open: &[OpenOneToOne],
    to: (Id, &str),
    now: Instant,
) -> Result<Vec<audit::Event<'static>>> {
    for one_to_one in open {
        store::update_author(c, (actor.organisation, one_to_one.id), to, now)?;
    }
    let event = |one: &OpenOneToOne| actor.event("one_to_one.handed_over", ("one_to_one", one.id));
    Ok(open.iter().map(event).collect())
}
