//! `/pauses`: periods without coaching.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Path, Query},
};
use askama::Template;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    done::Done,
    error::{WebError, WebResult},
    forms::{self, Refused},
    frame::Frame,
    idempotency::{CreatedReply, IdempotencyHeader, created, idempotency_of},
    language::ReaderLocale,
    list::List,
    render::{confirmed, page_with_status},
    state::State,
};
use crate::{
    accounts::Actor,
    coaching::{
        CoachingError, Reason,
        pauses::{self, NewPause, Pause, Pauses},
    },
    db::DbConnection,
    locale::{Locale, Localised, Message},
    msg,
    types::{Id, Instant},
    workforce::{self, Agent, Team},
};

/// A pause with the name of its agent or team; without one it is for everybody.
struct NamedPause {
    name: Option<String>,
    pause: Pause,
}

impl NamedPause {
    fn period(&self) -> Message {
        msg!(
            "pauses-period",
            reason = self.pause.reason.message(),
            first = self.pause.first_day,
            last = self.pause.last_day
        )
    }

    fn name(&self, locale: &Locale) -> String {
        let everybody = || locale.text("pauses-everybody");
        self.name.clone().unwrap_or_else(everybody)
    }
}

fn named_pauses(c: &mut DbConnection, organisation: Id) -> Result<Vec<NamedPause>, WebError> {
    let pauses = Pauses::of(c, organisation, Instant::now().date())?;
    let agents = workforce::agents(c, organisation)?;
    let teams = workforce::teams(c, organisation)?;
    let named = pauses.all().iter().map(|pause| {
        let agent = agents.iter().find(|a| Some(a.id) == pause.agent);
        let team = teams.iter().find(|t| Some(t.id) == pause.team);
        let name = agent.map(|a| &a.name).or(team.map(|t| &t.name));
        NamedPause {
            name: name.cloned(),
            pause: pause.clone(),
        }
    });
    Ok(named.collect())
}

/// Active and planned pauses. The view of agents' pauses is recorded in the audit log.
async fn viewed(state: &State, actor: Actor) -> Result<Vec<NamedPause>, WebError> {
    let organisation = actor.organisation;
    let named = state
        .db
        .read(move |c| named_pauses(c, organisation))
        .await?;
    let agents: Vec<Id> = named.iter().filter_map(|n| n.pause.agent).collect();
    if !agents.is_empty() {
        let record = move |c: &mut _| pauses::record_view(c, &actor, &agents, Instant::now());
        state.db.write(record).await?;
    }
    Ok(named)
}

#[derive(Template)]
#[template(path = "pauses.html")]
struct PausesPage {
    frame: Frame,
    pauses: Vec<NamedPause>,
    teams: Vec<Team>,
    /// Offered for a new pause.
    agent: Option<Agent>,
    form: PauseForm,
    problem: Option<Message>,
}

/// The agent that a new pause is for.
#[derive(Deserialize)]
pub struct PausesQuery {
    agent: Option<Id>,
}

/// `GET /pauses`
pub async fn pauses_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    query: Query<PausesQuery>,
) -> WebResult {
    show(&state, &req, actor, query.agent, None).await
}

async fn show(
    state: &State,
    req: &HttpRequest,
    actor: Actor,
    agent: Option<Id>,
    refused: Option<Refused<PauseForm>>,
) -> WebResult {
    let organisation = actor.organisation;
    let read = state.db.read(move |c| {
        let agent = agent.map(|id| workforce::agent(c, organisation, id));
        Ok::<_, WebError>((workforce::teams(c, organisation)?, agent.transpose()?))
    });
    let (teams, agent) = read.await?;
    let status = forms::status(refused.as_ref());
    let (form, problem) = refused.map(Refused::into_parts).unzip();
    let shown = PausesPage {
        frame: Frame::of(req),
        pauses: viewed(state, actor).await?,
        teams,
        form: form.unwrap_or_else(|| PauseForm::for_agent(agent.as_ref())),
        agent,
        problem,
    };
    page_with_status(status, &shown)
}

/// A pause with the name of its agent or team.
#[derive(Serialize, ToSchema)]
pub struct PauseReply {
    #[schema(example = "Blue")]
    name: String,
    #[serde(flatten)]
    pause: Pause,
}

/// Lists active and planned pauses in the order of their first days.
#[utoipa::path(
    get,
    path = "/api/v1/pauses",
    tag = "Coaching",
    operation_id = "list_pauses",
    responses((status = 200, body = List<PauseReply>))
)]
pub async fn pauses_json(
    state: Data<State>,
    actor: Actor,
    ReaderLocale(locale): ReaderLocale,
) -> Result<Json<List<PauseReply>>, WebError> {
    let named = viewed(&state, actor).await?.into_iter();
    let items = named.map(|named| PauseReply {
        name: named.name(locale),
        pause: named.pause,
    });
    Ok(Json(List::complete(items.collect())))
}

async fn begin(state: &State, actor: Actor, new: NewPause) -> Result<Id, WebError> {
    Ok(state
        .db
        .write(move |c| pauses::begin(c, &actor, &new, Instant::now()))
        .await?)
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct PauseForm {
    /// `agent:` or `team:` and an id; empty for everybody.
    whom: String,
    reason: String,
    first_day: String,
    last_day: String,
}

impl PauseForm {
    /// An empty form; for an agent if the page was opened for one.
    fn for_agent(agent: Option<&Agent>) -> Self {
        Self {
            whom: agent.map_or_else(String::new, |agent| format!("agent:{}", agent.id)),
            ..Self::default()
        }
    }

    /// Whether this agent or team is chosen.
    fn is_for(&self, kind: &str, id: &Id) -> bool {
        self.whom == format!("{kind}:{id}")
    }

    /// The agent that the pause is for.
    fn agent(&self) -> Option<Id> {
        self.whom.strip_prefix("agent:")?.parse().ok()
    }

    fn read(&self) -> Option<NewPause> {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        let (agent, team) = match self.whom.split_once(':') {
            Some(("agent", id)) => (Some(id.parse().ok()?), None),
            Some(("team", id)) => (None, Some(id.parse().ok()?)),
            None if self.whom.is_empty() => (None, None),
            _ => return None,
        };
        Some(NewPause {
            agent,
            team,
            reason: Reason::parse(&self.reason)?,
            first_day: day(&self.first_day)?,
            last_day: day(&self.last_day)?,
        })
    }
}

/// `POST /pauses`
pub async fn begin_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    form: Form<PauseForm>,
) -> WebResult {
    let form = form.into_inner();
    let result = match form.read() {
        Some(new) => begin(&state, actor.clone(), new).await,
        None => Err(CoachingError::InvalidPause.into()),
    };
    match result {
        Ok(_) => Ok(confirmed("/pauses", Done::PauseAdded)),
        Err(problem) => {
            let agent = form.agent();
            let refused = Refused::new(form, problem)?;
            show(&state, &req, actor, agent, Some(refused)).await
        }
    }
}

/// Adds a pause for an agent, a team or everybody.
#[utoipa::path(
    post,
    path = "/api/v1/pauses",
    tag = "Coaching",
    operation_id = "add_pause",
    params(IdempotencyHeader),
    request_body = NewPause,
    responses(
        (status = 201, body = CreatedReply),
        (status = 404, description = "`not_found`: there is no such agent or team")
    )
)]
pub async fn begin_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    new: Json<NewPause>,
) -> WebResult {
    let key = idempotency_of(&req, &*new)?;
    created(&state, &actor.clone(), key, move |c| {
        let id = pauses::begin(c, &actor, &new, Instant::now())?;
        Ok(CreatedReply { id })
    })
    .await
}

async fn end(state: &State, actor: Actor, id: Id) -> Result<(), WebError> {
    Ok(state
        .db
        .write(move |c| pauses::end(c, &actor, id, Instant::now()))
        .await?)
}

/// `POST /pauses/{id}/end`
pub async fn end_form(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    end(&state, actor, *id).await?;
    Ok(confirmed("/pauses", Done::PauseEnded))
}

/// Ends a pause, so that plans can start at once.
#[utoipa::path(
    post,
    path = "/api/v1/pauses/{id}/end",
    tag = "Coaching",
    operation_id = "end_pause",
    params(("id" = Id, Path, description = "The pause")),
    responses((status = 204, description = "Ended"))
)]
pub async fn end_json(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    end(&state, actor, *id).await?;
    Ok(HttpResponse::NoContent().finish())
}
