//! Means of groups of continuous values.

use super::{
    mixture::{ln_prior, nodes, quantile, weights},
    spread::Spread,
};
use crate::stats::{
    distributions::{t_cdf, t_quantile},
    intervals::Interval,
    variance_components::{Group, one_way_anova},
};

/// Posterior of the one-way random-effects model y_ij = mu + u_i + e_ij with
/// p(mu, sigma2) ~ 1 / sigma2 and the prior of the [module](super) for lambda = tau2 / sigma2.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupMeans {
    components: Vec<Component>,
    df: f64,
}

/// The model at one value of lambda; mu and sigma2 are integrated analytically.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Component {
    /// Posterior probability.
    weight: f64,
    lambda: f64,
    /// Generalised least squares mean.
    mu: f64,
    /// Variance of `mu`, divided by sigma2.
    mu_variance: f64,
    sigma2: f64,
    /// Logarithm of the marginal likelihood, up to a constant.
    ln_likelihood: f64,
}

impl GroupMeans {
    /// Fits the model to groups. Returns `None` as [`one_way_anova`] does.
    pub fn fit(groups: &[Group]) -> Option<Self> {
        let anova = one_way_anova(groups)?;
        let used: Vec<Group> = groups.iter().copied().filter(|g| g.n > 0).collect();
        let df = anova.n as f64 - 1.0;
        let n0 = used.len() as f64 / used.iter().map(|g| 1.0 / g.n as f64).sum::<f64>();
        let at = |u: f64| Component::at(&used, u.exp() / n0, df);
        let grid = nodes(|u| at(u).ln_likelihood + ln_prior(u));
        let mut components: Vec<Component> = grid.iter().map(|u| at(*u)).collect();
        let ln_densities = components.iter().zip(&grid);
        let ln_densities: Vec<f64> = ln_densities
            .map(|(c, u)| c.ln_likelihood + ln_prior(*u))
            .collect();
        for (component, weight) in components.iter_mut().zip(weights(&ln_densities)) {
            component.weight = weight;
        }
        components.retain(|c| c.weight > 0.0);
        Some(Self { components, df })
    }

    /// Spread of groups, for rates of groups whose values are residuals of binary outcomes.
    pub fn spread(&self) -> Spread {
        let se = |c: &Component| (c.sigma2 * c.mu_variance).sqrt();
        Spread::of(
            self.components
                .iter()
                .map(|c| (c.weight, c.lambda, c.mu, se(c))),
        )
    }

    /// Posterior of the true mean of one of the fitted groups, or of a new group without values.
    pub fn posterior(&self, group: Group) -> MeanPosterior {
        let n = group.n as f64;
        let components = self.components.iter().map(|c| {
            let shrinkage = n * c.lambda / (1.0 + n * c.lambda);
            let own = if group.n == 0 { c.mu } else { group.mean() };
            let variance =
                c.lambda / (1.0 + n * c.lambda) + (1.0 - shrinkage).powi(2) * c.mu_variance;
            Scaled {
                weight: c.weight,
                mean: shrinkage * own + (1.0 - shrinkage) * c.mu,
                scale: (c.sigma2 * variance).sqrt(),
            }
        });
        MeanPosterior {
            components: components.collect(),
            df: self.df,
        }
    }
}

impl Component {
    fn at(groups: &[Group], lambda: f64, df: f64) -> Self {
        let weight = |g: &Group| g.n as f64 / (1.0 + lambda * g.n as f64);
        let total: f64 = groups.iter().map(weight).sum();
        let mu = groups.iter().map(|g| weight(g) * g.mean()).sum::<f64>() / total;
        let between = |g: &Group| weight(g) * (g.mean() - mu).powi(2);
        let squares: f64 = groups.iter().map(|g| g.within + between(g)).sum();
        let ln_det: f64 = groups.iter().map(|g| (lambda * g.n as f64).ln_1p()).sum();
        Self {
            weight: 0.0,
            lambda,
            mu,
            mu_variance: 1.0 / total,
            sigma2: squares / df,
            ln_likelihood: -0.5 * (ln_det + total.ln() + df * squares.ln()),
        }
    }
}

/// Posterior of a group's true mean: a mixture of t distributions.
#[derive(Clone, Debug, PartialEq)]
pub struct MeanPosterior {
    components: Vec<Scaled>,
    df: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Scaled {
    weight: f64,
    mean: f64,
    scale: f64,
}

impl MeanPosterior {
    /// Creates it from components: weight, mean and scale.
    pub(super) fn of(components: impl Iterator<Item = (f64, f64, f64)>, df: f64) -> Self {
        let scaled = |(weight, mean, scale)| Scaled {
            weight,
            mean,
            scale,
        };
        Self {
            components: components.map(scaled).collect(),
            df,
        }
    }

    /// Posterior mean.
    pub fn mean(&self) -> f64 {
        self.components.iter().map(|c| c.weight * c.mean).sum()
    }

    /// P(true mean < `bound`).
    pub fn probability_below(&self, bound: f64) -> f64 {
        let below = |c: &Scaled| c.weight * t_cdf((bound - c.mean) / c.scale, self.df);
        self.components.iter().map(below).sum()
    }

    /// Central credible interval with probability `mass`.
    pub fn interval(&self, mass: f64) -> Interval {
        let tail = (1.0 - mass) / 2.0;
        Interval {
            low: self.quantile(tail),
            high: self.quantile(1.0 - tail),
        }
    }

    /// The quantile of a mixture lies between the quantiles of its components.
    fn quantile(&self, p: f64) -> f64 {
        let t = t_quantile(p, self.df);
        let of_components = self.components.iter().map(|c| c.mean + t * c.scale);
        let (low, high) = of_components.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), x| {
            (l.min(x), h.max(x))
        });
        quantile(p, low, high, |x| self.probability_below(x))
    }
}
