//! Decisions about candidates.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    locale::{Localised, Message},
    msg,
};

/// Decision of a recruiter about a candidate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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

    /// The decision as a choice in a form: what to do, where the state says what was done.
    pub fn choice(self) -> Message {
        match self {
            Self::Advance => msg!("decide-advance"),
            Self::Hold => msg!("decide-hold"),
            Self::Hired => msg!("decide-hired"),
            Self::Declined => msg!("decide-declined"),
        }
    }
}

impl Localised for Decision {
    fn message(&self) -> Message {
        match self {
            Self::Advance => msg!("decision-advance"),
            Self::Hold => msg!("decision-hold"),
            Self::Hired => msg!("decision-hired"),
            Self::Declined => msg!("decision-declined"),
        }
    }
}
