//! Candidates of a vacancy from a file.

use std::sync::Arc;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Payload},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    error::{Code, WebError, WebResult},
    idempotency::{Idempotency, IdempotencyHeader, idempotency, keep_progress, repeated},
    language::ReaderLocale,
    links::{InvitedReply, links_page},
    multipart,
    state::State,
    vacancies::{RefusedForms, back_to, show_vacancy},
};
use crate::{
    accounts::Actor,
    hiring::{self, CandidateFile, CandidateImport, Progress},
    msg,
    types::{Id, Instant},
};

async fn sent_file(req: &HttpRequest, payload: Payload) -> Result<Vec<u8>, WebError> {
    let mut form = multipart::form(req, payload)?;
    while let Some((name, _, mut field)) = multipart::next_part(&mut form).await? {
        if name == "file" {
            return multipart::whole(&mut field).await;
        }
    }
    Err(WebError::new(
        Code::FileUnreadable,
        msg!("error-no-file-field"),
    ))
}

/// Adds the candidates of a file. Once some are added their links must reach the recruiter: a later
/// failure rejects the rows that are left or, with a key, lets a repeated request add them.
async fn import(
    state: &State,
    req: &HttpRequest,
    payload: Payload,
    actor: &Actor,
    vacancy: Id,
) -> Result<CandidateImport, WebError> {
    let who = actor.clone();
    let known = state.db.read(move |c| hiring::vacancy(c, &who, vacancy));
    known.await?;
    let file = sent_file(req, payload).await?;
    let mut key = idempotency(req, &[])?;
    if let Some(key) = &mut key {
        key.update(&file);
    }
    let reading = state.blocking(move || hiring::read_candidates(&file));
    let file = Arc::new(reading.await?);
    let mut progress = repeated(state, actor, key.as_ref()).await?;
    let mut left = None;
    loop {
        let so_far = progress.as_ref();
        if so_far.is_some_and(|so_far: &Progress| so_far.is_complete(&file)) {
            break;
        }
        match next_batch(state, actor, vacancy, &file, (key.as_ref(), so_far)).await {
            Ok(next) => progress = Some(next),
            Err(error) if key.is_some() || so_far.is_none_or(Progress::is_empty) => {
                return Err(error);
            }
            Err(error) => {
                let cause = error.cause.as_deref();
                tracing::error!(%error, cause, "An import of candidates stopped");
                left = Some(error.message);
                break;
            }
        }
    }
    let file = Arc::unwrap_or_clone(file);
    let progress = progress.unwrap_or_default();
    Ok(progress.result(file, &state.links, left.as_ref()))
}

async fn next_batch(
    state: &State,
    actor: &Actor,
    vacancy: Id,
    file: &Arc<CandidateFile>,
    (key, before): (Option<&Idempotency>, Option<&Progress>),
) -> Result<Progress, WebError> {
    let (actor, links, file) = (actor.clone(), state.links.clone(), Arc::clone(file));
    let (key, before) = (key.cloned(), before.cloned());
    let add = move |c: &mut _| {
        let (so_far, now) = (before.clone().unwrap_or_default(), Instant::now());
        let after = hiring::add_batch(c, &actor, &links, vacancy, &file, so_far, now)?;
        if let Some(key) = &key {
            keep_progress(c, &actor, key, before.as_ref(), &after)?;
        }
        Ok::<_, WebError>(after)
    };
    state.db.write(add).await
}

/// `POST /vacancies/{id}/candidates/import`
pub async fn import_candidates_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    payload: Payload,
) -> WebResult {
    match import(&state, &req, payload, &actor, *id).await {
        Ok(done) => links_page(&state, &req, &done.added, done.rejected, back_to(*id)),
        Err(problem) => {
            let refused = RefusedForms::file(problem)?;
            show_vacancy(&state, &req, actor, *id, refused).await
        }
    }
}

/// A CSV file.
#[derive(ToSchema)]
#[schema(as = CandidateFile)]
#[expect(dead_code, reason = "describes the form; the file is read as a stream")]
pub struct CandidateForm {
    /// CSV with the columns `name` and `email`.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Candidates added from a file, and rows that were not.
#[derive(Serialize, ToSchema)]
pub struct CandidateImportReply {
    added: Vec<InvitedReply>,
    rejected: Vec<RejectedCandidate>,
}

/// A row that was not added.
#[derive(Serialize, ToSchema)]
struct RejectedCandidate {
    /// Row number as in a spreadsheet; the header is row 1.
    #[schema(example = 3)]
    row: u64,
    reason: String,
}

/// Adds candidates from a CSV file with the columns `name` and `email`.
///
/// Valid rows are added, the others are listed with a reason. A repeated request with the same
/// `Idempotency-Key` and file returns the same links; if the first one was interrupted, it adds the
/// rows that are left.
#[utoipa::path(
    post,
    path = "/api/v1/vacancies/{id}/candidates/import",
    tag = "Hiring",
    operation_id = "import_candidates",
    params(("id" = Id, Path, description = "Vacancy"), IdempotencyHeader),
    request_body(content = CandidateForm, content_type = "multipart/form-data"),
    responses((status = 201, body = CandidateImportReply))
)]
pub async fn import_candidates_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    ReaderLocale(locale): ReaderLocale,
    id: Path<Id>,
    payload: Payload,
) -> WebResult {
    let done = import(&state, &req, payload, &actor, *id).await?;
    let invited = |i| InvitedReply::new(&state, &req, i);
    let rejected = done.rejected.into_iter().map(|rejected| RejectedCandidate {
        row: rejected.row,
        reason: locale.format(&rejected.reason),
    });
    Ok(HttpResponse::Created().json(CandidateImportReply {
        added: done.added.into_iter().map(invited).collect(),
        rejected: rejected.collect(),
    }))
}
