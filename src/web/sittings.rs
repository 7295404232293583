//! `/c` and `/api/v1/sittings`: a candidate's sitting.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{AcceptLanguage, Header},
    web::{Data, Form, Json, Path},
};
use askama::Template;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, sync::Arc};

use super::{
    error::{WebError, WebResult},
    frame::Frame,
    render::{page, see_other},
    state::State,
};
use crate::{
    assessment::{self, AssessmentError, Questionnaire, Sitting, writer::NewAnswer},
    hiring::{self, Guest},
    types::Instant,
};

/// The languages that the browser asks for, preferred first.
fn languages(req: &HttpRequest) -> Vec<String> {
    let Ok(header) = AcceptLanguage::parse(req) else {
        return Vec::new();
    };
    let ranked = header.ranked().into_iter();
    ranked.map(|language| language.to_string()).collect()
}

/// The questionnaire in the reader's language.
fn shown(req: &HttpRequest, q: &Questionnaire) -> Arc<Questionnaire> {
    Arc::new(q.in_language(&languages(req)))
}

async fn open(state: &State, token: &str) -> Result<(Guest, Arc<Questionnaire>), WebError> {
    let token = token.to_owned();
    let guest = state
        .db
        .read(move |c| hiring::open_link(c, &token, Instant::now()))
        .await?;
    let questionnaire = state
        .questionnaire(guest.organisation, guest.questionnaire_id)
        .await?;
    Ok((guest, questionnaire))
}

fn begun(guest: &Guest) -> Result<Sitting, WebError> {
    let sitting = guest.sitting.clone().ok_or(AssessmentError::NoConsent)?;
    if sitting.withdrawn_at.is_some() {
        Err(AssessmentError::Finished.into())
    } else {
        Ok(sitting)
    }
}

#[derive(Template)]
#[template(path = "welcome.html")]
struct WelcomePage {
    frame: Frame,
    q: Arc<Questionnaire>,
    token: String,
    name: String,
    organisation: String,
    vacancy: String,
}

/// `GET /c/{token}`: welcome, or where the candidate left off.
pub async fn welcome(state: Data<State>, req: HttpRequest, token: Path<String>) -> WebResult {
    let (guest, q) = open(&state, &token).await?;
    if let Some(sitting) = guest.sitting {
        if sitting.finished_at.is_some() || sitting.withdrawn_at.is_some() {
            return Ok(see_other(&format!("/c/{token}/result")));
        }
        let progress = state
            .db
            .read(move |c| assessment::progress(c, &sitting))
            .await?;
        let place = progress
            .resume_page(&q)
            .map_or_else(|| "finish".to_owned(), |page| format!("page/{page}"));
        return Ok(see_other(&format!("/c/{token}/{place}")));
    }
    let frame = Frame::of(&req).synthetic(state.is_synthetic(guest.organisation).await?);
    page(&WelcomePage {
        frame,
        q: shown(&req, &q),
        token: token.into_inner(),
        name: guest.candidate.name,
        organisation: guest.organisation_name,
        vacancy: guest.vacancy_title,
    })
}

#[derive(Deserialize)]
pub struct ConsentForm {
    #[serde(default)]
    agree: String,
}

async fn consent(state: &State, token: &str, agreed: bool) -> Result<(), WebError> {
    if !agreed {
        return Err(AssessmentError::NoConsent.into());
    }
    let (guest, _) = open(state, token).await?;
    let start = move |c: &mut _| {
        assessment::start(
            c,
            guest.organisation,
            guest.candidate.id,
            guest.questionnaire_id,
            Instant::now(),
        )
    };
    state.db.write(start).await?;
    Ok(())
}

/// `POST /c/{token}/consent`
pub async fn consent_form(
    state: Data<State>,
    token: Path<String>,
    form: Form<ConsentForm>,
) -> WebResult {
    consent(&state, &token, form.agree == "yes").await?;
    Ok(see_other(&format!("/c/{token}/page/1")))
}

#[derive(Deserialize)]
pub struct ConsentJson {
    agree: bool,
}

/// `POST /api/v1/sittings/{token}/consent`
pub async fn consent_json(
    state: Data<State>,
    req: HttpRequest,
    token: Path<String>,
    form: Json<ConsentJson>,
) -> WebResult {
    consent(&state, &token, form.agree).await?;
    status_json(state, req, token).await
}

struct ItemRow {
    id: String,
    text: String,
    chosen: Option<i32>,
    choices: Vec<(i32, String)>,
}

impl ItemRow {
    fn is_chosen(&self, value: &i32) -> bool {
        self.chosen == Some(*value)
    }
}

#[derive(Template)]
#[template(path = "sitting.html")]
struct SittingPage {
    frame: Frame,
    q: Arc<Questionnaire>,
    token: String,
    page: usize,
    pages: usize,
    answered: usize,
    next_sequence: i64,
    items: Vec<ItemRow>,
}

/// `GET /c/{token}/page/{page}`
pub async fn sitting_page(
    state: Data<State>,
    req: HttpRequest,
    path: Path<(String, usize)>,
) -> WebResult {
    let (token, number) = path.into_inner();
    let (guest, q) = open(&state, &token).await?;
    if guest.sitting.is_none() {
        return Ok(see_other(&format!("/c/{token}")));
    }
    let sitting = begun(&guest)?;
    if sitting.finished_at.is_some() {
        return Ok(see_other(&format!("/c/{token}/result")));
    }
    if q.page(number).is_empty() {
        return Err(WebError::not_found());
    }
    let q = shown(&req, &q);
    let progress = state
        .db
        .read(move |c| assessment::progress(c, &sitting))
        .await?;
    let choices: Vec<(i32, String)> = (q.scale.min..=q.scale.max)
        .zip(q.labels.iter().cloned())
        .collect();
    let items = q.page(number).iter().map(|item| ItemRow {
        id: item.id.clone(),
        text: item.text.clone(),
        chosen: progress.answers.get(&item.id).map(|a| a.value),
        choices: choices.clone(),
    });
    page(&SittingPage {
        frame: Frame::of(&req).synthetic(state.is_synthetic(guest.organisation).await?),
        items: items.collect(),
        page: number,
        pages: q.pages(),
        answered: progress.answers.len(),
        next_sequence: progress.next_sequence,
        token,
        q,
    })
}

/// `POST /c/{token}/page/{page}`: the answers of a page at once, for browsers without our script.
pub async fn sitting_form(
    state: Data<State>,
    path: Path<(String, usize)>,
    form: Form<BTreeMap<String, String>>,
) -> WebResult {
    let (token, number) = path.into_inner();
    let (guest, q) = open(&state, &token).await?;
    let sitting = begun(&guest)?;
    if sitting.finished_at.is_some() {
        // A page kept by the Back button: the result says that the answers are closed.
        return Ok(see_other(&format!("/c/{token}/result")));
    }
    // The script may save one of these at the same moment: then look again and send what still differs.
    for attempt in 0.. {
        let reader = sitting.clone();
        let progress = state
            .db
            .read(move |c| assessment::progress(c, &reader))
            .await?;
        let answers = changed(&q, &form, &progress)?;
        if answers.is_empty() {
            break;
        }
        match state.writer.save(sitting.clone(), answers).await {
            Ok(()) => break,
            Err(AssessmentError::Conflict { .. }) if attempt < 3 => {}
            Err(error) => return Err(error.into()),
        }
    }
    let back = form.get("go").is_some_and(|go| go == "back");
    Ok(see_other(&match number {
        n if back => format!("/c/{token}/page/{}", n.saturating_sub(1).max(1)),
        n if n >= q.pages() => format!("/c/{token}/finish"),
        n => format!("/c/{token}/page/{}", n + 1),
    }))
}

/// The answers of a form that are not stored already.
fn changed(
    q: &Questionnaire,
    form: &BTreeMap<String, String>,
    progress: &assessment::Progress,
) -> Result<Vec<NewAnswer>, AssessmentError> {
    let mut answers = Vec::new();
    for (item, value) in form.iter().filter(|(name, _)| *name != "go") {
        let off_scale = AssessmentError::OutOfRange {
            min: q.scale.min,
            max: q.scale.max,
        };
        let value: i32 = value.parse().map_err(|_e| off_scale)?;
        let sequence = progress.next_sequence + answers.len() as i64;
        assessment::check_answer(q, item, value, sequence)?;
        if progress
            .answers
            .get(item)
            .is_none_or(|known| known.value != value)
        {
            answers.push(NewAnswer {
                item: item.clone(),
                value,
                sequence,
            });
        }
    }
    Ok(answers)
}

#[derive(Deserialize)]
pub struct AnswerJson {
    value: i32,
    sequence: i64,
}

/// `PUT /api/v1/sittings/{token}/answers/{item}`: one answer, acknowledged once it is on disk.
pub async fn answer_json(
    state: Data<State>,
    path: Path<(String, String)>,
    form: Json<AnswerJson>,
) -> WebResult {
    let (token, item) = path.into_inner();
    let (guest, q) = open(&state, &token).await?;
    let sitting = begun(&guest)?;
    assessment::check_answer(&q, &item, form.value, form.sequence)?;
    let answer = NewAnswer {
        item,
        value: form.value,
        sequence: form.sequence,
    };
    state.writer.save(sitting, vec![answer]).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[derive(Template)]
#[template(path = "review.html")]
struct ReviewPage {
    frame: Frame,
    token: String,
    missing: usize,
    total: usize,
    page: usize,
}

/// `GET /c/{token}/finish`
pub async fn review(state: Data<State>, req: HttpRequest, token: Path<String>) -> WebResult {
    let (guest, q) = open(&state, &token).await?;
    let sitting = begun(&guest)?;
    if sitting.finished_at.is_some() {
        return Ok(see_other(&format!("/c/{token}/result")));
    }
    let progress = state
        .db
        .read(move |c| assessment::progress(c, &sitting))
        .await?;
    page(&ReviewPage {
        frame: Frame::of(&req).synthetic(state.is_synthetic(guest.organisation).await?),
        token: token.into_inner(),
        missing: progress.missing(&q),
        total: q.items.len(),
        page: progress.resume_page(&q).unwrap_or(1),
    })
}

async fn finish(state: &State, token: &str) -> Result<(), WebError> {
    let (guest, _) = open(state, token).await?;
    let sitting = begun(&guest)?;
    state
        .db
        .write(move |c| assessment::finish(c, &sitting, Instant::now()))
        .await?;
    state.wake.notify_one();
    Ok(())
}

/// `POST /c/{token}/finish`
pub async fn finish_form(state: Data<State>, token: Path<String>) -> WebResult {
    finish(&state, &token).await?;
    Ok(see_other(&format!("/c/{token}/result")))
}

/// `POST /api/v1/sittings/{token}/finish`
pub async fn finish_json(state: Data<State>, req: HttpRequest, token: Path<String>) -> WebResult {
    finish(&state, &token).await?;
    status_json(state, req, token).await
}

struct FacetRow {
    name: String,
    definition: String,
    word: &'static str,
    description: String,
}

#[derive(Template)]
#[template(path = "result.html")]
struct ResultPage {
    frame: Frame,
    q: Arc<Questionnaire>,
    token: String,
    name: String,
    organisation: String,
    withdrawn: bool,
    facets: Vec<FacetRow>,
}

/// `GET /c/{token}/result`
pub async fn result(state: Data<State>, req: HttpRequest, token: Path<String>) -> WebResult {
    let (guest, q) = open(&state, &token).await?;
    let Some(sitting) = guest
        .sitting
        .as_ref()
        .filter(|s| s.finished_at.is_some() || s.withdrawn_at.is_some())
    else {
        return Ok(see_other(&format!("/c/{token}")));
    };
    let withdrawn = sitting.withdrawn_at.is_some();
    let q = shown(&req, &q);
    let (organisation, candidate) = (guest.organisation, guest.candidate.id);
    let results = state
        .db
        .read(move |c| assessment::results_of(c, organisation, &[candidate]))
        .await?;
    let score = results.into_iter().find_map(|(_, score)| score);
    let facets = score.iter().flat_map(|s| &s.facets).filter_map(|f| {
        let facet = q.facets.iter().find(|known| known.id == f.facet)?;
        // The bands of the norm's middle: 40 to 60 holds about two thirds of people.
        let (word, description) = match f.t {
            t if t < 40.0 => ("lower", &facet.low),
            t if t <= 60.0 => ("middle", &facet.middle),
            _ => ("higher", &facet.high),
        };
        Some(FacetRow {
            name: facet.name.clone(),
            definition: facet.definition.clone(),
            word,
            description: description.clone(),
        })
    });
    page(&ResultPage {
        frame: Frame::of(&req).synthetic(state.is_synthetic(guest.organisation).await?),
        facets: facets.collect(),
        token: token.into_inner(),
        name: guest.candidate.name,
        organisation: guest.organisation_name,
        withdrawn,
        q,
    })
}

async fn withdraw(state: &State, token: &str) -> Result<(), WebError> {
    let (guest, _) = open(state, token).await?;
    let sitting = begun(&guest)?;
    Ok(state
        .db
        .write(move |c| assessment::withdraw(c, &sitting, Instant::now()))
        .await?)
}

/// `POST /c/{token}/withdraw`
pub async fn withdraw_form(state: Data<State>, token: Path<String>) -> WebResult {
    withdraw(&state, &token).await?;
    Ok(see_other(&format!("/c/{token}/result")))
}

/// `POST /api/v1/sittings/{token}/withdraw`
pub async fn withdraw_json(state: Data<State>, token: Path<String>) -> WebResult {
    withdraw(&state, &token).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[derive(Serialize)]
struct ItemReply {
    id: String,
    text: String,
    answer: Option<i32>,
}

#[derive(Serialize)]
struct SittingReply {
    state: &'static str,
    questionnaire: String,
    version: i32,
    labels: BTreeMap<i32, String>,
    items: Vec<ItemReply>,
    answered: usize,
    next_sequence: i64,
}

/// `GET /api/v1/sittings/{token}`
pub async fn status_json(state: Data<State>, req: HttpRequest, token: Path<String>) -> WebResult {
    let (guest, q) = open(&state, &token).await?;
    let q = shown(&req, &q);
    let stage = match &guest.sitting {
        None => "invited",
        Some(s) if s.withdrawn_at.is_some() => "withdrawn",
        Some(s) if s.finished_at.is_some() => "finished",
        Some(_) => "started",
    };
    let progress = match guest.sitting.filter(|s| s.withdrawn_at.is_none()) {
        None => None,
        Some(sitting) => Some(
            state
                .db
                .read(move |c| assessment::progress(c, &sitting))
                .await?,
        ),
    };
    let answer = |id: &str| {
        progress
            .as_ref()
            .and_then(|p| p.answers.get(id))
            .map(|a| a.value)
    };
    Ok(HttpResponse::Ok().json(SittingReply {
        state: stage,
        questionnaire: q.slug.clone(),
        version: q.version,
        labels: (q.scale.min..=q.scale.max)
            .zip(q.labels.iter().cloned())
            .collect(),
        items: q
            .items
            .iter()
            .map(|i| ItemReply {
                id: i.id.clone(),
                text: i.text.clone(),
                answer: answer(&i.id),
            })
            .collect(),
        answered: progress.as_ref().map_or(0, |p| p.answers.len()),
        next_sequence: progress.as_ref().map_or(1, |p| p.next_sequence),
    }))
}
