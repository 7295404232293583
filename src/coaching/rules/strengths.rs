//! Strengths: what customers praise.

use super::comparison::{Comparison, customers};
use crate::{
    coaching::{gates::CREDIBLE, plan::Strength},
    text::{mention::Polarity, taxonomy::Theme},
};

/// Most strengths of a plan.
const MOST_STRENGTHS: usize = 3;
/// Fewest customers who praise a credible strength.
const MIN_CUSTOMERS: u64 = 3;

/// The most credible strengths. Without a credible one, what most customers praise, which then has
/// no probability.
pub(super) fn strengths(comparison: &Comparison<'_>) -> Vec<Strength> {
    let themes = comparison.agent_themes();
    let mut found: Vec<Strength> = themes.filter_map(|t| strength(comparison, t)).collect();
    found.sort_by(|a, b| {
        let key = |s: &Strength| s.probability.unwrap_or(-1.0);
        key(b)
            .total_cmp(&key(a))
            .then(b.customers.cmp(&a.customers))
            .then_with(|| a.theme.cmp(&b.theme))
    });
    let credible = found.iter().filter(|s| s.probability.is_some()).count();
    found.truncate(match credible {
        0 => MOST_STRENGTHS,
        n => n.min(MOST_STRENGTHS),
    });
    found
}

fn strength(comparison: &Comparison<'_>, theme: &Theme) -> Option<Strength> {
    let mentions = comparison.printable(&comparison.mentions(&theme.id, Polarity::Positive));
    let customers = customers(&mentions) as u64;
    if customers == 0 {
        return None;
    }
    let enough = comparison.has_enough_comments()
        && comparison.has_enough_peer_comments()
        && customers >= MIN_CUSTOMERS;
    let probability = comparison
        .posterior(&theme.id, Polarity::Positive)
        .probability_above(comparison.peer_rate(&theme.id, Polarity::Positive));
    Some(Strength {
        theme: theme.id.clone(),
        name: theme.name.clone(),
        said: theme.said_well.clone(),
        customers,
        probability: Some(probability).filter(|p| enough && *p >= CREDIBLE),
        quotes: comparison.quotes(&mentions, 2),
        practice: comparison.evidence.library.practice_for(&theme.id).cloned(),
    })
}
