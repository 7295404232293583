//! Scores in a mapping: their scale, its labels, and which of them are good. Pure.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    row_problem::Reason,
    score::{Score, ScoreScale, folded},
};
use crate::{
    locale::{Localised, Message, Value, decimal, english, list},
    msg,
};

/// Scores of a file or source.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreFormat {
    /// The scale of rows that name none.
    pub scale: Option<ScoreScale>,
    /// The wording of the question, where no column has it.
    #[serde(default)]
    pub wording: Option<String>,
    /// Lowest good value on `scale`; without it, the usual one of the scale.
    #[serde(default)]
    pub good_from: Option<f64>,
    /// Values of labels, in any case. They come before the usual labels of a scale.
    #[serde(default)]
    pub labels: BTreeMap<String, f64>,
}

/// Problem of the scores of a mapping.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{}", english(self))]
pub enum ScoreFormatError {
    /// `good_from` without a scale.
    NoScale,
    /// `good_from` is not above the lowest value and up to the highest.
    Cut { low: f64, high: f64 },
    /// The value of a label is not on the scale.
    Label { label: String, value: f64 },
    /// Two labels that differ only in case have different values.
    LabelTwice(String),
}

impl Localised for ScoreFormatError {
    fn message(&self) -> Message {
        match self {
            Self::NoScale => msg!("error-mapping-good-from-no-scale"),
            Self::Cut { low, high } => msg!(
                "error-mapping-good-from",
                low = number(*low),
                high = number(*high)
            ),
            Self::Label { label, value } => {
                msg!("error-mapping-label", label = label, value = number(*value))
            }
            Self::LabelTwice(label) => msg!("error-mapping-label-twice", label = label),
        }
    }
}

impl ScoreFormat {
    /// Checks the format and folds its labels.
    ///
    /// # Errors
    /// [`ScoreFormatError`].
    pub fn checked(mut self) -> Result<Self, ScoreFormatError> {
        if let Some(cut) = self.good_from {
            let (low, high, _) = self.scale.ok_or(ScoreFormatError::NoScale)?.bounds();
            if !(cut > low && cut <= high) {
                return Err(ScoreFormatError::Cut { low, high });
            }
        }
        let mut labels = BTreeMap::new();
        for (label, value) in std::mem::take(&mut self.labels) {
            if !value.is_finite() || self.scale.is_some_and(|s| s.score(value).is_err()) {
                return Err(ScoreFormatError::Label { label, value });
            }
            let known = labels.insert(folded(&label), value);
            if known.is_some_and(|known| known.total_cmp(&value).is_ne()) {
                return Err(ScoreFormatError::LabelTwice(label));
            }
        }
        self.labels = labels;
        Ok(self)
    }

    /// Reads a score on `scale`.
    ///
    /// # Errors
    /// Errors of [`ScoreScale::read`].
    pub fn read(&self, text: &str, scale: ScoreScale) -> Result<Score, Reason> {
        let own = match self.labels.is_empty() {
            true => None,
            false => self.labels.get(&folded(text)),
        };
        let mut score = match own {
            Some(value) => scale.score(*value)?,
            None => scale.read(text)?,
        };
        if let Some(cut) = self.good_from.filter(|_| self.scale == Some(scale)) {
            score.good_from = cut;
        }
        Ok(score)
    }

    /// Rule for the scores of rows without a scale of their own.
    pub fn rule(&self) -> Option<ScoreRule> {
        let scale = self.scale?;
        let (_, _, usual) = scale.bounds();
        Some(ScoreRule {
            scale,
            good_from: self.good_from.unwrap_or(usual),
        })
    }
}

/// Rule for which scores of a scale are good: those from `good_from` up.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ScoreRule {
    pub scale: ScoreScale,
    pub good_from: f64,
}

impl ScoreRule {
    /// The rule of a stored record. `None` without a score.
    pub fn of(scale: Option<&str>, good_from: Option<f64>) -> Option<Self> {
        Some(Self {
            scale: ScoreScale::parse(scale?).ok()?,
            good_from: good_from?,
        })
    }
}

impl Localised for ScoreRule {
    fn message(&self) -> Message {
        let (low, high, _) = self.scale.bounds();
        match self.scale {
            ScoreScale::Thumbs => msg!("score-rule-thumbs"),
            _ if self.good_from >= high => {
                msg!("score-rule-highest", low = number(low), high = number(high))
            }
            _ => msg!(
                "score-rule",
                from = number(self.good_from),
                low = number(low),
                high = number(high)
            ),
        }
    }
}

/// A score with its scale, for people.
pub fn describe_score(scale: ScoreScale, value: f64) -> Message {
    let (low, high, _) = scale.bounds();
    match scale {
        ScoreScale::Thumbs if value >= high => msg!("score-thumb-up"),
        ScoreScale::Thumbs => msg!("score-thumb-down"),
        _ => msg!(
            "score-on-scale",
            score = number(value),
            low = number(low),
            high = number(high)
        ),
    }
}

/// Formats a number with as many decimals as it has, at most two.
fn number(value: f64) -> Value {
    let is_whole = |digits: &u8| (value * 10_f64.powi(i32::from(*digits))).fract() == 0.0;
    decimal(value, [0, 1].into_iter().find(is_whole).unwrap_or(2))
}

/// Sentences that say which scores count as good. `None` without a rule.
pub fn describe(rules: impl IntoIterator<Item = ScoreRule>) -> Option<Message> {
    let rules: Vec<Message> = rules.into_iter().map(|rule| rule.message()).collect();
    let count = rules.len();
    (count > 0).then(|| msg!("score-rules", rules = list(rules), count = count))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(good_from: Option<f64>, labels: &[(&str, f64)]) -> ScoreFormat {
        ScoreFormat {
            scale: Some(ScoreScale::Csat),
            wording: None,
            good_from,
            labels: labels.iter().map(|(l, v)| ((*l).to_owned(), *v)).collect(),
        }
    }

    #[test]
    fn own_labels_come_before_the_usual_ones_and_the_own_cut_before_that_of_the_scale() {
        let own = format(Some(5.0), &[("Wow", 5.0), ("GOOD", 3.0)]);
        let own = own.checked().expect("usable");
        let read = |text| {
            own.read(text, ScoreScale::Csat)
                .map(|s| (s.value, s.is_good()))
        };
        assert_eq!(read("wow"), Ok((5.0, true)));
        assert_eq!(read("Good"), Ok((3.0, false)));
        assert_eq!(read("Satisfied"), Ok((4.0, false)));
        assert_eq!(read("5"), Ok((5.0, true)));
        // The cut is that of the mapping's scale only.
        let nps = own.read("9", ScoreScale::Nps).expect("a score");
        assert!(nps.is_good());
    }

    #[test]
    fn a_cut_or_label_that_makes_no_sense_is_refused() {
        for (format, problem) in [
            (format(Some(1.0), &[]), "above 1"),
            (format(Some(5.5), &[]), "up to 5"),
            (format(None, &[("Wow", 6.0)]), "Wow"),
            (format(None, &[("Wow", 5.0), ("wow", 4.0)]), "wow"),
            (
                ScoreFormat {
                    good_from: Some(4.0),
                    ..ScoreFormat::default()
                },
                "scale",
            ),
        ] {
            let error = format.checked().expect_err(problem).to_string();
            assert!(error.contains(problem), "{error}");
        }
    }
}
