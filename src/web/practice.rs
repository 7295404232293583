//! `/practice`: the practice library.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json},
};
use askama::Template;
use serde::Deserialize;

use super::{
    error::{WebError, WebResult},
    frame::Frame,
    render::{page, see_other},
    state::State,
};
use crate::{
    accounts::{Actor, Role},
    coaching,
    types::Instant,
};

#[derive(Template)]
#[template(path = "practice.html")]
struct PracticePage {
    frame: Frame,
    editor: bool,
    source: String,
    version: i32,
}

/// `GET /practice`
pub async fn practice_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    let organisation = actor.organisation;
    let (source, version) = state
        .db
        .read(move |c| coaching::library_source(c, organisation))
        .await?;
    page(&PracticePage {
        frame: Frame::of(&req),
        editor: matches!(actor.role, Role::Admin | Role::Coach),
        source,
        version,
    })
}

#[derive(Deserialize)]
pub struct PracticeForm {
    #[serde(default)]
    source: String,
    #[serde(default)]
    note: String,
    instead_of: i32,
}

async fn save(state: &State, actor: Actor, form: PracticeForm) -> Result<i32, WebError> {
    Ok(state
        .db
        .write(move |c| {
            let now = Instant::now();
            coaching::save_library(c, &actor, &form.source, &form.note, form.instead_of, now)
        })
        .await?)
}

/// `POST /practice`
pub async fn practice_form(
    state: Data<State>,
    actor: Actor,
    form: Form<PracticeForm>,
) -> WebResult {
    save(&state, actor, form.into_inner()).await?;
    Ok(see_other("/practice"))
}

/// `GET /api/v1/practice`
pub async fn practice_json(state: Data<State>, actor: Actor) -> WebResult {
    let (source, version) = state
        .db
        .read(move |c| coaching::library_source(c, actor.organisation))
        .await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({ "version": version, "source": source })))
}

/// `PUT /api/v1/practice`
pub async fn practice_put(state: Data<State>, actor: Actor, form: Json<PracticeForm>) -> WebResult {
    let version = save(&state, actor, form.into_inner()).await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({ "version": version })))
}
