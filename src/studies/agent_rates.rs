//! Rates of good scores by agent: how much agents differ once the kinds of case are taken out, and
//! how many have a low rate.
//!
//! Agents are counted, never ranked. A rate is adjusted by indirect standardisation, so that a
//! difficult queue is not held against an agent; the intraclass correlation is that of the
//! residuals for the same reason. Tests use the over-dispersed p-values of the funnel plot
//! (Spiegelhalter 2005) at a false discovery rate of .1 (Benjamini & Hochberg 1995).

use serde::Serialize;
use utoipa::ToSchema;

use crate::stats::{
    case_mix::{CaseMixError, Kind, KindRates, kind_rates},
    funnel::{Funnel, funnel},
    group_posterior::{Counts, GroupMeans, GroupRates, Spread},
    intervals::Interval,
    multiplicity::benjamini_hochberg,
    shrinkage::Tally,
    variance_components::{Group, OneWayAnova, one_way_anova},
};

/// Scores of an agent from which the agent is counted.
pub const MIN_SCORES: u64 = 10;
/// Posterior probability above which a low rate is credible.
pub const CREDIBLE: f64 = 0.8;
/// Expected share of false findings among the agents that the test names.
const FALSE_DISCOVERY_RATE: f64 = 0.1;

/// Scores of one agent or team in one kind of case: a combination of levels such as channel and
/// issue.
#[derive(Clone, Debug)]
pub struct Case<'a> {
    /// Index of the agent or team.
    pub group: usize,
    /// One level per column; empty without case mix.
    pub levels: Vec<&'a str>,
    pub scores: Tally,
}

/// Expected rate of every case, and what it was derived from.
#[derive(Clone, Debug)]
pub struct ExpectedRates {
    /// One rate per case, in input order.
    pub of_case: Vec<f64>,
    pub kinds: KindRates,
}

/// Expected rates of cases by the regression of [`kind_rates`].
///
/// # Errors
/// As [`kind_rates`].
pub fn expected_rates(cases: &[Case<'_>]) -> Result<ExpectedRates, CaseMixError> {
    let mut levels: Vec<&[&str]> = cases.iter().map(|c| c.levels.as_slice()).collect();
    levels.sort_unstable();
    levels.dedup();
    let mut kinds: Vec<Kind<'_>> = levels
        .iter()
        .map(|levels| Kind {
            levels: levels.to_vec(),
            tally: Tally::default(),
        })
        .collect();
    let place = |case: &Case<'_>| levels.partition_point(|l| *l < case.levels.as_slice());
    for case in cases {
        let tally = &mut kinds[place(case)].tally;
        *tally = [*tally, case.scores].into_iter().sum();
    }
    let found = kind_rates(&kinds)?;
    Ok(ExpectedRates {
        of_case: cases.iter().map(|c| found.rates[place(c)]).collect(),
        kinds: found,
    })
}

/// Scores of agents or teams whose kinds of case are not told apart, with their indices in order.
pub fn plain_cases(scores: impl IntoIterator<Item = Tally>) -> Vec<Case<'static>> {
    let numbered = scores.into_iter().enumerate();
    let case = |(group, scores)| Case {
        group,
        levels: Vec::new(),
        scores,
    };
    numbered.map(case).collect()
}

/// How much agents or teams differ, without case mix. `None` as [`variance`].
pub fn plain_spread(scores: impl IntoIterator<Item = Tally>) -> Option<Spread> {
    let cases = plain_cases(scores);
    variance(&residuals(cases.len(), &cases, &[]))?.spread
}

/// How much agents differ once the kinds of case are taken out: the residuals of each agent's
/// scores as groups, around 0. `expected` holds one rate per case; without case mix it is empty,
/// and the overall rate is taken out.
pub fn residuals(agents: usize, cases: &[Case<'_>], expected: &[f64]) -> Vec<Group> {
    let whole: Tally = cases.iter().map(|case| case.scores).sum();
    let mean = whole.successes as f64 / whole.n.max(1) as f64;
    // Of each agent: scores, residuals, and squares of residuals.
    let mut sums = vec![(0_u64, 0.0, 0.0); agents];
    for (i, case) in cases.iter().enumerate() {
        let expected = expected.get(i).copied().unwrap_or(mean);
        let (good, n) = (case.scores.successes as f64, case.scores.n as f64);
        let sum = &mut sums[case.group];
        sum.0 += case.scores.n;
        sum.1 += good - n * expected;
        sum.2 += good * (1.0 - expected).powi(2) + (n - good) * expected.powi(2);
    }
    sums.into_iter()
        .map(|(n, sum, squares)| Group {
            n,
            sum,
            within: squares - sum * sum / n.max(1) as f64,
        })
        .collect()
}

/// How much agents differ: estimate and posterior.
#[derive(Clone, Debug)]
pub struct Variance {
    pub anova: OneWayAnova,
    pub spread: Option<Spread>,
}

/// Analysis of variance of the residuals. `None` as [`one_way_anova`].
pub fn variance(residuals: &[Group]) -> Option<Variance> {
    Some(Variance {
        anova: one_way_anova(residuals)?,
        spread: GroupMeans::fit(residuals).map(|model| model.spread()),
    })
}

/// Rate of one agent.
#[derive(Clone, Debug)]
pub struct AgentRate {
    pub scores: Tally,
    /// Mean rate that the agent's cases have for everybody; `None` without case mix.
    pub expected: Option<f64>,
    /// The agent's rate with everybody's mix of cases: the overall rate times observed over
    /// expected, at most 1. The observed rate without case mix.
    pub rate: f64,
    /// 95 % interval of the true adjusted rate; `None` if agents cannot be compared.
    pub interval: Option<Interval>,
    /// Posterior probability that the true adjusted rate is more than the margin below the mean.
    pub p_below: Option<f64>,
}

impl AgentRate {
    /// Good and other scores that give the adjusted rate.
    pub fn adjusted_counts(&self) -> Counts {
        let n = self.scores.n as f64;
        Counts {
            successes: self.rate * n,
            failures: (1.0 - self.rate) * n,
        }
    }
}

/// Numbers of agents with at least [`MIN_SCORES`] scores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct LowRates {
    /// Agents with ten scores or more.
    pub agents: usize,
    /// Agents whose observed rate is more than the margin below the mean: five points in the
    /// overview.
    pub raw_below: usize,
    /// Agents whose probability of being that far below the mean exceeds .8.
    pub credibly_below: usize,
    /// Of those, the agents left after correcting for multiple comparisons (false discovery rate
    /// .1).
    pub below_after_fdr: usize,
}

/// Rates of all agents.
#[derive(Clone, Debug)]
pub struct AgentRates {
    /// Overall rate.
    pub mean: f64,
    /// In the order of the agents' indices; agents without scores included.
    pub agents: Vec<AgentRate>,
    /// Of the observed rates.
    pub funnel: Option<Funnel>,
    pub low: LowRates,
}

/// Rates of `agents` agents. `expected` holds one rate per case, or is empty without case mix;
/// `margin` is how far below the mean a rate counts as low.
pub fn agent_rates(agents: usize, cases: &[Case<'_>], expected: &[f64], margin: f64) -> AgentRates {
    let mut sums = vec![(Tally::default(), 0.0); agents];
    for (i, case) in cases.iter().enumerate() {
        let sum = &mut sums[case.group];
        sum.0 = [sum.0, case.scores].into_iter().sum();
        sum.1 += case.scores.n as f64 * expected.get(i).copied().unwrap_or(0.0);
    }
    let whole: Tally = sums.iter().map(|(scores, _)| *scores).sum();
    let mean = whole.successes as f64 / whole.n.max(1) as f64;
    let mut rates: Vec<AgentRate> = sums
        .into_iter()
        .map(|(scores, sum)| {
            let n = scores.n.max(1) as f64;
            let raw = scores.successes as f64 / n;
            let expected = (!expected.is_empty()).then_some(sum / n);
            AgentRate {
                scores,
                expected,
                rate: expected.map_or(raw, |expected| (mean * raw / expected).min(1.0)),
                interval: None,
                p_below: None,
            }
        })
        .collect();
    let counts: Vec<Counts> = rates.iter().map(AgentRate::adjusted_counts).collect();
    if let Some(model) = GroupRates::fit(&counts) {
        for (rate, counts) in rates.iter_mut().zip(counts) {
            let posterior = model.posterior(counts);
            rate.interval = Some(posterior.interval(0.95));
            rate.p_below = Some(posterior.probability_below(mean - margin));
        }
    }
    let raw: Vec<Tally> = rates.iter().map(|r| r.scores).collect();
    AgentRates {
        mean,
        low: low_rates(&rates, mean - margin),
        agents: rates,
        funnel: funnel(&raw),
    }
}

/// Counts the agents whose rate is below `bound`.
fn low_rates(agents: &[AgentRate], bound: f64) -> LowRates {
    let counted = agents.iter().filter(|a| a.scores.n >= MIN_SCORES);
    let counted: Vec<&AgentRate> = counted.collect();
    let adjusted: Vec<Tally> = counted
        .iter()
        .map(|a| Tally {
            successes: (a.adjusted_counts().successes.round() as u64).min(a.scores.n),
            n: a.scores.n,
        })
        .collect();
    let plot = funnel(&adjusted);
    let p: Vec<f64> = (0..counted.len())
        .map(|i| match plot.as_ref().and_then(|f| f.points[i]) {
            Some(point) if point.z < 0.0 => point.p,
            _ => 1.0,
        })
        .collect();
    let q = benjamini_hochberg(&p);
    let credible: Vec<usize> = (0..counted.len())
        .filter(|i| counted[*i].p_below.is_some_and(|p| p > CREDIBLE))
        .collect();
    LowRates {
        agents: counted.len(),
        raw_below: counted.iter().filter(|a| a.rate < bound).count(),
        below_after_fdr: credible
            .iter()
            .filter(|i| q[**i] <= FALSE_DISCOVERY_RATE)
            .count(),
        credibly_below: credible.len(),
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::stats::{distributions::beta_quantile, shrinkage::BetaPrior};

    fn case(agent: usize, queue: &'static str, successes: u64, n: u64) -> Case<'static> {
        Case {
            group: agent,
            levels: vec![queue],
            scores: Tally { successes, n },
        }
    }

    /// Two queues, one hard; agents with the same mix of either.
    #[test]
    fn a_hard_queue_is_not_held_against_an_agent() {
        let cases: Vec<Case<'_>> = (0..20)
            .map(|agent| match agent % 2 {
                0 => case(agent, "easy", 90, 100),
                _ => case(agent, "hard", 50, 100),
            })
            .collect();
        let raw = agent_rates(20, &cases, &[], 0.05);
        assert_eq!((raw.low.agents, raw.low.raw_below), (20, 10));
        let expected = expected_rates(&cases).expect("two levels");
        let adjusted = agent_rates(20, &cases, &expected.of_case, 0.05);
        assert_eq!(adjusted.low.raw_below, 0);
        assert!((adjusted.agents[1].rate - 0.7).abs() < 1e-9);
        let plain = variance(&residuals(20, &cases, &[])).expect("varies");
        let fair = variance(&residuals(20, &cases, &expected.of_case)).expect("varies");
        assert!(plain.anova.icc1 > 0.15 && fair.anova.icc1 < 0.0);
    }

    /// Forty agents between .70 and .88 and one at .45; one with too few scores to be counted.
    /// Seven of the forty are low by chance.
    #[test]
    fn the_test_names_who_is_far_below_and_nobody_else() {
        let mut cases: Vec<Case<'_>> = (0..40)
            .map(|agent| case(agent, "", 70 + agent as u64 * 7 % 19, 100))
            .collect();
        cases.push(case(40, "", 45, 100));
        cases.push(case(41, "", 1, 9));
        let low = agent_rates(42, &cases, &[], 0.05).low;
        assert_eq!((low.agents, low.raw_below), (41, 8));
        assert_eq!((low.credibly_below, low.below_after_fdr), (1, 1));
    }

    /// Shares of comments with a rare theme: 40 agents with 10 to 80 comments each, true shares
    /// with mean .06 and intraclass correlation .03. Statements that a share exceeds 1.25 times the
    /// mean come true as often as they say.
    #[test]
    fn probabilities_of_rare_themes_are_calibrated() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let truths = BetaPrior::from_icc(0.06, 0.03);
        let mut bins = [(0.0, 0.0, 0.0); 3];
        for _ in 0..250 {
            let agent = |_| {
                let truth = beta_quantile(rng.random(), truths.alpha, truths.beta);
                let n = rng.random_range(10..=80);
                let successes = (0..n).filter(|_| rng.random_bool(truth)).count() as u64;
                (truth, Tally { successes, n })
            };
            let agents: Vec<(f64, Tally)> = (0..40).map(agent).collect();
            let Some(spread) = plain_spread(agents.iter().map(|(_, tally)| *tally)) else {
                continue;
            };
            let rates = spread.rates(0.06);
            for (truth, tally) in agents {
                let p = rates.posterior(tally.into()).probability_above(0.075);
                let bin = match p {
                    0.8.. => 2,
                    0.5.. => 1,
                    _ => 0,
                };
                bins[bin].0 += 1.0;
                bins[bin].1 += p;
                bins[bin].2 += f64::from(u8::from(truth > 0.075));
            }
        }
        for (n, p, above) in bins {
            assert!(n > 200.0 && (p / n - above / n).abs() < 0.06, "{bins:?}");
        }
    }

    /// Without case mix, the residuals are the scores of 0 and 1 less the overall rate, here .4.
    #[test]
    fn groups_of_counts_are_those_of_single_scores() {
        let cases = [case(0, "a", 3, 5), case(0, "b", 1, 2), case(1, "a", 0, 3)];
        let found = residuals(2, &cases, &[]);
        let single = [
            Group::of(&[0.6, 0.6, 0.6, -0.4, -0.4, 0.6, -0.4]),
            Group::of(&[-0.4, -0.4, -0.4]),
        ];
        for (a, b) in found.iter().zip(&single) {
            assert_eq!(a.n, b.n);
            assert!((a.sum - b.sum).abs() < 1e-12);
            assert!((a.within - b.within).abs() < 1e-12);
        }
    }
}
