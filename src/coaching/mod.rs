//! Coaching plans: drafted by the [`rules`] from an agent's feedback, built into a [`document`], printed in five
//! formats, accepted by a coach who chooses, seen by the agent, who answers back, and followed to an outcome ([`cycle`]).

mod agreed;
pub mod brief;
pub mod cycle;
pub mod digest;
pub mod document;
pub mod effect;
pub mod expected;
pub mod export;
pub mod follow_up;
mod formats;
pub mod freezes;
pub mod library;
pub mod packs;
pub mod plan;
pub mod practice;
pub mod rules;
pub mod since;
pub mod steps;
pub mod store;
pub mod team_theme;
mod trend;
pub mod workshop;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Serialize;

use cycle::Cycle;
use expected::Expected;
use library::LibraryError;
use steps::{NewStep, Step};

use crate::{
    accounts::{Actor, Role, store as accounts_store},
    audit,
    db::{DbConnection, DbError},
    documents::{RenderError, model::Document},
    feedback::{self, FeedbackError, Period, departments, drivers, moderation, praise, spread},
    tagging::{self, TaggingError, agreement},
    types::{Id, Instant, Json},
};
pub use export::{Export, export};
pub use formats::{Format, calendar, pack, render, render_document};
pub use plan::Plan;
pub use practice::{library, library_source, save_library};

/// What can go wrong with plans.
#[derive(Debug, thiserror::Error)]
pub enum CoachingError {
    #[error("There is no such plan.")]
    NoPlan,
    #[error("A plan comes as pdf, docx, html, md or json.")]
    UnknownFormat,
    #[error("Another plan of this agent is open. Close it first.")]
    PlanOpen,
    #[error("No plan begins before {}: {}. Meanwhile strengths and praise can be passed on.", .0.until.format("%-d %b %Y"), .0.reason.said())]
    Frozen(freezes::Rest),
    #[error(
        "A freeze is for one agent, one team or everybody, and lasts from a first to a last day, at most 400 days, within about two years of today."
    )]
    Freeze,
    #[error("There is no such freeze.")]
    NoFreeze,
    #[error(transparent)]
    Step(#[from] steps::StepError),
    #[error("Your view can have at most 4,000 characters.")]
    ViewTooLong,
    #[error("There is no such organisation.")]
    NoOrganisation,
    #[error(transparent)]
    Render(#[from] RenderError),
    #[error("a stored plan cannot be read")]
    Stored(#[from] serde_json::Error),
    #[error("There is no such team.")]
    NoTeam,
    #[error(
        "There are too few comments for a workshop in which nobody can be recognised: at least five customers about three agents, on a theme in people's power."
    )]
    TooFewVoices,
    #[error("{0}")]
    Library(#[from] LibraryError),
    #[error(
        "Somebody saved another edition meanwhile. Load the page again and repeat your change."
    )]
    Outdated,
    #[error(transparent)]
    Tagging(#[from] TaggingError),
    #[error(transparent)]
    Feedback(#[from] FeedbackError),
    #[error(transparent)]
    Db(#[from] DbError),
}

type Result<T> = std::result::Result<T, CoachingError>;

/// Most records of one agent in a window.
const MOST_ROWS: i64 = 20_000;

/// Drafts a plan for an agent from the last 90 days of feedback, or 180 when those hold too little. Nothing is
/// stored.
///
/// # Errors
/// When the agent is not one of this organisation's.
pub fn draft(c: &mut DbConnection, organisation: Id, agent_id: Id, now: Instant) -> Result<Plan> {
    let agent = feedback::agent(c, organisation, agent_id)?;
    let founded =
        accounts_store::find_organisation(c, organisation)?.ok_or(CoachingError::NoOrganisation)?;
    let mut days = rules::WINDOW_DAYS;
    let mut period = Period::latest(c, organisation, days, now)?;
    let mut rows = feedback::feedback_of(c, organisation, agent_id, period, MOST_ROWS)?;
    // The agent's own rows are few; everybody's are read once, for the window that is used.
    if !rules::holds_enough(&rows) {
        days = rules::WIDE_WINDOW_DAYS;
        period = Period::latest(c, organisation, days, now)?;
        rows = feedback::feedback_of(c, organisation, agent_id, period, MOST_ROWS)?;
    }
    let (counts, cases) = feedback::counts_and_cases(c, organisation, period)?;
    let before = feedback::before(c, organisation, agent_id, period.before())?;
    let main_team = counts.team_of(agent_id);
    let team_id = main_team.map(|(id, _)| id).or(agent.team_id);
    let team = feedback::teams(c, organisation)?
        .into_iter()
        .find(|t| Some(t.id) == team_id);
    let clauses = feedback::themes_of(c, organisation, agent_id, period)?;
    let expected = Expected::new(&cases, &feedback::cases_of(&rows, &clauses));
    let taxonomy = tagging::taxonomy(c, organisation)?;
    let members = team_id.map(|team| counts.members(team)).unwrap_or_default();
    let evidence = rules::Evidence {
        organisation: founded.name,
        synthetic: founded.synthetic,
        agent_id,
        agent: agent.name,
        agent_reference: agent.reference,
        team: team.map(|t| t.name),
        created: now,
        period,
        days,
        counts: &counts.agents,
        spread: spread::of(c, organisation, &counts)?,
        before: &before,
        team_tally: main_team.map(|(_, tally)| tally),
        clauses: &clauses,
        expected: &expected,
        withheld: &moderation::withheld(c, organisation, &rows)?,
        rows: &rows,
        team_members: &members,
        drivers: &drivers::last(c, organisation)?.unwrap_or_default(),
        fates: &departments::stands(c, organisation)?,
        barred: &agreement::barred(c, organisation, &taxonomy)?,
        library: &library(c, organisation, &taxonomy)?,
        days_in_role: agent.hired_at.map(|at| (period.to.0 - at.0).num_days()),
    };
    Ok(rules::draft(&evidence, &taxonomy))
}

/// A stored plan.
#[derive(Clone, Debug, Serialize)]
pub struct StoredPlan {
    pub id: Id,
    pub agent_id: Id,
    pub created_at: Instant,
    pub acknowledged_at: Option<Instant>,
    pub agent_view: Option<String>,
    /// As the rules proposed it.
    pub plan: Plan,
    /// Where it stands, and every step that led there.
    pub cycle: Cycle,
    pub steps: Vec<steps::Made>,
    /// Steps with those that nobody is shown.
    #[serde(skip)]
    taken: usize,
}

/// Reads plans with their steps, in the order given.
fn stored(
    c: &mut DbConnection,
    organisation: Id,
    rows: Vec<store::PlanRow>,
    today: NaiveDate,
) -> Result<Vec<StoredPlan>> {
    let ids: Vec<Id> = rows.iter().map(|r| r.id).collect();
    let mut steps: BTreeMap<Id, Vec<steps::Made>> = BTreeMap::new();
    for row in store::steps_of(c, organisation, &ids)? {
        steps.entry(row.plan_id).or_default().push(steps::Made {
            at: row.created_at,
            by: row.created_by,
            step: row.content.read()?,
        });
    }
    let held = moderation::held_by_people(c, organisation)?;
    rows.into_iter()
        .map(|row| {
            let mut plan: Plan = row.content.read()?;
            plan.forget(&held);
            let steps = steps.remove(&row.id).unwrap_or_default();
            Ok(StoredPlan {
                id: row.id,
                agent_id: row.agent_id,
                created_at: row.created_at,
                acknowledged_at: row.acknowledged_at,
                agent_view: row.agent_view,
                cycle: Cycle::of(&plan, &steps, today),
                taken: steps.len(),
                // An agent's rating of the coaching is told over many plans only.
                steps: steps
                    .into_iter()
                    .filter(|made| !matches!(made.step, Step::Rated { .. }))
                    .collect(),
                plan,
            })
        })
        .collect()
}

/// Drafts and keeps a plan, in one go: for the command line and the demo.
///
/// # Errors
/// When the agent is not one of this organisation's.
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

/// Keeps a plan drafted before: drafting reads much and must not hold the write lock.
///
/// # Errors
/// Database errors.
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
    };
    store::insert_plan(c, &row)?;
    record(c, organisation, by, "plan.created", row.id, now)?;
    stored(c, organisation, vec![row], now.date())?
        .pop()
        .ok_or(CoachingError::NoPlan)
}

/// A plan the actor may see: coaches and administrators any of their organisation, an agent only their own.
///
/// # Errors
/// [`CoachingError::NoPlan`] also when it is somebody else's.
pub fn find(c: &mut DbConnection, actor: &Actor, id: Id) -> Result<StoredPlan> {
    let row = store::find_plan(c, actor.organisation, id)?.ok_or(CoachingError::NoPlan)?;
    if actor.role == Role::Agent && actor.agent != Some(row.agent_id) {
        return Err(CoachingError::NoPlan);
    }
    stored(c, actor.organisation, vec![row], Instant::now().date())?
        .pop()
        .ok_or(CoachingError::NoPlan)
}

/// Like [`find`], and the look is written in the audit log.
///
/// # Errors
/// [`CoachingError::NoPlan`].
pub fn open(c: &mut DbConnection, actor: &Actor, id: Id, now: Instant) -> Result<StoredPlan> {
    let plan = find(c, actor, id)?;
    record(
        c,
        actor.organisation,
        &actor.label(),
        "plan.opened",
        id,
        now,
    )?;
    Ok(plan)
}

/// An agent's plans, newest first.
///
/// # Errors
/// Database errors.
pub fn plans_of(c: &mut DbConnection, organisation: Id, agent: Id) -> Result<Vec<StoredPlan>> {
    let rows = store::plans_of(c, organisation, agent)?;
    stored(c, organisation, rows, Instant::now().date())
}

/// Adds a step to a plan and says where it stands then. Agents dispute, others do the rest; one plan an agent is open at a
/// time.
///
/// # Errors
/// [`CoachingError::NoPlan`] when it is not the actor's to see, or why the step does not fit.
pub fn take_step(
    c: &mut DbConnection,
    actor: &Actor,
    id: Id,
    new: NewStep,
    now: Instant,
) -> Result<StoredPlan> {
    let plan = find(c, actor, id)?;
    let agents_own = matches!(new, NewStep::Disputed { .. } | NewStep::Rated { .. });
    if agents_own != (actor.agent == Some(plan.agent_id)) {
        return Err(CoachingError::NoPlan);
    }
    if matches!(new, NewStep::Accepted { .. }) {
        let open = store::open_plans(c, actor.organisation, plan.agent_id)?;
        if open.iter().any(|p| *p != id) {
            return Err(CoachingError::PlanOpen);
        }
        let rest = freezes::rest(c, actor.organisation, plan.agent_id, now.date())?;
        if let Some(rest) = rest {
            return Err(CoachingError::Frozen(rest));
        }
    }
    let by = actor.label();
    let step = plan.cycle.admit(&plan.plan, new, &by)?;
    let row = store::StepRow {
        organisation_id: actor.organisation,
        id: Id::new(),
        plan_id: id,
        position: i32::try_from(plan.taken).unwrap_or(i32::MAX),
        kind: step.kind().to_owned(),
        content: Json::of(&step)?,
        created_by: by.clone(),
        created_at: now,
    };
    store::insert_step(c, &row)?;
    let action = format!("plan.{}", step.kind());
    record(c, actor.organisation, &by, &action, id, now)?;
    find(c, actor, id)
}

/// The newest plan of each agent of a team, by the agents' names; each look is written in the audit log.
///
/// # Errors
/// [`CoachingError::NoPlan`] when no agent of such a team has one.
pub fn team_plans(
    c: &mut DbConnection,
    actor: &Actor,
    team: Id,
    now: Instant,
) -> Result<Vec<StoredPlan>> {
    let agents: Vec<Id> = feedback::agents(c, actor.organisation)?
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
        let (organisation, by) = (actor.organisation, actor.label());
        record(c, organisation, &by, "plan.opened", plan.id, now)?;
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
    let view: String = view.replace('\0', "").trim().to_owned();
    if view.chars().count() > 4_000 {
        return Err(CoachingError::ViewTooLong);
    }
    // A second click without words keeps the words of the first.
    let view = if view.is_empty() {
        stored.agent_view.unwrap_or_default()
    } else {
        view
    };
    store::acknowledge(c, actor.organisation, id, &view, now)?;
    record(
        c,
        actor.organisation,
        &actor.label(),
        "plan.acknowledged",
        id,
        now,
    )
}

/// The praise that some agents had in a week, as a document.
///
/// # Errors
/// Database errors.
pub fn praise_digest(
    c: &mut DbConnection,
    organisation: Id,
    agents: &[feedback::Agent],
    week: Period,
) -> Result<Document> {
    let founded =
        accounts_store::find_organisation(c, organisation)?.ok_or(CoachingError::NoOrganisation)?;
    let ids: Vec<Id> = agents.iter().map(|a| a.id).collect();
    let mut found = praise::of_agents(c, organisation, &ids, week)?;
    let people: Vec<digest::Praised> = agents
        .iter()
        .map(|agent| digest::Praised {
            name: agent.name.clone(),
            praise: found.remove(&agent.id).unwrap_or_default(),
        })
        .collect();
    let (monday, _) = praise::week_of(week.to.date());
    Ok(digest::document(
        &founded.name,
        founded.synthetic,
        monday,
        &people,
    ))
}

/// A check-in that is due, or was missed.
#[derive(Clone, Debug, Serialize)]
pub struct Due {
    pub plan: Id,
    pub agent: String,
    pub day: NaiveDate,
    pub purpose: String,
    pub missed: bool,
}

/// Check-ins of open plans within a week and those that were missed, oldest first. One whose day falls into a freeze is due, not
/// missed.
///
/// # Errors
/// Database errors.
pub fn due(c: &mut DbConnection, organisation: Id, today: NaiveDate) -> Result<Vec<Due>> {
    let freezes = freezes::Freezes::of(c, organisation, today)?;
    let teams: BTreeMap<Id, Option<Id>> = feedback::agents(c, organisation)?
        .iter()
        .map(|a| (a.id, a.team_id))
        .collect();
    let agents: Vec<Id> = teams.keys().copied().collect();
    let rows = store::newest_plans(c, organisation, &agents)?;
    let mut due: Vec<Due> = Vec::new();
    for plan in stored(c, organisation, rows, today)? {
        let next = plan.cycle.meetings.iter().find(|m| m.done.is_none());
        let Some(next) = next.filter(|m| m.due <= today + chrono::Days::new(7)) else {
            continue;
        };
        if !plan.cycle.is_open() {
            continue;
        }
        let team = teams.get(&plan.agent_id).copied().flatten();
        let frozen = [next.due, today]
            .into_iter()
            .any(|day| freezes.holds(plan.agent_id, team, day));
        due.push(Due {
            plan: plan.id,
            day: next.due,
            purpose: next.purpose.clone(),
            missed: next.due < today && !plan.cycle.paused && !frozen,
            agent: plan.plan.agent,
        });
    }
    due.sort_by(|a, b| a.day.cmp(&b.day).then_with(|| a.agent.cmp(&b.agent)));
    Ok(due)
}

/// Agents who have a plan.
///
/// # Errors
/// Database errors.
pub fn agents_with_plans(c: &mut DbConnection, organisation: Id) -> Result<BTreeSet<Id>> {
    Ok(store::agents_with_plans(c, organisation)?
        .into_iter()
        .collect())
}

fn record(
    c: &mut DbConnection,
    organisation: Id,
    actor: &str,
    action: &str,
    plan: Id,
    now: Instant,
) -> Result<()> {
    let event = audit::Event {
        organisation,
        actor,
        action,
        object_kind: "plan",
        object_id: plan.to_string(),
        detail: serde_json::json!({}),
    };
    Ok(audit::record(c, event, now)?)
}
