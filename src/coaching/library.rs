//! The practice library: for every theme in an agent's power, anchors, a goal, a sentence and a ladder of practice. It ships with
//! the program; an organisation can keep editions of its own.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::{
    text::taxonomy::{Control, Taxonomy},
    toml_file::{self, TomlError},
};

/// Practice for one theme.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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

/// What is wrong with a library.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    #[error("line {}: {}", .0.line, .0.problem)]
    Syntax(#[from] TomlError),
    #[error("\"{0}\" is no theme that a person can practise")]
    NoTheme(String),
    #[error("practice for \"{0}\" stands twice")]
    Twice(String),
    #[error(
        "\"{0}\" has an empty line: every theme needs anchors, a goal, a sentence and five activities"
    )]
    Empty(String),
    #[error("the sentence of \"{0}\" has to begin with \"If\" and to say what then")]
    IfThen(String),
}

impl Library {
    /// The text that ships with the program.
    pub const SHIPPED_SOURCE: &'static str = include_str!("library.toml");

    /// Reads and checks a library against the themes that can be practised.
    ///
    /// # Errors
    /// The first thing wrong with it.
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

    /// Practice for `theme`: this library's, or where it has none the shipped one's.
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

/// Shipped practice for `theme`, when it is one that a person can practise.
pub fn practice_for(theme: &str) -> Option<&'static Practice> {
    SHIPPED.themes.iter().find(|p| p.theme == theme)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_theme_in_an_agents_power_has_practice_and_no_other() {
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
        assert!(refused("below = ", "belwo = ").contains("line"));
    }
}
