//! Mood of a comment: the praise and blame of all its clauses, and the probability that the
//! customer was pleased.

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
/// From product reviews and tweets that twenty people rated; see `docs/methods.md`.
const COEFFICIENTS: [f64; 3] = [0.58, 2.06, -0.15];
/// What stands on both sides makes a balance less clear: halved at this much.
const DAMPING: f64 = 6.0;
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

    /// Probability that the mood is positive rather than negative, in (0, 1).
    pub fn probability_positive(&self) -> f64 {
        let terms = self.features().into_iter().zip(COEFFICIENTS);
        logistic(terms.map(|(feature, weight)| feature * weight).sum())
    }

    /// Probability that the mood is positive, if there is praise or blame.
    pub fn pleased(&self) -> Option<f64> {
        let is_told = self.praise > 0.0 || self.blame > 0.0;
        is_told.then(|| self.probability_positive())
    }

    /// Whether the mood is positive, if it is clear, and the probability of that.
    pub fn is_positive(&self) -> Option<(bool, f64)> {
        clear(self.pleased()?)
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
