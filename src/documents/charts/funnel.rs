//! Funnel plot.

use super::{
    svg::{ACCENT, AXIS, AXIS_LIGHT, Svg},
    ticks::round_ticks,
};
use crate::{
    documents::model::Picture,
    locale::{Locale, percent},
    msg,
    stats::funnel::{Funnel, FunnelPoint},
};

/// Funnel plot of agents' rates by number of scores, without names, with 95 % and 99.8 % control
/// limits.
pub fn funnel_plot(locale: &Locale, funnel: &Funnel) -> Picture {
    let (left, width, top, height) = (40.0, 304.0, 24.0, 150.0);
    let points: Vec<_> = funnel.points.iter().flatten().collect();
    let max_n = points.iter().map(|p| p.n).max().unwrap_or(1).max(2);
    let most = max_n as f64;
    // The square-root scale gives small numbers, where the funnel opens, about half the width.
    let x = |n: f64| left + width * (n / most).sqrt();
    let y = |rate: f64| top + height * (1.0 - rate);
    let mut svg = Svg::new(360.0, 228.0);
    svg.text(
        "start",
        12.0,
        0.0,
        12.0,
        &locale.text("chart-funnel-y-axis"),
    );
    let half = |n: f64| (funnel.rate * (1.0 - funnel.rate) / n + funnel.tau2).sqrt();
    for (z, class, colour) in [(1.96, "axis", AXIS), (3.09, "axis", AXIS_LIGHT)] {
        let at = |i: u32, sign: f64| {
            let n = (f64::from(i) / 40.0).powi(2) * most;
            let n = n.max(1.0);
            (x(n), y((funnel.rate + sign * z * half(n)).clamp(0.0, 1.0)))
        };
        for sign in [-1.0, 1.0] {
            for i in 1..=40 {
                svg.line(class, colour, 1.0, at(i - 1, sign), at(i, sign));
            }
        }
    }
    svg.line(
        "mark",
        ACCENT,
        1.0,
        (left, y(funnel.rate)),
        (left + width, y(funnel.rate)),
    );
    for point in &points {
        svg.circle("mark", ACCENT, x(point.n as f64), y(point.rate), 2.0);
    }
    for rate in [0.0, 0.5, 1.0] {
        svg.text(
            "end",
            12.0,
            left - 5.0,
            y(rate) + 4.0,
            &locale.percent(rate),
        );
    }
    let axis = top + height;
    svg.line("axis", AXIS, 1.0, (left, axis), (left + width, axis));
    for n in round_ticks(0.0, most, 4).into_iter().skip(1) {
        svg.line("axis", AXIS, 1.0, (x(n), axis), (x(n), axis + 4.0));
        svg.text("middle", 12.0, x(n), axis + 17.0, &format!("{n:.0}"));
    }
    let title = locale.text("chart-funnel-x-axis");
    svg.text("middle", 12.0, left + width / 2.0, axis + 33.0, &title);
    svg.text(
        "middle",
        12.0,
        180.0,
        axis + 50.0,
        &locale.text("chart-funnel-legend"),
    );
    let count = |inside: &dyn Fn(&FunnelPoint) -> bool| points.iter().filter(|p| inside(p)).count();
    let within_95 = count(&|p| p.limits_95.contains(p.rate));
    let within_998 = count(&|p| p.limits_998.contains(p.rate));
    let description = msg!(
        "chart-funnel-description",
        count = points.len(),
        rate = percent(funnel.rate),
        inside = within_998,
        outside = points.len() - within_998
    );
    let row = |limits: &'static str, within: usize| {
        let outside = points.len() - within;
        vec![locale.text(limits), within.to_string(), outside.to_string()]
    };
    svg.picture(
        locale,
        locale.text("chart-funnel-title"),
        locale.format(&description),
        vec![
            locale.text("chart-funnel-limits-heading"),
            locale.text("chart-funnel-inside-heading"),
            locale.text("chart-funnel-outside-heading"),
        ],
        vec![
            row("chart-limits-95", within_95),
            row("chart-limits-998", within_998),
        ],
    )
}
