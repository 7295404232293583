//! Agents as their coach sees them, plans in every format, and an agent's own page.

use std::collections::{BTreeMap, BTreeSet};

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Path, Query},
};
use askama::Template;
use serde::{Deserialize, Serialize};

use super::{
    State,
    auth::Who,
    error::{Code, WebError, WebResult},
    operations::{created, idempotency},
    render::{Frame, attachment, page, see_other},
};
use crate::{
    accounts::Actor,
    coaching::{
        self, ActivePause, CoachingError, DueCheckIn, Format, Plan, pauses,
        plan::{ProcessIssue, Strength},
    },
    db::DbConnection,
    documents::html,
    feedback::{
        self, ThemeMentionRow,
        agent_references::{self, NewReference},
    },
    praise::{moderation, weekly},
    types::{Id, Instant},
    workforce::{self, Agent},
};

#[derive(Template)]
#[template(path = "agents.html")]
struct AgentsPage {
    frame: Frame,
    teams: Vec<TeamList>,
    due: Vec<DueCheckIn>,
    find: String,
    /// More agents than a page shows: teams are listed without their names.
    folded: bool,
    /// Not everybody is shown.
    some: bool,
}

/// A team with its agents.
struct TeamList {
    name: String,
    /// None for agents without a team.
    id: Option<Id>,
    agents: Vec<Agent>,
    /// Whether anybody in the team has a plan.
    plans: bool,
}

/// Most agents that a reply holds, and that the page of all teams shows by name.
const MOST_AGENTS: usize = 500;

/// Which agents are asked for.
#[derive(Deserialize)]
pub struct Which {
    /// Part of a name or reference.
    find: Option<String>,
    team: Option<Id>,
    /// The agent before the first, of a reply's `next`.
    after: Option<Id>,
}

impl Which {
    fn of(&self, mut agents: Vec<Agent>) -> Vec<Agent> {
        let find = self
            .find
            .as_deref()
            .unwrap_or_default()
            .trim()
            .to_lowercase();
        let has = |text: &str| text.to_lowercase().contains(&find);
        agents.retain(|agent| {
            (self.team.is_none() || agent.team_id == self.team)
                && (has(&agent.name) || has(&agent.reference))
        });
        agents
    }
}

/// `GET /agents`
pub async fn agents_page(
    state: Data<State>,
    req: HttpRequest,
    who: Who,
    which: Query<Which>,
) -> WebResult {
    let organisation = who.0.organisation;
    let read = state.db.read(move |c| {
        Ok::<_, WebError>((
            workforce::agents(c, organisation)?,
            workforce::teams(c, organisation)?,
            coaching::agents_with_plans(c, organisation)?,
            coaching::due_check_ins(c, organisation, Instant::now().date())?,
        ))
    });
    let (agents, teams, with_plans, due) = read.await?;
    let planned: BTreeSet<Option<Id>> = agents
        .iter()
        .filter(|agent| with_plans.contains(&agent.id))
        .map(|agent| agent.team_id)
        .collect();
    let agents = which.of(agents);
    let folded = agents.len() > MOST_AGENTS && which.team.is_none();
    let mut groups: BTreeMap<(String, Option<Id>), Vec<Agent>> = BTreeMap::new();
    for agent in agents {
        let team = teams.iter().find(|t| Some(t.id) == agent.team_id);
        let name = team.map_or_else(|| "Without a team".to_owned(), |t| t.name.clone());
        groups
            .entry((name, team.map(|t| t.id)))
            .or_default()
            .push(agent);
    }
    let list = |((name, id), agents): ((String, Option<Id>), Vec<Agent>)| TeamList {
        plans: planned.contains(&id),
        name,
        id,
        agents,
    };
    page(&AgentsPage {
        frame: Frame::of(&req),
        teams: groups.into_iter().map(list).collect(),
        due,
        some: which.team.is_some() || which.find.is_some(),
        find: which.into_inner().find.unwrap_or_default(),
        folded,
    })
}

#[derive(Serialize)]
struct AgentReply {
    id: Id,
    reference: String,
    name: String,
    team_id: Option<Id>,
    candidate_id: Option<Id>,
}

impl From<Agent> for AgentReply {
    fn from(a: Agent) -> Self {
        Self {
            id: a.id,
            reference: a.reference,
            name: a.name,
            team_id: a.team_id,
            candidate_id: a.candidate_id,
        }
    }
}

/// `GET /api/v1/agents`
pub async fn agents_json(state: Data<State>, who: Who, which: Query<Which>) -> WebResult {
    let agents = state
        .db
        .read(move |c| workforce::agents(c, who.0.organisation))
        .await?;
    let agents = which.of(agents);
    let from = match which.after {
        None => 0,
        Some(after) => {
            let before = agents.iter().position(|agent| agent.id == after);
            // Going on somewhere would leave agents out without a word.
            1 + before.ok_or_else(|| {
                WebError::new(
                    Code::Invalid,
                    "The agent after whom to go on is not among these. Begin anew.".to_owned(),
                )
            })?
        }
    };
    let items: Vec<AgentReply> = agents.into_iter().skip(from).map(Into::into).collect();
    let (items, rest) = items.split_at(items.len().min(MOST_AGENTS));
    let next = items
        .last()
        .filter(|_| !rest.is_empty())
        .map(|agent| agent.id);
    Ok(HttpResponse::Ok().json(serde_json::json!({ "items": items, "next": next })))
}

#[derive(Template)]
#[template(path = "agent.html")]
struct AgentPage {
    frame: Frame,
    agent: Agent,
    /// Other references of the agent.
    also: Vec<String>,
    plans: Vec<coaching::StoredPlan>,
    draft: String,
    clauses: Vec<ThemeMentionRow>,
    rest: Option<ActivePause>,
}

/// `GET /agents/{id}`
pub async fn agent_page(state: Data<State>, req: HttpRequest, who: Who, id: Path<Id>) -> WebResult {
    let organisation = who.0.organisation;
    let (agent, also, plans, plan, clauses, rest) = state
        .db
        .read(move |c| {
            let agent = workforce::agent(c, organisation, *id)?;
            let plans = coaching::plans_of(c, organisation, *id)?;
            let draft = coaching::draft(c, organisation, *id, Instant::now())?;
            let mut clauses =
                feedback::mentions_of_agent(c, organisation, *id, draft.basis.period)?;
            clauses.truncate(CLAUSES);
            let rest = pauses::active_pause(c, organisation, *id, Instant::now().date())?;
            let also = workforce::other_references(c, organisation, *id)?;
            Ok::<_, WebError>((agent, also, plans, draft, clauses, rest))
        })
        .await?;
    let seen = agent.id;
    state.db.write(move |c| visited_at(c, &who.0, seen)).await?;
    let draft = html::fragment(&coaching::document::document(&plan));
    let frame = Frame::of(&req);
    page(&AgentPage {
        frame,
        agent,
        also,
        plans,
        draft,
        clauses,
        rest,
    })
}

/// Clauses that the page lists, newest first.
const CLAUSES: usize = 40;

/// Every look at one person's feedback is on record.
fn visited_at(c: &mut DbConnection, actor: &Actor, agent: Id) -> Result<(), WebError> {
    let event = crate::audit::Event::new(
        actor.organisation,
        &actor.label(),
        "agent.feedback_viewed",
        ("agent", agent),
    );
    Ok(crate::audit::record(c, event, Instant::now())?)
}

/// `GET /api/v1/agents/{id}`
pub async fn agent_json(state: Data<State>, who: Who, id: Path<Id>) -> WebResult {
    let organisation = who.0.organisation;
    let (agent, also, draft) = state
        .db
        .read(move |c| {
            Ok::<_, WebError>((
                workforce::agent(c, organisation, *id)?,
                workforce::other_references(c, organisation, *id)?,
                coaching::draft(c, organisation, *id, Instant::now())?,
            ))
        })
        .await?;
    let seen = agent.id;
    state.db.write(move |c| visited_at(c, &who.0, seen)).await?;
    Ok(HttpResponse::Ok()
        .json(serde_json::json!({ "agent": AgentReply::from(agent), "other_references": also, "draft": draft })))
}

async fn add_reference(
    state: &State,
    who: Who,
    agent: Id,
    new: NewReference,
) -> Result<(), WebError> {
    Ok(state
        .db
        .write(move |c| agent_references::add(c, &who.0, agent, &new, Instant::now()))
        .await?)
}

/// `POST /agents/{id}/references`
pub async fn add_reference_form(
    state: Data<State>,
    who: Who,
    id: Path<Id>,
    form: Form<NewReference>,
) -> WebResult {
    let mut new = form.into_inner();
    new.name = new.name.filter(|name| !name.trim().is_empty());
    add_reference(&state, who, *id, new).await?;
    Ok(see_other(&format!("/agents/{id}")))
}

/// `POST /api/v1/agents/{id}/references`
pub async fn add_reference_json(
    state: Data<State>,
    who: Who,
    id: Path<Id>,
    new: Json<NewReference>,
) -> WebResult {
    add_reference(&state, who, *id, new.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Drafted without the write lock: it reads much.
async fn drafted(
    state: &State,
    organisation: Id,
    agent: Id,
    now: Instant,
) -> Result<Plan, WebError> {
    Ok(state
        .db
        .read(move |c| coaching::draft(c, organisation, agent, now))
        .await?)
}

/// `POST /agents/{id}/plans`
pub async fn create_plan_form(state: Data<State>, who: Who, id: Path<Id>) -> WebResult {
    let (actor, now) = (who.0, Instant::now());
    let plan = drafted(&state, actor.organisation, *id, now).await?;
    let keep =
        move |c: &mut _| coaching::keep(c, actor.organisation, &actor.label(), *id, &plan, now);
    let stored = state.db.write(keep).await?;
    Ok(see_other(&format!("/plans/{}", stored.id)))
}

/// `POST /api/v1/agents/{id}/plans`
pub async fn create_plan_json(
    state: Data<State>,
    req: HttpRequest,
    who: Who,
    id: Path<Id>,
) -> WebResult {
    let key = idempotency(&req, &[])?;
    let (actor, now) = (who.0, Instant::now());
    let plan = drafted(&state, actor.organisation, *id, now).await?;
    created(&state, &actor.clone(), key, move |c| {
        let stored = coaching::keep(c, actor.organisation, &actor.label(), *id, &plan, now)?;
        serde_json::to_value(stored).map_err(|e| WebError::internal(&e))
    })
    .await
}

/// `GET /api/v1/plans/{id}`
pub async fn plan_json(state: Data<State>, who: Who, id: Path<Id>) -> WebResult {
    Ok(HttpResponse::Ok().json(
        state
            .db
            .write(move |c| coaching::open(c, &who.0, *id, Instant::now()))
            .await?,
    ))
}

/// `GET /plans/{id}/plan.{format}` and the same under `/api/v1`
pub async fn download(state: Data<State>, who: Who, path: Path<(Id, String)>) -> WebResult {
    let (id, ending) = path.into_inner();
    let format = Format::parse(&ending)?;
    let stored = state
        .db
        .write(move |c| coaching::open(c, &who.0, id, Instant::now()))
        .await?;
    let name = format!(
        "plan-{}-{}.{ending}",
        stored.plan.agent_reference,
        stored.created_at.date()
    );
    let rendered = actix_web::web::block(move || coaching::render(&stored.agreed(), format)).await;
    let bytes = rendered.map_err(|e| WebError::internal(&e))??;
    let mut response = attachment(&name, format.media_type(), bytes);
    let private = actix_web::http::header::HeaderValue::from_static("private, no-store");
    response
        .headers_mut()
        .insert(actix_web::http::header::CACHE_CONTROL, private);
    Ok(response)
}

#[derive(Deserialize)]
pub struct AcknowledgeForm {
    #[serde(default)]
    view: String,
}

async fn acknowledge(state: &State, actor: Actor, id: Id, view: String) -> Result<(), WebError> {
    Ok(state
        .db
        .write(move |c| coaching::acknowledge(c, &actor, id, &view, Instant::now()))
        .await?)
}

/// `POST /me/plans/{id}/acknowledge`
pub async fn acknowledge_form(
    state: Data<State>,
    who: Who,
    id: Path<Id>,
    form: Form<AcknowledgeForm>,
) -> WebResult {
    acknowledge(&state, who.0, *id, form.into_inner().view).await?;
    Ok(see_other(&format!("/plans/{id}")))
}

/// `POST /api/v1/me/plans/{id}/acknowledge`
pub async fn acknowledge_json(
    state: Data<State>,
    who: Who,
    id: Path<Id>,
    form: Json<AcknowledgeForm>,
) -> WebResult {
    acknowledge(&state, who.0, *id, form.into_inner().view).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[derive(Template)]
#[template(path = "me.html")]
struct MePage {
    frame: Frame,
    linked: bool,
    rest: Option<ActivePause>,
    /// This week's praise, and the day it begins.
    week: Vec<(String, String)>,
    monday: Option<chrono::NaiveDate>,
    plans: Vec<coaching::StoredPlan>,
    praise: Vec<Strength>,
    not_yours: Vec<ProcessIssue>,
    comments: Vec<(String, String, Option<bool>)>,
    withheld: usize,
}

/// What an agent sees of their own feedback: no figures of others, no hiring scores.
#[derive(Serialize)]
struct Mine {
    /// What keeps plans from beginning.
    rest: Option<ActivePause>,
    /// Praise of the newest week with feedback: day and words.
    week: Vec<(String, String)>,
    monday: Option<chrono::NaiveDate>,
    plans: Vec<coaching::StoredPlan>,
    strengths: Vec<Strength>,
    not_yours: Vec<ProcessIssue>,
    comments: Vec<(String, String, Option<bool>)>,
    withheld: usize,
    synthetic: bool,
}

fn mine(c: &mut DbConnection, actor: &Actor) -> Result<Option<Mine>, WebError> {
    let Some(agent) = actor.agent else {
        return Ok(None);
    };
    let now = Instant::now();
    let draft = coaching::draft(c, actor.organisation, agent, now)?;
    let period = feedback::latest_period(c, actor.organisation, draft.basis.days, now)?;
    let rows = feedback::feedback_of(c, actor.organisation, agent, period, 500)?;
    let held = moderation::withheld(c, actor.organisation, &rows)?;
    let shown = rows
        .into_iter()
        .filter(|f| !held.contains(&f.id))
        .filter_map(|f| f.comment.map(|text| (f.occurred_at.day(), text, f.good)));
    let week = weekly::newest_week(c, actor.organisation, now)?;
    let mut praised = weekly::of_agents(c, actor.organisation, &[agent], week)?;
    let praised = praised.remove(&agent).unwrap_or_default();
    Ok(Some(Mine {
        rest: pauses::active_pause(c, actor.organisation, agent, now.date())?,
        week: praised
            .into_iter()
            .take(12)
            .map(|p| (p.at.format("%-d %b %Y").to_string(), p.comment))
            .collect(),
        monday: Some(feedback::period::week_of(week.to.date()).0),
        comments: shown.take(50).collect(),
        withheld: held.len(),
        plans: coaching::plans_of(c, actor.organisation, agent)?,
        strengths: draft.strengths,
        not_yours: draft.not_yours,
        synthetic: draft.synthetic,
    }))
}

/// `GET /me/export.json` and the same under `/api/v1`: everything about the agent's own work, to keep.
pub async fn export(state: Data<State>, who: Who) -> WebResult {
    let export = state
        .db
        .write(move |c| coaching::export(c, &who.0, Instant::now()))
        .await?;
    let bytes = serde_json::to_vec_pretty(&export).map_err(|e| WebError::internal(&e))?;
    let name = format!("my-feedback-{}.json", export.made.date());
    Ok(super::voices::private(attachment(
        &name,
        "application/json",
        bytes,
    )))
}

/// `GET /me`
pub async fn me_page(state: Data<State>, req: HttpRequest, who: Who) -> WebResult {
    let found = state.db.read(move |c| mine(c, &who.0)).await?;
    let linked = found.is_some();
    let m = found.unwrap_or(Mine {
        rest: None,
        week: Vec::new(),
        monday: None,
        plans: Vec::new(),
        strengths: Vec::new(),
        not_yours: Vec::new(),
        comments: Vec::new(),
        withheld: 0,
        synthetic: false,
    });
    page(&MePage {
        frame: Frame::of(&req),
        linked,
        rest: m.rest,
        week: m.week,
        monday: m.monday,
        plans: m.plans,
        praise: m.strengths,
        not_yours: m.not_yours,
        comments: m.comments,
        withheld: m.withheld,
    })
}

/// `GET /api/v1/me`
pub async fn me_json(state: Data<State>, who: Who) -> WebResult {
    let found = state.db.read(move |c| mine(c, &who.0)).await?;
    Ok(HttpResponse::Ok().json(found.ok_or(CoachingError::NoPlan)?))
}
