//! `/feedback` and `/feedback/imports`: the list of imports, one import, and its undo.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Json, Path},
};
use askama::Template;
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::super::{
    done::Done,
    error::{WebError, WebResult},
    forms::{self, Refused},
    frame::Frame,
    language::ReaderLocale,
    list::List,
    render::{attachment, confirmed, page, page_with_status, see_other},
    state::State,
};
use crate::{
    accounts::Actor,
    db::DbConnection,
    documents::csv,
    feedback::{
        self, ImportReport, ImportRow, ImportState, Rejection,
        mapping::SHIPPED,
        sources::{self, Source},
        undo,
        upload::{self, FAILED_FILE_DAYS},
    },
    jobs,
    locale::{Locale, Localised, Message},
    msg,
    types::{Id, Instant},
};

/// Rejections in a reply or on a page.
pub(super) const SHOWN_REJECTIONS: i64 = 100;
/// Rejections in the CSV file: all that are stored.
const REJECTIONS_IN_FILE: i64 = 10_000;

#[derive(Template)]
#[template(path = "imports.html")]
struct ImportsPage {
    frame: Frame,
    imports: Vec<ImportRow>,
    sources: Vec<Source>,
    mappings: [(&'static str, &'static str); 2],
    form: UploadChoices,
    problem: Option<Message>,
}

/// What was chosen for an upload. A browser does not keep the files.
#[derive(Default)]
pub(super) struct UploadChoices {
    pub mapping: Option<String>,
    pub corrects: bool,
    pub preview: bool,
}

impl UploadChoices {
    fn has_mapping(&self, name: &str) -> bool {
        self.mapping.as_deref() == Some(name)
    }
}

/// `GET /feedback`
pub async fn imports_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    show(&state, &req, &actor, None).await
}

/// Shows the list of imports, with the form for an upload if it was refused.
pub(super) async fn show(
    state: &State,
    req: &HttpRequest,
    actor: &Actor,
    refused: Option<Refused<UploadChoices>>,
) -> WebResult {
    let organisation = actor.organisation;
    let read = state.db.read(move |c| {
        let sources = sources::sources(c, organisation)?;
        Ok::<_, WebError>((feedback::imports(c, organisation)?, sources))
    });
    let (imports, sources) = read.await?;
    let status = forms::status(refused.as_ref());
    let (form, problem) = refused.map(Refused::into_parts).unzip();
    let shown = ImportsPage {
        frame: Frame::of(req),
        imports,
        sources,
        mappings: SHIPPED,
        form: form.unwrap_or_default(),
        problem,
    };
    page_with_status(status, &shown)
}

/// An import. The counts add up: rows read = imported + corrected + duplicates + rejected.
#[derive(Serialize, ToSchema)]
pub struct ImportReply {
    id: Id,
    /// Name of the file, or of the sender.
    #[schema(example = "december-survey.csv")]
    source: String,
    state: ImportState,
    /// Why reading stopped before the end of the file.
    problem: Option<String>,
    #[schema(example = 12206)]
    rows_read: i64,
    #[schema(example = 12190)]
    imported: i64,
    #[schema(example = 0)]
    corrected: i64,
    #[schema(example = 10)]
    duplicates: i64,
    #[schema(example = 6)]
    rejected: i64,
    /// Imported rows with a comment.
    #[schema(example = 3100)]
    comments: i64,
    /// Pieces of personal data removed from comments.
    #[schema(example = 41)]
    redactions: i64,
    started_at: Instant,
    finished_at: Option<Instant>,
    /// The day (UTC) on which a source delivered the rows; null for other imports.
    #[schema(example = "2026-11-22")]
    delivered_on: Option<NaiveDate>,
}

impl ImportReply {
    fn new(i: ImportRow, locale: &Locale) -> Self {
        Self {
            id: i.id,
            source: i.source,
            state: i.state,
            problem: i.problem.map(|problem| problem.text(locale)),
            rows_read: i.rows_read,
            imported: i.imported,
            corrected: i.corrected,
            duplicates: i.duplicates,
            rejected: i.rejected,
            comments: i.comments,
            redactions: i.redactions,
            started_at: i.started_at,
            finished_at: i.finished_at,
            delivered_on: i.delivered_on.map(Instant::date),
        }
    }
}

/// A rejected row.
#[derive(Serialize, ToSchema)]
pub struct RejectionReply {
    /// From 1; the header is row 1.
    #[schema(example = 7)]
    pub row: i64,
    /// The column at fault; empty when the whole row is.
    #[schema(example = "csat")]
    pub column: String,
    #[schema(example = "6 is not a whole number from 1 to 5")]
    pub reason: String,
}

impl RejectionReply {
    fn new(rejection: Rejection, locale: &Locale) -> Self {
        Self {
            row: rejection.row_number,
            column: rejection.column_name,
            reason: rejection.reason.text(locale),
        }
    }
}

/// What an import assumed, left out and rejected.
#[derive(Serialize, ToSchema)]
pub struct ReportReply {
    /// What the reader of the file assumed or left out.
    #[schema(example = json!(["Text read as windows-1252, because it is not UTF-8."]))]
    pub notes: Vec<String>,
    /// Rejections by kind, the most frequent kind first.
    pub rejections: Vec<RejectionGroupReply>,
    /// Duplicates with other values than the record that has their id; null if there are none.
    pub differing: Option<DifferingReply>,
}

/// Duplicates that differ from the record that has their id. They were left out.
#[derive(Serialize, ToSchema)]
pub struct DifferingReply {
    #[schema(example = 3)]
    pub count: i64,
    /// From 1; the header is row 1.
    #[schema(example = 7)]
    pub first_row: u64,
}

/// Rejected rows with the same kind of problem in the same column.
#[derive(Serialize, ToSchema)]
pub struct RejectionGroupReply {
    #[schema(example = 6)]
    pub count: i64,
    /// From 1; the header is row 1.
    #[schema(example = 7)]
    pub first_row: u64,
    /// The column at fault; empty when the whole row is.
    #[schema(example = "csat")]
    pub column: String,
    /// What is wrong with the first of these rows.
    #[schema(example = "6 is not a whole number from 1 to 5")]
    pub reason: String,
}

impl ReportReply {
    pub(super) fn new(report: &ImportReport, locale: &Locale) -> Self {
        let notes = report.notes.iter();
        let groups = report.rejections().into_iter();
        Self {
            notes: notes.map(|note| locale.format(&note.message())).collect(),
            rejections: groups
                .map(|group| RejectionGroupReply {
                    count: group.count,
                    first_row: group.first_row,
                    column: group.first.column.clone(),
                    reason: locale.format(&group.first.reason.message()),
                })
                .collect(),
            differing: report.differing.map(|differing| DifferingReply {
                count: differing.count,
                first_row: differing.first_row,
            }),
        }
    }
}

/// The stored report of an import; empty if it has none.
fn report_of(import: &ImportRow, locale: &Locale) -> Result<ReportReply, WebError> {
    let report = ImportReport::stored(import.report.as_ref());
    let report = report.map_err(|e| WebError::internal(&e))?;
    Ok(ReportReply::new(&report, locale))
}

/// Lists the 100 newest imports, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/feedback/imports",
    tag = "Feedback",
    operation_id = "list_imports",
    responses((status = 200, description = "The imports", body = List<ImportReply>))
)]
pub async fn imports_json(
    state: Data<State>,
    actor: Actor,
    ReaderLocale(locale): ReaderLocale,
) -> Result<Json<List<ImportReply>>, WebError> {
    let imports = state
        .db
        .read(move |c| feedback::imports(c, actor.organisation))
        .await?;
    let items = imports.into_iter().map(|i| ImportReply::new(i, locale));
    Ok(Json(List::complete(items.collect())))
}

#[derive(Template)]
#[template(path = "import.html")]
struct ImportPage {
    frame: Frame,
    import: ImportRow,
    report: ReportReply,
    rejections: Vec<RejectionReply>,
    can_be_retried: bool,
    kept_days: i64,
}

impl ImportPage {
    /// What happened to duplicates with other values.
    fn differing(&self, differing: &DifferingReply) -> Message {
        msg!(
            "import-differing",
            count = differing.count,
            row = differing.first_row,
            corrects = msg!("upload-corrects")
        )
    }

    fn running(&self) -> bool {
        self.import.finished_at.is_none()
    }

    fn finished(&self) -> bool {
        self.import.state == ImportState::Finished
    }

    fn undone(&self) -> bool {
        self.import.state == ImportState::Undone
    }

    /// The day, for deliveries of a source.
    fn delivered_on(&self) -> Option<NaiveDate> {
        self.import.delivered_on.map(Instant::date)
    }

    fn undo_hint(&self) -> &'static str {
        match self.import.delivered_on {
            Some(_) => "import-undo-day-hint",
            None => "import-undo-hint",
        }
    }

    fn can_be_undone(&self) -> bool {
        let changed = self.import.imported > 0 || self.import.corrected > 0;
        changed && !self.running() && !self.undone()
    }
}

struct Found {
    import: ImportRow,
    rejections: Vec<RejectionReply>,
    can_be_retried: bool,
}

async fn find(
    state: &State,
    actor: &Actor,
    locale: &Locale,
    id: Id,
    most: i64,
) -> Result<Found, WebError> {
    let organisation = actor.organisation;
    let read = move |c: &mut DbConnection| {
        let found = feedback::import_with_rejections(c, organisation, id, most)?;
        let job = upload::failed_job(c, organisation, id)?;
        Ok::<_, WebError>((found, job))
    };
    let ((import, rejections), job) = state.db.read(read).await?;
    Ok(Found {
        import,
        rejections: rejections
            .into_iter()
            .map(|rejection| RejectionReply::new(rejection, locale))
            .collect(),
        can_be_retried: job.is_some(),
    })
}

/// `GET /feedback/imports/{id}`
pub async fn import_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    let frame = Frame::of(&req);
    let found = find(&state, &actor, frame.locale, *id, SHOWN_REJECTIONS).await?;
    if found.import.state == ImportState::Previewed {
        return Ok(see_other(&format!("/feedback/imports/{id}/preview")));
    }
    page(&ImportPage {
        report: report_of(&found.import, frame.locale)?,
        frame,
        import: found.import,
        rejections: found.rejections,
        can_be_retried: found.can_be_retried,
        kept_days: FAILED_FILE_DAYS,
    })
}

/// An import with its first rejections.
#[derive(Serialize, ToSchema)]
pub struct ImportDetailReply {
    import: ImportReply,
    report: ReportReply,
    /// At most 100.
    rejections: Vec<RejectionReply>,
    /// Whether the import failed and its file is still kept.
    can_be_retried: bool,
}

/// Shows an import with its first 100 rejected rows.
#[utoipa::path(
    get,
    path = "/api/v1/feedback/imports/{id}",
    tag = "Feedback",
    operation_id = "get_import",
    params(("id" = Id, Path, description = "The import")),
    responses((status = 200, description = "The import", body = ImportDetailReply))
)]
pub async fn import_json(
    state: Data<State>,
    actor: Actor,
    ReaderLocale(locale): ReaderLocale,
    id: Path<Id>,
) -> Result<Json<ImportDetailReply>, WebError> {
    let found = find(&state, &actor, locale, *id, SHOWN_REJECTIONS).await?;
    Ok(Json(ImportDetailReply {
        report: report_of(&found.import, locale)?,
        import: ImportReply::new(found.import, locale),
        rejections: found.rejections,
        can_be_retried: found.can_be_retried,
    }))
}

/// `GET /feedback/imports/{id}/rejections.csv`
pub async fn rejections_csv(
    state: Data<State>,
    actor: Actor,
    ReaderLocale(locale): ReaderLocale,
    id: Path<Id>,
) -> WebResult {
    let found = find(&state, &actor, locale, *id, REJECTIONS_IN_FILE).await?;
    let rows = found
        .rejections
        .into_iter()
        .map(|r| vec![r.row.to_string(), r.column, r.reason]);
    let bytes =
        csv::write(&["row", "column", "reason"], rows).map_err(|e| WebError::internal(&e))?;
    Ok(attachment(
        "rejected-rows.csv",
        "text/csv; charset=utf-8",
        bytes,
    ))
}

async fn retry(state: &State, actor: Actor, id: Id) -> Result<(), WebError> {
    let retry = move |c: &mut DbConnection| jobs::retry_import(c, &actor, id, Instant::now());
    state.db.write(retry).await?;
    state.wake.notify_waiters();
    Ok(())
}

/// `POST /feedback/imports/{id}/retry`
pub async fn retry_form(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    retry(&state, actor, *id).await?;
    let page = format!("/feedback/imports/{id}");
    Ok(confirmed(&page, Done::ImportRetried))
}

/// Lets an import go on where it stopped because of a problem on the server. Its file is kept for
/// seven days.
#[utoipa::path(
    post,
    path = "/api/v1/feedback/imports/{id}/retry",
    tag = "Feedback",
    operation_id = "retry_import",
    params(("id" = Id, Path, description = "The import")),
    responses(
        (status = 204, description = "Waiting again"),
        (status = 409, description = "`step_refused`: it has not failed, or its file is no longer kept")
    )
)]
pub async fn retry_json(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    retry(&state, actor, *id).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn undo(state: &State, actor: Actor, id: Id) -> Result<(), WebError> {
    let database = state.db.clone();
    state
        .blocking(move || undo::undo_import(&database, &actor, id, Instant::now()))
        .await
}

/// `POST /feedback/imports/{id}/undo`
pub async fn undo_form(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    undo(&state, actor, *id).await?;
    Ok(see_other(&format!("/feedback/imports/{id}")))
}

/// Deletes the rows of an import and restores the rows that it corrected.
#[utoipa::path(
    post,
    path = "/api/v1/feedback/imports/{id}/undo",
    tag = "Feedback",
    operation_id = "undo_import",
    params(("id" = Id, Path, description = "The import")),
    responses(
        (status = 204, description = "Undone"),
        (status = 409, description = "`step_refused`: still running, or undone before")
    )
)]
pub async fn undo_json(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    undo(&state, actor, *id).await?;
    Ok(HttpResponse::NoContent().finish())
}
