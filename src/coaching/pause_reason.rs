//! Why coaching is paused. Pure.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// Why no plan begins. Nobody's private matters: the word is all that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    Leave,
    Personal,
    SystemChange,
    WorkChange,
}

impl Reason {
    pub const ALL: [Self; 4] = [
        Self::Leave,
        Self::Personal,
        Self::SystemChange,
        Self::WorkChange,
    ];

    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Leave => "leave",
            Self::Personal => "personal",
            Self::SystemChange => "system_change",
            Self::WorkChange => "work_change",
        }
    }

    /// In words.
    pub fn said(self) -> &'static str {
        match self {
            Self::Leave => "leave",
            Self::Personal => "personal reasons",
            Self::SystemChange => "a change of system",
            Self::WorkChange => "a change of work",
        }
    }

    /// The reason of this stable name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.as_str() == text)
    }
}

/// What keeps an agent's plans from beginning at present.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ActivePause {
    pub reason: Reason,
    /// The day from which plans begin again.
    pub until: NaiveDate,
}
