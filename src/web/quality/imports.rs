//! `/quality`: the list of imports of quality checks, one import, and its undo.

use actix_web::{
    HttpRequest,
    web::{Data, Json, Path},
};
use askama::Template;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    accounts::Actor,
    locale::{Locale, Localised, Message},
    quality::{
        import::{self, QualityImport},
        mapping::EXAMPLE,
        reader::RejectedRow,
    },
    types::{Id, Instant},
    web::{
        error::{WebError, WebResult},
        forms::{self, Refused},
        frame::Frame,
        language::locale_of,
        list::List,
        render::{page, page_with_status, see_other},
        state::State,
    },
};

/// Rejected rows in a reply.
const SHOWN_REJECTIONS: usize = 100;

/// A row that was not imported.
#[derive(Debug, Serialize, ToSchema)]
pub struct QualityRejection {
    /// Row number in a spreadsheet, from 1.
    #[schema(example = 14)]
    row: u64,
    /// The column at fault; empty when the whole row is.
    column: String,
    reason: String,
}

/// An import with its first rejected rows.
#[derive(Debug, Serialize, ToSchema)]
pub struct QualityImportReply {
    #[serde(flatten)]
    import: QualityImport,
    /// First rejected rows, at most 100.
    rejections: Vec<QualityRejection>,
}

impl QualityImportReply {
    pub(super) fn new(
        import: QualityImport,
        rejected: &[RejectedRow],
        locale: &'static Locale,
    ) -> Self {
        let rejected = rejected.iter().take(SHOWN_REJECTIONS);
        let rejection = |rejected: &RejectedRow| QualityRejection {
            row: rejected.row,
            column: rejected.column.clone(),
            reason: locale.format(&rejected.reason.message()),
        };
        Self {
            import,
            rejections: rejected.map(rejection).collect(),
        }
    }
}

#[derive(Template)]
#[template(path = "quality.html")]
struct ImportsPage {
    frame: Frame,
    imports: Vec<QualityImport>,
    problem: Option<Message>,
}

impl ImportsPage {
    const EXAMPLE: &'static str = EXAMPLE;

    fn state(import: &QualityImport) -> &'static str {
        match (import.imported_at, import.undone_at) {
            (None, _) => "quality-state-waiting",
            (Some(_), None) => "quality-state-imported",
            (Some(_), Some(_)) => "quality-state-undone",
        }
    }

    /// Address of the page of an import: before it is imported, that of its mapping.
    fn address(import: &QualityImport) -> String {
        let id = import.id;
        match import.imported_at {
            None => format!("/quality/imports/{id}/mapping"),
            Some(_) => format!("/quality/imports/{id}"),
        }
    }
}

/// `GET /quality`
pub async fn imports_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    show_imports(&state, &req, &actor, None).await
}

pub(super) async fn show_imports(
    state: &State,
    req: &HttpRequest,
    actor: &Actor,
    refused: Option<Refused<()>>,
) -> WebResult {
    let organisation = actor.organisation;
    let imports = state.db.read(move |c| import::imports(c, organisation));
    let imports = imports.await?;
    let status = forms::status(refused.as_ref());
    let shown = ImportsPage {
        frame: Frame::of(req),
        imports,
        problem: refused.map(|refused| refused.into_parts().1),
    };
    page_with_status(status, &shown)
}

/// Lists the newest imports of quality checks, newest first, at most 100.
#[utoipa::path(
    get,
    path = "/api/v1/quality/imports",
    tag = "Coaching",
    operation_id = "list_scorecard_imports",
    responses((status = 200, body = List<QualityImport>))
)]
pub async fn imports_json(
    state: Data<State>,
    actor: Actor,
) -> Result<Json<List<QualityImport>>, WebError> {
    let imports = state
        .db
        .read(move |c| import::imports(c, actor.organisation));
    Ok(Json(List::complete(imports.await?)))
}

async fn find(
    state: &State,
    actor: &Actor,
    id: Id,
    locale: &'static Locale,
) -> Result<QualityImportReply, WebError> {
    let organisation = actor.organisation;
    let read = move |c: &mut _| import::import_with_rejections(c, organisation, id);
    let (import, rejected) = state.db.read(read).await?;
    Ok(QualityImportReply::new(import, &rejected, locale))
}

#[derive(Template)]
#[template(path = "quality_import.html")]
struct ImportPage {
    frame: Frame,
    reply: QualityImportReply,
}

/// `GET /quality/imports/{id}`
pub async fn import_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    let reply = find(&state, &actor, *id, locale_of(&req)).await?;
    if reply.import.imported_at.is_none() {
        return Ok(see_other(&format!("/quality/imports/{id}/mapping")));
    }
    page(&ImportPage {
        frame: Frame::of(&req),
        reply,
    })
}

/// Returns an import of quality checks with its first rejected rows.
#[utoipa::path(
    get,
    path = "/api/v1/quality/imports/{id}",
    tag = "Coaching",
    operation_id = "get_scorecard_import",
    params(("id" = Id, Path, description = "The import")),
    responses((status = 200, body = QualityImportReply))
)]
pub async fn import_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> Result<Json<QualityImportReply>, WebError> {
    Ok(Json(find(&state, &actor, *id, locale_of(&req)).await?))
}

async fn undo(state: &State, actor: Actor, id: Id) -> Result<QualityImport, WebError> {
    let undo = move |c: &mut _| import::undo(c, &actor, id, Instant::now());
    Ok(state.db.write(undo).await?)
}

/// `POST /quality/imports/{id}/undo`
pub async fn undo_form(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    undo(&state, actor, *id).await?;
    Ok(see_other(&format!("/quality/imports/{id}")))
}

/// Deletes the scores of an import and restores those that it replaced. Plans made from them keep
/// their figures.
#[utoipa::path(
    post,
    path = "/api/v1/quality/imports/{id}/undo",
    tag = "Coaching",
    operation_id = "undo_scorecard_import",
    params(("id" = Id, Path, description = "The import")),
    responses(
        (status = 200, body = QualityImport),
        (status = 409, description = "`step_refused`: not imported, or undone before")
    )
)]
pub async fn undo_json(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
) -> Result<Json<QualityImport>, WebError> {
    Ok(Json(undo(&state, actor, *id).await?))
}
