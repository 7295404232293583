//! An agent's own tally: on which days they did an agreed behaviour how often, of the contacts
//! where it applied. Pure.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::steps::{Item, Source};
use crate::{
    feedback::period::week_of,
    locale::{Localised, Message, english},
    msg,
    stats::shrinkage::Tally,
    types::{Id, Instant},
};

/// Most contacts of one day.
pub const MOST_CONTACTS: u32 = 500;
/// Longest note, in characters.
pub const LONGEST_NOTE: usize = 500;

/// A day to record. A second entry for the same day and area replaces the first.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewTallyDay {
    /// An area of the plan.
    #[schema(example = "patience")]
    pub theme: String,
    /// Today without one; not before the plan was agreed.
    #[serde(default)]
    pub date: Option<NaiveDate>,
    /// Contacts in which the behaviour applied, 1 to 500.
    #[schema(minimum = 1, maximum = 500, example = 10)]
    pub opportunities: u32,
    /// Contacts in which the agent did it.
    #[schema(example = 7)]
    pub done: u32,
    /// Note for the agent alone; at most 500 characters.
    #[serde(default)]
    pub note: String,
}

/// A day of an agent's own tally.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TallyDay {
    pub id: Id,
    pub plan_id: Id,
    pub theme: String,
    pub date: NaiveDate,
    /// Contacts in which the behaviour applied.
    pub opportunities: u32,
    /// Contacts in which the agent did it.
    pub done: u32,
    pub note: String,
    /// Time of the first entry.
    pub recorded_at: Instant,
    /// Until when it can be changed or deleted.
    pub editable_until: Instant,
}

impl TallyDay {
    pub fn is_editable(&self, now: Instant) -> bool {
        now <= self.editable_until
    }
}

/// Sums of a week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct TallyWeek {
    pub monday: NaiveDate,
    /// Days with an entry.
    pub days: u64,
    pub opportunities: u64,
    pub done: u64,
}

impl TallyWeek {
    /// The contacts in which the behaviour was done, of those in which it applied.
    pub fn tally(&self) -> Tally {
        Tally {
            successes: self.done,
            n: self.opportunities,
        }
    }
}

/// Own tally of one area of a plan, by week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OwnTally {
    pub theme: String,
    /// Name of the area.
    pub name: String,
    /// Weeks with an entry, in order; at least one.
    pub weeks: Vec<TallyWeek>,
}

impl OwnTally {
    /// Adds up the days of a plan by area, in the order of the plan's items. Areas without a day
    /// are left out.
    pub fn of(items: &[Item], days: &[TallyDay]) -> Vec<Self> {
        let mut tallies: Vec<Self> = areas(items)
            .map(|(theme, name)| Self {
                weeks: weeks(days.iter().filter(|day| day.theme == theme)),
                theme: theme.to_owned(),
                name: name.to_owned(),
            })
            .collect();
        tallies.retain(|tally| !tally.weeks.is_empty());
        tallies
    }

    fn sum(&self, value: fn(&TallyWeek) -> u64) -> u64 {
        self.weeks.iter().map(value).sum()
    }
}

impl Localised for OwnTally {
    /// The totals with their source.
    fn message(&self) -> Message {
        msg!(
            "own-tally",
            done = self.sum(|week| week.done),
            opportunities = self.sum(|week| week.opportunities),
            count = self.sum(|week| week.days)
        )
    }
}

/// The areas of a plan whose behaviour can be counted, with their names: what coach and agent work
/// on, without strengths and goals of their own.
pub fn areas(items: &[Item]) -> impl Iterator<Item = (&str, &str)> {
    let is_area = |item: &&Item| !matches!(item.source, Source::Strength | Source::SinglePraise);
    let areas = items.iter().filter(is_area);
    areas.filter_map(|item| Some((item.theme.as_deref()?, item.title.as_str())))
}

fn weeks<'a>(days: impl Iterator<Item = &'a TallyDay>) -> Vec<TallyWeek> {
    let mut weeks: BTreeMap<NaiveDate, TallyWeek> = BTreeMap::new();
    for day in days {
        let monday = week_of(day.date).0;
        let week = weeks.entry(monday).or_insert(TallyWeek {
            monday,
            days: 0,
            opportunities: 0,
            done: 0,
        });
        week.days += 1;
        week.opportunities += u64::from(day.opportunities);
        week.done += u64::from(day.done);
    }
    weeks.into_values().collect()
}

/// Why a day of an own tally is refused.
#[derive(Debug, thiserror::Error)]
#[error("{}", english(self))]
pub enum OwnTallyError {
    /// Area that the plan does not work on.
    NoArea,
    /// The plan is not agreed, or closed.
    NotOpen,
    /// Day in the future, or before the plan was agreed.
    Date,
    /// More done than possible, none possible, or more than [`MOST_CONTACTS`].
    Counts,
    NoteTooLong,
    /// An entry can be changed and deleted for a day only.
    Kept,
}

impl Localised for OwnTallyError {
    fn message(&self) -> Message {
        match self {
            Self::NoArea => msg!("error-tally-area"),
            Self::NotOpen => msg!("error-tally-closed"),
            Self::Date => msg!("error-tally-date"),
            Self::Counts => msg!("error-tally-counts", most = MOST_CONTACTS),
            Self::NoteTooLong => msg!("error-tally-note", limit = LONGEST_NOTE),
            Self::Kept => msg!("error-tally-kept"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(theme: &str, date: &str, opportunities: u32, done: u32) -> TallyDay {
        TallyDay {
            id: Id::new(),
            plan_id: Id::new(),
            theme: theme.to_owned(),
            date: date.parse().expect("a day"),
            opportunities,
            done,
            note: String::new(),
            recorded_at: Instant::now(),
            editable_until: Instant::now(),
        }
    }

    fn item(source: Source, theme: Option<&str>) -> Item {
        Item {
            source,
            theme: theme.map(str::to_owned),
            title: theme.unwrap_or_default().to_uppercase(),
            goal: String::new(),
            reason: String::new(),
        }
    }

    #[test]
    fn days_are_added_up_by_area_and_week() {
        let items = [
            item(Source::Focus, Some("patience")),
            item(Source::Strength, Some("courtesy")),
            item(Source::Own, None),
        ];
        // 2026-11-01 is a Sunday, 2026-11-02 a Monday.
        let days = [
            day("patience", "2026-11-01", 4, 1),
            day("patience", "2026-11-02", 5, 2),
            day("patience", "2026-11-08", 3, 3),
            day("courtesy", "2026-11-02", 9, 9),
        ];
        let tallies = OwnTally::of(&items, &days);
        assert_eq!(tallies.len(), 1);
        assert_eq!(tallies[0].name, "PATIENCE");
        let weeks = tallies[0].weeks.iter();
        let figures: Vec<_> = weeks.map(|w| (w.days, w.done, w.opportunities)).collect();
        assert_eq!(figures, [(1, 1, 4), (2, 5, 8)]);
        assert!(english(&tallies[0]).contains("6 of 12"));
        assert!(OwnTally::of(&items, &days[3..]).is_empty());
    }
}
