//! `/vacancies`: vacancies, shortlists and invitations.

use actix_web::{
    HttpRequest,
    http::StatusCode,
    web::{Data, Form, Json, Path, Query},
};
use askama::Template;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    done::Done,
    error::{WebError, WebResult},
    forms::{self, Refused},
    frame::Frame,
    idempotency::{IdempotencyHeader, created, idempotency, once},
    language::ReaderLocale,
    links::{Back, InvitedReply, invited_reply, links_page},
    list::List,
    render::{attachment, confirmed, page_with_status},
    shortlist::EntryReply,
    state::State,
};
use crate::{
    accounts::Actor,
    assessment::{self, PublishedTitle, ScoreStage},
    documents::charts,
    hiring::{self, Entry, HiringError, Invited, VacancySummary},
    locale::{Localised, Message, decimal},
    msg,
    types::{Id, Instant},
};

/// Vacancies in one reply.
const PAGE: i64 = 100;

#[derive(Template)]
#[template(path = "vacancies.html")]
struct VacanciesPage {
    frame: Frame,
    vacancies: Vec<VacancySummary>,
    questionnaires: Vec<PublishedTitle>,
    form: Option<VacancyRequest>,
    problem: Option<Message>,
}

impl VacanciesPage {
    fn title(&self) -> &str {
        self.form.as_ref().map_or("", |form| &form.title)
    }

    fn selected(&self, questionnaire: &Id) -> bool {
        let mut form = self.form.iter();
        form.any(|form| form.questionnaire_id == *questionnaire)
    }
}

/// `GET /vacancies`
pub async fn vacancies_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    show_vacancies(&state, &req, actor, None).await
}

async fn show_vacancies(
    state: &State,
    req: &HttpRequest,
    actor: Actor,
    refused: Option<Refused<VacancyRequest>>,
) -> WebResult {
    let read = state.db.read(move |c| {
        let vacancies = hiring::vacancies(c, &actor, None, PAGE)?;
        Ok::<_, HiringError>((vacancies, assessment::published(c, actor.organisation)?))
    });
    let (vacancies, questionnaires) = read.await?;
    let status = forms::status(refused.as_ref());
    let (form, problem) = refused.map(Refused::into_parts).unzip();
    let shown = VacanciesPage {
        frame: Frame::of(req),
        vacancies,
        questionnaires,
        form,
        problem,
    };
    page_with_status(status, &shown)
}

/// Selects a page of a list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Before {
    /// `next` of the page before.
    before: Option<Id>,
}

/// Lists vacancies, newest first. `next` of the reply is `before` of the following request.
#[utoipa::path(
    get,
    path = "/api/v1/vacancies",
    tag = "Hiring",
    operation_id = "list_vacancies",
    params(Before),
    responses((status = 200, body = List<VacancySummary>))
)]
pub async fn vacancies_json(
    state: Data<State>,
    actor: Actor,
    query: Query<Before>,
) -> Result<Json<List<VacancySummary>>, WebError> {
    let items = state
        .db
        .read(move |c| hiring::vacancies(c, &actor, query.before, PAGE))
        .await?;
    let last = items.last().filter(|_| items.len() as i64 == PAGE);
    let next = last.map(|v| v.id.to_string());
    Ok(Json(List { items, next }))
}

/// A new vacancy.
#[derive(Deserialize, ToSchema)]
pub struct VacancyRequest {
    #[schema(example = "Customer adviser, Leeds", max_length = 200)]
    title: String,
    questionnaire_id: Id,
}

/// A vacancy.
#[derive(Serialize, ToSchema)]
pub struct VacancyReply {
    id: Id,
    #[schema(example = "Customer adviser, Leeds")]
    title: String,
    questionnaire_id: Id,
}

/// `POST /vacancies`
pub async fn create_vacancy_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    form: Form<VacancyRequest>,
) -> WebResult {
    let (form, who) = (form.into_inner(), actor.clone());
    let title = form.title.clone();
    let opened = state
        .db
        .write(move |c| {
            hiring::create_vacancy(c, &who, &title, form.questionnaire_id, Instant::now())
        })
        .await;
    match opened {
        Ok(vacancy) => Ok(confirmed(
            &format!("/vacancies/{}", vacancy.id),
            Done::VacancyCreated,
        )),
        Err(error) => {
            let refused = Refused::new(form, error.into())?;
            show_vacancies(&state, &req, actor, Some(refused)).await
        }
    }
}

/// Opens a vacancy.
#[utoipa::path(
    post,
    path = "/api/v1/vacancies",
    tag = "Hiring",
    operation_id = "create_vacancy",
    params(IdempotencyHeader),
    responses(
        (status = 201, body = VacancyReply),
        (status = 404, description = "`not_found`: there is no such questionnaire")
    )
)]
pub async fn create_vacancy_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    form: Json<VacancyRequest>,
) -> WebResult {
    let key = idempotency(&req, &[&form.title, &form.questionnaire_id.to_string()])?;
    created(&state, &actor.clone(), key, move |c| {
        let (title, questionnaire) = (&form.title, form.questionnaire_id);
        let opened = hiring::create_vacancy(c, &actor, title, questionnaire, Instant::now())?;
        Ok(VacancyReply {
            id: opened.id,
            title: opened.title,
            questionnaire_id: opened.questionnaire_id,
        })
    })
    .await
}

/// A row of the shortlist page.
struct Row {
    entry: Entry,
    /// Score and facets as SVG.
    charts: String,
    /// True for the first candidate clearly below the top one.
    below_top: bool,
}

impl Row {
    fn score(&self) -> Option<Message> {
        let (score, range) = (self.entry.score.as_ref()?, self.entry.interval?);
        Some(msg!(
            "vacancy-score",
            score = decimal(score.composite, 0),
            low = decimal(range.low, 0),
            high = decimal(range.high, 0)
        ))
    }

    fn ranks(&self) -> Option<Message> {
        let [best, worst] = self.entry.rank_range?;
        Some(if best == worst {
            msg!("vacancy-rank", rank = best)
        } else {
            msg!("vacancy-rank-range", best = best, worst = worst)
        })
    }

    fn check_quality(&self) -> bool {
        self.entry.score.as_ref().is_some_and(|s| s.quality_note)
    }
}

#[derive(Template)]
#[template(path = "vacancy.html")]
struct VacancyPage {
    frame: Frame,
    id: Id,
    title: String,
    scored: usize,
    provisional: bool,
    /// What the charts of the rows share.
    scale: String,
    rows: Vec<Row>,
    form: CandidateRequest,
    problem: Option<Message>,
    /// The candidate who has the address already.
    existing: Option<Id>,
    /// Why a file was refused.
    file_problem: Option<Message>,
}

/// The refused form of the page, if one was refused.
#[derive(Default)]
pub(super) struct RefusedForms {
    candidate: Option<Refused<CandidateRequest>>,
    existing: Option<Id>,
    file: Option<Refused<()>>,
}

impl RefusedForms {
    fn candidate(form: CandidateRequest, error: HiringError) -> Result<Self, WebError> {
        let existing = match error {
            HiringError::AlreadyInVacancy(existing) => existing,
            _ => None,
        };
        Ok(Self {
            candidate: Some(Refused::new(form, error.into())?),
            existing,
            ..Self::default()
        })
    }

    pub(super) fn file(problem: WebError) -> Result<Self, WebError> {
        Ok(Self {
            file: Some(Refused::new((), problem)?),
            ..Self::default()
        })
    }

    fn status(&self) -> StatusCode {
        match &self.file {
            None => forms::status(self.candidate.as_ref()),
            file => forms::status(file.as_ref()),
        }
    }
}

/// `GET /vacancies/{id}`
pub async fn vacancy_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    show_vacancy(&state, &req, actor, *id, RefusedForms::default()).await
}

pub(super) async fn show_vacancy(
    state: &State,
    req: &HttpRequest,
    actor: Actor,
    id: Id,
    refused: RefusedForms,
) -> WebResult {
    let read = state.db.read(move |c| {
        let vacancy = hiring::vacancy(c, &actor, id)?;
        Ok::<_, HiringError>((vacancy, hiring::shortlist(c, &actor, id)?))
    });
    let (vacancy, entries) = read.await?;
    let frame = Frame::of(req);
    let status = refused.status();
    let (form, problem) = refused.candidate.map(Refused::into_parts).unzip();
    let scores = || entries.iter().filter_map(|e| e.score.as_ref());
    let shown = VacancyPage {
        id,
        title: vacancy.title,
        scored: scores().count(),
        scale: charts::shortlist_scale(entries.first().and_then(|e| e.comparison)),
        provisional: scores().any(|s| s.stage == ScoreStage::Provisional),
        rows: rows(&frame, entries),
        frame,
        form: form.unwrap_or_default(),
        problem,
        existing: refused.existing,
        file_problem: refused.file.map(|file| file.problem.message),
    };
    page_with_status(status, &shown)
}

fn rows(frame: &Frame, entries: Vec<Entry>) -> Vec<Row> {
    let below = |e: &Entry| e.rank.is_some() && !e.tied_with_top;
    let first_below = entries.iter().position(below);
    let charts = |e: &Entry| match (&e.score, e.comparison) {
        (Some(score), Some(interval)) => {
            let (locale, name) = (frame.locale, &e.name);
            let facets = score.facets.iter().map(|f| (f.name.clone(), f.t));
            let facets: Vec<_> = facets.collect();
            charts::shortlist_chart(locale, name, score.composite, interval, &facets)
        }
        _ => String::new(),
    };
    let entries = entries.into_iter().enumerate();
    entries
        .map(|(i, entry)| Row {
            charts: charts(&entry),
            below_top: first_below == Some(i),
            entry,
        })
        .collect()
}

/// Ranks the candidates of a vacancy.
///
/// Candidates with a score come first, the highest at the top. A rank is a range where scores are
/// too close to call.
#[utoipa::path(
    get,
    path = "/api/v1/vacancies/{id}/shortlist",
    tag = "Hiring",
    operation_id = "get_shortlist",
    params(("id" = Id, Path, description = "Vacancy")),
    responses((status = 200, body = List<EntryReply>))
)]
pub async fn shortlist_json(
    state: Data<State>,
    actor: Actor,
    ReaderLocale(locale): ReaderLocale,
    id: Path<Id>,
) -> Result<Json<List<EntryReply>>, WebError> {
    let entries = state
        .db
        .read(move |c| hiring::shortlist(c, &actor, *id))
        .await?;
    let entries = entries.into_iter();
    let items = entries.map(|entry| EntryReply::new(entry, locale));
    Ok(Json(List::complete(items.collect())))
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

/// A new candidate.
#[derive(Clone, Default, Deserialize, ToSchema)]
pub struct CandidateRequest {
    #[schema(example = "Robin Example", max_length = 200)]
    name: String,
    #[schema(example = "robin@candidate.example")]
    email: String,
}

async fn add(
    state: &State,
    actor: Actor,
    vacancy: Id,
    form: CandidateRequest,
) -> Result<Invited, HiringError> {
    let links = state.links.clone();
    state
        .db
        .write(move |c| {
            let (name, email) = (&form.name, &form.email);
            hiring::add_candidate(c, &actor, &links, vacancy, name, email, Instant::now())
        })
        .await
}

pub(super) fn back_to(vacancy: Id) -> Back {
    Back {
        address: format!("/vacancies/{vacancy}"),
        name: msg!("links-back-to-vacancy"),
    }
}

/// `POST /vacancies/{id}/candidates`
pub async fn add_candidate_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    form: Form<CandidateRequest>,
) -> WebResult {
    let form = form.into_inner();
    match add(&state, actor.clone(), *id, form.clone()).await {
        Ok(invited) => links_page(&state, &req, &[invited], Vec::new(), back_to(*id)),
        Err(error) => {
            let refused = RefusedForms::candidate(form, error)?;
            show_vacancy(&state, &req, actor, *id, refused).await
        }
    }
}

/// Adds a candidate and creates their link.
///
/// An address can be added once. A repeated request with the same `Idempotency-Key` returns the
/// same link.
#[utoipa::path(
    post,
    path = "/api/v1/vacancies/{id}/candidates",
    tag = "Hiring",
    operation_id = "add_candidate",
    params(("id" = Id, Path, description = "Vacancy"), IdempotencyHeader),
    responses((status = 201, body = InvitedReply))
)]
pub async fn add_candidate_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    form: Json<CandidateRequest>,
) -> WebResult {
    let key = idempotency(&req, &[&form.name, &form.email])?;
    let (links, who) = (state.links.clone(), actor.clone());
    let add = move |c: &mut _| {
        let (name, email) = (&form.name, &form.email);
        let invited = hiring::add_candidate(c, &who, &links, *id, name, email, Instant::now())?;
        Ok((invited.candidate_id, invited.invitation_id))
    };
    let ids = once(&state, &actor, key, add).await?;
    invited_reply(&state, &req, actor, ids).await
}
