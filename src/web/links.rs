//! Links of candidates, as a page or in a reply. A token is shown once.

use std::net::SocketAddr;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, HeaderValue},
};
use askama::Template;
use serde::Serialize;
use utoipa::ToSchema;

use super::{error::WebResult, frame::Frame, render::page, state::State};
use crate::{
    accounts::Actor,
    hiring::{self, Invited, RejectedRow},
    locale::Message,
    msg,
    types::Id,
};

/// Address of the socket that accepted a connection, known where the server listens on all.
pub struct LocalAddress(pub SocketAddr);

/// Page to which the page of links leads back.
pub struct Back {
    pub address: String,
    pub name: Message,
}

#[derive(Template)]
#[template(path = "links.html")]
struct LinksPage {
    frame: Frame,
    links: Vec<(String, String)>,
    rejected: Vec<RejectedRow>,
    back: Back,
}

impl LinksPage {
    fn heading(&self) -> Message {
        match self.links.as_slice() {
            [] => msg!("links-none"),
            [(name, _)] => msg!("links-for-one", name = name),
            many => msg!("links-for-many", count = many.len()),
        }
    }
}

/// A candidate with their link. The link and its token are not shown again, except to a repeated
/// request with the same `Idempotency-Key`.
#[derive(Serialize, ToSchema)]
pub struct InvitedReply {
    id: Id,
    #[schema(example = "Robin Example")]
    name: String,
    #[schema(example = "robin@candidate.example")]
    email: String,
    /// Address of the candidate's questionnaire.
    #[schema(example = "https://rapport.example/c/TOKEN")]
    link: String,
    token: String,
}

impl InvitedReply {
    pub(super) fn new(state: &State, req: &HttpRequest, invited: Invited) -> Self {
        Self {
            id: invited.candidate_id,
            name: invited.name,
            email: invited.email,
            link: link(state, req, &invited.token),
            token: invited.token,
        }
    }
}

/// Replies with a candidate and their link.
pub(super) async fn invited_reply(
    state: &State,
    req: &HttpRequest,
    actor: Actor,
    ids: (Id, Id),
) -> WebResult {
    let links = state.links.clone();
    let read = move |c: &mut _| hiring::invited(c, &actor, &links, ids);
    let invited = state.db.read(read).await?;
    Ok(HttpResponse::Created().json(InvitedReply::new(state, req, invited)))
}

/// Address of the server: the configured one, or that of the socket which accepted the request.
/// Host headers are ignored because the client controls them.
pub fn base_url(state: &State, req: &HttpRequest) -> String {
    state.config.public_url.clone().unwrap_or_else(|| {
        let accepted = req.conn_data::<LocalAddress>().map(|local| local.0);
        let address = accepted.unwrap_or_else(|| req.app_config().local_addr());
        format!("http://{address}")
    })
}

/// Address that a candidate opens.
pub fn link(state: &State, req: &HttpRequest, token: &str) -> String {
    format!("{}/c/{token}", base_url(state, req))
}

pub(super) fn links_page(
    state: &State,
    req: &HttpRequest,
    invited: &[Invited],
    rejected: Vec<RejectedRow>,
    back: Back,
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
    let no_store = HeaderValue::from_static("no-store");
    response.headers_mut().insert(CACHE_CONTROL, no_store);
    Ok(response)
}
