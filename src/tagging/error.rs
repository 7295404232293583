//! Errors of this capability.

use crate::{
    db::DbError,
    locale::{Localised, Message, english},
    msg,
    text::{lexicon::LexiconError, taxonomy::TaxonomyError, theme_entry::EditError},
};

/// Fewest annotated clauses from which a model is trained.
pub const MIN_READ: usize = 100;
/// Most themes in one annotation.
pub const MOST_THEMES: usize = 6;

/// Errors about taxonomies, annotations and models.
#[derive(Debug, thiserror::Error)]
#[error("{}", english(self))]
pub enum TaggingError {
    Taxonomy(#[from] TaxonomyError),
    Lexicon(#[from] LexiconError),
    /// Another version of the taxonomy was saved in the meantime.
    Outdated,
    /// An edit of the draft is refused.
    Edit(#[from] EditError),
    /// The draft was changed in the meantime.
    DraftChanged,
    /// Most edits of a draft.
    DraftFull(usize),
    /// No edit of the draft changes anything.
    DraftEmpty,
    NoEdit,
    /// A word to remove that the list does not have.
    NoWord,
    #[error("a taxonomy cannot be written")]
    Unwritable(#[from] toml::ser::Error),
    NoTheme(String),
    /// A theme is named twice, or there are too many.
    Themes,
    /// An empty clause, or one that is too long.
    Clause,
    /// Too few annotated clauses; how many there are.
    TooFew(usize),
    #[error("a stored text cannot be read")]
    Stored(#[from] serde_json::Error),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Localised for TaggingError {
    fn message(&self) -> Message {
        match self {
            Self::Taxonomy(e) => msg!("error-taxonomy", problem = e.to_string()),
            Self::Lexicon(e) => msg!("error-taxonomy", problem = e.to_string()),
            Self::Outdated => msg!("error-taxonomy-outdated"),
            Self::Edit(e) => e.message(),
            Self::DraftChanged => msg!("error-taxonomy-draft-changed"),
            Self::DraftFull(most) => msg!("error-taxonomy-draft-full", most = *most),
            Self::DraftEmpty => msg!("error-taxonomy-draft-empty"),
            Self::NoEdit => msg!("error-not-found"),
            Self::NoWord => msg!("error-word-gone"),
            Self::NoTheme(theme) => msg!("error-unknown-theme", theme = theme),
            Self::Themes => msg!("error-annotation-themes", most = MOST_THEMES),
            Self::Clause => msg!("error-annotation-clause"),
            Self::TooFew(count) => {
                msg!(
                    "error-too-few-annotations",
                    count = count,
                    needed = MIN_READ
                )
            }
            Self::Stored(_) | Self::Unwritable(_) => msg!("error-internal"),
            Self::Db(e) => e.message(),
        }
    }
}

/// Result with this capability's error.
pub type Result<T> = std::result::Result<T, TaggingError>;
