//! TOML input files: keys, taxonomies, questionnaires, mappings. Errors name the line.

use serde::de::DeserializeOwned;

/// A problem in a TOML file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct TomlError {
    /// Line number, from 1.
    pub line: usize,
    /// Description in one line.
    pub problem: String,
}

/// Parses a TOML file.
///
/// # Errors
/// [`TomlError`] for the first syntax error, unknown or missing key, or wrong type.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, TomlError> {
    toml::from_str(text).map_err(|e| TomlError {
        line: line_at(text, e.span().map_or(0, |span| span.start)),
        problem: e.message().trim().replace('\n', " "),
    })
}

/// One-based line number of byte offset `at` in `text`.
pub fn line_at(text: &str, at: usize) -> usize {
    text.get(..at).unwrap_or(text).matches('\n').count() + 1
}

/// Comments and empty lines before the first key of a TOML file.
pub fn head(text: &str) -> String {
    let is_head = |line: &&str| line.trim().is_empty() || line.starts_with('#');
    text.split_inclusive('\n').take_while(is_head).collect()
}
