//! Between-agent variance of scores, adjusted for case mix: the intraclass correlation of the
//! residuals after a regression on channel and issue. Without the adjustment, agents of different
//! queues would seem to differ, and rates would be shrunk too little. Computed in the background
//! after imports.

use std::collections::BTreeMap;

use super::{error::Result, tallies::Tallies};
use crate::{
    db::{Database, DbConnection, write_transaction},
    feedback::{self, Period, cached_statistics},
    stats::{
        group_posterior::{GroupRates, Spread},
        shrinkage::{BinomialIcc, Tally},
        variance_components::{Group, one_way_anova},
    },
    studies::agent_rates::{self, Case, expected_rates, plain_cases, residuals},
    types::{Id, Instant},
};

/// Days of feedback that are read.
const DAYS: i64 = 180;
const KIND: &str = "agent_variance";

/// Good scores of all scores, by agent and kind of case.
pub type AgentCases = BTreeMap<(Id, (String, String)), Tally>;

/// Variance between agents: the estimate, and its posterior distribution.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct AgentVariance {
    #[serde(flatten)]
    pub moments: BinomialIcc,
    /// Absent in statistics that were cached before it was kept.
    #[serde(default)]
    spread: Option<Spread>,
}

impl AgentVariance {
    fn of(found: &agent_rates::Variance, whole: Tally) -> Self {
        Self {
            moments: BinomialIcc {
                groups: found.anova.groups,
                n: found.anova.n,
                mean: whole.successes as f64 / whole.n.max(1) as f64,
                icc: found.anova.icc1,
            },
            spread: found.spread.clone(),
        }
    }

    /// Rates of agents whose expected rate is `mean`.
    pub fn rates(&self, mean: f64) -> GroupRates {
        match &self.spread {
            Some(spread) => spread.rates(mean),
            None => Spread::known(self.moments.icc).rates(mean),
        }
    }
}

/// Scores by agent and kind of case, and the agents in the order of their indices.
pub struct AgentCaseList<'a> {
    pub agents: Vec<Id>,
    pub cases: Vec<Case<'a>>,
    /// Expected rate of each case; empty if the kinds of case cannot be told apart.
    pub expected: Vec<f64>,
}

impl<'a> AgentCaseList<'a> {
    /// Numbers the agents and adjusts for the kinds of case.
    pub fn new(scores: &'a AgentCases) -> Self {
        let mut agents: Vec<Id> = scores.keys().map(|(agent, _)| *agent).collect();
        agents.dedup();
        let place = |agent: &Id| agents.partition_point(|a| a < agent);
        let cases: Vec<Case<'a>> = scores
            .iter()
            .map(|((agent, (channel, issue)), tally)| Case {
                group: place(agent),
                levels: vec![channel, issue],
                scores: *tally,
            })
            .collect();
        let expected = expected_rates(&cases).map_or_else(|_e| Vec::new(), |e| e.of_case);
        Self {
            agents,
            cases,
            expected,
        }
    }

    fn residuals(&self) -> Vec<Group> {
        residuals(self.agents.len(), &self.cases, &self.expected)
    }

    /// Intraclass correlation of the scores. `None` as [`one_way_anova`].
    pub fn icc(&self) -> Option<f64> {
        one_way_anova(&self.residuals()).map(|found| found.icc1)
    }

    /// Variance between agents. `None` as [`agent_rates::variance`].
    pub fn variance(&self) -> Option<agent_rates::Variance> {
        agent_rates::variance(&self.residuals())
    }
}

/// Between-agent variance, adjusted for case mix. `None` as [`agent_rates::variance`].
pub fn adjusted(scores: &AgentCases) -> Option<AgentVariance> {
    let found = AgentCaseList::new(scores).variance()?;
    Some(AgentVariance::of(&found, scores.values().copied().sum()))
}

/// Scores of a period by agent and kind of case.
pub fn cases(c: &mut DbConnection, organisation: Id, period: Period) -> Result<AgentCases> {
    let mut scores = AgentCases::new();
    for (agent, channel, issue, good, n) in feedback::agent_case_tallies(c, organisation, period)? {
        let tally = scores.entry((agent, (channel, issue))).or_default();
        tally.n += n.unsigned_abs();
        tally.successes += if good { n.unsigned_abs() } else { 0 };
    }
    Ok(scores)
}

/// Computes the variance from the last months of feedback and stores it.
pub fn refresh(database: &Database, organisation: Id, now: Instant) -> Result<()> {
    let mut c = database.connect()?;
    let period = feedback::latest_period(&mut c, organisation, DAYS, now)?;
    let found = adjusted(&cases(&mut c, organisation, period)?);
    write_transaction(&mut c, |c| {
        cached_statistics::keep(c, organisation, KIND, &found, now)
    })?;
    Ok(())
}

/// The stored variance; before there is one, that of the agents' unadjusted rates.
pub fn estimate(
    c: &mut DbConnection,
    organisation: Id,
    tallies: &Tallies,
) -> Result<Option<AgentVariance>> {
    if let Some(cached) = cached_statistics::find::<Option<AgentVariance>>(c, organisation, KIND)? {
        return Ok(cached);
    }
    let plain = plain_cases(tallies.agents.values().map(|agent| agent.scores));
    let found = agent_rates::variance(&residuals(plain.len(), &plain, &[]));
    let whole = plain.iter().map(|case| case.scores).sum();
    Ok(found.map(|found| AgentVariance::of(&found, whole)))
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::stats::shrinkage::binomial_icc;

    /// Scores of 300 agents, each with 80 % of them in one of two queues, one of which is hard; and
    /// how much agents themselves differ, as the variance of their rates over p (1 - p).
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
