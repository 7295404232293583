//! `POST /api/v1/feedback`: records sent by programs.

use actix_web::web::{Data, Json};
use serde_json::Value;
use utoipa::ToSchema;

use super::super::{error::WebError, state::State};
use crate::{
    accounts::Actor,
    feedback::submissions::{self, NewRecord, Submission},
    types::Instant,
};

/// One record, or a list of up to 500. A record that cannot be read is rejected without the others.
#[derive(ToSchema)]
#[serde(untagged)]
pub enum Records {
    One(Box<NewRecord>),
    Many(Vec<NewRecord>),
}

/// Stores feedback. A record whose external id is stored is counted as a duplicate.
#[utoipa::path(
    post,
    path = "/api/v1/feedback",
    tag = "Feedback",
    operation_id = "send_feedback",
    request_body = Records,
    responses((status = 200, description = "What was stored and what was rejected", body = Submission))
)]
pub async fn records_json(
    state: Data<State>,
    actor: Actor,
    body: Json<Value>,
) -> Result<Json<Submission>, WebError> {
    let records = match body.into_inner() {
        Value::Array(list) => list,
        one => vec![one],
    };
    let database = state.db.clone();
    let work = move || {
        let by = actor.label();
        submissions::submit(&database, actor.organisation, &by, records, Instant::now())
    };
    Ok(Json(state.blocking(work).await?))
}
