//! `/agents`: agents, their feedback and their plans.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Path, Query},
};
use askama::Template;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

use super::{
    error::{Code, WebError, WebResult},
    frame::Frame,
    idempotency::{created, idempotency},
    render::{page, see_other},
    state::State,
};
use crate::{
    accounts::Actor,
    coaching::{self, ActivePause, DueCheckIn, Plan, pauses},
    db::DbConnection,
    documents::html,
    feedback::{
        self, ThemeMentionRow,
        agent_references::{self, NewReference},
    },
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
    actor: Actor,
    which: Query<Which>,
) -> WebResult {
    let organisation = actor.organisation;
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
pub async fn agents_json(state: Data<State>, actor: Actor, which: Query<Which>) -> WebResult {
    let agents = state
        .db
        .read(move |c| workforce::agents(c, actor.organisation))
        .await?;
    let agents = which.of(agents);
    let from = match which.after {
        None => 0,
        Some(after) => {
            let before = agents.iter().position(|agent| agent.id == after);
            // Going on somewhere would leave agents out without a word.
            1 + before.ok_or_else(|| {
                WebError::verbatim(
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
pub async fn agent_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    let organisation = actor.organisation;
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
    state.db.write(move |c| visited_at(c, &actor, seen)).await?;
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
        actor.label(),
        "agent.feedback_viewed",
        ("agent", agent),
    );
    Ok(crate::audit::record(c, event, Instant::now())?)
}

/// `GET /api/v1/agents/{id}`
pub async fn agent_json(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    let organisation = actor.organisation;
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
    state.db.write(move |c| visited_at(c, &actor, seen)).await?;
    Ok(HttpResponse::Ok()
        .json(serde_json::json!({ "agent": AgentReply::from(agent), "other_references": also, "draft": draft })))
}

async fn add_reference(
    state: &State,
    actor: Actor,
    agent: Id,
    new: NewReference,
) -> Result<(), WebError> {
    Ok(state
        .db
        .write(move |c| agent_references::add(c, &actor, agent, &new, Instant::now()))
        .await?)
}

/// `POST /agents/{id}/references`
pub async fn add_reference_form(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
    form: Form<NewReference>,
) -> WebResult {
    let mut new = form.into_inner();
    new.name = new.name.filter(|name| !name.trim().is_empty());
    add_reference(&state, actor, *id, new).await?;
    Ok(see_other(&format!("/agents/{id}")))
}

/// `POST /api/v1/agents/{id}/references`
pub async fn add_reference_json(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
    new: Json<NewReference>,
) -> WebResult {
    add_reference(&state, actor, *id, new.into_inner()).await?;
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
pub async fn create_plan_form(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    let (actor, now) = (actor, Instant::now());
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
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    let key = idempotency(&req, &[])?;
    let (actor, now) = (actor, Instant::now());
    let plan = drafted(&state, actor.organisation, *id, now).await?;
    created(&state, &actor.clone(), key, move |c| {
        let stored = coaching::keep(c, actor.organisation, &actor.label(), *id, &plan, now)?;
        serde_json::to_value(stored).map_err(|e| WebError::internal(&e))
    })
    .await
}
