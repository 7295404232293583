//! A candidate's result.

use std::sync::Arc;

use actix_web::{
    HttpRequest,
    web::{Data, Path},
};
use askama::Template;

use super::access::{frame, open, translated};
use crate::{
    assessment::{self, FacetScore, Questionnaire},
    locale::Message,
    msg,
    web::{
        error::WebResult,
        frame::Frame,
        render::{page, see_other},
        state::State,
    },
};

/// A facet's result in words.
struct FacetRow {
    name: String,
    definition: String,
    band: Message,
    description: String,
}

impl FacetRow {
    /// Bands of the norm: T scores from 40 to 60 hold about two thirds of people.
    fn new(q: &Questionnaire, score: &FacetScore) -> Option<Self> {
        let facet = q.facets.iter().find(|f| f.id == score.facet)?;
        let (band, description) = match score.t {
            t if t < 40.0 => (msg!("result-lower"), &facet.low),
            t if t <= 60.0 => (msg!("result-middle"), &facet.middle),
            _ => (msg!("result-higher"), &facet.high),
        };
        Some(Self {
            name: facet.name.clone(),
            definition: facet.definition.clone(),
            band,
            description: description.clone(),
        })
    }
}

#[derive(Template)]
#[template(path = "result.html")]
struct ResultPage {
    frame: Frame,
    q: Arc<Questionnaire>,
    token: String,
    name: String,
    organisation: String,
    withdrawn: bool,
    facets: Vec<FacetRow>,
}

/// `GET /c/{token}/result`
pub async fn result(state: Data<State>, req: HttpRequest, token: Path<String>) -> WebResult {
    let (guest, q) = open(&state, &req, &token).await?;
    let (finished, withdrawn) = guest.sitting.as_ref().map_or((false, false), |s| {
        (s.finished_at.is_some(), s.withdrawn_at.is_some())
    });
    if !finished && !withdrawn {
        return Ok(see_other(&format!("/c/{token}")));
    }
    let q = translated(&req, &q);
    let (organisation, candidate) = (guest.organisation, guest.candidate.id);
    let read = move |c: &mut _| assessment::results_of(c, organisation, &[candidate]);
    let score = state.db.read(read).await?.into_iter().find_map(|r| r.1);
    let facets = score.iter().flat_map(|s| &s.facets);
    page(&ResultPage {
        frame: frame(&state, &req, &guest).await?,
        facets: facets.filter_map(|f| FacetRow::new(&q, f)).collect(),
        token: token.into_inner(),
        name: guest.candidate.name,
        organisation: guest.organisation_name,
        withdrawn,
        q,
    })
}
