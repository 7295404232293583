//! The practice library: for every theme within an agent's control, behaviour anchors, a goal, an
//! if-then sentence and five activities. It ships with the program; an organisation can save
//! editions of its own.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    locale::{Localised, Message, english},
    msg,
    text::taxonomy::{Control, Taxonomy},
    toml_file::{self, TomlError},
};

/// Practice for one theme.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Practice {
    pub theme: String,
    pub below: String,
    pub at: String,
    pub above: String,
    /// Completes "By DATE, ...".
    pub goal: String,
    pub if_then: String,
    pub see: String,
    pub say: String,
    #[serde(rename = "do")]
    pub act: String,
    pub reflect: String,
    pub teach: String,
}

/// Practice for many themes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Library {
    themes: Vec<Practice>,
}

/// Why a library is refused.
#[derive(Debug, thiserror::Error)]
#[error("{}", english(self))]
pub enum LibraryError {
    Syntax(#[from] TomlError),
    /// Not a theme within an agent's control.
    NoTheme(String),
    Twice(String),
    Empty(String),
    IfThen(String),
}

impl Localised for LibraryError {
    fn message(&self) -> Message {
        match self {
            Self::Syntax(e) => {
                msg!("error-library-syntax", line = e.line, problem = &e.problem)
            }
            Self::NoTheme(theme) => msg!("error-library-no-theme", theme = theme),
            Self::Twice(theme) => msg!("error-library-twice", theme = theme),
            Self::Empty(theme) => msg!("error-library-empty", theme = theme),
            Self::IfThen(theme) => msg!("error-library-if-then", theme = theme),
        }
    }
}

impl Library {
    /// Source of the library that ships with the program.
    pub const SHIPPED_SOURCE: &'static str = include_str!("library.toml");

    /// Parses a library and checks it against the themes of a taxonomy.
    ///
    /// # Errors
    /// The first [`LibraryError`] found.
    pub fn parse(text: &str, taxonomy: &Taxonomy) -> Result<Self, LibraryError> {
        let library: Self = toml_file::parse(text)?;
        for (i, p) in library.themes.iter().enumerate() {
            let theme = taxonomy
                .theme(&p.theme)
                .filter(|t| t.control != Control::Process);
            if theme.is_none() {
                return Err(LibraryError::NoTheme(p.theme.clone()));
            }
            if library.themes[..i]
                .iter()
                .any(|other| other.theme == p.theme)
            {
                return Err(LibraryError::Twice(p.theme.clone()));
            }
            let lines = [
                &p.below, &p.at, &p.above, &p.goal, &p.see, &p.say, &p.act, &p.reflect, &p.teach,
            ];
            if lines.iter().any(|line| line.trim().is_empty()) {
                return Err(LibraryError::Empty(p.theme.clone()));
            }
            let sentence = p.if_then.to_lowercase();
            if !sentence.starts_with("if ") || !sentence.contains(" then ") {
                return Err(LibraryError::IfThen(p.theme.clone()));
            }
        }
        Ok(library)
    }

    /// Practice for `theme` from this library or, failing that, the shipped one.
    pub fn practice_for(&self, theme: &str) -> Option<&Practice> {
        let own = self.themes.iter().find(|p| p.theme == theme);
        own.or_else(|| practice_for(theme))
    }

    /// The library that ships with the program.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }
}

#[expect(
    clippy::expect_used,
    reason = "the file is embedded and a test reads it"
)]
static SHIPPED: LazyLock<Library> = LazyLock::new(|| {
    Library::parse(Library::SHIPPED_SOURCE, Taxonomy::shipped()).expect("shipped practice library")
});

/// Shipped practice for `theme`, if it is within an agent's control.
pub fn practice_for(theme: &str) -> Option<&'static Practice> {
    SHIPPED.themes.iter().find(|p| p.theme == theme)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_theme_within_an_agents_control_has_practice_and_no_other() {
        for theme in &Taxonomy::shipped().themes {
            assert_eq!(
                practice_for(&theme.id).is_some(),
                theme.control != Control::Process,
                "{}",
                theme.id
            );
        }
    }

    #[test]
    fn a_broken_library_says_what_is_wrong() {
        let text = Library::SHIPPED_SOURCE;
        let refused = |from: &str, to: &str| {
            let broken = text.replacen(from, to, 1);
            Library::parse(&broken, Taxonomy::shipped())
                .expect_err(from)
                .to_string()
        };
        assert!(refused("theme = \"courtesy\"", "theme = \"billing\"").contains("billing"));
        assert!(refused("theme = \"warmth\"", "theme = \"courtesy\"").contains("twice"));
        assert!(refused("if_then = \"If ", "if_then = \"When ").contains("If"));
        let line = 1 + text
            .lines()
            .take_while(|l| !l.starts_with("below = "))
            .count();
        let problem = refused("below = ", "belwo = ");
        assert!(problem.starts_with(&format!("Line {line}: ")), "{problem}");
    }
}
