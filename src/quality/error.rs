//! Errors of this capability.

use super::mapping::MappingError;
use crate::{
    db::DbError,
    locale::{Localised, Message, english},
    msg,
    tables::TableError,
    tagging::TaggingError,
    workforce::WorkforceError,
};

/// Errors about quality checks.
#[derive(Debug, thiserror::Error)]
#[error("{}", english(self))]
pub enum QualityError {
    NoImport,
    /// The form has no file, or no mapping.
    NoFile,
    /// The columns were mapped before.
    AlreadyImported,
    /// An upload whose columns are not mapped yet.
    NotImported,
    AlreadyUndone,
    Mapping(#[from] MappingError),
    Table(#[from] TableError),
    #[error("a stored import cannot be read")]
    Stored(#[from] serde_json::Error),
    #[error(transparent)]
    Tagging(#[from] TaggingError),
    #[error(transparent)]
    Workforce(#[from] WorkforceError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Localised for QualityError {
    fn message(&self) -> Message {
        match self {
            Self::NoImport => msg!("error-quality-no-import"),
            Self::NoFile => msg!("error-quality-no-file"),
            Self::AlreadyImported => msg!("error-quality-imported"),
            Self::NotImported => msg!("error-quality-not-imported"),
            Self::AlreadyUndone => msg!("error-quality-undone"),
            Self::Mapping(e) => e.message(),
            Self::Table(e) => e.message(),
            Self::Stored(_) => msg!("error-internal"),
            Self::Tagging(e) => e.message(),
            Self::Workforce(e) => e.message(),
            Self::Db(e) => e.message(),
        }
    }
}

/// Result with this capability's error.
pub type Result<T> = std::result::Result<T, QualityError>;
