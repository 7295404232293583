//! Errors of this capability.

use crate::{accounts::AccountsError, db::DbError};

/// Errors about teams and agents.
#[derive(Debug, thiserror::Error)]
pub enum WorkforceError {
    #[error("There is no such agent.")]
    NoAgent,
    #[error("There is no such team.")]
    NoTeam,
    #[error("An agent with this reference already exists.")]
    ReferenceTaken,
    #[error(
        "This reference belongs to another agent who has a plan, an account, a pause, a hire or another reference, so the two cannot be merged."
    )]
    ReferenceOfAnother,
    #[error("This candidate is already an agent.")]
    AlreadyAgent,
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Result with this capability's error.
pub type Result<T> = std::result::Result<T, WorkforceError>;
