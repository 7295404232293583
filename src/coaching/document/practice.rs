//! Practice for a theme: what good looks like, a goal, an if-then sentence and activities.

use chrono::NaiveDate;

use crate::{
    coaching::library::Practice,
    documents::{
        builder::{Builder, Frame},
        model::Document,
    },
    locale::{Locale, Message, Value},
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
    let all = ["see", "say", "do", "reflect", "teach"];
    let shown = if is_short { 3 } else { all.len() };
    builder.checklist(activities(practice, &all[..shown]));
}

/// The activities with these keys that are not empty.
pub fn activities(practice: &Practice, keys: &[&str]) -> Vec<Message> {
    let all = [
        (
            "see",
            &practice.see,
            msg!("practice-see", activity = &practice.see),
        ),
        (
            "say",
            &practice.say,
            msg!("practice-say", activity = &practice.say),
        ),
        (
            "do",
            &practice.act,
            msg!("practice-do", activity = &practice.act),
        ),
        (
            "reflect",
            &practice.reflect,
            msg!("practice-reflect", activity = &practice.reflect),
        ),
        (
            "teach",
            &practice.teach,
            msg!("practice-teach", activity = &practice.teach),
        ),
    ];
    let wanted = all
        .into_iter()
        .filter(|(key, text, _)| keys.contains(key) && !text.trim().is_empty());
    wanted.map(|(_, _, message)| message).collect()
}

/// Practice for a theme as a plan prints it, alone.
pub fn practice_section(
    name: &str,
    steps: &Practice,
    goal_by: NaiveDate,
    locale: &Locale,
) -> Document {
    let mut builder = Builder::new(locale);
    practice(steps, Some(goal_by), false, &mut builder);
    builder.finish(Frame {
        title: msg!("verbatim", text = name),
        subtitle: msg!("verbatim", text = ""),
        footer: msg!("verbatim", text = ""),
        synthetic: false,
    })
}
