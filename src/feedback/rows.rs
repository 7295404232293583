//! Rows of a feedback file, whatever it is: a table with a header, or JSON Lines, one object a line.

use std::io::{self, BufRead, BufReader, Read};

use serde_json::Value;

use super::mapping::{Mapping, RowProblem};
use crate::documents::csv::{CsvError, CsvRow, CsvRows};

/// Longest line of JSON that is read.
const MOST_LINE_BYTES: u64 = 1 << 20;

/// A row, or a row that is none with what is wrong with it.
pub type Found = Result<CsvRow, (CsvRow, RowProblem)>;

/// Rows one after another.
pub enum Rows<'a> {
    Table(Box<CsvRows<'a>>),
    Lines(Lines<'a>),
}

/// Objects line by line; their columns are those that the mapping names, with dots for what lies deeper.
pub struct Lines<'a> {
    input: Box<dyn BufRead + 'a>,
    columns: Vec<String>,
    line: u64,
}

impl<'a> Rows<'a> {
    /// Opens a file: what begins with a brace is JSON Lines.
    ///
    /// # Errors
    /// When it is empty or no text.
    pub fn open(input: impl Read + 'a, mapping: &Mapping) -> Result<Self, CsvError> {
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

    /// The names of the cells.
    pub fn columns(&self) -> &[String] {
        match self {
            Self::Table(rows) => rows.columns(),
            Self::Lines(lines) => &lines.columns,
        }
    }

    /// The next row.
    ///
    /// # Errors
    /// When the file cannot be read on.
    pub fn next_row(&mut self) -> Result<Option<Found>, CsvError> {
        match self {
            Self::Table(rows) => Ok(rows.next_row()?.map(Ok)),
            Self::Lines(lines) => lines.next_row(),
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
        let row = |cells| CsvRow {
            number: self.line,
            cells,
        };
        let refused = |reason: String| {
            let problem = RowProblem {
                column: String::new(),
                reason,
            };
            Err((row(vec![text.chars().take(2_000).collect()]), problem))
        };
        match serde_json::from_str(text) {
            Ok(Value::Object(object)) => {
                let object = Value::Object(object);
                Ok(row(self.columns.iter().map(|c| cell(&object, c)).collect()))
            }
            Ok(_) => refused("the line is no JSON object".to_owned()),
            Err(e) => refused(format!("the line is no JSON: {e}")),
        }
    }
}

/// The cell of a column: a field of that name in any case, or dots that lead deeper ("survey.score").
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

/// Values as JSON Lines, for [`Rows::open`].
///
/// # Errors
/// Never of its own; a value that cannot be written.
pub fn lines_of(values: &[Value]) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    for value in values {
        serde_json::to_writer(&mut bytes, value)?;
        bytes.push(b'\n');
    }
    Ok(bytes)
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
            assert!(problem.reason.contains("JSON"), "{}", problem.reason);
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
