//! How much of a rating belongs to whom: one-way and two-way crossed random effects.
//!
//! One-way: y_ij = mu + u_i + e_ij, u ~ N(0, tau2), e ~ N(0, sigma2). Crossed: customers and agents each have an effect of
//! their own, so that a severe customer is not counted against the agent (lme4's `(1 | agent) + (1 | customer)`).

mod crossed;

pub use crossed::{Crossed, CrossedError, MAX_LEVELS, crossed};

/// Counts, sums and sums of squares of one group's values.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Group {
    pub n: u64,
    pub sum: f64,
    /// Sum of squared deviations from the group's own mean.
    pub within: f64,
}

impl Group {
    /// Of values. Empty gives an empty group.
    pub fn of(values: &[f64]) -> Self {
        let n = values.len() as f64;
        let sum: f64 = values.iter().sum();
        let mean = sum / n.max(1.0);
        Self {
            n: values.len() as u64,
            sum,
            within: values.iter().map(|v| (v - mean).powi(2)).sum(),
        }
    }

    /// Mean of the values; NaN when empty.
    pub fn mean(self) -> f64 {
        self.sum / self.n as f64
    }
}

/// One-way analysis of variance of grouped values.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Anova {
    pub groups: usize,
    pub n: u64,
    pub msb: f64,
    pub msw: f64,
    /// (N - sum n^2 / N) / (groups - 1): the group size that stands for all.
    pub n0: f64,
    /// (MSB - MSW) / (MSB + (n0 - 1) MSW); negative by chance.
    pub icc1: f64,
    /// Reliability of a mean of n0 values: (MSB - MSW) / MSB.
    pub icc_k: f64,
    /// (MSB - MSW) / n0.
    pub tau2: f64,
}

/// Analysis of variance by ANOVA moments. `None` below two groups, or when no group has two values or nothing varies.
pub fn anova(groups: &[Group]) -> Option<Anova> {
    let used: Vec<Group> = groups.iter().copied().filter(|g| g.n > 0).collect();
    let (k, n) = (used.len() as f64, used.iter().map(|g| g.n).sum::<u64>());
    let total = n as f64;
    if used.len() < 2 || n <= used.len() as u64 {
        return None;
    }
    let mean = used.iter().map(|g| g.sum).sum::<f64>() / total;
    let between: f64 = used
        .iter()
        .map(|g| g.n as f64 * (g.mean() - mean).powi(2))
        .sum();
    let within: f64 = used.iter().map(|g| g.within).sum();
    let squares: f64 = used.iter().map(|g| (g.n as f64).powi(2)).sum();
    let (msb, msw) = (between / (k - 1.0), within / (total - k));
    let n0 = (total - squares / total) / (k - 1.0);
    let icc1 = (msb - msw) / (msb + (n0 - 1.0) * msw);
    icc1.is_finite().then_some(Anova {
        groups: used.len(),
        n,
        msb,
        msw,
        n0,
        icc1,
        icc_k: (msb - msw) / msb,
        tau2: (msb - msw) / n0,
    })
}

/// A one-way random-effects model.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct OneWayModel {
    pub mu: f64,
    pub se_mu: f64,
    /// Variance between groups.
    pub tau2: f64,
    /// Variance within groups.
    pub sigma2: f64,
    /// -2 ln of the restricted likelihood (or of the likelihood, where asked).
    pub deviance: f64,
}

/// Which likelihood is maximised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Criterion {
    /// Restricted maximum likelihood: unbiased for the mean's degree of freedom.
    Reml,
    Ml,
}

impl OneWayModel {
    /// tau2 / (tau2 + sigma2): correlation of two values of one group.
    pub fn icc(&self) -> f64 {
        self.tau2 / (self.tau2 + self.sigma2)
    }

    /// The group's effect pulled towards the mean, and its standard deviation given the model: weight
    /// w = tau2 / (tau2 + sigma2 / n), estimate mu + w (mean - mu), sd sqrt(tau2 (1 - w)).
    pub fn shrink(&self, group: Group) -> Shrunk {
        let n = group.n as f64;
        let weight = if group.n == 0 {
            0.0
        } else {
            self.tau2 / (self.tau2 + self.sigma2 / n)
        };
        let mean = if group.n == 0 { self.mu } else { group.mean() };
        Shrunk {
            weight,
            mean: self.mu + weight * (mean - self.mu),
            sd: (self.tau2 * (1.0 - weight)).sqrt(),
        }
    }
}

/// One group's mean, shrunk.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Shrunk {
    /// Reliability of the group's raw mean, 0 to 1.
    pub weight: f64,
    pub mean: f64,
    pub sd: f64,
}

/// Fits the one-way model by (restricted) maximum likelihood, profiled to the one ratio lambda = tau2 / sigma2 and searched
/// by golden sections on its logarithm, with 0 as a candidate. `None` as for [`anova`].
pub fn one_way(groups: &[Group], criterion: Criterion) -> Option<OneWayModel> {
    anova(groups)?;
    let used: Vec<Group> = groups.iter().copied().filter(|g| g.n > 0).collect();
    let n = used.iter().map(|g| g.n).sum::<u64>() as f64;
    let within: f64 = used.iter().map(|g| g.within).sum();
    let df = if criterion == Criterion::Reml {
        n - 1.0
    } else {
        n
    };
    let at = |lambda: f64| -> OneWayModel {
        let weight = |g: &Group| g.n as f64 / (1.0 + lambda * g.n as f64);
        let total: f64 = used.iter().map(weight).sum();
        let mu = used.iter().map(|g| weight(g) * g.mean()).sum::<f64>() / total;
        let squares = within
            + used
                .iter()
                .map(|g| weight(g) * (g.mean() - mu).powi(2))
                .sum::<f64>();
        let sigma2 = squares / df;
        let ln_det: f64 = used.iter().map(|g| (1.0 + lambda * g.n as f64).ln()).sum();
        let restricted = if criterion == Criterion::Reml {
            total.ln()
        } else {
            0.0
        };
        OneWayModel {
            mu,
            se_mu: (sigma2 / total).sqrt(),
            tau2: lambda * sigma2,
            sigma2,
            deviance: df * (1.0 + (2.0 * std::f64::consts::PI * sigma2).ln()) + ln_det + restricted,
        }
    };
    let (ln_lambda, _) = minimum(-16.0, 8.0, |l| at(l.exp()).deviance);
    let (inside, none) = (at(ln_lambda.exp()), at(0.0));
    Some(if none.deviance <= inside.deviance {
        none
    } else {
        inside
    })
}

/// Where a function of one variable is lowest between `low` and `high`: a coarse scan, then golden sections, then a step of
/// the parabola through the last points.
fn minimum(low: f64, high: f64, f: impl Fn(f64) -> f64) -> (f64, f64) {
    let steps = 48;
    let width = (high - low) / f64::from(steps);
    let scan = (0..=steps).map(|i| low + width * f64::from(i));
    let best =
        scan.map(|x| (x, f(x))).fold(
            (low, f64::INFINITY),
            |best, at| if at.1 < best.1 { at } else { best },
        );
    let (mut a, mut b) = ((best.0 - width).max(low), (best.0 + width).min(high));
    let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
    let (mut c, mut d) = (b - golden * (b - a), a + golden * (b - a));
    let (mut fc, mut fd) = (f(c), f(d));
    // To where differences of the function drown in rounding.
    while b - a > 1e-4 {
        if fc < fd {
            (b, d, fd) = (d, c, fc);
            c = b - golden * (b - a);
            fc = f(c);
        } else {
            (a, c, fc) = (c, d, fd);
            d = a + golden * (b - a);
            fd = f(d);
        }
    }
    // Near the minimum the function is a parabola, wide enough at this distance to be seen.
    let (middle, h) = ((a + b) / 2.0, 2e-3);
    let (left, centre, right) = (f(middle - h), f(middle), f(middle + h));
    let curvature = left - 2.0 * centre + right;
    let step = if curvature > 0.0 {
        h / 2.0 * (left - right) / curvature
    } else {
        0.0
    };
    let x = (middle + step.clamp(-h, h)).clamp(low, high);
    (x, f(x))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(ours: f64, theirs: f64, tolerance: f64) {
        assert!(
            (ours - theirs).abs() <= tolerance * theirs.abs(),
            "{ours} {theirs}"
        );
    }

    /// R lme4 1.1-31 `lmer(Yield ~ 1 + (1 | Batch), Dyestuff)`, REML and ML (Davies 1947: 6 batches of 5).
    #[test]
    fn one_way_equals_lme4() {
        let yields = [
            [1545.0, 1440.0, 1440.0, 1520.0, 1580.0],
            [1540.0, 1555.0, 1490.0, 1560.0, 1495.0],
            [1595.0, 1550.0, 1605.0, 1510.0, 1560.0],
            [1445.0, 1440.0, 1595.0, 1465.0, 1545.0],
            [1595.0, 1630.0, 1515.0, 1635.0, 1625.0],
            [1520.0, 1455.0, 1450.0, 1480.0, 1445.0],
        ];
        let groups: Vec<Group> = yields.iter().map(|y| Group::of(y)).collect();
        let reml = one_way(&groups, Criterion::Reml).expect("varies");
        close(reml.tau2, 1764.04994926988, 1e-6);
        close(reml.sigma2, 2451.25001099403, 1e-7);
        close(reml.mu, 1527.5, 1e-12);
        close(reml.se_mu, 19.3834119436727, 1e-6);
        close(reml.deviance, 319.654276842257, 1e-12);
        let ml = one_way(&groups, Criterion::Ml).expect("varies");
        close(ml.tau2, 1388.33339569397, 1e-5);
        close(ml.deviance, 327.327059881135, 1e-12);
        // Balanced: ANOVA moments are the REML estimates.
        let moments = anova(&groups).expect("varies");
        close(moments.tau2, reml.tau2, 1e-6);
        close(moments.n0, 5.0, 1e-12);
        let shrunk = reml.shrink(groups[0]);
        close(
            shrunk.weight,
            reml.tau2 / (reml.tau2 + reml.sigma2 / 5.0),
            1e-12,
        );
        assert_eq!(reml.shrink(Group::default()).mean, reml.mu);
    }

    /// No variance between groups beyond chance: lme4 puts it at 0 too (a singular fit).
    #[test]
    fn a_variance_can_be_nothing() {
        let groups: Vec<Group> = [[1.0, 9.0], [9.0, 1.0], [2.0, 8.0]]
            .iter()
            .map(|g| Group::of(g))
            .collect();
        let model = one_way(&groups, Criterion::Reml).expect("varies");
        assert_eq!((model.tau2, model.icc()), (0.0, 0.0));
        assert!(anova(&groups).expect("varies").icc1 < 0.0);
        assert_eq!(one_way(&groups[..1], Criterion::Reml), None);
    }
}
