//! Status of what a department does about a theme.

use serde::{
    Deserialize, Serialize,
    de::{
        IntoDeserializer,
        value::{self, StrDeserializer},
    },
};
use utoipa::ToSchema;

use crate::{
    locale::{Localised, Message},
    msg,
};

/// Status of what a department does about a theme: of an issue, and of an update that agents read.
///
/// Aliases are the names in earlier versions, which stored plans and audit entries contain and
/// clients may send.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IssueStatus {
    /// The department knows of it.
    #[default]
    #[serde(alias = "acknowledged", alias = "seen")]
    Open,
    /// Somebody works on it.
    #[serde(alias = "working")]
    InProgress,
    /// The cause is removed.
    #[serde(alias = "solved", alias = "mended")]
    Fixed,
    /// Nothing will change, with a reason.
    #[serde(alias = "will_not_be_done", alias = "stays")]
    WontFix,
}

impl IssueStatus {
    /// Every status, from open to closed.
    pub const ALL: [Self; 4] = [Self::Open, Self::InProgress, Self::Fixed, Self::WontFix];

    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::InProgress => "in_progress",
            Self::Fixed => "fixed",
            Self::WontFix => "wont_fix",
        }
    }

    /// The status with this stable name or alias.
    pub fn parse(text: &str) -> Option<Self> {
        let text: StrDeserializer<'_, value::Error> = text.into_deserializer();
        Self::deserialize(text).ok()
    }

    /// Whether somebody still works on the issue.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Open | Self::InProgress)
    }
}

impl Localised for IssueStatus {
    fn message(&self) -> Message {
        match self {
            Self::Open => msg!("issue-open"),
            Self::InProgress => msg!("issue-in-progress"),
            Self::Fixed => msg!("issue-fixed"),
            Self::WontFix => msg!("issue-wont-fix"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_earlier_versions_are_read() {
        for status in IssueStatus::ALL {
            assert_eq!(IssueStatus::parse(status.as_str()), Some(status));
        }
        for (names, status) in [
            (["acknowledged", "seen"], IssueStatus::Open),
            (["in_progress", "working"], IssueStatus::InProgress),
            (["solved", "mended"], IssueStatus::Fixed),
            (["will_not_be_done", "stays"], IssueStatus::WontFix),
        ] {
            assert_eq!(names.map(IssueStatus::parse), [Some(status); 2]);
        }
        assert_eq!(IssueStatus::parse("later"), None);
    }
}
