//! Feedback as JSON: one object per line, an array of objects, or values that a program sent.
//!
//! The columns are those that the mapping names. A column is a field name in any case, or a path:
//! `survey.score` leads into an object, `answers[0].rating` into an array by position, and
//! `answers[type=rating].value` to the first element whose field has that text.

use std::{
    io::{BufRead, Read},
    vec,
};

use serde_json::Value;

use super::{
    json_value,
    row_problem::{Reason, RowProblem, shorten},
};
use crate::tables::TableError;

/// Longest line of JSON, and largest file that holds one JSON value.
const MOST_LINE_BYTES: u64 = 1 << 20;
const MOST_FILE_BYTES: u64 = 64 << 20;

/// Cells of a row, or the row as written and why it has none.
pub(super) type Found = (u64, Result<Vec<String>, (String, RowProblem)>);

/// Rows of JSON.
pub(super) struct JsonRows<'a> {
    columns: Vec<String>,
    source: Source<'a>,
    number: u64,
}

enum Source<'a> {
    Lines(Box<dyn BufRead + 'a>),
    Values(vec::IntoIter<Value>),
}

impl<'a> JsonRows<'a> {
    /// Rows of a text that begins with a brace or a bracket: JSON Lines, one object, an array, or
    /// an object whose only array of objects holds the records.
    ///
    /// # Errors
    /// [`TableError::Io`], [`TableError::TooLarge`].
    pub fn open(mut text: Box<dyn BufRead + 'a>, columns: Vec<String>) -> Result<Self, TableError> {
        let mut first = Vec::new();
        while first.iter().all(u8::is_ascii_whitespace) {
            first.clear();
            let mut line = text.by_ref().take(MOST_LINE_BYTES);
            if line.read_until(b'\n', &mut first)? == 0 {
                break;
            }
        }
        let joined = std::io::Cursor::new(first.clone()).chain(text);
        let is_line = json_value::parse(&first).is_ok_and(|v| records(&v).is_none());
        if is_line || !starts_value(&first) {
            return Ok(Self::new(columns, Source::Lines(Box::new(joined))));
        }
        let mut bytes = Vec::new();
        joined.take(MOST_FILE_BYTES + 1).read_to_end(&mut bytes)?;
        if bytes.len() as u64 > MOST_FILE_BYTES {
            return Err(TableError::TooLarge);
        }
        let source = match json_value::parse(&bytes) {
            Ok(value) => Source::Values(records(&value).unwrap_or_else(|| vec![value]).into_iter()),
            // Lines of which the first is broken.
            Err(_) => Source::Lines(Box::new(std::io::Cursor::new(bytes))),
        };
        Ok(Self::new(columns, source))
    }

    /// Rows of JSON values.
    pub fn of_values(values: Vec<Value>, columns: Vec<String>) -> Self {
        Self::new(columns, Source::Values(values.into_iter()))
    }

    fn new(columns: Vec<String>, source: Source<'a>) -> Self {
        Self {
            columns,
            source,
            number: 0,
        }
    }

    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The next row with its number from 1: that of the line, or of the value.
    ///
    /// # Errors
    /// [`TableError::Io`].
    pub fn next_row(&mut self) -> Result<Option<Found>, TableError> {
        let text = match &mut self.source {
            Source::Values(values) => {
                self.number += 1;
                let value = values.next();
                return Ok(value.map(|v| (self.number, cells(&self.columns, &v))));
            }
            Source::Lines(lines) => loop {
                let mut bytes = Vec::new();
                if lines
                    .by_ref()
                    .take(MOST_LINE_BYTES)
                    .read_until(b'\n', &mut bytes)?
                    == 0
                {
                    return Ok(None);
                }
                self.number += 1;
                if bytes.len() as u64 == MOST_LINE_BYTES && bytes.last() != Some(&b'\n') {
                    skip_line(lines)?;
                    let start = String::from_utf8_lossy(&bytes[..2_000]).into_owned();
                    let problem = RowProblem::new("", Reason::LineTooLong);
                    return Ok(Some((self.number, Err((start, problem)))));
                }
                let text = String::from_utf8_lossy(&bytes).replace('\u{feff}', "");
                if !text.trim().is_empty() {
                    break text.trim().to_owned();
                }
            },
        };
        let row = match json_value::parse(text.as_bytes()) {
            Ok(value) => cells(&self.columns, &value),
            Err(e) => Err(rejected(&text, Reason::NotJson(e.to_string()))),
        };
        Ok(Some((self.number, row)))
    }
}

fn skip_line(lines: &mut dyn BufRead) -> std::io::Result<()> {
    loop {
        let available = lines.fill_buf()?;
        let end = available.iter().position(|b| *b == b'\n');
        let (used, done) = match end {
            Some(at) => (at + 1, true),
            None => (available.len(), available.is_empty()),
        };
        lines.consume(used);
        if done {
            return Ok(());
        }
    }
}

/// Whether a line can be the beginning of a value that spans lines or holds many records.
fn starts_value(line: &[u8]) -> bool {
    let first = line.iter().find(|b| !b.is_ascii_whitespace());
    matches!(first, Some(b'{' | b'['))
}

/// Elements of an array, or of the only array of objects in an object without other objects.
fn records(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(values) => Some(values.clone()),
        Value::Object(fields) => {
            let of_objects = |v: &&Value| {
                v.as_array()
                    .is_some_and(|a| !a.is_empty() && a.iter().all(Value::is_object))
            };
            let mut arrays = fields.values().filter(of_objects);
            let only = arrays.next().filter(|_| arrays.next().is_none())?;
            // A record has an answer list among other fields; an envelope has counts and links
            // only.
            let envelope = [
                "results",
                "data",
                "items",
                "responses",
                "records",
                "entries",
            ];
            let named = |(key, v): (&String, &Value)| v == only && envelope.contains(&key.as_str());
            fields.iter().any(named).then(|| only.as_array().cloned())?
        }
        _ => None,
    }
}

fn rejected(text: &str, reason: Reason) -> (String, RowProblem) {
    (
        text.chars().take(2_000).collect(),
        RowProblem::new("", reason),
    )
}

fn cells(columns: &[String], value: &Value) -> Result<Vec<String>, (String, RowProblem)> {
    if !value.is_object() {
        return Err(rejected(&value.to_string(), Reason::NotObject));
    }
    let cell = |column: &String| {
        text(find(value, column)).map_err(|reason| {
            let shown = value.to_string().chars().take(2_000).collect();
            (shown, RowProblem::new(column, reason))
        })
    };
    columns.iter().map(cell).collect()
}

/// The text of a value; objects and arrays have none.
fn text(value: Option<&Value>) -> Result<String, Reason> {
    match value {
        None | Some(Value::Null) => Ok(String::new()),
        Some(Value::String(text)) => Ok(text.replace('\0', "")),
        Some(Value::Array(values)) if values.is_empty() => Ok(String::new()),
        Some(Value::Number(number)) if json_value::is_inexact(number) => {
            Err(Reason::InexactNumber(number.to_string()))
        }
        Some(value @ (Value::Object(_) | Value::Array(_))) => {
            if let Some(values) = json_value::repeated(value) {
                return Err(Reason::FieldTwice(shorten(&values.to_string())));
            }
            Err(Reason::NotText(shorten(&value.to_string())))
        }
        Some(other) => Ok(other.to_string()),
    }
}

/// The value of a column.
fn find<'v>(object: &'v Value, column: &str) -> Option<&'v Value> {
    field(object, column).or_else(|| {
        let mut at = object;
        for step in steps(column) {
            if json_value::repeated(at).is_some() {
                break;
            }
            at = match step {
                Step::Field(name) => field(at, name)?,
                Step::Position(index) => at.as_array()?.get(index)?,
                Step::Where(name, wanted) => {
                    let matches = |element: &&Value| {
                        field(element, name)
                            .and_then(|v| text(Some(v)).ok())
                            .is_some_and(|found| found.eq_ignore_ascii_case(wanted))
                    };
                    at.as_array()?.iter().find(matches)?
                }
            };
        }
        Some(at)
    })
}

/// A field by its exact name, or else by the only name that differs in case.
fn field<'v>(object: &'v Value, name: &str) -> Option<&'v Value> {
    let fields = object.as_object()?;
    fields.get(name).or_else(|| {
        let mut same = fields
            .iter()
            .filter(|(key, _)| key.eq_ignore_ascii_case(name));
        same.next()
            .filter(|_| same.next().is_none())
            .map(|(_, value)| value)
    })
}

enum Step<'c> {
    Field(&'c str),
    Position(usize),
    Where(&'c str, &'c str),
}

/// Steps of a path such as `answers[type=rating].value`.
fn steps(column: &str) -> impl Iterator<Item = Step<'_>> {
    let parts = column.split(['.', '[']).filter(|part| !part.is_empty());
    parts.map(|part| match part.strip_suffix(']') {
        Some(inside) => match (inside.parse(), inside.split_once('=')) {
            (Ok(index), _) => Step::Position(index),
            (_, Some((name, wanted))) => Step::Where(name.trim(), wanted.trim()),
            _ => Step::Field(inside),
        },
        None => Step::Field(part),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Found> {
        rows_of(text, &["id", "agent", "score"])
    }

    fn rows_of(text: &str, columns: &[&str]) -> Vec<Found> {
        let columns = columns.iter().map(|c| (*c).to_owned()).collect();
        let mut rows = JsonRows::open(Box::new(text.as_bytes()), columns).expect("opens");
        std::iter::from_fn(|| rows.next_row().expect("reads")).collect()
    }

    /// A field that is there twice is refused where it is read, like digits that a float lacks.
    #[test]
    fn values_that_a_parser_would_lose_are_refused() {
        let reason = |text: &str| {
            let rows = rows_of(text, &["id", "survey.score"]);
            match rows.into_iter().next() {
                Some((_, Err((_, problem)))) => Some(problem.reason),
                _ => None,
            }
        };
        assert!(matches!(
            reason(r#"{"id":1,"survey":{"score":5,"score":1}}"#),
            Some(Reason::FieldTwice(values)) if values == "[5,1]"
        ));
        assert!(matches!(
            reason(r#"[{"id":1,"survey":{"score":5},"survey":{"score":1}}]"#),
            Some(Reason::FieldTwice(_))
        ));
        assert!(matches!(
            reason(r#"{"id":12345678901234567890123,"survey":{"score":5}}"#),
            Some(Reason::InexactNumber(_))
        ));
        let same = r#"{"id":1,"other":1,"other":2,"survey":{"score":5,"score":5}}"#;
        assert_eq!(reason(same), None);
    }

    fn good(text: &str) -> Vec<Vec<String>> {
        rows(text)
            .into_iter()
            .map(|(_, row)| row.expect("good"))
            .collect()
    }

    #[test]
    fn lines_arrays_single_objects_and_envelopes_are_read() {
        let one = r#"{"id": 1, "Agent": "Kim", "score": 5.0}"#;
        let expected = vec![vec!["1".to_owned(), "Kim".to_owned(), "5.0".to_owned()]];
        let pretty = "{\n \"id\": 1,\n \"agent\": \"Kim\",\n \"score\": 5.0\n}";
        let array = format!("[\n {one}\n]");
        let envelope = format!("{{\"count\": 1, \"results\": [{one}]}}");
        for text in [one, pretty, &array, &envelope] {
            assert_eq!(good(text), expected, "{text}");
        }
        let lines = format!("{one}\n\n{one}\n");
        let numbers: Vec<u64> = rows(&lines).into_iter().map(|(number, _)| number).collect();
        assert_eq!(numbers, [1, 3]);
    }

    #[test]
    fn broken_lines_are_told_and_reading_goes_on() {
        let found = rows("{\"id\": 1}\n[1]\n{\"id\"\n{\"id\": {\"x\": 1}}\n{\"id\": 2}");
        let reasons: Vec<Option<&Reason>> = found
            .iter()
            .map(|(_, row)| row.as_ref().err().map(|e| &e.1.reason))
            .collect();
        assert!(
            matches!(
                reasons[..],
                [
                    None,
                    Some(Reason::NotObject),
                    Some(Reason::NotJson(_)),
                    Some(Reason::NotText(_)),
                    None
                ]
            ),
            "{reasons:?}"
        );
    }

    #[test]
    fn paths_lead_into_objects_and_arrays() {
        let object = serde_json::json!({
            "survey": {"score": 3},
            "a.b": "whole",
            "answers": [{"type": "text", "value": "kind"}, {"type": "rating", "value": 4}],
        });
        let at = |column: &str| text(find(&object, column)).expect("text");
        assert_eq!(at("survey.score"), "3");
        assert_eq!(at("a.b"), "whole");
        assert_eq!(at("survey.none"), "");
        assert_eq!(at("answers[0].value"), "kind");
        assert_eq!(at("answers[type=rating].value"), "4");
        assert_eq!(at("answers[7].value"), "");
    }

    #[test]
    fn fields_that_differ_only_in_case_are_not_guessed() {
        assert_eq!(
            find(&serde_json::json!({"ID": 1}), "id"),
            Some(&Value::from(1))
        );
        assert_eq!(find(&serde_json::json!({"ID": 1, "Id": 2}), "id"), None);
        assert_eq!(
            find(&serde_json::json!({"ID": 1, "id": 2}), "id"),
            Some(&Value::from(2))
        );
    }
}
