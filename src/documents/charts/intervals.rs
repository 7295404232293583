//! Estimates with their intervals.

use super::svg::{ACCENT, AXIS, AXIS_LIGHT, BAND, Svg};
use crate::{documents::model::Picture, stats::intervals::Interval};

/// A rate with its interval and a reference band, on a percentage scale.
pub fn rate_beside_band(rate: f64, interval: Interval, band: Option<(&str, Interval)>) -> Picture {
    let (left, width) = (22.0, 310.0);
    let low = (interval.low.min(band.map_or(1.0, |b| b.1.low)) * 10.0 - 0.5)
        .floor()
        .max(0.0)
        / 10.0;
    let x = |p: f64| left + (p - low) / (1.0 - low) * width;
    let mut svg = Svg::new(left + width + 28.0, 92.0);
    if let Some((label, band)) = band {
        svg.rect(
            "band",
            BAND,
            x(band.low),
            14.0,
            x(band.high) - x(band.low),
            50.0,
        );
        svg.text(
            "middle",
            12.0,
            f64::midpoint(x(band.low), x(band.high)),
            11.0,
            label,
        );
    }
    svg.line(
        "mark",
        ACCENT,
        3.0,
        (x(interval.low), 39.0),
        (x(interval.high), 39.0),
    );
    svg.circle("mark", ACCENT, x(rate), 39.0, 6.0);
    svg.line("axis", AXIS, 1.0, (left, 70.0), (left + width, 70.0));
    let steps = (((1.0 - low) * 10.0).round() as i32).max(1);
    for step in 0..=steps {
        let p = low + f64::from(step) / 10.0;
        svg.line("axis", AXIS, 1.0, (x(p), 70.0), (x(p), 74.0));
        svg.text("middle", 11.0, x(p), 87.0, &format!("{:.0} %", p * 100.0));
    }
    let percent = |p: f64| format!("{:.0} %", p * 100.0);
    let span = |i: Interval| format!("{} to {}", percent(i.low), percent(i.high));
    let mut rows = vec![vec!["This agent".to_owned(), percent(rate), span(interval)]];
    rows.extend(band.map(|(label, b)| vec![label.to_owned(), String::new(), span(b)]));
    let title = "Rate of good scores beside the team".to_owned();
    let description = format!(
        "Estimated rate {}, 80 % interval {}{}.",
        percent(rate),
        span(interval),
        band.map_or_else(String::new, |(label, b)| format!("; {label}: {}", span(b)))
    );
    Picture {
        svg: svg.finish(&title, &description),
        width: 360,
        header: ["", "Estimate", "80 % range"].map(str::to_owned).to_vec(),
        rows,
        title,
        description,
    }
}

/// A T score with its interval on a scale from 20 to 80, with a shaded reference interval. Made for
/// list rows that show the numbers, so it has no table.
pub fn interval_strip(
    score: f64,
    interval: Interval,
    reference: Option<Interval>,
    label: &str,
) -> String {
    let width = 260.0;
    let x = |t: f64| 4.0 + (t.clamp(20.0, 80.0) - 20.0) / 60.0 * (width - 8.0);
    let mut svg = Svg::new(width, 26.0);
    if let Some(c) = reference {
        svg.rect("band", BAND, x(c.low), 2.0, x(c.high) - x(c.low), 22.0);
    }
    svg.line("axis", AXIS_LIGHT, 1.0, (x(50.0), 2.0), (x(50.0), 24.0));
    svg.line(
        "mark",
        ACCENT,
        3.0,
        (x(interval.low), 13.0),
        (x(interval.high), 13.0),
    );
    svg.circle("mark", ACCENT, x(score), 13.0, 5.0);
    svg.finish(
        label,
        &format!(
            "Score {score:.0}, 95 % interval {:.0} to {:.0}",
            interval.low, interval.high
        ),
    )
}
