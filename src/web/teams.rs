//! `/teams`: files for a whole team.

use actix_web::{
    HttpResponse,
    web::{Data, Path},
};

use super::{
    error::{WebError, WebResult},
    praise::private,
    render::{attachment, see_other},
    state::State,
};
use crate::{
    accounts::Actor,
    coaching::{self, Format, plan_export, workshop},
    types::{Id, Instant},
};

/// `GET /teams/{id}/plans.zip` and the same under `/api/v1`
pub async fn team_plans(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    let plans = state
        .db
        .write(move |c| coaching::team_plans(c, &actor, *id, Instant::now()))
        .await?;
    let packed = actix_web::web::block(move || coaching::plan_archive(&plans)).await;
    let bytes = packed.map_err(|e| WebError::internal(&e))??;
    Ok(attachment("plans.zip", "application/zip", bytes))
}

async fn ask(state: &State, actor: Actor, team: Id) -> Result<Id, WebError> {
    let id = state
        .db
        .write(move |c| plan_export::request(c, &actor, team, Instant::now()))
        .await?;
    state.wake.notify_one();
    Ok(id)
}

/// `POST /teams/{id}/exports`
pub async fn export_form(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    let export = ask(&state, actor, *id).await?;
    Ok(see_other(&format!("/exports/{export}")))
}

/// `POST /api/v1/teams/{id}/exports`: 202, the worker makes the plans.
pub async fn request_export_json(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    let export = ask(&state, actor, *id).await?;
    Ok(HttpResponse::Accepted().json(serde_json::json!({ "id": export })))
}

/// `GET /teams/{id}/workshop.{format}` and the same under `/api/v1`
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
    let render = move || coaching::render_document(&workshop::document(&prepared), format);
    let bytes = actix_web::web::block(render)
        .await
        .map_err(|e| WebError::internal(&e))??;
    Ok(private(attachment(
        &format!("workshop.{ending}"),
        format.media_type(),
        bytes,
    )))
}
