//! Agreement of coach and agent, and its outcome.

use super::{own_tally::picture, wording::capitalised};
use crate::{
    coaching::agreed_plan::AgreedPlan,
    documents::builder::Builder,
    locale::{Localised, Message, Value},
    msg,
};

pub(super) fn agreement(agreed: &AgreedPlan, builder: &mut Builder<'_>) {
    let Some(agreement) = &agreed.agreed else {
        return;
    };
    builder.heading(msg!("agreement-title", date = agreement.on));
    for item in &agreement.items {
        builder.subheading(item.name());
        let source = builder.locale().format(&item.source.message());
        let mut facts: Vec<(Message, Value)> = Vec::new();
        if !item.goal.is_empty() {
            facts.push((msg!("agreement-goal"), capitalised(&item.goal).into()));
        }
        facts.push((msg!("agreement-source"), capitalised(&source).into()));
        if !item.reason.is_empty() {
            facts.push((msg!("agreement-reason"), (&item.reason).into()));
        }
        builder.facts(facts);
        let theme = item.theme.as_deref();
        let mut tallies = agreement.own_tallies.iter();
        if let Some(tally) = tallies.find(|tally| Some(tally.theme.as_str()) == theme) {
            builder.picture(picture(tally, builder.locale()));
            builder.note(tally.message());
        }
    }
    if let Some(outcome) = agreement.outcome {
        let note = &agreement.outcome_note;
        let text = if note.is_empty() {
            outcome.message()
        } else {
            msg!(
                "agreement-outcome-note",
                outcome = outcome.message(),
                note = note
            )
        };
        builder.callout(msg!("agreement-outcome"), text);
    }
}
