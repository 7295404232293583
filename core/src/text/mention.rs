//! What comments say: theme mentions, their polarity, and the state of a comment.

use serde::{Deserialize, Serialize};

use super::mood::{self, Mood};

/// How a theme was spoken of.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Polarity {
    Positive,
    Negative,
    Neutral,
    /// Asked for, wished, expected or under a condition.
    Request,
}

impl Polarity {
    /// All polarities.
    pub const ALL: [Self; 4] = [Self::Positive, Self::Negative, Self::Neutral, Self::Request];

    /// The polarity of a text with this mood: words of praise less words of blame.
    pub fn of_mood(mood: i32) -> Self {
        match mood.signum() {
            1 => Self::Positive,
            -1 => Self::Negative,
            _ => Self::Neutral,
        }
    }

    /// What a mention of this polarity adds to the mood of its text.
    pub fn mood(self) -> i32 {
        match self {
            Self::Positive => 1,
            Self::Negative => -1,
            Self::Neutral | Self::Request => 0,
        }
    }

    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Positive => "positive",
            Self::Negative => "negative",
            Self::Neutral => "neutral",
            Self::Request => "request",
        }
    }

    /// The polarity with this stable name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|polarity| polarity.as_str() == name)
    }
}

impl From<Polarity> for &'static str {
    fn from(polarity: Polarity) -> Self {
        polarity.as_str()
    }
}

/// A probability with four decimals, as it is stored and printed.
pub fn rounded(probability: f64) -> f64 {
    (probability * 1e4).round() / 1e4
}

/// One theme in one clause.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ThemeMention {
    /// Position of the clause in the comment, from 0.
    pub clause: usize,
    pub clause_text: String,
    /// Id of the theme.
    pub theme: String,
    pub polarity: Polarity,
    /// Evidence: the words that matched, separated by `, `.
    pub words: String,
    /// Calibrated probability that a person gives this polarity too, in (0, 1).
    pub probability: f64,
}

/// What the analysis of a comment came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommentState {
    /// There was no comment.
    None,
    /// Nothing was said ("none", "ok").
    NoContent,
    /// Kept, but in a language the lexicon does not know.
    NotAnalysed,
    /// Analysed; it may still have no theme.
    Analysed,
}

impl CommentState {
    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::NoContent => "no_content",
            Self::NotAnalysed => "not_analysed",
            Self::Analysed => "analysed",
        }
    }

    /// The state with this stable name.
    pub fn parse(name: &str) -> Option<Self> {
        [
            Self::None,
            Self::NoContent,
            Self::NotAnalysed,
            Self::Analysed,
        ]
        .into_iter()
        .find(|state| state.as_str() == name)
    }
}

impl From<CommentState> for &'static str {
    fn from(state: CommentState) -> Self {
        state.as_str()
    }
}

/// An analysed comment.
#[derive(Clone, Debug, PartialEq)]
pub struct TaggedComment {
    pub state: CommentState,
    pub mentions: Vec<ThemeMention>,
    /// Words of praise less words of blame, over all clauses.
    pub mood: i32,
    /// Praise and blame with their strength.
    pub sentiment: Mood,
    /// Probability that the customer was pleased; `None` where nothing tells.
    pub pleased: Option<f64>,
    /// The mood is against the score: praise under a bad score or blame under a good one. Such
    /// comments are no evidence about an agent.
    pub contradicts_score: bool,
}

impl TaggedComment {
    /// The mood of the comment, [`Polarity::Positive`] or [`Polarity::Negative`], if it is clear,
    /// and its probability.
    pub fn clear_mood(&self) -> Option<(Polarity, f64)> {
        let (positive, probability) = mood::clear(self.pleased?)?;
        let polarity = if positive {
            Polarity::Positive
        } else {
            Polarity::Negative
        };
        Some((polarity, probability))
    }
}
