//! Keyed responses: which way an item points, and the mean of the items answered.

/// The response format of a set of items and which of them point the other way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Scale {
    /// Lowest answer.
    pub min: i32,
    /// Highest answer.
    pub max: i32,
}

impl Scale {
    /// `value` turned so that higher always means more of the facet: min + max - value when reversed.
    pub fn keyed(self, value: i32, reversed: bool) -> f64 {
        f64::from(if reversed {
            self.min + self.max - value
        } else {
            value
        })
    }

    /// Whether `value` is one of the answers offered.
    pub fn allows(self, value: i32) -> bool {
        (self.min..=self.max).contains(&value)
    }
}

/// Mean of keyed answers, or `None` when fewer than `minimum` were given: a mean of too few items would measure
/// something else.
pub fn keyed_mean(answers: &[f64], minimum: usize) -> Option<f64> {
    (!answers.is_empty() && answers.len() >= minimum)
        .then(|| answers.iter().sum::<f64>() / answers.len() as f64)
}
