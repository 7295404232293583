//! A contact that a coach listened to, and the behaviours of the practice library in it. Pure.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    locale::{Localised, Message, english},
    msg,
    types::{Id, Instant},
};

/// Longest channel and contact id, in characters.
pub const LONGEST_FIELD: usize = 200;
/// Longest note, in characters.
pub const LONGEST_NOTE: usize = 2_000;

/// Whether a behaviour was seen in a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Sighting {
    Seen,
    NotSeen,
    /// The contact gave no occasion for it; the same as leaving the behaviour out.
    NotApplicable,
}

impl Sighting {
    /// Every value.
    pub const ALL: [Self; 3] = [Self::Seen, Self::NotSeen, Self::NotApplicable];

    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::NotSeen => "not_seen",
            Self::NotApplicable => "not_applicable",
        }
    }

    /// The value with this stable name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.as_str() == name)
    }
}

impl Localised for Sighting {
    fn message(&self) -> Message {
        match self {
            Self::Seen => msg!("sighting-seen"),
            Self::NotSeen => msg!("sighting-not-seen"),
            Self::NotApplicable => msg!("sighting-not-applicable"),
        }
    }
}

/// A contact to record.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewObservation {
    /// The day of the contact: today or at most a year ago.
    pub date: NaiveDate,
    /// Channel of the contact, at most 200 characters.
    #[serde(default)]
    #[schema(example = "phone")]
    pub channel: String,
    /// The contact's id in another system; at most 200 characters.
    #[serde(default)]
    pub contact: String,
    /// Sightings by theme of the practice library; at least one is seen or not seen.
    pub behaviours: BTreeMap<String, Sighting>,
    /// Note for coaches only; at most 2,000 characters.
    #[serde(default)]
    pub note: String,
}

/// A contact that a coach listened to.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Observation {
    pub id: Id,
    pub date: NaiveDate,
    pub channel: String,
    pub contact: String,
    /// Sightings by theme.
    pub behaviours: BTreeMap<String, Sighting>,
    pub note: String,
    /// Name of the person who listened.
    pub by: String,
    pub recorded_at: Instant,
    /// Until when it can be deleted.
    pub deletable_until: Instant,
}

impl Observation {
    pub fn is_deletable(&self, now: Instant) -> bool {
        now <= self.deletable_until
    }
}

/// Why an observation is refused.
#[derive(Debug, thiserror::Error)]
#[error("{}", english(self))]
pub enum ObservationError {
    /// Date in the future, or more than a year ago.
    Date,
    /// Theme that is not in the practice library.
    NotInLibrary(String),
    /// No behaviour is seen or not seen.
    NothingMarked,
    TooLong,
}

impl Localised for ObservationError {
    fn message(&self) -> Message {
        match self {
            Self::Date => msg!("error-observation-date"),
            Self::NotInLibrary(theme) => msg!("error-observation-theme", theme = theme),
            Self::NothingMarked => msg!("error-observation-empty"),
            Self::TooLong => msg!(
                "error-observation-long",
                field = LONGEST_FIELD,
                note = LONGEST_NOTE
            ),
        }
    }
}
