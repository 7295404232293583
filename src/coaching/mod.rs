//! Coaching plans: drafted by the [`rules`] from an agent's feedback, built into a [`document`], printed in five
//! formats, seen by the agent, who answers back.

pub mod document;
pub mod expected;
pub mod library;
pub mod plan;
pub mod rules;
pub mod store;

use serde::Serialize;

use expected::Expected;

use crate::{
    accounts::{Actor, Role, store as accounts_store},
    audit,
    db::{DbConnection, DbError},
    documents::{RenderError, docx, html, markdown, pdf},
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
    if !counts.get(&agent_id).is_some_and(rules::holds_enough) {
        days = rules::WIDE_WINDOW_DAYS;
        period = Period::latest(c, organisation, days, now)?;
        counts = feedback::counts(c, organisation, period)?;
    }
    let counts_before = feedback::counts(c, organisation, period.before())?;
    let main_team = feedback::team_of(c, organisation, agent_id, period)?;
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
        counts: &counts,
        counts_before: &counts_before,
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
    pub plan: Plan,
}

fn stored(row: store::PlanRow) -> Result<StoredPlan> {
    Ok(StoredPlan {
        id: row.id,
        agent_id: row.agent_id,
        created_at: row.created_at,
        acknowledged_at: row.acknowledged_at,
        agent_view: row.agent_view,
        plan: row.content.read()?,
    })
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
    stored(row)
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
    stored(row)
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
    store::plans_of(c, organisation, agent)?
        .into_iter()
        .map(stored)
        .collect()
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
