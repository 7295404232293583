//! Rows of feedback, whatever they come from: a table with a header, JSON Lines with one object per
//! line, or JSON values that a program sent.

use std::{
    io::{BufRead, BufReader, Read},
    vec,
};

use serde_json::Value;

use super::{
    mapping::{Bound, Mapping, MappingError},
    record::Record,
    row_problem::{Reason, RowProblem},
};
use crate::{
    documents::csv::{CsvError, CsvRow, CsvRows},
    types::Instant,
};

/// Longest line of JSON that is read.
const MOST_LINE_BYTES: u64 = 1 << 20;

/// A source of records: a file read through a mapping, or records sent by a program.
pub trait RecordSource {
    /// Names of the cells of a [`SourceRow`].
    fn columns(&self) -> &[String];

    /// The next row, or `None` at the end. `now` bounds the time of a record.
    ///
    /// # Errors
    /// The source cannot be read any further.
    fn next_row(&mut self, now: Instant) -> Result<Option<SourceRow>, CsvError>;
}

/// A row and the record in it.
#[derive(Clone, Debug)]
pub struct SourceRow {
    /// From 1; the header of a table is row 1.
    pub number: u64,
    pub cells: Vec<String>,
    pub record: Result<Record, RowProblem>,
}

/// Rows read through a mapping.
pub struct MappedRows<'a> {
    rows: Rows<'a>,
    columns: Vec<String>,
    bound: Bound<'a>,
}

/// The input of [`MappedRows`] cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Csv(#[from] CsvError),
    #[error(transparent)]
    Mapping(#[from] MappingError),
}

impl<'a> MappedRows<'a> {
    /// Opens a file. Input that begins with a brace is JSON Lines.
    ///
    /// # Errors
    /// [`OpenError::Csv`] for an empty or unreadable file, [`OpenError::Mapping`] if a mapped column
    /// is missing.
    pub fn open(input: impl Read + 'a, mapping: &'a Mapping) -> Result<Self, OpenError> {
        Self::new(Rows::open(input, mapping)?, mapping)
    }

    /// Reads JSON values that a program sent.
    ///
    /// # Errors
    /// As [`MappedRows::open`].
    pub fn of_values(values: Vec<Value>, mapping: &'a Mapping) -> Result<Self, OpenError> {
        let objects = Objects {
            values: values.into_iter(),
            columns: mapping.columns(),
            number: 0,
        };
        Self::new(Rows::Objects(objects), mapping)
    }

    fn new(rows: Rows<'a>, mapping: &'a Mapping) -> Result<Self, OpenError> {
        let columns = rows.columns().to_vec();
        let bound = mapping.bind(&columns)?;
        Ok(Self {
            rows,
            columns,
            bound,
        })
    }
}

impl RecordSource for MappedRows<'_> {
    fn columns(&self) -> &[String] {
        &self.columns
    }

    fn next_row(&mut self, now: Instant) -> Result<Option<SourceRow>, CsvError> {
        Ok(self.rows.next_row()?.map(|found| match found {
            Ok(row) => SourceRow {
                record: self.bound.read(&row.cells, now),
                number: row.number,
                cells: row.cells,
            },
            Err((row, problem)) => SourceRow {
                record: Err(problem),
                number: row.number,
                cells: row.cells,
            },
        }))
    }
}

/// A row, or a row that cannot be split into cells and why.
type Found = Result<CsvRow, (CsvRow, RowProblem)>;

enum Rows<'a> {
    Table(Box<CsvRows<'a>>),
    Lines(Lines<'a>),
    Objects(Objects),
}

/// JSON Lines. The columns are those that the mapping names; a dot leads into a nested object.
struct Lines<'a> {
    input: Box<dyn BufRead + 'a>,
    columns: Vec<String>,
    line: u64,
}

/// JSON values, with columns as in [`Lines`].
struct Objects {
    values: vec::IntoIter<Value>,
    columns: Vec<String>,
    number: u64,
}

impl<'a> Rows<'a> {
    fn open(input: impl Read + 'a, mapping: &Mapping) -> Result<Self, CsvError> {
        let mut input: Box<dyn BufRead + 'a> = Box::new(BufReader::with_capacity(1 << 16, input));
        let head = input.fill_buf()?;
        let head = head.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(head);
        let first = head.iter().find(|b| !b.is_ascii_whitespace());
        if first == Some(&b'{') {
            return Ok(Self::Lines(Lines {
                input,
                columns: mapping.columns(),
                line: 0,
            }));
        }
        Ok(Self::Table(Box::new(CsvRows::open(input)?)))
    }

    fn columns(&self) -> &[String] {
        match self {
            Self::Table(rows) => rows.columns(),
            Self::Lines(lines) => &lines.columns,
            Self::Objects(objects) => &objects.columns,
        }
    }

    fn next_row(&mut self) -> Result<Option<Found>, CsvError> {
        match self {
            Self::Table(rows) => Ok(rows.next_row()?.map(Ok)),
            Self::Lines(lines) => lines.next_row(),
            Self::Objects(objects) => Ok(objects.next_row()),
        }
    }
}

impl Lines<'_> {
    fn next_row(&mut self) -> Result<Option<Found>, CsvError> {
        loop {
            let mut bytes = Vec::new();
            let mut limited = self.input.by_ref().take(MOST_LINE_BYTES);
            if limited.read_until(b'\n', &mut bytes)? == 0 {
                return Ok(None);
            }
            self.line += 1;
            if bytes.len() as u64 == MOST_LINE_BYTES && bytes.last() != Some(&b'\n') {
                return Err(CsvError::RecordTooLong(self.line));
            }
            let text = String::from_utf8_lossy(&bytes).replace('\u{feff}', "");
            if !text.trim().is_empty() {
                return Ok(Some(self.read(text.trim())));
            }
        }
    }

    fn read(&self, text: &str) -> Found {
        match serde_json::from_str(text) {
            Ok(value) => cells_of(&self.columns, self.line, value),
            Err(e) => Err(rejected(self.line, text, Reason::NotJson(e.to_string()))),
        }
    }
}

impl Objects {
    fn next_row(&mut self) -> Option<Found> {
        let value = self.values.next()?;
        self.number += 1;
        Some(cells_of(&self.columns, self.number, value))
    }
}

fn cells_of(columns: &[String], number: u64, value: Value) -> Found {
    if !value.is_object() {
        return Err(rejected(number, &value.to_string(), Reason::NotObject));
    }
    let cells = columns.iter().map(|column| cell(&value, column)).collect();
    Ok(CsvRow { number, cells })
}

fn rejected(number: u64, text: &str, reason: Reason) -> (CsvRow, RowProblem) {
    let row = CsvRow {
        number,
        cells: vec![text.chars().take(2_000).collect()],
    };
    (row, RowProblem::new("", reason))
}

/// The cell of a column: a field with that name in any case, or a path into nested objects
/// ("survey.score").
fn cell(object: &Value, column: &str) -> String {
    let field = |at: &Value, name: &str| -> Option<Value> {
        let fields = at.as_object()?;
        let same = || {
            fields
                .iter()
                .find(|(key, _)| key.eq_ignore_ascii_case(name))
        };
        fields.get(name).or_else(|| same().map(|(_, v)| v)).cloned()
    };
    let found = field(object, column).or_else(|| {
        let mut at = object.clone();
        for name in column.split('.') {
            at = field(&at, name)?;
        }
        Some(at)
    });
    match found {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.replace('\0', ""),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_json_are_rows_and_broken_ones_are_told() {
        let mapping = Mapping::shipped("standard").expect("shipped");
        let text = "\u{feff}{\"external_id\": 7, \"Agent\": \"a\", \"comment\": null, \"score\": 4.0}\n\n[1]\n{\"external_id\"\n{\"agent\": \"b\"}";
        let mut rows = Rows::open(text.as_bytes(), &mapping).expect("opens");
        let columns = rows.columns().to_vec();
        let at = |name: &str| columns.iter().position(|c| c == name).expect("column");
        let first = rows
            .next_row()
            .expect("reads")
            .expect("a row")
            .expect("good");
        assert_eq!(first.cells[at("external_id")], "7");
        assert_eq!(first.cells[at("agent")], "a");
        assert_eq!(first.cells[at("comment")], "");
        assert_eq!(first.number, 1);
        for line in [3, 4] {
            let (row, problem) = rows
                .next_row()
                .expect("reads")
                .expect("a row")
                .expect_err("bad");
            assert_eq!(row.number, line);
            assert!(
                matches!(problem.reason, Reason::NotJson(_) | Reason::NotObject),
                "{problem:?}"
            );
        }
        assert!(rows.next_row().expect("reads").expect("a row").is_ok());
        assert!(rows.next_row().expect("reads").is_none());
    }

    #[test]
    fn dots_lead_deeper() {
        let object = serde_json::json!({"survey": {"score": 3}, "a.b": "whole"});
        assert_eq!(cell(&object, "survey.score"), "3");
        assert_eq!(cell(&object, "a.b"), "whole");
        assert_eq!(cell(&object, "survey.none"), "");
    }
}
