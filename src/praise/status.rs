//! Status of a theme with the department that owns it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    locale::{Localised, Message},
    msg,
};

/// Status of a theme with the department that owns it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The owner has read the comments.
    #[serde(alias = "seen")]
    Acknowledged,
    /// Somebody works on it.
    #[serde(alias = "working")]
    InProgress,
    /// The cause is removed.
    #[serde(alias = "mended")]
    Fixed,
    /// Nothing will change, with a reason.
    #[serde(alias = "stays")]
    WontFix,
}

impl Status {
    /// Every status, in the order of a good course.
    pub const ALL: [Self; 4] = [
        Self::Acknowledged,
        Self::InProgress,
        Self::Fixed,
        Self::WontFix,
    ];

    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Acknowledged => "acknowledged",
            Self::InProgress => "in_progress",
            Self::Fixed => "fixed",
            Self::WontFix => "wont_fix",
        }
    }

    /// The status with this stable name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }
}

impl Localised for Status {
    fn message(&self) -> Message {
        match self {
            Self::Acknowledged => msg!("status-acknowledged"),
            Self::InProgress => msg!("status-in-progress"),
            Self::Fixed => msg!("status-fixed"),
            Self::WontFix => msg!("status-wont-fix"),
        }
    }
}
