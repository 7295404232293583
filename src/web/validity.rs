//! `/validity`: whether the hiring score predicts customer scores.

use actix_web::{
    HttpRequest,
    web::{Data, Json},
};
use askama::Template;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    error::{WebError, WebResult},
    frame::Frame,
    language::ReaderLocale,
    render::{attachment, page},
    state::State,
};
use crate::{
    accounts::Actor,
    documents::{charts, html},
    locale::{Message, decimal},
    msg,
    studies::validity::Correlation,
    types::{Id, Instant},
    validity::{self, MIN_SCORES, Overview},
};

#[derive(Template)]
#[template(path = "validity.html")]
struct ValidityPage {
    frame: Frame,
    scatter: String,
    o: Overview,
}

impl ValidityPage {
    /// Figures: the id of the name, and the value.
    fn facts(&self) -> Vec<(&'static str, Message)> {
        let o = &self.o;
        let pairs = msg!(
            "validity-pairs-value",
            count = o.pairs.len(),
            scores = MIN_SCORES,
            waiting = o.waiting
        );
        let mut facts = vec![("validity-pairs", pairs)];
        facts.extend(o.criterion.map(|criterion| {
            let value = msg!(
                "validity-criterion-value",
                percent = decimal(100.0 * criterion.icc, 1),
                count = criterion.n,
                agents = criterion.groups
            );
            ("validity-criterion", value)
        }));
        facts.extend(o.criterion_reliability.map(|reliability| {
            let reliability = decimal(reliability, 2);
            let value = match o.scores_for_70 {
                Some(scores) => msg!(
                    "validity-reliability-needed",
                    reliability = reliability,
                    count = scores
                ),
                None => msg!("validity-reliability-value", reliability = reliability),
            };
            ("validity-reliability", value)
        }));
        facts.extend(o.correlation.iter().flat_map(correlations));
        let power = msg!("validity-power-value", count = o.pairs_for_power);
        facts.push(("validity-power", power));
        facts
    }
}

fn correlations(found: &Correlation) -> [(&'static str, Message); 3] {
    let plain = msg!(
        "validity-correlation-value",
        r = decimal(found.r, 2),
        low = decimal(found.interval.low, 2),
        high = decimal(found.interval.high, 2)
    );
    let weighted = msg!("validity-weighted-value", r = decimal(found.weighted_r, 2));
    let corrected = msg!(
        "validity-corrected-value",
        r = decimal(found.corrected_r, 2),
        low = decimal(found.corrected_interval.low, 2),
        high = decimal(found.corrected_interval.high, 2)
    );
    [
        ("validity-correlation", plain),
        ("validity-weighted", weighted),
        ("validity-corrected", corrected),
    ]
}

async fn read(state: &State, organisation: Id) -> Result<Overview, WebError> {
    Ok(state
        .db
        .read(move |c| validity::overview(c, organisation, Instant::now()))
        .await?)
}

/// `GET /validity`
pub async fn validity_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    let o = read(&state, actor.organisation).await?;
    let frame = Frame::of(&req);
    page(&ValidityPage {
        scatter: scatter(&frame, &o),
        frame,
        o,
    })
}

/// `GET /validity/pairs.csv`: the pairs without names, for `rapport analyse validity`.
pub async fn pairs_csv(state: Data<State>, actor: Actor) -> WebResult {
    let pairs = read(&state, actor.organisation).await?.pairs;
    let bytes = validity::pairs_csv(&pairs).map_err(|e| WebError::internal(&e))?;
    Ok(attachment("validity.csv", "text/csv; charset=utf-8", bytes))
}

/// Score against criterion as SVG; empty below three pairs.
fn scatter(frame: &Frame, o: &Overview) -> String {
    if o.pairs.len() < 3 {
        return String::new();
    }
    let pairs = o.pairs.iter();
    let points: Vec<(f64, f64, f64)> = pairs
        .map(|p| (p.score, 100.0 * p.criterion, p.reliability))
        .collect();
    let [title, x, y] = [
        "validity-chart",
        "validity-score-axis",
        "validity-criterion-axis",
    ]
    .map(|id| frame.t(id));
    html::picture(&charts::scatter(frame.locale, &title, &points, &x, &y))
}

/// Criterion validity of the score, with the conclusion that it allows.
#[derive(Serialize, ToSchema)]
pub struct ValidityReply {
    #[serde(flatten)]
    validity: Overview,
    /// A sentence for people.
    #[schema(example = "Higher scores go with better customer ratings.")]
    verdict: String,
}

/// Reports whether the hiring score predicts customer scores.
///
/// The pairs of score and criterion are listed only for people who may see candidates.
#[utoipa::path(
    get,
    path = "/api/v1/validity",
    tag = "Insight",
    operation_id = "get_validity",
    responses((status = 200, body = ValidityReply))
)]
pub async fn validity_json(
    state: Data<State>,
    actor: Actor,
    ReaderLocale(locale): ReaderLocale,
) -> Result<Json<ValidityReply>, WebError> {
    let mut validity = read(&state, actor.organisation).await?;
    if !actor.roles.sees_candidates() {
        validity.pairs.clear();
    }
    Ok(Json(ValidityReply {
        verdict: locale.format(&validity.verdict()),
        validity,
    }))
}
