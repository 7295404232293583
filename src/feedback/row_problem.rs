//! Why a row or a record is rejected.

use serde::{Deserialize, Serialize};

use crate::{
    locale::{Localised, Message, decimal},
    msg,
    tables::RowError,
};

/// Most characters of an id, a name or a label.
pub const MOST_CHARACTERS: usize = 200;
/// Feedback from before this year is taken for a mistake.
pub const FIRST_YEAR: i32 = 1990;

/// A text cut to 80 characters, for messages.
pub fn shorten(text: &str) -> String {
    let short: String = text.chars().take(80).collect();
    if short.len() < text.len() {
        format!("{short}…")
    } else {
        short
    }
}

/// A column of a row, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowProblem {
    /// The column at fault; empty when the whole row is.
    pub column: String,
    pub reason: Reason,
}

impl RowProblem {
    /// A problem of a column; an empty column means the whole row.
    pub fn new(column: &str, reason: Reason) -> Self {
        Self {
            column: column.to_owned(),
            reason,
        }
    }

    /// Attributes reasons to a column.
    pub fn in_column(column: &str) -> impl Fn(Reason) -> Self {
        move |reason| Self::new(column, reason)
    }
}

/// Problem of a value, or of the row as a whole. Texts are as in the file, shortened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Reason {
    /// The number of cells differs from the header's.
    CellCount {
        found: usize,
        expected: usize,
    },
    Missing,
    TooLong,
    ControlCharacter,
    /// A score without a scale.
    NoScale,
    UnknownScale {
        name: String,
        /// Names of all scales.
        scales: String,
    },
    NotThumb(String),
    NotNumber(String),
    OffScale {
        value: f64,
        low: f64,
        high: f64,
    },
    TimeFormat {
        text: String,
        formats: String,
    },
    /// Clocks skip it when daylight saving begins.
    NoSuchTime(String),
    BeforeFirstYear(String),
    InFuture(String),
    /// Neither a score nor a comment.
    NoContent,
    NotJson(String),
    NotObject,
    /// A line of more than 1 MB.
    LineTooLong,
    /// An object or array where a text is expected.
    NotText(String),
    /// The different values of one field.
    FieldTwice(String),
    /// A number with more digits than could be read.
    InexactNumber(String),
    /// The row of a table cannot be trusted.
    Row(RowError),
    /// JSON with unknown or missing fields; the parser's description.
    Fields(String),
}

impl Localised for Reason {
    fn message(&self) -> Message {
        match self {
            Self::CellCount { found, expected } => {
                msg!("row-cell-count", count = found, expected = expected)
            }
            Self::Missing => msg!("row-missing"),
            Self::TooLong => msg!("row-too-long", most = MOST_CHARACTERS),
            Self::ControlCharacter => msg!("row-control-character"),
            Self::NoScale => msg!("row-no-scale"),
            Self::UnknownScale { name, scales } => {
                msg!("row-unknown-scale", name = name, scales = scales)
            }
            Self::NotThumb(text) => msg!("row-not-thumb", text = text),
            Self::NotNumber(text) => msg!("row-not-number", text = text),
            Self::OffScale { value, low, high } => msg!(
                "row-off-scale",
                value = value.to_string(),
                low = decimal(*low, 0),
                high = decimal(*high, 0)
            ),
            Self::TimeFormat { text, formats } => {
                msg!("row-time-format", text = text, formats = formats)
            }
            Self::NoSuchTime(text) => msg!("row-no-such-time", text = text),
            Self::BeforeFirstYear(text) => {
                msg!(
                    "row-before-first-year",
                    text = text,
                    year = FIRST_YEAR.to_string()
                )
            }
            Self::InFuture(text) => msg!("row-in-future", text = text),
            Self::NoContent => msg!("row-no-content"),
            Self::NotJson(problem) => msg!("row-not-json", problem = problem),
            Self::NotObject => msg!("row-not-object"),
            Self::LineTooLong => msg!("row-line-too-long"),
            Self::NotText(text) => msg!("row-not-text", text = text),
            Self::FieldTwice(values) => msg!("row-field-twice", values = values),
            Self::InexactNumber(number) => msg!("row-inexact-number", number = number),
            Self::Row(problem) => problem.message(),
            Self::Fields(problem) => msg!("row-fields", problem = problem),
        }
    }
}
