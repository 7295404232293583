//! Errors of this capability.

use super::{mapping::MappingError, row_reader::OpenError};
use crate::{
    accounts::AccountsError, db::DbError, documents::csv::CsvError, tagging::TaggingError,
    workforce::WorkforceError,
};

/// Most records in one request.
pub const MOST_RECORDS: usize = 500;
/// Most counts of surveys sent in one request.
pub const MOST_COUNTS: usize = 10_000;

/// Errors about customer feedback.
#[derive(Debug, thiserror::Error)]
pub enum FeedbackError {
    #[error("There is no such import.")]
    NoImport,
    #[error("The file is empty.")]
    EmptyUpload,
    #[error("Send 1 to {MOST_RECORDS} records at a time; there are {0}.")]
    RecordCount(usize),
    #[error("Record {0} has no external_id.")]
    RecordWithoutId(usize),
    #[error("There is no such comment.")]
    NoComment,
    #[error("There is no such source.")]
    NoSource,
    #[error("That name is taken by a mapping of the program. Choose another.")]
    SourceTaken,
    #[error("The signature does not fit the body, or the delivery is older than five minutes.")]
    Signature,
    #[error("The body is not JSON: {0}.")]
    Body(String),
    #[error("The table of surveys sent has no column \"{0}\".")]
    InvitationColumn(String),
    #[error(
        "Row {0}: \"{1}\" cannot be used. A day is written 2026-11-24, and a count is a whole number."
    )]
    InvitationRow(u64, String),
    #[error("Send 1 to {MOST_COUNTS} counts at a time; there are {0}.")]
    InvitationCount(usize),
    #[error("The import is still running.")]
    ImportRunning,
    #[error("The import was already undone.")]
    ImportUndone,
    #[error(transparent)]
    Mapping(#[from] MappingError),
    #[error(transparent)]
    Csv(#[from] CsvError),
    #[error(transparent)]
    Tagging(#[from] TaggingError),
    #[error(transparent)]
    Workforce(#[from] WorkforceError),
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    #[error("a file could not be written")]
    Io(#[from] std::io::Error),
    #[error("a stored record cannot be read")]
    Stored(#[from] serde_json::Error),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Result with this capability's error.
pub type Result<T> = std::result::Result<T, FeedbackError>;

impl From<OpenError> for FeedbackError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Csv(e) => e.into(),
            OpenError::Mapping(e) => e.into(),
        }
    }
}
