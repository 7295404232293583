//! Rows of feedback, whatever they come from: a table, or JSON.

use std::io::{BufReader, Read};

use serde_json::Value;

use super::{
    json_rows::JsonRows,
    mapping::{Bound, Mapping, MappingError},
    record::Record,
    row_problem::{Reason, RowProblem},
};
use crate::{
    tables::{Input, Note, Options, Table, TableError},
    types::Instant,
};

/// A source of records: a file read through a mapping, or records sent by a program.
pub trait RecordSource {
    /// Names of the cells of a [`SourceRow`].
    fn columns(&self) -> &[String];

    /// The next row, or `None` at the end. `now` bounds the time of a record.
    ///
    /// # Errors
    /// The source cannot be read any further.
    fn next_row(&mut self, now: Instant) -> Result<Option<SourceRow>, TableError>;

    /// What was assumed or left out so far.
    fn notes(&self) -> Vec<Note> {
        Vec::new()
    }
}

/// A row and the record in it.
#[derive(Clone, Debug)]
pub struct SourceRow {
    /// As a spreadsheet shows it, from 1.
    pub number: u64,
    /// Of a row that is rejected; empty otherwise.
    pub cells: Vec<String>,
    pub record: Result<Record, RowProblem>,
}

/// Rows read through a mapping.
pub struct MappedRows<'a> {
    rows: Rows<'a>,
    bound: Bound<'a>,
}

/// The input of [`MappedRows`] cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Table(#[from] TableError),
    #[error(transparent)]
    Mapping(#[from] MappingError),
}

enum Rows<'a> {
    Table(Box<Table<'a>>),
    Json(JsonRows<'a>),
}

impl<'a> MappedRows<'a> {
    /// Opens a file. Text that begins with a brace or a bracket is JSON.
    ///
    /// # Errors
    /// [`OpenError::Table`] for an empty or unreadable file, [`OpenError::Mapping`] if a mapped
    /// column is missing or ambiguous.
    pub fn open(input: impl Read + 'a, mapping: &'a Mapping) -> Result<Self, OpenError> {
        let input = Input::open(input, None)?;
        if !matches!(input.first_byte(), Some(b'{' | b'[')) {
            let options = Options {
                wanted: mapping.columns(),
                ..Options::default()
            };
            let table = Table::new(input, &options)?;
            let bound = mapping.bind_table(&table)?;
            return Ok(Self {
                rows: Rows::Table(Box::new(table)),
                bound,
            });
        }
        let text = input.into_text().ok_or(TableError::NotText)?;
        Self::of_json(
            JsonRows::open(Box::new(BufReader::new(text)), mapping.columns())?,
            mapping,
        )
    }

    /// Reads JSON values that a program sent.
    ///
    /// # Errors
    /// As [`MappedRows::open`].
    pub fn of_values(values: Vec<Value>, mapping: &'a Mapping) -> Result<Self, OpenError> {
        Self::of_json(JsonRows::of_values(values, mapping.columns()), mapping)
    }

    fn of_json(rows: JsonRows<'a>, mapping: &'a Mapping) -> Result<Self, OpenError> {
        let bound = mapping.bind(rows.columns())?;
        Ok(Self {
            rows: Rows::Json(rows),
            bound,
        })
    }
}

impl RecordSource for MappedRows<'_> {
    fn columns(&self) -> &[String] {
        match &self.rows {
            Rows::Table(table) => table.columns(),
            Rows::Json(rows) => rows.columns(),
        }
    }

    fn next_row(&mut self, now: Instant) -> Result<Option<SourceRow>, TableError> {
        match &mut self.rows {
            Rows::Table(table) => {
                let Some(row) = table.next_row()? else {
                    return Ok(None);
                };
                let cells: Vec<&str> = row.cells().collect();
                let record = match &row.problem {
                    Some(problem) => Err(RowProblem::new("", Reason::Row(problem.clone()))),
                    None => self.bound.read(&cells, now),
                };
                let rejected = if record.is_err() { &*cells } else { &[] };
                Ok(Some(SourceRow {
                    number: row.number,
                    cells: rejected.iter().map(|cell| (*cell).to_owned()).collect(),
                    record,
                }))
            }
            Rows::Json(rows) => Ok(rows.next_row()?.map(|(number, found)| match found {
                Ok(cells) => {
                    let record = self.bound.read(&cells, now);
                    SourceRow {
                        number,
                        cells: if record.is_err() { cells } else { Vec::new() },
                        record,
                    }
                }
                Err((text, problem)) => SourceRow {
                    number,
                    cells: vec![text],
                    record: Err(problem),
                },
            })),
        }
    }

    fn notes(&self) -> Vec<Note> {
        match &self.rows {
            Rows::Table(table) => {
                let mut notes = table.notes();
                notes.extend(self.bound.note.clone());
                notes
            }
            Rows::Json(_) => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feedback::Mapping;

    /// A Qualtrics file: names, labels, identifiers; the zone is in the identifiers only.
    const QUALTRICS: &str = concat!(
        "ResponseId,Agent,RecordedDate,Q1\n",
        "Response ID,Agent,Recorded Date,How kind?\n",
        r#""{""ImportId"":""_recordId""}","{""ImportId"":""Agent""}","#,
        r#""{""ImportId"":""recordedDate"",""timeZone"":""America/Denver""}","{""ImportId"":""QID1""}""#,
        "\nR_1,Ann,2024-07-15 08:28:09,thanks\nR_2,Ann,2024-01-15 08:28:09,thanks\n",
    );

    fn times(zone: &str) -> (Vec<String>, Vec<Note>) {
        let mapping = format!(
            "name = \"survey\"\n[columns]\nexternal_id = \"ResponseId\"\nagent = \"Agent\"\n\
             time = \"RecordedDate\"\ncomment = \"Q1\"\n[score]\n\
             [time]\nformats = [\"%Y-%m-%d %H:%M:%S\"]\n{zone}"
        );
        let mapping = Mapping::parse(&mapping).expect("a mapping");
        let mut rows = MappedRows::open(QUALTRICS.as_bytes(), &mapping).expect("opens");
        let mut times = Vec::new();
        while let Some(row) = rows.next_row(Instant::now()).expect("readable") {
            let at = row.record.expect("a record").occurred_at;
            times.push(at.0.format("%Y-%m-%dT%H:%M:%S").to_string());
        }
        let notes = rows.notes().into_iter();
        let zones = notes.filter(|note| matches!(note, Note::TimeZone { .. }));
        (times, zones.collect())
    }

    /// Denver is six hours behind UTC in summer and seven in winter; Athens three and two ahead.
    #[test]
    fn the_time_zone_that_a_file_states_counts_unless_the_mapping_has_one() {
        let note = |applied| {
            vec![Note::TimeZone {
                zone: "America/Denver".to_owned(),
                applied,
            }]
        };
        for (zone, summer, winter, applied) in [
            ("", "14:28:09", "15:28:09", true),
            ("zone = \"America/Denver\"", "14:28:09", "15:28:09", true),
            ("zone = \"Europe/Athens\"", "05:28:09", "06:28:09", false),
            ("utc_offset_minutes = 0", "08:28:09", "08:28:09", false),
        ] {
            let expected = [
                format!("2024-07-15T{summer}"),
                format!("2024-01-15T{winter}"),
            ];
            assert_eq!(times(zone), (expected.to_vec(), note(applied)), "{zone}");
        }
    }
}
