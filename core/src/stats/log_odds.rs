//! Weighted log-odds ratios of word counts with an informative Dirichlet prior (Monroe, Colaresi &
//! Quinn 2008): words that distinguish two sets of texts.
//!
//! delta_w = ln((y1 + a_w) / (n1 + a_0 - y1 - a_w)) - ln((y2 + a_w) / (n2 + a_0 - y2 - a_w)) and
//! z = delta / sqrt(1 / (y1 + a_w) + 1 / (y2 + a_w)), with a_w = a_0 times the word's share of both
//! sets. The prior shrinks rare words towards no difference.

use std::collections::BTreeMap;

/// Difference of one word between the two sets.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct LogOdds {
    pub word: String,
    pub before: u64,
    pub after: u64,
    /// Positive if the word is more frequent in `after`.
    pub delta: f64,
    pub z: f64,
}

/// Log-odds ratios of all words between counts `before` and `after`, sorted by descending z, then
/// by word. `prior` is a_0, the weight of the prior in words; usually 500.
pub fn log_odds(
    before: &BTreeMap<String, u64>,
    after: &BTreeMap<String, u64>,
    prior: f64,
) -> Vec<LogOdds> {
    let total = |counts: &BTreeMap<String, u64>| counts.values().sum::<u64>() as f64;
    let (n2, n1) = (total(before), total(after));
    let mut words: Vec<&String> = before.keys().chain(after.keys()).collect();
    words.sort();
    words.dedup();
    let mut found: Vec<LogOdds> = words
        .into_iter()
        .map(|word| {
            let count = |counts: &BTreeMap<String, u64>| counts.get(word).copied().unwrap_or(0);
            let (now, then) = (count(after), count(before));
            let (y1, y2) = (now as f64, then as f64);
            let a = prior * (y1 + y2) / (n1 + n2);
            let odds = |y: f64, n: f64| ((y + a) / (n + prior - y - a)).ln();
            let delta = odds(y1, n1) - odds(y2, n2);
            LogOdds {
                word: word.clone(),
                before: then,
                after: now,
                delta,
                z: delta / (1.0 / (y1 + a) + 1.0 / (y2 + a)).sqrt(),
            }
        })
        .filter(|w| w.z.is_finite())
        .collect();
    found.sort_by(|a, b| b.z.total_cmp(&a.z).then_with(|| a.word.cmp(&b.word)));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R 4.2.2, published formula: "refund" rises from 10 to 30 of 1,000 words, prior 500.
    #[test]
    fn log_odds_match_the_published_formula() {
        let counts = |refund: u64| {
            BTreeMap::from([
                ("other".to_owned(), 1000 - refund),
                ("refund".to_owned(), refund),
            ])
        };
        let found = log_odds(&counts(10), &counts(30), 500.0);
        let refund = found.iter().find(|w| w.word == "refund").expect("there");
        assert!(
            (refund.delta - 0.7067528326157233).abs() < 1e-12
                && (refund.z - 2.580696460028697).abs() < 1e-12,
            "{refund:?}"
        );
        assert_eq!(found[0].word, "refund", "sorted by descending z");
        assert!(log_odds(&BTreeMap::new(), &BTreeMap::new(), 500.0).is_empty());
    }
}
