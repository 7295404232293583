//! Comments that mention a theme, counted and weighted by the probability that they do. Pure.

use std::{iter::Sum, ops::AddAssign};

/// Comments that mention a theme with a polarity.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MentionCount {
    pub comments: u64,
    /// Expected number of them that do: `comments` times the mean probability of the mentions. What
    /// rules and tests count.
    pub expected: f64,
}

impl MentionCount {
    /// `probabilities` is the sum over the mentions, each with four decimals.
    pub fn new(comments: u64, mentions: u64, probabilities: f64) -> Self {
        // The order in which a database adds must not matter.
        let sum = (probabilities * 1e4).round() / 1e4;
        Self {
            comments,
            expected: comments as f64 * sum / mentions.max(1) as f64,
        }
    }

    /// Mentions with these probabilities in `comments` comments.
    pub fn of(comments: u64, probabilities: &[f64]) -> Self {
        Self::new(
            comments,
            probabilities.len() as u64,
            probabilities.iter().sum(),
        )
    }

    /// The expected number as a whole, for tests of counts.
    pub fn rounded(self) -> u64 {
        self.expected.round() as u64
    }

    /// Subtracts a part of this count.
    #[must_use]
    pub fn without(self, part: Self) -> Self {
        Self {
            comments: self.comments.saturating_sub(part.comments),
            expected: (self.expected - part.expected).max(0.0),
        }
    }
}

impl AddAssign for MentionCount {
    fn add_assign(&mut self, other: Self) {
        self.comments += other.comments;
        self.expected += other.expected;
    }
}

impl Sum for MentionCount {
    fn sum<I: Iterator<Item = Self>>(counts: I) -> Self {
        counts.fold(Self::default(), |mut sum, count| {
            sum += count;
            sum
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two comments, one with two mentions: 2 x (.9 + .8 + .7) / 3.
    #[test]
    fn comments_are_weighted_by_the_mean_probability() {
        let count = MentionCount::of(2, &[0.9, 0.8, 0.7]);
        assert_eq!(count.comments, 2);
        assert!((count.expected - 1.6).abs() < 1e-12);
        assert_eq!(count.rounded(), 2);
        assert_eq!(count.without(count), MentionCount::default());
        assert_eq!(MentionCount::new(0, 0, 0.0), MentionCount::default());
    }

    #[test]
    fn the_order_of_addition_does_not_matter() {
        let probabilities: Vec<f64> = (1..3_000).map(|i| f64::from(i) / 1e4 + 0.6).collect();
        let backwards: Vec<f64> = probabilities.iter().rev().copied().collect();
        let count = MentionCount::of(2_000, &probabilities);
        assert_eq!(count, MentionCount::of(2_000, &backwards));
    }
}
