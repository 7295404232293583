//! `/terms`: emerging terms.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;

use super::{error::WebResult, frame::Frame, render::page, state::State};
use crate::{
    accounts::Actor,
    insight::emerging_terms::{self, EmergingTerm},
    types::Instant,
};

#[derive(Template)]
#[template(path = "terms.html")]
struct TermsPage {
    frame: Frame,
    watched: Vec<EmergingTerm>,
}

/// `GET /terms`
pub async fn terms_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    let watched = state
        .db
        .read(move |c| emerging_terms::emerging_terms(c, actor.organisation, Instant::now()))
        .await?;
    page(&TermsPage {
        frame: Frame::of(&req),
        watched,
    })
}

/// `GET /api/v1/terms`
pub async fn terms_json(state: Data<State>, actor: Actor) -> WebResult {
    let items = state
        .db
        .read(move |c| emerging_terms::emerging_terms(c, actor.organisation, Instant::now()))
        .await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({ "items": items, "next": null })))
}
