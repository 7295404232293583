//! States of accounts.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    locale::{Localised, Message},
    msg,
};

/// State of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AccountState {
    Active,
    /// The person cannot sign in for now. Their work stays theirs.
    Suspended,
    /// The person has left. Their open work is somebody else's.
    Closed,
}

impl AccountState {
    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Closed => "closed",
        }
    }

    /// The state with this stable name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Active, Self::Suspended, Self::Closed]
            .into_iter()
            .find(|state| state.as_str() == name)
    }
}

impl Localised for AccountState {
    fn message(&self) -> Message {
        match self {
            Self::Active => msg!("account-state-active"),
            Self::Suspended => msg!("account-state-suspended"),
            Self::Closed => msg!("account-state-closed"),
        }
    }
}
