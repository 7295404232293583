//! A team's papers: plans for everybody made in the background, a workshop pack, and the practice library behind both.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Path},
};
use askama::Template;
use serde::Deserialize;

use super::{
    State,
    auth::Who,
    error::{WebError, WebResult},
    render::{Frame, attachment, page, see_other},
    voices::private,
};
use crate::{
    accounts::Role,
    coaching::{
        self, Format, brief,
        plan_export::{self, PlanExport},
        workshop,
    },
    types::{Id, Instant},
};

async fn ask(state: &State, who: Who, team: Id) -> Result<Id, WebError> {
    let id = state
        .db
        .write(move |c| plan_export::request(c, &who.0, team, Instant::now()))
        .await?;
    state.wake.notify_one();
    Ok(id)
}

/// `POST /teams/{id}/packs`
pub async fn pack_form(state: Data<State>, who: Who, id: Path<Id>) -> WebResult {
    let pack = ask(&state, who, *id).await?;
    Ok(see_other(&format!("/packs/{pack}")))
}

/// `POST /api/v1/teams/{id}/packs`: 202, the worker makes the plans.
pub async fn pack_json_ask(state: Data<State>, who: Who, id: Path<Id>) -> WebResult {
    let pack = ask(&state, who, *id).await?;
    Ok(HttpResponse::Accepted().json(serde_json::json!({ "id": pack })))
}

#[derive(Template)]
#[template(path = "pack.html")]
struct PackPage {
    frame: Frame,
    pack: PlanExport,
}

async fn found(state: &State, who: &Who, id: Id) -> Result<PlanExport, WebError> {
    let organisation = who.0.organisation;
    Ok(state
        .db
        .read(move |c| plan_export::find(c, organisation, id))
        .await?)
}

/// `GET /packs/{id}`
pub async fn pack_page(state: Data<State>, req: HttpRequest, who: Who, id: Path<Id>) -> WebResult {
    let pack = found(&state, &who, *id).await?;
    page(&PackPage {
        frame: Frame::of(&req),
        pack,
    })
}

/// `GET /api/v1/packs/{id}`
pub async fn pack_json(state: Data<State>, who: Who, id: Path<Id>) -> WebResult {
    Ok(HttpResponse::Ok().json(found(&state, &who, *id).await?))
}

/// `GET /packs/{id}/plans.zip` and the same under `/api/v1`
pub async fn pack_file(state: Data<State>, who: Who, id: Path<Id>) -> WebResult {
    let bytes = state
        .db
        .write(move |c| plan_export::bytes(c, &who.0, *id, Instant::now()))
        .await?;
    Ok(private(attachment("plans.zip", "application/zip", bytes)))
}

/// `GET /teams/{id}/workshop.{format}` and the same under `/api/v1`
pub async fn workshop_file(state: Data<State>, who: Who, path: Path<(Id, String)>) -> WebResult {
    let (team, ending) = path.into_inner();
    let format = Format::parse(&ending)?;
    let organisation = who.0.organisation;
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

/// `GET /plans/{id}/brief.{format}` and the same under `/api/v1`: for the coach.
pub async fn brief_file(state: Data<State>, who: Who, path: Path<(Id, String)>) -> WebResult {
    let (id, ending) = path.into_inner();
    let format = Format::parse(&ending)?;
    let stored = state
        .db
        .write(move |c| coaching::open(c, &who.0, id, Instant::now()))
        .await?;
    let name = format!("brief-{}.{ending}", stored.plan.agent_reference);
    let render = move || coaching::render_document(&brief::brief(&stored), format);
    let bytes = actix_web::web::block(render)
        .await
        .map_err(|e| WebError::internal(&e))??;
    Ok(private(attachment(&name, format.media_type(), bytes)))
}

#[derive(Template)]
#[template(path = "practice.html")]
struct PracticePage {
    frame: Frame,
    editor: bool,
    source: String,
    version: i32,
}

/// `GET /practice`
pub async fn practice_page(state: Data<State>, req: HttpRequest, who: Who) -> WebResult {
    let organisation = who.0.organisation;
    let (source, version) = state
        .db
        .read(move |c| coaching::library_source(c, organisation))
        .await?;
    page(&PracticePage {
        frame: Frame::of(&req),
        editor: matches!(who.0.role, Role::Admin | Role::Coach),
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

async fn save(state: &State, who: Who, form: PracticeForm) -> Result<i32, WebError> {
    Ok(state
        .db
        .write(move |c| {
            let now = Instant::now();
            coaching::save_library(c, &who.0, &form.source, &form.note, form.instead_of, now)
        })
        .await?)
}

/// `POST /practice`
pub async fn practice_form(state: Data<State>, who: Who, form: Form<PracticeForm>) -> WebResult {
    save(&state, who, form.into_inner()).await?;
    Ok(see_other("/practice"))
}

/// `GET /api/v1/practice`
pub async fn practice_json(state: Data<State>, who: Who) -> WebResult {
    let (source, version) = state
        .db
        .read(move |c| coaching::library_source(c, who.0.organisation))
        .await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({ "version": version, "source": source })))
}

/// `PUT /api/v1/practice`
pub async fn practice_put(state: Data<State>, who: Who, form: Json<PracticeForm>) -> WebResult {
    let version = save(&state, who, form.into_inner()).await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({ "version": version })))
}
