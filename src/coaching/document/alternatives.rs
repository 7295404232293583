//! What else a plan without a focus area offers: an alternative or a strength to extend, a question
//! to ask, and room for an own goal.

use chrono::NaiveDate;

use super::practice;
use crate::{
    coaching::{
        plan::{Alternative, AlternativeKind, Plan},
        reasons::{Explanation, NoFocus},
    },
    documents::builder::Builder,
    locale::{Localised, Message, sentences},
    msg,
};

/// Lines for the goal that coach and agent choose.
const GOAL_LINES: u8 = 2;

/// The first alternative in full, the others in a sentence.
pub(super) fn alternatives(plan: &Plan, builder: &mut Builder<'_>) {
    match plan.alternatives.first() {
        Some(first) => alternative(plan, first, plan.goal_date(), builder),
        None => strength_to_extend(plan, builder),
    }
    for other in plan.alternatives.iter().skip(1) {
        let name = msg!("alternative-other", name = &other.name);
        builder.note(sentences([name, other.evidence.message()]));
    }
    example(plan, builder);
    builder.paragraph(msg!("no-focus-question"));
    builder.write_in(msg!("goal-write-in"), GOAL_LINES);
}

/// Adds what a customer wrote about a colleague who agreed to show it.
fn example(plan: &Plan, builder: &mut Builder<'_>) {
    let Some(example) = &plan.example else {
        return;
    };
    builder.paragraph(match &example.colleague {
        Some(name) => msg!("example-named", theme = &example.name, colleague = name),
        None => msg!("example-unnamed", theme = &example.name),
    });
    builder.quote(&example.quote.text, example.quote.message());
    if !example.words.is_empty() {
        builder.note(msg!("example-words", words = &example.words));
    }
}

/// An alternative with its source, its evidence and its practice.
pub(super) fn alternative(
    plan: &Plan,
    alternative: &Alternative,
    goal_by: Option<NaiveDate>,
    builder: &mut Builder<'_>,
) {
    builder.subheading(title(alternative));
    builder.note(match alternative.kind {
        AlternativeKind::Knowledge => msg!("alternative-issue-source"),
        AlternativeKind::Team if is_compared(plan) => msg!("alternative-team-source"),
        AlternativeKind::Team => msg!("alternative-team-source-alone"),
    });
    builder.paragraph(alternative.evidence.message());
    if let Some(steps) = &alternative.practice {
        practice::practice(steps, goal_by, true, builder);
    }
}

/// Whether there are enough comments to compare the agent's own with those about peers.
fn is_compared(plan: &Plan) -> bool {
    let reason = plan.no_focus.as_ref().and_then(Explanation::reason);
    !matches!(
        reason,
        Some(NoFocus::TooFewComments { .. } | NoFocus::TooFewPeerComments { .. })
    )
}

fn title(alternative: &Alternative) -> Message {
    let (key, name) = (&alternative.key, &alternative.name);
    match alternative.kind {
        AlternativeKind::Knowledge => msg!(
            "alternative-issue-title",
            issue = key.strip_prefix("issue:").unwrap_or(name)
        ),
        AlternativeKind::Team => msg!("alternative-team-title", theme = name),
    }
}

fn strength_to_extend(plan: &Plan, builder: &mut Builder<'_>) {
    let mut strengths = plan.strengths.iter();
    let Some((strength, practice)) = strengths.find_map(|s| Some((s, s.practice()?))) else {
        return;
    };
    builder.subheading(msg!("extend-title", strength = &strength.name));
    builder.note(msg!("extend-source"));
    builder.facts([
        (msg!("anchor-at"), (&practice.at).into()),
        (msg!("anchor-above"), (&practice.above).into()),
    ]);
    builder.checklist(practice::activities(practice, &["see", "teach"]));
}
