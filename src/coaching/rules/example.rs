//! An example of good practice for a plan without a focus area, from a colleague who agreed.

use crate::{
    coaching::{
        evidence::Evidence,
        plan::{AlternativeKind, ColleagueExample, Plan, Quote},
    },
    praise::examples::Example,
};

/// The example of the team's theme or, without one, of the theme that most comments about the agent
/// name.
pub(super) fn example(plan: &Plan, evidence: &Evidence) -> Option<ColleagueExample> {
    plan.no_focus.as_ref()?;
    let mut offered = plan.alternatives.iter();
    let team = offered.find(|alternative| alternative.kind == AlternativeKind::Team);
    let rank = |example: &&Example| {
        let is_of_team = team.is_some_and(|team| team.key == example.theme);
        let mut counts = plan.balance.iter();
        let count = counts.find(|balance| balance.theme == example.theme);
        let comments = count.map_or(0, |balance| balance.positive + balance.negative);
        (is_of_team, comments)
    };
    // The first of equals: they are in order, the newest consent first.
    let chosen = evidence.examples.iter().rev().max_by_key(rank)?;
    let theme = evidence.taxonomy.theme(&chosen.theme)?;
    Some(ColleagueExample {
        consent: chosen.consent,
        theme: chosen.theme.clone(),
        name: theme.name.clone(),
        colleague: chosen.colleague.clone(),
        words: chosen.words.clone(),
        quote: Quote {
            text: chosen.text.clone(),
            date: chosen.date,
            words: String::new(),
            channel: String::new(),
            issue: String::new(),
            record: chosen.record.clone(),
        },
    })
}
