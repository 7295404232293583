//! What coaches observed, beside what customers say.

use crate::{coaching::plan::Plan, documents::builder::Builder, locale::Localised};

pub(super) fn observed(plan: &Plan, theme: &str, builder: &mut Builder<'_>) {
    for observed in plan.observed_of(theme) {
        builder.note(observed.message());
    }
}
