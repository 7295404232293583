//! `POST /api/v1/feedback`: records sent by programs.

use actix_web::{
    HttpRequest,
    web::{Data, Json},
};
use serde_json::Value;
use utoipa::ToSchema;

use super::{
    super::{
        error::WebError,
        idempotency::{IdempotencyHeader, idempotency_of, once, repeated},
        language::ReaderLocale,
        state::State,
    },
    replies::SubmissionReply,
};
use crate::{
    accounts::Actor,
    feedback::{
        CompleteJson,
        submissions::{self, NewRecord},
    },
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
    params(IdempotencyHeader),
    request_body = Records,
    responses((status = 200, description = "What was stored and what was rejected", body = SubmissionReply))
)]
pub async fn records_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    ReaderLocale(locale): ReaderLocale,
    body: Json<CompleteJson>,
) -> Result<Json<SubmissionReply>, WebError> {
    let CompleteJson(body) = body.into_inner();
    let key = idempotency_of(&req, &body)?;
    if let Some(earlier) = repeated(&state, &actor, key.as_ref()).await? {
        return Ok(Json(SubmissionReply::new(earlier, locale)));
    }
    let records = match body {
        Value::Array(list) => list,
        one => vec![one],
    };
    let (database, by) = (state.db.clone(), actor.label());
    let organisation = actor.organisation;
    let work = move || submissions::submit(&database, organisation, &by, records, Instant::now());
    // Each record has an id, so a request that is repeated before its reply is stored adds nothing.
    let submission = state.blocking(work).await?;
    let stored = once(&state, &actor, key, move |_| Ok(submission)).await?;
    Ok(Json(SubmissionReply::new(stored, locale)))
}
