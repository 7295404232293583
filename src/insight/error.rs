//! Errors of this capability.

use crate::{
    accounts::AccountsError,
    db::DbError,
    feedback::FeedbackError,
    locale::{Localised, Message},
    msg,
    tagging::TaggingError,
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
    #[error("a table could not be written")]
    Write(#[from] csv::Error),
}

impl Localised for InsightError {
    fn message(&self) -> Message {
        match self {
            Self::Accounts(e) => e.message(),
            Self::Feedback(e) => e.message(),
            Self::Tagging(e) => e.message(),
            Self::Workforce(e) => e.message(),
            Self::Db(e) => e.message(),
            Self::Write(_) => msg!("error-internal"),
        }
    }
}

/// Result with this capability's error.
pub type Result<T> = std::result::Result<T, InsightError>;
