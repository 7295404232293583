//! `/effect`: whether coaching helped.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use askama::Template;

use super::{
    error::{WebError, WebResult},
    frame::Frame,
    render::page,
    state::State,
};
use crate::{
    accounts::Actor,
    coaching::{
        effect::{Change, MIN_COLLEAGUES, Verdict},
        effect_report::{self, EffectReport},
    },
    types::{Id, Instant},
};

/// A change in words, with what it takes to tell.
pub(super) fn said(c: &Change) -> String {
    let percent = |p: f64| format!("{:.0} %", 100.0 * p);
    let verdict = match c.verdict {
        Verdict::CannotTell if c.colleagues < MIN_COLLEAGUES => {
            "Cannot tell: too few colleagues without a plan to compare with.".to_owned()
        }
        Verdict::CannotTell => format!(
            "Cannot tell yet: with this volume only a difference of about {:.0} points could be seen.",
            100.0 * c.detectable
        ),
        Verdict::NoDifference => "No difference that stands out of chance.".to_owned(),
        Verdict::Better => "Better than chance and colleagues' drift explain.".to_owned(),
        Verdict::Worse => "Worse than chance and colleagues' drift explain.".to_owned(),
    };
    format!(
        "Good scores before: {} of {}. Expected since without coaching: {}. Good scores since: {} of {}. {verdict}",
        percent(c.before),
        c.scores_before,
        percent(c.expected),
        percent(c.after),
        c.scores_after,
    )
}

#[derive(Template)]
#[template(path = "effect.html")]
struct EffectPage {
    frame: Frame,
    found: EffectReport,
    /// The pooled effect in words.
    said: Option<String>,
}

pub(super) async fn followed(state: &State, organisation: Id) -> Result<EffectReport, WebError> {
    Ok(state
        .db
        .read(move |c| effect_report::effect_report(c, organisation, Instant::now()))
        .await?)
}

/// `GET /effect`
pub async fn effect_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    let found = followed(&state, actor.organisation).await?;
    let said = found.pooled.map(|p| {
        let points = |x: f64| format!("{:+.1}", 100.0 * x);
        let verdict = match p.verdict {
            Verdict::Better => "Coaching helped by more than chance explains.",
            Verdict::Worse => "Scores fell by more than chance explains.",
            Verdict::NoDifference => "There is no difference that matters.",
            Verdict::CannotTell => "Cannot tell yet: the interval is too wide.",
        };
        format!(
            "{verdict} {} points of good scores on average (95 % interval {} to {}), over {} plans in {} teams.",
            points(p.effect),
            points(p.interval.low),
            points(p.interval.high),
            p.plans,
            p.teams
        )
    });
    page(&EffectPage {
        frame: Frame::of(&req),
        found,
        said,
    })
}

/// `GET /api/v1/effect`
pub async fn effect_json(state: Data<State>, actor: Actor) -> WebResult {
    Ok(HttpResponse::Ok().json(followed(&state, actor.organisation).await?))
}
