//! Coaching plans: drafted by the [`rules`] from an agent's feedback, built into a [`document`], printed in five
//! formats, accepted by a coach who chooses, seen by the agent, who answers back, and followed to an outcome ([`cycle`]).

pub mod cycle;
pub mod document;
pub mod effect;
pub mod expected;
pub mod follow_up;
pub mod library;
pub mod plan;
pub mod rules;
pub mod steps;
pub mod store;

use std::collections::BTreeMap;

use chrono::NaiveDate;
use rayon::prelude::*;
use serde::Serialize;

use cycle::Cycle;
use expected::Expected;
use steps::NewStep;

use crate::{
    accounts::{Actor, Role, store as accounts_store},
    audit,
    db::{DbConnection, DbError},
    documents::{
        RenderError, archive,
        calendar::{self, Entry},
        docx, html, markdown, pdf,
    },
    feedback::{self, FeedbackError, Period},
    text::{taxonomy::Taxonomy, withhold},
    types::{Id, Instant, Json},
};
pub use plan::Plan;

/// What can go wrong with plans.
#[derive(Debug, thiserror::Error)]
pub enum CoachingError {
    #[error("There is no such plan.")]
    NoPlan,
    #[error("A plan comes as pdf, docx, html, md or json.")]
    UnknownFormat,
    #[error("Another plan of this agent is open. Close it first.")]
    PlanOpen,
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
    #[error(transparent)]
    Feedback(#[from] FeedbackError),
    #[error(transparent)]
    Db(#[from] DbError),
}

type Result<T> = std::result::Result<T, CoachingError>;

/// The check-ins to come as a calendar file.
pub fn calendar(plan: &StoredPlan) -> String {
    let entries: Vec<Entry> = plan
        .cycle
        .meetings
        .iter()
        .enumerate()
        .filter(|(_, m)| m.done.is_none())
        .map(|(at, m)| Entry {
            uid: format!("{}-{at}@rapport", plan.id),
            date: m.due,
            title: format!("1:1 check-in: {}", plan.plan.agent),
            text: m.purpose.clone(),
        })
        .collect();
    let changed = plan.steps.last().map_or(plan.created_at, |s| s.at);
    calendar::render(&entries, changed.0)
}

/// How a plan is written out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Pdf,
    Docx,
    Html,
    Markdown,
    Json,
}

impl Format {
    /// The format of a file name's ending.
    ///
    /// # Errors
    /// [`CoachingError::UnknownFormat`].
    pub fn parse(ending: &str) -> Result<Self> {
        match ending {
            "pdf" => Ok(Self::Pdf),
            "docx" => Ok(Self::Docx),
            "html" => Ok(Self::Html),
            "md" => Ok(Self::Markdown),
            "json" => Ok(Self::Json),
            _ => Err(CoachingError::UnknownFormat),
        }
    }

    /// Media type for HTTP.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Pdf => "application/pdf",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Html => "text/html; charset=utf-8",
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Json => "application/json",
        }
    }
}

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
    let mut counts = feedback::counts(c, organisation, period)?;
    if !counts
        .agents
        .get(&agent_id)
        .is_some_and(rules::holds_enough)
    {
        days = rules::WIDE_WINDOW_DAYS;
        period = Period::latest(c, organisation, days, now)?;
        counts = feedback::counts(c, organisation, period)?;
    }
    let counts_before = feedback::counts(c, organisation, period.before())?;
    let main_team = counts.team_of(agent_id);
    let team_id = main_team.map(|(id, _)| id).or(agent.team_id);
    let team = feedback::teams(c, organisation)?
        .into_iter()
        .find(|t| Some(t.id) == team_id);
    let clauses = feedback::themes_of(c, organisation, agent_id, period)?;
    let rows = feedback::feedback_of(c, organisation, agent_id, period, 20_000)?;
    let expected = Expected::new(
        &feedback::cases(c, organisation, period)?,
        &feedback::cases_of(&rows, &clauses),
    );
    let withheld = rows
        .into_iter()
        .filter(|f| f.comment.as_deref().is_some_and(withhold::must_withhold))
        .map(|f| f.id)
        .collect();
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
        counts_before: &counts_before.agents,
        team_tally: main_team.map(|(_, tally)| tally),
        clauses: &clauses,
        expected: &expected,
        withheld: &withheld,
    };
    Ok(rules::draft(&evidence, Taxonomy::shipped()))
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
}

impl StoredPlan {
    /// The plan as people agreed on it: what was chosen in place of what was offered, with promises, check-ins and words.
    /// A proposal stays as it is.
    pub fn agreed(&self) -> Plan {
        let mut plan = self.plan.clone();
        let Some(accepted) = self.cycle.accepted else {
            return plan;
        };
        let chosen = |theme: &str| {
            let mut items = self.cycle.items.iter();
            items.any(|i| i.theme.as_deref() == Some(theme) && i.source != steps::Source::Strength)
        };
        let offered = std::mem::take(&mut plan.focus)
            .into_iter()
            .chain(std::mem::take(&mut plan.for_the_coach))
            .chain(std::mem::take(&mut plan.worth_asking));
        plan.focus = offered.filter(|f| chosen(&f.theme)).collect();
        if !plan.focus.is_empty() {
            plan.no_focus = None;
        }
        let found = |done: &cycle::Done| {
            let tally = match (done.seen, done.of) {
                (Some(seen), Some(of)) => format!("seen in {seen} of {of} contacts. "),
                _ => String::new(),
            };
            format!("{}: {tally}{}", done.on.format("%-d %b"), done.note)
        };
        plan.agreed = Some(plan::Agreed {
            on: accepted.date(),
            items: self
                .cycle
                .items
                .iter()
                .map(|i| plan::AgreedItem {
                    title: i.title.clone(),
                    goal: i.goal.clone(),
                    source: i.source.said().to_owned(),
                    reason: i.reason.clone(),
                })
                .collect(),
            promises: self
                .cycle
                .promises
                .iter()
                .map(|p| plan::AgreedPromise {
                    promise: p.promise.clone(),
                    due: p.due,
                    kept: p.kept,
                })
                .collect(),
            found: self
                .cycle
                .meetings
                .iter()
                .map(|m| m.done.as_ref().map(found))
                .collect(),
            view: self.agent_view.clone().filter(|v| !v.is_empty()),
            read_on: self.acknowledged_at.map(Instant::date),
            outcome: self.cycle.outcome.map(|o| {
                let note = &self.cycle.outcome_note;
                let said = o.said();
                if note.is_empty() {
                    said.to_owned()
                } else {
                    format!("{said}: {note}")
                }
            }),
        });
        plan.check_ins = self
            .cycle
            .meetings
            .iter()
            .map(|m| plan::CheckIn {
                date: m.due,
                purpose: m.purpose.clone(),
            })
            .collect();
        plan
    }
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
            at: row.made_at,
            by: row.made_by,
            step: row.content.read()?,
        });
    }
    rows.into_iter()
        .map(|row| {
            let plan: Plan = row.content.read()?;
            let steps = steps.remove(&row.id).unwrap_or_default();
            Ok(StoredPlan {
                id: row.id,
                agent_id: row.agent_id,
                created_at: row.created_at,
                acknowledged_at: row.acknowledged_at,
                agent_view: row.agent_view,
                cycle: Cycle::of(&plan, &steps, today),
                steps,
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
    let agents_own = matches!(new, NewStep::Disputed { .. });
    if agents_own != (actor.agent == Some(plan.agent_id)) {
        return Err(CoachingError::NoPlan);
    }
    if matches!(new, NewStep::Accepted { .. }) {
        let open = store::open_plans(c, actor.organisation, plan.agent_id)?;
        if open.iter().any(|p| *p != id) {
            return Err(CoachingError::PlanOpen);
        }
    }
    let by = actor.label();
    let step = plan.cycle.admit(&plan.plan, new, &by)?;
    let row = store::StepRow {
        organisation_id: actor.organisation,
        id: Id::new(),
        plan_id: id,
        position: i32::try_from(plan.steps.len()).unwrap_or(i32::MAX),
        kind: step.kind().to_owned(),
        content: Json::of(&step)?,
        made_by: by.clone(),
        made_at: now,
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

/// Plans as PDF in one archive. Slow: call it away from connections.
///
/// # Errors
/// When rendering fails.
pub fn pack(plans: &[StoredPlan]) -> Result<Vec<u8>> {
    let file = |plan: &StoredPlan| {
        let name = format!(
            "{} {}.pdf",
            plan.plan.agent,
            plan.created_at.date().format("%Y-%m-%d")
        );
        Ok((name, render(&plan.agreed(), Format::Pdf)?))
    };
    let files = plans
        .par_iter()
        .map(file)
        .collect::<Result<Vec<(String, Vec<u8>)>>>()?;
    Ok(archive::pack(&files)?)
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

/// Writes a plan out. Slow for PDF: call it away from connections.
///
/// # Errors
/// When rendering fails.
pub fn render(plan: &Plan, format: Format) -> Result<Vec<u8>> {
    if format == Format::Json {
        return Ok(serde_json::to_vec_pretty(plan)?);
    }
    let document = document::document(plan);
    Ok(match format {
        Format::Pdf => pdf::render(&document)?,
        Format::Docx => docx::render(&document)?,
        Format::Html => html::page(&document).into_bytes(),
        Format::Markdown | Format::Json => markdown::render(&document).into_bytes(),
    })
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
