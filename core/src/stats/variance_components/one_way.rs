//! One-way random-effects model by (restricted) maximum likelihood.
//!
//! y_ij = mu + u_i + e_ij, u ~ N(0, tau2), e ~ N(0, sigma2).

use super::anova::{Group, one_way_anova};

/// Fitted one-way random-effects model.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct OneWayModel {
    pub mu: f64,
    pub se_mu: f64,
    /// Between-group variance.
    pub tau2: f64,
    /// Within-group variance.
    pub sigma2: f64,
    /// -2 log restricted likelihood (or likelihood, with [`Criterion::Ml`]).
    pub deviance: f64,
}

/// Estimation criterion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Criterion {
    /// Restricted maximum likelihood: accounts for the degree of freedom of the mean.
    Reml,
    Ml,
}

impl OneWayModel {
    /// Fits the model by (restricted) maximum likelihood, profiled to lambda = tau2 / sigma2, which
    /// is found by golden-section search on the log scale and compared with 0. Returns `None` as
    /// [`one_way_anova`] does.
    pub fn fit(groups: &[Group], criterion: Criterion) -> Option<Self> {
        one_way_anova(groups)?;
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
                deviance: df * (1.0 + (2.0 * std::f64::consts::PI * sigma2).ln())
                    + ln_det
                    + restricted,
            }
        };
        let (ln_lambda, _) = minimise(-16.0, 8.0, |l| at(l.exp()).deviance);
        let (inside, none) = (at(ln_lambda.exp()), at(0.0));
        Some(if none.deviance <= inside.deviance {
            none
        } else {
            inside
        })
    }

    /// Intraclass correlation tau2 / (tau2 + sigma2).
    pub fn icc(&self) -> f64 {
        self.tau2 / (self.tau2 + self.sigma2)
    }

    /// Empirical Bayes estimate of a group's mean: weight w = tau2 / (tau2 + sigma2 / n), estimate
    /// mu + w (mean - mu), conditional standard deviation sqrt(tau2 (1 - w)).
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

/// Shrunken mean of one group.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Shrunk {
    /// Reliability of the group's raw mean, 0 to 1.
    pub weight: f64,
    pub mean: f64,
    pub sd: f64,
}

/// Minimum of a function of one variable between `low` and `high`: a coarse grid, golden-section
/// search, then one parabolic step. Returns the argument and the value.
fn minimise(low: f64, high: f64, f: impl Fn(f64) -> f64) -> (f64, f64) {
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
    // Down to the width at which rounding dominates differences of the function.
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
    // The function is a parabola near the minimum, and differences at h exceed rounding errors.
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

    /// R lme4 1.1-31: `lmer(Yield ~ 1 + (1 | Batch), Dyestuff)`, REML and ML (Davies 1947: 6
    /// batches of 5).
    #[test]
    fn one_way_model_matches_lme4() {
        let yields = [
            [1545.0, 1440.0, 1440.0, 1520.0, 1580.0],
            [1540.0, 1555.0, 1490.0, 1560.0, 1495.0],
            [1595.0, 1550.0, 1605.0, 1510.0, 1560.0],
            [1445.0, 1440.0, 1595.0, 1465.0, 1545.0],
            [1595.0, 1630.0, 1515.0, 1635.0, 1625.0],
            [1520.0, 1455.0, 1450.0, 1480.0, 1445.0],
        ];
        let groups: Vec<Group> = yields.iter().map(|y| Group::of(y)).collect();
        let reml = OneWayModel::fit(&groups, Criterion::Reml).expect("varies");
        close(reml.tau2, 1764.04994926988, 1e-6);
        close(reml.sigma2, 2451.25001099403, 1e-7);
        close(reml.mu, 1527.5, 1e-12);
        close(reml.se_mu, 19.3834119436727, 1e-6);
        close(reml.deviance, 319.654276842257, 1e-12);
        let ml = OneWayModel::fit(&groups, Criterion::Ml).expect("varies");
        close(ml.tau2, 1388.33339569397, 1e-5);
        close(ml.deviance, 327.327059881135, 1e-12);
        // In a balanced design, ANOVA and REML estimates are equal.
        let moments = one_way_anova(&groups).expect("varies");
        close(moments.tau2, reml.tau2, 1e-6);
        close(moments.n0, 5.0, 1e-12);
        // By hand from the published analysis of variance (mean squares 11271.5 between and 2451.25
        // within batches): the first batch is 22.5 below the mean, with a reliability of
        // 1 - 2451.25 / 11271.5.
        let shrunk = reml.shrink(groups[0]);
        close(shrunk.weight, 0.782526726, 1e-6);
        close(shrunk.mean, 1527.5 - 17.6068514, 1e-8);
        close(shrunk.sd, 19.5865701, 1e-6);
        assert_eq!(reml.shrink(Group::default()).mean, reml.mu);
    }

    /// Less between-group variance than expected by chance: lme4 also estimates 0 (a singular fit).
    #[test]
    fn between_group_variance_can_be_zero() {
        let groups: Vec<Group> = [[1.0, 9.0], [9.0, 1.0], [2.0, 8.0]]
            .iter()
            .map(|g| Group::of(g))
            .collect();
        let model = OneWayModel::fit(&groups, Criterion::Reml).expect("varies");
        assert_eq!((model.tau2, model.icc()), (0.0, 0.0));
        assert!(one_way_anova(&groups).expect("varies").icc1 < 0.0);
        assert_eq!(OneWayModel::fit(&groups[..1], Criterion::Reml), None);
    }
}
