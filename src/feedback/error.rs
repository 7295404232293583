//! Errors of this capability.

use super::{mapping::MappingError, row_reader::OpenError};
use crate::{
    accounts::AccountsError,
    db::DbError,
    locale::{Localised, Message, english},
    msg,
    tables::TableError,
    tagging::TaggingError,
    workforce::WorkforceError,
};

/// Most records in one request.
pub const MOST_RECORDS: usize = 500;
/// Most counts of surveys sent in one request.
pub const MOST_COUNTS: usize = 10_000;

/// Errors about customer feedback.
#[derive(Debug, thiserror::Error)]
#[error("{}", english(self))]
pub enum FeedbackError {
    NoImport,
    /// The file of a preview is no longer kept.
    NoPreview,
    EmptyUpload,
    /// An upload form without a file.
    NoFile,
    /// An upload form that names no mapping before the file.
    NoMapping,
    RecordCount(usize),
    /// Record without an id; holds its position, from 1.
    RecordWithoutId(usize),
    NoComment,
    NoSource,
    SourceTaken,
    Signature,
    /// The body of a delivery is not JSON; the parser's description.
    Body(String),
    InvitationColumn(String),
    /// The number of a row, and the column that cannot be used.
    InvitationRow(u64, String),
    InvitationCount(usize),
    ImportRunning,
    /// Another worker reads the file now.
    ImportTaken,
    ImportUndone,
    #[error(transparent)]
    Mapping(#[from] MappingError),
    #[error(transparent)]
    Table(#[from] TableError),
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

impl Localised for FeedbackError {
    fn message(&self) -> Message {
        match self {
            Self::NoImport => msg!("error-no-import"),
            Self::NoPreview => msg!("error-no-preview"),
            Self::EmptyUpload => msg!("error-empty-upload"),
            Self::NoFile => msg!("error-no-file"),
            Self::NoMapping => msg!("error-no-mapping"),
            Self::RecordCount(count) => {
                msg!("error-record-count", count = count, most = MOST_RECORDS)
            }
            Self::RecordWithoutId(number) => {
                msg!("error-record-without-id", number = number.to_string())
            }
            Self::NoComment => msg!("error-no-comment"),
            Self::NoSource => msg!("error-no-source"),
            Self::SourceTaken => msg!("error-source-taken"),
            Self::Signature => msg!("error-signature"),
            Self::Body(problem) => msg!("error-delivery-body", problem = problem),
            Self::InvitationColumn(column) => msg!("error-invitation-column", column = column),
            Self::InvitationRow(row, column) => {
                msg!(
                    "error-invitation-row",
                    row = row.to_string(),
                    column = column
                )
            }
            Self::InvitationCount(count) => {
                msg!("error-invitation-count", count = count, most = MOST_COUNTS)
            }
            Self::ImportTaken => msg!("error-conflict"),
            Self::ImportRunning => msg!("error-import-running"),
            Self::ImportUndone => msg!("error-import-undone"),
            Self::Mapping(e) => e.message(),
            Self::Table(e) => e.message(),
            Self::Tagging(e) => e.message(),
            Self::Workforce(e) => e.message(),
            Self::Accounts(e) => e.message(),
            Self::Io(_) | Self::Stored(_) => msg!("error-internal"),
            Self::Db(e) => e.message(),
        }
    }
}

/// Result with this capability's error.
pub type Result<T> = std::result::Result<T, FeedbackError>;

impl From<OpenError> for FeedbackError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Table(e) => e.into(),
            OpenError::Mapping(e) => e.into(),
        }
    }
}
