//! 1:1s of coaches with agents: agenda, notes, actions and history. Coaches and administrators see
//! every 1:1; the agent sees it after its author shared it. Only its author changes it and reads
//! its private notes.

mod agenda;
pub mod content;
pub mod handover;
mod store;

use std::collections::BTreeMap;

use chrono::{Duration, NaiveDate};

use agenda::{OwnerUpdate, Sources};
use content::{
    Action, ActionOwner, MOST_ACTIONS, MOST_AGENT_LINES, MOST_LINES, NewAction, NewOneToOne,
    OneToOne, OneToOneContent, OneToOneError, OneToOneState, check_date, check_done_on, check_due,
    check_held_on, cleaned_action, cleaned_lines, cleaned_notes,
};
use store::{ActionRow, OneToOneRow};

use super::{
    correction::{correctable_until, is_correctable},
    error::Result,
    pauses::midnight,
    plans::{self, StoredPlan},
    progress::PlanState,
};
use crate::{
    accounts::Actor,
    db::DbConnection,
    locale::Locale,
    praise::departments,
    types::{Id, Instant, Json},
    workforce,
};

/// Most 1:1s of an agent that are listed.
const MOST_ONE_TO_ONES: i64 = 500;
/// Days back from which an agenda has updates of departments, if there was no earlier 1:1.
const NEWS_DAYS: i64 = 30;
/// Kind of object in the audit log, whose entries never contain a text of a 1:1.
const KIND: &str = "one_to_one";

/// 1:1s of an agent for a coach or an administrator, newest first.
///
/// # Errors
/// [`CoachingError::Workforce`](super::CoachingError::Workforce) for an unknown agent;
/// [`OneToOneError::NoOneToOne`] if the actor is the agent.
pub fn of_agent(c: &mut DbConnection, actor: &Actor, agent: Id) -> Result<Vec<OneToOne>> {
    workforce::agent(c, actor.organisation, agent)?;
    check_coach(actor, agent)?;
    read_all(c, actor, agent)
}

/// A 1:1 of an agent for a coach or an administrator.
///
/// # Errors
/// [`OneToOneError::NoOneToOne`].
pub fn find(c: &mut DbConnection, actor: &Actor, agent: Id, id: Id) -> Result<OneToOne> {
    let row = found(c, actor, agent, id)?;
    read_one(c, actor, row)
}

/// 1:1s of the actor's own agent that were shared, newest first.
pub fn own(c: &mut DbConnection, actor: &Actor) -> Result<Vec<OneToOne>> {
    let Some(agent) = actor.agent else {
        return Ok(Vec::new());
    };
    let mut all = read_all(c, actor, agent)?;
    all.retain(|one_to_one| one_to_one.shared_at.is_some());
    Ok(all.into_iter().map(OneToOne::for_agent).collect())
}

/// A 1:1 of the actor's own agent.
///
/// # Errors
/// [`OneToOneError::NoOneToOne`] also for one that was not shared.
pub fn find_own(c: &mut DbConnection, actor: &Actor, id: Id) -> Result<OneToOne> {
    let row = found_own(c, actor, id)?;
    Ok(read_one(c, actor, row)?.for_agent())
}

/// Nobody reads as a coach what is about them.
fn check_coach(actor: &Actor, agent: Id) -> Result<()> {
    match actor.agent == Some(agent) {
        true => Err(OneToOneError::NoOneToOne.into()),
        false => Ok(()),
    }
}

fn found(c: &mut DbConnection, actor: &Actor, agent: Id, id: Id) -> Result<OneToOneRow> {
    check_coach(actor, agent)?;
    let row = store::find(c, actor.organisation, id)?;
    let row = row.filter(|row| row.agent_id == agent);
    Ok(row.ok_or(OneToOneError::NoOneToOne)?)
}

/// One that the actor prepared.
fn found_as_author(c: &mut DbConnection, actor: &Actor, agent: Id, id: Id) -> Result<OneToOneRow> {
    let row = found(c, actor, agent, id)?;
    match row.author_id == actor.person {
        true => Ok(row),
        false => Err(OneToOneError::NotAuthor(row.author).into()),
    }
}

fn found_own(c: &mut DbConnection, actor: &Actor, id: Id) -> Result<OneToOneRow> {
    let row = store::find(c, actor.organisation, id)?;
    let is_own = |row: &OneToOneRow| Some(row.agent_id) == actor.agent && row.shared_at.is_some();
    Ok(row.filter(is_own).ok_or(OneToOneError::NoOneToOne)?)
}

fn read_all(c: &mut DbConnection, actor: &Actor, agent: Id) -> Result<Vec<OneToOne>> {
    let rows = store::of_agent(c, actor.organisation, agent, MOST_ONE_TO_ONES)?;
    let mut all = read(c, actor, rows)?;
    all.sort_by_key(|one_to_one| std::cmp::Reverse((one_to_one.day(), one_to_one.id)));
    Ok(all)
}

fn read_one(c: &mut DbConnection, actor: &Actor, row: OneToOneRow) -> Result<OneToOne> {
    let mut one = read(c, actor, vec![row])?;
    Ok(one.pop().ok_or(OneToOneError::NoOneToOne)?)
}

fn read(c: &mut DbConnection, actor: &Actor, rows: Vec<OneToOneRow>) -> Result<Vec<OneToOne>> {
    let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
    let mut actions: BTreeMap<Id, Vec<Action>> = BTreeMap::new();
    for row in store::actions_of(c, actor.organisation, &ids)? {
        actions
            .entry(row.one_to_one_id)
            .or_default()
            .push(action(row));
    }
    let rows = rows.into_iter();
    rows.map(|row| {
        let is_author = row.author_id == actor.person;
        Ok(OneToOne {
            id: row.id,
            agent_id: row.agent_id,
            by: row.author,
            is_author,
            state: match row.held_on {
                Some(_) => OneToOneState::Held,
                None => OneToOneState::Planned,
            },
            date: row.planned_for.date(),
            held_on: row.held_on.map(Instant::date),
            agenda: row.agenda.read()?,
            agent_agenda: row.agent_agenda.read()?,
            shared_notes: row.shared_notes,
            private_notes: is_author.then_some(row.private_notes),
            shared_at: row.shared_at,
            actions: actions.remove(&row.id).unwrap_or_default(),
            created_at: row.created_at,
            deletable_until: correctable_until(row.created_at),
        })
    })
    .collect()
}

fn action(row: ActionRow) -> Action {
    Action {
        id: row.id,
        action: row.content,
        owner: row.owner,
        due: row.due.map(Instant::date),
        done_on: row.done_on.map(Instant::date),
    }
}

/// The agenda that is proposed for the next 1:1 with an agent.
///
/// # Errors
/// [`CoachingError::Workforce`](super::CoachingError::Workforce) for an unknown agent.
pub fn propose(
    c: &mut DbConnection,
    actor: &Actor,
    agent: Id,
    locale: &Locale,
    now: Instant,
) -> Result<Vec<String>> {
    let earlier = of_agent(c, actor, agent)?;
    let open_actions: Vec<Action> = earlier
        .iter()
        .flat_map(|one_to_one| one_to_one.open_actions().cloned())
        .collect();
    let plan = current_plan(c, actor.organisation, agent)?;
    let last = earlier.iter().filter_map(|one_to_one| one_to_one.held_on);
    let since = last
        .max()
        .map_or(now.plus(-Duration::days(NEWS_DAYS)), midnight);
    let updates = owner_updates(c, actor.organisation, plan.as_ref(), since)?;
    let sources = Sources {
        plan: plan.as_ref(),
        open_actions: &open_actions,
        updates: &updates,
    };
    Ok(agenda::agenda(&sources, locale))
}

/// The open plan of an agent or, without one, the newest that was shared and waits to be accepted.
fn current_plan(c: &mut DbConnection, organisation: Id, agent: Id) -> Result<Option<StoredPlan>> {
    let mut plans = plans::plans_of(c, organisation, agent)?;
    let open = plans.iter().position(|plan| plan.progress.is_open());
    let proposed = || {
        let mut plans = plans.iter();
        plans.position(|plan| plan.progress.state() == PlanState::Proposed)
    };
    let current = open.or_else(proposed);
    Ok(current.map(|at| plans.swap_remove(at)))
}

/// Updates of departments on the themes of a plan after `since`.
fn owner_updates(
    c: &mut DbConnection,
    organisation: Id,
    plan: Option<&StoredPlan>,
    since: Instant,
) -> Result<Vec<OwnerUpdate>> {
    let Some(stored) = plan else {
        return Ok(Vec::new());
    };
    let mut latest = departments::latest_updates(c, organisation)?;
    let themes = stored.plan.not_yours.iter();
    let updates = themes.filter_map(|issue| {
        let update = latest.remove(&issue.theme)?;
        (update.at >= since).then(|| OwnerUpdate {
            theme: issue.name.clone(),
            owner: issue.owner.clone(),
            status: update.status,
            note: update.note,
        })
    });
    Ok(updates.collect())
}

/// Prepares a 1:1; without an agenda, with the proposed one in `locale`.
///
/// # Errors
/// [`CoachingError::Workforce`](super::CoachingError::Workforce) for an unknown agent;
/// [`OneToOneError`].
pub fn create(
    c: &mut DbConnection,
    actor: &Actor,
    agent: Id,
    new: &NewOneToOne,
    locale: &Locale,
    now: Instant,
) -> Result<OneToOne> {
    workforce::agent(c, actor.organisation, agent)?;
    check_coach(actor, agent)?;
    check_date(new.date, now.date())?;
    let agenda = match &new.agenda {
        Some(lines) => cleaned_lines(lines, MOST_LINES)?,
        None => propose(c, actor, agent, locale, now)?,
    };
    let row = OneToOneRow {
        organisation_id: actor.organisation,
        id: Id::new(),
        agent_id: agent,
        author_id: actor.person,
        author: actor.name.clone(),
        planned_for: midnight(new.date),
        held_on: None,
        agenda: Json::of(&agenda)?,
        agent_agenda: Json::of(&Vec::<String>::new())?,
        shared_notes: String::new(),
        private_notes: String::new(),
        shared_at: new.shared.then_some(now),
        created_at: now,
        changed_at: now,
    };
    store::insert(c, &row)?;
    actor.record(c, "one_to_one.created", (KIND, row.id), now)?;
    if row.shared_at.is_some() {
        actor.record(c, "one_to_one.shared", (KIND, row.id), now)?;
    }
    read_one(c, actor, row)
}

/// Changes a 1:1 that the actor prepared.
///
/// # Errors
/// [`OneToOneError`].
pub fn change(
    c: &mut DbConnection,
    actor: &Actor,
    (agent, id): (Id, Id),
    content: &OneToOneContent,
    now: Instant,
) -> Result<()> {
    let before = found_as_author(c, actor, agent, id)?;
    let planned_for = midnight(content.date);
    if planned_for != before.planned_for {
        check_date(content.date, now.date())?;
    }
    let held_on = content.held_on.map(midnight);
    if let Some(day) = content.held_on
        && held_on != before.held_on
    {
        check_held_on(day, now.date())?;
    }
    let private_notes = content.private_notes.as_deref().map(cleaned_notes);
    let shared = content.shared.then_some(now);
    let row = OneToOneRow {
        planned_for,
        held_on,
        agenda: Json::of(&cleaned_lines(&content.agenda, MOST_LINES)?)?,
        shared_notes: cleaned_notes(&content.shared_notes)?,
        private_notes: match private_notes {
            Some(notes) => notes?,
            None => before.private_notes,
        },
        shared_at: before.shared_at.or(shared),
        changed_at: now,
        ..before
    };
    store::update(c, &row)?;
    actor.record(c, "one_to_one.changed", (KIND, id), now)?;
    if before.held_on.is_none() && row.held_on.is_some() {
        actor.record(c, "one_to_one.held", (KIND, id), now)?;
    }
    if before.shared_at.is_none() && row.shared_at.is_some() {
        actor.record(c, "one_to_one.shared", (KIND, id), now)?;
    }
    Ok(())
}

/// Deletes a 1:1 that the actor prepared, with its actions.
///
/// # Errors
/// [`OneToOneError::Kept`] a day after it was created.
pub fn delete(c: &mut DbConnection, actor: &Actor, agent: Id, id: Id, now: Instant) -> Result<()> {
    let row = found_as_author(c, actor, agent, id)?;
    if !is_correctable(row.created_at, now) {
        return Err(OneToOneError::Kept.into());
    }
    store::delete(c, actor.organisation, id)?;
    Ok(actor.record(c, "one_to_one.deleted", (KIND, id), now)?)
}

/// Adds an action; every coach may.
///
/// # Errors
/// [`OneToOneError`].
pub fn add_action(
    c: &mut DbConnection,
    actor: &Actor,
    (agent, id): (Id, Id),
    new: &NewAction,
    now: Instant,
) -> Result<Action> {
    found(c, actor, agent, id)?;
    let content = cleaned_action(&new.action)?;
    if let Some(due) = new.due {
        check_due(due, now.date())?;
    }
    if store::actions_of(c, actor.organisation, &[id])?.len() >= MOST_ACTIONS {
        return Err(OneToOneError::Actions.into());
    }
    let row = ActionRow {
        organisation_id: actor.organisation,
        id: Id::new(),
        one_to_one_id: id,
        content,
        owner: new.owner,
        due: new.due.map(midnight),
        done_on: None,
        created_by: actor.label(),
        created_at: now,
    };
    store::insert_action(c, &row)?;
    actor.record(c, "one_to_one.action_added", (KIND, id), now)?;
    Ok(action(row))
}

/// Marks an action as done on a day, or opens it again; every coach may.
///
/// # Errors
/// [`OneToOneError`].
pub fn set_done(
    c: &mut DbConnection,
    actor: &Actor,
    (agent, id): (Id, Id),
    action: Id,
    done_on: Option<NaiveDate>,
    now: Instant,
) -> Result<()> {
    found(c, actor, agent, id)?;
    let row = found_action(c, actor, id, action)?;
    update_done(c, actor, &row, done_on, now)
}

/// Like [`set_done`], for an action that the actor's own agent has to do.
///
/// # Errors
/// [`OneToOneError`].
pub fn set_own_done(
    c: &mut DbConnection,
    actor: &Actor,
    id: Id,
    action: Id,
    done_on: Option<NaiveDate>,
    now: Instant,
) -> Result<()> {
    found_own(c, actor, id)?;
    let row = found_action(c, actor, id, action)?;
    if row.owner != ActionOwner::Agent {
        return Err(OneToOneError::NoAction.into());
    }
    update_done(c, actor, &row, done_on, now)
}

fn found_action(c: &mut DbConnection, actor: &Actor, id: Id, action: Id) -> Result<ActionRow> {
    let rows = store::actions_of(c, actor.organisation, &[id])?;
    let row = rows.into_iter().find(|row| row.id == action);
    Ok(row.ok_or(OneToOneError::NoAction)?)
}

fn update_done(
    c: &mut DbConnection,
    actor: &Actor,
    row: &ActionRow,
    done_on: Option<NaiveDate>,
    now: Instant,
) -> Result<()> {
    if let Some(day) = done_on {
        check_done_on(day, now.date())?;
    }
    let event = match done_on {
        Some(_) => "one_to_one.action_done",
        None => "one_to_one.action_reopened",
    };
    let key = (row.organisation_id, row.id);
    store::update_done(c, key, done_on.map(midnight))?;
    Ok(actor.record(c, event, (KIND, row.one_to_one_id), now)?)
}

/// Removes an action from a 1:1 that the actor prepared.
///
/// # Errors
/// [`OneToOneError`].
pub fn delete_action(
    c: &mut DbConnection,
    actor: &Actor,
    (agent, id): (Id, Id),
    action: Id,
    now: Instant,
) -> Result<()> {
    found_as_author(c, actor, agent, id)?;
    let row = found_action(c, actor, id, action)?;
    store::delete_action(c, actor.organisation, row.id)?;
    Ok(actor.record(c, "one_to_one.action_removed", (KIND, id), now)?)
}

/// Replaces what the actor's own agent wants to talk about.
///
/// # Errors
/// [`OneToOneError`].
pub fn set_agent_agenda(
    c: &mut DbConnection,
    actor: &Actor,
    id: Id,
    lines: &[String],
    now: Instant,
) -> Result<()> {
    let row = found_own(c, actor, id)?;
    if row.held_on.is_some() {
        return Err(OneToOneError::AlreadyHeld.into());
    }
    let lines = Json::of(&cleaned_lines(lines, MOST_AGENT_LINES)?)?;
    store::update_agent_agenda(c, (actor.organisation, id), &lines, now)?;
    Ok(actor.record(c, "one_to_one.agenda_added", (KIND, id), now)?)
}

/// 1:1s of an agent and actions with a due day.
#[derive(Clone, Debug, Default)]
pub(super) struct OneToOneSummary {
    /// Day of the last 1:1 held.
    pub last: Option<NaiveDate>,
    /// Days and ids of the 1:1s that are planned.
    pub planned: Vec<(NaiveDate, Id)>,
    /// Open actions with a due day, and the 1:1 of each.
    pub actions: Vec<(NaiveDate, Id, Action)>,
}

/// Returns the summaries of these agents; agents without 1:1s are left out.
pub(super) fn summaries(
    c: &mut DbConnection,
    organisation: Id,
    agents: &[Id],
) -> Result<BTreeMap<Id, OneToOneSummary>> {
    let mut found: BTreeMap<Id, OneToOneSummary> = BTreeMap::new();
    for row in store::days_of_agents(c, organisation, agents)? {
        let summary = found.entry(row.agent_id).or_default();
        match row.held_on {
            Some(day) => summary.last = summary.last.max(Some(day.date())),
            None => summary.planned.push((row.planned_for.date(), row.id)),
        }
    }
    for (agent, row) in store::due_actions_of_agents(c, organisation, agents)? {
        if let Some(due) = row.due {
            let id = row.one_to_one_id;
            let actions = &mut found.entry(agent).or_default().actions;
            actions.push((due.date(), id, action(row)));
        }
    }
    Ok(found)
}
