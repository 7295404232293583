//! Focus areas, or the reason for none and what to work on instead.

use super::{alternatives, observed::observed, practice};
use crate::{
    coaching::{
        agreed_plan::AgreedPlan,
        plan::{FocusArea, Plan},
        reasons::chance,
    },
    documents::builder::Builder,
    locale::{Localised, Message, list, percent, sentences},
    msg,
};

pub(super) fn focus(agreed: &AgreedPlan, builder: &mut Builder<'_>) {
    let plan = &agreed.plan;
    if agreed.agreed.is_some() && plan.focus.is_empty() {
        // What was agreed is on the page already.
        if let Some(reason) = &plan.no_focus {
            builder.note(reason.message());
        }
        for alternative in &plan.alternatives {
            alternatives::alternative(plan, alternative, None, builder);
        }
        return;
    }
    builder.heading(msg!("focus-title", areas = plan.focus.len()));
    if let Some(reason) = &plan.no_focus {
        builder.callout(msg!("focus-none-title"), reason.message());
        alternatives::alternatives(plan, builder);
    }
    let is_short = plan.focus.len() > 1;
    let goal_by = plan.goal_date().filter(|_| agreed.agreed.is_none());
    for area in &plan.focus {
        builder.subheading(&area.name);
        builder.paragraph(evidence(area));
        observed(plan, &area.theme, builder);
        for quote in area.quotes.iter().take(if is_short { 1 } else { 3 }) {
            builder.quote(&quote.text, quote.message());
        }
        if let Some(steps) = area.practice() {
            practice::practice(steps, goal_by, is_short, builder);
        }
    }
    less_certain(plan, builder);
}

/// Themes that the coach judges, that are worth asking about, and that concern the whole team.
fn less_certain(plan: &Plan, builder: &mut Builder<'_>) {
    for area in &plan.for_the_coach {
        builder.callout(
            msg!("shared-title", theme = &area.name),
            sentences([evidence(area), msg!("shared-question")]),
        );
        observed(plan, &area.theme, builder);
    }
    for area in &plan.worth_asking {
        builder.note(msg!(
            "worth-asking",
            theme = &area.name,
            count = area.customers,
            what = &area.said
        ));
        observed(plan, &area.theme, builder);
    }
    if !plan.environment.is_empty() {
        builder.note(msg!("environment", themes = list(&plan.environment)));
    }
}

fn evidence(area: &FocusArea) -> Message {
    msg!(
        "focus-evidence",
        count = area.customers,
        comments = area.comments,
        weeks = area.weeks,
        what = &area.said,
        rate = percent(area.rate),
        peers = percent(area.peer_rate),
        chance = chance(area.probability)
    )
}
