//! The theme taxonomy: what customers talk about and the patterns of words for it, read from TOML.
//! Data only: the lexicon compiles it.

use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};

use crate::toml_file::{self, TomlError};

/// Who can change what a theme is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub enum Control {
    /// The agent's own behaviour.
    #[serde(rename = "A")]
    Agent,
    /// The agent's, given training.
    #[serde(rename = "A/T")]
    AgentWithTraining,
    /// Mixed: a focus area only when the coach confirms it.
    #[serde(rename = "M")]
    Mixed,
    /// Process, product or another department: never a focus area of one person.
    #[serde(rename = "P")]
    Process,
}

/// A theme with its patterns: regular expressions for whole words in folded text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Theme {
    pub id: String,
    pub name: String,
    pub control: Control,
    /// Department that owns a process theme.
    pub owner: Option<String>,
    /// What the positive polarity is about, for a sentence.
    pub said_well: String,
    /// What the negative polarity is about, for a sentence.
    pub said_badly: String,
    pub positive: Vec<String>,
    pub negative: Vec<String>,
    /// Name the theme without a polarity.
    pub aspect: Vec<String>,
    /// Name what customers want: negative where it is missing ("no reply"), otherwise like
    /// `aspect`.
    #[serde(default)]
    pub wanted: Vec<String>,
    /// Name what customers do not want: positive where it is missing ("no delay"), otherwise like
    /// `aspect`.
    #[serde(default)]
    pub trouble: Vec<String>,
}

impl Theme {
    /// The lists of patterns, in the order of the compiled lexicon.
    pub fn lists(&self) -> [&Vec<String>; 5] {
        [
            &self.negative,
            &self.positive,
            &self.aspect,
            &self.wanted,
            &self.trouble,
        ]
    }
}

/// Patterns of no theme: praise, blame and comments without content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct General {
    pub positive: Vec<String>,
    pub negative: Vec<String>,
    pub no_content: Vec<String>,
}

/// Phrases whose words mean something else one by one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Idioms {
    pub positive: Vec<String>,
    pub neutral: Vec<String>,
    pub intensifier: Vec<String>,
}

/// The whole taxonomy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Taxonomy {
    pub version: i32,
    pub general: General,
    pub idioms: Idioms,
    pub themes: Vec<Theme>,
}

#[expect(
    clippy::expect_used,
    reason = "the file is embedded and a test parses it"
)]
static SHIPPED: LazyLock<Arc<Taxonomy>> = LazyLock::new(|| {
    Arc::new(Taxonomy::parse(Taxonomy::SHIPPED_SOURCE).expect("shipped taxonomy"))
});

/// What is wrong with a taxonomy file.
#[derive(Debug, thiserror::Error)]
pub enum TaxonomyError {
    #[error(transparent)]
    Syntax(#[from] TomlError),
    #[error("there are {0} themes; {MOST_THEMES} are the most")]
    TooMany(usize),
    #[error("the id {0:?} is not made of letters, digits, spaces, - and _, at most 60")]
    Id(String),
    #[error("theme \"{0}\" stands twice")]
    Twice(String),
    #[error("process theme \"{0}\" needs an owner")]
    NoOwner(String),
}

/// Most themes of a taxonomy.
const MOST_THEMES: usize = 100;

impl Taxonomy {
    /// Parses a taxonomy file. Its patterns are checked when it is compiled.
    ///
    /// # Errors
    /// [`TaxonomyError`].
    pub fn parse(text: &str) -> Result<Self, TaxonomyError> {
        let taxonomy: Self = toml_file::parse(text)?;
        let themes = &taxonomy.themes;
        if themes.len() > MOST_THEMES {
            return Err(TaxonomyError::TooMany(themes.len()));
        }
        for (number, theme) in themes.iter().enumerate() {
            let plain = |c: char| c.is_ascii_alphanumeric() || "_- ".contains(c);
            if !(1..=60).contains(&theme.id.len()) || !theme.id.chars().all(plain) {
                return Err(TaxonomyError::Id(theme.id.chars().take(80).collect()));
            }
            if themes[..number].iter().any(|t| t.id == theme.id) {
                return Err(TaxonomyError::Twice(theme.id.clone()));
            }
            if theme.control == Control::Process && theme.owner.is_none() {
                return Err(TaxonomyError::NoOwner(theme.id.clone()));
            }
        }
        Ok(taxonomy)
    }

    /// All patterns of all lists.
    pub fn patterns(&self) -> impl Iterator<Item = &String> {
        let Self {
            general, idioms, ..
        } = self;
        let themes = self.themes.iter();
        themes
            .flat_map(Theme::lists)
            .chain([&general.positive, &general.negative, &general.no_content])
            .chain([&idioms.positive, &idioms.neutral, &idioms.intensifier])
            .flatten()
    }

    /// The text of the taxonomy that ships with the program.
    pub const SHIPPED_SOURCE: &'static str = include_str!("taxonomy.toml");

    /// The taxonomy that ships with the program.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// The shipped taxonomy, shared.
    pub fn shipped_shared() -> Arc<Self> {
        Arc::clone(&SHIPPED)
    }

    /// The theme with this id or name, upper or lower case.
    pub fn theme_named(&self, label: &str) -> Option<&Theme> {
        let label = label.to_lowercase();
        self.themes
            .iter()
            .find(|t| t.id.to_lowercase() == label || t.name.to_lowercase() == label)
    }

    /// Position of the theme with this id.
    pub fn place(&self, id: &str) -> Option<usize> {
        self.themes.iter().position(|t| t.id == id)
    }

    /// The theme with this id.
    pub fn theme(&self, id: &str) -> Option<&Theme> {
        self.themes.iter().find(|t| t.id == id)
    }
}
