//! `/agents`: agents, their feedback and their plans.

pub mod comments;
pub mod observations;
pub mod one_to_one_actions;
pub mod one_to_ones;
pub mod views;

use std::collections::BTreeSet;

use actix_web::{
    HttpRequest,
    http::StatusCode,
    web::{Data, Form, Json, Path, Query},
};
use askama::Template;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use views::record_view;

use super::{
    done::Done,
    error::{Code, WebError, WebResult},
    forms::{self, Refused},
    frame::Frame,
    idempotency::{IdempotencyHeader, answered, created, idempotency, idempotency_of},
    list::List,
    render::{confirmed, page, page_with_status},
    state::State,
};
use crate::{
    accounts::Actor,
    coaching::{self, ActivePause, Plan, StoredPlan, pauses},
    db::DbConnection,
    documents::html,
    feedback::agent_references::{self, NewReference},
    locale::{Localised, Message},
    msg,
    types::{Id, Instant},
    workforce::{self, Agent, Team},
};

/// Most agents of a reply, and of the page of all teams.
const MOST_AGENTS: usize = 500;

/// Filter of a list of agents.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AgentFilter {
    /// Part of a name or reference.
    find: Option<String>,
    /// Agents of this team only.
    team: Option<Id>,
    /// `next` of the previous reply.
    after: Option<Id>,
}

impl AgentFilter {
    fn apply(&self, mut agents: Vec<Agent>) -> Vec<Agent> {
        let find = self.find.as_deref().unwrap_or_default();
        let find = find.trim().to_lowercase();
        let has = |text: &str| text.to_lowercase().contains(&find);
        agents.retain(|agent| {
            (self.team.is_none() || agent.team_id == self.team)
                && (has(&agent.name) || has(&agent.reference))
        });
        agents
    }

    /// The reply that starts after `after`.
    ///
    /// # Errors
    /// [`Code::Invalid`] if `after` is not in the list: starting elsewhere would leave agents out.
    fn reply(&self, agents: Vec<Agent>) -> Result<List<AgentReply>, WebError> {
        let start = match self.after {
            None => 0,
            Some(after) => {
                let before = agents.iter().position(|agent| agent.id == after);
                let unknown = || WebError::new(Code::Invalid, msg!("error-list-after"));
                1 + before.ok_or_else(unknown)?
            }
        };
        let has_more = agents.len() > start + MOST_AGENTS;
        let rest = agents.into_iter().skip(start).take(MOST_AGENTS);
        let items: Vec<AgentReply> = rest.map(Into::into).collect();
        let last = items.last().filter(|_| has_more);
        let next = last.map(|agent| agent.id.to_string());
        Ok(List { items, next })
    }
}

/// Agents of a team, or of none.
struct TeamAgents {
    team: Option<Team>,
    agents: Vec<Agent>,
    has_plans: bool,
}

fn teams_with_agents(
    c: &mut DbConnection,
    organisation: Id,
    filter: &AgentFilter,
) -> Result<Vec<TeamAgents>, WebError> {
    let agents = workforce::agents(c, organisation)?;
    let with_plans = coaching::agents_with_plans(c, organisation)?;
    let planned: BTreeSet<Option<Id>> = agents
        .iter()
        .filter(|agent| with_plans.contains(&agent.id))
        .map(|agent| agent.team_id)
        .collect();
    let agents = filter.apply(agents);
    let teams = workforce::teams(c, organisation)?;
    let of_team = |team: Option<Team>| {
        let id = team.as_ref().map(|team| team.id);
        let theirs = agents.iter().filter(|agent| agent.team_id == id);
        TeamAgents {
            agents: theirs.cloned().collect(),
            has_plans: planned.contains(&id),
            team,
        }
    };
    let all = teams.into_iter().map(Some).chain([None]).map(of_team);
    Ok(all.filter(|team| !team.agents.is_empty()).collect())
}

#[derive(Template)]
#[template(path = "agents.html")]
struct AgentsPage {
    frame: Frame,
    teams: Vec<TeamAgents>,
    find: String,
    /// Too many agents for one page: teams are listed without names.
    folded: bool,
    /// Only some agents are shown.
    filtered: bool,
}

/// `GET /agents`
pub async fn agents_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    filter: Query<AgentFilter>,
) -> WebResult {
    let (organisation, filter) = (actor.organisation, filter.into_inner());
    let filtered = filter.team.is_some() || filter.find.is_some();
    let (in_one_team, find) = (filter.team.is_some(), filter.find.clone());
    let read = state
        .db
        .read(move |c| teams_with_agents(c, organisation, &filter));
    let teams = read.await?;
    let shown: usize = teams.iter().map(|team| team.agents.len()).sum();
    page(&AgentsPage {
        frame: Frame::of(&req),
        folded: shown > MOST_AGENTS && !in_one_team,
        teams,
        find: find.unwrap_or_default(),
        filtered,
    })
}

/// An agent.
#[derive(Serialize, ToSchema)]
#[schema(as = Agent)]
pub struct AgentReply {
    id: Id,
    /// Name or number that feedback files use for the agent.
    #[schema(example = "A-17")]
    reference: String,
    #[schema(example = "Noor Halvorsen")]
    name: String,
    team_id: Option<Id>,
    /// The candidate who was hired as this agent.
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

/// Lists agents by name, at most 500. `next` of the reply is `after` of the following request.
#[utoipa::path(
    get,
    path = "/api/v1/agents",
    tag = "Coaching",
    operation_id = "list_agents",
    params(AgentFilter),
    responses(
        (status = 200, body = List<AgentReply>),
        (status = 422, description = "`invalid`: `after` is not in the list")
    )
)]
pub async fn agents_json(
    state: Data<State>,
    actor: Actor,
    filter: Query<AgentFilter>,
) -> Result<Json<List<AgentReply>>, WebError> {
    let agents = state
        .db
        .read(move |c| workforce::agents(c, actor.organisation))
        .await?;
    Ok(Json(filter.reply(filter.apply(agents))?))
}

/// Content of the page of an agent.
struct AgentView {
    agent: Agent,
    other_references: Vec<String>,
    plans: Vec<StoredPlan>,
    draft: Plan,
    pause: Option<ActivePause>,
}

fn agent_view(c: &mut DbConnection, organisation: Id, id: Id) -> Result<AgentView, WebError> {
    let agent = workforce::agent(c, organisation, id)?;
    let draft = coaching::draft(c, organisation, id, Instant::now())?;
    Ok(AgentView {
        agent,
        other_references: workforce::other_references(c, organisation, id)?,
        plans: coaching::plans_of(c, organisation, id)?,
        draft,
        pause: pauses::active_pause(c, organisation, id, Instant::now().date())?,
    })
}

#[derive(Template)]
#[template(path = "agent.html")]
struct AgentPage {
    frame: Frame,
    view: AgentView,
    /// The draft as HTML.
    draft: String,
    /// The refused form for a reference.
    refused: Option<Refused<NewReference>>,
}

impl AgentPage {
    fn problem(&self) -> Option<&Message> {
        self.refused.as_ref().map(|r| &r.problem.message)
    }

    /// The reference and the name that were entered.
    fn entered(&self) -> (&str, &str) {
        self.refused.as_ref().map_or(("", ""), |r| {
            (
                &r.form.reference,
                r.form.name.as_deref().unwrap_or_default(),
            )
        })
    }
}

/// `GET /agents/{id}`
pub async fn agent_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    show(&state, &req, actor, *id, None).await
}

async fn show(
    state: &State,
    req: &HttpRequest,
    actor: Actor,
    id: Id,
    refused: Option<Refused<NewReference>>,
) -> WebResult {
    let organisation = actor.organisation;
    let view = state
        .db
        .read(move |c| agent_view(c, organisation, id))
        .await?;
    record_view(state, actor, view.agent.id).await?;
    let frame = Frame::of(req);
    let draft = coaching::document::document(&view.draft.clone().into(), frame.locale);
    let status = forms::status(refused.as_ref());
    let shown = AgentPage {
        frame,
        draft: html::fragment(&draft),
        view,
        refused,
    };
    page_with_status(status, &shown)
}

/// An agent with a draft of a plan.
#[derive(Serialize, ToSchema)]
pub struct AgentDetails {
    agent: AgentReply,
    /// Other names or numbers that feedback files use.
    other_references: Vec<String>,
    /// Plan that would be made now.
    draft: Plan,
}

/// Returns an agent with a draft of a plan. The view is recorded in the audit log.
#[utoipa::path(
    get,
    path = "/api/v1/agents/{id}",
    tag = "Coaching",
    operation_id = "get_agent",
    params(("id" = Id, Path, description = "The agent")),
    responses((status = 200, body = AgentDetails))
)]
pub async fn agent_json(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
) -> Result<Json<AgentDetails>, WebError> {
    let organisation = actor.organisation;
    let read = state.db.read(move |c| {
        Ok::<_, WebError>(AgentDetails {
            agent: workforce::agent(c, organisation, *id)?.into(),
            other_references: workforce::other_references(c, organisation, *id)?,
            draft: coaching::draft(c, organisation, *id, Instant::now())?,
        })
    });
    let details = read.await?;
    record_view(&state, actor, details.agent.id).await?;
    Ok(Json(details))
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
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    form: Form<NewReference>,
) -> WebResult {
    let mut new = form.into_inner();
    new.name = new.name.filter(|name| !name.trim().is_empty());
    match add_reference(&state, actor.clone(), *id, new.clone()).await {
        Ok(()) => Ok(confirmed(&format!("/agents/{id}"), Done::ReferenceAdded)),
        Err(problem) => {
            let refused = Refused::new(new, problem)?;
            show(&state, &req, actor, *id, Some(refused)).await
        }
    }
}

/// Adds another reference to an agent. Feedback received under it moves to the agent.
#[utoipa::path(
    post,
    path = "/api/v1/agents/{id}/references",
    tag = "Coaching",
    operation_id = "add_agent_reference",
    params(("id" = Id, Path, description = "The agent"), IdempotencyHeader),
    request_body = NewReference,
    responses(
        (status = 204, description = "Added"),
        (status = 409, description = "`reference_taken`")
    )
)]
pub async fn add_reference_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    new: Json<NewReference>,
) -> WebResult {
    let key = idempotency_of(&req, &*new)?;
    answered(
        &state,
        &actor.clone(),
        StatusCode::NO_CONTENT,
        key,
        move |c| Ok(agent_references::add(c, &actor, *id, &new, Instant::now())?),
    )
    .await
}

/// Drafts a plan without the write lock, because drafting reads much.
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
    let now = Instant::now();
    let plan = drafted(&state, actor.organisation, *id, now).await?;
    let keep =
        move |c: &mut _| coaching::keep(c, actor.organisation, &actor.label(), *id, &plan, now);
    let stored = state.db.write(keep).await?;
    Ok(confirmed(
        &format!("/plans/{}", stored.id),
        Done::PlanCreated,
    ))
}

/// Drafts a plan for an agent from the feedback so far. It replaces an earlier draft; the agent
/// sees it after the step `shared`.
#[utoipa::path(
    post,
    path = "/api/v1/agents/{id}/plans",
    tag = "Coaching",
    operation_id = "create_plan",
    params(("id" = Id, Path, description = "The agent"), IdempotencyHeader),
    responses(
        (status = 201, body = StoredPlan),
        (status = 409, description = "`key_reused`")
    )
)]
pub async fn create_plan_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    let key = idempotency(&req, &[])?;
    let now = Instant::now();
    let plan = drafted(&state, actor.organisation, *id, now).await?;
    let (organisation, by) = (actor.organisation, actor.label());
    created(&state, &actor, key, move |c| {
        Ok(coaching::keep(c, organisation, &by, *id, &plan, now)?)
    })
    .await
}
