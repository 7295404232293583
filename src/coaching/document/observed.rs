//! Evidence besides comments: what coaches observed, and results of quality checks.

use crate::{
    coaching::plan::Plan,
    documents::builder::Builder,
    locale::{Localised, sentences},
    msg,
};

/// Most criteria that are listed apart from strengths and areas.
const MOST_OTHERS: usize = 8;

/// Evidence of a theme, beside the strength or the area that it belongs to.
pub(super) fn observed(plan: &Plan, theme: &str, builder: &mut Builder<'_>) {
    for observed in plan.observed_of(theme) {
        builder.note(observed.message());
    }
    for result in plan.quality_of(theme) {
        builder.note(msg!("plan-quality", result = result.message()));
    }
}

/// Quality checks of criteria that belong to no strength and no area of the plan.
pub(super) fn other_checks(plan: &Plan, builder: &mut Builder<'_>) {
    let named = plan.named_themes();
    let is_other = |theme: &Option<String>| {
        let theme = theme.as_deref();
        theme.is_none_or(|theme| !named.contains(theme))
    };
    let others = plan.quality.iter().filter(|result| is_other(&result.theme));
    let others: Vec<_> = others.take(MOST_OTHERS).map(Localised::message).collect();
    if !others.is_empty() {
        let results = sentences(others);
        builder.note(msg!("plan-quality", result = results));
    }
}
