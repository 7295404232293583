//! Mood of a comment: the praise and blame of all its clauses, and the probability that the
//! customer was pleased.
//!
//! Words of praise and blame, a [model](super::classifier::mood) learned from scores where there is
//! one, and the comment's own score add up as log odds. Where they contradict each other, no mood
//! is given.

use crate::stats::distributions::logistic;

/// Praise and blame of a text, each word with its strength.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Mood {
    pub praise: f64,
    pub blame: f64,
    /// Things asked for: customers who ask are seldom pleased.
    pub requests: f64,
}

/// Log odds of a positive mood: constant, by the balance of praise and blame, and by each request.
/// From product reviews and tweets that twenty people rated; see `docs/methods.md`. Those have more
/// praise than blame, with a constant of .53: here it is such that one clear word is enough either
/// way.
const COEFFICIENTS: [f64; 3] = [0.15, 2.06, -0.15];
/// What stands on both sides makes a balance less clear: halved at this much.
const DAMPING: f64 = 6.0;
/// Log odds that a good or another score adds. Of comments of a contact centre with a clear mood of
/// their words, the score is good for 97 % of the pleased and 22 % of the others.
const GOOD_SCORE: f64 = 1.5;
const OTHER_SCORE: f64 = -3.0;
/// Log odds that a good score adds to praise of the agent's own behaviour, that another score adds
/// to praise, and that it adds to blame. Fitted by `cargo run --release --example polarity --
/// judged` to mentions in remarks of a contact centre that a reader judged; see `docs/methods.md`.
/// A good score adds nothing to other praise and takes nothing from blame: a pleased customer may
/// complain about one thing.
const PRAISE_OF_AGENT_BY_GOOD: f64 = 1.45;
const PRAISE_BY_OTHER: f64 = -2.62;
const BLAME_BY_OTHER: f64 = 1.03;
/// Shares of a model's log odds that a mention of the same sign gains, and that one of the other
/// sign loses: a comment may praise one thing and blame another.
const RAISE: f64 = 0.2;
const LOWER: f64 = 0.4;
/// Largest log odds of a model that a mention gains or loses a share of.
const MOST_BY_MODEL: f64 = 3.0;
/// A mood is given from this probability on.
pub const CLEAR: f64 = 0.87;

impl std::ops::AddAssign for Mood {
    fn add_assign(&mut self, other: Self) {
        self.praise += other.praise;
        self.blame += other.blame;
        self.requests += other.requests;
    }
}

impl Mood {
    /// Predictors of a positive mood: a constant, the balance and the requests.
    pub fn features(&self) -> [f64; 3] {
        let balance = self.praise - self.blame;
        let damped = balance / (1.0 + self.praise.min(self.blame) / DAMPING);
        [1.0, damped, self.requests]
    }

    /// Probability that the mood is positive rather than negative.
    pub fn probability_positive(&self) -> f64 {
        logistic(self.sum())
    }

    /// Log odds of a positive mood, also without praise and blame. Finite for any length of text,
    /// unlike the log odds of a probability that was rounded to 1.
    fn sum(&self) -> f64 {
        let terms = self.features().into_iter().zip(COEFFICIENTS);
        terms.map(|(feature, weight)| feature * weight).sum()
    }

    /// Log odds that praise, blame and requests add, if there is praise or blame.
    pub fn evidence(&self) -> Option<f64> {
        let is_told = self.praise > 0.0 || self.blame > 0.0;
        is_told.then(|| self.sum() - COEFFICIENTS[0])
    }

    /// Log odds of a positive mood, if there is praise or blame.
    pub fn log_odds(&self) -> Option<f64> {
        Some(COEFFICIENTS[0] + self.evidence()?)
    }

    /// Whether the mood is positive, if it is clear, and the probability of that.
    pub fn is_positive(&self) -> Option<(bool, f64)> {
        clear(logistic(self.log_odds()?))
    }
}

fn logit(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}

/// What is known of a comment's mood.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MoodEvidence {
    /// Log odds by the words of praise and blame alone.
    pub lexicon: Option<f64>,
    /// Log odds by those and a learned model; without a model the same.
    pub text: Option<f64>,
    /// Whether the comment's score is good.
    pub good: Option<bool>,
}

impl MoodEvidence {
    fn score(&self) -> f64 {
        match self.good {
            Some(true) => GOOD_SCORE,
            Some(false) => OTHER_SCORE,
            None => 0.0,
        }
    }

    /// Probability that the customer was pleased. A score alone says nothing about the words.
    pub fn pleased(&self) -> Option<f64> {
        Some(logistic(self.text? + self.score()))
    }

    /// The probability of a mention with this polarity, given what score and model say beyond the
    /// words. `by_agent` says whether its theme is the agent's own behaviour.
    pub fn adjusted(&self, probability: f64, is_praise: bool, by_agent: bool) -> f64 {
        let score = match (self.good, is_praise) {
            (Some(true), true) if by_agent => PRAISE_OF_AGENT_BY_GOOD,
            (Some(false), true) => PRAISE_BY_OTHER,
            (Some(false), false) => BLAME_BY_OTHER,
            _ => 0.0,
        };
        logistic(logit(probability) + score + self.by_model(is_praise))
    }

    /// Log odds that a model adds to a mention with this polarity. It takes away at most what words
    /// and model together say for the other side: a model that only puts more weight on other words
    /// contradicts nothing.
    fn by_model(&self, is_praise: bool) -> f64 {
        let text = self.text.unwrap_or_default();
        let beyond = text - self.lexicon.unwrap_or_default();
        let towards = |log_odds: f64| if is_praise { log_odds } else { -log_odds };
        let gain = towards(beyond).clamp(-MOST_BY_MODEL, MOST_BY_MODEL);
        if gain > 0.0 {
            RAISE * gain
        } else {
            LOWER * gain.max(towards(text).min(0.0))
        }
    }
}

/// Whether a customer was pleased, if the probability that they were is clear, and the probability
/// of the answer.
pub fn clear(pleased: f64) -> Option<(bool, f64)> {
    if pleased >= CLEAR {
        Some((true, pleased))
    } else if pleased <= 1.0 - CLEAR {
        Some((false, 1.0 - pleased))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn evidence(text: f64, good: Option<bool>) -> MoodEvidence {
        MoodEvidence {
            lexicon: Some(text),
            text: Some(text),
            good,
        }
    }

    #[test]
    fn a_text_of_any_length_has_a_probability() {
        let mood = Mood {
            praise: 1e6,
            ..Mood::default()
        };
        let log_odds = mood.log_odds();
        let long = MoodEvidence {
            lexicon: log_odds,
            text: log_odds,
            good: Some(true),
        };
        assert_eq!(long.pleased(), Some(1.0));
        assert!(long.adjusted(0.9, true, true) > 0.9);
    }

    #[test]
    fn a_score_against_the_words_leaves_no_mood() {
        for (words, good) in [(3.0, false), (-3.0, true)] {
            let mood = |good| clear(evidence(words, good).pleased().expect("told"));
            assert_eq!(mood(None).map(|m| m.0), Some(words > 0.0));
            let (agrees, contradicts) = (mood(Some(!good)), mood(Some(good)));
            assert!(agrees.expect("clear").1 > mood(None).expect("clear").1);
            assert!(contradicts.is_none(), "{words} {good}: {contradicts:?}");
        }
        let silent = MoodEvidence {
            good: Some(true),
            ..MoodEvidence::default()
        };
        assert_eq!(silent.pleased(), None);
    }

    #[test]
    fn mentions_gain_less_by_agreement_than_they_lose_by_contradiction() {
        let (good, poor) = (evidence(0.0, Some(true)), evidence(0.0, Some(false)));
        assert!(good.adjusted(0.9, true, true) > 0.95 && poor.adjusted(0.9, false, false) > 0.95);
        assert!(good.adjusted(0.9, true, false) < good.adjusted(0.9, true, true));
        assert!(poor.adjusted(0.9, true, true) < 0.5);
        assert!(good.adjusted(0.9, false, false) < poor.adjusted(0.9, false, false));
        assert!((evidence(2.0, None).adjusted(0.9, true, true) - 0.9).abs() < 1e-12);
        let model = MoodEvidence {
            lexicon: Some(1.0),
            text: Some(-2.0),
            good: None,
        };
        assert!(model.adjusted(0.9, true, true) < 0.85);
        let agrees = MoodEvidence {
            lexicon: Some(6.0),
            text: Some(3.0),
            good: None,
        };
        assert!((agrees.adjusted(0.9, true, true) - 0.9).abs() < 1e-12);
    }
}
