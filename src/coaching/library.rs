//! The practice library: for every theme within an agent's control, behaviour anchors, a goal, an
//! if-then sentence and five activities. It ships with the program; an organisation can save
//! versions of its own.

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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Practice {
    #[schema(example = "patience")]
    pub theme: String,
    pub below: String,
    pub at: String,
    pub above: String,
    /// Completes "By DATE, ...".
    pub goal: String,
    pub if_then: String,
    /// Activities; an empty one is left out.
    pub see: String,
    pub say: String,
    #[serde(rename = "do")]
    pub act: String,
    pub reflect: String,
    pub teach: String,
}

impl Practice {
    /// The activities that are not empty, in the order of the ladder.
    pub fn activities(&self) -> impl Iterator<Item = &String> {
        let all = [&self.see, &self.say, &self.act, &self.reflect, &self.teach];
        all.into_iter().filter(|text| !text.trim().is_empty())
    }
}

/// Practice for many themes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Library {
    themes: Vec<Practice>,
}

/// Why a library is refused.
#[derive(Debug, thiserror::Error)]
#[error("{}", english(self))]
pub enum LibraryError {
    Syntax(#[from] TomlError),
    /// Theme that is not within an agent's control.
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
            let lines = [&p.below, &p.at, &p.above, &p.goal];
            let is_empty = lines.iter().any(|line| line.trim().is_empty());
            if is_empty || p.activities().next().is_none() {
                return Err(LibraryError::Empty(p.theme.clone()));
            }
            if !Self::is_if_then(&p.if_then) {
                return Err(LibraryError::IfThen(p.theme.clone()));
            }
        }
        Ok(library)
    }

    /// Whether a sentence says what to do ("then") in which situation ("If").
    pub(super) fn is_if_then(sentence: &str) -> bool {
        let sentence = sentence.to_lowercase();
        sentence.starts_with("if ") && sentence.contains(" then ")
    }

    /// Reads a library without a look at its themes.
    ///
    /// # Errors
    /// [`LibraryError::Syntax`].
    pub fn read(text: &str) -> Result<Self, LibraryError> {
        Ok(toml_file::parse(text)?)
    }

    /// Writes this library as TOML. Comments at the head of `source`, which it was read from, stay;
    /// others are lost.
    ///
    /// # Errors
    /// [`toml::ser::Error`].
    pub fn write(&self, source: &str) -> Result<String, toml::ser::Error> {
        let head = toml_file::head(source);
        Ok(format!("{head}{}", toml::to_string_pretty(self)?))
    }

    /// Sets the practice for a theme. `None` leaves the theme to the shipped library.
    pub fn set(&mut self, theme: &str, practice: Option<Practice>) {
        let known = self.themes.iter().position(|p| p.theme == theme);
        match (known, practice) {
            (Some(at), Some(practice)) => self.themes[at] = practice,
            (None, Some(practice)) => self.themes.push(practice),
            (Some(at), None) => {
                self.themes.remove(at);
            }
            (None, None) => {}
        }
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
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn writing_and_reading_keeps_everything(
            at in 0..8_usize,
            text in "[ -~\\n\"'\\\\é😀]{1,40}",
            remove in any::<bool>(),
        ) {
            let mut library = Library::shipped().clone();
            let theme = library.themes[at].theme.clone();
            let others = |library: &Library| -> Vec<Practice> {
                let themes = library.themes.iter().filter(|p| p.theme != theme);
                themes.cloned().collect()
            };
            let before = others(&library);
            let edited = Practice { goal: text, ..library.themes[at].clone() };
            library.set(&theme, (!remove).then_some(edited));
            let written = library.write(Library::SHIPPED_SOURCE).expect("written");
            let read = Library::read(&written).expect("read");
            prop_assert_eq!(&read, &library);
            prop_assert_eq!(others(&read), before);
            prop_assert!(written.starts_with("# Practice"));
        }
    }

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
