//! Line chart of a rate over weeks or months.

use chrono::NaiveDate;

use super::{
    svg::{ACCENT, AXIS, AXIS_LIGHT, Svg},
    ticks::round_ticks,
};
use crate::{
    documents::model::Picture,
    locale::{Locale, decimal},
    msg,
};

/// A week or month of a rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RatePoint {
    /// First day of the week or month.
    pub first_day: NaiveDate,
    pub mentions: u64,
    pub comments: u64,
    /// Mentions per 100 comments; `None` without comments, which leaves a gap in the line.
    pub rate: Option<f64>,
}

/// Lowest upper end of the axis, in mentions per 100 comments.
const LOWEST_TOP: f64 = 5.0;

/// Line chart of the mentions of a theme per 100 comments. Narrow enough for a phone.
pub fn rate_trend(locale: &Locale, theme: &str, points: &[RatePoint]) -> Picture {
    let (left, width, top, height) = (34.0, 236.0, 22.0, 96.0);
    let bottom = top + height;
    let mut svg = Svg::new(left + width + 8.0, bottom + 22.0);
    let most = points
        .iter()
        .filter_map(|p| p.rate)
        .fold(LOWEST_TOP, f64::max);
    let x = |i: usize| left + width * i as f64 / (points.len().max(2) - 1) as f64;
    let y = |rate: f64| bottom - height * rate / most;
    svg.text("start", 12.0, 0.0, 12.0, &locale.text("chart-rates-axis"));
    for tick in round_ticks(0.0, most, 4) {
        let colour = if tick > 0.0 { AXIS_LIGHT } else { AXIS };
        svg.line(
            "axis",
            colour,
            0.5,
            (left, y(tick)),
            (left + width, y(tick)),
        );
        let label = locale.value(&decimal(tick, 0));
        svg.text("end", 12.0, left - 6.0, y(tick) + 4.0, &label);
    }
    for (i, pair) in points.windows(2).enumerate() {
        if let (Some(from), Some(to)) = (pair[0].rate, pair[1].rate) {
            svg.line("mark", ACCENT, 1.5, (x(i), y(from)), (x(i + 1), y(to)));
        }
    }
    for (i, point) in points.iter().enumerate() {
        if let Some(rate) = point.rate {
            svg.circle("mark", ACCENT, x(i), y(rate), 2.5);
        }
    }
    if let (Some(first), Some(last)) = (points.first(), points.last()) {
        let date = |point: &RatePoint| locale.date(point.first_day);
        svg.text("start", 12.0, left - 8.0, bottom + 17.0, &date(first));
        if points.len() > 1 {
            svg.text("end", 12.0, left + width + 6.0, bottom + 17.0, &date(last));
        }
    }
    picture(locale, theme, points, svg)
}

fn picture(locale: &Locale, theme: &str, points: &[RatePoint], svg: Svg) -> Picture {
    let rates = || points.iter().filter_map(|p| p.rate);
    let description = match (rates().next(), rates().next_back()) {
        (Some(first), Some(last)) => msg!(
            "chart-rates-description",
            count = points.len(),
            first = decimal(first, 1),
            last = decimal(last, 1)
        ),
        _ => msg!("chart-rates-none"),
    };
    let row = |point: &RatePoint| {
        let rate = point.rate.map_or_else(
            || locale.text("chart-rates-no-comments"),
            |rate| locale.value(&decimal(rate, 1)),
        );
        let count = |n: u64| locale.value(&n.into());
        vec![
            locale.date(point.first_day),
            count(point.mentions),
            count(point.comments),
            rate,
        ]
    };
    svg.picture(
        locale,
        locale.format(&msg!("chart-rates-title", theme = theme)),
        locale.format(&description),
        vec![
            locale.text("chart-rates-from-heading"),
            locale.text("chart-rates-mentions-heading"),
            locale.text("chart-rates-comments-heading"),
            locale.text("chart-rates-axis"),
        ],
        points.iter().map(row).collect(),
    )
}
