//! Coaching plans: drafted by the [`rules`] from an agent's feedback, built into a [`document`], printed in five
//! formats, accepted by a coach who chooses, seen by the agent, who answers back, and followed to an outcome ([`cycle`]).

pub mod brief;
pub mod cycle;
pub mod digest;
pub mod document;
pub mod effect;
pub mod expected;
pub mod follow_up;
pub mod library;
pub mod packs;
pub mod plan;
pub mod rules;
pub mod since;
pub mod steps;
pub mod store;
pub mod workshop;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::Serialize;

use cycle::Cycle;
use expected::Expected;
use library::{Library, LibraryError};
use steps::{NewStep, Step};

use crate::{
    accounts::{Actor, Role, store as accounts_store},
    audit,
    db::{DbConnection, DbError},
    documents::{
        RenderError, archive,
        calendar::{self, Entry},
        docx, html, markdown,
        model::Document,
        pdf,
    },
    feedback::{self, FeedbackError, Period, departments, drivers, moderation, praise},
    tagging::{self, TaggingError, agreement},
    text::taxonomy::Taxonomy,
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

/// The practice library in force.
///
/// # Errors
/// Database errors.
pub fn library(c: &mut DbConnection, organisation: Id, taxonomy: &Taxonomy) -> Result<Library> {
    let Some(edition) = store::newest_library(c, organisation)? else {
        return Ok(Library::shipped().clone());
    };
    // A theme may have gone since: the shipped library then stands in until the text is mended.
    Ok(Library::parse(&edition.source, taxonomy).unwrap_or_else(|_| Library::shipped().clone()))
}

/// The text of the library in force, and its number; 0 is the shipped one.
///
/// # Errors
/// Database errors.
pub fn library_source(c: &mut DbConnection, organisation: Id) -> Result<(String, i32)> {
    Ok(match store::newest_library(c, organisation)? {
        Some(edition) => (edition.source, edition.version),
        None => (Library::SHIPPED_SOURCE.to_owned(), 0),
    })
}

/// Checks a library's text and puts it in force in the place of edition `instead_of`. Plans made before keep what they had.
///
/// # Errors
/// What is wrong with the text, or that another edition came between.
pub fn save_library(
    c: &mut DbConnection,
    actor: &Actor,
    source: &str,
    note: &str,
    instead_of: i32,
    now: Instant,
) -> Result<i32> {
    let (_, present) = library_source(c, actor.organisation)?;
    if present != instead_of {
        return Err(CoachingError::Outdated);
    }
    let source = source.replace("\r\n", "\n");
    Library::parse(&source, &*tagging::taxonomy(c, actor.organisation)?)?;
    let row = store::LibraryRow {
        organisation_id: actor.organisation,
        version: present + 1,
        source,
        note: note.chars().filter(|c| !c.is_control()).take(500).collect(),
        made_by: actor.label(),
        made_at: now,
    };
    store::insert_library(c, &row)?;
    let organisation = actor.organisation;
    record(
        c,
        organisation,
        &actor.label(),
        "practice.saved",
        organisation,
        now,
    )?;
    Ok(row.version)
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
        plan.alternatives.retain(|a| chosen(&a.key));
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
    // One after another: a page is set by one thread at a time, and the typesetter has threads of its own that must not meet
    // another page while they wait.
    let files = plans
        .iter()
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
    render_document(&document::document(plan), format)
}

/// Writes any document out; as JSON it is its blocks.
///
/// # Errors
/// When rendering fails.
pub fn render_document(document: &Document, format: Format) -> Result<Vec<u8>> {
    Ok(match format {
        Format::Pdf => pdf::render(document)?,
        Format::Docx => docx::render(document)?,
        Format::Html => html::page(document).into_bytes(),
        Format::Markdown => markdown::render(document).into_bytes(),
        Format::Json => serde_json::to_vec_pretty(document)?,
    })
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

/// Check-ins of open plans within a week and those that were missed, oldest first.
///
/// # Errors
/// Database errors.
pub fn due(c: &mut DbConnection, organisation: Id, today: NaiveDate) -> Result<Vec<Due>> {
    let agents: Vec<Id> = feedback::agents(c, organisation)?
        .iter()
        .map(|a| a.id)
        .collect();
    let rows = store::newest_plans(c, organisation, &agents)?;
    let mut due: Vec<Due> = stored(c, organisation, rows, today)?
        .into_iter()
        .filter(|plan| plan.cycle.is_open())
        .flat_map(|plan| {
            let next = plan
                .cycle
                .meetings
                .iter()
                .find(|m| m.done.is_none())
                .cloned();
            next.filter(|m| m.due <= today + chrono::Days::new(7))
                .map(|m| Due {
                    plan: plan.id,
                    agent: plan.plan.agent.clone(),
                    day: m.due,
                    purpose: m.purpose,
                    missed: m.due < today && !plan.cycle.paused,
                })
        })
        .collect();
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

/// All that is stored about an agent's own work, for the agent to keep: what may be shown, and how much may not.
#[derive(Debug, Serialize)]
pub struct Export {
    pub agent: String,
    pub reference: String,
    pub made: Instant,
    pub feedback: Vec<ExportedFeedback>,
    /// Comments left out because they insult or speak of a person's origin or sex.
    pub withheld: usize,
    pub plans: Vec<StoredPlan>,
}

/// A customer's answer with what was read in it.
#[derive(Debug, Serialize)]
pub struct ExportedFeedback {
    pub at: Instant,
    pub channel: String,
    pub issue: String,
    pub scale: Option<String>,
    pub score: Option<f64>,
    pub wording: Option<String>,
    pub comment: Option<String>,
    /// Theme, pole, and the words that fired.
    pub themes: Vec<(String, String, String)>,
}

/// An agent's own data.
///
/// # Errors
/// [`CoachingError::NoPlan`] for somebody who is no agent.
pub fn export(c: &mut DbConnection, actor: &Actor, now: Instant) -> Result<Export> {
    let id = actor.agent.ok_or(CoachingError::NoPlan)?;
    let organisation = actor.organisation;
    let agent = feedback::agent(c, organisation, id)?;
    let ever = Period {
        from: Instant(chrono::DateTime::UNIX_EPOCH),
        to: now.plus(chrono::Duration::days(2)),
    };
    let rows = feedback::feedback_of(c, organisation, id, ever, i64::MAX)?;
    let held = moderation::withheld(c, organisation, &rows)?;
    let mut themes: BTreeMap<Id, Vec<(String, String, String)>> = BTreeMap::new();
    for t in feedback::themes_of(c, organisation, id, ever)? {
        themes
            .entry(t.feedback_id)
            .or_default()
            .push((t.theme, t.pole, t.words));
    }
    record(c, organisation, &actor.label(), "agent.exported", id, now)?;
    Ok(Export {
        agent: agent.name,
        reference: agent.reference,
        made: now,
        withheld: held.len(),
        plans: plans_of(c, organisation, id)?,
        feedback: rows
            .into_iter()
            .map(|row| ExportedFeedback {
                at: row.occurred_at,
                channel: row.channel,
                issue: row.issue,
                scale: row.scale,
                score: row.score,
                wording: row.wording,
                comment: row.comment.filter(|_| !held.contains(&row.id)),
                themes: if held.contains(&row.id) {
                    Vec::new()
                } else {
                    themes.remove(&row.id).unwrap_or_default()
                },
            })
            .collect(),
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
