//! Theme balance chart: praise and critical comments by theme.

use super::svg::{ACCENT, AXIS, NEGATIVE, Svg};
use crate::{documents::model::Picture, locale::Locale, msg};

/// Positive and negative mentions of one theme.
#[derive(Clone, Debug)]
pub struct BalanceBar {
    pub label: String,
    pub positive: u64,
    pub negative: u64,
    pub control: BarControl,
}

/// Control of a theme. All but the agent's own are drawn in pale colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BarControl {
    Own,
    Shared,
    Process,
}

const WIDTH: f64 = 360.0;
const ROW: f64 = 20.0;
const TOP: f64 = 20.0;
/// Width of an average character of a label.
const CHARACTER: f64 = 5.5;
/// Longest label in characters; the description and the table have the whole of it.
const LONGEST_LABEL: usize = 36;
/// Room for a count beside a bar.
const COUNT: f64 = 24.0;
/// Fewest comments over which the bars stretch, so that a single one is no long bar.
const FEWEST: u64 = 6;

/// Diverging bar chart of themes: praise to the right, critical comments to the left of a common
/// zero, in lengths proportional to their counts. Narrow enough for a phone.
pub fn theme_balance(locale: &Locale, bars: &[BalanceBar]) -> Picture {
    let scale = Scale::of(bars);
    let bottom = TOP + ROW * bars.len() as f64;
    let mut svg = Svg::new(WIDTH, bottom + 22.0);
    let critical = locale.text("chart-balance-critical");
    svg.text("end", 12.0, scale.zero - 5.0, 13.0, &critical);
    let praise = locale.text("chart-balance-praise");
    svg.text("start", 12.0, scale.zero + 5.0, 13.0, &praise);
    for (i, bar) in bars.iter().enumerate() {
        draw(&mut svg, &scale, TOP + ROW * i as f64, bar);
    }
    let zero = scale.zero;
    svg.line("axis", AXIS, 1.0, (zero, TOP - 1.0), (zero, bottom));
    let legend = locale.text("chart-balance-legend");
    svg.text("start", 12.0, 0.0, bottom + 17.0, &legend);
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
            locale.text(match b.control {
                BarControl::Own => "chart-balance-own",
                BarControl::Shared => "chart-balance-shared",
                BarControl::Process => "chart-balance-process",
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

/// Start of the bars, and the length of one comment.
struct Scale {
    labels: f64,
    zero: f64,
    unit: f64,
}

impl Scale {
    fn of(bars: &[BalanceBar]) -> Self {
        let longest = bars.iter().map(|b| shortened(&b.label).chars().count());
        let labels = longest.max().unwrap_or(0) as f64 * CHARACTER;
        let most = |count: fn(&BalanceBar) -> u64| bars.iter().map(count).max().unwrap_or(0);
        let (negative, positive) = (most(|b| b.negative), most(|b| b.positive));
        let comments = (negative + positive).max(FEWEST) as f64;
        let unit = (WIDTH - labels - 2.0 * COUNT) / comments;
        Self {
            labels,
            zero: labels + COUNT + negative as f64 * unit,
            unit,
        }
    }
}

fn draw(svg: &mut Svg, scale: &Scale, y: f64, bar: &BalanceBar) {
    let (zero, unit) = (scale.zero, scale.unit);
    let (left, right) = (bar.negative as f64 * unit, bar.positive as f64 * unit);
    svg.text("end", 12.0, scale.labels, y + 13.5, &shortened(&bar.label));
    let ((bad, bad_fill), (good, good_fill)) = if bar.control == BarControl::Own {
        (("bad", NEGATIVE), ("good", ACCENT))
    } else {
        (("bad pale", "#d9b29c"), ("good pale", "#9fc0c2"))
    };
    svg.rect(bad, bad_fill, zero - left, y + 4.0, left, 11.0);
    svg.rect(good, good_fill, zero, y + 4.0, right, 11.0);
    let count = |n: u64| n.to_string();
    if bar.negative > 0 {
        let x = zero - left - 4.0;
        svg.text("end", 12.0, x, y + 13.5, &count(bar.negative));
    }
    if bar.positive > 0 {
        let x = zero + right + 4.0;
        svg.text("start", 12.0, x, y + 13.5, &count(bar.positive));
    }
}

fn shortened(label: &str) -> String {
    if label.chars().count() <= LONGEST_LABEL {
        return label.to_owned();
    }
    let kept: String = label.chars().take(LONGEST_LABEL - 1).collect();
    format!("{}…", kept.trim_end())
}
