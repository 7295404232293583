//! Pages of a sitting. They work without scripts: a page's form saves its answers at once.

use std::{collections::BTreeMap, sync::Arc};

use actix_web::{
    HttpRequest,
    web::{Data, Form, Path},
};
use askama::Template;
use serde::Deserialize;

use super::access::{consent, finish, frame, open, progress, started, translated, withdraw};
use crate::{
    assessment::{
        self, AssessmentError, Item, Progress, Questionnaire, Sitting, writer::NewAnswer,
    },
    hiring::Guest,
    locale::Message,
    msg,
    web::{
        error::{Code, WebError, WebResult},
        forms::{self, Refused},
        frame::Frame,
        render::{page, page_with_status, see_other},
        state::State,
    },
};

#[derive(Template)]
#[template(path = "welcome.html")]
struct WelcomePage {
    frame: Frame,
    q: Arc<Questionnaire>,
    token: String,
    invitation: Message,
    problem: Option<Message>,
}

/// `GET /c/{token}`: the welcome page, or where the candidate left off.
pub async fn welcome(state: Data<State>, req: HttpRequest, token: Path<String>) -> WebResult {
    let (guest, q) = open(&state, &req, &token).await?;
    if let Some(sitting) = guest.sitting {
        let place = resume_at(&state, sitting, &q).await?;
        return Ok(see_other(&format!("/c/{token}/{place}")));
    }
    show_welcome(&state, &req, guest, &q, &token, None).await
}

async fn show_welcome(
    state: &State,
    req: &HttpRequest,
    guest: Guest,
    q: &Questionnaire,
    token: &str,
    refused: Option<Refused<()>>,
) -> WebResult {
    let q = translated(req, q);
    let status = forms::status(refused.as_ref());
    let shown = WelcomePage {
        frame: frame(state, req, &guest).await?,
        token: token.to_owned(),
        invitation: invitation(guest, &q),
        q,
        problem: refused.map(|refused| refused.problem.message),
    };
    page_with_status(status, &shown)
}

fn invitation(guest: Guest, q: &Questionnaire) -> Message {
    msg!(
        "welcome-invitation",
        name = guest.candidate.name,
        organisation = guest.organisation_name,
        vacancy = guest.vacancy_title,
        count = q.items.len(),
        minutes = q.minutes
    )
}

/// Path below the link where the candidate left off.
async fn resume_at(state: &State, sitting: Sitting, q: &Questionnaire) -> Result<String, WebError> {
    if sitting.finished_at.is_some() || sitting.withdrawn_at.is_some() {
        return Ok("result".to_owned());
    }
    let open_page = progress(state, sitting).await?.resume_page(q);
    Ok(open_page.map_or_else(|| "finish".to_owned(), |page| format!("page/{page}")))
}

#[derive(Deserialize)]
pub struct ConsentForm {
    #[serde(default)]
    agree: String,
}

/// `POST /c/{token}/consent`
pub async fn consent_form(
    state: Data<State>,
    req: HttpRequest,
    token: Path<String>,
    form: Form<ConsentForm>,
) -> WebResult {
    match consent(&state, &req, &token, form.agree == "yes").await {
        Ok(()) => Ok(see_other(&format!("/c/{token}/page/1"))),
        Err(problem) => {
            let refused = Refused::new((), problem)?;
            let (guest, q) = open(&state, &req, &token).await?;
            show_welcome(&state, &req, guest, &q, &token, Some(refused)).await
        }
    }
}

struct ItemRow {
    id: String,
    text: String,
    chosen: Option<i32>,
    /// Whether it has no answer although a later statement has one.
    skipped: bool,
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
    choices: Vec<(i32, String)>,
    /// Whether the statements of the other pages are answered.
    others_answered: bool,
}

impl SittingPage {
    fn new(
        frame: Frame,
        token: String,
        page: usize,
        q: Arc<Questionnaire>,
        progress: &Progress,
    ) -> Self {
        let is_answered = |item: &Item| progress.answers.contains_key(&item.id);
        let last = q.items.iter().rposition(is_answered);
        let first_here = page.saturating_sub(1) * q.items_per_page;
        let items = q.page(page).iter().enumerate().map(|(at, item)| ItemRow {
            id: item.id.clone(),
            text: item.text.clone(),
            chosen: progress.answers.get(&item.id).map(|a| a.value),
            skipped: !is_answered(item) && last.is_some_and(|last| first_here + at < last),
        });
        let others_answered = progress.unanswered(&q).all(|(at, _)| at == page);
        let labels = q.labels.iter().cloned();
        Self {
            items: items.collect(),
            choices: (q.scale.min..=q.scale.max).zip(labels).collect(),
            others_answered,
            page,
            pages: q.pages(),
            answered: progress.answers.len(),
            next_sequence: progress.next_sequence,
            frame,
            token,
            q,
        }
    }
}

/// `GET /c/{token}/page/{page}`
pub async fn sitting_page(
    state: Data<State>,
    req: HttpRequest,
    path: Path<(String, usize)>,
) -> WebResult {
    let (token, number) = path.into_inner();
    let (guest, q) = open(&state, &req, &token).await?;
    if guest.sitting.is_none() {
        return Ok(see_other(&format!("/c/{token}")));
    }
    let sitting = started(&guest)?;
    if sitting.finished_at.is_some() {
        return Ok(see_other(&format!("/c/{token}/result")));
    }
    if q.page(number).is_empty() {
        return Err(WebError::not_found());
    }
    let progress = progress(&state, sitting).await?;
    let frame = frame(&state, &req, &guest).await?;
    let q = translated(&req, &q);
    page(&SittingPage::new(frame, token, number, q, &progress))
}

/// `POST /c/{token}/page/{page}`: all answers of a page, for browsers without scripts.
pub async fn sitting_form(
    state: Data<State>,
    req: HttpRequest,
    path: Path<(String, usize)>,
    form: Form<BTreeMap<String, String>>,
) -> WebResult {
    let (token, number) = path.into_inner();
    let (guest, q) = open(&state, &req, &token).await?;
    let sitting = started(&guest)?;
    if sitting.finished_at.is_some() {
        // A page from the browser's history: the result says that the answers are closed.
        return Ok(see_other(&format!("/c/{token}/result")));
    }
    save_page(&state, &sitting, &q, &form).await?;
    let next = match form.get("go").map(String::as_str) {
        Some("back") => number.saturating_sub(1).max(1),
        Some("review") => q.pages() + 1,
        _ => number.saturating_add(1),
    };
    Ok(see_other(&if next > q.pages() {
        format!("/c/{token}/finish")
    } else {
        format!("/c/{token}/page/{next}")
    }))
}

/// Saves the answers that differ from the stored ones. The script may save one of them at the same
/// moment; the remaining differences are then sent again.
async fn save_page(
    state: &State,
    sitting: &Sitting,
    q: &Questionnaire,
    form: &BTreeMap<String, String>,
) -> Result<(), WebError> {
    for attempt in 0.. {
        let stored = progress(state, sitting.clone()).await?;
        let answers = changed(q, form, &stored)?;
        if answers.is_empty() {
            break;
        }
        match state.writer.save(sitting.clone(), answers).await {
            Ok(()) => break,
            Err(AssessmentError::Conflict { .. }) if attempt < 3 => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Answers of a form that are not stored already.
fn changed(
    q: &Questionnaire,
    form: &BTreeMap<String, String>,
    progress: &Progress,
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
        let stored = progress.answers.get(item);
        if stored.is_none_or(|stored| stored.value != value) {
            answers.push(NewAnswer {
                item: item.clone(),
                value,
                sequence,
            });
        }
    }
    Ok(answers)
}

#[derive(Template)]
#[template(path = "review.html")]
struct ReviewPage {
    frame: Frame,
    token: String,
    /// Language of the statements.
    language: String,
    /// Statements without an answer: page, id and text.
    unanswered: Vec<(usize, String, String)>,
    total: usize,
}

/// `GET /c/{token}/finish`
pub async fn review(state: Data<State>, req: HttpRequest, token: Path<String>) -> WebResult {
    let (guest, q) = open(&state, &req, &token).await?;
    let sitting = started(&guest)?;
    if sitting.finished_at.is_some() {
        return Ok(see_other(&format!("/c/{token}/result")));
    }
    let progress = progress(&state, sitting).await?;
    let q = translated(&req, &q);
    let unanswered = progress.unanswered(&q);
    page(&ReviewPage {
        frame: frame(&state, &req, &guest).await?,
        token: token.into_inner(),
        language: q.locale.clone(),
        unanswered: unanswered
            .map(|(page, item)| (page, item.id.clone(), item.text.clone()))
            .collect(),
        total: q.items.len(),
    })
}

/// `POST /c/{token}/finish`
pub async fn finish_form(state: Data<State>, req: HttpRequest, token: Path<String>) -> WebResult {
    match finish(&state, &req, &token).await {
        Ok(()) => Ok(see_other(&format!("/c/{token}/result"))),
        // The page before the last step says how many answers are missing, and leads to them.
        Err(e) if e.code == Code::AnswersMissing => Ok(see_other(&format!("/c/{token}/finish"))),
        Err(error) => Err(error),
    }
}

/// `POST /c/{token}/withdraw`
pub async fn withdraw_form(state: Data<State>, req: HttpRequest, token: Path<String>) -> WebResult {
    withdraw(&state, &req, &token).await?;
    Ok(see_other(&format!("/c/{token}/result")))
}
