//! Working days of an organisation: its time zone, and the weekends and public holidays of its
//! region.

use std::{collections::BTreeSet, io::Read, sync::LazyLock};

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, Utc};
use chrono_tz::Tz;
use flate2::read::GzDecoder;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::error::{AccountsError, Result};

/// A line for each region: its ISO 3166 code, weekend days from 0 (Monday), and public holidays of
/// 2026 to 2035 as `YEAR:MMDD,…`. Packed from version 0.109 of the Python package `holidays`; dates
/// that depend on the moon are estimates.
static REGIONS: LazyLock<String> = LazyLock::new(|| {
    let packed = include_bytes!("../../assets/holidays/regions.tsv.gz").as_slice();
    let mut text = String::new();
    // A damaged file would have no regions, which tests would find.
    let _complete = GzDecoder::new(packed).read_to_string(&mut text);
    text
});

/// Most days that a date is moved, longer than any run of holidays.
const MOST_DAYS: u64 = 40;

/// Time zone and region of an organisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct WorkingDays {
    /// IANA name.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// ISO 3166 code of a country or of a part of it; empty for one without holidays and with
    /// weekends on Saturday and Sunday.
    #[schema(example = "DE-BY")]
    region: String,
}

impl Default for WorkingDays {
    fn default() -> Self {
        Self {
            time_zone: "UTC".to_owned(),
            region: String::new(),
        }
    }
}

impl WorkingDays {
    /// Checks the two names.
    ///
    /// # Errors
    /// [`AccountsError::NoTimeZone`], [`AccountsError::NoRegion`].
    pub fn parse(time_zone: &str, region: &str) -> Result<Self> {
        if time_zone.parse::<Tz>().is_err() {
            return Err(AccountsError::NoTimeZone);
        }
        if !region.is_empty() && line(region).is_none() {
            return Err(AccountsError::NoRegion);
        }
        Ok(Self {
            time_zone: time_zone.to_owned(),
            region: region.to_owned(),
        })
    }

    /// IANA name of the time zone.
    pub fn time_zone(&self) -> &str {
        &self.time_zone
    }

    /// Code of the region, or nothing.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Days of the week that are free, from 0 (Monday), in order.
    pub fn weekend(&self) -> Vec<u32> {
        Region::of(&self.region).weekend.into_iter().collect()
    }

    /// Up to `most` public holidays from `day` on, in order. None after the years that are known.
    pub fn holidays_from(&self, day: NaiveDate, most: usize) -> Vec<NaiveDate> {
        let holidays = Region::of(&self.region).holidays;
        holidays.range(day..).take(most).copied().collect()
    }

    /// The day itself, or the first working day after it.
    pub fn from(&self, day: NaiveDate) -> NaiveDate {
        let region = Region::of(&self.region);
        let mut days = (0..MOST_DAYS).map(|later| day + Days::new(later));
        days.find(|day| region.works(*day)).unwrap_or(day)
    }

    /// The local day of a moment.
    pub fn day_of(&self, moment: DateTime<Utc>) -> NaiveDate {
        let zone: Tz = self.time_zone.parse().unwrap_or(Tz::UTC);
        moment.with_timezone(&zone).date_naive()
    }

    /// A local time as a moment. Where clocks skip it, the day's first moment after it.
    pub fn moment(&self, day: NaiveDate, time: NaiveTime) -> DateTime<Utc> {
        let zone: Tz = self.time_zone.parse().unwrap_or(Tz::UTC);
        let local = day.and_time(time);
        let hours = (0..4).map(|later| local + chrono::Duration::hours(later));
        let mut moments = hours.filter_map(|local| local.and_local_timezone(zone).earliest());
        let moment = moments.next().map(|moment| moment.with_timezone(&Utc));
        moment.unwrap_or_else(|| local.and_utc())
    }
}

/// Codes of all regions, in order of their countries.
pub fn regions() -> impl Iterator<Item = &'static str> {
    let lines = REGIONS.lines();
    lines.filter_map(|line| line.split_once('\t').map(|(code, _)| code))
}

/// IANA names of all time zones, in order.
pub fn time_zones() -> impl Iterator<Item = &'static str> {
    chrono_tz::TZ_VARIANTS.iter().map(|zone| zone.name())
}

fn line(region: &str) -> Option<&'static str> {
    let mut lines = REGIONS.lines();
    lines.find_map(|line| line.strip_prefix(region)?.strip_prefix('\t'))
}

/// Free days of a region.
struct Region {
    weekend: BTreeSet<u32>,
    holidays: BTreeSet<NaiveDate>,
}

impl Region {
    fn of(code: &str) -> Self {
        let found = line(code).and_then(|line| line.split_once('\t'));
        let (weekend, holidays) = found.unwrap_or(("56", ""));
        Self {
            weekend: weekend.chars().filter_map(|c| c.to_digit(10)).collect(),
            holidays: holidays.split(' ').flat_map(days_of_year).collect(),
        }
    }

    fn works(&self, day: NaiveDate) -> bool {
        let weekday = day.weekday().num_days_from_monday();
        !self.weekend.contains(&weekday) && !self.holidays.contains(&day)
    }
}

/// The days of `YEAR:MMDD,…`.
fn days_of_year(text: &str) -> Vec<NaiveDate> {
    let Some((year, days)) = text.split_once(':') else {
        return Vec::new();
    };
    let day = |day: &str| NaiveDate::parse_from_str(&format!("{year}{day}"), "%Y%m%d").ok();
    days.split(',').filter_map(day).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    /// Days from government calendars.
    #[test]
    fn weekends_and_public_holidays_are_skipped() {
        for (region, from, to) in [
            ("", "2026-12-25", "2026-12-25"),
            ("", "2026-12-26", "2026-12-28"),
            ("DE", "2026-12-25", "2026-12-28"),
            ("DE-BY", "2027-01-06", "2027-01-07"),
            ("DE-HH", "2027-01-06", "2027-01-06"),
            ("GB-ENG", "2026-12-28", "2026-12-29"),
            ("US", "2026-11-26", "2026-11-27"),
            ("GR", "2027-03-25", "2027-03-26"),
            ("IN", "2027-01-26", "2027-01-27"),
            ("SA", "2026-12-04", "2026-12-06"),
            ("JP", "2027-05-03", "2027-05-06"),
        ] {
            let days = WorkingDays::parse("UTC", region).expect("known");
            assert_eq!(days.from(day(from)), day(to), "{region} {from}");
        }
    }

    /// Days from government calendars.
    #[test]
    fn free_days_of_a_region_are_listed() {
        let greece = WorkingDays::parse("Europe/Athens", "GR").expect("known");
        assert_eq!(greece.weekend(), [5, 6]);
        let spring = greece.holidays_from(day("2027-03-20"), 2);
        assert_eq!(spring, [day("2027-03-25"), day("2027-04-30")]);
        let saudi_arabia = WorkingDays::parse("Asia/Riyadh", "SA").expect("known");
        assert_eq!(saudi_arabia.weekend(), [4, 5]);
        assert!(greece.holidays_from(day("2040-01-01"), 5).is_empty());
        assert!(
            WorkingDays::default()
                .holidays_from(day("2026-12-25"), 5)
                .is_empty()
        );
    }

    #[test]
    fn every_name_that_is_offered_is_known() {
        assert!(regions().all(|code| WorkingDays::parse("UTC", code).is_ok()));
        assert!(time_zones().all(|zone| WorkingDays::parse(zone, "").is_ok()));
        assert!(regions().any(|code| code == "DE-BY") && time_zones().any(|z| z == "Asia/Kolkata"));
    }

    #[test]
    fn unknown_names_are_refused() {
        let zone = WorkingDays::parse("Europe/Atlantis", "");
        assert!(matches!(zone, Err(AccountsError::NoTimeZone)));
        for region in ["XX", "D", "de"] {
            let region = WorkingDays::parse("UTC", region);
            assert!(matches!(region, Err(AccountsError::NoRegion)));
        }
    }

    #[test]
    fn a_local_time_follows_the_clock_changes() {
        let days = WorkingDays::parse("Europe/Athens", "GR").expect("known");
        let at = |date: &str, hour| {
            let time = NaiveTime::from_hms_opt(hour, 30, 0).expect("a time");
            days.moment(day(date), time).to_rfc3339()
        };
        assert_eq!(at("2026-12-03", 10), "2026-12-03T08:30:00+00:00");
        assert_eq!(at("2027-06-03", 10), "2027-06-03T07:30:00+00:00");
        // 28 March 2027, 3:00 does not exist in Athens.
        assert_eq!(at("2027-03-28", 3), "2027-03-28T01:30:00+00:00");
    }
}
