//! Errors of this capability.

use crate::{
    accounts::AccountsError, assessment::AssessmentError, db::DbError, documents::csv::CsvError,
    workforce::WorkforceError,
};

/// Most candidates in one file.
pub const MAX_CANDIDATES: usize = 5_000;

/// Errors about vacancies and candidates.
#[derive(Debug, thiserror::Error)]
pub enum HiringError {
    #[error("There is no such vacancy.")]
    NoVacancy,
    #[error("There is no such candidate.")]
    NoCandidate,
    #[error(
        "This link is not valid. It may be mistyped, or replaced by a newer one: please ask the person who invited you."
    )]
    NoInvitation,
    #[error("This link has expired. Please ask the organisation that invited you for a new one.")]
    InvitationExpired,
    #[error("A candidate with this e-mail address is already in this vacancy.")]
    AlreadyInvited,
    #[error("A reason is needed, of 3 to 1,000 characters.")]
    ReasonNeeded,
    #[error("The file needs the columns \"name\" and \"email\"; it has: {0}.")]
    CandidateColumns(String),
    #[error("At most {MAX_CANDIDATES} candidates can be added from one file.")]
    TooManyCandidates,
    #[error("Only a candidate with the decision \"hired\" can become an agent.")]
    NotHired,
    #[error(transparent)]
    Csv(#[from] CsvError),
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    #[error(transparent)]
    Workforce(#[from] WorkforceError),
    #[error(transparent)]
    Assessment(#[from] AssessmentError),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Result with this capability's error.
pub type Result<T> = std::result::Result<T, HiringError>;
