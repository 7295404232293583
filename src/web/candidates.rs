//! `/candidates`: one candidate, the decision, and the way into a team.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Path},
};
use askama::Template;
use serde::Deserialize;

use super::{
    error::{WebError, WebResult},
    frame::Frame,
    idempotency::{created, idempotency},
    links::{invited_json, links_page},
    render::{page, see_other},
    state::State,
};
use crate::{
    accounts::Actor,
    assessment::{Score, scoring::FacetScore},
    documents::{charts, html},
    hiring::{self, CandidateView, Decision},
    types::{Id, Instant},
    workforce::{self, Agent, Team},
};

pub(super) fn facet_row(f: &FacetScore) -> (String, f64, f64) {
    (f.name.clone(), f.t, f.se)
}

#[derive(Template)]
#[template(path = "candidate.html")]
struct CandidatePage {
    frame: Frame,
    score: Option<Score>,
    rank_range: Option<(usize, usize)>,
    profile: String,
    reasons: Vec<String>,
    interview: Vec<String>,
    stage: &'static str,
    agent: Option<Agent>,
    hired: bool,
    teams: Vec<Team>,
    view: CandidateView,
}

/// `GET /candidates/{id}`
pub async fn candidate_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    let read = state.db.read(move |c| {
        let view = hiring::candidate(c, &actor, *id)?;
        let agent = workforce::agent_of_candidate(c, actor.organisation, *id)?;
        Ok::<_, WebError>((view, agent, workforce::teams(c, actor.organisation)?))
    });
    let (view, agent, teams) = read.await?;
    let entry = view.entry.clone();
    let score = entry.as_ref().and_then(|e| e.score.clone());
    let frame = Frame::of(&req);
    page(&CandidatePage {
        profile: score.as_ref().map_or_else(String::new, |s| {
            html::picture(&charts::facet_profile(
                frame.locale,
                &s.facets.iter().map(facet_row).collect::<Vec<_>>(),
            ))
        }),
        frame,
        rank_range: entry.as_ref().and_then(|e| e.rank_range),
        reasons: entry
            .as_ref()
            .map(|e| e.reasons.clone())
            .unwrap_or_default(),
        interview: entry
            .as_ref()
            .map(|e| e.interview.clone())
            .unwrap_or_default(),
        stage: entry.as_ref().map_or("invited", |e| e.stage.words()),
        hired: view
            .decisions
            .last()
            .is_some_and(|d| d.decision == Decision::Hired),
        score,
        agent,
        teams,
        view,
    })
}

/// `GET /api/v1/candidates/{id}`
pub async fn candidate_json(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    Ok(HttpResponse::Ok().json(
        state
            .db
            .read(move |c| hiring::candidate(c, &actor, *id))
            .await?,
    ))
}

/// `POST /candidates/{id}/invitation`
pub async fn renew_link_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    let back = format!("/candidates/{id}");
    let invited = state
        .db
        .write(move |c| hiring::renew_link(c, &actor, *id, Instant::now()))
        .await?;
    links_page(&state, &req, &[invited], Vec::new(), back)
}

/// `POST /api/v1/candidates/{id}/invitation`
pub async fn renew_link_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    let invited = state
        .db
        .write(move |c| hiring::renew_link(c, &actor, *id, Instant::now()))
        .await?;
    Ok(HttpResponse::Created().json(invited_json(&state, &req, &invited)))
}

#[derive(Deserialize)]
pub struct DecisionForm {
    decision: Decision,
    reason: String,
}

async fn decide(state: &State, actor: Actor, id: Id, form: DecisionForm) -> Result<(), WebError> {
    Ok(state
        .db
        .write(move |c| hiring::decide(c, &actor, id, form.decision, &form.reason, Instant::now()))
        .await?)
}

/// `POST /candidates/{id}/decision`
pub async fn decide_form(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
    form: Form<DecisionForm>,
) -> WebResult {
    decide(&state, actor, *id, form.into_inner()).await?;
    Ok(see_other(&format!("/candidates/{id}")))
}

/// `POST /api/v1/candidates/{id}/decision`
pub async fn decide_json(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
    form: Json<DecisionForm>,
) -> WebResult {
    decide(&state, actor, *id, form.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[derive(Deserialize)]
pub struct HireForm {
    team: String,
    reference: String,
}

/// `POST /candidates/{id}/hire`
pub async fn hire_form(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
    form: Form<HireForm>,
) -> WebResult {
    let path = format!("/candidates/{id}");
    state
        .db
        .write(move |c| hiring::hire(c, &actor, *id, &form.team, &form.reference, Instant::now()))
        .await?;
    Ok(see_other(&path))
}

/// `POST /api/v1/candidates/{id}/hire`
pub async fn hire_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    form: Json<HireForm>,
) -> WebResult {
    let key = idempotency(&req, &[&form.team, &form.reference])?;
    created(&state, &actor.clone(), key, move |c| {
        let agent = hiring::hire(c, &actor, *id, &form.team, &form.reference, Instant::now())?;
        Ok(serde_json::json!({ "id": agent.id, "reference": agent.reference, "name": agent.name, "team_id": agent.team_id }))
    })
    .await
}
