//! Reasons why an assessment request fails.

use super::scoring::ScoringError;
use crate::{
    db::DbError,
    locale::{Localised, Message, english},
    msg,
};

/// Maximum client sequence number.
pub const MAX_SEQUENCE: i64 = 1_000_000_000;
/// Maximum number of answers of a candidate to one item.
pub const MOST_CHANGES: i64 = 100;

/// Reasons why an assessment request fails.
#[derive(Debug, thiserror::Error)]
#[error("{}", english(self))]
pub enum AssessmentError {
    NoQuestionnaire,
    /// The version is published with other content.
    VersionTaken {
        slug: String,
        version: i32,
    },
    NotFound,
    Finished,
    UnknownItem(String),
    OutOfRange {
        min: i32,
        max: i32,
    },
    BadSequence,
    Conflict {
        next_sequence: i64,
    },
    /// An item was answered as often as it can be.
    TooManyChanges,
    Unanswered {
        missing: usize,
        page: usize,
    },
    NoConsent,
    #[error("the answers could not be scored")]
    Scoring(#[from] ScoringError),
    #[error("the questionnaire could not be stored or read")]
    Stored(#[from] serde_json::Error),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Localised for AssessmentError {
    fn message(&self) -> Message {
        match self {
            Self::NoQuestionnaire => msg!("error-no-questionnaire"),
            Self::VersionTaken { slug, version } => {
                msg!("error-version-taken", slug = slug, version = version)
            }
            Self::NotFound => msg!("error-no-sitting"),
            Self::Finished => msg!("error-sitting-finished"),
            Self::UnknownItem(item) => msg!("error-unknown-item", item = item),
            Self::OutOfRange { min, max } => msg!("error-off-scale", min = min, max = max),
            Self::BadSequence => msg!("error-sequence", max = MAX_SEQUENCE),
            Self::Conflict { next_sequence } => {
                msg!("error-sequence-used", next = next_sequence.to_string())
            }
            Self::TooManyChanges => msg!("error-answer-changed-often", most = MOST_CHANGES),
            Self::Unanswered { missing, page } => {
                msg!("error-unanswered", count = missing, page = page)
            }
            Self::NoConsent => msg!("error-no-consent"),
            Self::Scoring(_) | Self::Stored(_) => msg!("error-internal"),
            Self::Db(e) => e.message(),
        }
    }
}

/// Result with this capability's error.
pub type Result<T> = std::result::Result<T, AssessmentError>;
