//! Strengths: the themes that customers praise.

use super::observed::observed;
use crate::{
    coaching::{
        agreed_plan::AgreedPlan,
        plan::{Plan, Strength},
        reasons::chance,
    },
    documents::builder::Builder,
    locale::Message,
    msg,
};

pub(super) fn strengths(agreed: &AgreedPlan, builder: &mut Builder<'_>) {
    let plan = &agreed.plan;
    builder.heading(msg!("strengths-title"));
    if plan.strengths.is_empty() && plan.single_praise.is_empty() {
        builder.paragraph(msg!("strengths-none"));
    }
    for strength in &plan.strengths {
        builder.subheading(&strength.name);
        builder.paragraph(praise(strength));
        observed(plan, &strength.theme, builder);
        for quote in strength.quotes.iter().take(quotes_each(plan)) {
            builder.quote(&quote.text, quote.praise_source());
        }
    }
    for single in &plan.single_praise {
        builder.paragraph(msg!("single-praise", theme = &single.name));
        builder.quote(&single.quote.text, single.quote.praise_source());
        observed(plan, &single.theme, builder);
    }
    if plan.pleased > 0 {
        builder.paragraph(msg!("pleased-without-reason", count = plan.pleased));
    }
    let has_credible = plan.strengths.iter().any(|s| s.probability.is_some());
    if has_credible && agreed.agreed.is_none() {
        builder.checklist([msg!("strengths-share")]);
    }
}

/// Quotations of each strength: three strengths have one each, so that they fit on the page.
fn quotes_each(plan: &Plan) -> usize {
    if plan.strengths.len() > 2 { 1 } else { 2 }
}

fn praise(strength: &Strength) -> Message {
    let (count, what) = (strength.customers, &strength.said);
    match strength.probability {
        Some(p) => msg!(
            "strength-credible",
            count = count,
            what = what,
            chance = chance(p)
        ),
        None => msg!("strength-named", count = count, what = what),
    }
}
