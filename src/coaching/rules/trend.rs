//! An agent's good scores week by week, and whether they changed.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::{
    coaching::{
        evidence::Evidence,
        gates::MIN_SCORES,
        plan::{Trend, TrendChange},
    },
    feedback::period::week_of,
    stats::control::Ewma,
};

/// Good scores by week against the agent's earlier rate. A change is named only if the chart ends
/// outside its limits of three standard errors. `None` with fewer than [`MIN_SCORES`] scores in
/// this period or the one before.
pub(super) fn trend(e: &Evidence) -> Option<Trend> {
    let before = e.prior.own;
    let now = e.recent_tallies.get(&e.agent.id).map(|c| c.scores)?;
    if before.n < MIN_SCORES || now.n < MIN_SCORES {
        return None;
    }
    // The target is shrunk, so that chance in the earlier scores does not look like a change.
    let variance = e.variance.as_ref()?;
    let target = variance
        .rates(variance.moments.mean)
        .posterior(before.into())
        .mean();
    let mut weeks: BTreeMap<NaiveDate, (u64, u64)> = BTreeMap::new();
    for row in e.rows.iter().filter(|row| e.is_recent(row.occurred_at)) {
        if let Some(good) = row.good {
            let (monday, _) = week_of(row.occurred_at.date());
            let week = weeks.entry(monday).or_default();
            week.0 += u64::from(good);
            week.1 += 1;
        }
    }
    let counts: Vec<(u64, u64)> = weeks.values().copied().collect();
    let chart = Ewma {
        target,
        lambda: 0.2,
        width: 3.0,
    }
    .chart(&counts);
    let last = chart.last()?;
    Some(Trend {
        weeks: weeks
            .into_iter()
            .map(|(day, (good, n))| (day, good, n))
            .collect(),
        change: match last.signal {
            false => TrendChange::NoReliableChange,
            true if last.value > target => TrendChange::Improved,
            true => TrendChange::Declined,
        },
    })
}
