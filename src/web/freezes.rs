//! Times in which no plan begins, on a page and as JSON.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Path, Query},
};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use super::{
    State,
    auth::Who,
    error::{WebError, WebResult},
    render::{Frame, page, see_other},
};
use crate::{
    coaching::{
        CoachingError,
        freezes::{self, Freeze, Freezes, NewFreeze, Reason},
    },
    feedback::{self, Agent, Team},
    types::{Id, Instant},
};

#[derive(Template)]
#[template(path = "freezes.html")]
struct FreezesPage {
    frame: Frame,
    freezes: Vec<Freeze>,
    teams: Vec<Team>,
    /// Whom a new one is for, where the reader came from an agent.
    agent: Option<Agent>,
}

#[derive(Deserialize)]
pub struct ForWhom {
    agent: Option<Id>,
}

async fn held(state: &State, organisation: Id) -> Result<Vec<Freeze>, WebError> {
    let today = Instant::now().date();
    let read = state
        .db
        .read(move |c| Freezes::of(c, organisation, today))
        .await?;
    Ok(read.all().to_vec())
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
            let agent = wanted.map(|id| feedback::agent(c, organisation, id));
            Ok::<_, WebError>((feedback::teams(c, organisation)?, agent.transpose()?))
        })
        .await?;
    page(&FreezesPage {
        frame: Frame::of(&req),
        freezes: held(&state, organisation).await?,
        teams,
        agent,
    })
}

/// `GET /api/v1/freezes`
pub async fn freezes_json(state: Data<State>, who: Who) -> WebResult {
    let items = held(&state, who.0.organisation).await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({ "items": items, "next": null })))
}

async fn begin(state: &State, who: Who, new: NewFreeze) -> Result<Id, WebError> {
    Ok(state
        .db
        .write(move |c| freezes::begin(c, &who.0, &new, Instant::now()))
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
    fn read(&self) -> Option<NewFreeze> {
        let day = |text: &str| text.parse::<NaiveDate>().ok();
        let (agent, team) = match self.whom.split_once(':') {
            Some(("agent", id)) => (Some(id.parse().ok()?), None),
            Some(("team", id)) => (None, Some(id.parse().ok()?)),
            None if self.whom.is_empty() => (None, None),
            _ => return None,
        };
        Some(NewFreeze {
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
    let new = form.read().ok_or(CoachingError::Freeze)?;
    begin(&state, who, new).await?;
    Ok(see_other("/freezes"))
}

/// `POST /api/v1/freezes`
pub async fn begin_json(state: Data<State>, who: Who, new: Json<NewFreeze>) -> WebResult {
    let id = begin(&state, who, new.into_inner()).await?;
    Ok(HttpResponse::Created().json(serde_json::json!({ "id": id })))
}

async fn lift(state: &State, who: Who, id: Id) -> Result<(), WebError> {
    Ok(state
        .db
        .write(move |c| freezes::lift(c, &who.0, id, Instant::now()))
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
