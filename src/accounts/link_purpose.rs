//! What a one-time link is for, and how long it works.

use chrono::Duration;
use serde::Serialize;
use utoipa::ToSchema;

/// What a one-time link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LinkPurpose {
    /// The first password of an account.
    Invitation,
    /// A new password instead of a forgotten one.
    Reset,
}

impl LinkPurpose {
    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Reset => "reset",
        }
    }

    /// The purpose with this stable name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Invitation, Self::Reset]
            .into_iter()
            .find(|purpose| purpose.as_str() == name)
    }

    /// Time for which a link works: seven days to join, one day to choose a new password.
    pub fn lifetime(self) -> Duration {
        match self {
            Self::Invitation => Duration::days(7),
            Self::Reset => Duration::days(1),
        }
    }
}
