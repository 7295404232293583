//! `/comments`: moderation of single comments.

use actix_web::{
    HttpResponse,
    web::{Data, Form, Json, Path},
};
use serde::Deserialize;

use super::{
    error::{WebError, WebResult},
    render::see_other,
    state::State,
};
use crate::{
    accounts::Actor,
    praise::moderation,
    types::{Id, Instant},
};

#[derive(Deserialize)]
pub struct ModerationForm {
    #[serde(default)]
    released: String,
    #[serde(default)]
    reason: String,
}

async fn moderate(
    state: &State,
    actor: Actor,
    id: Id,
    form: ModerationForm,
) -> Result<(), WebError> {
    let released = form.released == "yes";
    Ok(state
        .db
        .write(move |c| moderation::decide(c, &actor, id, released, &form.reason, Instant::now()))
        .await?)
}

/// `POST /comments/{id}/moderation`
pub async fn moderation_form(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
    form: Form<ModerationForm>,
) -> WebResult {
    moderate(&state, actor, *id, form.into_inner()).await?;
    Ok(see_other("/praise/newest"))
}

/// `POST /api/v1/comments/{id}/moderation`
pub async fn moderation_json(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
    form: Json<ModerationForm>,
) -> WebResult {
    moderate(&state, actor, *id, form.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}
