//! Practice for a theme: what good looks like, a goal, an if-then sentence and activities.

use chrono::NaiveDate;

use crate::{
    coaching::library::Practice,
    documents::builder::Builder,
    locale::{Message, Value},
    msg,
};

/// Lays out practice. The library's goal is left out without the day by which it is to be reached,
/// because then another goal was agreed. Two areas share the page in the short form, without what
/// is below expectation and without the last two activities.
pub(super) fn practice(
    practice: &Practice,
    goal_by: Option<NaiveDate>,
    is_short: bool,
    builder: &mut Builder<'_>,
) {
    let mut facts: Vec<(Message, Value)> = Vec::new();
    if !is_short {
        facts.push((msg!("anchor-below"), (&practice.below).into()));
    }
    facts.push((msg!("anchor-at"), (&practice.at).into()));
    facts.push((msg!("anchor-above"), (&practice.above).into()));
    if let Some(date) = goal_by {
        let goal = msg!("practice-goal-by", date = date, goal = &practice.goal);
        facts.push((msg!("practice-goal"), goal.into()));
    }
    builder.facts(facts);
    builder.callout(msg!("practice-if-then"), &practice.if_then);
    let mut activities = vec![
        msg!("practice-see", activity = &practice.see),
        msg!("practice-say", activity = &practice.say),
        msg!("practice-do", activity = &practice.act),
    ];
    if !is_short {
        activities.push(msg!("practice-reflect", activity = &practice.reflect));
        activities.push(msg!("practice-teach", activity = &practice.teach));
    }
    builder.checklist(activities);
}
