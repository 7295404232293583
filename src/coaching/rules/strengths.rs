//! Strengths: what several customers praise. What only one praises is a quotation, and a strength
//! only if the coach confirms it.

use super::comparison::{Comparison, customers};
use crate::{
    coaching::{
        gates::CREDIBLE,
        plan::{Quote, SinglePraise, Strength},
    },
    text::{mention::Polarity, taxonomy::Theme},
};

/// Most strengths of a plan.
const MOST_STRENGTHS: usize = 3;
/// Fewest customers who praise a strength, and a credible one.
const MIN_CUSTOMERS: u64 = 2;
const MIN_CUSTOMERS_CREDIBLE: u64 = 3;

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
    let customers = praising(comparison, theme);
    if customers < MIN_CUSTOMERS {
        return None;
    }
    let enough = comparison.has_enough_comments()
        && comparison.has_enough_peer_comments()
        && customers >= MIN_CUSTOMERS_CREDIBLE;
    let probability = enough.then(|| {
        let posterior = comparison.posterior(&theme.id, Polarity::Positive);
        posterior.probability_above(comparison.peer_rate(&theme.id, Polarity::Positive))
    });
    Some(Strength {
        theme: theme.id.clone(),
        name: theme.name.clone(),
        said: theme.said_well.clone(),
        customers,
        probability: probability.filter(|p| *p >= CREDIBLE),
        quotes: Vec::new(),
        practice: comparison.evidence.library.practice_for(&theme.id).cloned(),
    })
}

/// Customers who praise a theme.
fn praising(comparison: &Comparison<'_>, theme: &Theme) -> u64 {
    let mentions = comparison.agreeing(&comparison.mentions(&theme.id, Polarity::Positive));
    customers(&mentions) as u64
}

/// Themes that one customer praises, in the order of the taxonomy, with the quotation that `quote`
/// finds: without one there is nothing to print.
pub(super) fn single_praise(
    comparison: &Comparison<'_>,
    mut quote: impl FnMut(&Theme) -> Option<Quote>,
) -> Vec<SinglePraise> {
    let themes = comparison.agent_themes();
    themes
        .filter(|theme| praising(comparison, theme) == 1)
        .filter_map(|theme| {
            Some(SinglePraise {
                theme: theme.id.clone(),
                name: theme.name.clone(),
                said: theme.said_well.clone(),
                quote: quote(theme)?,
                practice: comparison.evidence.library.practice_for(&theme.id).cloned(),
            })
        })
        .collect()
}
