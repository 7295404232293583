//! The theme taxonomy: read from TOML, checked, compiled once.

use std::sync::{Arc, LazyLock};

use serde::{Deserialize, Serialize};

use super::{
    lexicon::bearing,
    matcher::{ListMatcher, Matcher, PatternError, PatternList, is_plain},
};
use crate::toml_file::{self, TomlError};

/// Whose power a theme is in.
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

/// A theme as written in the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThemeSource {
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
    pub aspect: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct General {
    positive: Vec<String>,
    negative: Vec<String>,
    no_content: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Idioms {
    positive: Vec<String>,
    neutral: Vec<String>,
    intensifier: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    version: i32,
    general: General,
    idioms: Idioms,
    themes: Vec<ThemeSource>,
}

/// A theme ready to read text.
#[derive(Clone, Debug)]
pub struct Theme {
    pub id: String,
    pub name: String,
    pub control: Control,
    pub owner: Option<String>,
    pub said_well: String,
    pub said_badly: String,
}

/// The whole taxonomy.
#[derive(Clone, Debug)]
pub struct Taxonomy {
    pub version: i32,
    pub themes: Vec<Theme>,
    /// Negative words, positive words and mentions of each theme in turn, then all else in the order of [`Other`].
    pub(super) matcher: Matcher,
    /// Every list can be read in the stand-in of [`super::matcher::Haystack`].
    pub(super) plain: bool,
    pub(super) no_content: ListMatcher,
    pub(super) telling: ListMatcher,
}

#[expect(
    clippy::expect_used,
    reason = "the file is embedded and a test parses it"
)]
static SHIPPED: LazyLock<Arc<Taxonomy>> = LazyLock::new(|| {
    Arc::new(Taxonomy::parse(Taxonomy::SHIPPED_SOURCE).expect("shipped taxonomy"))
});

/// Lists that belong to no theme, in their order behind those of the themes.
#[derive(Clone, Copy)]
pub(super) enum Other {
    GeneralPositive,
    GeneralNegative,
    IdiomPositive,
    IdiomNeutral,
    Intensifier,
    Negation,
    Request,
    Wait,
}

/// What is wrong with a taxonomy file.
#[derive(Debug, thiserror::Error)]
pub enum TaxonomyError {
    #[error(transparent)]
    Syntax(#[from] TomlError),
    #[error("{place}: {problem}")]
    Pattern {
        place: String,
        problem: PatternError,
    },
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

fn list(
    place: &str,
    patterns: &[String],
    whole: bool,
    plain: bool,
) -> Result<PatternList, TaxonomyError> {
    PatternList::parse(patterns, whole, plain).map_err(at(place))
}

fn at(place: &str) -> impl FnOnce(PatternError) -> TaxonomyError {
    let place = place.to_owned();
    |problem| TaxonomyError::Pattern { place, problem }
}

/// A taxonomy's text with one more word or phrase, taken literally, for a theme; comments and order stay. `None` when the text has
/// no such theme or list.
pub fn with_term(
    source: &str,
    theme: &str,
    polarity: super::tagger::Polarity,
    term: &str,
) -> Option<String> {
    let list = match polarity {
        super::tagger::Polarity::Positive => "positive = [",
        super::tagger::Polarity::Negative => "negative = [",
        super::tagger::Polarity::Neutral => "aspect = [",
    };
    let id = toml::Value::String(theme.to_owned()).to_string();
    let block = source
        .match_indices("[[themes]]")
        .map(|(at, _)| at)
        .find(|at| {
            let head = source[*at..].lines().nth(1).unwrap_or_default();
            head.split_once('=')
                .is_some_and(|(key, value)| key.trim() == "id" && value.trim() == id)
        })?;
    let end = source[block + 1..]
        .find("[[themes]]")
        .map_or(source.len(), |n| block + 1 + n);
    let at = block + source[block..end].find(list)? + list.len();
    let pattern = toml::Value::String(regex::escape(&term.to_lowercase())).to_string();
    Some(format!("{}\n  {pattern},{}", &source[..at], &source[at..]))
}

impl Taxonomy {
    /// Reads and compiles a taxonomy.
    ///
    /// # Errors
    /// Where the file is not usable, and why.
    pub fn parse(text: &str) -> Result<Self, TaxonomyError> {
        let source: Source = toml_file::parse(text)?;
        if source.themes.len() > MOST_THEMES {
            return Err(TaxonomyError::TooMany(source.themes.len()));
        }
        let patterns = source.themes.iter();
        let General {
            positive,
            negative,
            no_content,
        } = &source.general;
        let idioms = &source.idioms;
        let plain = patterns
            .flat_map(|t| [&t.positive, &t.negative, &t.aspect])
            .chain([positive, negative, no_content])
            .chain([&idioms.positive, &idioms.neutral, &idioms.intensifier])
            .flatten()
            .all(|pattern| is_plain(pattern));
        let words = |place: &str, patterns: &[String], whole| list(place, patterns, whole, plain);
        let mut themes: Vec<Theme> = Vec::with_capacity(source.themes.len());
        let mut lists: Vec<PatternList> = Vec::new();
        for theme in source.themes {
            let plain = |c: char| c.is_ascii_alphanumeric() || "_- ".contains(c);
            if !(1..=60).contains(&theme.id.len()) || !theme.id.chars().all(plain) {
                return Err(TaxonomyError::Id(theme.id.chars().take(80).collect()));
            }
            if themes.iter().any(|t| t.id == theme.id) {
                return Err(TaxonomyError::Twice(theme.id));
            }
            if theme.control == Control::Process && theme.owner.is_none() {
                return Err(TaxonomyError::NoOwner(theme.id));
            }
            for patterns in [&theme.negative, &theme.positive, &theme.aspect] {
                lists.push(words(&theme.id, patterns, true)?);
            }
            themes.push(Theme {
                id: theme.id,
                name: theme.name,
                control: theme.control,
                owner: theme.owner,
                said_well: theme.said_well,
                said_badly: theme.said_badly,
            });
        }
        lists.push(words("general.positive", positive, false)?);
        lists.push(words("general.negative", negative, true)?);
        lists.push(words("idioms.positive", &idioms.positive, true)?);
        lists.push(words("idioms.neutral", &idioms.neutral, true)?);
        lists.push(words("idioms.intensifier", &idioms.intensifier, false)?);
        let (bearing, telling) = bearing(plain).map_err(at("bearing"))?;
        lists.extend(bearing);
        let place = "general.no_content";
        let no_content = words(place, no_content, false)?;
        let no_content = ListMatcher::new(&no_content).map_err(at(place))?;
        Ok(Self {
            version: source.version,
            matcher: Matcher::new(&lists).map_err(at("themes"))?,
            plain,
            themes,
            no_content,
            telling,
        })
    }

    /// The text of the taxonomy that ships with the program.
    pub const SHIPPED_SOURCE: &'static str = include_str!("taxonomy.toml");

    /// The taxonomy that ships with the program.
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// The same, to keep beside an organisation's own.
    pub fn shipped_shared() -> Arc<Self> {
        Arc::clone(&SHIPPED)
    }

    /// Number of the list of this kind.
    pub(super) fn list_of(&self, kind: Other) -> usize {
        3 * self.themes.len() + kind as usize
    }

    /// The theme with this id or name, upper or lower case.
    pub fn theme_named(&self, label: &str) -> Option<&Theme> {
        let label = label.to_lowercase();
        self.themes
            .iter()
            .find(|t| t.id.to_lowercase() == label || t.name.to_lowercase() == label)
    }

    /// Place of the theme with this id.
    pub fn place(&self, id: &str) -> Option<usize> {
        self.themes.iter().position(|t| t.id == id)
    }

    /// The theme with this id.
    pub fn theme(&self, id: &str) -> Option<&Theme> {
        self.themes.iter().find(|t| t.id == id)
    }
}
