//! Calibrated probability that a theme mention has the polarity that is given, from what speaks for
//! it: a logistic regression on the kind of evidence, the length of the clause and the mood of the
//! comment.

use crate::stats::distributions::logistic;

/// What decided the polarity of a mention.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A word of praise or blame.
    Word,
    /// Negated praise.
    Negated,
    /// Negated blame or trouble.
    NegatedTrouble,
    /// Something wanted that is missing.
    Missing,
    /// What is attached to an aspect.
    Attached,
}

/// What speaks for a mention.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    pub source: Source,
    pub is_praise: bool,
    /// Words for this polarity beyond the first.
    pub further_words: usize,
    /// The clause has words for the other polarity of the theme too.
    pub is_disputed: bool,
    /// Words in the clause.
    pub clause_words: usize,
    /// Balance of the mood towards this polarity: the clause's, and a part of the other clauses'.
    pub mood: f64,
}

/// Number of [features](Evidence::features).
pub const FEATURES: usize = 10;
/// Coefficients of the features, by `cargo run --release --example polarity`; the data and the
/// figures are in `docs/methods.md`.
const COEFFICIENTS: [f64; FEATURES] =
    [0.12, 1.16, 0.28, 0.43, 0.55, -0.13, 0.31, -0.76, 3.88, 0.83];
/// Shares of gold clauses in which a theme that is only named, or asked for, is just that.
pub const NAMED: f64 = 0.31;
pub const REQUESTED: f64 = 0.89;

/// Least probability of a polarity that is given. Of those below on reviews and tweets, half were
/// wrong, more than their probabilities say.
pub const GIVEN: f64 = 0.65;

impl Evidence {
    /// Predictors of the regression; the first is constant.
    pub fn features(&self) -> [f64; FEATURES] {
        let is = |source| f64::from(self.source == source);
        [
            1.0,
            is(Source::Negated),
            is(Source::NegatedTrouble),
            is(Source::Missing),
            is(Source::Attached),
            f64::from(self.is_disputed),
            (1.0 + self.further_words as f64).ln(),
            (self.clause_words as f64 / 5.0).max(0.2).ln(),
            self.mood / (1.0 + self.mood.abs()),
            f64::from(self.is_praise),
        ]
    }

    /// Probability that a person gives this polarity too.
    pub fn probability(&self) -> f64 {
        let terms = self.features().into_iter().zip(COEFFICIENTS);
        logistic(terms.map(|(feature, weight)| feature * weight).sum())
    }
}
