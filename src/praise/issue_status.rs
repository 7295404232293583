//! Status of an issue.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::status::Status;
use crate::{
    locale::{Localised, Message},
    msg,
};

/// Status of an issue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IssueStatus {
    #[default]
    Open,
    InProgress,
    Solved,
    /// Nothing will change, with a reason.
    WillNotBeDone,
}

impl IssueStatus {
    /// Every status, in the order of a good course.
    pub const ALL: [Self; 4] = [
        Self::Open,
        Self::InProgress,
        Self::Solved,
        Self::WillNotBeDone,
    ];

    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InProgress => "in_progress",
            Self::Solved => "solved",
            Self::WillNotBeDone => "will_not_be_done",
        }
    }

    /// The status with this stable name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == text)
    }

    /// Whether somebody still works on the issue.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::InProgress)
    }

    /// What agents read about the theme.
    pub fn for_agents(self) -> Status {
        match self {
            Self::Open => Status::Acknowledged,
            Self::InProgress => Status::InProgress,
            Self::Solved => Status::Fixed,
            Self::WillNotBeDone => Status::WontFix,
        }
    }

    /// The status of the issue of a theme that is updated as a whole.
    pub fn of_update(status: Status) -> Self {
        match status {
            Status::Acknowledged => Self::Open,
            Status::InProgress => Self::InProgress,
            Status::Fixed => Self::Solved,
            Status::WontFix => Self::WillNotBeDone,
        }
    }
}

impl Localised for IssueStatus {
    fn message(&self) -> Message {
        match self {
            Self::Open => msg!("issue-open"),
            Self::InProgress => msg!("status-in-progress"),
            Self::Solved => msg!("issue-solved"),
            Self::WillNotBeDone => msg!("issue-will-not-be-done"),
        }
    }
}
