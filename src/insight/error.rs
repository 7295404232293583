//! Errors of this capability.

use crate::{
    accounts::AccountsError, db::DbError, feedback::FeedbackError, tagging::TaggingError,
    workforce::WorkforceError,
};

/// Errors about figures of the feedback.
#[derive(Debug, thiserror::Error)]
pub enum InsightError {
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
pub type Result<T> = std::result::Result<T, InsightError>;
