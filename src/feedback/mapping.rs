//! How the columns of a file become feedback: a small TOML, and the reading of one row by it. Pure.

use chrono::{DateTime, Duration, NaiveDate, NaiveDateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    toml_file::{self, TomlError},
    types::Instant,
};

/// Mappings that ship with the program, by name.
pub const SHIPPED: [(&str, &str); 2] = [
    (
        "contact-centre",
        include_str!("mappings/contact-centre.toml"),
    ),
    ("standard", include_str!("mappings/standard.toml")),
];

/// What is wrong with a mapping.
#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    #[error("Line {} of the mapping: {}", .0.line, .0.problem)]
    Syntax(#[from] TomlError),
    #[error("The mapping needs either score.scale or a scale column.")]
    NoScale,
    #[error("The mapping's utc_offset_minutes must lie between -1440 and 1440.")]
    Offset,
    #[error("The mapping has no time formats.")]
    NoTimeFormat,
    #[error(
        "The file has no column \"{column}\", which the mapping reads as {field}. It has: {present}."
    )]
    MissingColumn {
        field: &'static str,
        column: String,
        present: String,
    },
    #[error(
        "There is no mapping \"{0}\". Give the name of a shipped one (contact-centre, standard) or a file."
    )]
    Unknown(String),
}

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

    fn parse(text: &str) -> Option<Self> {
        [Self::Csat, Self::Nps, Self::Ces, Self::Thumbs]
            .into_iter()
            .find(|s| s.as_str().eq_ignore_ascii_case(text))
    }

    fn bounds(self) -> (f64, f64, f64) {
        match self {
            Self::Csat => (1.0, 5.0, 4.0),
            Self::Nps => (0.0, 10.0, 9.0),
            Self::Ces => (1.0, 7.0, 5.0),
            Self::Thumbs => (0.0, 1.0, 1.0),
        }
    }

    /// The score and whether it is a good one.
    fn read(self, text: &str) -> Result<(f64, bool), String> {
        let (low, high, good_from) = self.bounds();
        let value = if self == Self::Thumbs {
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
        if !(low..=high).contains(&value) || (value.fract() != 0.0) {
            return Err(format!(
                "{} is not a whole number from {low} to {high}",
                shorten(text)
            ));
        }
        Ok((value, value >= good_from))
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    pub external_id: String,
    pub agent: String,
    pub agent_name: Option<String>,
    pub team: Option<String>,
    pub time: String,
    pub channel: Option<String>,
    pub issue: Option<String>,
    pub score: Option<String>,
    pub scale: Option<String>,
    pub comment: Option<String>,
    /// The question as it was worded, or the name of its version.
    #[serde(default)]
    pub wording: Option<String>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeFormat {
    pub formats: Vec<String>,
    #[serde(default)]
    pub utc_offset_minutes: i64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreFormat {
    pub scale: Option<ScoreScale>,
    /// The wording of the question, where no column has it.
    #[serde(default)]
    pub wording: Option<String>,
}

/// Which column is what.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    pub name: String,
    pub columns: Columns,
    pub time: TimeFormat,
    pub score: ScoreFormat,
    /// Mapped columns that a file may lack. Any other mapped column must be there: a typo must not lose a column.
    #[serde(default)]
    pub optional: Vec<String>,
}

impl Mapping {
    /// Reads a mapping.
    ///
    /// # Errors
    /// What is wrong, with its line.
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        let mapping: Self = toml_file::parse(text)?;
        if mapping.score.scale.is_none()
            && mapping.columns.scale.is_none()
            && mapping.columns.score.is_some()
        {
            return Err(MappingError::NoScale);
        }
        // No database can hold it, and no column is called so.
        let columns = serde_json::to_string(&mapping).unwrap_or_default();
        if columns.contains("\\u0000") {
            return Err(MappingError::Syntax(TomlError {
                line: 1,
                problem: "a name holds a NUL character".to_owned(),
            }));
        }
        if mapping.time.utc_offset_minutes.unsigned_abs() > 24 * 60 {
            return Err(MappingError::Offset);
        }
        if mapping.time.formats.is_empty() {
            return Err(MappingError::NoTimeFormat);
        }
        Ok(mapping)
    }

    /// A shipped mapping.
    ///
    /// # Errors
    /// [`MappingError::Unknown`].
    pub fn shipped(name: &str) -> Result<Self, MappingError> {
        let text = SHIPPED
            .iter()
            .find(|(n, _)| *n == name)
            .ok_or_else(|| MappingError::Unknown(shorten(name)))?
            .1;
        Self::parse(text)
    }

    /// The columns that are read, each once, in the order of the fields.
    pub fn columns(&self) -> Vec<String> {
        let c = &self.columns;
        let all = [
            Some(&c.external_id),
            Some(&c.agent),
            c.agent_name.as_ref(),
            c.team.as_ref(),
            Some(&c.time),
            c.channel.as_ref(),
            c.issue.as_ref(),
            c.score.as_ref(),
            c.scale.as_ref(),
            c.comment.as_ref(),
            c.wording.as_ref(),
        ];
        let mut columns: Vec<String> = Vec::new();
        for column in all.into_iter().flatten() {
            if !columns.contains(column) {
                columns.push(column.clone());
            }
        }
        columns
    }

    /// Finds the mapped columns in a header.
    ///
    /// # Errors
    /// The first mapped column the file does not have.
    pub fn bind(&self, header: &[String]) -> Result<Bound<'_>, MappingError> {
        let find = |field: &'static str, column: &String| {
            header
                .iter()
                .position(|h| h.eq_ignore_ascii_case(column))
                .ok_or_else(|| MappingError::MissingColumn {
                    field,
                    column: column.clone(),
                    present: header.join(", ").chars().take(600).collect(),
                })
        };
        let maybe = |field, column: &Option<String>| match column {
            Some(c) if self.optional.contains(c) => Ok(find(field, c).ok()),
            Some(c) => find(field, c).map(Some),
            None => Ok(None),
        };
        Ok(Bound {
            mapping: self,
            width: header.len(),
            external_id: find("external_id", &self.columns.external_id)?,
            agent: find("agent", &self.columns.agent)?,
            agent_name: maybe("agent_name", &self.columns.agent_name)?,
            team: maybe("team", &self.columns.team)?,
            time: find("time", &self.columns.time)?,
            channel: maybe("channel", &self.columns.channel)?,
            issue: maybe("issue", &self.columns.issue)?,
            score: maybe("score", &self.columns.score)?,
            scale: maybe("scale", &self.columns.scale)?,
            comment: maybe("comment", &self.columns.comment)?,
            wording: maybe("wording", &self.columns.wording)?,
        })
    }
}

/// A mapping tied to the columns of one file.
pub struct Bound<'a> {
    mapping: &'a Mapping,
    width: usize,
    external_id: usize,
    agent: usize,
    agent_name: Option<usize>,
    team: Option<usize>,
    time: usize,
    channel: Option<usize>,
    issue: Option<usize>,
    score: Option<usize>,
    scale: Option<usize>,
    comment: Option<usize>,
    wording: Option<usize>,
}

/// One piece of feedback as read, before anything is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    pub external_id: String,
    pub agent: String,
    pub agent_name: String,
    pub team: Option<String>,
    pub occurred_at: Instant,
    pub channel: String,
    pub issue: String,
    pub score: Option<(ScoreScale, f64, bool)>,
    pub comment: Option<String>,
    pub wording: Option<String>,
}

/// Why a row cannot be taken: the column at fault and a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowProblem {
    pub column: String,
    pub reason: String,
}

fn shorten(text: &str) -> String {
    let short: String = text.chars().take(80).collect();
    if short.len() < text.len() {
        format!("{short}…")
    } else {
        short
    }
}

/// What a file writes for "nothing".
fn is_missing(text: &str) -> bool {
    matches!(
        text.to_ascii_lowercase().as_str(),
        "" | "na" | "n/a" | "null" | "none" | "nan" | "-" | "#n/a"
    )
}

impl Bound<'_> {
    /// Reads one row. `now` bounds the time: nothing can have happened in the future.
    ///
    /// # Errors
    /// The first thing wrong with the row.
    pub fn read(&self, cells: &[String], now: Instant) -> Result<Reading, RowProblem> {
        if cells.len() != self.width {
            let reason = format!(
                "the row has {} cells, the header has {}",
                cells.len(),
                self.width
            );
            return Err(RowProblem {
                column: String::new(),
                reason,
            });
        }
        let text = |i: usize| cells[i].trim();
        let optional = |i: Option<usize>| i.map(text).filter(|t| !is_missing(t));
        let required = |i: usize, column: &String, limit: usize| {
            let value = text(i);
            if is_missing(value) {
                return Err(RowProblem {
                    column: column.clone(),
                    reason: "is empty".to_owned(),
                });
            }
            if value.chars().count() > limit {
                return Err(RowProblem {
                    column: column.clone(),
                    reason: format!("is longer than {limit} characters"),
                });
            }
            if value.chars().any(char::is_control) {
                return Err(RowProblem {
                    column: column.clone(),
                    reason: "has a line break or control character".to_owned(),
                });
            }
            Ok(value.to_owned())
        };
        let columns = &self.mapping.columns;
        let external_id = required(self.external_id, &columns.external_id, 200)?;
        let agent = required(self.agent, &columns.agent, 200)?;
        let occurred_at = self
            .time(text(self.time), now)
            .map_err(|reason| RowProblem {
                column: columns.time.clone(),
                reason,
            })?;
        let scale = match optional(self.scale) {
            None => self.mapping.score.scale,
            Some(name) => Some(ScoreScale::parse(name).ok_or_else(|| RowProblem {
                column: columns.scale.clone().unwrap_or_default(),
                reason: format!(
                    "\"{}\" is not one of csat_1_5, nps_0_10, ces_1_7, thumbs",
                    shorten(name)
                ),
            })?),
        };
        let in_score = |reason: String| RowProblem {
            column: columns.score.clone().unwrap_or_default(),
            reason,
        };
        let score = match (optional(self.score), scale) {
            (None, _) => None,
            (Some(_), None) => {
                return Err(in_score("has a score but no scale is named".to_owned()));
            }
            (Some(value), Some(scale)) => scale
                .read(value)
                .map(|(v, good)| Some((scale, v, good)))
                .map_err(in_score)?,
        };
        // "None" or "NA" as a comment is an answer of sorts: it is kept and later read as saying nothing.
        let comment = self
            .comment
            .map(text)
            .filter(|t| !t.is_empty())
            .map(str::to_owned);
        if score.is_none() && comment.is_none() {
            return Err(in_score(
                "there is neither a score nor a comment".to_owned(),
            ));
        }
        let label = |i: Option<usize>| optional(i).map(clean_label).unwrap_or_default();
        Ok(Reading {
            agent_name: optional(self.agent_name).map_or_else(|| agent.clone(), clean_label),
            external_id,
            agent,
            team: optional(self.team).map(clean_label),
            occurred_at,
            channel: label(self.channel),
            issue: label(self.issue),
            score,
            comment,
            wording: optional(self.wording)
                .map(clean_label)
                .or_else(|| self.mapping.score.wording.clone()),
        })
    }

    fn time(&self, text: &str, now: Instant) -> Result<Instant, String> {
        if is_missing(text) {
            return Err("is empty".to_owned());
        }
        let local = self.mapping.time.formats.iter().find_map(|format| {
            NaiveDateTime::parse_from_str(text, format)
                .or_else(|_e| {
                    NaiveDate::parse_from_str(text, format)
                        .map(|day| day.and_time(chrono::NaiveTime::MIN))
                })
                .ok()
        });
        let utc: DateTime<Utc> = match local {
            Some(local) => local
                .and_utc()
                .checked_sub_signed(Duration::minutes(self.mapping.time.utc_offset_minutes))
                .ok_or_else(|| format!("\"{}\" is no time we can keep", shorten(text)))?,
            None => DateTime::parse_from_rfc3339(text)
                .map_err(|_e| {
                    format!(
                        "\"{}\" fits none of the time formats {}",
                        shorten(text),
                        self.mapping.time.formats.join(" or ")
                    )
                })?
                .with_timezone(&Utc),
        };
        let at = Instant::from(utc);
        let first = NaiveDate::from_ymd_opt(1990, 1, 1).unwrap_or_default();
        if at.date() < first {
            return Err(format!("\"{}\" lies before 1990", shorten(text)));
        }
        if at > now.plus(Duration::days(1)) {
            return Err(format!("\"{}\" lies in the future", shorten(text)));
        }
        Ok(at)
    }
}

/// A label without control characters, at most 200 characters.
fn clean_label(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shipped_mappings_are_usable() {
        for (name, _) in SHIPPED {
            assert_eq!(Mapping::shipped(name).expect(name).name, name);
        }
        assert!(matches!(
            Mapping::shipped("x"),
            Err(MappingError::Unknown(_))
        ));
    }

    #[test]
    fn scales_take_their_own_answers_only() {
        assert_eq!(ScoreScale::Csat.read("4"), Ok((4.0, true)));
        assert_eq!(ScoreScale::Csat.read("3,0"), Ok((3.0, false)));
        assert_eq!(ScoreScale::Nps.read("8"), Ok((8.0, false)));
        assert_eq!(ScoreScale::Ces.read("5"), Ok((5.0, true)));
        assert_eq!(ScoreScale::Thumbs.read("👎"), Ok((0.0, false)));
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

    #[test]
    fn a_mapping_names_its_mistake() {
        let text = SHIPPED[0].1;
        for (from, to, part) in [
            ("agent = \"agent\"", "agnet = \"agent\"", "unknown field"),
            ("scale = \"csat_1_5\"", "", "score.scale"),
            (
                "scale = \"csat_1_5\"",
                "scale = \"stars\"",
                "unknown variant",
            ),
        ] {
            let error = Mapping::parse(&text.replacen(from, to, 1))
                .expect_err(from)
                .to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
