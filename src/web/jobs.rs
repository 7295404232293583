//! `/jobs`: background jobs that wait, run or have failed, for administrators.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Json, Path},
};
use askama::Template;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    done::Done,
    error::{WebError, WebResult},
    frame::Frame,
    language::ReaderLocale,
    list::List,
    render::{confirmed, page},
    state::State,
};
use crate::{
    accounts::Actor,
    db::DbConnection,
    jobs::{self, JobInfo, JobStatus},
    locale::{Locale, Localised},
    types::{Id, Instant},
};

#[derive(Template)]
#[template(path = "jobs.html")]
struct JobsPage {
    frame: Frame,
    jobs: Vec<JobInfo>,
}

/// A background job.
#[derive(Serialize, ToSchema)]
pub struct JobReply {
    id: Id,
    #[schema(example = "feedback.import")]
    kind: String,
    /// The kind in plain words.
    #[schema(example = "Import of a feedback file")]
    name: String,
    status: JobStatus,
    /// Attempts since the last progress; after six the job has failed.
    #[schema(example = 2)]
    attempts: i32,
    created_at: Instant,
    /// When a waiting job is due; null for others.
    due_at: Option<Instant>,
    /// Why the last failed attempt failed; null for attempts of earlier versions.
    #[schema(example = "The server stopped while it ran this job.")]
    failure: Option<String>,
    /// What the last failed attempt ended with, in English for technicians, without quoted values.
    #[schema(example = "the database is busy")]
    last_error: Option<String>,
    /// Whether it can be dropped: not while it runs, and not if it deletes personal data.
    can_be_dropped: bool,
}

impl JobReply {
    fn new(job: JobInfo, locale: &Locale) -> Self {
        Self {
            name: locale.format(&job.name()),
            failure: job.failure(locale),
            id: job.id,
            kind: job.kind,
            status: job.status,
            attempts: job.attempts,
            created_at: job.created_at,
            due_at: job.due_at,
            last_error: job.last_error,
            can_be_dropped: job.can_be_dropped,
        }
    }
}

async fn list(state: &State, actor: &Actor) -> Result<Vec<JobInfo>, WebError> {
    let organisation = Some(actor.organisation);
    let read = move |c: &mut DbConnection| jobs::jobs(c, organisation, Instant::now());
    Ok(state.db.read(read).await?)
}

async fn retry(state: &State, actor: Actor, id: Id) -> Result<(), WebError> {
    let retry = move |c: &mut DbConnection| {
        let organisation = Some(actor.organisation);
        jobs::retry(c, organisation, id, &actor.label(), Instant::now())
    };
    state.db.write(retry).await?;
    state.wake.notify_waiters();
    Ok(())
}

async fn discard(state: &State, actor: Actor, id: Id) -> Result<(), WebError> {
    let discard = move |c: &mut DbConnection| {
        let organisation = Some(actor.organisation);
        jobs::discard(c, organisation, id, &actor.label(), Instant::now())
    };
    Ok(state.db.write(discard).await?)
}

/// `GET /jobs`
pub async fn jobs_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    let jobs = list(&state, &actor).await?;
    let frame = Frame::of(&req);
    page(&JobsPage { frame, jobs })
}

/// Lists the background jobs that wait, run or have failed: failed ones first, then by when they
/// are due.
#[utoipa::path(
    get,
    path = "/api/v1/jobs",
    tag = "Account",
    operation_id = "list_jobs",
    responses((status = 200, description = "At most 200 jobs", body = List<JobReply>))
)]
pub async fn jobs_json(
    state: Data<State>,
    actor: Actor,
    ReaderLocale(locale): ReaderLocale,
) -> Result<Json<List<JobReply>>, WebError> {
    let jobs = list(&state, &actor).await?.into_iter();
    let items = jobs.map(|job| JobReply::new(job, locale)).collect();
    Ok(Json(List::complete(items)))
}

/// `POST /jobs/{id}/retry`
pub async fn retry_form(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    retry(&state, actor, *id).await?;
    Ok(confirmed("/jobs", Done::JobRetried))
}

/// Puts a failed job back into the queue. An import goes on behind the rows that it has stored.
#[utoipa::path(
    post,
    path = "/api/v1/jobs/{id}/retry",
    tag = "Account",
    operation_id = "retry_job",
    params(("id" = Id, Path, description = "The job")),
    responses(
        (status = 204, description = "Waiting again"),
        (status = 409, description = "`step_refused`: the job has not failed")
    )
)]
pub async fn retry_json(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    retry(&state, actor, *id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /jobs/{id}/drop`
pub async fn drop_form(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    discard(&state, actor, *id).await?;
    Ok(confirmed("/jobs", Done::JobDropped))
}

/// Deletes a job that is not running. An import or an export that waits for it is marked as failed,
/// and the uploaded file is deleted.
#[utoipa::path(
    post,
    path = "/api/v1/jobs/{id}/drop",
    tag = "Account",
    operation_id = "drop_job",
    params(("id" = Id, Path, description = "The job")),
    responses(
        (status = 204, description = "Dropped"),
        (status = 409, description = "`step_refused`: the job is running, or it deletes personal data")
    )
)]
pub async fn drop_json(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    discard(&state, actor, *id).await?;
    Ok(HttpResponse::NoContent().finish())
}
