//! `/exports`: plans of a whole team as one archive.

use actix_web::{
    HttpRequest,
    web::{Data, Json, Path},
};
use askama::Template;

use super::{
    downloads::{ArchiveFile, archive},
    error::{WebError, WebResult},
    frame::Frame,
    render::page,
    state::State,
};
use crate::{
    accounts::Actor,
    coaching::{
        ExportState,
        plan_export::{self, PlanExport},
    },
    types::{Id, Instant},
};

#[derive(Template)]
#[template(path = "export.html")]
struct ExportPage {
    frame: Frame,
    export: PlanExport,
}

async fn find(state: &State, actor: &Actor, id: Id) -> Result<PlanExport, WebError> {
    let organisation = actor.organisation;
    Ok(state
        .db
        .read(move |c| plan_export::find(c, organisation, id))
        .await?)
}

/// `GET /exports/{id}`
pub async fn export_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    let export = find(&state, &actor, *id).await?;
    page(&ExportPage {
        frame: Frame::of(&req),
        export,
    })
}

/// Returns the progress of an export of plans.
#[utoipa::path(
    get,
    path = "/api/v1/exports/{id}",
    tag = "Coaching",
    operation_id = "get_plan_export",
    params(("id" = Id, Path, description = "The export")),
    responses((status = 200, body = PlanExport))
)]
pub async fn export_json(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
) -> Result<Json<PlanExport>, WebError> {
    Ok(Json(find(&state, &actor, *id).await?))
}

/// Returns the archive of an export that is ready, with each plan as PDF.
#[utoipa::path(
    get,
    path = "/api/v1/exports/{id}/plans.zip",
    tag = "Coaching",
    operation_id = "download_plan_export",
    params(("id" = Id, Path, description = "The export")),
    responses(ArchiveFile)
)]
pub async fn export_file(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    let bytes = state
        .db
        .write(move |c| plan_export::bytes(c, &actor, *id, Instant::now()))
        .await?;
    Ok(archive(bytes))
}
