//! `/comments`: moderation of single comments.

use actix_web::{
    HttpRequest,
    http::StatusCode,
    web::{Data, Form, Json, Path},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    done::Done,
    error::{WebError, WebResult},
    forms::Refused,
    idempotency::{IdempotencyHeader, answered, idempotency_of},
    praise::{self, Moderation},
    render::confirmed,
    state::State,
};
use crate::{
    accounts::Actor,
    praise::moderation,
    types::{Id, Instant},
};

/// Whether a comment is passed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Release {
    Yes,
    #[default]
    No,
}

/// A decision about a comment.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct ModerationForm {
    #[serde(default)]
    released: Release,
    /// Required.
    #[serde(default)]
    #[schema(example = "Kindly meant; the agent wants to see it")]
    reason: String,
}

async fn moderate(
    state: &State,
    actor: Actor,
    id: Id,
    form: ModerationForm,
) -> Result<(), WebError> {
    let released = form.released == Release::Yes;
    Ok(state
        .db
        .write(move |c| moderation::decide(c, &actor, id, released, &form.reason, Instant::now()))
        .await?)
}

/// `POST /comments/{id}/moderation`
pub async fn moderation_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    form: Form<ModerationForm>,
) -> WebResult {
    let (id, form) = (*id, form.into_inner());
    match moderate(&state, actor.clone(), id, form.clone()).await {
        Ok(()) => Ok(confirmed("/praise/newest", Done::ModerationSaved)),
        Err(problem) => {
            let pass_on = form.released == Release::Yes;
            let refused = Refused::new(Moderation { id, pass_on }, problem)?;
            praise::show(&state, &req, &actor, None, Some(refused)).await
        }
    }
}

/// Decides whether a comment is passed on. Comments that insult are withheld until somebody decides
/// otherwise.
#[utoipa::path(
    post,
    path = "/api/v1/comments/{id}/moderation",
    tag = "Feedback",
    operation_id = "moderate_comment",
    params(
        ("id" = Id, Path, description = "The feedback with the comment"),
        IdempotencyHeader
    ),
    request_body = ModerationForm,
    responses(
        (status = 204, description = "Stored"),
        (status = 422, description = "`reason_needed`")
    )
)]
pub async fn moderation_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    form: Json<ModerationForm>,
) -> WebResult {
    let key = idempotency_of(&req, &*form)?;
    answered(
        &state,
        &actor.clone(),
        StatusCode::NO_CONTENT,
        key,
        move |c| {
            let released = form.released == Release::Yes;
            let (reason, now) = (&form.reason, Instant::now());
            Ok(moderation::decide(c, &actor, *id, released, reason, now)?)
        },
    )
    .await
}
