//! Scores as surveys write them: numbers, labels, stars and thumbs. Pure.

use std::{
    collections::{BTreeMap, HashMap},
    sync::LazyLock,
};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::row_problem::{Reason, shorten};
use crate::toml_file::{self, TomlError};

/// The question asked, with its answer scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub enum ScoreScale {
    /// Satisfaction, 1 to 5; good from 4.
    #[serde(rename = "csat_1_5")]
    Csat,
    /// Satisfaction, 1 to 3; good from 3.
    #[serde(rename = "csat_1_3")]
    Csat3,
    /// Satisfaction, 1 to 4; good from 3.
    #[serde(rename = "csat_1_4")]
    Csat4,
    /// Satisfaction, 1 to 6; good from 5.
    #[serde(rename = "csat_1_6")]
    Csat6,
    /// Satisfaction, 1 to 7; good from 6.
    #[serde(rename = "csat_1_7")]
    Csat7,
    /// Satisfaction, 1 to 10; good from 8.
    #[serde(rename = "csat_1_10")]
    Csat10,
    /// A slider or percentage, 0 to 100; good from 80.
    #[serde(rename = "score_0_100")]
    Slider,
    /// Freshdesk's seven levels: -103, -102, -101, 100, 101, 102 and 103; good from 101.
    #[serde(rename = "freshdesk")]
    Freshdesk,
    /// Recommendation, 0 to 10; good from 9 (promoters).
    #[serde(rename = "nps_0_10")]
    Nps,
    /// Ease, 1 to 7; good from 5.
    #[serde(rename = "ces_1_7")]
    Ces,
    /// Thumb up or down.
    #[serde(rename = "thumbs")]
    Thumbs,
}

/// Share of a scale that [low](ScoreScale::is_low) scores take.
const LOWEST_SHARE: f64 = 0.25;

/// An answer on a scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    pub scale: ScoreScale,
    pub value: f64,
    /// Lowest value that counts as good.
    pub good_from: f64,
}

impl Score {
    /// Whether the value is at or above the cut.
    pub fn is_good(self) -> bool {
        self.value >= self.good_from
    }
}

/// Usual labels of answers.
#[derive(Default, Deserialize)]
struct LabelFile {
    set: Vec<LabelSet>,
}

/// Labels of one scale in one language.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LabelSet {
    scale: ScoreScale,
    /// Language of the labels, for readers of the file; faces and signs have none.
    #[serde(default, rename = "language")]
    _language: String,
    /// Values of the labels; where absent, the whole numbers from 1.
    values: Option<Vec<f64>>,
    levels: Vec<Vec<String>>,
}

impl LabelSet {
    fn labels(&self) -> impl Iterator<Item = (String, f64)> + '_ {
        self.levels.iter().enumerate().flat_map(|(i, labels)| {
            let values = self.values.as_ref();
            let value = values.map_or(i as f64 + 1.0, |v| v.get(i).copied().unwrap_or(f64::NAN));
            labels.iter().map(move |label| (folded(label), value))
        })
    }
}

fn label_file() -> Result<LabelFile, TomlError> {
    toml_file::parse(include_str!("score_labels.toml"))
}

/// Values of the usual labels, by scale. A test reads the file.
static LABELS: LazyLock<BTreeMap<ScoreScale, HashMap<String, f64>>> = LazyLock::new(|| {
    let mut by_scale: BTreeMap<ScoreScale, HashMap<String, f64>> = BTreeMap::new();
    for set in label_file().unwrap_or_default().set {
        by_scale.entry(set.scale).or_default().extend(set.labels());
    }
    by_scale
});

impl ScoreScale {
    const ALL: [Self; 11] = [
        Self::Csat,
        Self::Csat3,
        Self::Csat4,
        Self::Csat6,
        Self::Csat7,
        Self::Csat10,
        Self::Slider,
        Self::Freshdesk,
        Self::Nps,
        Self::Ces,
        Self::Thumbs,
    ];

    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csat => "csat_1_5",
            Self::Csat3 => "csat_1_3",
            Self::Csat4 => "csat_1_4",
            Self::Csat6 => "csat_1_6",
            Self::Csat7 => "csat_1_7",
            Self::Csat10 => "csat_1_10",
            Self::Slider => "score_0_100",
            Self::Freshdesk => "freshdesk",
            Self::Nps => "nps_0_10",
            Self::Ces => "ces_1_7",
            Self::Thumbs => "thumbs",
        }
    }

    /// The scale with this name, in any case.
    ///
    /// # Errors
    /// [`Reason::UnknownScale`].
    pub fn parse(name: &str) -> Result<Self, Reason> {
        Self::ALL
            .into_iter()
            .find(|s| s.as_str().eq_ignore_ascii_case(name.trim()))
            .ok_or_else(|| Reason::UnknownScale {
                name: shorten(name.trim()),
                scales: Self::ALL.map(Self::as_str).join(", "),
            })
    }

    /// Lowest and highest value, and the lowest good one where nothing else is agreed.
    pub fn bounds(self) -> (f64, f64, f64) {
        match self {
            Self::Csat => (1.0, 5.0, 4.0),
            Self::Csat3 => (1.0, 3.0, 3.0),
            Self::Csat4 => (1.0, 4.0, 3.0),
            Self::Csat6 => (1.0, 6.0, 5.0),
            Self::Csat7 => (1.0, 7.0, 6.0),
            Self::Csat10 => (1.0, 10.0, 8.0),
            Self::Slider => (0.0, 100.0, 80.0),
            Self::Freshdesk => (-103.0, 103.0, 101.0),
            Self::Nps => (0.0, 10.0, 9.0),
            Self::Ces => (1.0, 7.0, 5.0),
            Self::Thumbs => (0.0, 1.0, 1.0),
        }
    }

    /// Whether a value is in the lowest quarter of the scale: 1 or 2 of 5.
    pub fn is_low(self, value: f64) -> bool {
        let (low, high, _) = self.bounds();
        value - low <= LOWEST_SHARE * (high - low)
    }

    /// Parses a score as written in a file: a number, a number with its label ("10 - Extremely
    /// likely", "5 (Excellent)", "4 stars", "9/10"), stars, a thumb, or a usual label.
    ///
    /// # Errors
    /// [`Reason::NotThumb`], [`Reason::NotNumber`], [`Reason::OffScale`].
    pub fn read(self, text: &str) -> Result<Score, Reason> {
        let plain = folded(text);
        let value = match self {
            // Before numbers, because of "-1".
            Self::Thumbs => self
                .label(&plain)
                .or_else(|| self.thumb(&plain))
                .or_else(|| number(&plain)),
            _ => number(&plain)
                .or_else(|| self.label(&plain))
                .or_else(|| stars(&plain)),
        };
        let value = value.or_else(|| self.labelled_number(&plain));
        match value {
            Some(value) => self.score(value),
            None if self == Self::Thumbs => Err(Reason::NotThumb(shorten(text.trim()))),
            None => Err(Reason::NotNumber(shorten(text.trim()))),
        }
    }

    /// The score with this value.
    ///
    /// # Errors
    /// [`Reason::OffScale`] for a value outside the scale or, except on the slider, between whole
    /// numbers.
    pub fn score(self, value: f64) -> Result<Score, Reason> {
        let (low, high, good_from) = self.bounds();
        let whole = self == Self::Slider || value.fract() == 0.0;
        let level = self != Self::Freshdesk || value.abs() > 100.0 || value == 100.0;
        if !(low..=high).contains(&value) || !whole || !level {
            return Err(Reason::OffScale { value, low, high });
        }
        Ok(Score {
            scale: self,
            value,
            good_from,
        })
    }

    fn label(self, text: &str) -> Option<f64> {
        LABELS.get(&self)?.get(text).copied()
    }

    /// Thumbs in one direction, alone or with a label of the same meaning.
    fn thumb(self, text: &str) -> Option<f64> {
        let value = match (text.contains('👍'), text.contains('👎')) {
            (true, false) => 1.0,
            (false, true) => 0.0,
            _ => return None,
        };
        let label = text.replace(['👍', '👎'], "");
        let label = label.trim();
        (label.is_empty() || self.label(label) == Some(value)).then_some(value)
    }

    /// A number before its label. After a slash there must be the highest value of the scale, and a
    /// percent sign is no label.
    fn labelled_number(self, text: &str) -> Option<f64> {
        let end =
            text.find(|c: char| !c.is_ascii_digit() && !matches!(c, '-' | '+' | '.' | ','))?;
        let value = number(text[..end].trim_end_matches(['-', '.', ',']))?;
        let rest = text[end..].trim_start();
        if let Some(of) = rest.strip_prefix('/') {
            return (number(of.trim())? == self.bounds().1).then_some(value);
        }
        let label = rest.trim_start_matches(['-', '–', '—', ':', '=', '(', '.', ')', ' ']);
        let words = label.chars().next().is_some_and(char::is_alphabetic);
        let separated = text[end..].starts_with([' ', ':', '=', '(', '–', '—', ')']);
        (words && separated).then_some(value)
    }
}

/// Lower case, without white space around, variation selectors and skin tones, with ASCII digits
/// and apostrophes, single spaces for underscores, and without colons around a name.
pub fn folded(text: &str) -> String {
    let kept = text.trim().chars().filter(|c| {
        !matches!(
            c,
            '\u{fe0e}' | '\u{fe0f}' | '\u{200d}' | '\u{1f3fb}'..='\u{1f3ff}'
        )
    });
    let ascii = kept.map(|c| match c {
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10).unwrap_or(c),
        '_' => ' ',
        '’' => '\'',
        c if c.is_whitespace() => ' ',
        other => other,
    });
    let lower = ascii.collect::<String>().to_lowercase();
    let shortcode = lower.strip_prefix(':').and_then(|t| t.strip_suffix(':'));
    shortcode.unwrap_or(&lower).to_owned()
}

/// A number with a decimal point or comma; a comma before three digits could mean thousands and is
/// refused.
fn number(text: &str) -> Option<f64> {
    let thousands = text
        .split_once(',')
        .is_some_and(|(_, digits)| digits.len() == 3);
    let digits = text
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '-' | '+'));
    if thousands || !digits {
        return None;
    }
    text.replace(',', ".").parse().ok()
}

/// Filled stars among filled and empty ones.
fn stars(text: &str) -> Option<f64> {
    let filled = text
        .chars()
        .filter(|c| matches!(c, '★' | '⭐' | '🌟'))
        .count();
    let only = text
        .chars()
        .all(|c| matches!(c, '★' | '⭐' | '🌟' | '☆' | ' '));
    (filled > 0 && only).then_some(filled as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(scale: ScoreScale, text: &str) -> Option<f64> {
        scale.read(text).ok().map(|s| s.value)
    }

    #[test]
    fn numbers_and_labels_of_real_exports_are_read() {
        for (scale, text, value) in [
            (ScoreScale::Csat, "4", 4.0),
            (ScoreScale::Csat, "3,0", 3.0),
            (ScoreScale::Csat, "Very satisfied", 5.0),
            (ScoreScale::Csat, "5 stars", 5.0),
            (ScoreScale::Csat, "★★★★☆", 4.0),
            (ScoreScale::Csat, "5 (Excellent)", 5.0),
            (ScoreScale::Csat, "Unzufrieden", 2.0),
            (ScoreScale::Csat, "Πολύ ικανοποιημένος", 5.0),
            (ScoreScale::Nps, "8", 8.0),
            (ScoreScale::Nps, "10 - Extremely likely", 10.0),
            (ScoreScale::Nps, "0 - Not at all likely", 0.0),
            (ScoreScale::Nps, "10/10", 10.0),
            (ScoreScale::Nps, "１０", 10.0),
            (ScoreScale::Nps, "+9", 9.0),
            (ScoreScale::Ces, "Strongly agree", 7.0),
            (ScoreScale::Slider, "72.5", 72.5),
            (ScoreScale::Freshdesk, "-102", -102.0),
            (ScoreScale::Thumbs, "👎", 0.0),
            (ScoreScale::Thumbs, "👍🏽", 1.0),
            (ScoreScale::Thumbs, ":thumbsup:", 1.0),
            (ScoreScale::Thumbs, "thumbs_down", 0.0),
            (ScoreScale::Thumbs, "👍 Good", 1.0),
            (ScoreScale::Thumbs, "Nein", 0.0),
            (ScoreScale::Thumbs, "Bad, I’m unsatisfied", 0.0),
            (ScoreScale::Csat7, "Slightly satisfied", 5.0),
            (ScoreScale::Csat4, "Plutôt satisfait", 3.0),
            (ScoreScale::Csat3, "☹️", 1.0),
            (ScoreScale::Ces, "Stimme eher zu", 5.0),
            (ScoreScale::Nps, "Extremely likely", 10.0),
            (ScoreScale::Freshdesk, "Very Unhappy", -102.0),
        ] {
            assert_eq!(read(scale, text), Some(value), "{text}");
        }
    }

    #[test]
    fn what_is_not_an_answer_of_the_scale_is_refused() {
        for (scale, text) in [
            (ScoreScale::Csat, "0"),
            (ScoreScale::Csat, "4.5"),
            (ScoreScale::Csat, "6"),
            (ScoreScale::Csat, "100%"),
            (ScoreScale::Csat, "4-5"),
            (ScoreScale::Csat, "3 5"),
            (ScoreScale::Nps, "NaN"),
            (ScoreScale::Nps, "6.5"),
            (ScoreScale::Nps, "1,000"),
            (ScoreScale::Nps, "1e1"),
            (ScoreScale::Nps, "Very satisfied"),
            (ScoreScale::Freshdesk, "50"),
            (ScoreScale::Thumbs, "maybe"),
            (ScoreScale::Thumbs, "👍👎"),
            (ScoreScale::Thumbs, "👍 Bad"),
            (ScoreScale::Thumbs, "5"),
            (ScoreScale::Ces, "5/9"),
        ] {
            assert_eq!(read(scale, text), None, "{text}");
        }
    }

    #[test]
    fn each_usual_label_has_one_value_on_its_scale() {
        let mut values: BTreeMap<(ScoreScale, String), f64> = BTreeMap::new();
        for set in label_file().expect("valid").set {
            for (label, value) in set.labels() {
                assert!(set.scale.score(value).is_ok(), "{label}: {value}");
                let known = *values.entry((set.scale, label.clone())).or_insert(value);
                assert!((known - value).abs() < 1e-9, "{label}: {known} and {value}");
            }
        }
        assert!(values.len() > 200);
    }

    #[test]
    fn the_cut_belongs_to_the_scale() {
        let lowest_good = |scale: ScoreScale, values: std::ops::RangeInclusive<i32>| {
            values
                .into_iter()
                .find(|v| scale.score(f64::from(*v)).is_ok_and(Score::is_good))
        };
        assert_eq!(lowest_good(ScoreScale::Csat3, 1..=3), Some(3));
        assert_eq!(lowest_good(ScoreScale::Csat4, 1..=4), Some(3));
        assert_eq!(lowest_good(ScoreScale::Csat, 1..=5), Some(4));
        assert_eq!(lowest_good(ScoreScale::Csat6, 1..=6), Some(5));
        assert_eq!(lowest_good(ScoreScale::Csat7, 1..=7), Some(6));
        assert_eq!(lowest_good(ScoreScale::Csat10, 1..=10), Some(8));
        assert_eq!(lowest_good(ScoreScale::Nps, 0..=10), Some(9));
        assert_eq!(lowest_good(ScoreScale::Freshdesk, -103..=103), Some(101));
    }

    #[test]
    fn low_scores_are_the_lowest_quarter() {
        let low = |scale: ScoreScale, values: std::ops::RangeInclusive<i32>| {
            let is_low = |value: &i32| scale.is_low(f64::from(*value));
            values.filter(is_low).collect::<Vec<i32>>()
        };
        assert_eq!(low(ScoreScale::Csat, 1..=5), [1, 2]);
        assert_eq!(low(ScoreScale::Csat3, 1..=3), [1]);
        assert_eq!(low(ScoreScale::Nps, 0..=10), [0, 1, 2]);
        assert_eq!(low(ScoreScale::Thumbs, 0..=1), [0]);
        assert_eq!(low(ScoreScale::Freshdesk, 100..=103), [0; 0]);
    }
}
