//! Basis of a plan: period, feedback, what was left out, confidence and purpose.

use crate::{
    coaching::plan::{Basis, Plan},
    documents::builder::Builder,
    feedback::score_format::describe,
    locale::{Message, Value, list, sentences},
    msg,
};

/// Reliability from which the scores say something about one person.
const GOOD_RELIABILITY: f64 = 0.7;

/// Says first that the feedback is too old to plan from.
pub(super) fn stale(plan: &Plan, builder: &mut Builder<'_>) {
    if let Some(date) = plan.stale_since() {
        builder.callout(msg!("basis-stale-title"), msg!("basis-stale", date = date));
    }
}

pub(super) fn basis(plan: &Plan, builder: &mut Builder<'_>) {
    let basis = &plan.basis;
    let period = msg!(
        "basis-period-days",
        from = basis.period.from.date(),
        to = basis.period.to.date(),
        count = basis.days
    );
    builder.facts([
        (msg!("basis-period"), period.into()),
        (msg!("basis-feedback"), feedback(plan)),
        (msg!("basis-left-out"), left_out(basis)),
        (msg!("basis-confidence"), confidence(plan).into()),
        (msg!("basis-purpose"), msg!("basis-purpose-text").into()),
    ]);
}

fn feedback(plan: &Plan) -> Value {
    let basis = &plan.basis;
    let counts = msg!(
        "basis-feedback-counts",
        scores = basis.scores,
        comments = basis.analysed
    );
    let newest = basis.newest.map(|newest| {
        let age = (plan.created - newest).num_days().max(0);
        msg!("basis-newest", date = newest, count = age)
    });
    let weights = basis
        .half_life_days
        .map(|days| msg!("basis-weights", days = days as u64));
    let rules = describe(basis.rules.iter().copied());
    sentences(
        [counts]
            .into_iter()
            .chain(weights)
            .chain(rules)
            .chain(newest),
    )
}

fn left_out(basis: &Basis) -> Value {
    let mut parts = Vec::new();
    if basis.no_content > 0 {
        parts.push(msg!("basis-no-content", count = basis.no_content));
    }
    if basis.not_analysed > 0 {
        parts.push(msg!("basis-not-analysed", count = basis.not_analysed));
    }
    if basis.contradicting > 0 {
        parts.push(msg!("basis-contradicting", count = basis.contradicting));
    }
    if basis.withheld > 0 {
        parts.push(msg!("basis-withheld", count = basis.withheld));
    }
    if !basis.unreliable.is_empty() {
        parts.push(msg!("basis-unreliable", themes = list(&basis.unreliable)));
    }
    if parts.is_empty() {
        parts.push(msg!("basis-left-out-nothing"));
    }
    sentences(parts)
}

fn confidence(plan: &Plan) -> Message {
    match &plan.rate {
        Some(rate) if rate.reliability >= GOOD_RELIABILITY => msg!("basis-confidence-good"),
        Some(_) => msg!("basis-confidence-moderate"),
        None => msg!("basis-confidence-low"),
    }
}
