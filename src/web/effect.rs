//! `/effect`: whether coaching helped.

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
    render::page,
    state::State,
};
use crate::{
    accounts::Actor,
    coaching::{
        effect::{Change, MIN_COLLEAGUES, Pooled, Verdict},
        effect_report::{self, EffectReport},
    },
    locale::{Message, decimal, percent},
    msg,
    types::{Id, Instant},
};

/// Effect of one plan: the verdict, then the figures.
pub(super) fn change_message(change: &Change) -> Message {
    let verdict = match change.verdict {
        Verdict::CannotTell if change.colleagues < MIN_COLLEAGUES => {
            msg!("effect-plan-few-colleagues")
        }
        Verdict::CannotTell => msg!(
            "effect-plan-cannot-tell",
            points = decimal(100.0 * change.detectable, 0)
        ),
        Verdict::NoDifference => msg!("effect-plan-no-difference"),
        Verdict::Better => msg!("effect-plan-better"),
        Verdict::Worse => msg!("effect-plan-worse"),
    };
    msg!(
        "effect-plan",
        verdict = verdict,
        before = percent(change.before),
        scores_before = change.scores_before,
        expected = percent(change.expected),
        after = percent(change.after),
        scores_after = change.scores_after,
    )
}

/// The effect over all plans: the verdict, then the figures.
fn pooled_message(pooled: &Pooled) -> Message {
    let points = |share: f64| format!("{:+.1}", 100.0 * share);
    let verdict = match pooled.verdict {
        Verdict::Better => msg!("effect-better"),
        Verdict::Worse => msg!("effect-worse"),
        Verdict::NoDifference => msg!("effect-no-difference"),
        Verdict::CannotTell => msg!("effect-cannot-tell"),
    };
    msg!(
        "effect-pooled",
        verdict = verdict,
        points = points(pooled.effect),
        low = points(pooled.interval.low),
        high = points(pooled.interval.high),
        plans = pooled.plans,
        teams = pooled.teams,
    )
}

#[derive(Template)]
#[template(path = "effect.html")]
struct EffectPage {
    frame: Frame,
    report: EffectReport,
    verdict: Message,
}

impl EffectPage {
    fn own_tally(&self) -> Option<Message> {
        let counted = self.report.own_tally.as_ref();
        counted.map(|b| {
            msg!(
                "effect-own-tally-value",
                first = b.first.successes,
                first_of = b.first.n,
                last = b.last.successes,
                last_of = b.last.n,
                plans = b.plans
            )
        })
    }

    fn behaviour(&self) -> Option<Message> {
        self.report.behaviour.as_ref().map(|b| {
            msg!(
                "effect-behaviour-value",
                first = b.first.successes,
                first_of = b.first.n,
                last = b.last.successes,
                last_of = b.last.n,
                plans = b.plans
            )
        })
    }

    fn rating(&self) -> Option<Message> {
        let (count, mean) = self.report.helped?;
        Some(msg!(
            "effect-rating-value",
            mean = decimal(mean, 1),
            count = count
        ))
    }
}

fn verdict(report: &EffectReport) -> Message {
    let pooled = report.pooled.as_ref().map(pooled_message);
    pooled.unwrap_or_else(|| report.missing())
}

async fn report(state: &State, organisation: Id) -> Result<EffectReport, WebError> {
    Ok(state
        .db
        .read(move |c| effect_report::effect_report(c, organisation, Instant::now()))
        .await?)
}

/// `GET /effect`
pub async fn effect_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    let report = report(&state, actor.organisation).await?;
    page(&EffectPage {
        frame: Frame::of(&req),
        verdict: verdict(&report),
        report,
    })
}

/// Whether coaching helped, with what is missing to tell.
#[derive(Serialize, ToSchema)]
pub struct EffectReply {
    #[serde(flatten)]
    report: EffectReport,
    /// Absent when there is a pooled effect.
    #[schema(example = "Too early to tell: 3 of 8 accepted plans have enough scores since.")]
    missing: Option<String>,
}

/// Reports whether coaching helped, over all plans and without names.
#[utoipa::path(
    get,
    path = "/api/v1/effect",
    tag = "Coaching",
    operation_id = "get_coaching_effect",
    responses((status = 200, body = EffectReply))
)]
pub async fn effect_json(
    state: Data<State>,
    actor: Actor,
    ReaderLocale(locale): ReaderLocale,
) -> Result<Json<EffectReply>, WebError> {
    let report = report(&state, actor.organisation).await?;
    let missing = report.pooled.is_none().then(|| report.missing());
    Ok(Json(EffectReply {
        missing: missing.map(|message| locale.format(&message)),
        report,
    }))
}
