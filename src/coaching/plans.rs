//! Stored plans: creating and finding them, and taking steps.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    draft::draft,
    error::{CoachingError, LONGEST_VIEW, Result},
    own_tally::{OwnTally, TallyDay},
    pauses,
    plan::Plan,
    progress::PlanProgress,
    steps::{NewStep, RecordedStep, Step},
    store::{self, own_tallies},
};
use crate::{
    accounts::{Actor, Role},
    audit::{self, Event},
    db::DbConnection,
    praise::{examples, moderation},
    text::entered,
    types::{Id, Instant, Json},
    workforce,
};

/// A stored plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StoredPlan {
    pub id: Id,
    pub agent_id: Id,
    pub created_at: Instant,
    pub acknowledged_at: Option<Instant>,
    pub agent_view: Option<String>,
    /// The plan as proposed by the rules.
    pub plan: Plan,
    pub progress: PlanProgress,
    /// What the agent counted in each area; empty unless the agent shares it.
    pub own_tallies: Vec<OwnTally>,
    /// Since when the agent shares it.
    #[serde(skip)]
    pub(super) tally_shared_at: Option<Instant>,
    /// Every step but ratings, which are reported only as a mean over several plans.
    pub steps: Vec<RecordedStep>,
    /// Number of steps, ratings included.
    #[serde(skip)]
    taken: usize,
}

/// Reads plans with their steps, in the order given.
pub(super) fn stored(
    c: &mut DbConnection,
    organisation: Id,
    rows: Vec<store::PlanRow>,
    today: NaiveDate,
) -> Result<Vec<StoredPlan>> {
    let ids: Vec<Id> = rows.iter().map(|r| r.id).collect();
    let mut steps: BTreeMap<Id, Vec<RecordedStep>> = BTreeMap::new();
    for row in store::steps_of(c, organisation, &ids)? {
        steps.entry(row.plan_id).or_default().push(RecordedStep {
            at: row.created_at,
            by: row.created_by,
            step: row.content.read()?,
        });
    }
    let shared = rows.iter().filter(|row| row.tally_shared_at.is_some());
    let shared: Vec<Id> = shared.map(|row| row.id).collect();
    let mut counted: BTreeMap<Id, Vec<TallyDay>> = BTreeMap::new();
    for day in own_tallies::tally_days_of(c, organisation, &shared)? {
        counted.entry(day.plan_id).or_default().push(day);
    }
    let held = moderation::withheld_by_people(c, organisation)?;
    let consents = examples::consents(c, organisation)?;
    rows.into_iter()
        .map(|row| {
            let mut plan: Plan = row.content.read()?;
            plan.forget(&held);
            plan.keep_consented(&consents);
            let steps = steps.remove(&row.id).unwrap_or_default();
            let progress = PlanProgress::of(&plan, &steps, today);
            let counted = counted.remove(&row.id).unwrap_or_default();
            Ok(StoredPlan {
                id: row.id,
                agent_id: row.agent_id,
                created_at: row.created_at,
                acknowledged_at: row.acknowledged_at,
                agent_view: row.agent_view,
                own_tallies: OwnTally::of(&progress.items, &counted),
                tally_shared_at: row.tally_shared_at,
                progress,
                taken: steps.len(),
                steps: steps
                    .into_iter()
                    .filter(|made| !matches!(made.step, Step::Rated { .. }))
                    .collect(),
                plan,
            })
        })
        .collect()
}

/// Drafts a plan and stores it, for the command line and the demo.
///
/// # Errors
/// [`CoachingError::Workforce`] for an unknown agent.
pub fn create(
    c: &mut DbConnection,
    organisation: Id,
    by: &str,
    agent_id: Id,
    now: Instant,
) -> Result<StoredPlan> {
    let plan = draft(c, organisation, agent_id, now)?;
    keep(c, organisation, by, agent_id, &plan, now)
}

/// Stores a plan drafted before: drafting reads much and must not hold the write lock. It replaces
/// an earlier draft that was not shared.
pub fn keep(
    c: &mut DbConnection,
    organisation: Id,
    by: &str,
    agent_id: Id,
    plan: &Plan,
    now: Instant,
) -> Result<StoredPlan> {
    let row = store::PlanRow {
        organisation_id: organisation,
        id: Id::new(),
        agent_id,
        content: Json::of(plan)?,
        rules_version: plan.rules_version,
        created_by: by.to_owned(),
        created_at: now,
        acknowledged_at: None,
        agent_view: None,
        tally_shared_at: None,
    };
    for replaced in store::delete_drafts(c, organisation, agent_id)? {
        let event = Event::new(organisation, by, "plan.replaced", ("plan", replaced));
        audit::record(c, event, now)?;
    }
    store::insert_plan(c, &row)?;
    let event = Event::new(organisation, by, "plan.created", ("plan", row.id));
    audit::record(c, event, now)?;
    stored(c, organisation, vec![row], now.date())?
        .pop()
        .ok_or(CoachingError::NoPlan)
}

/// A plan that the actor may see: coaches and administrators see every plan of their organisation,
/// an agent only their own after it was shared.
///
/// # Errors
/// [`CoachingError::NoPlan`], also for a plan that the actor may not see.
pub fn find(c: &mut DbConnection, actor: &Actor, id: Id) -> Result<StoredPlan> {
    find_as_of(c, actor, id, Instant::now().date())
}

fn find_as_of(c: &mut DbConnection, actor: &Actor, id: Id, today: NaiveDate) -> Result<StoredPlan> {
    let row = store::find_plan(c, actor.organisation, id)?.ok_or(CoachingError::NoPlan)?;
    let own = actor.agent == Some(row.agent_id);
    let plan = stored(c, actor.organisation, vec![row], today)?.pop();
    let visible = |plan: &StoredPlan| match own {
        true => plan.progress.agent_may_see(),
        false => actor.roles.allow(&[Role::Admin, Role::Coach]),
    };
    plan.filter(visible).ok_or(CoachingError::NoPlan)
}

/// Like [`find`], and records the view in the audit log.
///
/// # Errors
/// [`CoachingError::NoPlan`].
pub fn open(c: &mut DbConnection, actor: &Actor, id: Id, now: Instant) -> Result<StoredPlan> {
    let plan = find(c, actor, id)?;
    actor.record(c, "plan.opened", ("plan", id), now)?;
    Ok(plan)
}

/// The plans that their agent may see, newest first.
pub fn shared_plans_of(
    c: &mut DbConnection,
    organisation: Id,
    agent: Id,
) -> Result<Vec<StoredPlan>> {
    let mut plans = plans_of(c, organisation, agent)?;
    plans.retain(|plan| plan.progress.agent_may_see());
    Ok(plans)
}

/// An agent's plans with drafts and withdrawn ones, newest first.
pub fn plans_of(c: &mut DbConnection, organisation: Id, agent: Id) -> Result<Vec<StoredPlan>> {
    let rows = store::plans_of(c, organisation, agent)?;
    stored(c, organisation, rows, Instant::now().date())
}

/// Adds a step to a plan and returns the plan after it. Agents dispute and rate; coaches and
/// administrators take the other steps. One plan per agent is open at a time.
///
/// # Errors
/// [`CoachingError::NoPlan`] for a plan or step that is not the actor's,
/// [`CoachingError::PlanOpen`], [`CoachingError::Paused`], [`CoachingError::Step`].
pub fn take_step(
    c: &mut DbConnection,
    actor: &Actor,
    id: Id,
    new: NewStep,
    now: Instant,
) -> Result<StoredPlan> {
    let plan = find_as_of(c, actor, id, now.date())?;
    let agents_own = matches!(new, NewStep::Disputed { .. } | NewStep::Rated { .. });
    if agents_own != (actor.agent == Some(plan.agent_id)) {
        return Err(CoachingError::NoPlan);
    }
    if matches!(new, NewStep::Accepted { .. } | NewStep::Reopened {}) {
        workforce::lock_agent(c, actor.organisation, plan.agent_id)?;
        let open = store::open_plans_of(c, actor.organisation, plan.agent_id)?;
        if open.iter().any(|other| *other != id) {
            return Err(CoachingError::PlanOpen);
        }
    }
    if matches!(new, NewStep::Accepted { .. }) {
        let pause = pauses::active_pause(c, actor.organisation, plan.agent_id, now.date())?;
        if let Some(pause) = pause {
            return Err(CoachingError::Paused(pause));
        }
    }
    let by = actor.label();
    let step = plan.progress.admit(&plan.plan, new, &by)?;
    let row = store::StepRow {
        organisation_id: actor.organisation,
        id: Id::new(),
        plan_id: id,
        position: i32::try_from(plan.taken).unwrap_or(i32::MAX),
        kind: step.kind(),
        content: Json::of(&step)?,
        created_by: by,
        created_at: now,
    };
    store::insert_step(c, &row)?;
    let action = format!("plan.{}", step.kind().as_str());
    actor.record(c, &action, ("plan", id), now)?;
    find_as_of(c, actor, id, now.date())
}

/// The newest plan of each agent of a team, in the order of the agents' names. Each view is
/// recorded in the audit log.
///
/// # Errors
/// [`CoachingError::NoPlan`] if no agent of the team has one.
pub fn team_plans(
    c: &mut DbConnection,
    actor: &Actor,
    team: Id,
    now: Instant,
) -> Result<Vec<StoredPlan>> {
    let agents: Vec<Id> = workforce::agents(c, actor.organisation)?
        .into_iter()
        .filter(|agent| agent.team_id == Some(team))
        .map(|agent| agent.id)
        .collect();
    let mut rows = store::newest_plans(c, actor.organisation, &agents)?;
    rows.sort_by_key(|row| agents.iter().position(|a| *a == row.agent_id));
    let plans = stored(c, actor.organisation, rows, now.date())?;
    if plans.is_empty() {
        return Err(CoachingError::NoPlan);
    }
    for plan in &plans {
        actor.record(c, "plan.opened", ("plan", plan.id), now)?;
    }
    Ok(plans)
}

/// The agent has read a plan ("read", not "agree") and may add their view.
///
/// # Errors
/// [`CoachingError::NoPlan`] unless it is the actor's own.
pub fn acknowledge(
    c: &mut DbConnection,
    actor: &Actor,
    id: Id,
    view: &str,
    now: Instant,
) -> Result<()> {
    let stored = find(c, actor, id)?;
    if actor.agent != Some(stored.agent_id) {
        return Err(CoachingError::NoPlan);
    }
    let view = entered::lines(view);
    if view.chars().count() > LONGEST_VIEW {
        return Err(CoachingError::ViewTooLong);
    }
    // A second click without a view keeps the first view.
    let view = if view.is_empty() {
        stored.agent_view.unwrap_or_default()
    } else {
        view
    };
    store::acknowledge(c, actor.organisation, id, &view, now)?;
    Ok(actor.record(c, "plan.acknowledged", ("plan", id), now)?)
}

/// Agents who have a plan.
pub fn agents_with_plans(c: &mut DbConnection, organisation: Id) -> Result<BTreeSet<Id>> {
    Ok(store::agents_with_plans(c, organisation)?
        .into_iter()
        .collect())
}
