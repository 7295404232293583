//! Errors of this capability.

use crate::{
    accounts::AccountsError,
    db::DbError,
    locale::{Localised, Message, english},
    msg,
};

/// Errors about teams and agents.
#[derive(Debug, thiserror::Error)]
#[error("{}", english(self))]
pub enum WorkforceError {
    NoAgent,
    NoTeam,
    ReferenceTaken,
    ReferenceOfAnother,
    AlreadyAgent,
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Localised for WorkforceError {
    fn message(&self) -> Message {
        match self {
            Self::NoAgent => msg!("error-no-agent"),
            Self::NoTeam => msg!("error-no-team"),
            Self::ReferenceTaken => msg!("error-reference-taken"),
            Self::ReferenceOfAnother => msg!("error-reference-of-another"),
            Self::AlreadyAgent => msg!("error-already-agent"),
            Self::Accounts(e) => e.message(),
            Self::Db(e) => e.message(),
        }
    }
}

/// Result with this capability's error.
pub type Result<T> = std::result::Result<T, WorkforceError>;
