//! Status of a theme with the department that owns it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where a theme stands with its owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The owner knows of it.
    #[serde(alias = "seen")]
    Acknowledged,
    /// Somebody works on it.
    #[serde(alias = "working")]
    InProgress,
    /// It has been mended.
    #[serde(alias = "mended")]
    Fixed,
    /// It will stay, with a reason.
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

    /// In words.
    pub fn said(self) -> &'static str {
        match self {
            Self::Acknowledged => "the owner knows of it",
            Self::InProgress => "being worked on",
            Self::Fixed => "fixed",
            Self::WontFix => "stays as it is, with a reason",
        }
    }

    /// The status of this stable name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }
}
