//! Times in which no plan begins, on a page and as JSON.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Path, Query},
};
use askama::Template;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    State,
    auth::Who,
    error::{WebError, WebResult},
    render::{Frame, page, see_other},
};
use crate::{
    coaching::{
        CoachingError, Reason,
        pauses::{self, NewPause, Pause, Pauses},
    },
    types::{Id, Instant},
    workforce::{self, Agent, Team},
};

#[derive(Template)]
#[template(path = "freezes.html")]
struct PausesPage {
    frame: Frame,
    freezes: Vec<Named>,
    teams: Vec<Team>,
    /// Whom a new one is for, where the reader came from an agent.
    agent: Option<Agent>,
}

#[derive(Deserialize)]
pub struct ForWhom {
    agent: Option<Id>,
}

/// A freeze with the name of whom it is for.
#[derive(Serialize)]
struct Named {
    name: String,
    #[serde(flatten)]
    freeze: Pause,
}

/// Pauses that hold or are to come. A look at those of people is on record.
async fn held(state: &State, who: &Who) -> Result<Vec<Named>, WebError> {
    let actor = who.0.clone();
    let organisation = actor.organisation;
    let read = state.db.read(move |c| {
        let freezes = Pauses::of(c, organisation, Instant::now().date())?;
        let agents = workforce::agents(c, organisation)?;
        let teams = workforce::teams(c, organisation)?;
        let named = freezes.all().iter().map(|freeze| {
            let agent = agents.iter().find(|a| Some(a.id) == freeze.agent);
            let team = teams.iter().find(|t| Some(t.id) == freeze.team);
            Named {
                name: agent
                    .map(|a| a.name.clone())
                    .or_else(|| team.map(|t| t.name.clone()))
                    .unwrap_or_else(|| "Everybody".to_owned()),
                freeze: freeze.clone(),
            }
        });
        Ok::<_, WebError>(named.collect::<Vec<_>>())
    });
    let named = read.await?;
    let people: Vec<Id> = named.iter().filter_map(|n| n.freeze.agent).collect();
    if !people.is_empty() {
        let record = move |c: &mut _| pauses::record_view(c, &actor, &people, Instant::now());
        state.db.write(record).await?;
    }
    Ok(named)
}

/// `GET /freezes`
pub async fn freezes_page(
    state: Data<State>,
    req: HttpRequest,
    who: Who,
    query: Query<ForWhom>,
) -> WebResult {
    let organisation = who.0.organisation;
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
        freezes: held(&state, &who).await?,
        teams,
        agent,
    })
}

/// `GET /api/v1/freezes`
pub async fn freezes_json(state: Data<State>, who: Who) -> WebResult {
    let items = held(&state, &who).await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({ "items": items, "next": null })))
}

async fn begin(state: &State, who: Who, new: NewPause) -> Result<Id, WebError> {
    Ok(state
        .db
        .write(move |c| pauses::begin(c, &who.0, &new, Instant::now()))
        .await?)
}

#[derive(Deserialize)]
pub struct FreezeForm {
    /// `agent:` or `team:` and an id; empty for everybody.
    #[serde(default)]
    whom: String,
    reason: String,
    first_day: String,
    last_day: String,
}

impl FreezeForm {
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

/// `POST /freezes`
pub async fn begin_form(state: Data<State>, who: Who, form: Form<FreezeForm>) -> WebResult {
    let new = form.read().ok_or(CoachingError::InvalidPause)?;
    begin(&state, who, new).await?;
    Ok(see_other("/freezes"))
}

/// `POST /api/v1/freezes`
pub async fn begin_json(state: Data<State>, who: Who, new: Json<NewPause>) -> WebResult {
    let id = begin(&state, who, new.into_inner()).await?;
    Ok(HttpResponse::Created().json(serde_json::json!({ "id": id })))
}

async fn lift(state: &State, who: Who, id: Id) -> Result<(), WebError> {
    Ok(state
        .db
        .write(move |c| pauses::end(c, &who.0, id, Instant::now()))
        .await?)
}

/// `POST /freezes/{id}/lift`
pub async fn lift_form(state: Data<State>, who: Who, id: Path<Id>) -> WebResult {
    lift(&state, who, *id).await?;
    Ok(see_other("/freezes"))
}

/// `POST /api/v1/freezes/{id}/lift`
pub async fn lift_json(state: Data<State>, who: Who, id: Path<Id>) -> WebResult {
    lift(&state, who, *id).await?;
    Ok(HttpResponse::NoContent().finish())
}
