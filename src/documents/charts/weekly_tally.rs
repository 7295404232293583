//! Bars of an agent's own tally by week.

use chrono::NaiveDate;

use super::svg::{ACCENT, BAND, Svg};
use crate::{documents::model::Picture, locale::Locale, msg, stats::shrinkage::Tally};

/// A week: contacts in which the behaviour was done, of those in which it applied.
#[derive(Clone, Debug)]
pub struct TallyBar {
    pub monday: NaiveDate,
    pub tally: Tally,
}

const WIDTH: f64 = 330.0;
const ROW: f64 = 16.0;
/// Room for the date before a bar, and for the numbers after it.
const LABEL: f64 = 84.0;
const NUMBERS: f64 = 84.0;
/// Fewest contacts over which the bars stretch, so that a single one is no long bar.
const FEWEST: u64 = 5;

/// A bar for each week, as long as the contacts in which the behaviour of `area` applied, dark as
/// far as it was done. Narrow enough for a phone.
pub fn weekly_tally(locale: &Locale, area: &str, bars: &[TallyBar]) -> Picture {
    let most = bars.iter().map(|bar| bar.tally.n).max().unwrap_or(0);
    let unit = (WIDTH - LABEL - NUMBERS) / most.max(FEWEST) as f64;
    let bottom = ROW * bars.len() as f64;
    let mut svg = Svg::new(WIDTH, bottom + 2.0);
    let share = |bar: &TallyBar| {
        let Tally { successes, n } = bar.tally;
        locale.format(&msg!("chart-tally-share", done = successes, of = n))
    };
    for (i, bar) in bars.iter().enumerate() {
        let y = ROW * i as f64;
        let length = |contacts: u64| contacts as f64 * unit;
        svg.text("end", 12.0, LABEL - 6.0, y + 12.5, &locale.date(bar.monday));
        svg.rect("band", BAND, LABEL, y + 2.0, length(bar.tally.n), 12.0);
        let done = length(bar.tally.successes);
        svg.rect("good", ACCENT, LABEL, y + 2.0, done, 12.0);
        let end = LABEL + length(bar.tally.n) + 5.0;
        svg.text("start", 12.0, end, y + 12.5, &share(bar));
    }
    let item = |bar: &TallyBar| msg!("chart-tally-item", date = bar.monday, share = share(bar));
    let row = |bar: &TallyBar| {
        let Tally { successes, n } = bar.tally;
        vec![
            locale.date(bar.monday),
            successes.to_string(),
            n.to_string(),
        ]
    };
    let header = [
        "chart-weeks-week-heading",
        "chart-tally-done-heading",
        "chart-tally-applied-heading",
    ];
    svg.picture(
        locale,
        locale.format(&msg!("chart-tally-title", area = area)),
        locale.sentences(bars.iter().map(item)),
        header.map(|id| locale.text(id)).to_vec(),
        bars.iter().map(row).collect(),
    )
}
