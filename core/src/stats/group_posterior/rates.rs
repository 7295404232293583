//! Rates of groups of binary outcomes.

use statrs::function::beta::ln_beta;

use super::mixture::{ln_prior, nodes, quantile, weights};
use crate::stats::{
    distributions::{beta_cdf, logistic, logit},
    intervals::Interval,
    shrinkage::{BetaPosterior, BetaPrior, Tally},
};

/// Nodes and weights of the 7-point Gauss-Hermite rule for the standard normal distribution.
const HERMITE: [(f64, f64); 7] = [
    (-3.750_439_717_725_742, 0.000_548_268_855_972_218),
    (-2.366_759_410_734_541, 0.030_757_123_967_586_5),
    (-1.154_405_394_739_968, 0.240_123_178_605_013),
    (0.0, 0.457_142_857_142_857),
    (1.154_405_394_739_968, 0.240_123_178_605_013),
    (2.366_759_410_734_541, 0.030_757_123_967_586_5),
    (3.750_439_717_725_742, 0.000_548_268_855_972_218),
];

/// Successes and failures of one group; fractional if adjusted for case mix.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Counts {
    pub successes: f64,
    pub failures: f64,
}

impl From<Tally> for Counts {
    fn from(tally: Tally) -> Self {
        Self {
            successes: tally.successes as f64,
            failures: (tally.n - tally.successes) as f64,
        }
    }
}

impl Counts {
    fn n(self) -> f64 {
        self.successes + self.failures
    }
}

/// Posterior of the beta-binomial model: rates ~ Beta with mean m and intraclass correlation icc =
/// lambda / (1 + lambda); m ~ Beta(1/2, 1/2), and the prior of the [module](super) for lambda.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct GroupRates {
    /// Posterior probabilities, and priors of a group's rate.
    components: Vec<(f64, BetaPrior)>,
}

impl GroupRates {
    /// A mixture of priors with these probabilities.
    pub(super) fn of(components: Vec<(f64, BetaPrior)>) -> Self {
        Self { components }
    }

    /// Fits the model. Returns `None` below two groups with outcomes, if no group has two outcomes,
    /// or if all outcomes are equal.
    pub fn fit(groups: &[Counts]) -> Option<Self> {
        let used: Vec<Counts> = groups.iter().copied().filter(|g| g.n() > 0.0).collect();
        let successes: f64 = used.iter().map(|g| g.successes).sum();
        let failures: f64 = used.iter().map(|g| g.failures).sum();
        let several = used.iter().any(|g| g.n() >= 2.0);
        if used.len() < 2 || !several || successes <= 0.0 || failures <= 0.0 {
            return None;
        }
        let n0 = used.len() as f64 / used.iter().map(|g| 1.0 / g.n()).sum::<f64>();
        let grid = nodes(|u| OverMean::at(&used, u.exp() / n0).density(&used, 0.0).0 + ln_prior(u));
        let mut ln_densities = Vec::new();
        let mut priors = Vec::new();
        for u in grid {
            let over_mean = OverMean::at(&used, u.exp() / n0);
            for (z, weight) in HERMITE {
                let (ln_density, prior) = over_mean.density(&used, z);
                // The rule's weight already contains the normal density.
                ln_densities.push(ln_density + z * z / 2.0 + weight.ln() + ln_prior(u));
                priors.push(prior);
            }
        }
        let components = weights(&ln_densities).into_iter().zip(priors);
        Some(Self {
            components: components.filter(|c| c.0 > 0.0).collect(),
        })
    }

    /// Posterior of the true rate of one of the fitted groups, or of a new group without outcomes.
    pub fn posterior(&self, group: Counts) -> RatePosterior {
        let posterior = |prior: BetaPrior| prior.posterior_of(group.successes, group.failures);
        let components = self
            .components
            .iter()
            .map(|(w, prior)| (*w, posterior(*prior)));
        RatePosterior {
            components: components.collect(),
        }
    }
}

/// Normal approximation on the logit scale to the posterior of the mean rate at one lambda, from
/// which the integral over the mean takes its points.
struct OverMean {
    lambda: f64,
    centre: f64,
    sd: f64,
}

impl OverMean {
    fn at(groups: &[Counts], lambda: f64) -> Self {
        let icc = lambda / (1.0 + lambda);
        let weight = |g: &Counts| 1.0 / (1.0 + (g.n() - 1.0) * icc);
        let n: f64 = groups.iter().map(|g| weight(g) * g.n()).sum();
        let successes: f64 = groups.iter().map(|g| weight(g) * g.successes).sum();
        let mean = (successes + 0.5) / (n + 1.0);
        Self {
            lambda,
            centre: logit(mean),
            sd: (n * mean * (1.0 - mean) + 0.5).sqrt().recip(),
        }
    }

    /// Logarithm of likelihood times prior of the mean times d logit(mean) / dz at the mean that is
    /// `z` standard deviations from the centre, up to a constant; and the prior of rates there.
    fn density(&self, groups: &[Counts], z: f64) -> (f64, BetaPrior) {
        let mean = logistic(self.centre + self.sd * z);
        let prior = BetaPrior {
            alpha: mean / self.lambda,
            beta: (1.0 - mean) / self.lambda,
        };
        let before = ln_beta(prior.alpha, prior.beta);
        let after = |g: &Counts| ln_beta(prior.alpha + g.successes, prior.beta + g.failures);
        let ln_likelihood: f64 = groups.iter().map(|g| after(g) - before).sum();
        let ln_jeffreys = 0.5 * (mean * (1.0 - mean)).ln();
        (ln_likelihood + ln_jeffreys + self.sd.ln(), prior)
    }
}

/// Posterior of a group's true rate: a mixture of beta distributions.
#[derive(Clone, Debug, PartialEq)]
pub struct RatePosterior {
    components: Vec<(f64, BetaPosterior)>,
}

impl RatePosterior {
    /// Posterior mean.
    pub fn mean(&self) -> f64 {
        self.components.iter().map(|(w, c)| w * c.mean()).sum()
    }

    /// Posterior mean and variance.
    pub fn moments(&self) -> (f64, f64) {
        let (mut mean, mut square) = (0.0, 0.0);
        for (weight, component) in &self.components {
            let m = component.mean();
            let variance = m * (1.0 - m) / (component.alpha + component.beta + 1.0);
            mean += weight * m;
            square += weight * (variance + m * m);
        }
        (mean, (square - mean * mean).max(0.0))
    }

    /// P(true rate < `rate`).
    pub fn probability_below(&self, rate: f64) -> f64 {
        let rate = rate.clamp(0.0, 1.0);
        let below = |(w, c): &(f64, BetaPosterior)| w * beta_cdf(rate, c.alpha, c.beta);
        self.components.iter().map(below).sum()
    }

    /// P(true rate > `rate`).
    pub fn probability_above(&self, rate: f64) -> f64 {
        1.0 - self.probability_below(rate)
    }

    /// Central credible interval with probability `mass`.
    pub fn interval(&self, mass: f64) -> Interval {
        let tail = (1.0 - mass) / 2.0;
        Interval {
            low: self.quantile(tail),
            high: self.quantile(1.0 - tail),
        }
    }

    fn quantile(&self, p: f64) -> f64 {
        quantile(p, 0.0, 1.0, |x| self.probability_below(x))
    }
}
