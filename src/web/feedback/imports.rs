//! `/feedback` and `/feedback/imports`: files of feedback, and records sent by programs.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Json, Path, Payload},
};
use askama::Template;
use serde::Serialize;

use super::super::{
    error::{Code, WebError, WebResult},
    frame::Frame,
    multipart,
    render::{attachment, page, see_other},
    state::State,
};
use crate::{
    accounts::Actor,
    documents::csv,
    feedback::{
        self, FeedbackError, ImportRow, ImportState, Mapping, Rejection, Summary,
        import::{RejectedRow, Watcher},
        preview::{self, Preview},
        sources::{self, Source},
        submissions, undo,
        upload::{self, CHUNK_BYTES, Duplicates},
    },
    locale::Locale,
    types::{Id, Instant},
};

/// Rejections on the page; the CSV has up to [`IN_FILE`].
const ON_PAGE: i64 = 100;

const IN_FILE: i64 = 10_000;

#[derive(Template)]
#[template(path = "imports.html")]
struct ImportsPage {
    frame: Frame,
    imports: Vec<ImportRow>,
    sources: Vec<Source>,
    mappings: [(&'static str, &'static str); 2],
}

/// `GET /feedback`
pub async fn imports_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    let organisation = actor.organisation;
    let read = state.db.read(move |c| {
        let sources = sources::sources(c, organisation)?;
        Ok::<_, WebError>((feedback::imports(c, organisation)?, sources))
    });
    let (imports, sources) = read.await?;
    let frame = Frame::of(&req);
    page(&ImportsPage {
        frame,
        imports,
        sources,
        mappings: feedback::mapping::SHIPPED,
    })
}

#[derive(Serialize)]
struct ImportReply {
    id: Id,
    source: String,
    state: ImportState,
    problem: Option<String>,
    rows_read: i64,
    imported: i64,
    corrected: i64,
    duplicates: i64,
    rejected: i64,
    comments: i64,
    redactions: i64,
    started_at: Instant,
    finished_at: Option<Instant>,
}

impl From<ImportRow> for ImportReply {
    fn from(i: ImportRow) -> Self {
        Self {
            id: i.id,
            source: i.source,
            state: i.state,
            problem: i.problem,
            rows_read: i.rows_read,
            imported: i.imported,
            corrected: i.corrected,
            duplicates: i.duplicates,
            rejected: i.rejected,
            comments: i.comments,
            redactions: i.redactions,
            started_at: i.started_at,
            finished_at: i.finished_at,
        }
    }
}

/// `GET /api/v1/feedback/imports`
pub async fn imports_json(state: Data<State>, actor: Actor) -> WebResult {
    let imports = state
        .db
        .read(move |c| feedback::imports(c, actor.organisation))
        .await?;
    let items: Vec<ImportReply> = imports.into_iter().map(Into::into).collect();
    Ok(HttpResponse::Ok().json(serde_json::json!({ "items": items, "next": null })))
}

/// What came of an upload.
enum Received {
    /// The import that the worker reads.
    Kept(Id),
    /// A trial: nothing is stored.
    Tried(Box<Trial>),
}

struct Trial {
    source: String,
    summary: Summary,
    first: Vec<Preview>,
    /// Row, column, reason.
    rejected: Vec<(u64, String, String)>,
}

/// What the form said before the file.
#[derive(Default)]
struct Wishes {
    mapping: Option<String>,
    mapping_file: Option<String>,
    corrects: bool,
    trial: bool,
}

impl Wishes {
    async fn mapping(&self, state: &State, organisation: Id) -> Result<Mapping, WebError> {
        if let Some(text) = &self.mapping_file {
            return Ok(Mapping::parse(text).map_err(FeedbackError::from)?);
        }
        let Some(name) = self.mapping.clone() else {
            let problem = "Name the mapping before the file in the form.";
            return Err(WebError::verbatim(Code::MappingInvalid, problem));
        };
        Ok(state
            .db
            .read(move |c| sources::mapping_named(c, organisation, &name))
            .await?)
    }
}

/// Takes a form with `mapping` or `mapping_file`, `corrects` and `trial` where wished, then `file`; the file goes to the database
/// piece by piece and the worker reads it from there.
async fn receive(
    state: &State,
    req: &HttpRequest,
    payload: Payload,
    actor: &Actor,
) -> Result<Received, WebError> {
    let mut form = multipart::form(req, payload)?;
    let mut wishes = Wishes::default();
    while let Some((name, file_name, mut field)) = multipart::next_part(&mut form).await? {
        if name == "file" {
            let mapping = wishes.mapping(state, actor.organisation).await?;
            let source = file_name.unwrap_or_else(|| "upload.csv".to_owned());
            if wishes.trial {
                return try_out(mapping, source, &mut field).await;
            }
            let corrects = wishes.corrects;
            let kept = keep(state, actor, (mapping, source, corrects), &mut field).await;
            return kept.map(Received::Kept);
        }
        let text = String::from_utf8_lossy(&multipart::whole(&mut field).await?).into_owned();
        match name.as_str() {
            "mapping" => wishes.mapping = Some(text.trim().to_owned()),
            "mapping_file" => {
                wishes.mapping_file = Some(text).filter(|t| !t.trim().is_empty());
            }
            "corrects" => wishes.corrects = text.trim() == "yes",
            "trial" => wishes.trial = text.trim() == "yes",
            _ => {}
        }
    }
    Err(WebError::verbatim(
        Code::FileUnreadable,
        "The form has no field \"file\".",
    ))
}

/// Largest file that a trial on the page reads; the command line tries any.
const TRIAL_BYTES: usize = 32 << 20;

/// Rows that a trial shows.
const TRIAL_ROWS: usize = 10;

/// Hears of rejected rows, keeps the first ones.
#[derive(Default)]
struct FirstRejected(Vec<(u64, String, String)>);

impl Watcher for FirstRejected {
    fn rejected(&mut self, row: &RejectedRow<'_>) -> Result<(), FeedbackError> {
        if self.0.len() < ON_PAGE as usize {
            self.0
                .push((row.number, row.column.to_owned(), row.reason.to_owned()));
        }
        Ok(())
    }
}

async fn try_out(
    mapping: Mapping,
    source: String,
    field: &mut actix_multipart::Field,
) -> Result<Received, WebError> {
    let mut bytes = Vec::new();
    while let Some(some) = multipart::next_bytes(field).await? {
        multipart::within(bytes.len() + some.len(), TRIAL_BYTES)?;
        bytes.extend_from_slice(&some);
    }
    let work = move || {
        let mut rejected = FirstRejected::default();
        let found = preview::preview(&mapping, bytes.as_slice(), &mut rejected, TRIAL_ROWS);
        found.map(|(summary, first)| Trial {
            source,
            summary,
            first,
            rejected: rejected.0,
        })
    };
    let tried = actix_web::web::block(work).await;
    let tried = tried.map_err(|e| WebError::internal(&e))??;
    Ok(Received::Tried(Box::new(tried)))
}

async fn keep(
    state: &State,
    actor: &Actor,
    (mapping, source, corrects): (Mapping, String, bool),
    field: &mut actix_multipart::Field,
) -> Result<Id, WebError> {
    let (organisation, label) = (actor.organisation, actor.label());
    let begin = move |c: &mut _| {
        let duplicates = if corrects {
            Duplicates::Correct
        } else {
            Duplicates::Skip
        };
        let now = Instant::now();
        upload::begin_import(c, organisation, &label, &source, &mapping, duplicates, now)
    };
    let import = state.db.write(begin).await?;
    match store_pieces(state, &import, field).await {
        Ok(pieces) => {
            let id = import.id;
            state
                .db
                .write(move |c| upload::upload_complete(c, &import, pieces, Instant::now()))
                .await?;
            state.wake.notify_one();
            Ok(id)
        }
        Err(error) => {
            let problem = Locale::english().format(&error.message);
            state
                .db
                .write(move |c| upload::abandon_upload(c, &import, &problem, Instant::now()))
                .await?;
            Err(error)
        }
    }
}

async fn store_pieces(
    state: &State,
    import: &ImportRow,
    field: &mut actix_multipart::Field,
) -> Result<i32, WebError> {
    let limit = usize::try_from(state.config.upload_limit_mb << 20).unwrap_or(usize::MAX);
    let (mut piece, mut pieces, mut read) = (Vec::with_capacity(CHUNK_BYTES), 0, 0);
    loop {
        let some = multipart::next_bytes(field).await?;
        if let Some(bytes) = &some {
            read += bytes.len();
            multipart::within(read, limit)?;
            piece.extend_from_slice(bytes);
        }
        if piece.len() >= CHUNK_BYTES || (some.is_none() && !piece.is_empty()) {
            let (bytes, row, position) = (std::mem::take(&mut piece), import.clone(), pieces);
            state
                .db
                .write(move |c| upload::keep_chunk(c, &row, position, &bytes))
                .await?;
            pieces += 1;
        }
        if some.is_none() {
            return if pieces == 0 {
                Err(FeedbackError::EmptyUpload.into())
            } else {
                Ok(pieces)
            };
        }
    }
}

#[derive(Template)]
#[template(path = "rehearsal.html")]
struct RehearsalPage {
    frame: Frame,
    source: String,
    summary: Summary,
    first: Vec<Preview>,
    rejected: Vec<(u64, String, String)>,
}

/// `POST /feedback/imports`
pub async fn upload_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    payload: Payload,
) -> WebResult {
    match receive(&state, &req, payload, &actor).await? {
        Received::Kept(id) => Ok(see_other(&format!("/feedback/imports/{id}"))),
        Received::Tried(trial) => page(&RehearsalPage {
            frame: Frame::of(&req),
            source: trial.source,
            summary: trial.summary,
            first: trial.first,
            rejected: trial.rejected,
        }),
    }
}

/// `POST /api/v1/feedback/imports`: 202, the worker reads the file; 200 for a trial.
pub async fn upload_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    payload: Payload,
) -> WebResult {
    Ok(match receive(&state, &req, payload, &actor).await? {
        Received::Kept(id) => HttpResponse::Accepted().json(serde_json::json!({ "id": id })),
        Received::Tried(trial) => HttpResponse::Ok().json(serde_json::json!({
            "summary": trial.summary,
            "first": trial.first,
            "rejections": trial.rejected.iter().map(|(row, column, reason)| {
                serde_json::json!({ "row": row, "column": column, "reason": reason })
            }).collect::<Vec<_>>(),
        })),
    })
}

#[derive(Template)]
#[template(path = "import.html")]
struct ImportPage {
    frame: Frame,
    import: ImportRow,
    rejections: Vec<Rejection>,
    running: bool,
}

/// `GET /feedback/imports/{id}`
pub async fn import_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    let organisation = actor.organisation;
    let read = state
        .db
        .read(move |c| feedback::import_with_rejections(c, organisation, *id, ON_PAGE));
    let (import, rejections) = read.await?;
    let frame = Frame::of(&req);
    page(&ImportPage {
        frame,
        running: import.finished_at.is_none(),
        import,
        rejections,
    })
}

/// `GET /api/v1/feedback/imports/{id}`
pub async fn import_json(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    let read = state
        .db
        .read(move |c| feedback::import_with_rejections(c, actor.organisation, *id, ON_PAGE));
    let (import, rejections) = read.await?;
    let rejections: Vec<_> = rejections
        .iter()
        .map(|r| serde_json::json!({ "row": r.row_number, "column": r.column_name, "reason": r.reason }))
        .collect();
    Ok(HttpResponse::Ok()
        .json(serde_json::json!({ "import": ImportReply::from(import), "rejections": rejections })))
}

/// `GET /feedback/imports/{id}/rejections.csv`
pub async fn rejections_csv(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    let read = state
        .db
        .read(move |c| feedback::import_with_rejections(c, actor.organisation, *id, IN_FILE));
    let rows = read
        .await?
        .1
        .into_iter()
        .map(|r| vec![r.row_number.to_string(), r.column_name, r.reason]);
    let bytes = csv::write(&["row", "column", "reason"], rows).map_err(FeedbackError::from)?;
    Ok(attachment(
        "rejected-rows.csv",
        "text/csv; charset=utf-8",
        bytes,
    ))
}

/// `POST /api/v1/feedback`: one record, or a list of them.
pub async fn records_json(
    state: Data<State>,
    actor: Actor,
    body: Json<serde_json::Value>,
) -> WebResult {
    let list = match body.into_inner() {
        serde_json::Value::Array(list) => list,
        one => vec![one],
    };
    let (database, by) = (state.db.clone(), actor.label());
    let take =
        move || submissions::submit(&database, actor.organisation, &by, list, Instant::now());
    let taken = actix_web::web::block(take)
        .await
        .map_err(|e| WebError::internal(&e))??;
    Ok(HttpResponse::Ok().json(taken))
}

async fn undo(state: &State, actor: Actor, id: Id) -> Result<(), WebError> {
    let database = state.db.clone();
    let work = move || undo::undo_import(&database, &actor, id, Instant::now());
    let done = actix_web::web::block(work).await;
    Ok(done.map_err(|e| WebError::internal(&e))??)
}

/// `POST /feedback/imports/{id}/undo`
pub async fn undo_form(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    undo(&state, actor, *id).await?;
    Ok(see_other(&format!("/feedback/imports/{id}")))
}

/// `POST /api/v1/feedback/imports/{id}/undo`
pub async fn undo_json(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    undo(&state, actor, *id).await?;
    Ok(HttpResponse::NoContent().finish())
}
