//! Facet profiles of T scores.

use super::svg::{ACCENT, AXIS_LIGHT, NEGATIVE, Svg};
use crate::documents::model::Picture;

/// Small facet profile for list rows: one bar per facet, up or down from the norm mean. The numbers
/// are on the candidate's page.
pub fn facet_glance(facets: &[(String, f64, f64)], label: &str) -> String {
    let (width, height, middle) = (260.0, 44.0, 22.0);
    let step = width / facets.len().max(1) as f64;
    let mut svg = Svg::new(width, height);
    for (i, (_, t, _)) in facets.iter().enumerate() {
        let reach = (t.clamp(20.0, 80.0) - 50.0) / 30.0 * (middle - 2.0);
        let top = if reach >= 0.0 { middle - reach } else { middle };
        let (class, colour) = if reach >= 0.0 {
            ("good", ACCENT)
        } else {
            ("bad", NEGATIVE)
        };
        svg.rect(
            class,
            colour,
            step * i as f64 + 4.0,
            top,
            step - 8.0,
            reach.abs().max(1.0),
        );
    }
    svg.line("axis", AXIS_LIGHT, 1.0, (0.0, middle), (width, middle));
    let summary: Vec<String> = facets
        .iter()
        .map(|(name, t, _)| format!("{name} {t:.0}"))
        .collect();
    svg.finish(
        label,
        &format!(
            "T scores from the middle of the norm, 50: {}",
            summary.join(", ")
        ),
    )
}

/// Facet profile: one row per facet, T score with its 95 % interval, on a scale from 20 to 80.
pub fn facet_profile(facets: &[(String, f64, f64)]) -> Picture {
    let (row, left, width) = (38.0, 12.0, 330.0);
    let x = |t: f64| left + (t.clamp(20.0, 80.0) - 20.0) / 60.0 * width;
    let bottom = row * facets.len() as f64 + 4.0;
    let mut svg = Svg::new(left + width + 18.0, bottom + 22.0);
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
    for t in [20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0] {
        svg.text("middle", 11.0, x(t), bottom + 16.0, &format!("{t:.0}"));
    }
    let title = "Facet profile".to_owned();
    let summary: Vec<String> = facets
        .iter()
        .map(|(n, t, se)| format!("{n} {t:.0} ± {:.0}", 1.96 * se))
        .collect();
    let description = format!(
        "T scores with 95 % intervals; 40 to 60 is the middle of the norm. {}.",
        summary.join("; ")
    );
    Picture {
        svg: svg.finish(&title, &description),
        width: 360,
        header: ["Facet", "T score", "95 % interval"]
            .map(str::to_owned)
            .to_vec(),
        rows: facets
            .iter()
            .map(|(n, t, se)| {
                vec![
                    n.clone(),
                    format!("{t:.1}"),
                    format!("{:.1} to {:.1}", t - 1.96 * se, t + 1.96 * se),
                ]
            })
            .collect(),
        title,
        description,
    }
}
