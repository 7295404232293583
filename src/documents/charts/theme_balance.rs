//! Theme balance chart: praise and critical comments by theme.

use super::svg::{ACCENT, AXIS, NEGATIVE, Svg};
use crate::{documents::model::Picture, locale::Locale, msg};

/// Positive and negative mentions of one theme.
#[derive(Clone, Debug)]
pub struct BalanceBar {
    pub label: String,
    pub positive: u64,
    pub negative: u64,
    /// Whether the theme is in the agent's control; other themes are drawn in pale colours.
    pub controllable: bool,
}

/// Diverging bar chart of themes: praise to the right, critical comments to the left of a centre
/// line. Narrow enough for a phone.
pub fn theme_balance(locale: &Locale, bars: &[BalanceBar]) -> Picture {
    let (row, half, top) = (29.0, 180.0, 19.0);
    let max_count = bars
        .iter()
        .map(|b| b.positive.max(b.negative))
        .max()
        .unwrap_or(1)
        .max(1) as f64;
    let bottom = top + row * bars.len() as f64;
    let mut svg = Svg::new(2.0 * half, bottom + 20.0);
    let critical = locale.text("chart-balance-critical");
    svg.text("end", 11.0, half - 7.0, 11.0, &critical);
    let praise = locale.text("chart-balance-praise");
    svg.text("start", 11.0, half + 7.0, 11.0, &praise);
    for (i, bar) in bars.iter().enumerate() {
        let y = top + row * i as f64;
        let reach = half - 24.0;
        let (left, right) = (
            bar.negative as f64 / max_count * reach,
            bar.positive as f64 / max_count * reach,
        );
        svg.text("middle", 12.0, half, y + 13.0, &bar.label);
        let (class, colour) = if bar.controllable {
            ("bad", NEGATIVE)
        } else {
            ("bad pale", "#d9b29c")
        };
        svg.rect(class, colour, half - left, y + 16.5, left - 0.5, 9.0);
        let (class, colour) = if bar.controllable {
            ("good", ACCENT)
        } else {
            ("good pale", "#9fc0c2")
        };
        svg.rect(class, colour, half + 0.5, y + 16.5, right - 0.5, 9.0);
        if bar.negative > 0 {
            svg.text(
                "end",
                11.0,
                half - left - 4.0,
                y + 23.5,
                &bar.negative.to_string(),
            );
        }
        if bar.positive > 0 {
            svg.text(
                "start",
                11.0,
                half + right + 4.0,
                y + 23.5,
                &bar.positive.to_string(),
            );
        }
        svg.line("axis", AXIS, 1.0, (half, y + 15.5), (half, y + 26.5));
    }
    svg.text(
        "middle",
        10.0,
        half,
        bottom + 14.0,
        &locale.text("chart-balance-legend"),
    );
    let item = |b: &BalanceBar| {
        msg!(
            "chart-balance-item",
            theme = &b.label,
            praise = b.positive,
            critical = b.negative
        )
    };
    let description = std::iter::once(msg!("chart-balance-description"));
    let header = [
        "chart-balance-theme-heading",
        "chart-balance-praise-heading",
        "chart-balance-critical-heading",
        "chart-balance-whose-heading",
    ];
    let row = |b: &BalanceBar| {
        vec![
            b.label.clone(),
            b.positive.to_string(),
            b.negative.to_string(),
            locale.text(if b.controllable {
                "chart-balance-own"
            } else {
                "chart-balance-shared"
            }),
        ]
    };
    svg.picture(
        locale,
        locale.text("chart-balance-title"),
        locale.sentences(description.chain(bars.iter().map(item))),
        header.map(|id| locale.text(id)).to_vec(),
        bars.iter().map(row).collect(),
    )
}
