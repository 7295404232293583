//! Errors of this capability.

use super::credentials::CredentialError;
use crate::db::DbError;

/// Errors about organisations, people and sessions.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    #[error(
        "The e-mail address or the password is not right, or there were too many attempts. Check both, or wait a few minutes."
    )]
    BadLogin,
    #[error("This sign-in is no longer valid. Please sign in again.")]
    SignedOut,
    #[error("The present password is not right.")]
    WrongPassword,
    #[error("Somebody with this e-mail address already has an account.")]
    EmailTaken,
    #[error("An organisation of this name already exists.")]
    OrganisationTaken,
    #[error("This is not a usable e-mail address.")]
    BadEmail,
    #[error("A name is needed, of at most 200 characters.")]
    BadName,
    #[error("There is no such organisation.")]
    NoOrganisation,
    #[error("An agent's account needs the agent's reference, and no other account takes one.")]
    AgentReference,
    #[error("A department's account needs the department, and no other account takes one.")]
    DepartmentName,
    #[error("This agent has an account already.")]
    AgentTaken,
    #[error("There is no such person.")]
    NoPerson,
    #[error("There is no such agent in this organisation.")]
    NoAgent,
    #[error(transparent)]
    Credential(#[from] CredentialError),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Result with this capability's error.
pub type Result<T> = std::result::Result<T, AccountsError>;
