//! `/teams`: files for a whole team.

use actix_web::{
    HttpResponse,
    web::{Data, Path, block},
};

use super::{
    downloads::{ArchiveFile, DocumentFile, archive, document},
    error::{WebError, WebResult},
    idempotency::CreatedReply,
    render::see_other,
    state::State,
};
use crate::{
    accounts::Actor,
    coaching::{self, Format, plan_export, workshop, workshop_document},
    locale::Locale,
    types::{Id, Instant},
};

/// Returns the newest plan of each agent of a team as PDF, in one archive.
#[utoipa::path(
    get,
    path = "/api/v1/teams/{id}/plans.zip",
    tag = "Coaching",
    operation_id = "download_team_plans",
    params(("id" = Id, Path, description = "The team")),
    responses(ArchiveFile)
)]
pub async fn team_plans(
    state: Data<State>,
    actor: Actor,
    locale: &'static Locale,
    id: Path<Id>,
) -> WebResult {
    let plans = state
        .db
        .write(move |c| coaching::team_plans(c, &actor, *id, Instant::now()))
        .await?;
    let packed = block(move || coaching::plan_archive(&plans, locale)).await;
    let bytes = packed.map_err(|e| WebError::internal(&e))??;
    Ok(archive(bytes))
}

async fn request(state: &State, actor: Actor, team: Id) -> Result<Id, WebError> {
    let id = state
        .db
        .write(move |c| plan_export::request(c, &actor, team, Instant::now()))
        .await?;
    state.wake.notify_one();
    Ok(id)
}

/// `POST /teams/{id}/exports`
pub async fn export_form(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    let export = request(&state, actor, *id).await?;
    Ok(see_other(&format!("/exports/{export}")))
}

/// Requests plans for all agents of a team. A background job makes them.
#[utoipa::path(
    post,
    path = "/api/v1/teams/{id}/exports",
    tag = "Coaching",
    operation_id = "request_plan_export",
    params(("id" = Id, Path, description = "The team")),
    responses((status = 202, description = "The id of the export", body = CreatedReply))
)]
pub async fn request_export_json(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    let id = request(&state, actor, *id).await?;
    Ok(HttpResponse::Accepted().json(CreatedReply { id }))
}

/// Returns the workshop sheet of a team, in which nobody is named.
#[utoipa::path(
    get,
    path = "/api/v1/teams/{id}/workshop.{format}",
    tag = "Coaching",
    operation_id = "download_team_workshop",
    params(
        ("id" = Id, Path, description = "The team"),
        ("format" = inline(Format), Path, description = "Format of the document")
    ),
    responses(
        DocumentFile,
        (status = 409, description = "`too_few`")
    )
)]
pub async fn workshop_file(
    state: Data<State>,
    actor: Actor,
    locale: &'static Locale,
    path: Path<(Id, Format)>,
) -> WebResult {
    let (team, format) = path.into_inner();
    let organisation = actor.organisation;
    let prepared = state
        .db
        .read(move |c| workshop::prepare(c, organisation, team, Instant::now()))
        .await?;
    let sheet = workshop_document::document(&prepared, locale);
    document("workshop", format, sheet).await
}
