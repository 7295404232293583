//! One piece of feedback as a typed value. Rows of files and records sent by programs meet here;
//! both are checked by the functions of this file. Pure.

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use crate::types::Instant;

/// Most characters of an id, a name or a label.
const MOST_CHARACTERS: usize = 200;
/// The reason why a score without a scale is rejected.
pub const NO_SCALE: &str = "has a score but no scale is named";

/// The question asked, with its answer scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ScoreScale {
    /// Satisfaction, 1 to 5; good from 4.
    #[serde(rename = "csat_1_5")]
    Csat,
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

impl ScoreScale {
    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Csat => "csat_1_5",
            Self::Nps => "nps_0_10",
            Self::Ces => "ces_1_7",
            Self::Thumbs => "thumbs",
        }
    }

    /// The scale with this name, in any case.
    ///
    /// # Errors
    /// A sentence that lists the names.
    pub fn parse(name: &str) -> Result<Self, String> {
        [Self::Csat, Self::Nps, Self::Ces, Self::Thumbs]
            .into_iter()
            .find(|s| s.as_str().eq_ignore_ascii_case(name.trim()))
            .ok_or_else(|| {
                format!(
                    "\"{}\" is not one of csat_1_5, nps_0_10, ces_1_7, thumbs",
                    shorten(name.trim())
                )
            })
    }

    fn bounds(self) -> (f64, f64, f64) {
        match self {
            Self::Csat => (1.0, 5.0, 4.0),
            Self::Nps => (0.0, 10.0, 9.0),
            Self::Ces => (1.0, 7.0, 5.0),
            Self::Thumbs => (0.0, 1.0, 1.0),
        }
    }

    /// Parses a score as written in a file.
    ///
    /// # Errors
    /// A sentence that says what is expected.
    pub fn read(self, text: &str) -> Result<Score, String> {
        let text = text.trim();
        let number = if self == Self::Thumbs {
            match text.to_lowercase().as_str() {
                "1" | "up" | "yes" | "true" | "good" | "positive" | "thumbs up" | "👍" => 1.0,
                "0" | "down" | "no" | "false" | "bad" | "negative" | "thumbs down" | "👎" => 0.0,
                _ => {
                    return Err(format!(
                        "\"{}\" is neither a thumb up nor a thumb down",
                        shorten(text)
                    ));
                }
            }
        } else {
            let number = text.replace(',', ".").parse::<f64>();
            number.map_err(|_e| format!("\"{}\" is not a number", shorten(text)))?
        };
        self.score(number)
    }

    /// The score with this value.
    ///
    /// # Errors
    /// A sentence with the range, for a value outside it or between whole numbers.
    pub fn score(self, value: f64) -> Result<Score, String> {
        let (low, high, good_from) = self.bounds();
        if !(low..=high).contains(&value) || value.fract() != 0.0 {
            return Err(format!(
                "{value} is not a whole number from {low} to {high}"
            ));
        }
        Ok(Score {
            scale: self,
            value,
            good: value >= good_from,
        })
    }
}

/// An answer on a scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    pub scale: ScoreScale,
    pub value: f64,
    /// Whether the value is at or above the scale's cut for a good score.
    pub good: bool,
}

/// One piece of feedback, checked and not yet stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    pub external_id: String,
    /// The agent's reference.
    pub agent: String,
    pub agent_name: String,
    pub team: Option<String>,
    pub occurred_at: Instant,
    pub channel: String,
    pub issue: String,
    pub score: Option<Score>,
    /// As written: not yet redacted.
    pub comment: Option<String>,
    /// The wording of the question, or the name of its version.
    pub wording: Option<String>,
}

impl Record {
    /// The record itself, provided that it has a score or a comment.
    ///
    /// # Errors
    /// A problem in `score_column`.
    pub fn with_content(self, score_column: &str) -> Result<Self, RowProblem> {
        if self.score.is_none() && self.comment.is_none() {
            let reason = "there is neither a score nor a comment";
            return Err(RowProblem::new(score_column, reason));
        }
        Ok(self)
    }
}

/// Why a row is rejected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowProblem {
    /// The column at fault; empty when the whole row is.
    pub column: String,
    pub reason: String,
}

impl RowProblem {
    /// A problem of a column; an empty column stands for the whole row.
    pub fn new(column: &str, reason: impl Into<String>) -> Self {
        Self {
            column: column.to_owned(),
            reason: reason.into(),
        }
    }

    /// Attributes reasons to a column.
    pub fn in_column<R: Into<String>>(column: &str) -> impl Fn(R) -> Self {
        move |reason| Self::new(column, reason)
    }
}

/// A text cut to 80 characters, for messages.
pub fn shorten(text: &str) -> String {
    let short: String = text.chars().take(80).collect();
    if short.len() < text.len() {
        format!("{short}…")
    } else {
        short
    }
}

/// Whether a cell says that there is no value.
pub fn is_missing(text: &str) -> bool {
    matches!(
        text.trim().to_ascii_lowercase().as_str(),
        "" | "na" | "n/a" | "null" | "none" | "nan" | "-" | "#n/a"
    )
}

/// A value that must be present: at most 200 characters, no line breaks or control characters.
///
/// # Errors
/// What is wrong with the value.
pub fn required(text: &str) -> Result<String, String> {
    let value = text.trim();
    if is_missing(value) {
        return Err("is empty".to_owned());
    }
    if value.chars().count() > MOST_CHARACTERS {
        return Err(format!("is longer than {MOST_CHARACTERS} characters"));
    }
    if value.chars().any(char::is_control) {
        return Err("has a line break or control character".to_owned());
    }
    Ok(value.to_owned())
}

/// An optional label without control characters, cut to 200 characters.
pub fn label(text: &str) -> Option<String> {
    let text = text.trim();
    let kept = text.chars().filter(|c| !c.is_control());
    (!is_missing(text)).then(|| kept.take(MOST_CHARACTERS).collect())
}

/// A comment. "None" or "NA" counts as an answer that says nothing, and is kept.
pub fn comment(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// Parses a time by the first of `formats` (chrono's `strftime` syntax) that fits, in a time zone
/// `utc_offset` ahead of UTC, or else as RFC 3339.
///
/// # Errors
/// A sentence, for a text in another format and for times before 1990 or more than a day after
/// `now`.
pub fn parse_time(
    text: &str,
    formats: &[String],
    utc_offset: Duration,
    now: Instant,
) -> Result<Instant, String> {
    let text = text.trim();
    if is_missing(text) {
        return Err("is empty".to_owned());
    }
    let local = formats.iter().find_map(|format| {
        NaiveDateTime::parse_from_str(text, format)
            .or_else(|_e| {
                NaiveDate::parse_from_str(text, format).map(|day| day.and_time(NaiveTime::MIN))
            })
            .ok()
    });
    let utc: DateTime<Utc> = match local {
        Some(local) => local
            .and_utc()
            .checked_sub_signed(utc_offset)
            .ok_or_else(|| format!("\"{}\" is out of range", shorten(text)))?,
        None => DateTime::parse_from_rfc3339(text)
            .map_err(|_e| {
                format!(
                    "\"{}\" fits none of the time formats {}",
                    shorten(text),
                    formats.join(" or ")
                )
            })?
            .with_timezone(&Utc),
    };
    let at = Instant::from(utc);
    let first = NaiveDate::from_ymd_opt(1990, 1, 1).unwrap_or_default();
    if at.date() < first {
        return Err(format!("\"{}\" is before 1990", shorten(text)));
    }
    if at > now.plus(Duration::days(1)) {
        return Err(format!("\"{}\" is in the future", shorten(text)));
    }
    Ok(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_accept_only_their_own_answers() {
        let read = |scale: ScoreScale, text| scale.read(text).map(|s| (s.value, s.good));
        assert_eq!(read(ScoreScale::Csat, "4"), Ok((4.0, true)));
        assert_eq!(read(ScoreScale::Csat, "3,0"), Ok((3.0, false)));
        assert_eq!(read(ScoreScale::Nps, "8"), Ok((8.0, false)));
        assert_eq!(read(ScoreScale::Ces, "5"), Ok((5.0, true)));
        assert_eq!(read(ScoreScale::Thumbs, "👎"), Ok((0.0, false)));
        for (scale, text) in [
            (ScoreScale::Csat, "0"),
            (ScoreScale::Csat, "4.5"),
            (ScoreScale::Nps, "NaN"),
            (ScoreScale::Thumbs, "maybe"),
            (ScoreScale::Ces, "5/7"),
        ] {
            assert!(scale.read(text).is_err(), "{text}");
        }
    }
}
