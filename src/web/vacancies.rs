//! `/vacancies`: vacancies, shortlists and invitations.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Path, Payload, Query},
};
use askama::Template;
use serde::Deserialize;

use super::{
    candidates::facet_row,
    error::{Code, WebError, WebResult},
    frame::Frame,
    idempotency::{created, idempotency},
    links::{invited_json, links_page},
    multipart,
    render::{attachment, page, see_other},
    state::State,
};
use crate::{
    accounts::Actor,
    assessment::{self},
    documents::charts,
    hiring::{self, CandidateImport, Entry, HiringError, Invited, VacancySummary},
    types::{Id, Instant},
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
pub async fn vacancies_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    let read = state.db.read(move |c| {
        let vacancies = hiring::vacancies(c, &actor, None, PAGE)?;
        Ok::<_, HiringError>((vacancies, assessment::published(c, actor.organisation)?))
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
pub async fn vacancies_json(state: Data<State>, actor: Actor, query: Query<Before>) -> WebResult {
    let items = state
        .db
        .read(move |c| hiring::vacancies(c, &actor, query.before, PAGE))
        .await?;
    let next = items
        .last()
        .filter(|_| items.len() as i64 == PAGE)
        .map(|v| v.id);
    Ok(HttpResponse::Ok().json(serde_json::json!({ "items": items, "next": next })))
}

#[derive(Deserialize)]
pub struct VacancyForm {
    title: String,
    questionnaire_id: Id,
}

/// `POST /vacancies`
pub async fn create_vacancy_form(
    state: Data<State>,
    actor: Actor,
    form: Form<VacancyForm>,
) -> WebResult {
    let made = state
        .db
        .write(move |c| {
            hiring::create_vacancy(
                c,
                &actor,
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
    actor: Actor,
    form: Json<VacancyForm>,
) -> WebResult {
    let key = idempotency(&req, &[&form.title, &form.questionnaire_id.to_string()])?;
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
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    let id = id.into_inner();
    let read = state.db.read(move |c| {
        Ok::<_, HiringError>((
            hiring::vacancy(c, &actor, id)?,
            hiring::shortlist(c, &actor, id)?,
        ))
    });
    let (vacancy, entries) = read.await?;
    let first = entries.first().and_then(|e| e.comparison);
    let frame = Frame::of(&req);
    let strip = |e: &Entry| match (&e.score, e.comparison) {
        (Some(score), Some(interval)) => {
            let locale = frame.locale;
            let strip = charts::interval_strip(locale, &e.name, score.composite, interval, first);
            let facets: Vec<_> = score.facets.iter().map(facet_row).collect();
            strip + &charts::facet_glance(locale, &e.name, &facets)
        }
        _ => String::new(),
    };
    page(&VacancyPage {
        id,
        title: vacancy.title,
        provisional: entries
            .iter()
            .any(|e| e.score.as_ref().is_some_and(|s| s.stage == "provisional")),
        strips: entries.iter().map(strip).collect(),
        frame,
        first_apart: entries
            .iter()
            .position(|e| e.rank.is_some() && !e.like_the_first)
            .unwrap_or(usize::MAX),
        entries,
    })
}

/// `GET /api/v1/vacancies/{id}/shortlist`
pub async fn shortlist_json(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    let items = state
        .db
        .read(move |c| hiring::shortlist(c, &actor, *id))
        .await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({ "items": items, "next": null })))
}

/// `GET /vacancies/{id}/shortlist.csv`
pub async fn shortlist_csv(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    let entries = state
        .db
        .read(move |c| hiring::shortlist(c, &actor, *id))
        .await?;
    Ok(attachment(
        "shortlist.csv",
        "text/csv; charset=utf-8",
        hiring::shortlist_csv(&entries)?,
    ))
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
    actor: Actor,
    id: Path<Id>,
    form: Form<CandidateForm>,
) -> WebResult {
    let invited = add(&state, actor, *id, form.into_inner()).await?;
    links_page(
        &state,
        &req,
        &[invited],
        Vec::new(),
        format!("/vacancies/{id}"),
    )
}

/// `POST /api/v1/vacancies/{id}/candidates`: the address is the key that makes it idempotent.
pub async fn add_candidate_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    form: Json<CandidateForm>,
) -> WebResult {
    let invited = add(&state, actor, *id, form.into_inner()).await?;
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
    Err(WebError::verbatim(
        Code::FileUnreadable,
        "The form has no field \"file\".",
    ))
}

/// `POST /vacancies/{id}/candidates/import`
pub async fn import_candidates_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    payload: Payload,
) -> WebResult {
    let done = import(&state, &req, payload, actor, *id).await?;
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
    actor: Actor,
    id: Path<Id>,
    payload: Payload,
) -> WebResult {
    let done = import(&state, &req, payload, actor, *id).await?;
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
