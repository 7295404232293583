//! `/api/v1/questionnaires`: published questionnaires.

use actix_web::{HttpResponse, web::Data};

use super::{error::WebResult, state::State};
use crate::accounts::Actor;
use crate::assessment;

/// `GET /api/v1/questionnaires`
pub async fn questionnaires_json(state: Data<State>, actor: Actor) -> WebResult {
    let items = state
        .db
        .read(move |c| assessment::published(c, actor.organisation))
        .await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({ "items": items })))
}
