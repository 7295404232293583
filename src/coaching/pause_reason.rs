//! Why coaching is paused. Pure.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    locale::{Localised, Message},
    msg,
};

/// Why no plan starts. Only this category is stored, so that nobody's private matters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PauseReason)]
pub enum Reason {
    Leave,
    Personal,
    SystemChange,
    WorkChange,
}

impl Reason {
    /// Every reason.
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

    /// The reason with this stable name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.as_str() == name)
    }
}

impl Localised for Reason {
    fn message(&self) -> Message {
        match self {
            Self::Leave => msg!("pause-reason-leave"),
            Self::Personal => msg!("pause-reason-personal"),
            Self::SystemChange => msg!("pause-reason-system-change"),
            Self::WorkChange => msg!("pause-reason-work-change"),
        }
    }
}

/// A pause that keeps an agent's plans from starting now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ActivePause {
    pub reason: Reason,
    /// The first day on which a plan can start again.
    pub until: NaiveDate,
}

impl Localised for ActivePause {
    fn message(&self) -> Message {
        msg!(
            "plan-paused",
            until = self.until,
            reason = self.reason.message()
        )
    }
}
