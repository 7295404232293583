//! `/terms`: emerging terms.

use actix_web::{
    HttpRequest,
    web::{Data, Json},
};
use askama::Template;

use super::{
    error::{WebError, WebResult},
    frame::Frame,
    list::List,
    render::page,
    state::State,
};
use crate::{
    accounts::Actor,
    insight::emerging_terms::{self, EmergingTerm},
    locale::{Message, decimal},
    msg,
    text::emerging::{CLEAR, LIKELY, MIN_AGENTS, MIN_COMMENTS},
    types::{Id, Instant},
};

#[derive(Template)]
#[template(path = "terms.html")]
struct TermsPage {
    frame: Frame,
    terms: Vec<EmergingTerm>,
}

impl TermsPage {
    fn counts(&self, found: &EmergingTerm) -> Message {
        msg!(
            "terms-counts",
            count = found.term.comments,
            agents = found.term.agents,
            before = found.term.before
        )
    }

    fn note(&self) -> Message {
        msg!(
            "terms-note",
            comments = MIN_COMMENTS,
            agents = MIN_AGENTS,
            clear = decimal(CLEAR, 0),
            likely = decimal(LIKELY, 0)
        )
    }
}

async fn read(state: &State, organisation: Id) -> Result<Vec<EmergingTerm>, WebError> {
    Ok(state
        .db
        .read(move |c| emerging_terms::emerging_terms(c, organisation, Instant::now()))
        .await?)
}

/// `GET /terms`
pub async fn terms_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    page(&TermsPage {
        frame: Frame::of(&req),
        terms: read(&state, actor.organisation).await?,
    })
}

/// Lists words that became clearly more frequent in the last two weeks, with comments to read.
#[utoipa::path(
    get,
    path = "/api/v1/terms",
    tag = "Insight",
    operation_id = "list_emerging_terms",
    responses((status = 200, body = List<EmergingTerm>))
)]
pub async fn terms_json(
    state: Data<State>,
    actor: Actor,
) -> Result<Json<List<EmergingTerm>>, WebError> {
    Ok(Json(List::complete(
        read(&state, actor.organisation).await?,
    )))
}
