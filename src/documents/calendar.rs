//! Calendar files (iCalendar, RFC 5545) with whole-day events, which need no time zone.

use chrono::{DateTime, Days, NaiveDate, Utc};
use icalendar::{Calendar, Component, Event, EventLike};

/// A whole-day event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Stable identifier, so that importing again updates the event.
    pub uid: String,
    pub date: NaiveDate,
    pub title: String,
    pub text: String,
}

/// Renders a calendar of the entries with the given `DTSTAMP`.
pub fn render(entries: &[Entry], stamp: DateTime<Utc>) -> String {
    let mut calendar = Calendar::new();
    for entry in entries {
        calendar.push(
            Event::new()
                .uid(&entry.uid)
                .timestamp(stamp)
                .starts(entry.date)
                // The end is exclusive (RFC 5545, 3.6.1).
                .ends(entry.date + Days::new(1))
                .summary(&entry.title)
                .description(&entry.text)
                .done(),
        );
    }
    calendar.done().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_whole_days_and_text_is_escaped() {
        let entry = Entry {
            uid: "one".to_owned(),
            date: NaiveDate::from_ymd_opt(2026, 12, 1).expect("a day"),
            title: "Check-in; 10 minutes, both".to_owned(),
            text: "First line\nEND:VEVENT\n🙂 ".repeat(6),
        };
        let stamp = DateTime::from_timestamp(1_800_000_000, 0).expect("a moment");
        let text = render(&[entry], stamp);
        assert!(text.contains("DTSTART;VALUE=DATE:20261201\r\n"), "{text}");
        assert!(text.contains("DTEND;VALUE=DATE:20261202\r\n"), "{text}");
        assert!(
            text.contains("SUMMARY:Check-in\\; 10 minutes\\, both\r\n"),
            "{text}"
        );
        let ends = text.lines().filter(|l| *l == "END:VEVENT").count();
        assert_eq!(ends, 1, "{text}");
        assert!(text.lines().all(|l| l.trim_end().len() <= 75), "{text}");
        assert_eq!(text.matches("BEGIN:VCALENDAR").count(), 1);
    }
}
