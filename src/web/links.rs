//! Links for candidates, shown once.

use actix_web::HttpRequest;
use askama::Template;

use super::{error::WebResult, frame::Frame, render::page, state::State};
use crate::hiring::Invited;

#[derive(Template)]
#[template(path = "links.html")]
struct LinksPage {
    frame: Frame,
    links: Vec<(String, String)>,
    rejected: Vec<(u64, String)>,
    back: String,
}

/// The address a candidate opens.
pub fn link(state: &State, req: &HttpRequest, token: &str) -> String {
    let base = state.config.public_url.clone().unwrap_or_else(|| {
        let info = req.connection_info();
        format!("{}://{}", info.scheme(), info.host())
    });
    format!("{base}/c/{token}")
}

pub(super) fn links_page(
    state: &State,
    req: &HttpRequest,
    invited: &[Invited],
    rejected: Vec<(u64, String)>,
    back: String,
) -> WebResult {
    let links = invited
        .iter()
        .map(|i| (i.name.clone(), link(state, req, &i.token)))
        .collect();
    let mut response = page(&LinksPage {
        frame: Frame::of(req),
        links,
        rejected,
        back,
    })?;
    let no_store = actix_web::http::header::HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(actix_web::http::header::CACHE_CONTROL, no_store);
    Ok(response)
}

pub(super) fn invited_json(state: &State, req: &HttpRequest, i: &Invited) -> serde_json::Value {
    serde_json::json!({ "id": i.candidate_id, "name": i.name, "email": i.email, "link": link(state, req, &i.token), "token": i.token })
}
