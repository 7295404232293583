//! Sparkline of weekly rates.

use super::svg::{ACCENT, AXIS, AXIS_LIGHT, Svg};
use crate::{documents::model::Picture, locale::Locale, msg};

/// Sparkline of the weekly share of good scores, (week, good, n), with a caption in the language of
/// `locale`.
pub fn sparkline(
    locale: &Locale,
    weeks: &[(chrono::NaiveDate, u64, u64)],
    caption: &str,
) -> Picture {
    let (left, width, top, height) = (42.0, 222.0, 22.0, 44.0);
    let bottom = top + height;
    let mut svg = Svg::new(left + width + 6.0, bottom + 36.0);
    let rate = |good: u64, n: u64| good as f64 / n.max(1) as f64;
    let y = |share: f64| top + height * (1.0 - share);
    let step = width / (weeks.len().max(2) - 1) as f64;
    let point = |i: usize| {
        let (_, good, n) = weeks[i];
        (left + step * i as f64, y(rate(good, n)))
    };
    let title = locale.text("chart-weeks-axis");
    svg.text("start", 12.0, 0.0, 11.0, &title);
    for share in [0.0, 0.5, 1.0] {
        let colour = if share > 0.0 { AXIS_LIGHT } else { AXIS };
        svg.line(
            "axis",
            colour,
            0.5,
            (left, y(share)),
            (left + width, y(share)),
        );
        svg.text(
            "end",
            12.0,
            left - 5.0,
            y(share) + 4.0,
            &locale.percent(share),
        );
    }
    for i in 1..weeks.len() {
        svg.line("mark", ACCENT, 1.5, point(i - 1), point(i));
    }
    for (i, (_, _, n)) in weeks.iter().enumerate() {
        let (x, y) = point(i);
        // The dot size reflects the number of scores.
        let radius = (1.0 + (*n as f64).sqrt() / 2.0).min(4.0);
        svg.circle("mark", ACCENT, x, y, radius);
    }
    if let (Some(first), Some(last)) = (weeks.first(), weeks.last()) {
        let (from, to) = (locale.date(first.0), locale.date(last.0));
        svg.text("start", 12.0, left - 8.0, bottom + 16.0, &from);
        svg.text("end", 12.0, left + width + 4.0, bottom + 16.0, &to);
    }
    svg.text("middle", 12.0, left + width / 2.0, bottom + 31.0, caption);
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
