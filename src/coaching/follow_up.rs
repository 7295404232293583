//! What needs a coach's attention: check-ins, promises, disputes and unread plans of some agents,
//! their 1:1s and actions, and where each agent stands.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    error::Result,
    one_to_ones::{self, OneToOneSummary, content::ActionOwner},
    pauses::Pauses,
    plans::{self, StoredPlan},
    progress::PlanState,
    reasons::{CheckInPurpose, Explanation},
    store,
};
use crate::{
    db::DbConnection,
    feedback::{self, Period},
    types::{Id, Instant},
    workforce::Agent,
};

/// Days ahead from which a check-in or a promise is listed.
const AHEAD: u64 = 7;

/// Something that waits for the coach or the agent.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Task {
    /// Plan of the task; null for 1:1s and their actions.
    pub plan_id: Option<Id>,
    /// 1:1 of the task; null for plans.
    pub one_to_one_id: Option<Id>,
    pub agent_id: Id,
    pub agent: String,
    /// Day it is due; for disputes and unread plans, the day since which they wait.
    pub day: NaiveDate,
    #[serde(flatten)]
    pub kind: TaskKind,
}

/// Kind of a task.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TaskKind {
    /// A check-in that is due within a week, or was missed. In a pause it is due, not missed.
    CheckIn {
        purpose: Explanation<CheckInPurpose>,
        missed: bool,
    },
    /// The coach's promise that is due within a week, or overdue.
    Promise { promise: String, overdue: bool },
    /// An agent's objection that nobody has decided on.
    Dispute { point: String },
    /// A shared plan that the agent has not confirmed reading.
    Unread,
    /// A 1:1 that is planned within a week, or was not marked as held.
    OneToOne { missed: bool },
    /// An action of a 1:1 that is due within a week, or overdue.
    Action {
        action: String,
        owner: ActionOwner,
        overdue: bool,
    },
}

/// Actions of 1:1s whose due day has passed, by who has to do them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct OverdueActions {
    pub agent: usize,
    pub coach: usize,
}

impl OverdueActions {
    fn of(summary: &OneToOneSummary, today: NaiveDate) -> Self {
        let actions = summary.actions.iter();
        let overdue = actions.filter(|(_, _, action)| action.is_overdue(today));
        overdue.fold(Self::default(), |mut count, (_, _, action)| {
            match action.owner {
                ActionOwner::Agent => count.agent += 1,
                ActionOwner::Coach => count.coach += 1,
            }
            count
        })
    }

    /// Number of overdue actions.
    pub fn total(self) -> usize {
        self.agent + self.coach
    }
}

/// Status of an agent.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AgentStatus {
    pub agent_id: Id,
    pub agent: String,
    pub team_id: Option<Id>,
    /// Comments in the week that ends with the organisation's newest feedback.
    pub new_comments: u64,
    /// The open plan, else the newest that was not withdrawn.
    pub plan_id: Option<Id>,
    /// State of that plan.
    #[serde(rename = "plan_state")]
    pub state: Option<PlanState>,
    /// Areas that the plan works on; empty for own goals without a title and before acceptance.
    pub working_on: Vec<String>,
    /// Check-ins held, and all of the plan.
    pub check_ins: (usize, usize),
    /// Day of the next check-in, and of the last one held.
    pub next: Option<NaiveDate>,
    pub last: Option<NaiveDate>,
    /// Day of the last 1:1 that was held, and of the next that is planned from today on.
    pub last_one_to_one: Option<NaiveDate>,
    pub next_one_to_one: Option<NaiveDate>,
    pub overdue_actions: OverdueActions,
    /// First day on which a plan can start, during a pause.
    pub paused_until: Option<NaiveDate>,
}

/// Tasks, the earliest day first, and agents in the order given.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FollowUp {
    pub tasks: Vec<Task>,
    pub agents: Vec<AgentStatus>,
}

/// Follow-up of these agents as of `now`.
pub fn follow_up(
    c: &mut DbConnection,
    organisation: Id,
    agents: &[Agent],
    now: Instant,
) -> Result<FollowUp> {
    let today = now.date();
    let pauses = Pauses::of(c, organisation, today)?;
    let ids: Vec<Id> = agents.iter().map(|agent| agent.id).collect();
    let plans = plans_by_agent(c, organisation, &ids, today)?;
    let week = feedback::latest_period(c, organisation, 7, now)?;
    let comments = comment_counts(c, organisation, &ids, week)?;
    let mut one_to_ones = one_to_ones::summaries(c, organisation, &ids)?;
    let mut found = FollowUp {
        tasks: Vec::new(),
        agents: Vec::new(),
    };
    for agent in agents {
        let plans = plans.get(&agent.id).map_or(&[][..], Vec::as_slice);
        let on_pause = |day| pauses.holds(agent.id, agent.team_id, day);
        for plan in plans {
            let tasks = tasks(plan, today, on_pause).into_iter();
            found.tasks.extend(tasks.map(|(day, kind)| Task {
                plan_id: Some(plan.id),
                one_to_one_id: None,
                agent_id: agent.id,
                agent: agent.name.clone(),
                day,
                kind,
            }));
        }
        let summary = one_to_ones.remove(&agent.id).unwrap_or_default();
        found.tasks.extend(meeting_tasks(agent, &summary, today));
        let pause = pauses.active(agent.id, agent.team_id, today);
        let new_comments = comments.get(&agent.id).copied().unwrap_or_default();
        let open = plans.iter().find(|plan| plan.progress.is_open());
        let mut status = status(agent, open.or(plans.last()), new_comments);
        status.paused_until = pause.map(|pause| pause.until);
        status.last_one_to_one = summary.last;
        let planned = summary.planned.iter().map(|(day, _)| *day);
        status.next_one_to_one = planned.filter(|day| *day >= today).min();
        status.overdue_actions = OverdueActions::of(&summary, today);
        found.agents.push(status);
    }
    found.tasks.sort_by(|a, b| {
        let day = a.day.cmp(&b.day);
        day.then_with(|| a.agent.cmp(&b.agent))
            .then(a.plan_id.cmp(&b.plan_id))
            .then(a.one_to_one_id.cmp(&b.one_to_one_id))
    });
    Ok(found)
}

/// Returns the shared plans of each agent and the newest that was not withdrawn, oldest first. A
/// newer draft must not hide what waits in a shared plan.
fn plans_by_agent(
    c: &mut DbConnection,
    organisation: Id,
    agents: &[Id],
    today: NaiveDate,
) -> Result<BTreeMap<Id, Vec<StoredPlan>>> {
    let newest = store::newest_plans(c, organisation, agents)?;
    let shared = store::shared_plans(c, organisation, agents)?;
    // Keys sort by creation time.
    let rows = newest.into_iter().chain(shared).map(|row| (row.id, row));
    let rows: BTreeMap<Id, store::PlanRow> = rows.collect();
    let mut by_agent: BTreeMap<Id, Vec<StoredPlan>> = BTreeMap::new();
    for plan in plans::stored(c, organisation, rows.into_values().collect(), today)? {
        by_agent.entry(plan.agent_id).or_default().push(plan);
    }
    Ok(by_agent)
}

fn comment_counts(
    c: &mut DbConnection,
    organisation: Id,
    agents: &[Id],
    week: Period,
) -> Result<BTreeMap<Id, u64>> {
    let mut counts = BTreeMap::new();
    for row in feedback::comments_about(c, organisation, agents, week)? {
        *counts.entry(row.agent_id).or_default() += 1;
    }
    Ok(counts)
}

fn tasks(
    plan: &StoredPlan,
    today: NaiveDate,
    on_pause: impl Fn(NaiveDate) -> bool,
) -> Vec<(NaiveDate, TaskKind)> {
    let progress = &plan.progress;
    let soon = today + Days::new(AHEAD);
    let mut tasks = Vec::new();
    if progress.state() == PlanState::Proposed
        && plan.acknowledged_at.is_none()
        && let Some(shared) = progress.shared
    {
        tasks.push((shared.date(), TaskKind::Unread));
    }
    for dispute in progress.disputes.iter().filter(|d| d.decided.is_none()) {
        let point = dispute.point.clone();
        tasks.push((dispute.on, TaskKind::Dispute { point }));
    }
    if !progress.is_open() {
        return tasks;
    }
    let next = progress.meetings.iter().find(|m| m.done.is_none());
    if let Some(next) = next.filter(|m| m.due <= soon) {
        let paused = progress.paused || on_pause(next.due) || on_pause(today);
        let kind = TaskKind::CheckIn {
            purpose: next.purpose.clone(),
            missed: next.due < today && !paused,
        };
        tasks.push((next.due, kind));
    }
    let promises = progress.promises.iter().filter(|p| p.kept.is_none());
    tasks.extend(promises.filter(|p| p.due <= soon).map(|p| {
        let kind = TaskKind::Promise {
            promise: p.promise.clone(),
            overdue: p.due < today,
        };
        (p.due, kind)
    }));
    tasks
}

/// 1:1s and actions that are due, of one agent.
fn meeting_tasks(agent: &Agent, summary: &OneToOneSummary, today: NaiveDate) -> Vec<Task> {
    let soon = today + Days::new(AHEAD);
    let planned = summary.planned.iter().map(|(day, id)| {
        let missed = *day < today;
        (*day, *id, TaskKind::OneToOne { missed })
    });
    let actions = summary.actions.iter().map(|(due, id, action)| {
        let kind = TaskKind::Action {
            action: action.action.clone(),
            owner: action.owner,
            overdue: action.is_overdue(today),
        };
        (*due, *id, kind)
    });
    let due = planned.chain(actions).filter(|(day, _, _)| *day <= soon);
    due.map(|(day, id, kind)| Task {
        plan_id: None,
        one_to_one_id: Some(id),
        agent_id: agent.id,
        agent: agent.name.clone(),
        day,
        kind,
    })
    .collect()
}

fn status(agent: &Agent, plan: Option<&StoredPlan>, new_comments: u64) -> AgentStatus {
    let meetings = plan.map_or(&[][..], |plan| &plan.progress.meetings);
    let held = meetings.iter().filter_map(|m| m.done.as_ref());
    let is_open = plan.is_some_and(|plan| plan.progress.is_open());
    let next = meetings.iter().find(|m| m.done.is_none() && is_open);
    let items = plan.map_or(&[][..], |plan| &plan.progress.items);
    let titles = items.iter().map(|item| item.title.clone());
    AgentStatus {
        agent_id: agent.id,
        agent: agent.name.clone(),
        team_id: agent.team_id,
        new_comments,
        plan_id: plan.map(|plan| plan.id),
        state: plan.map(|plan| plan.progress.state()),
        working_on: titles.filter(|title| !title.is_empty()).collect(),
        check_ins: (held.clone().count(), meetings.len()),
        next: next.map(|m| m.due),
        last: held.map(|done| done.on).max(),
        last_one_to_one: None,
        next_one_to_one: None,
        overdue_actions: OverdueActions::default(),
        paused_until: None,
    }
}
