//! Reasons why an assessment request fails.

use super::scoring::ScoringError;
use crate::db::DbError;

/// Maximum client sequence number.
pub const MAX_SEQUENCE: i64 = 1_000_000_000;

/// Reasons why an assessment request fails.
#[derive(Debug, thiserror::Error)]
pub enum AssessmentError {
    #[error("This questionnaire does not exist.")]
    NoQuestionnaire,
    #[error(
        "Version {version} of \"{slug}\" is already published with different content. Raise the version number."
    )]
    VersionTaken { slug: String, version: i32 },
    #[error("This sitting does not exist.")]
    NotFound,
    #[error("These answers are complete and can no longer be changed.")]
    Finished,
    #[error("There is no statement \"{0}\" in this questionnaire.")]
    UnknownItem(String),
    #[error("An answer must be a whole number from {min} to {max}.")]
    OutOfRange { min: i32, max: i32 },
    #[error("The sequence number must be between 1 and {MAX_SEQUENCE}.")]
    BadSequence,
    #[error(
        "Another answer was saved under this sequence number. Send it again with {next_sequence}."
    )]
    Conflict { next_sequence: i64 },
    #[error("{missing} statements have no answer yet; the first is on page {page}.")]
    Unanswered { missing: usize, page: usize },
    #[error("Please agree first. The questions start after that.")]
    NoConsent,
    #[error("the answers could not be scored")]
    Scoring(#[from] ScoringError),
    #[error("the questionnaire could not be stored or read")]
    Stored(#[from] serde_json::Error),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Result with this capability's error.
pub type Result<T> = std::result::Result<T, AssessmentError>;
