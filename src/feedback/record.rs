//! One piece of feedback as a typed value. Rows of files and records sent by programs meet here;
//! both are checked by the functions of this file. Pure.

use super::{
    row_problem::{MOST_CHARACTERS, Reason, RowProblem},
    score::Score,
};
use crate::{tables::missing::Missing, text::entered, types::Instant};

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

/// Whether a cell says that there is no value.
pub fn is_missing(text: &str) -> bool {
    Missing::default().is_missing(text)
}

/// Whether a cell says that there is no name. "Na", "Null" and "None" are names.
fn is_missing_name(text: &str) -> bool {
    Missing::default().is_missing_name(text)
}

/// A value that must be present: at most 200 characters, no line breaks or control characters.
///
/// # Errors
/// [`Reason::Missing`], [`Reason::TooLong`], [`Reason::ControlCharacter`].
pub fn required(text: &str) -> Result<String, Reason> {
    let value = text.trim();
    if is_missing_name(value) {
        return Err(Reason::Missing);
    }
    if value.chars().count() > MOST_CHARACTERS {
        return Err(Reason::TooLong);
    }
    if value.contains(|c: char| c.is_control() || entered::is_hidden(c)) {
        return Err(Reason::ControlCharacter);
    }
    Ok(value.to_owned())
}

/// An optional label without control characters, cut to 200 characters.
pub fn label(text: &str) -> Option<String> {
    let mut text = entered::line(text);
    if let Some((end, _)) = text.char_indices().nth(MOST_CHARACTERS) {
        text.truncate(end);
    }
    (!is_missing_name(&text)).then_some(text)
}

/// A comment. "None" or "NA" counts as an answer that says nothing, and is kept.
pub fn comment(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
