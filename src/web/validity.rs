//! `/validity`: whether the hiring score predicts feedback.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;

use super::{error::WebResult, frame::Frame, render::page, state::State};
use crate::{
    accounts::Actor,
    documents::{charts, html},
    types::Instant,
    validity::{self, Overview},
};

#[derive(Template)]
#[template(path = "validity.html")]
struct ValidityPage {
    frame: Frame,
    scatter: String,
    o: Overview,
}

/// `GET /validity`
pub async fn validity_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    let organisation = actor.organisation;
    let o = state
        .db
        .read(move |c| validity::overview(c, organisation, Instant::now()))
        .await?;
    let points: Vec<(f64, f64, f64)> = o
        .pairs
        .iter()
        .map(|p| (p.score, 100.0 * p.criterion, p.reliability))
        .collect();
    let frame = Frame::of(&req);
    let scatter = if points.len() < 3 {
        String::new()
    } else {
        html::picture(&charts::scatter(
            frame.locale,
            &points,
            "Score at hiring (T)",
            "Good customer scores, % (shrunk)",
        ))
    };
    page(&ValidityPage { frame, scatter, o })
}

/// `GET /api/v1/validity`
pub async fn validity_json(state: Data<State>, actor: Actor) -> WebResult {
    let found = state
        .db
        .read(move |c| validity::overview(c, actor.organisation, Instant::now()))
        .await?;
    Ok(HttpResponse::Ok().json(found))
}
