//! `/exports`: plans of a whole team as one archive.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use askama::Template;

use super::{
    error::{WebError, WebResult},
    frame::Frame,
    praise::private,
    render::{attachment, page},
    state::State,
};
use crate::{
    accounts::Actor,
    coaching::plan_export::{self, PlanExport},
    types::{Id, Instant},
};

#[derive(Template)]
#[template(path = "export.html")]
struct ExportPage {
    frame: Frame,
    export: PlanExport,
}

async fn found(state: &State, actor: &Actor, id: Id) -> Result<PlanExport, WebError> {
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
    let export = found(&state, &actor, *id).await?;
    page(&ExportPage {
        frame: Frame::of(&req),
        export,
    })
}

/// `GET /api/v1/exports/{id}`
pub async fn export_json(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    Ok(HttpResponse::Ok().json(found(&state, &actor, *id).await?))
}

/// `GET /exports/{id}/plans.zip` and the same under `/api/v1`
pub async fn export_file(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    let bytes = state
        .db
        .write(move |c| plan_export::bytes(c, &actor, *id, Instant::now()))
        .await?;
    Ok(private(attachment("plans.zip", "application/zip", bytes)))
}
