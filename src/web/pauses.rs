//! `/pauses`: periods without coaching.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Path, Query},
};
use askama::Template;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    error::{WebError, WebResult},
    frame::Frame,
    render::{page, see_other},
    state::State,
};
use crate::{
    accounts::Actor,
    coaching::{
        CoachingError, Reason,
        pauses::{self, NewPause, Pause, Pauses},
    },
    types::{Id, Instant},
    workforce::{self, Agent, Team},
};

#[derive(Template)]
#[template(path = "pauses.html")]
struct PausesPage {
    frame: Frame,
    pauses: Vec<Named>,
    teams: Vec<Team>,
    /// Whom a new one is for, where the reader came from an agent.
    agent: Option<Agent>,
}

#[derive(Deserialize)]
pub struct ForWhom {
    agent: Option<Id>,
}

/// A pause with the name of whom it is for.
#[derive(Serialize)]
struct Named {
    name: String,
    #[serde(flatten)]
    pause: Pause,
}

/// Pauses that hold or are to come. A look at those of people is on record.
async fn held(state: &State, actor: &Actor) -> Result<Vec<Named>, WebError> {
    let actor = actor.clone();
    let organisation = actor.organisation;
    let read = state.db.read(move |c| {
        let pauses = Pauses::of(c, organisation, Instant::now().date())?;
        let agents = workforce::agents(c, organisation)?;
        let teams = workforce::teams(c, organisation)?;
        let named = pauses.all().iter().map(|pause| {
            let agent = agents.iter().find(|a| Some(a.id) == pause.agent);
            let team = teams.iter().find(|t| Some(t.id) == pause.team);
            Named {
                name: agent
                    .map(|a| a.name.clone())
                    .or_else(|| team.map(|t| t.name.clone()))
                    .unwrap_or_else(|| "Everybody".to_owned()),
                pause: pause.clone(),
            }
        });
        Ok::<_, WebError>(named.collect::<Vec<_>>())
    });
    let named = read.await?;
    let people: Vec<Id> = named.iter().filter_map(|n| n.pause.agent).collect();
    if !people.is_empty() {
        let record = move |c: &mut _| pauses::record_view(c, &actor, &people, Instant::now());
        state.db.write(record).await?;
    }
    Ok(named)
}

/// `GET /pauses`
pub async fn pauses_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    query: Query<ForWhom>,
) -> WebResult {
    let organisation = actor.organisation;
    let wanted = query.agent;
    let (teams, agent) = state
        .db
        .read(move |c| {
            let agent = wanted.map(|id| workforce::agent(c, organisation, id));
            Ok::<_, WebError>((workforce::teams(c, organisation)?, agent.transpose()?))
        })
        .await?;
    page(&PausesPage {
        frame: Frame::of(&req),
        pauses: held(&state, &actor).await?,
        teams,
        agent,
    })
}

/// `GET /api/v1/pauses`
pub async fn pauses_json(state: Data<State>, actor: Actor) -> WebResult {
    let items = held(&state, &actor).await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({ "items": items, "next": null })))
}

async fn begin(state: &State, actor: Actor, new: NewPause) -> Result<Id, WebError> {
    Ok(state
        .db
        .write(move |c| pauses::begin(c, &actor, &new, Instant::now()))
        .await?)
}

#[derive(Deserialize)]
pub struct PauseForm {
    /// `agent:` or `team:` and an id; empty for everybody.
    #[serde(default)]
    whom: String,
    reason: String,
    first_day: String,
    last_day: String,
}

impl PauseForm {
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
pub async fn begin_form(state: Data<State>, actor: Actor, form: Form<PauseForm>) -> WebResult {
    let new = form.read().ok_or(CoachingError::InvalidPause)?;
    begin(&state, actor, new).await?;
    Ok(see_other("/pauses"))
}

/// `POST /api/v1/pauses`
pub async fn begin_json(state: Data<State>, actor: Actor, new: Json<NewPause>) -> WebResult {
    let id = begin(&state, actor, new.into_inner()).await?;
    Ok(HttpResponse::Created().json(serde_json::json!({ "id": id })))
}

async fn lift(state: &State, actor: Actor, id: Id) -> Result<(), WebError> {
    Ok(state
        .db
        .write(move |c| pauses::end(c, &actor, id, Instant::now()))
        .await?)
}

/// `POST /pauses/{id}/lift`
pub async fn lift_form(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    lift(&state, actor, *id).await?;
    Ok(see_other("/pauses"))
}

/// `POST /api/v1/pauses/{id}/lift`
pub async fn lift_json(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    lift(&state, actor, *id).await?;
    Ok(HttpResponse::NoContent().finish())
}
