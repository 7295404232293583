//! Errors of this capability.

use crate::{
    accounts::AccountsError,
    db::DbError,
    feedback::FeedbackError,
    locale::{Localised, Message, english, list},
    msg,
    tagging::TaggingError,
    workforce::WorkforceError,
};

/// Longest note of a department, in characters.
pub const LONGEST_NOTE: usize = 500;
/// Longest title and longest owner of an issue, in characters.
pub const LONGEST_TITLE: usize = 120;
/// Longest text of an agent about an example, in characters.
pub const LONGEST_WORDS: usize = 500;

/// Errors about praise, moderation and departments.
#[derive(Debug, thiserror::Error)]
#[error("{}", english(self))]
pub enum PraiseError {
    /// No department owns the theme, or another one does.
    NoTheme,
    /// No such issue, or one on another department's theme.
    NoIssue,
    /// No theme belongs to the department; the departments that own themes.
    NoDepartment(Vec<String>),
    ReasonNeeded,
    TitleNeeded,
    TitleTooLong,
    DueDate,
    NoteTooLong,
    /// Text of an agent about an example, which is too long.
    WordsTooLong,
    /// A field of a filter has no such value.
    Filter(&'static str),
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    #[error(transparent)]
    Feedback(#[from] FeedbackError),
    #[error(transparent)]
    Tagging(#[from] TaggingError),
    #[error(transparent)]
    Workforce(#[from] WorkforceError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Localised for PraiseError {
    fn message(&self) -> Message {
        match self {
            Self::NoTheme => msg!("error-no-owned-theme"),
            Self::NoDepartment(known) => msg!("error-no-department", departments = list(known)),
            Self::NoIssue => msg!("error-no-issue"),
            Self::TitleNeeded => msg!("error-issue-title"),
            Self::TitleTooLong => msg!("error-issue-too-long", limit = LONGEST_TITLE),
            Self::DueDate => msg!("error-due-date"),
            Self::ReasonNeeded => msg!("error-reason-needed"),
            Self::NoteTooLong => msg!("error-note-too-long", limit = LONGEST_NOTE),
            Self::WordsTooLong => msg!("error-note-too-long", limit = LONGEST_WORDS),
            Self::Filter(field) => msg!("error-filter", field = *field),
            Self::Accounts(e) => e.message(),
            Self::Feedback(e) => e.message(),
            Self::Tagging(e) => e.message(),
            Self::Workforce(e) => e.message(),
            Self::Db(e) => e.message(),
        }
    }
}

/// Result with this capability's error.
pub type Result<T> = std::result::Result<T, PraiseError>;
