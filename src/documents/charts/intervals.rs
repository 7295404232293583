//! Estimates with their intervals.

use super::svg::{ACCENT, AXIS, BAND, Svg};
use crate::{
    documents::model::Picture,
    locale::{Locale, Message, Value, percent},
    msg,
    stats::intervals::Interval,
};

/// An agent's rate with its interval and the team's band, on a percentage scale.
pub fn rate_beside_band(
    locale: &Locale,
    rate: f64,
    interval: Interval,
    team: Option<Interval>,
) -> Picture {
    let (left, width) = (18.0, 232.0);
    let lowest = interval.low.min(team.map_or(1.0, |band| band.low));
    let step = if lowest < 0.55 { 0.25 } else { 0.1 };
    let low = ((lowest / step - 0.05).floor() * step).max(0.0);
    let x = |p: f64| left + (p - low) / (1.0 - low) * width;
    let mut svg = Svg::new(left + width + 20.0, 100.0);
    let team_label = locale.text("chart-rate-team");
    if let Some(band) = team {
        let (from, to) = (x(band.low), x(band.high));
        svg.rect("band", BAND, from, 17.0, to - from, 43.0);
        let middle = f64::midpoint(from, to).clamp(left + 40.0, left + width - 40.0);
        svg.text("middle", 12.0, middle, 12.0, &team_label);
    }
    let (from, to, y) = (x(interval.low), x(interval.high), 44.0);
    svg.line("mark", ACCENT, 3.0, (from, y), (to, y));
    svg.circle("mark", ACCENT, x(rate), y, 6.0);
    svg.text("middle", 12.0, x(rate), y - 11.0, &locale.percent(rate));
    svg.line("axis", AXIS, 1.0, (left, 64.0), (left + width, 64.0));
    let steps = ((1.0 - low) / step).round() as i32;
    for at in 0..=steps {
        let p = low + f64::from(at) * step;
        svg.line("axis", AXIS, 1.0, (x(p), 64.0), (x(p), 68.0));
        svg.text("middle", 12.0, x(p), 80.0, &locale.percent(p));
    }
    let axis = locale.text("chart-rate-axis");
    svg.text("middle", 12.0, left + width / 2.0, 96.0, &axis);
    let range = |i: Interval| locale.format(&range(percent(i.low), percent(i.high)));
    let mut rows = vec![vec![
        locale.text("chart-agent"),
        locale.percent(rate),
        range(interval),
    ]];
    rows.extend(team.map(|band| vec![team_label, String::new(), range(band)]));
    let own = msg!(
        "chart-rate-description",
        rate = percent(rate),
        low = percent(interval.low),
        high = percent(interval.high)
    );
    let teams = |band: Interval| {
        msg!(
            "chart-rate-team-description",
            low = percent(band.low),
            high = percent(band.high)
        )
    };
    svg.picture(
        locale,
        locale.text("chart-rate-title"),
        locale.sentences(std::iter::once(own).chain(team.map(teams))),
        vec![
            String::new(),
            locale.text("chart-estimate"),
            locale.text("chart-range-80"),
        ],
        rows,
    )
}

/// "Low to high".
pub(super) fn range(low: Value, high: Value) -> Message {
    msg!("chart-range", low = low, high = high)
}
