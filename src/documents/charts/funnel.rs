//! Funnel plot.

use super::svg::{ACCENT, AXIS, AXIS_LIGHT, Svg};
use crate::{documents::model::Picture, stats::funnel::Funnel};

/// Funnel plot of agents' rates by number of scores, without names, with 95 % and 99.8 % control
/// limits.
pub fn funnel_plot(funnel: &Funnel) -> Picture {
    let (left, width, top, height) = (34.0, 310.0, 8.0, 150.0);
    let points: Vec<_> = funnel.points.iter().flatten().collect();
    let max_n = points.iter().map(|p| p.n).max().unwrap_or(1).max(2) as f64;
    // The square-root scale gives small numbers, where the funnel opens, about half the width.
    let x = |n: f64| left + width * (n / max_n).sqrt();
    let y = |rate: f64| top + height * (1.0 - rate);
    let mut svg = Svg::new(360.0, 196.0);
    let half = |n: f64| (funnel.rate * (1.0 - funnel.rate) / n + funnel.tau2).sqrt();
    for (z, class, colour) in [(1.96, "axis", AXIS), (3.09, "axis", AXIS_LIGHT)] {
        let at = |i: u32, sign: f64| {
            let n = (f64::from(i) / 40.0).powi(2) * max_n;
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
            10.0,
            left - 4.0,
            y(rate) + 4.0,
            &format!("{:.0} %", 100.0 * rate),
        );
    }
    svg.text("start", 11.0, left, top + height + 16.0, "1 score");
    svg.text(
        "end",
        11.0,
        left + width,
        top + height + 16.0,
        &format!("{max_n:.0} scores"),
    );
    svg.text(
        "middle",
        10.0,
        180.0,
        top + height + 32.0,
        "dots: agents, without names · lines: 95 % and 99.8 % limits",
    );
    let outside = points
        .iter()
        .filter(|p| !p.limits_998.contains(p.rate))
        .count();
    let within = points.len() - outside;
    let title = "Rates by number of scores".to_owned();
    let description = format!(
        "A funnel of {} agents around {:.0} %: {within} inside the 99.8 % limits, {outside} outside.",
        points.len(),
        100.0 * funnel.rate
    );
    let within_95 = points
        .iter()
        .filter(|p| p.limits_95.contains(p.rate))
        .count();
    Picture {
        svg: svg.finish(&title, &description),
        width: 360,
        header: ["Limits", "Agents inside", "Agents outside"]
            .map(str::to_owned)
            .to_vec(),
        rows: vec![
            vec![
                "95 %".to_owned(),
                within_95.to_string(),
                (points.len() - within_95).to_string(),
            ],
            vec!["99.8 %".to_owned(), within.to_string(), outside.to_string()],
        ],
        title,
        description,
    }
}
