//! `/teams`: files for a whole team.

use actix_web::{
    HttpResponse,
    web::{Data, Path, block},
};

use super::{
    error::{WebError, WebResult},
    idempotency::CreatedReply,
    praise::private,
    render::{attachment, see_other},
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
    responses((
        status = 200,
        description = "The archive",
        body = Vec<u8>,
        content_type = "application/zip"
    ))
)]
pub async fn team_plans(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    let plans = state
        .db
        .write(move |c| coaching::team_plans(c, &actor, *id, Instant::now()))
        .await?;
    let archive = block(move || coaching::plan_archive(&plans, Locale::english())).await;
    let bytes = archive.map_err(|e| WebError::internal(&e))??;
    Ok(private(attachment("plans.zip", "application/zip", bytes)))
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
        ("format" = String, Path, description = "pdf, docx, html, md or json", example = "pdf")
    ),
    responses(
        (
            status = 200,
            description = "The document",
            body = Vec<u8>,
            content_type = "application/octet-stream"
        ),
        (status = 409, description = "`too_few`")
    )
)]
pub async fn workshop_file(
    state: Data<State>,
    actor: Actor,
    path: Path<(Id, String)>,
) -> WebResult {
    let (team, ending) = path.into_inner();
    let format = Format::parse(&ending)?;
    let organisation = actor.organisation;
    let prepared = state
        .db
        .read(move |c| workshop::prepare(c, organisation, team, Instant::now()))
        .await?;
    let document = workshop_document::document(&prepared, Locale::english());
    let render = move || coaching::render_document(&document, format);
    let bytes = block(render).await.map_err(|e| WebError::internal(&e))??;
    let name = format!("workshop.{ending}");
    Ok(private(attachment(&name, format.media_type(), bytes)))
}
