//! An agent's rate of good scores: shrunk, adjusted for channels and issues, beside the team's
//! band.

use super::comparison::Comparison;
use crate::{
    coaching::{gates::MIN_SCORES, plan::Rate, reasons::RateNote},
    stats::{
        distributions::logistic,
        intervals::Interval,
        shrinkage::{Tally, n_for_reliability, reliability_at},
    },
};

/// Most scores that are asked for before a rate is shown.
const MOST_SCORES_NEEDED: u64 = 200;
/// Difference between peers' rates with and without the agent's case mix that is worth a sentence.
const NOTED_ADJUSTMENT: f64 = 0.01;

/// The agent's rate, or the reason why there is none. Scores count with their weights; it takes as
/// many as a reliability of .5 does, but at least [`MIN_SCORES`].
pub(super) fn rate(comparison: &Comparison<'_>) -> (Option<Rate>, RateNote) {
    let (evidence, own) = (comparison.evidence, comparison.own.scores);
    let weighted = comparison.scores;
    let weight = weighted.successes + weighted.failures;
    let Some(variance) = evidence.variance.as_ref().filter(|v| v.moments.icc > 0.0) else {
        return (None, RateNote::NoVariance);
    };
    let needed = n_for_reliability(0.5, variance.moments.icc)
        .unwrap_or(u64::MAX)
        .clamp(MIN_SCORES, MOST_SCORES_NEEDED);
    if weight < needed as f64 {
        let note = RateNote::TooFewScores {
            scores: own.n,
            missing: (needed as f64 - weight).ceil() as u64,
        };
        return (None, note);
    }
    let unadjusted = (variance.moments.mean, variance.moments.mean);
    let (peers, expected) = evidence.peer_rates.good_rate().unwrap_or(unadjusted);
    // Shrunk towards the rate that the agent's case mix leads to, then moved to everybody's mix.
    let posterior = variance.rates(expected).posterior(weighted);
    let adjustment = log_odds(peers.clamp(1e-6, 1.0 - 1e-6)) - log_odds(expected);
    let adjusted = |rate: f64| logistic(log_odds(rate.clamp(1e-6, 1.0 - 1e-6)) + adjustment);
    let adjusted_interval = |interval: Interval| Interval {
        low: adjusted(interval.low),
        high: adjusted(interval.high),
    };
    let team = evidence.team.scores.filter(|t| t.n >= MIN_SCORES);
    let team_band = team.map(|t| {
        let rates = variance.rates(t.successes as f64 / t.n as f64);
        rates.posterior(Tally::default().into()).interval(0.8)
    });
    let reliability = reliability_at(weight.round() as u64, variance.moments.icc);
    let rate = Rate {
        scores: own.n,
        weight: Some(weight),
        raw: weighted.successes / weight,
        expected: Some(expected),
        peers: Some(peers),
        shrunk: adjusted(posterior.mean()),
        interval: adjusted_interval(posterior.interval(0.8)),
        team_band: team_band.map(adjusted_interval),
        reliability,
    };
    let note = if (expected - peers).abs() >= NOTED_ADJUSTMENT {
        RateNote::Adjusted {
            scores: own.n,
            reliability,
            expected,
            peers,
        }
    } else {
        RateNote::Shrunk {
            scores: own.n,
            reliability,
        }
    };
    (Some(rate), note)
}

fn log_odds(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}
