//! Calendar files (iCalendar, RFC 5545). Times are in UTC, which every calendar shows in the zone
//! of its reader.

use chrono::{DateTime, Duration, Utc};
use icalendar::{Calendar, Component, Event, EventLike};

/// An event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Stable identifier, so that importing again updates the event.
    pub uid: String,
    pub starts: DateTime<Utc>,
    /// Length; at least one minute.
    pub minutes: u32,
    pub title: String,
    pub text: String,
}

/// Renders a calendar of the entries with the given `DTSTAMP`.
pub fn render(entries: &[Entry], stamp: DateTime<Utc>) -> String {
    let mut calendar = Calendar::new();
    for entry in entries {
        let length = Duration::minutes(i64::from(entry.minutes.max(1)));
        calendar.push(
            Event::new()
                .uid(&entry.uid)
                .timestamp(stamp)
                .starts(entry.starts)
                .ends(entry.starts + length)
                .summary(&entry.title)
                .description(&entry.text)
                .done(),
        );
    }
    calendar.done().to_string()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use ical::IcalParser;

    use super::*;

    /// Properties of the only event, as another program reads them.
    fn read(text: &str) -> BTreeMap<String, String> {
        let mut calendars = IcalParser::new(text.as_bytes());
        let calendar = calendars.next().expect("a calendar").expect("is valid");
        assert!(calendars.next().is_none());
        let names: Vec<_> = calendar
            .properties
            .iter()
            .map(|p| p.name.as_str())
            .collect();
        assert!(
            names.contains(&"VERSION") && names.contains(&"PRODID"),
            "{names:?}"
        );
        let [event] = calendar.events.as_slice() else {
            panic!("{} events", calendar.events.len());
        };
        let values = event.properties.iter();
        let values = values.map(|p| (p.name.clone(), p.value.clone().unwrap_or_default()));
        values.collect()
    }

    #[test]
    fn another_program_reads_times_and_text() {
        let entry = Entry {
            uid: "one".to_owned(),
            starts: "2026-12-01T09:00:00Z".parse().expect("a moment"),
            minutes: 20,
            title: "Check-in; 10 minutes, both".to_owned(),
            text: "First line\nEND:VEVENT\n🙂 ".repeat(6),
        };
        let stamp = DateTime::from_timestamp(1_800_000_000, 0).expect("a moment");
        let text = render(std::slice::from_ref(&entry), stamp);
        assert!(text.lines().all(|l| l.trim_end().len() <= 75), "{text}");
        let event = read(&text);
        assert_eq!(event["UID"], "one");
        assert_eq!(event["DTSTAMP"], "20270115T080000Z");
        assert_eq!(event["DTSTART"], "20261201T090000Z");
        assert_eq!(event["DTEND"], "20261201T092000Z");
        assert_eq!(event["SUMMARY"], "Check-in\\; 10 minutes\\, both");
        assert_eq!(
            event["DESCRIPTION"].replace("\\n", "\n"),
            entry.text.trim_end()
        );
    }
}
