//! What a key may do. Pure.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    locale::{Localised, Message},
    msg,
};

/// What a key may do. The table of routes says which requests belong to each.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum KeyScope {
    /// Read imports, sources, response rates, quality checks, themes and mentions.
    ReadFeedback,
    /// Send feedback, files, scorecards and numbers of surveys.
    WriteFeedback,
    /// Read agents, their plans, and documents of plans.
    ReadPlans,
    /// Create vacancies, add candidates, renew their links and read shortlists.
    ManageCandidates,
}

impl KeyScope {
    /// Every scope.
    pub const ALL: [Self; 4] = [
        Self::ReadFeedback,
        Self::WriteFeedback,
        Self::ReadPlans,
        Self::ManageCandidates,
    ];

    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ReadFeedback => "read_feedback",
            Self::WriteFeedback => "write_feedback",
            Self::ReadPlans => "read_plans",
            Self::ManageCandidates => "manage_candidates",
        }
    }

    /// The scopes with these stable names, separated by spaces. An unknown one gives nothing.
    pub fn parse_all(names: &str) -> Vec<Self> {
        let named = |name: &str| Self::ALL.into_iter().find(|scope| scope.as_str() == name);
        names.split(' ').filter_map(named).collect()
    }

    /// The stable names of these scopes in their order, each once, separated by spaces.
    pub fn join(scopes: &[Self]) -> String {
        let chosen = Self::ALL.into_iter().filter(|scope| scopes.contains(scope));
        let names: Vec<&str> = chosen.map(Self::as_str).collect();
        names.join(" ")
    }
}

impl Localised for KeyScope {
    fn message(&self) -> Message {
        match self {
            Self::ReadFeedback => msg!("scope-read-feedback"),
            Self::WriteFeedback => msg!("scope-write-feedback"),
            Self::ReadPlans => msg!("scope-read-plans"),
            Self::ManageCandidates => msg!("scope-manage-candidates"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::KeyScope;

    #[test]
    fn scopes_are_stored_by_name_and_unknown_ones_give_nothing() {
        let (plans, feedback) = (KeyScope::ReadPlans, KeyScope::ReadFeedback);
        let joined = KeyScope::join(&[plans, feedback, plans]);
        assert_eq!(joined, "read_feedback read_plans");
        assert_eq!(KeyScope::parse_all(&joined), [feedback, plans]);
        assert_eq!(KeyScope::parse_all("everything"), []);
        assert_eq!(KeyScope::parse_all(""), []);
        for scope in KeyScope::ALL {
            let name = serde_json::to_value(scope).expect("serialises");
            assert_eq!(name, scope.as_str());
        }
    }
}
