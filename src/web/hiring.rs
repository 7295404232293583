//! Vacancies, candidates, the shortlist and decisions.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Path, Payload, Query},
};
use askama::Template;
use serde::Deserialize;

use super::{
    State,
    auth::Who,
    error::{Code, WebError, WebResult},
    multipart,
    operations::{created, idempotency},
    render::{Frame, attachment, page, see_other},
};
use crate::{
    accounts::Actor,
    assessment::{self, Score, scoring::FacetScore},
    documents::{charts, html},
    hiring::{
        self, CandidateImport, CandidateView, Decision, Entry, HiringError, Invited, VacancySummary,
    },
    types::{Id, Instant},
    workforce::{self, Agent, Team},
};

/// Vacancies in one answer.
const PAGE: i64 = 100;

#[derive(Template)]
#[template(path = "vacancies.html")]
struct VacanciesPage {
    frame: Frame,
    vacancies: Vec<VacancySummary>,
    questionnaires: Vec<assessment::PublishedTitle>,
}

/// `GET /vacancies`
pub async fn vacancies_page(state: Data<State>, req: HttpRequest, who: Who) -> WebResult {
    let read = state.db.read(move |c| {
        let vacancies = hiring::vacancies(c, &who.0, None, PAGE)?;
        Ok::<_, HiringError>((vacancies, assessment::published(c, who.0.organisation)?))
    });
    let (vacancies, questionnaires) = read.await?;
    let frame = Frame::of(&req);
    page(&VacanciesPage {
        frame,
        vacancies,
        questionnaires,
    })
}

#[derive(Deserialize)]
pub struct Before {
    before: Option<Id>,
}

/// `GET /api/v1/vacancies`
pub async fn vacancies_json(state: Data<State>, who: Who, query: Query<Before>) -> WebResult {
    let items = state
        .db
        .read(move |c| hiring::vacancies(c, &who.0, query.before, PAGE))
        .await?;
    let next = items
        .last()
        .filter(|_| items.len() as i64 == PAGE)
        .map(|v| v.id);
    Ok(HttpResponse::Ok().json(serde_json::json!({ "items": items, "next": next })))
}

/// `GET /api/v1/questionnaires`
pub async fn questionnaires_json(state: Data<State>, who: Who) -> WebResult {
    let items = state
        .db
        .read(move |c| assessment::published(c, who.0.organisation))
        .await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({ "items": items })))
}

#[derive(Deserialize)]
pub struct VacancyForm {
    title: String,
    questionnaire_id: Id,
}

/// `POST /vacancies`
pub async fn create_vacancy_form(
    state: Data<State>,
    who: Who,
    form: Form<VacancyForm>,
) -> WebResult {
    let made = state
        .db
        .write(move |c| {
            hiring::create_vacancy(
                c,
                &who.0,
                &form.title,
                form.questionnaire_id,
                Instant::now(),
            )
        })
        .await?;
    Ok(see_other(&format!("/vacancies/{}", made.id)))
}

/// `POST /api/v1/vacancies`
pub async fn create_vacancy_json(
    state: Data<State>,
    req: HttpRequest,
    who: Who,
    form: Json<VacancyForm>,
) -> WebResult {
    let key = idempotency(&req, &[&form.title, &form.questionnaire_id.to_string()])?;
    let actor = who.0;
    created(&state, &actor.clone(), key, move |c| {
        let made = hiring::create_vacancy(c, &actor, &form.title, form.questionnaire_id, Instant::now())?;
        Ok(serde_json::json!({ "id": made.id, "title": made.title, "questionnaire_id": made.questionnaire_id }))
    })
    .await
}

#[derive(Template)]
#[template(path = "vacancy.html")]
struct VacancyPage {
    frame: Frame,
    id: Id,
    title: String,
    provisional: bool,
    entries: Vec<Entry>,
    strips: Vec<String>,
    first_apart: usize,
}

/// `GET /vacancies/{id}`
pub async fn vacancy_page(
    state: Data<State>,
    req: HttpRequest,
    who: Who,
    id: Path<Id>,
) -> WebResult {
    let id = id.into_inner();
    let read = state.db.read(move |c| {
        Ok::<_, HiringError>((
            hiring::vacancy(c, &who.0, id)?,
            hiring::shortlist(c, &who.0, id)?,
        ))
    });
    let (vacancy, entries) = read.await?;
    let first = entries.first().and_then(|e| e.comparison);
    let strip = |e: &Entry| match (&e.score, e.comparison) {
        (Some(score), Some(interval)) => {
            let name = format!("Score of {}", e.name);
            let strip = charts::interval_strip(score.composite, interval, first, &name);
            let facets: Vec<_> = score.facets.iter().map(facet_row).collect();
            strip + &charts::facet_glance(&facets, &format!("Facets of {}", e.name))
        }
        _ => String::new(),
    };
    page(&VacancyPage {
        frame: Frame::of(&req),
        id,
        title: vacancy.title,
        provisional: entries
            .iter()
            .any(|e| e.score.as_ref().is_some_and(|s| s.stage == "provisional")),
        strips: entries.iter().map(strip).collect(),
        first_apart: entries
            .iter()
            .position(|e| e.rank.is_some() && !e.like_the_first)
            .unwrap_or(usize::MAX),
        entries,
    })
}

/// `GET /api/v1/vacancies/{id}/shortlist`
pub async fn shortlist_json(state: Data<State>, who: Who, id: Path<Id>) -> WebResult {
    let items = state
        .db
        .read(move |c| hiring::shortlist(c, &who.0, *id))
        .await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({ "items": items, "next": null })))
}

/// `GET /vacancies/{id}/shortlist.csv`
pub async fn shortlist_csv(state: Data<State>, who: Who, id: Path<Id>) -> WebResult {
    let entries = state
        .db
        .read(move |c| hiring::shortlist(c, &who.0, *id))
        .await?;
    Ok(attachment(
        "shortlist.csv",
        "text/csv; charset=utf-8",
        hiring::shortlist_csv(&entries)?,
    ))
}

#[derive(Template)]
#[template(path = "links.html")]
struct LinksPage {
    frame: Frame,
    links: Vec<(String, String)>,
    rejected: Vec<(u64, String)>,
    back: String,
}

/// The address a candidate opens.
pub fn link(state: &State, req: &HttpRequest, token: &str) -> String {
    let base = state.config.public_url.clone().unwrap_or_else(|| {
        let info = req.connection_info();
        format!("{}://{}", info.scheme(), info.host())
    });
    format!("{base}/c/{token}")
}

fn links_page(
    state: &State,
    req: &HttpRequest,
    invited: &[Invited],
    rejected: Vec<(u64, String)>,
    back: String,
) -> WebResult {
    let links = invited
        .iter()
        .map(|i| (i.name.clone(), link(state, req, &i.token)))
        .collect();
    let mut response = page(&LinksPage {
        frame: Frame::of(req),
        links,
        rejected,
        back,
    })?;
    let no_store = actix_web::http::header::HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(actix_web::http::header::CACHE_CONTROL, no_store);
    Ok(response)
}

#[derive(Deserialize)]
pub struct CandidateForm {
    name: String,
    email: String,
}

async fn add(
    state: &State,
    actor: Actor,
    vacancy: Id,
    form: CandidateForm,
) -> Result<Invited, WebError> {
    Ok(state
        .db
        .write(move |c| {
            hiring::add_candidate(c, &actor, vacancy, &form.name, &form.email, Instant::now())
        })
        .await?)
}

/// `POST /vacancies/{id}/candidates`
pub async fn add_candidate_form(
    state: Data<State>,
    req: HttpRequest,
    who: Who,
    id: Path<Id>,
    form: Form<CandidateForm>,
) -> WebResult {
    let invited = add(&state, who.0, *id, form.into_inner()).await?;
    links_page(
        &state,
        &req,
        &[invited],
        Vec::new(),
        format!("/vacancies/{id}"),
    )
}

fn invited_json(state: &State, req: &HttpRequest, i: &Invited) -> serde_json::Value {
    serde_json::json!({ "id": i.candidate_id, "name": i.name, "email": i.email, "link": link(state, req, &i.token), "token": i.token })
}

/// `POST /api/v1/vacancies/{id}/candidates`: the address is the key that makes it idempotent.
pub async fn add_candidate_json(
    state: Data<State>,
    req: HttpRequest,
    who: Who,
    id: Path<Id>,
    form: Json<CandidateForm>,
) -> WebResult {
    let invited = add(&state, who.0, *id, form.into_inner()).await?;
    Ok(HttpResponse::Created().json(invited_json(&state, &req, &invited)))
}

async fn import(
    state: &State,
    req: &HttpRequest,
    payload: Payload,
    actor: Actor,
    vacancy: Id,
) -> Result<CandidateImport, WebError> {
    let mut form = multipart::form(req, payload)?;
    while let Some((name, _, mut field)) = multipart::next_part(&mut form).await? {
        if name == "file" {
            let file = multipart::whole(&mut field).await?;
            return Ok(state
                .db
                .write(move |c| hiring::add_candidates(c, &actor, vacancy, &file, Instant::now()))
                .await?);
        }
    }
    Err(WebError::new(
        Code::FileUnreadable,
        "The form has no field \"file\".",
    ))
}

/// `POST /vacancies/{id}/candidates/import`
pub async fn import_candidates_form(
    state: Data<State>,
    req: HttpRequest,
    who: Who,
    id: Path<Id>,
    payload: Payload,
) -> WebResult {
    let done = import(&state, &req, payload, who.0, *id).await?;
    links_page(
        &state,
        &req,
        &done.added,
        done.rejected,
        format!("/vacancies/{id}"),
    )
}

/// `POST /api/v1/vacancies/{id}/candidates/import`
pub async fn import_candidates_json(
    state: Data<State>,
    req: HttpRequest,
    who: Who,
    id: Path<Id>,
    payload: Payload,
) -> WebResult {
    let done = import(&state, &req, payload, who.0, *id).await?;
    let added: Vec<_> = done
        .added
        .iter()
        .map(|i| invited_json(&state, &req, i))
        .collect();
    let rejected: Vec<_> = done
        .rejected
        .iter()
        .map(|(row, reason)| serde_json::json!({ "row": row, "reason": reason }))
        .collect();
    Ok(HttpResponse::Created().json(serde_json::json!({ "added": added, "rejected": rejected })))
}

fn facet_row(f: &FacetScore) -> (String, f64, f64) {
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
    who: Who,
    id: Path<Id>,
) -> WebResult {
    let read = state.db.read(move |c| {
        let view = hiring::candidate(c, &who.0, *id)?;
        let agent = workforce::agent_of_candidate(c, who.0.organisation, *id)?;
        Ok::<_, WebError>((view, agent, workforce::teams(c, who.0.organisation)?))
    });
    let (view, agent, teams) = read.await?;
    let entry = view.entry.clone();
    let score = entry.as_ref().and_then(|e| e.score.clone());
    page(&CandidatePage {
        frame: Frame::of(&req),
        profile: score.as_ref().map_or_else(String::new, |s| {
            html::picture(&charts::facet_profile(
                &s.facets.iter().map(facet_row).collect::<Vec<_>>(),
            ))
        }),
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
pub async fn candidate_json(state: Data<State>, who: Who, id: Path<Id>) -> WebResult {
    Ok(HttpResponse::Ok().json(
        state
            .db
            .read(move |c| hiring::candidate(c, &who.0, *id))
            .await?,
    ))
}

/// `POST /candidates/{id}/invitation`
pub async fn renew_link_form(
    state: Data<State>,
    req: HttpRequest,
    who: Who,
    id: Path<Id>,
) -> WebResult {
    let back = format!("/candidates/{id}");
    let invited = state
        .db
        .write(move |c| hiring::renew_link(c, &who.0, *id, Instant::now()))
        .await?;
    links_page(&state, &req, &[invited], Vec::new(), back)
}

/// `POST /api/v1/candidates/{id}/invitation`
pub async fn renew_link_json(
    state: Data<State>,
    req: HttpRequest,
    who: Who,
    id: Path<Id>,
) -> WebResult {
    let invited = state
        .db
        .write(move |c| hiring::renew_link(c, &who.0, *id, Instant::now()))
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
    who: Who,
    id: Path<Id>,
    form: Form<DecisionForm>,
) -> WebResult {
    decide(&state, who.0, *id, form.into_inner()).await?;
    Ok(see_other(&format!("/candidates/{id}")))
}

/// `POST /api/v1/candidates/{id}/decision`
pub async fn decide_json(
    state: Data<State>,
    who: Who,
    id: Path<Id>,
    form: Json<DecisionForm>,
) -> WebResult {
    decide(&state, who.0, *id, form.into_inner()).await?;
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
    who: Who,
    id: Path<Id>,
    form: Form<HireForm>,
) -> WebResult {
    let path = format!("/candidates/{id}");
    state
        .db
        .write(move |c| hiring::hire(c, &who.0, *id, &form.team, &form.reference, Instant::now()))
        .await?;
    Ok(see_other(&path))
}

/// `POST /api/v1/candidates/{id}/hire`
pub async fn hire_json(
    state: Data<State>,
    req: HttpRequest,
    who: Who,
    id: Path<Id>,
    form: Json<HireForm>,
) -> WebResult {
    let key = idempotency(&req, &[&form.team, &form.reference])?;
    let actor = who.0;
    created(&state, &actor.clone(), key, move |c| {
        let agent = hiring::hire(c, &actor, *id, &form.team, &form.reference, Instant::now())?;
        Ok(serde_json::json!({ "id": agent.id, "reference": agent.reference, "name": agent.name, "team_id": agent.team_id }))
    })
    .await
}
