//! Scatter plot.

use super::{
    svg::{ACCENT, AXIS, Svg},
    ticks::round_ticks,
};
use crate::{documents::model::Picture, locale::Locale, msg};

/// Scatter plot of (x, y, weight) points; the point size reflects the weight, in (0, 1]. The title
/// and the labels of the axes are texts in the language of `locale`.
pub fn scatter(
    locale: &Locale,
    title: &str,
    points: &[(f64, f64, f64)],
    x_label: &str,
    y_label: &str,
) -> Picture {
    let (left, top, width, height) = (36.0, 26.0, 310.0, 240.0);
    let range = |values: &mut dyn Iterator<Item = f64>| {
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| {
            (l.min(v), h.max(v))
        });
        let pad = ((high - low) * 0.06).max(1e-6);
        (low - pad, high + pad)
    };
    let (x0, x1) = range(&mut points.iter().map(|p| p.0));
    let (y0, y1) = range(&mut points.iter().map(|p| p.1));
    let x = |v: f64| left + (v - x0) / (x1 - x0) * width;
    let y = |v: f64| top + height - (v - y0) / (y1 - y0) * height;
    // A tick below 1 apart needs its decimals.
    let label = |v: f64| format!("{}", (v * 1e3).round() / 1e3);
    let mut svg = Svg::new(left + width + 16.0, top + height + 44.0);
    svg.line("axis", AXIS, 1.0, (left, top), (left, top + height));
    svg.line(
        "axis",
        AXIS,
        1.0,
        (left, top + height),
        (left + width, top + height),
    );
    let bottom = top + height;
    for v in round_ticks(x0, x1, 5) {
        svg.line("axis", AXIS, 1.0, (x(v), bottom), (x(v), bottom + 4.0));
        svg.text("middle", 12.0, x(v), bottom + 17.0, &label(v));
    }
    for v in round_ticks(y0, y1, 5) {
        svg.line("axis", AXIS, 1.0, (left - 4.0, y(v)), (left, y(v)));
        svg.text("end", 12.0, left - 7.0, y(v) + 4.0, &label(v));
    }
    for (px, py, weight) in points {
        svg.push(format_args!(
            r##"<circle class="dot" fill="{ACCENT}" fill-opacity="0.65" cx="{:.1}" cy="{:.1}" r="{:.1}"/>"##,
            x(*px),
            y(*py),
            2.5 + 4.5 * weight.sqrt()
        ));
    }
    svg.text(
        "middle",
        12.0,
        left + width / 2.0,
        top + height + 36.0,
        x_label,
    );
    svg.text("start", 12.0, 2.0, 13.0, y_label);
    svg.picture(
        locale,
        title.to_owned(),
        locale.format(&msg!("chart-scatter-description", count = points.len())),
        vec![
            x_label.to_owned(),
            y_label.to_owned(),
            locale.text("chart-scatter-reliability-heading"),
        ],
        points
            .iter()
            .map(|(a, b, w)| vec![format!("{a:.1}"), format!("{b:.1}"), format!("{w:.2}")])
            .collect(),
    )
}
