//! Mapping from the columns of a file to a feedback [`Record`]: a TOML file, and the parsing of one
//! row by it. Pure.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use super::{
    contact_link::ContactLink,
    record::{self, Record},
    row_problem::{Reason, RowProblem, shorten},
    score::ScoreScale,
    score_format::{ScoreFormat, ScoreFormatError},
    time_format::{TimeFormat, TimeFormatError},
};
use crate::{
    locale::{Localised, Message, english},
    msg,
    tables::{Note, Table, TableError},
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

/// Longest name of a column in a message, in characters.
const LONGEST_NAME: usize = 40;

/// What is wrong with a mapping.
#[derive(Debug, thiserror::Error)]
#[error("{}", english(self))]
pub enum MappingError {
    Syntax(#[from] TomlError),
    /// Neither `score.scale` nor a scale column.
    NoScale,
    Score(#[from] ScoreFormatError),
    Time(#[from] TimeFormatError),
    /// A mapped column that the file has twice, or in several spellings.
    Column(#[from] TableError),
    MissingColumn {
        field: &'static str,
        column: String,
        /// The columns that the file has.
        present: String,
    },
    /// The first row is data; the columns that the mapping uses.
    NoHeader(String),
    /// No shipped mapping has this name.
    Unknown(String),
}

impl Localised for MappingError {
    fn message(&self) -> Message {
        match self {
            Self::Syntax(e) => msg!("error-mapping-syntax", line = e.line, problem = &e.problem),
            Self::NoScale => msg!("error-mapping-no-scale"),
            Self::Score(e) => e.message(),
            Self::Time(e) => e.message(),
            Self::Column(e) => e.message(),
            Self::MissingColumn {
                field,
                column,
                present,
            } => msg!(
                "error-mapping-missing-column",
                field = *field,
                column = column,
                present = present
            ),
            Self::NoHeader(columns) => msg!("error-mapping-no-header", columns = columns),
            Self::Unknown(name) => msg!("error-mapping-unknown", name = name),
        }
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

/// Which column is what.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    pub name: String,
    pub columns: Columns,
    pub time: TimeFormat,
    pub score: ScoreFormat,
    /// Mapped columns that a file may lack. Any other mapped column must be there: a typo must not
    /// lose a column.
    #[serde(default)]
    pub optional: Vec<String>,
    /// Where a coach finds the contact behind a comment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact_link: Option<ContactLink>,
}

impl Mapping {
    /// Parses a mapping.
    ///
    /// # Errors
    /// [`MappingError::Syntax`], [`MappingError::NoScale`], [`MappingError::Score`],
    /// [`MappingError::Time`].
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        let mut mapping: Self = toml_file::parse(text)?;
        mapping.score = mapping.score.checked()?;
        if mapping.score.scale.is_none()
            && mapping.columns.scale.is_none()
            && mapping.columns.score.is_some()
        {
            return Err(MappingError::NoScale);
        }
        // PostgreSQL cannot store NUL in a text.
        let columns = serde_json::to_string(&mapping).unwrap_or_default();
        if columns.contains("\\u0000") {
            return Err(MappingError::Syntax(TomlError {
                line: 1,
                problem: "a name contains a NUL character".to_owned(),
            }));
        }
        mapping.time.check()?;
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

    /// Finds the mapped columns of a table.
    ///
    /// # Errors
    /// [`MappingError::MissingColumn`] for the first mapped column that the file lacks,
    /// [`MappingError::NoHeader`] if the file has no column names,
    /// [`MappingError::Column`] for a column that is there several times.
    pub fn bind_table(&self, table: &Table<'_>) -> Result<Bound<'_>, MappingError> {
        let bound = self.bind_with(table.columns(), |name| table.column(name));
        let mut bound = bound.map_err(|error| match error {
            MappingError::MissingColumn { .. } if table.lacks_header() => {
                MappingError::NoHeader(self.columns().join(", "))
            }
            error => error,
        })?;
        if let Some(stated) = table.time_zone(bound.time) {
            bound.read_times_in(stated);
        }
        Ok(bound)
    }

    /// Finds the mapped columns by their exact names.
    ///
    /// # Errors
    /// [`MappingError::MissingColumn`].
    pub fn bind(&self, header: &[String]) -> Result<Bound<'_>, MappingError> {
        self.bind_with(header, |name| Ok(header.iter().position(|h| h == name)))
    }

    fn bind_with(
        &self,
        header: &[String],
        position: impl Fn(&str) -> Result<Option<usize>, TableError>,
    ) -> Result<Bound<'_>, MappingError> {
        let find = |field: &'static str, column: &String| {
            position(column)?.ok_or_else(|| MappingError::MissingColumn {
                field,
                column: column.clone(),
                present: listed(header),
            })
        };
        let maybe = |field, column: &Option<String>| match column {
            Some(c) if self.optional.contains(c) => Ok(position(c)?),
            Some(c) => find(field, c).map(Some),
            None => Ok(None),
        };
        Ok(Bound {
            mapping: self,
            width: header.len(),
            time_format: Cow::Borrowed(&self.time),
            note: None,
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

/// Names of columns for a message. Long ones are cut: they may be comments.
fn listed(header: &[String]) -> String {
    let names = header.iter().map(|name| {
        let short: String = name.chars().take(LONGEST_NAME).collect();
        if short.len() < name.len() {
            format!("{short}…")
        } else {
            short
        }
    });
    let names: Vec<String> = names.collect();
    names.join(", ").chars().take(600).collect()
}

/// A mapping tied to the columns of one file.
pub struct Bound<'a> {
    mapping: &'a Mapping,
    width: usize,
    /// The mapping's, in the zone that the file states.
    time_format: Cow<'a, TimeFormat>,
    /// What the file says about its times.
    pub note: Option<Note>,
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

impl Bound<'_> {
    /// Takes the zone that a file states for its times, unless the mapping has another one.
    fn read_times_in(&mut self, stated: &str) {
        let format = self.mapping.time.in_zone(stated);
        self.note = Some(Note::TimeZone {
            zone: shorten(stated),
            applied: format.is_some(),
        });
        if let Some(format) = format {
            self.time_format = Cow::Owned(format);
        }
    }

    /// Reads one row. `now` bounds the time: feedback cannot come from the future. Spreadsheets
    /// leave out empty cells at the end of a row: missing cells are empty.
    ///
    /// # Errors
    /// The first problem of the row, with its column; the number of cells if some are missing.
    pub fn read<S: AsRef<str>>(&self, cells: &[S], now: Instant) -> Result<Record, RowProblem> {
        let (found, expected) = (cells.len(), self.width);
        self.record(cells, now).map_err(|problem| {
            if found < expected {
                RowProblem::new("", Reason::CellCount { found, expected })
            } else {
                problem
            }
        })
    }

    fn record<S: AsRef<str>>(&self, cells: &[S], now: Instant) -> Result<Record, RowProblem> {
        let columns = &self.mapping.columns;
        let cell = |i: usize| cells.get(i).map_or("", S::as_ref);
        let optional = |i: Option<usize>| i.and_then(|i| record::label(cell(i)));
        let occurred_at = self.time_format.read(cell(self.time), now);
        let scale = match self
            .scale
            .map(cell)
            .filter(|name| !record::is_missing(name))
        {
            None => self.mapping.score.scale,
            Some(name) => Some(ScoreScale::parse(name).map_err(RowProblem::in_column(
                columns.scale.as_deref().unwrap_or(""),
            ))?),
        };
        let score_column = columns.score.as_deref().unwrap_or_default();
        let score = self
            .score
            .map(cell)
            .filter(|text| !record::is_missing(text));
        let score = match (score, scale) {
            (None, _) => None,
            (Some(_), None) => return Err(RowProblem::new(score_column, Reason::NoScale)),
            (Some(text), Some(scale)) => {
                let score = self.mapping.score.read(text, scale);
                Some(score.map_err(RowProblem::in_column(score_column))?)
            }
        };
        let agent =
            record::required(cell(self.agent)).map_err(RowProblem::in_column(&columns.agent))?;
        Record {
            external_id: record::required(cell(self.external_id))
                .map_err(RowProblem::in_column(&columns.external_id))?,
            agent_name: optional(self.agent_name).unwrap_or_else(|| agent.clone()),
            agent,
            team: optional(self.team),
            occurred_at: occurred_at.map_err(RowProblem::in_column(&columns.time))?,
            channel: optional(self.channel).unwrap_or_default(),
            issue: optional(self.issue).unwrap_or_default(),
            score,
            comment: self.comment.and_then(|i| record::comment(cell(i))),
            wording: optional(self.wording).or_else(|| self.mapping.score.wording.clone()),
        }
        .with_content(score_column)
    }
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
