//! Errors of this capability.

use crate::{
    db::DbError,
    locale::{Localised, Message, english},
    msg,
};

/// Errors about mails.
#[derive(Debug, thiserror::Error)]
#[error("{}", english(self))]
pub enum MailError {
    NoMail,
    /// There is no mail server to send through.
    NoServer,
    /// The text was deleted, so it can be neither sent nor passed on.
    NoText,
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Localised for MailError {
    fn message(&self) -> Message {
        match self {
            Self::NoMail => msg!("error-no-mail"),
            Self::NoServer => msg!("error-no-mail-server"),
            Self::NoText => msg!("error-no-mail-text"),
            Self::Db(e) => e.message(),
        }
    }
}

/// Result with this capability's error.
pub type Result<T> = std::result::Result<T, MailError>;
