//! Rates of good scores by team.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::{error::Result, tallies::Tallies};
use crate::{
    db::DbConnection,
    feedback::{self, Period},
    stats::{
        distributions::logistic,
        funnel,
        intervals::{Interval, wilson},
        shrinkage::Tally,
        suppression,
    },
    studies::agent_rates::{Case, expected_rates},
    types::Id,
    workforce,
};

/// Agents below which a team's figures are hidden.
pub const MIN_AGENTS: u64 = 5;
/// Scores below which a team's figures are hidden.
const MIN_SCORES: u64 = 20;

/// A team's good scores.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TeamRate {
    pub id: Id,
    pub name: String,
    /// Null, like the rate, where the team is too small, or another team could be derived from it.
    pub scores: Option<u64>,
    /// Share of good scores adjusted for channel and issue, with its 95 % interval.
    pub rate: Option<(f64, Interval)>,
    /// Whether the rate lies outside the 99.8 % limits of chance and the usual spread of teams.
    pub outside: bool,
}

/// Rates of all teams, adjusted for channel and issue. A team is shown from [`MIN_AGENTS`] agents
/// and 20 scores; where one is hidden, others are hidden until it cannot be derived from the total.
pub fn team_rates(
    c: &mut DbConnection,
    organisation: Id,
    period: Period,
    tallies: &Tallies,
) -> Result<Vec<TeamRate>> {
    let names: BTreeMap<Id, String> = workforce::teams(c, organisation)?
        .into_iter()
        .map(|t| (t.id, t.name))
        .collect();
    let mut kinds: BTreeMap<(String, String), Tally> = BTreeMap::new();
    let mut own: BTreeMap<Id, BTreeMap<(String, String), u64>> = BTreeMap::new();
    for (team, channel, issue, good, n) in feedback::team_case_tallies(c, organisation, period)? {
        let n = n.unsigned_abs();
        let kind = kinds.entry((channel.clone(), issue.clone())).or_default();
        kind.n += n;
        kind.successes += if good { n } else { 0 };
        if let Some(team) = team {
            *own.entry(team)
                .or_default()
                .entry((channel, issue))
                .or_default() += n;
        }
    }
    let whole: Tally = kinds.values().copied().sum();
    let overall = whole.successes as f64 / whole.n.max(1) as f64;
    let listed: Vec<Case<'_>> = kinds
        .iter()
        .map(|((channel, issue), tally)| Case {
            group: 0,
            levels: vec![channel, issue],
            scores: *tally,
        })
        .collect();
    let rates_of_kinds: BTreeMap<&(String, String), f64> = match expected_rates(&listed) {
        Ok(found) => kinds.keys().zip(found.of_case).collect(),
        Err(_) => BTreeMap::new(),
    };
    let expected = |team: Id| {
        let cases = own.get(&team)?;
        let n: u64 = cases.values().sum();
        let rate = |kind: &(String, String)| rates_of_kinds.get(kind).copied().unwrap_or(overall);
        let sum: f64 = cases.iter().map(|(kind, n)| rate(kind) * *n as f64).sum();
        (n > 0).then(|| sum / n as f64)
    };
    let rates = tallies.teams();
    let list: Vec<(Id, Tally)> = rates
        .into_iter()
        .filter(|(id, _)| names.contains_key(id))
        .collect();
    // The cell is the number of agents; a team with few scores counts as too small as well.
    let cells: Vec<u64> = list
        .iter()
        .map(|(id, tally)| match tally.n {
            0 => 0,
            n if n < MIN_SCORES => 1,
            _ => tallies.agents_in(*id) as u64,
        })
        .collect();
    let hidden = suppression::hidden(&cells, MIN_AGENTS);
    let shown: Vec<Tally> = list
        .iter()
        .zip(&hidden)
        .map(|((_, t), hidden)| Tally {
            successes: if *hidden { 0 } else { t.successes },
            n: if *hidden { 0 } else { t.n },
        })
        .collect();
    let funnel = funnel::funnel(&shown);
    let log_odds = |p: f64| (p / (1.0 - p)).ln();
    let bounded = |p: f64| p.clamp(1e-3, 1.0 - 1e-3);
    let mut teams: Vec<TeamRate> = list
        .iter()
        .zip(&hidden)
        .enumerate()
        .map(|(i, ((id, tally), hidden))| {
            let raw = tally.successes as f64 / tally.n.max(1) as f64;
            let shift =
                expected(*id).map_or(0.0, |e| log_odds(bounded(overall)) - log_odds(bounded(e)));
            let put = |p: f64| logistic(log_odds(bounded(p)) + shift);
            let interval = wilson(tally.successes, tally.n, 0.95).filter(|_| !hidden);
            let point = funnel
                .as_ref()
                .and_then(|f| f.points.get(i).copied().flatten());
            TeamRate {
                id: *id,
                name: names.get(id).cloned().unwrap_or_default(),
                scores: (!hidden).then_some(tally.n),
                rate: interval.map(|interval| {
                    let interval = Interval {
                        low: put(interval.low),
                        high: put(interval.high),
                    };
                    (put(raw), interval)
                }),
                outside: !hidden && point.is_some_and(|p| !p.limits_998.contains(put(raw))),
            }
        })
        .collect();
    teams.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(teams)
}
