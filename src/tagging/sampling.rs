//! Why a clause was shown for annotation.

use serde::{Deserialize, Serialize};

/// Why a clause was shown for annotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sampling {
    /// Its mentions are least certain.
    Uncertain,
    /// It was drawn at random, for an unbiased estimate of accuracy.
    Random,
    /// It has a theme with few clauses.
    Rare,
    /// Somebody else has annotated it: for agreement.
    Second,
    /// The annotator chose it.
    Purposive,
}

impl Sampling {
    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Uncertain => "uncertain",
            Self::Random => "random",
            Self::Rare => "rare",
            Self::Second => "second",
            Self::Purposive => "purposive",
        }
    }

    /// The reason with this stable name.
    pub fn parse(name: &str) -> Option<Self> {
        [
            Self::Uncertain,
            Self::Random,
            Self::Rare,
            Self::Second,
            Self::Purposive,
        ]
        .into_iter()
        .find(|sampling| sampling.as_str() == name)
    }
}
