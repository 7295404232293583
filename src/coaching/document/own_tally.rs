//! The chart of an agent's own tally, on the plan and on the agent's page.

use crate::{
    coaching::own_tally::{OwnTally, TallyWeek},
    documents::{
        charts::{TallyBar, weekly_tally},
        model::Picture,
    },
    locale::Locale,
};

/// Most weeks in the chart, the newest.
const MOST_WEEKS: usize = 6;

/// Bars of the newest weeks.
pub fn picture(tally: &OwnTally, locale: &Locale) -> Picture {
    let bar = |week: &TallyWeek| TallyBar {
        monday: week.monday,
        tally: week.tally(),
    };
    let skipped = tally.weeks.len().saturating_sub(MOST_WEEKS);
    let bars: Vec<TallyBar> = tally.weeks.iter().skip(skipped).map(bar).collect();
    weekly_tally(locale, &tally.name, &bars)
}
