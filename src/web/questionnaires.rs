//! `/api/v1/questionnaires`: published questionnaires.

use actix_web::web::{Data, Json};
use serde::Serialize;
use utoipa::ToSchema;

use super::{error::WebError, state::State};
use crate::{
    accounts::Actor,
    assessment::{self, PublishedTitle},
};

/// Published questionnaires by slug, newest version first.
#[derive(Serialize, ToSchema)]
pub struct QuestionnaireList {
    items: Vec<PublishedTitle>,
}

/// Lists the published questionnaires.
#[utoipa::path(
    get,
    path = "/api/v1/questionnaires",
    tag = "Hiring",
    operation_id = "list_questionnaires",
    responses((status = 200, body = QuestionnaireList))
)]
pub async fn questionnaires_json(
    state: Data<State>,
    actor: Actor,
) -> Result<Json<QuestionnaireList>, WebError> {
    let items = state
        .db
        .read(move |c| assessment::published(c, actor.organisation))
        .await?;
    Ok(Json(QuestionnaireList { items }))
}
