//! Mapping from the columns of a file to quality checks: a TOML file, or the form of the page.
//! Pure.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::scale::Scale;
use crate::{
    feedback::time_format::{TimeFormat, TimeFormatError},
    locale::{Localised, Message, english},
    msg,
    toml_file::{self, TomlError},
};

/// A mapping to start from.
pub const EXAMPLE: &str = include_str!("mappings/example.toml");
/// Most criteria of a scorecard.
pub const MOST_CRITERIA: usize = 100;

/// Which column is what. With `criterion` and `score`, each row is one criterion; without, each row
/// is a check with a column for each criterion.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// The agent's reference, as in feedback files.
    pub agent: String,
    pub date: String,
    #[serde(default)]
    pub evaluator: Option<String>,
    /// Id of the contact, which tells two checks of one day apart.
    #[serde(default)]
    pub contact: Option<String>,
    #[serde(default)]
    pub criterion: Option<String>,
    #[serde(default)]
    pub score: Option<String>,
}

/// A criterion of the scorecard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Criterion {
    /// Name of its column or, where each row is one criterion, its name in the file.
    pub column: String,
    /// Name in plans; without one, the name in the file.
    #[serde(default)]
    pub name: Option<String>,
    /// The theme whose behaviour it rates.
    #[serde(default)]
    pub theme: Option<String>,
    /// Scale in place of the scale of the file.
    #[serde(default)]
    pub scale: Option<Scale>,
}

impl Criterion {
    /// Name in plans.
    pub fn name(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.column)
    }
}

/// Mapping of a file of scorecards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapping {
    pub columns: Columns,
    /// chrono's `strftime` syntax. ISO 8601 is always read.
    #[serde(default)]
    pub date_formats: Vec<String>,
    pub scale: Scale,
    #[serde(default)]
    pub criteria: Vec<Criterion>,
}

/// Problem of a mapping.
#[derive(Debug, thiserror::Error)]
#[error("{}", english(self))]
pub enum MappingError {
    Syntax(#[from] TomlError),
    Date(#[from] TimeFormatError),
    /// Mapping with only one of the columns `criterion` and `score`.
    HalfLong,
    /// No criterion, or more than [`MOST_CRITERIA`].
    Criteria,
    /// Two criteria of the same name.
    Twice(String),
    /// Theme that is not in the taxonomy.
    Theme(String),
    Scale,
    /// An empty, long or unprintable name.
    Name,
    MissingColumn {
        column: String,
        /// The columns that the file has.
        present: String,
    },
}

impl Localised for MappingError {
    fn message(&self) -> Message {
        match self {
            Self::Syntax(e) => msg!("error-mapping-syntax", line = e.line, problem = &e.problem),
            Self::Date(e) => e.message(),
            Self::HalfLong => msg!("error-quality-half-long"),
            Self::Criteria => msg!("error-quality-criteria", most = MOST_CRITERIA),
            Self::Twice(name) => msg!("error-quality-twice", name = name),
            Self::Theme(theme) => msg!("error-quality-theme", theme = theme),
            Self::Scale => msg!("error-quality-scale"),
            Self::Name => msg!("error-quality-name"),
            Self::MissingColumn { column, present } => msg!(
                "error-quality-missing-column",
                column = column,
                present = present
            ),
        }
    }
}

impl Mapping {
    /// Parses a mapping.
    ///
    /// # Errors
    /// Every [`MappingError`] but [`MappingError::Theme`] and [`MappingError::MissingColumn`].
    pub fn parse(text: &str) -> Result<Self, MappingError> {
        toml_file::parse::<Self>(text)?.checked()
    }

    /// The mapping itself, if it is possible.
    ///
    /// # Errors
    /// Errors of [`Mapping::parse`] except [`MappingError::Syntax`].
    pub fn checked(self) -> Result<Self, MappingError> {
        if self.columns.criterion.is_some() != self.columns.score.is_some() {
            return Err(MappingError::HalfLong);
        }
        let count = self.criteria.len();
        if count > MOST_CRITERIA || (count == 0 && !self.is_long()) {
            return Err(MappingError::Criteria);
        }
        let is_name = |name: &str| {
            let characters = name.chars().count();
            (1..=200).contains(&characters) && !name.chars().any(char::is_control)
        };
        let mut names = BTreeSet::new();
        for criterion in &self.criteria {
            if !is_name(criterion.name()) || !is_name(&criterion.column) {
                return Err(MappingError::Name);
            }
            if !names.insert(criterion.name()) {
                return Err(MappingError::Twice(criterion.name().to_owned()));
            }
        }
        let scales = self.criteria.iter().filter_map(|criterion| criterion.scale);
        if !scales.chain([self.scale]).all(Scale::is_valid) {
            return Err(MappingError::Scale);
        }
        self.dates().check()?;
        Ok(self)
    }

    /// Whether each row is one criterion.
    pub fn is_long(&self) -> bool {
        self.columns.criterion.is_some()
    }

    /// Format of the dates.
    pub fn dates(&self) -> TimeFormat {
        let mut formats = self.date_formats.clone();
        if formats.is_empty() {
            formats.push("%Y-%m-%d".to_owned());
        }
        TimeFormat {
            formats,
            ..TimeFormat::default()
        }
    }

    /// Checks that every theme exists.
    ///
    /// # Errors
    /// [`MappingError::Theme`].
    pub fn check_themes(&self, is_theme: impl Fn(&str) -> bool) -> Result<(), MappingError> {
        let mut themes = self.criteria.iter().filter_map(|c| c.theme.as_deref());
        match themes.find(|theme| !is_theme(theme)) {
            Some(unknown) => Err(MappingError::Theme(unknown.to_owned())),
            None => Ok(()),
        }
    }

    /// The columns that are read.
    pub fn wanted(&self) -> Vec<String> {
        let c = &self.columns;
        let optional = [&c.evaluator, &c.contact, &c.criterion, &c.score];
        let mut wanted = vec![c.agent.clone(), c.date.clone()];
        wanted.extend(optional.into_iter().flatten().cloned());
        if !self.is_long() {
            wanted.extend(self.criteria.iter().map(|c| c.column.clone()));
        }
        wanted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_is_usable_and_mistakes_are_named() {
        assert!(!Mapping::parse(EXAMPLE).expect("usable").is_long());
        for (from, to, part) in [
            ("agent = ", "agnet = ", "unknown field"),
            ("max = 5", "max = 0", "scale"),
            ("column = \"Solution\"", "column = \"Greeting\"", "Greeting"),
            (
                "kind = \"pass_fail\"",
                "kind = \"stars\"",
                "unknown variant",
            ),
        ] {
            let text = EXAMPLE.replacen(from, to, 1);
            let error = Mapping::parse(&text).expect_err(from).to_string();
            assert!(error.contains(part), "{error}");
        }
    }
}
