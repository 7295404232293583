//! Indices of sameness: responses that do not depend on the statements.

/// Longest run of identical responses in the given order; 0 without responses.
pub fn longstring(answers: &[i32]) -> usize {
    let (mut longest, mut run, mut last) = (0, 0, None);
    for &answer in answers {
        run = if last == Some(answer) { run + 1 } else { 1 };
        last = Some(answer);
        longest = longest.max(run);
    }
    longest
}

/// Intra-individual response variability: the standard deviation of one person's responses, with
/// divisor n - 1. Returns `None` below two responses.
pub fn irv(answers: &[i32]) -> Option<f64> {
    if answers.len() < 2 {
        return None;
    }
    let n = answers.len() as f64;
    let mean = answers.iter().map(|&a| f64::from(a)).sum::<f64>() / n;
    Some(
        (answers
            .iter()
            .map(|&a| (f64::from(a) - mean).powi(2))
            .sum::<f64>()
            / (n - 1.0))
            .sqrt(),
    )
}

/// Longest stretch of responses that repeat with a period of 1 to 8, such as 3 3 3 or 1 5 1 5.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RepeatedPattern {
    pub period: usize,
    /// First position, and the position after the last.
    pub start: usize,
    pub end: usize,
}

impl RepeatedPattern {
    /// Finds the stretch with the most repetitions; of equal ones that with the shortest period.
    pub fn longest(answers: &[i32]) -> Self {
        let mut best = Self::default();
        for period in 1..=8 {
            let mut start = 0;
            for at in period..answers.len() {
                if answers[at] != answers[at - period] {
                    start = at + 1 - period;
                } else if at + 1 - start - period > best.repetitions() {
                    best = Self {
                        period,
                        start,
                        end: at + 1,
                    };
                }
            }
        }
        best
    }

    /// Responses that equal the one a period earlier.
    pub fn repetitions(self) -> usize {
        (self.end - self.start).saturating_sub(self.period)
    }

    /// Whether the stretch has at least `least` items of each direction, which means the same
    /// responses to statements and to their opposites. `reversed` holds the direction of the item
    /// of each response.
    pub fn crosses_directions(self, reversed: &[bool], least: usize) -> bool {
        let stretch = reversed.get(self.start..self.end).unwrap_or_default();
        let of_reversed = stretch.iter().filter(|r| **r).count();
        of_reversed >= least && stretch.len() - of_reversed >= least
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longstring_and_irv_match_hand_calculation() {
        assert_eq!(longstring(&[1, 2, 2, 2, 3, 3]), 3);
        assert_eq!(longstring(&[]), 0);
        // R: sd(c(1, 5, 1, 5)) = 2.309401
        assert!((irv(&[1, 5, 1, 5]).expect("four") - 2.309_401).abs() < 1e-6);
        assert_eq!(irv(&[3]), None);
    }

    #[test]
    fn patterns_are_found_with_their_period() {
        let longest = |answers: &[i32]| {
            let found = RepeatedPattern::longest(answers);
            (found.period, found.start, found.end, found.repetitions())
        };
        assert_eq!(longest(&[4, 2, 3, 3, 3, 3, 1]), (1, 2, 6, 3));
        assert_eq!(longest(&[3, 1, 5, 1, 5, 1, 2]), (2, 1, 6, 3));
        assert_eq!(longest(&[1, 2, 3, 4, 1, 2, 3, 4, 1]), (4, 0, 9, 5));
        assert_eq!(longest(&[1, 2, 3, 4, 5]).3, 0);
        assert_eq!(longest(&[]).3, 0);
    }
}
