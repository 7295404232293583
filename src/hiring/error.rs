//! Reasons why a hiring request fails.

use crate::{
    accounts::AccountsError,
    assessment::AssessmentError,
    db::DbError,
    locale::{Localised, Message, english},
    msg,
    tables::TableError,
    types::Id,
    workforce::WorkforceError,
};

/// Maximum number of candidates in one file.
pub const MAX_CANDIDATES: usize = 5_000;

/// Reasons why a hiring request fails.
#[derive(Debug, thiserror::Error)]
#[error("{}", english(self))]
pub enum HiringError {
    NoVacancy,
    NoCandidate,
    NoInvitation,
    InvitationExpired,
    /// The address is in this vacancy already; the candidate who has it, unless both were added at
    /// the same moment.
    AlreadyInVacancy(Option<Id>),
    ReasonNeeded,
    /// The file lacks a name or email column; holds the columns found.
    CandidateColumns(String),
    /// The first row is data.
    NoHeader,
    TooManyCandidates,
    NotHired,
    #[error(transparent)]
    Table(#[from] TableError),
    #[error("a table could not be written")]
    Write(#[from] csv::Error),
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    #[error(transparent)]
    Workforce(#[from] WorkforceError),
    #[error(transparent)]
    Assessment(#[from] AssessmentError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Localised for HiringError {
    fn message(&self) -> Message {
        match self {
            Self::NoVacancy => msg!("error-no-vacancy"),
            Self::NoCandidate => msg!("error-no-candidate"),
            Self::NoInvitation => msg!("error-link-invalid"),
            Self::InvitationExpired => msg!("error-link-expired"),
            Self::AlreadyInVacancy(_) => msg!("error-already-in-vacancy"),
            Self::ReasonNeeded => msg!("error-decision-reason"),
            Self::CandidateColumns(columns) => {
                msg!("error-candidate-columns", columns = columns)
            }
            Self::NoHeader => msg!("error-candidate-no-header"),
            Self::TooManyCandidates => msg!("error-too-many-candidates", limit = MAX_CANDIDATES),
            Self::NotHired => msg!("error-not-hired"),
            Self::Table(e) => e.message(),
            Self::Write(_) => msg!("error-internal"),
            Self::Accounts(e) => e.message(),
            Self::Workforce(e) => e.message(),
            Self::Assessment(e) => e.message(),
            Self::Db(e) => e.message(),
        }
    }
}

/// Result with this capability's error.
pub type Result<T> = std::result::Result<T, HiringError>;
