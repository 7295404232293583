//! Beta-binomial shrinkage of group rates: intraclass correlation, reliability at n, and posterior
//! rates.

use super::{
    distributions::{beta_cdf, beta_quantile},
    intervals::Interval,
    variance_components::{Group, one_way_anova},
};

/// Successes and trials of one group.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Tally {
    pub successes: u64,
    pub n: u64,
}

impl std::iter::Sum for Tally {
    fn sum<I: Iterator<Item = Self>>(tallies: I) -> Self {
        tallies.fold(Self::default(), |sum, tally| Self {
            successes: sum.successes + tally.successes,
            n: sum.n + tally.n,
        })
    }
}

/// Intraclass correlation of grouped binary outcomes.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct BinomialIcc {
    /// Groups with at least one outcome.
    pub groups: usize,
    pub n: u64,
    /// Overall rate.
    pub mean: f64,
    /// ICC(1), ANOVA estimate; negative estimates occur by chance.
    pub icc: f64,
}

/// ICC(1) of grouped binary outcomes by [`one_way_anova`]. Returns `None` below two groups, if no
/// group has two outcomes, or if the outcomes do not vary.
pub fn binomial_icc(tallies: &[Tally]) -> Option<BinomialIcc> {
    let group = |t: &Tally| {
        let (n, x) = (t.n as f64, t.successes as f64);
        Group {
            n: t.n,
            sum: x,
            within: if t.n > 0 { x * (n - x) / n } else { 0.0 },
        }
    };
    let found = one_way_anova(&tallies.iter().map(group).collect::<Vec<_>>())?;
    let successes: u64 = tallies.iter().map(|t| t.successes).sum();
    Some(BinomialIcc {
        groups: found.groups,
        n: found.n,
        mean: successes as f64 / found.n as f64,
        icc: found.icc1,
    })
}

/// Spearman-Brown reliability of a measure `factor` times as long: f r / (1 + (f - 1) r).
pub fn spearman_brown(reliability: f64, factor: f64) -> f64 {
    factor * reliability / (1.0 + (factor - 1.0) * reliability)
}

/// Reliability of a mean of `n` outcomes with intraclass correlation `icc`.
pub fn reliability_at(n: u64, icc: f64) -> f64 {
    spearman_brown(icc, n as f64)
}

/// Reliabilities for which reports state the outcomes needed.
pub const RELIABILITIES: [f64; 3] = [0.5, 0.7, 0.8];

/// Outcomes needed for a reliability in (0, 1): R (1 - ICC) / (ICC (1 - R)), not rounded. Returns
/// `None` if the ICC is not positive, when no number suffices.
pub fn outcomes_for_reliability(reliability: f64, icc: f64) -> Option<f64> {
    (icc > 0.0).then(|| reliability * (1.0 - icc) / (icc * (1.0 - reliability)))
}

/// [`outcomes_for_reliability`], rounded up.
pub fn n_for_reliability(reliability: f64, icc: f64) -> Option<u64> {
    outcomes_for_reliability(reliability, icc).map(|n| (n - 1e-9).ceil() as u64)
}

/// Beta prior of group rates.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct BetaPrior {
    pub alpha: f64,
    pub beta: f64,
}

impl BetaPrior {
    /// Prior with the given mean and intraclass correlation; its weight is M = 1 / ICC - 1
    /// outcomes. `mean` is clamped to \[.001, .999\] and `icc` to \[.001, .5\], so that the prior
    /// is always proper.
    pub fn from_icc(mean: f64, icc: f64) -> Self {
        let (mean, icc) = (mean.clamp(0.001, 0.999), icc.clamp(0.001, 0.5));
        let weight = 1.0 / icc - 1.0;
        Self {
            alpha: mean * weight,
            beta: (1.0 - mean) * weight,
        }
    }

    /// Posterior of a group with outcomes `tally`.
    pub fn posterior(self, tally: Tally) -> BetaPosterior {
        let (x, n) = (tally.successes as f64, tally.n as f64);
        self.posterior_of(x, n - x)
    }

    /// Posterior after the given successes and failures, which may be fractional (case-mix
    /// adjusted).
    pub fn posterior_of(self, successes: f64, failures: f64) -> BetaPosterior {
        BetaPosterior {
            alpha: self.alpha + successes,
            beta: self.beta + failures,
        }
    }
}

/// Posterior distribution of one group's true rate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BetaPosterior {
    pub alpha: f64,
    pub beta: f64,
}

impl BetaPosterior {
    /// Posterior mean: the shrunk rate.
    pub fn mean(self) -> f64 {
        self.alpha / (self.alpha + self.beta)
    }

    /// Central credible interval with probability `mass`.
    pub fn interval(self, mass: f64) -> Interval {
        let tail = (1.0 - mass) / 2.0;
        Interval {
            low: beta_quantile(tail, self.alpha, self.beta),
            high: beta_quantile(1.0 - tail, self.alpha, self.beta),
        }
    }

    /// P(true rate > `rate`).
    pub fn probability_above(self, rate: f64) -> f64 {
        1.0 - beta_cdf(rate.clamp(0.0, 1.0), self.alpha, self.beta)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Published example: at ICC .0461, reliabilities of .5, .7 and .8 need 21, 49 (48 give .699)
    /// and 83 outcomes; the prior at a mean of .826 is Beta(17.1, 3.6).
    #[test]
    fn sample_sizes_and_prior_match_the_published_example() {
        assert_eq!(
            RELIABILITIES.map(|r| n_for_reliability(r, 0.0461)),
            [Some(21), Some(49), Some(83)]
        );
        assert!((reliability_at(48, 0.0461) - 0.699).abs() < 1e-3);
        let prior = BetaPrior::from_icc(0.826, 0.0461);
        assert!(
            (prior.alpha - 17.1).abs() < 0.05 && (prior.beta - 3.6).abs() < 0.05,
            "{prior:?}"
        );
        assert_eq!(n_for_reliability(0.7, -0.01), None);
    }

    /// By hand: four groups of ten with rates .9, .5, .5 and .1 have MSB 3.2 / 3, MSW 6.8 / 36, n0
    /// 10 and ICC (1.06667 - .18889) / (1.06667 + 9 x .18889).
    #[test]
    fn binomial_icc_matches_hand_calculation() {
        let tallies = [9, 5, 5, 1].map(|successes| Tally { successes, n: 10 });
        let found = binomial_icc(&tallies).expect("varies");
        assert!(
            (found.icc - 0.877_778 / 2.766_667).abs() < 1e-6,
            "{found:?}"
        );
        assert_eq!(binomial_icc(&tallies[..1]), None);
    }

    proptest! {
        #[test]
        fn a_shrunken_rate_lies_between_the_raw_rate_and_the_mean(
            x in 0_u64..50,
            extra in 1_u64..50,
            mean in 0.05..0.95_f64,
            icc in 0.01..0.3_f64,
        ) {
            let tally = Tally { successes: x, n: x + extra };
            let raw = x as f64 / tally.n as f64;
            let posterior = BetaPrior::from_icc(mean, icc).posterior(tally);
            let shrunk = posterior.mean();
            prop_assert!(shrunk >= raw.min(mean) - 1e-9 && shrunk <= raw.max(mean) + 1e-9);
            let interval = posterior.interval(0.8);
            prop_assert!(interval.low < interval.high);
            let inside = posterior.probability_above(interval.low)
                - posterior.probability_above(interval.high);
            prop_assert!((inside - 0.8).abs() < 1e-3);
        }
    }
}
