//! Reasons that the rules give, with the figures behind them. Pure.
//!
//! Their sentences are in the locale files and are chosen when a page or document is written. Plans
//! that were stored before hold sentences in the same places, which [`Explanation`] keeps readable.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    locale::{Localised, Message, Value, decimal, percent},
    msg,
};

/// A reason, or the sentence that an older version stored in its place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum Explanation<T> {
    Reason(T),
    Sentence(String),
}

impl<T> Explanation<T> {
    /// The reason, unless an older version stored a sentence.
    pub fn reason(&self) -> Option<&T> {
        match self {
            Self::Reason(reason) => Some(reason),
            Self::Sentence(_) => None,
        }
    }
}

impl<T> From<T> for Explanation<T> {
    fn from(reason: T) -> Self {
        Self::Reason(reason)
    }
}

impl<T: Localised> Localised for Explanation<T> {
    fn message(&self) -> Message {
        match self {
            Self::Reason(reason) => reason.message(),
            Self::Sentence(text) => msg!("verbatim", text = text),
        }
    }
}

/// Why a plan shows no rate, or how to read the rate that it shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum RateNote {
    /// Scores do not differ between agents by more than chance.
    NoVariance,
    /// Fewer scores than a reliability of .5 takes.
    TooFewScores { scores: u64, missing: u64 },
    /// The rate is shrunk towards the mean.
    Shrunk { scores: u64, reliability: f64 },
    /// The rate is shrunk, and adjusted for channels and issues.
    Adjusted {
        scores: u64,
        reliability: f64,
        /// Peers' rate of good scores with the agent's channels and issues.
        expected: f64,
        /// Peers' rate of good scores over all channels and issues.
        peers: f64,
    },
}

impl Localised for RateNote {
    fn message(&self) -> Message {
        match self {
            Self::NoVariance => msg!("rate-no-variance"),
            Self::TooFewScores { scores, missing } => {
                msg!("rate-too-few", scores = scores, count = missing)
            }
            Self::Shrunk {
                scores,
                reliability,
            } => msg!(
                "rate-shrunk",
                scores = scores,
                reliability = decimal(*reliability, 2)
            ),
            Self::Adjusted {
                scores,
                reliability,
                expected,
                peers,
            } => msg!(
                "rate-adjusted",
                scores = scores,
                reliability = decimal(*reliability, 2),
                expected = percent(*expected),
                peers = percent(*peers)
            ),
        }
    }
}

/// Why a plan has no focus area.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum NoFocus {
    /// The agent is new in the role.
    NewInRole { days: i64 },
    /// Fewer comments than statements about themes take.
    TooFewComments {
        comments: u64,
        days: i64,
        needed: u64,
    },
    /// Fewer comments about peers than a comparison takes.
    TooFewPeerComments { comments: u64, needed: u64 },
    /// Only themes that the agent shares with the process differ from peers.
    OnlyShared,
    /// No theme differs from peers by more than chance.
    NoDifference,
}

impl Localised for NoFocus {
    fn message(&self) -> Message {
        match self {
            Self::NewInRole { days } => msg!("no-focus-new-in-role", count = days),
            Self::TooFewComments {
                comments,
                days,
                needed,
            } => msg!(
                "no-focus-too-few-comments",
                count = comments,
                days = days,
                needed = needed
            ),
            Self::TooFewPeerComments { comments, needed } => msg!(
                "no-focus-too-few-peer-comments",
                count = comments,
                needed = needed
            ),
            Self::OnlyShared => msg!("no-focus-only-shared"),
            Self::NoDifference => msg!("no-focus-no-difference"),
        }
    }
}

/// Basis of an alternative to a focus area.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "basis", rename_all = "snake_case")]
pub enum AlternativeEvidence {
    /// The agent's scores on one issue.
    IssueScores {
        issue: String,
        not_good: u64,
        scores: u64,
        /// Peers' share of scores that are not good, on the same issue.
        peers: f64,
        /// P(true share of scores that are not good > 1.25 x peers').
        probability: f64,
    },
    /// Comments about the agent's team.
    TeamComments {
        comments: u64,
        agents: usize,
        /// What the comments mention, in the words of the taxonomy.
        said: String,
        /// Share of the team's comments, and of the other teams'.
        rate: f64,
        elsewhere: f64,
    },
}

impl Localised for AlternativeEvidence {
    fn message(&self) -> Message {
        match self {
            Self::IssueScores {
                issue,
                not_good,
                scores,
                peers,
                probability,
            } => msg!(
                "alternative-issue-evidence",
                bad = not_good,
                scores = scores,
                issue = issue,
                peers = percent(*peers),
                chance = chance(*probability)
            ),
            Self::TeamComments {
                comments,
                agents,
                said,
                rate,
                elsewhere,
            } => msg!(
                "alternative-team-evidence",
                comments = comments,
                agents = agents,
                what = said,
                rate = decimal(100.0 * rate, 1),
                elsewhere = decimal(100.0 * elsewhere, 1)
            ),
        }
    }
}

/// Purpose of a check-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CheckInPurpose {
    /// Whether the new behaviour was tried.
    FirstTry,
    /// Contacts, and the agent's own tally.
    Contacts,
    /// Review of the goal.
    Review,
    /// Whether the behaviour lasts.
    Lasting,
    /// Measure, and close or continue.
    Close,
}

impl CheckInPurpose {
    /// Length of the check-in, as its sentence says.
    pub fn minutes(&self) -> u32 {
        match self {
            Self::FirstTry => 10,
            Self::Lasting => 15,
            Self::Contacts => 20,
            Self::Review | Self::Close => 30,
        }
    }
}

impl Localised for CheckInPurpose {
    fn message(&self) -> Message {
        match self {
            Self::FirstTry => msg!("check-in-first-try"),
            Self::Contacts => msg!("check-in-contacts"),
            Self::Review => msg!("check-in-review"),
            Self::Lasting => msg!("check-in-lasting"),
            Self::Close => msg!("check-in-close"),
        }
    }
}

/// A posterior probability in per cent: never a bare 100 %, which none is.
pub fn chance(probability: f64) -> Value {
    if probability > 0.99 {
        msg!("over-99-percent").into()
    } else {
        percent(probability)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::locale::english;

    /// Forms in which versions before this one stored the four explanations.
    #[test]
    fn sentences_that_older_versions_stored_are_still_read() {
        let sentence = "\"No rate is shown: 4 scores are too few.\"";
        let rate: Explanation<RateNote> = serde_json::from_str(sentence).expect("reads");
        assert_eq!(english(&rate), "No rate is shown: 4 scores are too few.");
        let purpose: Explanation<CheckInPurpose> =
            serde_json::from_str("\"30 minutes: review of the behaviour goal\"").expect("reads");
        assert_eq!(
            english(&purpose),
            "30 minutes: review of the behaviour goal"
        );
        assert_eq!(purpose.reason(), None);
    }

    #[test]
    fn a_reason_is_stored_with_its_figures_and_read_back() {
        let reason = NoFocus::TooFewComments {
            comments: 3,
            days: 180,
            needed: 8,
        };
        let stored = serde_json::to_value(Explanation::from(reason.clone())).expect("writes");
        assert_eq!(stored["reason"], "too_few_comments");
        assert_eq!(stored["comments"], 3);
        let read: Explanation<NoFocus> = serde_json::from_value(stored).expect("reads");
        assert_eq!(read.reason(), Some(&reason));
        let purpose = serde_json::to_string(&Explanation::from(CheckInPurpose::Review));
        assert_eq!(purpose.expect("writes"), "\"review\"");
    }
}
