//! Scores as surveys write them: numbers, labels, stars and thumbs. Pure.

use serde::{Deserialize, Serialize};

use super::row_problem::{Reason, shorten};

/// The question asked, with its answer scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// An answer on a scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    pub scale: ScoreScale,
    pub value: f64,
    /// Whether the value is at or above the scale's cut for a good score.
    pub good: bool,
}

/// Levels of satisfaction from 1 to 5, in lower case.
const SATISFACTION: [[&str; 5]; 9] = [
    [
        "very dissatisfied",
        "dissatisfied",
        "neutral",
        "satisfied",
        "very satisfied",
    ],
    [
        "very unsatisfied",
        "unsatisfied",
        "neither satisfied nor dissatisfied",
        "satisfied",
        "very satisfied",
    ],
    ["very poor", "poor", "average", "good", "excellent"],
    [
        "sehr unzufrieden",
        "unzufrieden",
        "teils, teils",
        "zufrieden",
        "sehr zufrieden",
    ],
    [
        "très insatisfait",
        "insatisfait",
        "neutre",
        "satisfait",
        "très satisfait",
    ],
    [
        "muy insatisfecho",
        "insatisfecho",
        "neutral",
        "satisfecho",
        "muy satisfecho",
    ],
    [
        "molto insoddisfatto",
        "insoddisfatto",
        "neutrale",
        "soddisfatto",
        "molto soddisfatto",
    ],
    [
        "zeer ontevreden",
        "ontevreden",
        "neutraal",
        "tevreden",
        "zeer tevreden",
    ],
    [
        "πολύ δυσαρεστημένος",
        "δυσαρεστημένος",
        "ουδέτερος",
        "ικανοποιημένος",
        "πολύ ικανοποιημένος",
    ],
];

/// Agreement from 1 to 7, in lower case.
const AGREEMENT: [&str; 7] = [
    "strongly disagree",
    "disagree",
    "somewhat disagree",
    "neither agree nor disagree",
    "somewhat agree",
    "agree",
    "strongly agree",
];

const THUMB_UP: [&str; 12] = [
    "1",
    "up",
    "yes",
    "true",
    "good",
    "positive",
    "like",
    "thumbs up",
    "thumb up",
    "thumbsup",
    "+1",
    "👍",
];
const THUMB_DOWN: [&str; 13] = [
    "0",
    "down",
    "no",
    "false",
    "bad",
    "negative",
    "dislike",
    "thumbs down",
    "thumb down",
    "thumbsdown",
    "-1",
    "👎",
    "-0",
];

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

    /// Lowest and highest value, and the lowest good one.
    fn bounds(self) -> (f64, f64, f64) {
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

    /// Parses a score as written in a file: a number, a number with its label ("10 - Extremely
    /// likely", "5 (Excellent)", "4 stars", "9/10"), stars, a thumb, or a usual label.
    ///
    /// # Errors
    /// [`Reason::NotThumb`], [`Reason::NotNumber`], [`Reason::OffScale`].
    pub fn read(self, text: &str) -> Result<Score, Reason> {
        let plain = plain(text);
        if self == Self::Thumbs {
            let value = match plain.as_str() {
                up if THUMB_UP.contains(&up) => 1.0,
                down if THUMB_DOWN.contains(&down) => 0.0,
                _ => return Err(Reason::NotThumb(shorten(text.trim()))),
            };
            return self.score(value);
        }
        let value = number(&plain)
            .or_else(|| self.label(&plain))
            .or_else(|| stars(&plain))
            .or_else(|| self.labelled_number(&plain));
        self.score(value.ok_or_else(|| Reason::NotNumber(shorten(text.trim())))?)
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
            good: value >= good_from,
        })
    }

    fn label(self, text: &str) -> Option<f64> {
        let levels: Vec<&[&str]> = match self {
            Self::Csat => SATISFACTION.iter().map(<[&str; 5]>::as_slice).collect(),
            Self::Ces => vec![&AGREEMENT],
            _ => Vec::new(),
        };
        let position = |labels: &&[&str]| labels.iter().position(|l| *l == text);
        levels.iter().find_map(position).map(|i| i as f64 + 1.0)
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
/// and single spaces for underscores and colons around a name.
fn plain(text: &str) -> String {
    let kept = text.trim().chars().filter(|c| {
        !matches!(
            c,
            '\u{fe0e}' | '\u{fe0f}' | '\u{200d}' | '\u{1f3fb}'..='\u{1f3ff}'
        )
    });
    let ascii = kept.map(|c| match c {
        '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10).unwrap_or(c),
        '_' => ' ',
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
            (ScoreScale::Ces, "5/9"),
        ] {
            assert_eq!(read(scale, text), None, "{text}");
        }
    }

    #[test]
    fn the_cut_belongs_to_the_scale() {
        let lowest_good = |scale: ScoreScale, values: std::ops::RangeInclusive<i32>| {
            values
                .into_iter()
                .find(|v| scale.score(f64::from(*v)).is_ok_and(|s| s.good))
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
}
