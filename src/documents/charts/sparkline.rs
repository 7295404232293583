//! Sparkline of weekly rates.

use super::svg::{ACCENT, AXIS, Svg};
use crate::{documents::model::Picture, locale::Locale, msg};

/// Sparkline of the weekly share of good scores, (week, good, n), with a caption in the language of
/// `locale`.
pub fn sparkline(
    locale: &Locale,
    weeks: &[(chrono::NaiveDate, u64, u64)],
    caption: &str,
) -> Picture {
    let (left, width, top, height) = (8.0, 306.0, 8.0, 44.0);
    let mut svg = Svg::new(360.0, 84.0);
    let rate = |good: u64, n: u64| good as f64 / n.max(1) as f64;
    let step = width / (weeks.len().max(2) - 1) as f64;
    let point = |i: usize| {
        let (_, good, n) = weeks[i];
        (left + step * i as f64, top + height * (1.0 - rate(good, n)))
    };
    svg.line(
        "axis",
        AXIS,
        1.0,
        (left, top + height),
        (left + width, top + height),
    );
    for i in 1..weeks.len() {
        svg.line("mark", ACCENT, 1.5, point(i - 1), point(i));
    }
    for (i, (_, _, n)) in weeks.iter().enumerate() {
        let (x, y) = point(i);
        // The dot size reflects the number of scores.
        svg.circle(
            "mark",
            ACCENT,
            x,
            y,
            (1.0 + (*n as f64).sqrt() / 2.0).min(4.0),
        );
    }
    svg.text("end", 10.0, 358.0, top + 4.0, &locale.percent(1.0));
    svg.text("end", 10.0, 358.0, top + height + 4.0, &locale.percent(0.0));
    if let (Some(first), Some(last)) = (weeks.first(), weeks.last()) {
        svg.text(
            "start",
            11.0,
            left,
            top + height + 16.0,
            &locale.date(first.0),
        );
        svg.text(
            "end",
            11.0,
            left + width,
            top + height + 16.0,
            &locale.date(last.0),
        );
    }
    svg.text(
        "middle",
        11.0,
        left + width / 2.0,
        top + height + 28.0,
        caption,
    );
    let description = msg!(
        "chart-weeks-description",
        count = weeks.len(),
        caption = caption
    );
    let row = |(monday, good, n): &(chrono::NaiveDate, u64, u64)| {
        vec![locale.date(*monday), good.to_string(), n.to_string()]
    };
    svg.picture(
        locale,
        locale.text("chart-weeks-title"),
        locale.format(&description),
        vec![
            locale.text("chart-weeks-week-heading"),
            locale.text("chart-weeks-good-heading"),
            locale.text("chart-weeks-scores-heading"),
        ],
        weeks.iter().map(row).collect(),
    )
}
