//! Whether an API key works. Pure.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    locale::{Localised, Message},
    msg,
};

/// Whether a key works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum KeyState {
    Active,
    Expired,
    Revoked,
    /// The secret of the installation is another one.
    FormerSecret,
    /// Whoever created it is not an active administrator now.
    CreatorUnfit,
}

impl Localised for KeyState {
    fn message(&self) -> Message {
        match self {
            Self::Active => msg!("api-key-active"),
            Self::Expired => msg!("api-key-expired"),
            Self::Revoked => msg!("api-key-revoked"),
            Self::FormerSecret => msg!("api-key-former-secret"),
            Self::CreatorUnfit => msg!("api-key-creator-unfit"),
        }
    }
}
