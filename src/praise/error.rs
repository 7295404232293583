//! Errors of this capability.

use crate::{
    accounts::AccountsError, db::DbError, feedback::FeedbackError, tagging::TaggingError,
    workforce::WorkforceError,
};

/// Errors about praise, moderation and departments.
#[derive(Debug, thiserror::Error)]
pub enum PraiseError {
    #[error("No department owns such a theme.")]
    NoTheme,
    #[error("No theme belongs to such a department. Departments with themes: {0}.")]
    NoDepartment(String),
    #[error("A reason is needed.")]
    NoteNeeded,
    #[error("A note can have at most 500 characters.")]
    NoteTooLong,
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

/// Result with this capability's error.
pub type Result<T> = std::result::Result<T, PraiseError>;
