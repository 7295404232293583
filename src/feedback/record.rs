//! One piece of feedback as a typed value. Rows of files and records sent by programs meet here;
//! both are checked by the functions of this file. Pure.

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use super::row_problem::{FIRST_YEAR, MOST_CHARACTERS, Reason, RowProblem};
use crate::types::Instant;

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
    /// [`Reason::UnknownScale`].
    pub fn parse(name: &str) -> Result<Self, Reason> {
        [Self::Csat, Self::Nps, Self::Ces, Self::Thumbs]
            .into_iter()
            .find(|s| s.as_str().eq_ignore_ascii_case(name.trim()))
            .ok_or_else(|| Reason::UnknownScale(shorten(name.trim())))
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
    /// [`Reason::NotThumb`], [`Reason::NotNumber`], [`Reason::OffScale`].
    pub fn read(self, text: &str) -> Result<Score, Reason> {
        let text = text.trim();
        let number = if self == Self::Thumbs {
            match text.to_lowercase().as_str() {
                "1" | "up" | "yes" | "true" | "good" | "positive" | "thumbs up" | "👍" => 1.0,
                "0" | "down" | "no" | "false" | "bad" | "negative" | "thumbs down" | "👎" => 0.0,
                _ => return Err(Reason::NotThumb(shorten(text))),
            }
        } else {
            let number = text.replace(',', ".").parse::<f64>();
            number.map_err(|_e| Reason::NotNumber(shorten(text)))?
        };
        self.score(number)
    }

    /// The score with this value.
    ///
    /// # Errors
    /// [`Reason::OffScale`] for a value outside the scale or between whole numbers.
    pub fn score(self, value: f64) -> Result<Score, Reason> {
        let (low, high, good_from) = self.bounds();
        if !(low..=high).contains(&value) || value.fract() != 0.0 {
            return Err(Reason::OffScale { value, low, high });
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
            return Err(RowProblem::new(score_column, Reason::NoContent));
        }
        Ok(self)
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
/// [`Reason::Missing`], [`Reason::TooLong`], [`Reason::ControlCharacter`].
pub fn required(text: &str) -> Result<String, Reason> {
    let value = text.trim();
    if is_missing(value) {
        return Err(Reason::Missing);
    }
    if value.chars().count() > MOST_CHARACTERS {
        return Err(Reason::TooLong);
    }
    if value.chars().any(char::is_control) {
        return Err(Reason::ControlCharacter);
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
/// [`Reason::Missing`], [`Reason::TimeFormat`], [`Reason::BeforeFirstYear`],
/// [`Reason::InFuture`] for a time more than a day after `now`.
pub fn parse_time(
    text: &str,
    formats: &[String],
    utc_offset: Duration,
    now: Instant,
) -> Result<Instant, Reason> {
    let text = text.trim();
    if is_missing(text) {
        return Err(Reason::Missing);
    }
    let local = formats.iter().find_map(|format| {
        NaiveDateTime::parse_from_str(text, format)
            .or_else(|_e| {
                NaiveDate::parse_from_str(text, format).map(|day| day.and_time(NaiveTime::MIN))
            })
            .ok()
    });
    let unreadable = || Reason::TimeFormat {
        text: shorten(text),
        formats: formats.join(", "),
    };
    let utc: DateTime<Utc> = match local {
        Some(local) => local
            .and_utc()
            .checked_sub_signed(utc_offset)
            .ok_or_else(unreadable)?,
        None => DateTime::parse_from_rfc3339(text)
            .map_err(|_e| unreadable())?
            .with_timezone(&Utc),
    };
    let at = Instant::from(utc);
    let first = NaiveDate::from_ymd_opt(FIRST_YEAR, 1, 1).unwrap_or_default();
    if at.date() < first {
        return Err(Reason::BeforeFirstYear(shorten(text)));
    }
    if at > now.plus(Duration::days(1)) {
        return Err(Reason::InFuture(shorten(text)));
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
