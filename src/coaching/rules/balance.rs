//! Comments with praise and with complaints, by theme.

use super::comparison::Comparison;
use crate::{coaching::plan::Balance, text::mention::Polarity};

/// Most themes of the chart.
const MOST_THEMES: usize = 8;

/// The themes that most comments mention.
pub(super) fn balance(comparison: &Comparison<'_>) -> Vec<Balance> {
    let themes = comparison.evidence.taxonomy.themes.iter();
    let mut all: Vec<Balance> = themes
        .map(|t| Balance {
            theme: t.id.clone(),
            name: t.name.clone(),
            control: t.control,
            positive: comparison.comments(&t.id, Polarity::Positive),
            negative: comparison.comments(&t.id, Polarity::Negative),
        })
        .filter(|b| b.positive + b.negative > 0)
        .collect();
    all.sort_by(|a, b| {
        (b.positive + b.negative)
            .cmp(&(a.positive + a.negative))
            .then_with(|| a.theme.cmp(&b.theme))
    });
    all.truncate(MOST_THEMES);
    all
}
