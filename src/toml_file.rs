//! TOML that people write by hand: keys, taxonomies, questionnaires, mappings. A mistake has its line.

use serde::de::DeserializeOwned;

/// What is wrong in a file, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {problem}")]
pub struct TomlError {
    /// From 1.
    pub line: usize,
    /// In one line.
    pub problem: String,
}

/// Reads TOML.
///
/// # Errors
/// The first mistake: syntax, an unknown or missing entry, an entry of the wrong kind.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, TomlError> {
    toml::from_str(text).map_err(|e| TomlError {
        line: line_at(text, e.span().map_or(0, |span| span.start)),
        problem: e.message().trim().replace('\n', " "),
    })
}

/// The line, from 1, on which byte `at` of `text` stands.
pub fn line_at(text: &str, at: usize) -> usize {
    text.get(..at).unwrap_or(text).matches('\n').count() + 1
}
