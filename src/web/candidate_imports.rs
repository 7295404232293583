//! Candidates of a vacancy from a file.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path, Payload},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    error::{Code, WebError, WebResult},
    language::ReaderLocale,
    links::{InvitedReply, links_page},
    multipart,
    state::State,
    vacancies::{RefusedForms, back_to, show_vacancy},
};
use crate::{
    accounts::Actor,
    hiring::{self, CandidateImport, HiringError, NewCandidate, RejectedRow},
    locale::Localised,
    msg,
    types::{Id, Instant},
};

/// Candidates in a transaction.
const BATCH: usize = 500;

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

async fn add_batch(
    state: &State,
    actor: &Actor,
    vacancy: Id,
    batch: &[NewCandidate],
) -> Result<CandidateImport, HiringError> {
    let (actor, batch) = (actor.clone(), batch.to_vec());
    let add = move |c: &mut _| hiring::add_batch(c, &actor, vacancy, &batch, Instant::now());
    state.db.write(add).await
}

/// Adds the candidates of a file. Once some are added their links must reach the recruiter, so a
/// later failure rejects the rows that are left.
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
    let reading = state.blocking(move || hiring::read_candidates(&file));
    let file = reading.await?;
    let mut import = CandidateImport {
        added: Vec::new(),
        rejected: file.rejected,
    };
    for (i, batch) in file.candidates.chunks(BATCH).enumerate() {
        match add_batch(state, actor, vacancy, batch).await {
            Ok(some) => {
                import.added.extend(some.added);
                import.rejected.extend(some.rejected);
            }
            Err(error) if import.added.is_empty() => return Err(error.into()),
            Err(error) => {
                tracing::error!(%error, "An import of candidates stopped");
                let left = file.candidates.iter().skip(i * BATCH);
                import.rejected.extend(left.map(|new| RejectedRow {
                    row: new.row,
                    reason: error.message(),
                }));
                break;
            }
        }
    }
    import.rejected.sort_by_key(|rejected| rejected.row);
    Ok(import)
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
#[expect(dead_code, reason = "describes the form; the file is read as a stream")]
pub struct CandidateFile {
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
/// Valid rows are added, the others are listed with a reason.
#[utoipa::path(
    post,
    path = "/api/v1/vacancies/{id}/candidates/import",
    tag = "Hiring",
    operation_id = "import_candidates",
    params(("id" = Id, Path, description = "Vacancy")),
    request_body(content = CandidateFile, content_type = "multipart/form-data"),
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
