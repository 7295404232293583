//! State of an export of plans. Pure.

use serde::Serialize;
use utoipa::ToSchema;

/// State of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportState {
    Waiting,
    Making,
    Ready,
    /// The job failed several times.
    Failed,
    /// The team has no agents, or all of them are in a pause.
    Empty,
}

impl ExportState {
    const ALL: [Self; 5] = [
        Self::Waiting,
        Self::Making,
        Self::Ready,
        Self::Failed,
        Self::Empty,
    ];

    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Making => "making",
            Self::Ready => "ready",
            Self::Failed => "failed",
            Self::Empty => "empty",
        }
    }

    /// The state with this stable name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}
