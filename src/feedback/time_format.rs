//! Times as exports write them. Pure.

use std::borrow::Cow;

use chrono::{
    DateTime, Duration, FixedOffset, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeZone,
    Utc,
    format::{Fixed, Item, Numeric, StrftimeItems},
};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use super::{
    record::is_missing,
    row_problem::{FIRST_YEAR, Reason, shorten},
};
use crate::{
    locale::{Localised, Message, english},
    msg,
    types::Instant,
};

/// Seconds and milliseconds since 1970, and days since 1900 as spreadsheets count them.
const EPOCH: &str = "epoch";
const EPOCH_MILLISECONDS: &str = "epoch_ms";
const EXCEL: &str = "excel";

/// Format of the times in a file.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimeFormat {
    /// chrono's `strftime` syntax, or `epoch`, `epoch_ms` or `excel`. ISO 8601 is always read.
    pub formats: Vec<String>,
    /// Minutes ahead of UTC, for times without an offset of their own. With neither this nor a
    /// zone, the zone that the file states counts, or else UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub utc_offset_minutes: Option<i64>,
    /// IANA time zone such as `Europe/Athens`, in place of a fixed offset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

/// Problem of a time format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", english(self))]
pub enum TimeFormatError {
    NoFormat,
    /// An offset of a day or more.
    Offset,
    UnknownZone(String),
    /// Format with both a zone and an offset.
    ZoneAndOffset,
    /// Format that is not in chrono's syntax.
    Syntax(String),
    /// Year, month or day is missing.
    Incomplete(String),
    /// An hour without minutes.
    NoMinutes(String),
    /// A 12-hour clock without AM or PM.
    NoAmPm(String),
    /// `%Z` that is not at the end.
    ZoneNotLast(String),
}

impl Localised for TimeFormatError {
    fn message(&self) -> Message {
        match self {
            Self::NoFormat => msg!("error-mapping-no-time-format"),
            Self::Offset => msg!("error-mapping-offset"),
            Self::UnknownZone(zone) => msg!("error-mapping-zone", zone = zone),
            Self::ZoneAndOffset => msg!("error-mapping-zone-and-offset"),
            Self::Syntax(format) => msg!("error-mapping-time-syntax", format = format),
            Self::Incomplete(format) => msg!("error-mapping-time-incomplete", format = format),
            Self::NoMinutes(format) => msg!("error-mapping-time-no-minutes", format = format),
            Self::NoAmPm(format) => msg!("error-mapping-time-no-am-pm", format = format),
            Self::ZoneNotLast(format) => msg!("error-mapping-time-zone-last", format = format),
        }
    }
}

impl TimeFormat {
    /// Checks formats, offset and zone.
    ///
    /// # Errors
    /// The first [`TimeFormatError`].
    pub fn check(&self) -> Result<(), TimeFormatError> {
        if self.formats.is_empty() {
            return Err(TimeFormatError::NoFormat);
        }
        let offset = self.utc_offset_minutes.unwrap_or(0);
        if offset.unsigned_abs() > 24 * 60 {
            return Err(TimeFormatError::Offset);
        }
        if let Some(zone) = &self.zone {
            if offset != 0 {
                return Err(TimeFormatError::ZoneAndOffset);
            }
            let unknown = |_| TimeFormatError::UnknownZone(shorten(zone));
            zone.parse::<Tz>().map_err(unknown)?;
        }
        self.formats
            .iter()
            .try_for_each(|format| check_format(format))
    }

    /// This format with the zone that a file states for its times; `None` where the mapping itself
    /// has an offset or another zone, and for a zone that is not an IANA one.
    pub fn in_zone(&self, stated: &str) -> Option<Self> {
        let own = self.zone.as_deref();
        let is_open = own.is_none() && self.utc_offset_minutes.is_none();
        let zone = stated.parse::<Tz>().ok()?;
        (is_open || own == Some(zone.name())).then(|| Self {
            zone: Some(zone.name().to_owned()),
            ..self.clone()
        })
    }

    /// Reads a time by the first format that fits, or as ISO 8601. An offset or zone in the text
    /// applies; without one, that of the mapping does. Fractions of seconds may follow seconds.
    ///
    /// # Errors
    /// [`Reason::Missing`], [`Reason::TimeFormat`], [`Reason::NoSuchTime`],
    /// [`Reason::BeforeFirstYear`], [`Reason::InFuture`] for a time more than a day after `now`.
    pub fn read(&self, text: &str, now: Instant) -> Result<Instant, Reason> {
        let text = text.trim();
        if is_missing(text) {
            return Err(Reason::Missing);
        }
        let parsed = self.parse(text).ok_or_else(|| Reason::TimeFormat {
            text: shorten(text),
            formats: self.formats.join(", "),
        })?;
        let utc = match parsed {
            Parsed::Utc(utc) => utc,
            Parsed::Local(local) => self
                .to_utc(local)
                .ok_or_else(|| Reason::NoSuchTime(shorten(text)))?,
        };
        let at = Instant::from(utc);
        let first = NaiveDate::from_ymd_opt(FIRST_YEAR, 1, 1).unwrap_or_default();
        if at.date() < first {
            return Err(Reason::BeforeFirstYear(shorten(text)));
        }
        if at > now.plus(Duration::days(1)) {
            return Err(Reason::InFuture(shorten(text)));
        }
        Ok(at)
    }

    fn parse(&self, text: &str) -> Option<Parsed> {
        // RFC 3339 ends with an offset, and most exports use it. A format without one cannot fit.
        if !self.formats.iter().any(|f| f.contains(['z', 'Z', '+']))
            && let Ok(time) = DateTime::parse_from_rfc3339(text)
        {
            return Some(Parsed::Utc(time.to_utc()));
        }
        let mut text = Cow::Borrowed(text);
        if text.contains(".m.") || text.contains(".M.") {
            let lower = text.replace("a.m.", "am").replace("p.m.", "pm");
            text = Cow::Owned(lower.replace("A.M.", "AM").replace("P.M.", "PM"));
        }
        let by_format = |text: &str| self.formats.iter().find_map(|f| parse(text, f));
        by_format(&text).or_else(|| iso(&text)).or_else(|| {
            // A zone that the formats do not mention still applies.
            let (time, offset) = split_zone(&text)?;
            match by_format(time).or_else(|| iso(time))? {
                Parsed::Local(local) => offset.local_to_utc(local),
                Parsed::Utc(_) => None,
            }
        })
    }

    /// The earlier of two times when clocks go back; `None` for a time that clocks skip.
    fn to_utc(&self, local: NaiveDateTime) -> Option<DateTime<Utc>> {
        match self.zone.as_ref().and_then(|zone| zone.parse::<Tz>().ok()) {
            Some(zone) => Some(
                zone.from_local_datetime(&local)
                    .earliest()?
                    .with_timezone(&Utc),
            ),
            None => local
                .and_utc()
                .checked_sub_signed(Duration::minutes(self.utc_offset_minutes.unwrap_or(0))),
        }
    }
}

enum Parsed {
    Utc(DateTime<Utc>),
    Local(NaiveDateTime),
}

/// An offset or zone written behind a time.
enum Zone {
    Fixed(FixedOffset),
    Named(Tz),
}

impl Zone {
    fn local_to_utc(&self, local: NaiveDateTime) -> Option<Parsed> {
        let utc = match self {
            Self::Fixed(offset) => offset.from_local_datetime(&local).earliest()?.to_utc(),
            Self::Named(zone) => match zone.from_local_datetime(&local) {
                LocalResult::None => return None,
                found => found.earliest()?.to_utc(),
            },
        };
        Some(Parsed::Utc(utc))
    }
}

fn parse(text: &str, format: &str) -> Option<Parsed> {
    match format {
        EPOCH => epoch(text, 1),
        EPOCH_MILLISECONDS => epoch(text, 1_000),
        EXCEL => excel(text),
        _ if format.ends_with("%Z") => {
            let (time, zone) = split_zone(text)?;
            match parse(time, format.trim_end_matches("%Z").trim_end())? {
                Parsed::Local(local) => zone.local_to_utc(local),
                Parsed::Utc(_) => None,
            }
        }
        _ => {
            let fractions = format.replace("%S", "%S%.f").replace("%T", "%T%.f");
            with_format(text, format)
                .or_else(|| with_format(text, &fractions))
                // "Z", "UTC" and "GMT" are offsets as well.
                .or_else(|| {
                    let local = format.strip_suffix("%z").or(format.strip_suffix("%:z"))?;
                    parse(text, &format!("{local}%Z"))
                })
        }
    }
}

fn with_format(text: &str, format: &str) -> Option<Parsed> {
    if has_offset(format) {
        let with_offset = DateTime::parse_from_str(text, format).ok()?;
        return Some(Parsed::Utc(with_offset.to_utc()));
    }
    let day = || NaiveDate::parse_from_str(text, format).map(|day| day.and_time(NaiveTime::MIN));
    NaiveDateTime::parse_from_str(text, format)
        .or_else(|_| day())
        .ok()
        .map(Parsed::Local)
}

/// ISO 8601 with or without time, seconds, fractions and offset.
fn iso(text: &str) -> Option<Parsed> {
    if let Ok(with_offset) = DateTime::parse_from_rfc3339(text) {
        return Some(Parsed::Utc(with_offset.to_utc()));
    }
    const FORMATS: [&str; 5] = [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%d",
    ];
    // chrono accepts years of fewer digits.
    let year = text
        .get(..5)
        .is_some_and(|y| y.ends_with('-') && y[..4].parse::<u16>().is_ok());
    FORMATS
        .iter()
        .filter(|_| year)
        .find_map(|format| with_format(text, format))
}

fn epoch(text: &str, per_second: i64) -> Option<Parsed> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let unit = 1_000_000_000 / per_second;
    let fraction: f64 = format!("0.{fraction}").parse().ok()?;
    let nanoseconds = whole.parse::<i64>().ok()?.checked_mul(unit)?;
    // Digits tell seconds from milliseconds: from 1973 on there are nine or ten, and twelve or
    // thirteen.
    let plausible = nanoseconds >= 100_000_000_000_000_000;
    let nanoseconds = nanoseconds.checked_add((fraction * unit as f64) as i64)?;
    plausible.then(|| Parsed::Utc(DateTime::from_timestamp_nanos(nanoseconds)))
}

fn excel(text: &str) -> Option<Parsed> {
    let days: f64 = text.replace(',', ".").parse().ok()?;
    let plausible = (20_000.0..100_000.0).contains(&days);
    let first = NaiveDate::from_ymd_opt(1899, 12, 30)?.and_time(NaiveTime::MIN);
    let seconds = Duration::seconds((days * 86_400.0).round() as i64);
    first
        .checked_add_signed(seconds)
        .filter(|_| plausible)
        .map(Parsed::Local)
}

/// A time and the zone behind it: `UTC`, `Z`, `GMT+5:30`, `+0200` or an IANA name.
fn split_zone(text: &str) -> Option<(&str, Zone)> {
    let (time, name) = match text.rsplit_once(' ') {
        Some((time, name)) => (time.trim_end(), name),
        None => {
            let at = text.rfind(['Z', '+']).or_else(|| text.rfind("UTC"))?;
            (&text[..at], &text[at..])
        }
    };
    let upper = name.to_uppercase();
    let offset = upper
        .strip_prefix("UTC")
        .or_else(|| upper.strip_prefix("GMT"));
    let zone = match offset.unwrap_or(&upper) {
        "" | "Z" => Zone::Fixed(FixedOffset::east_opt(0)?),
        signed if signed.starts_with(['+', '-']) => Zone::Fixed(fixed(signed)?),
        _ if name.contains('/') => Zone::Named(name.parse().ok()?),
        _ => return None,
    };
    Some((time, zone))
}

/// `+5`, `+05`, `+0530` or `+5:30`.
fn fixed(signed: &str) -> Option<FixedOffset> {
    let (sign, digits) = (if signed.starts_with('-') { -1 } else { 1 }, &signed[1..]);
    let (hours, minutes) = match digits.split_once(':') {
        Some((hours, minutes)) => (hours, minutes),
        None if digits.len() > 2 => digits.split_at(digits.len() - 2),
        None => (digits, "0"),
    };
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    let valid = (0..=14).contains(&hours) && (0..60).contains(&minutes);
    FixedOffset::east_opt(sign * (hours * 3_600 + minutes * 60)).filter(|_| valid)
}

fn items(format: &str) -> impl Iterator<Item = Item<'_>> {
    StrftimeItems::new(format)
}

fn has_offset(format: &str) -> bool {
    items(format).any(|item| {
        matches!(
            item,
            Item::Numeric(Numeric::Timestamp, _)
                | Item::Fixed(
                    Fixed::TimezoneOffset
                        | Fixed::TimezoneOffsetColon
                        | Fixed::TimezoneOffsetDoubleColon
                        | Fixed::TimezoneOffsetTripleColon
                        | Fixed::TimezoneOffsetColonZ
                        | Fixed::TimezoneOffsetZ
                        | Fixed::RFC2822
                        | Fixed::RFC3339
                        | Fixed::Internal(_)
                )
        ) && !matches!(item, Item::Numeric(Numeric::Timestamp, _))
    })
}

/// A format must say year, month and day; an hour needs minutes; a 12-hour clock needs AM or PM.
fn check_format(format: &str) -> Result<(), TimeFormatError> {
    if [EPOCH, EPOCH_MILLISECONDS, EXCEL].contains(&format) {
        return Ok(());
    }
    let shown = || shorten(format);
    if format.trim_end_matches("%Z").contains("%Z") {
        return Err(TimeFormatError::ZoneNotLast(shown()));
    }
    let items: Vec<Item<'_>> = items(format.trim_end_matches("%Z")).collect();
    if items.iter().any(|i| matches!(i, Item::Error)) {
        return Err(TimeFormatError::Syntax(shown()));
    }
    let has = |of: fn(&Item<'_>) -> bool| items.iter().any(of);
    let whole = has(|i| {
        matches!(
            i,
            Item::Numeric(Numeric::Timestamp, _) | Item::Fixed(Fixed::RFC2822 | Fixed::RFC3339)
        )
    });
    if whole {
        return Ok(());
    }
    let year = has(|i| matches!(i, Item::Numeric(Numeric::Year | Numeric::YearMod100, _)));
    let month = has(|i| {
        matches!(
            i,
            Item::Numeric(Numeric::Month, _)
                | Item::Fixed(Fixed::ShortMonthName | Fixed::LongMonthName)
        )
    });
    let day = has(|i| matches!(i, Item::Numeric(Numeric::Day, _)));
    let day_of_year = has(|i| matches!(i, Item::Numeric(Numeric::Ordinal, _)));
    if !year || !((month && day) || day_of_year) {
        return Err(TimeFormatError::Incomplete(shown()));
    }
    let twelve = has(|i| matches!(i, Item::Numeric(Numeric::Hour12, _)));
    let hour = twelve || has(|i| matches!(i, Item::Numeric(Numeric::Hour, _)));
    if hour && !has(|i| matches!(i, Item::Numeric(Numeric::Minute, _))) {
        return Err(TimeFormatError::NoMinutes(shown()));
    }
    let am_pm = has(|i| matches!(i, Item::Fixed(Fixed::LowerAmPm | Fixed::UpperAmPm)));
    if twelve && !am_pm {
        return Err(TimeFormatError::NoAmPm(shown()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(formats: &[&str], zone: Option<&str>, text: &str) -> Option<String> {
        let format = TimeFormat {
            formats: formats.iter().map(|f| (*f).to_owned()).collect(),
            utc_offset_minutes: None,
            zone: zone.map(str::to_owned),
        };
        format.check().expect("valid");
        let now = Instant::from(DateTime::from_timestamp_nanos(1_800_000_000_000_000_000));
        let at = format.read(text, now).ok()?;
        Some(at.0.format("%Y-%m-%dT%H:%M:%S").to_string())
    }

    /// Expected values by hand.
    #[test]
    fn offsets_and_zones_in_the_text_apply() {
        let formats = ["%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %H:%M:%S"];
        for (text, utc) in [
            ("2024-06-15 14:30:00 -0700", "2024-06-15T21:30:00"),
            ("2024-06-15 14:30:00 +0530", "2024-06-15T09:00:00"),
            ("2024-06-15T14:30:00+05:30", "2024-06-15T09:00:00"),
            ("2024-06-15 14:30:00 UTC", "2024-06-15T14:30:00"),
            ("2024-06-15 14:30:00 Z", "2024-06-15T14:30:00"),
            ("2024-06-15 14:30:00 GMT+5:30", "2024-06-15T09:00:00"),
            ("2024-06-15 14:30:00 Europe/Athens", "2024-06-15T11:30:00"),
            ("2024-06-15 14:30:00.250", "2024-06-15T14:30:00"),
            ("2024-06-15T14:30:00.000000", "2024-06-15T14:30:00"),
            ("2024-06-15T14:30", "2024-06-15T14:30:00"),
        ] {
            assert_eq!(read(&formats, None, text).as_deref(), Some(utc), "{text}");
        }
    }

    #[test]
    fn the_names_of_universal_time_are_offsets() {
        for text in [
            "15.06.2024 14:30 Z",
            "15.06.2024 14:30 GMT",
            "15.06.2024 14:30 +0000",
        ] {
            let at = read(&["%d.%m.%Y %H:%M %z"], None, text);
            assert_eq!(at.as_deref(), Some("2024-06-15T14:30:00"), "{text}");
        }
    }

    #[test]
    fn the_zone_of_the_mapping_has_daylight_saving() {
        let at = |text| read(&["%d/%m/%Y %H:%M"], Some("Europe/Athens"), text);
        assert_eq!(
            at("15/01/2024 12:00").as_deref(),
            Some("2024-01-15T10:00:00")
        );
        assert_eq!(
            at("15/07/2024 12:00").as_deref(),
            Some("2024-07-15T09:00:00")
        );
        // Clocks go back at 04:00 on 2024-10-27: 03:30 happens twice.
        assert_eq!(
            at("27/10/2024 03:30").as_deref(),
            Some("2024-10-27T00:30:00")
        );
        // Clocks go from 03:00 to 04:00 on 2024-03-31.
        assert_eq!(at("31/03/2024 03:30"), None);
    }

    #[test]
    fn twelve_hour_clocks_are_read_in_any_case() {
        let at = |text| read(&["%m/%d/%Y %I:%M %p"], None, text);
        for (text, utc) in [
            ("6/15/2024 2:30 PM", "2024-06-15T14:30:00"),
            ("6/15/2024 12:30 PM", "2024-06-15T12:30:00"),
            ("6/15/2024 12:30 AM", "2024-06-15T00:30:00"),
            ("6/15/2024 9:05 am", "2024-06-15T09:05:00"),
            ("6/15/2024 9:05 a.m.", "2024-06-15T09:05:00"),
        ] {
            assert_eq!(at(text).as_deref(), Some(utc), "{text}");
        }
    }

    #[test]
    fn counts_are_read_only_where_the_format_says_so() {
        let utc = "2024-06-15T10:00:00";
        assert_eq!(read(&["epoch"], None, "1718445600").as_deref(), Some(utc));
        assert_eq!(
            read(&["epoch"], None, "1718445600.25").as_deref(),
            Some(utc)
        );
        assert_eq!(
            read(&["epoch_ms"], None, "1718445600000").as_deref(),
            Some(utc)
        );
        assert_eq!(
            read(&["excel"], None, "45458.4166666667").as_deref(),
            Some(utc)
        );
        for text in [
            "45457.4375",
            "45457",
            "1718445600",
            "1718445600000",
            "0024-06-15",
            "24-06-15",
        ] {
            assert_eq!(read(&["%Y-%m-%d"], None, text), None, "{text}");
        }
        assert_eq!(read(&["epoch"], None, "1718445600000"), None);
    }

    #[test]
    fn formats_without_a_required_part_are_refused() {
        let check = |format: &str| {
            let time = TimeFormat {
                formats: vec![format.to_owned()],
                ..TimeFormat::default()
            };
            time.check().err()
        };
        let format = |f: &str| f.to_owned();
        assert_eq!(
            check("%d/%m/%Y %I:%M"),
            Some(TimeFormatError::NoAmPm(format("%d/%m/%Y %I:%M")))
        );
        assert_eq!(
            check("%Y-%m-%d %H"),
            Some(TimeFormatError::NoMinutes(format("%Y-%m-%d %H")))
        );
        assert_eq!(
            check("%m/%d"),
            Some(TimeFormatError::Incomplete(format("%m/%d")))
        );
        assert_eq!(
            check("%Y-%m-%d %Q"),
            Some(TimeFormatError::Syntax(format("%Y-%m-%d %Q")))
        );
        assert_eq!(
            check("%Z %Y-%m-%d"),
            Some(TimeFormatError::ZoneNotLast(format("%Z %Y-%m-%d")))
        );
        for valid in [
            "%F %T",
            "%+",
            "%s",
            "%d %b %y",
            "%Y-%m-%d %H:%M %Z",
            "%Y-%j",
            "%c",
        ] {
            assert_eq!(check(valid), None, "{valid}");
        }
    }
}
