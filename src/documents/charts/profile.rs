//! Facet profiles of T scores.

use super::{
    intervals::range,
    svg::{ACCENT, AXIS_LIGHT, Svg},
};
use crate::{
    documents::model::Picture,
    locale::{Locale, decimal},
    msg,
};

/// Facet profile: one row per facet, T score with its 95 % interval, on a scale from 20 to 80.
pub fn facet_profile(locale: &Locale, facets: &[(String, f64, f64)]) -> Picture {
    let (row, left, width) = (38.0, 12.0, 330.0);
    let x = |t: f64| left + (t.clamp(20.0, 80.0) - 20.0) / 60.0 * width;
    let bottom = row * facets.len() as f64 + 4.0;
    let mut svg = Svg::new(left + width + 18.0, bottom + 38.0);
    svg.rect("band", "#e8eeee", x(40.0), 0.0, x(60.0) - x(40.0), bottom);
    svg.line("axis", AXIS_LIGHT, 1.0, (x(50.0), 0.0), (x(50.0), bottom));
    for (i, (name, t, se)) in facets.iter().enumerate() {
        let y = row * i as f64;
        svg.text("start", 13.0, left, y + 15.0, name);
        svg.line(
            "mark",
            ACCENT,
            3.0,
            (x(t - 1.96 * se), y + 27.0),
            (x(t + 1.96 * se), y + 27.0),
        );
        svg.circle("mark", ACCENT, x(*t), y + 27.0, 5.5);
    }
    for t in [30.0, 40.0, 50.0, 60.0, 70.0] {
        svg.text("middle", 12.0, x(t), bottom + 16.0, &format!("{t:.0}"));
    }
    let axis = locale.text("chart-profile-axis");
    svg.text("middle", 12.0, left + width / 2.0, bottom + 33.0, &axis);
    let limits = |t: f64, se: f64, digits| {
        (
            decimal(t - 1.96 * se, digits),
            decimal(t + 1.96 * se, digits),
        )
    };
    let item = |(facet, t, se): &(String, f64, f64)| {
        let (low, high) = limits(*t, *se, 0);
        msg!(
            "chart-profile-item",
            facet = facet,
            score = decimal(*t, 0),
            low = low,
            high = high
        )
    };
    let description = std::iter::once(msg!("chart-profile-description"));
    let row = |(facet, t, se): &(String, f64, f64)| {
        let (low, high) = limits(*t, *se, 1);
        vec![
            facet.clone(),
            format!("{t:.1}"),
            locale.format(&range(low, high)),
        ]
    };
    svg.picture(
        locale,
        locale.text("chart-profile-title"),
        locale.sentences(description.chain(facets.iter().map(item))),
        vec![
            locale.text("chart-facet-heading"),
            locale.text("chart-score-heading"),
            locale.text("chart-range-95"),
        ],
        facets.iter().map(row).collect(),
    )
}
