//! The period that a figure is computed over.

use chrono::{Datelike, Duration, NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::types::Instant;

/// A half-open interval of time, (from, to].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Period {
    pub from: Instant,
    pub to: Instant,
}

impl Period {
    /// The `days` that end at `to`.
    pub fn ending(to: Instant, days: i64) -> Self {
        Self {
            from: to.plus(Duration::days(-days)),
            to,
        }
    }

    /// The equally long period just before.
    #[must_use]
    pub fn before(self) -> Self {
        let length = self.to.0 - self.from.0;
        Self {
            from: self.from.plus(-length),
            to: self.from,
        }
    }
}

/// The week of a day: its Monday and its Sunday.
pub fn week_of(day: NaiveDate) -> (NaiveDate, NaiveDate) {
    let monday = day - Duration::days(i64::from(day.weekday().num_days_from_monday()));
    (monday, monday + Duration::days(6))
}

/// The week of a day as a period in UTC.
pub fn week(day: NaiveDate) -> Period {
    let (monday, sunday) = week_of(day);
    let end_of = |day: NaiveDate| {
        let next = (day + Duration::days(1)).and_time(NaiveTime::MIN).and_utc();
        Instant::from(next - Duration::microseconds(1))
    };
    Period {
        from: end_of(monday - Duration::days(1)),
        to: end_of(sunday),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_run_from_monday_to_sunday() {
        let day = |text: &str| text.parse::<NaiveDate>().expect("day");
        let week_of_24 = (day("2026-11-23"), day("2026-11-29"));
        assert_eq!(week_of(day("2026-11-24")), week_of_24);
        assert_eq!(week_of(day("2026-11-29")), week_of_24);
        let period = week(day("2026-11-24"));
        assert_eq!(period.from.date(), day("2026-11-22"));
        assert_eq!(period.to.date(), day("2026-11-29"));
    }
}
