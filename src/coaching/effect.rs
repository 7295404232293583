//! Effect of coaching on scores. Pure.
//!
//! An agent who is chosen after a weak period scores better next time by chance alone. The scores
//! after a plan are therefore compared with those to expect without it: the posterior mean of the
//! rate given the scores before (Barnett et al. 2005), plus the drift of colleagues without a plan
//! over the same days (difference in differences). Plans are pooled with weights 1 / variance; the
//! interval allows for correlation within teams.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    stats::{group_posterior::GroupRates, intervals::Interval, shrinkage::Tally},
    types::Id,
};

/// Fewest scores after a plan, and fewest plans to pool.
pub const MIN_AFTER: u64 = 20;
pub const MIN_PLANS: usize = 8;
/// Fewest colleagues without a plan that a drift is estimated from.
pub const MIN_COLLEAGUES: usize = 5;
/// "No difference" takes scores that could show a change of this size.
const NOTABLE: f64 = 0.10;
const Z: f64 = 1.959_963_985;

/// Good scores of one agent before and after a day.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BeforeAfter {
    pub before: Tally,
    pub after: Tally,
}

/// Conclusion about a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    CannotTell,
    NoDifference,
    Better,
    Worse,
}

impl Verdict {
    fn of(interval: Interval, is_precise: bool) -> Self {
        if interval.low > 0.0 {
            Self::Better
        } else if interval.high < 0.0 {
            Self::Worse
        } else if is_precise {
            Self::NoDifference
        } else {
            Self::CannotTell
        }
    }
}

/// Drift of colleagues without a plan over the same days: mean of their rate after less the
/// expected one, and its variance.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Drift {
    pub mean: f64,
    pub variance: f64,
    pub agents: usize,
}

/// One plan's before, expected and after.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Change {
    pub scores_before: u64,
    pub before: f64,
    /// Rate expected without coaching: shrunk, and moved with colleagues.
    pub expected: f64,
    pub scores_after: u64,
    pub after: f64,
    /// After less expected.
    pub effect: f64,
    pub se: f64,
    /// The part of it that is shared by all plans over the same days: the colleagues'.
    pub drift_se: f64,
    /// Colleagues without a plan whose drift was taken out.
    pub colleagues: usize,
    /// 95 %.
    pub interval: Interval,
    /// Smallest difference that could have been seen with 80 % power at .05.
    pub detectable: f64,
    pub verdict: Verdict,
}

impl Change {
    /// Whether there are enough scores after the plan and enough colleagues to pool it.
    pub fn is_usable(&self) -> bool {
        self.scores_after >= MIN_AFTER && self.colleagues >= MIN_COLLEAGUES && self.se > 0.0
    }
}

fn rate(tally: Tally) -> f64 {
    tally.successes as f64 / tally.n as f64
}

/// Expected rate, rate after less expected, and its variance: of the expectation and of the scores
/// after.
fn difference(scores: BeforeAfter, rates: &GroupRates) -> Option<(f64, f64, f64)> {
    if scores.after.n == 0 {
        return None;
    }
    let (p, variance) = rates.posterior(scores.before.into()).moments();
    let sampling = p * (1.0 - p) / scores.after.n as f64;
    Some((p, rate(scores.after) - p, variance + sampling))
}

/// The drift of `colleagues`, weighted by their scores after. Its variance is the larger of that
/// between them and that expected by chance, because few colleagues may agree by accident.
pub fn drift(colleagues: &[BeforeAfter], rates: &GroupRates) -> Drift {
    let differences: Vec<(f64, f64, f64)> = colleagues
        .iter()
        .filter_map(|c| difference(*c, rates).map(|(_, d, v)| (c.after.n as f64, d, v)))
        .collect();
    let weight: f64 = differences.iter().map(|(w, ..)| w).sum();
    if weight == 0.0 {
        return Drift::default();
    }
    let mean = differences.iter().map(|(w, d, _)| w * d).sum::<f64>() / weight;
    let k = differences.len() as f64;
    let seen: f64 = differences
        .iter()
        .map(|(w, d, _)| (w * (d - mean)).powi(2))
        .sum::<f64>()
        * k
        / (k - 1.0).max(1.0);
    let chance: f64 = differences.iter().map(|(w, _, v)| w * w * v).sum();
    Drift {
        mean,
        variance: seen.max(chance) / (weight * weight),
        agents: differences.len(),
    }
}

/// Change after a plan against the rate to expect without it. `None` without scores before or
/// after.
pub fn change(own: BeforeAfter, rates: &GroupRates, drift: Drift) -> Option<Change> {
    if own.before.n == 0 {
        return None;
    }
    let (p, difference, own_variance) = difference(own, rates)?;
    let (effect, se) = (
        difference - drift.mean,
        (own_variance + drift.variance).sqrt(),
    );
    let interval = Interval::around(effect, Z * se);
    // (z_.975 + z_.8) standard errors.
    let detectable = 2.801_585 * se;
    let enough = own.after.n >= MIN_AFTER && drift.agents >= MIN_COLLEAGUES;
    Some(Change {
        scores_before: own.before.n,
        before: rate(own.before),
        expected: (p + drift.mean).clamp(0.0, 1.0),
        scores_after: own.after.n,
        after: rate(own.after),
        effect,
        se,
        drift_se: drift.variance.sqrt(),
        colleagues: drift.agents,
        interval,
        detectable,
        verdict: if enough {
            Verdict::of(interval, detectable <= NOTABLE)
        } else {
            Verdict::CannotTell
        },
    })
}

/// The effect over many plans.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Pooled {
    pub plans: usize,
    pub teams: usize,
    pub effect: f64,
    /// 95 %.
    pub interval: Interval,
    pub verdict: Verdict,
}

/// Pools changes with enough scores after and enough colleagues, each with its team. `None` below
/// [`MIN_PLANS`]. The variance of the drift does not average out over plans that share the
/// colleagues, and is added at the end.
pub fn pooled(changes: &[(Option<Id>, Change)]) -> Option<Pooled> {
    let used: Vec<&(Option<Id>, Change)> = changes.iter().filter(|(_, c)| c.is_usable()).collect();
    if used.len() < MIN_PLANS {
        return None;
    }
    let weight = |c: &Change| 1.0 / (c.se * c.se - c.drift_se * c.drift_se).max(1e-6);
    let total: f64 = used.iter().map(|(_, c)| weight(c)).sum();
    let effect = used.iter().map(|(_, c)| weight(c) * c.effect).sum::<f64>() / total;
    // Cluster-robust variance: squared sums of weighted residuals by team. An agent without a team
    // is a team of one.
    let mut teams: BTreeMap<(Option<Id>, usize), f64> = BTreeMap::new();
    for (at, (team, c)) in used.iter().enumerate() {
        let key = (*team, if team.is_some() { 0 } else { at });
        *teams.entry(key).or_default() += weight(c) * (c.effect - effect);
    }
    let g = teams.len() as f64;
    let model = (1.0 / total).sqrt();
    let clustered = if teams.len() > 1 {
        (g / (g - 1.0) * teams.values().map(|s| s * s).sum::<f64>()).sqrt() / total
    } else {
        0.0
    };
    let shared = used
        .iter()
        .map(|(_, c)| weight(c) * c.drift_se)
        .sum::<f64>()
        / total;
    let se = model.max(clustered).hypot(shared);
    let interval = Interval::around(effect, Z * se);
    Some(Pooled {
        plans: used.len(),
        teams: teams.len(),
        effect,
        interval,
        verdict: Verdict::of(interval, 2.801_585 * se <= NOTABLE / 2.0),
    })
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::studies::agent_rates::plain_spread;

    struct World {
        rng: ChaCha8Rng,
    }

    impl World {
        /// Good scores out of `n` at rate `p`.
        fn draw(&mut self, n: u64, p: f64) -> Tally {
            let successes = (0..n).filter(|_| self.rng.random::<f64>() < p).count() as u64;
            Tally { successes, n }
        }

        /// True rates spread by a standard deviation of .07 around .8; 40 scores before, 40 after,
        /// `gain` for whoever is coached and `drift` for everybody. The lowest fifth before is
        /// coached, as happens.
        fn changes(&mut self, gain: f64, drifted: f64) -> (Vec<(Option<Id>, Change)>, f64) {
            self.changes_of(400, 80, gain, drifted)
        }

        /// Changes with `all` agents, of whom the `coached` lowest are coached.
        fn changes_of(
            &mut self,
            all: usize,
            coached: usize,
            gain: f64,
            drifted: f64,
        ) -> (Vec<(Option<Id>, Change)>, f64) {
            let mut agents: Vec<(f64, Tally)> = (0..all)
                .map(|_| {
                    let p = (0.8 + 0.07 * (self.rng.random::<f64>() * 2.0 - 1.0) * 3f64.sqrt())
                        .clamp(0.02, 0.98);
                    (p, self.draw(40, p))
                })
                .collect();
            agents.sort_by_key(|(_, before)| before.successes);
            let before: Vec<Tally> = agents.iter().map(|a| a.1).collect();
            let whole: Tally = before.iter().copied().sum();
            let rates = plain_spread(before).expect("scores").rates(rate(whole));
            let scores: Vec<BeforeAfter> = agents
                .iter()
                .enumerate()
                .map(|(i, (p, before))| {
                    let p = p + drifted + if i < coached { gain } else { 0.0 };
                    BeforeAfter {
                        before: *before,
                        after: self.draw(40, p.clamp(0.0, 1.0)),
                    }
                })
                .collect();
            let drift = drift(&scores[coached..], &rates);
            let naive = scores[..coached]
                .iter()
                .map(|a| rate(a.after) - rate(a.before))
                .sum::<f64>()
                / coached as f64;
            let changes = scores[..coached]
                .iter()
                .filter_map(|a| Some((None, change(*a, &rates, drift)?)))
                .collect();
            (changes, naive)
        }
    }

    /// Without a gain, a naive comparison finds one and this one does not; a true gain is found,
    /// and drift is not taken for one.
    #[test]
    fn regression_to_the_mean_is_no_success_and_a_gain_is_found() {
        let mut world = World {
            rng: ChaCha8Rng::seed_from_u64(7),
        };
        let (none, naive) = world.changes(0.0, 0.03);
        let found = pooled(&none).expect("eighty plans");
        assert!(naive > 0.08, "{naive}");
        assert!(
            found.interval.contains(0.0) && found.effect.abs() < 0.03,
            "{found:?}"
        );
        assert_ne!(found.verdict, Verdict::Better);
        let (real, _) = world.changes(0.06, 0.03);
        let found = pooled(&real).expect("eighty plans");
        assert!(
            found.interval.contains(0.06) && found.verdict == Verdict::Better,
            "{found:?}"
        );
        // One plan with forty scores cannot tell.
        let silent = real
            .iter()
            .filter(|(_, c)| c.verdict == Verdict::CannotTell)
            .count();
        assert!(silent > 60, "{silent}");
        assert_eq!(pooled(&real[..MIN_PLANS - 1]), None);
    }

    /// In many simulations without a gain, the interval misses 0 about one time in twenty, also in
    /// small organisations, where most agents are coached and few colleagues are left to compare
    /// with.
    #[test]
    fn false_alarms_are_as_rare_as_they_say() {
        let mut world = World {
            rng: ChaCha8Rng::seed_from_u64(11),
        };
        for (all, coached) in [(400, 80), (150, 30), (30, 10), (30, 20), (30, 25), (16, 11)] {
            let (mut missed, mut told) = (0, 0);
            for _ in 0..200 {
                let (changes, _) = world.changes_of(all, coached, 0.0, 0.0);
                let found = pooled(&changes).expect("enough");
                missed += u32::from(!found.interval.contains(0.0));
                told += u32::from(found.verdict == Verdict::Better);
            }
            assert!(
                missed <= 20 && told <= 10,
                "{coached} of {all}: {missed} {told} of 200"
            );
        }
        let (lonely, _) = world.changes_of(14, 11, 0.0, 0.0);
        assert_eq!(pooled(&lonely), None, "three colleagues are too few");
        assert!(lonely.iter().all(|(_, c)| c.verdict == Verdict::CannotTell));
    }
}
