//! Decisions about candidates.

use serde::{Deserialize, Serialize};

/// What a recruiter decides about a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    Advance,
    Hold,
    Hired,
    Declined,
}

impl Decision {
    /// Every decision, for choices.
    pub const ALL: [Self; 4] = [Self::Advance, Self::Hold, Self::Hired, Self::Declined];

    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Advance => "advance",
            Self::Hold => "hold",
            Self::Hired => "hired",
            Self::Declined => "declined",
        }
    }

    /// The decision with this stable name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|decision| decision.as_str() == name)
    }
}
