//! Calibrated probability that a theme mention has the polarity that is given, from what speaks for
//! it: a logistic regression on the kind of evidence, the length of the clause and of the phrase
//! that decides, what the clause asks for, and the mood of the comment.

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
    /// Words of the longest word or phrase for this polarity.
    pub phrase_words: usize,
    /// The theme is the agent's own behaviour.
    pub by_agent: bool,
    /// Something is asked for or wished in the clause.
    pub is_asking: bool,
    /// Balance of the mood towards this polarity: the clause's, and a part of the other clauses'.
    pub mood: f64,
}

/// Number of [features](Evidence::features).
pub const FEATURES: usize = 12;
/// Coefficients of the features, by `cargo run --release --example polarity`; the data and the
/// figures are in `docs/methods.md`.
const COEFFICIENTS: [f64; FEATURES] = [
    0.17, 1.27, 0.48, 0.63, 0.80, -0.45, 0.12, -0.88, 3.63, 0.68, 1.21, -0.72,
];
/// Words from which a longer phrase leaves no less doubt.
const LONG_PHRASE: usize = 4;
/// Shares of gold clauses in which a theme that is only named, or asked for, is just that.
pub const NAMED: f64 = 0.31;
pub const REQUESTED: f64 = 0.89;

/// Least probability of a polarity that is given. Of those below on reviews and tweets, half were
/// wrong, more than their probabilities say.
pub const GIVEN: f64 = 0.7;

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
            (self.phrase_words.clamp(1, LONG_PHRASE) as f64).ln(),
            f64::from(self.is_praise && self.is_asking),
        ]
    }

    /// Probability that a person gives this polarity too.
    pub fn probability(&self) -> f64 {
        let terms = self.features().into_iter().zip(COEFFICIENTS);
        logistic(terms.map(|(feature, weight)| feature * weight).sum())
    }
}
