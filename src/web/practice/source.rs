//! `/practice/source`: the practice library as TOML, for experts, and for programs.

use actix_web::{
    HttpRequest,
    http::StatusCode,
    web::{Data, Form, Json},
};
use askama::Template;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    accounts::Actor,
    coaching,
    locale::Message,
    types::{Id, Instant},
    web::{
        done::Done,
        error::{WebError, WebResult},
        forms::Refused,
        frame::Frame,
        render::{confirmed, page_with_status},
        state::State,
    },
};

#[derive(Template)]
#[template(path = "practice_source.html")]
struct SourcePage {
    frame: Frame,
    source: String,
    note: String,
    version: i32,
    problem: Option<Message>,
}

async fn library(state: &State, organisation: Id) -> Result<(String, i32), WebError> {
    Ok(state
        .db
        .read(move |c| coaching::library_source(c, organisation))
        .await?)
}

/// `GET /practice/source`
pub async fn source_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    let (source, version) = library(&state, actor.organisation).await?;
    let shown = SourcePage {
        frame: Frame::of(&req),
        source,
        note: String::new(),
        version,
        problem: None,
    };
    page_with_status(StatusCode::OK, &shown)
}

/// A version of the practice library to save.
#[derive(Clone, Deserialize, ToSchema)]
pub struct PracticeForm {
    /// The whole library in TOML.
    #[serde(default)]
    source: String,
    /// Note on what was changed, and why.
    #[serde(default)]
    note: String,
    /// The version that was edited.
    #[schema(example = 0)]
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
    req: HttpRequest,
    actor: Actor,
    form: Form<PracticeForm>,
) -> WebResult {
    let form = form.into_inner();
    match save(&state, actor, form.clone()).await {
        Ok(_) => Ok(confirmed("/practice", Done::PracticeSaved)),
        Err(problem) => {
            let Refused { form, problem } = Refused::new(form, problem)?;
            let shown = SourcePage {
                frame: Frame::of(&req),
                source: form.source,
                note: form.note,
                version: form.instead_of,
                problem: Some(problem.message),
            };
            page_with_status(problem.code.status(), &shown)
        }
    }
}

/// The current practice library.
#[derive(Serialize, ToSchema)]
pub struct PracticeLibrary {
    /// 0 is the library that ships with the program.
    #[schema(example = 0)]
    version: i32,
    /// The whole library in TOML.
    source: String,
}

/// Returns the current practice library.
#[utoipa::path(
    get,
    path = "/api/v1/practice",
    tag = "Coaching",
    operation_id = "get_practice_library",
    responses((status = 200, body = PracticeLibrary))
)]
pub async fn practice_json(
    state: Data<State>,
    actor: Actor,
) -> Result<Json<PracticeLibrary>, WebError> {
    let (source, version) = library(&state, actor.organisation).await?;
    Ok(Json(PracticeLibrary { version, source }))
}

/// Version of the library that was saved.
#[derive(Serialize, ToSchema)]
pub struct SavedLibrary {
    #[schema(example = 1)]
    pub version: i32,
}

/// Saves a version of the practice library. Existing plans keep their practice.
#[utoipa::path(
    put,
    path = "/api/v1/practice",
    tag = "Coaching",
    operation_id = "save_practice_library",
    request_body = PracticeForm,
    responses(
        (status = 200, body = SavedLibrary),
        (status = 409, description = "`conflict`: another version was saved meanwhile"),
        (status = 422, description = "`library_invalid`")
    )
)]
pub async fn practice_put(
    state: Data<State>,
    actor: Actor,
    form: Json<PracticeForm>,
) -> Result<Json<SavedLibrary>, WebError> {
    let version = save(&state, actor, form.into_inner()).await?;
    Ok(Json(SavedLibrary { version }))
}
