//! `/me`: an agent's own feedback, plans and data.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Path},
};
use askama::Template;
use serde::{Deserialize, Serialize};

use super::{
    error::{WebError, WebResult},
    frame::Frame,
    idempotency::idempotency,
    plans::{take, taken},
    praise::{file, named, week},
    render::{attachment, page, see_other},
    state::State,
};
use crate::{
    accounts::Actor,
    coaching::{
        self, ActivePause, CoachingError, pauses,
        plan::{ProcessIssue, Strength},
        steps::NewStep,
    },
    db::DbConnection,
    feedback,
    praise::{digest, moderation, weekly},
    types::{Id, Instant},
    workforce,
};

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
    actor: Actor,
    id: Path<Id>,
    form: Form<AcknowledgeForm>,
) -> WebResult {
    acknowledge(&state, actor, *id, form.into_inner().view).await?;
    Ok(see_other(&format!("/plans/{id}")))
}

/// `POST /api/v1/me/plans/{id}/acknowledge`
pub async fn acknowledge_json(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
    form: Json<AcknowledgeForm>,
) -> WebResult {
    acknowledge(&state, actor, *id, form.into_inner().view).await?;
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
pub async fn export(state: Data<State>, actor: Actor) -> WebResult {
    let export = state
        .db
        .write(move |c| coaching::export(c, &actor, Instant::now()))
        .await?;
    let bytes = serde_json::to_vec_pretty(&export).map_err(|e| WebError::internal(&e))?;
    let name = format!("my-feedback-{}.json", export.made.date());
    Ok(super::praise::private(attachment(
        &name,
        "application/json",
        bytes,
    )))
}

/// `GET /me`
pub async fn me_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    let found = state.db.read(move |c| mine(c, &actor)).await?;
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
pub async fn me_json(state: Data<State>, actor: Actor) -> WebResult {
    let found = state.db.read(move |c| mine(c, &actor)).await?;
    Ok(HttpResponse::Ok().json(found.ok_or(CoachingError::NoPlan)?))
}

/// An agent's objection.
#[derive(Deserialize)]
pub struct DisputeForm {
    #[serde(default)]
    point: String,
    #[serde(default)]
    reason: String,
}

impl From<DisputeForm> for NewStep {
    fn from(form: DisputeForm) -> Self {
        Self::Disputed {
            point: form.point,
            reason: form.reason,
        }
    }
}

/// `POST /me/plans/{id}/disputes`
pub async fn dispute_form(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
    form: Form<DisputeForm>,
) -> WebResult {
    take(&state, actor, *id, form.into_inner().into()).await?;
    Ok(see_other(&format!("/plans/{id}")))
}

/// `POST /api/v1/me/plans/{id}/disputes`
pub async fn dispute_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    form: Json<DisputeForm>,
) -> WebResult {
    let form = form.into_inner();
    let key = idempotency(&req, &[&form.point, &form.reason])?;
    taken(&state, actor, *id, key, form.into()).await
}

/// How much the coaching helped, from 1 to 5.
#[derive(Deserialize)]
pub struct RatingForm {
    #[serde(default)]
    helped: u8,
}

/// `POST /me/plans/{id}/rating`
pub async fn rating_form(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
    form: Form<RatingForm>,
) -> WebResult {
    let helped = form.helped;
    take(&state, actor, *id, NewStep::Rated { helped }).await?;
    Ok(see_other(&format!("/plans/{id}")))
}

/// `POST /api/v1/me/plans/{id}/rating`
pub async fn rating_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    form: Json<RatingForm>,
) -> WebResult {
    let helped = form.helped;
    let key = idempotency(&req, &[&helped.to_string()])?;
    taken(&state, actor, *id, key, NewStep::Rated { helped }).await
}

/// `GET /me/praise/{week}/digest.{format}`: the agent's own.
pub async fn my_praise_file(
    state: Data<State>,
    actor: Actor,
    path: Path<(String, String)>,
) -> WebResult {
    let (day, ending) = path.into_inner();
    let agent = actor.agent.ok_or(CoachingError::NoPlan)?;
    let organisation = actor.organisation;
    let week = week(&state, organisation, named(&day)?).await?;
    let document = state
        .db
        .read(move |c| {
            let agent = workforce::agent(c, organisation, agent)?;
            digest::praise_digest(c, organisation, &[agent], week)
        })
        .await?;
    file(document, &format!("praise-{}", week.to.date()), &ending).await
}
