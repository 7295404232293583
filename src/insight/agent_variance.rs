//! Between-agent variance of scores, adjusted for case mix: the intraclass correlation of the residuals
//! after the mean of each channel and issue. Without the adjustment, agents of different queues would
//! seem to differ, and rates would be shrunk too little. Computed in the background after imports.

use std::collections::BTreeMap;

use super::{error::Result, tallies::Tallies};
use crate::{
    db::{Database, DbConnection, write_transaction},
    feedback::{self, cached_statistics},
    stats::{
        group_posterior::{GroupMeans, GroupRates, Spread},
        shrinkage::{BinomialIcc, Tally, binomial_icc},
        variance_components::{Group, one_way_anova},
    },
    types::{Id, Instant},
};

/// Days of feedback that are read.
const DAYS: i64 = 180;
/// Weight of the overall rate in the rate of each channel and issue, in scores.
const PRIOR_SCORES: f64 = 50.0;
const KIND: &str = "agent_variance";

/// Good scores of all scores, by agent and kind of case.
pub type AgentCases = BTreeMap<(Id, (String, String)), Tally>;

/// How much agents differ: the estimate, and its posterior distribution.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct AgentVariance {
    #[serde(flatten)]
    pub moments: BinomialIcc,
    /// Absent in statistics that were cached before it was kept.
    #[serde(default)]
    spread: Option<Spread>,
}

impl AgentVariance {
    /// Rates of agents whose expected rate is `mean`.
    pub fn rates(&self, mean: f64) -> GroupRates {
        match &self.spread {
            Some(spread) => spread.rates(mean),
            None => Spread::known(self.moments.icc).rates(mean),
        }
    }
}

impl From<BinomialIcc> for AgentVariance {
    fn from(moments: BinomialIcc) -> Self {
        Self {
            moments,
            spread: None,
        }
    }
}

/// Between-agent variance, adjusted for case mix. `None` where [`one_way_anova`] gives none.
pub fn adjusted(scores: &AgentCases) -> Option<AgentVariance> {
    let mut kinds: BTreeMap<&(String, String), Tally> = BTreeMap::new();
    let mut whole = Tally::default();
    for ((_, kind), tally) in scores {
        for sum in [kinds.entry(kind).or_default(), &mut whole] {
            sum.n += tally.n;
            sum.successes += tally.successes;
        }
    }
    let mean = whole.successes as f64 / whole.n.max(1) as f64;
    // Of each agent: scores, residuals, and squares of residuals.
    let mut agents: BTreeMap<Id, (u64, f64, f64)> = BTreeMap::new();
    for ((agent, kind), tally) in scores {
        let all = kinds.get(kind).copied().unwrap_or_default();
        let expected = (all.successes as f64 + PRIOR_SCORES * mean) / (all.n as f64 + PRIOR_SCORES);
        let (good, n) = (tally.successes as f64, tally.n as f64);
        let sums = agents.entry(*agent).or_default();
        sums.0 += tally.n;
        sums.1 += good - n * expected;
        sums.2 += good * (1.0 - expected).powi(2) + (n - good) * expected.powi(2);
    }
    let groups: Vec<Group> = agents
        .into_values()
        .map(|(n, sum, squares)| Group {
            n,
            sum,
            within: squares - sum * sum / n.max(1) as f64,
        })
        .collect();
    let found = one_way_anova(&groups)?;
    Some(AgentVariance {
        moments: BinomialIcc {
            groups: found.groups,
            n: found.n,
            mean,
            icc: found.icc1,
        },
        spread: GroupMeans::fit(&groups).map(|model| model.spread()),
    })
}

/// Computes the variance from the last months of feedback and stores it.
pub fn refresh(database: &Database, organisation: Id, now: Instant) -> Result<()> {
    let mut c = database.connect()?;
    let period = feedback::latest_period(&mut c, organisation, DAYS, now)?;
    let mut scores = AgentCases::new();
    let counts = feedback::agent_case_tallies(&mut c, organisation, period)?;
    for (agent, channel, issue, good, n) in counts {
        let tally = scores.entry((agent, (channel, issue))).or_default();
        tally.n += n.unsigned_abs();
        tally.successes += if good { n.unsigned_abs() } else { 0 };
    }
    let found = adjusted(&scores);
    write_transaction(&mut c, |c| {
        cached_statistics::keep(c, organisation, KIND, &found, now)
    })?;
    Ok(())
}

/// The stored variance; before there is one, that of the agents' unadjusted rates.
pub fn of(
    c: &mut DbConnection,
    organisation: Id,
    tallies: &Tallies,
) -> Result<Option<AgentVariance>> {
    if let Some(cached) = cached_statistics::find::<Option<AgentVariance>>(c, organisation, KIND)? {
        return Ok(cached);
    }
    let plain: Vec<Tally> = tallies.agents.values().map(|a| a.scores).collect();
    Ok(binomial_icc(&plain).map(AgentVariance::from))
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    /// Scores of 300 agents, each with 80 % of them in one of two queues, one of which is hard; and how much agents themselves
    /// differ, as the variance of their rates over p (1 - p).
    fn world(between: f64) -> (AgentCases, f64) {
        let mut draw = ChaCha8Rng::seed_from_u64(7);
        let mut scores = AgentCases::new();
        let mut rates = Vec::new();
        for agent in 0..300_u64 {
            let id = Id(uuid::Uuid::from_u128(u128::from(agent)));
            let own = between * (draw.random::<f64>() - 0.5) * 12.0_f64.sqrt();
            rates.push(own);
            for _ in 0..120 {
                let home = draw.random_bool(0.8);
                let hard = (agent % 2 == 0) == home;
                let rate = if hard { 0.55 } else { 0.85 };
                let kind = (
                    if hard { "phone" } else { "chat" }.to_owned(),
                    String::new(),
                );
                let tally = scores.entry((id, kind)).or_default();
                tally.n += 1;
                tally.successes += u64::from(draw.random_bool(rate + own));
            }
        }
        let variance = rates.iter().map(|r| r * r).sum::<f64>() / rates.len() as f64;
        // Within: p (1 - p), the mean over both queues.
        let within = (0.55 * 0.45 + 0.85 * 0.15) / 2.0 - variance;
        (scores, variance / (variance + within))
    }

    fn raw(scores: &AgentCases) -> f64 {
        let mut agents: BTreeMap<Id, Tally> = BTreeMap::new();
        for ((agent, _), tally) in scores {
            let sum = agents.entry(*agent).or_default();
            sum.n += tally.n;
            sum.successes += tally.successes;
        }
        let tallies: Vec<Tally> = agents.into_values().collect();
        binomial_icc(&tallies).expect("varies").icc
    }

    #[test]
    fn queues_are_no_difference_between_agents() {
        let (scores, _) = world(0.0);
        assert!(raw(&scores) > 0.03, "the trap is there: {}", raw(&scores));
        let found = adjusted(&scores).expect("varies").moments;
        assert!(found.icc.abs() < 0.004, "{}", found.icc);
        assert_eq!((found.groups, found.n), (300, 36_000));
    }

    #[test]
    fn a_true_difference_is_found_at_its_size() {
        let (scores, truth) = world(0.08);
        let found = adjusted(&scores).expect("varies").moments.icc;
        assert!((found - truth).abs() < 0.008, "{found} for {truth}");
    }

    #[test]
    fn one_kind_of_case_is_plain_analysis_of_variance() {
        let (scores, _) = world(0.08);
        let mut together = AgentCases::new();
        for ((agent, _), tally) in &scores {
            let kind = (String::new(), String::new());
            let sum = together.entry((*agent, kind)).or_default();
            sum.n += tally.n;
            sum.successes += tally.successes;
        }
        let found = adjusted(&together).expect("varies").moments.icc;
        assert!((found - raw(&scores)).abs() < 1e-12, "{found}");
    }
}
