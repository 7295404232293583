//! How much of a rating belongs to whom: one-way and two-way crossed random effects.
//!
//! One-way: y_ij = mu + u_i + e_ij, u ~ N(0, tau2), e ~ N(0, sigma2). Crossed: customers and agents each have an effect of
//! their own, so that a severe customer is not counted against the agent (lme4's `(1 | agent) + (1 | customer)`).

use std::collections::BTreeMap;

use ndarray::{Array1, Array2};
use rayon::prelude::*;

use super::linear::Cholesky;

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

/// A two-way crossed random-effects model: y = mu + u(row) + v(column) + e.
#[derive(Clone, Debug, PartialEq)]
pub struct Crossed {
    pub mu: f64,
    pub se_mu: f64,
    /// Variances of the two factors' effects and of what is left.
    pub variance_a: f64,
    pub variance_b: f64,
    pub residual: f64,
    /// -2 ln of the restricted likelihood.
    pub deviance: f64,
    /// Predicted effects (given the variances), one a level.
    pub effects_a: Vec<f64>,
    pub effects_b: Vec<f64>,
    /// Standard deviations of the effects of the factor with fewer levels, given the model.
    pub sd_a: Vec<f64>,
}

/// Why crossed effects cannot be estimated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CrossedError {
    #[error("levels and values have different lengths")]
    Shape,
    #[error("each factor needs two levels, and there must be more values than levels")]
    TooSmall,
    #[error("the factor with fewer levels has {0}; more than {MAX_LEVELS} do not fit into memory")]
    TooManyLevels(usize),
    #[error("the values do not vary")]
    NoVariance,
}

/// Most levels of the factor with fewer of them.
pub const MAX_LEVELS: usize = 6000;

/// Fits crossed effects by restricted maximum likelihood. `a` and `b` are levels from 0, one a value.
///
/// The factor with more levels is eliminated from the mixed model equations (Henderson 1963; its block is diagonal), which
/// leaves one dense system in the other: each evaluation of the deviance is one Cholesky factor. The deviance, profiled to
/// the two variance ratios, is minimised by Newton's method on their logarithms with differences for derivatives.
///
/// # Errors
/// Too few or too many levels, or values that do not vary.
pub fn crossed(a: &[usize], b: &[usize], y: &[f64]) -> Result<Crossed, CrossedError> {
    if a.len() != y.len() || b.len() != y.len() {
        return Err(CrossedError::Shape);
    }
    let levels = |f: &[usize]| f.iter().max().map_or(0, |m| m + 1);
    let (na, nb) = (levels(a), levels(b));
    if na > nb {
        let mut swapped = crossed(b, a, y)?;
        std::mem::swap(&mut swapped.variance_a, &mut swapped.variance_b);
        std::mem::swap(&mut swapped.effects_a, &mut swapped.effects_b);
        // Deviations belong to the factor with fewer levels, which is b here.
        swapped.sd_a = Vec::new();
        return Ok(swapped);
    }
    if na < 2 || nb < 2 || y.len() <= na.max(nb) + 1 {
        return Err(CrossedError::TooSmall);
    }
    if na > MAX_LEVELS {
        return Err(CrossedError::TooManyLevels(na));
    }
    let equations = Equations::new(a, b, y, na, nb);
    if equations.total_squares <= 0.0 {
        return Err(CrossedError::NoVariance);
    }
    // One-way estimates are near enough to start from.
    let start = |f: &[usize], n: usize| -> f64 {
        let mut groups = vec![Vec::new(); n];
        for (level, value) in f.iter().zip(y) {
            groups[*level].push(*value);
        }
        let groups: Vec<Group> = groups.iter().map(|g| Group::of(g)).collect();
        anova(&groups)
            .map_or(0.1, |v| (v.tau2 / v.msw).clamp(1e-3, 10.0))
            .ln()
    };
    let found = equations.minimise([start(a, na), start(b, nb)]);
    equations.model(found).ok_or(CrossedError::NoVariance)
}

/// The mixed model equations' constant parts.
struct Equations {
    n: f64,
    /// Values per level.
    count_a: Vec<f64>,
    count_b: Vec<f64>,
    /// Sums of centred values per level.
    sum_a: Vec<f64>,
    sum_b: Vec<f64>,
    /// For each level of b, the levels of a with their number of values.
    cells: Vec<Vec<(usize, f64)>>,
    mean: f64,
    /// Sum of squares of the centred values.
    total_squares: f64,
}

/// A deviance and what it was made from.
struct Profile {
    deviance: f64,
    sigma2: f64,
    mu: f64,
    /// Precision of mu in units of 1 / sigma2.
    information: f64,
    effects_a: Array1<f64>,
    factor: Cholesky,
}

impl Equations {
    fn new(a: &[usize], b: &[usize], y: &[f64], na: usize, nb: usize) -> Self {
        let mean = y.iter().sum::<f64>() / y.len() as f64;
        let (mut count_a, mut count_b) = (vec![0.0; na], vec![0.0; nb]);
        let (mut sum_a, mut sum_b) = (vec![0.0; na], vec![0.0; nb]);
        let mut cells: Vec<BTreeMap<usize, f64>> = vec![BTreeMap::new(); nb];
        let mut total_squares = 0.0;
        for ((i, j), v) in a.iter().zip(b).zip(y) {
            let v = v - mean;
            count_a[*i] += 1.0;
            count_b[*j] += 1.0;
            sum_a[*i] += v;
            sum_b[*j] += v;
            *cells[*j].entry(*i).or_insert(0.0) += 1.0;
            total_squares += v * v;
        }
        Self {
            n: y.len() as f64,
            count_a,
            count_b,
            sum_a,
            sum_b,
            cells: cells.into_iter().map(|c| c.into_iter().collect()).collect(),
            mean,
            total_squares,
        }
    }

    /// The profiled restricted deviance at the logarithms of variance_a / residual and variance_b / residual.
    fn profile(&self, ln_ratios: [f64; 2]) -> Option<Profile> {
        let [ra, rb] = ln_ratios.map(f64::exp);
        let na = self.count_a.len();
        let pivot: Vec<f64> = self.count_b.iter().map(|n| n + 1.0 / rb).collect();
        // S = Za'Za + I / ra - Za'Zb (Zb'Zb + I / rb)^-1 Zb'Za, and the same for right-hand sides y and 1.
        let mut s = Array2::<f64>::zeros((na, na));
        let mut rhs = Array2::<f64>::zeros((na, 2));
        let (mut yy, mut one_y, mut one_one, mut ln_det) = (self.total_squares, 0.0, self.n, 0.0);
        for (i, n) in self.count_a.iter().enumerate() {
            s[(i, i)] = n + 1.0 / ra;
            rhs[(i, 0)] = self.sum_a[i];
            rhs[(i, 1)] = *n;
        }
        for ((cells, pivot), (n, sum)) in self
            .cells
            .iter()
            .zip(&pivot)
            .zip(self.count_b.iter().zip(&self.sum_b))
        {
            ln_det += (pivot * rb).ln();
            yy -= sum * sum / pivot;
            one_y -= n * sum / pivot;
            one_one -= n * n / pivot;
            for (i, c) in cells {
                let share = c / pivot;
                rhs[(*i, 0)] -= share * sum;
                rhs[(*i, 1)] -= share * n;
                // The lower triangle is enough.
                for (j, d) in cells.iter().take_while(|(j, _)| j <= i) {
                    s[(*i, *j)] -= share * d;
                }
            }
        }
        let factor = Cholesky::of(&s)?;
        ln_det += factor.ln_determinant() + na as f64 * ra.ln();
        let solved = factor.solve_lower(&rhs);
        let (y, one) = (solved.column(0), solved.column(1));
        yy -= y.dot(&y);
        one_y -= one.dot(&y);
        one_one -= one.dot(&one);
        let mu = one_y / one_one;
        let squares = yy - mu * one_y;
        let df = self.n - 1.0;
        let sigma2 = squares / df;
        let deviance =
            df * (1.0 + (2.0 * std::f64::consts::PI * sigma2).ln()) + ln_det + one_one.ln();
        let residual_rhs = &rhs.column(0) - &(&rhs.column(1) * mu);
        deviance.is_finite().then(|| Profile {
            deviance,
            sigma2,
            mu,
            information: one_one,
            effects_a: factor.solve(&residual_rhs),
            factor,
        })
    }

    /// The logarithms of the two ratios where the deviance is lowest.
    fn minimise(&self, start: [f64; 2]) -> [f64; 2] {
        let value = |at: [f64; 2]| self.profile(at).map_or(f64::INFINITY, |p| p.deviance);
        let limit = |at: [f64; 2]| at.map(|l| l.clamp(-14.0, 8.0));
        let mut at = start;
        let mut best = value(at);
        for round in 0..30 {
            // Wide differences first, then narrow ones: what rounding adds to the last gradient moves nothing any more.
            let h = [0.1, 0.02, 0.003][round.min(2)];
            let offsets = [[h, 0.0], [-h, 0.0], [0.0, h], [0.0, -h], [h, h], [-h, -h]];
            let around: Vec<f64> = offsets
                .par_iter()
                .map(|o| value([at[0] + o[0], at[1] + o[1]]))
                .collect();
            let gradient = [
                (around[0] - around[1]) / (2.0 * h),
                (around[2] - around[3]) / (2.0 * h),
            ];
            let (faa, fbb) = (
                (around[0] - 2.0 * best + around[1]) / (h * h),
                (around[2] - 2.0 * best + around[3]) / (h * h),
            );
            let fab = (around[4] + around[5] - around[0] - around[1] - around[2] - around[3]
                + 2.0 * best)
                / (2.0 * h * h);
            let determinant = faa * fbb - fab * fab;
            let mut step = if determinant > 0.0 && faa > 0.0 {
                [
                    -(fbb * gradient[0] - fab * gradient[1]) / determinant,
                    -(faa * gradient[1] - fab * gradient[0]) / determinant,
                ]
            } else {
                // Downhill where the surface is no bowl (a variance that goes to 0).
                [-gradient[0].signum(), -gradient[1].signum()]
            };
            step = step.map(|s| s.clamp(-2.0, 2.0));
            let mut next = limit([at[0] + step[0], at[1] + step[1]]);
            let mut found = value(next);
            let mut tries = 0;
            while found > best + 1e-9 * best.abs() && tries < 12 {
                step = step.map(|s| s / 2.0);
                next = limit([at[0] + step[0], at[1] + step[1]]);
                found = value(next);
                tries += 1;
            }
            let moved = (next[0] - at[0]).abs().max((next[1] - at[1]).abs());
            if found <= best + 1e-9 * best.abs() {
                (at, best) = (next, found.min(best));
            }
            if moved < 1e-5 {
                break;
            }
        }
        at
    }

    fn model(&self, ln_ratios: [f64; 2]) -> Option<Crossed> {
        let [ra, rb] = ln_ratios.map(f64::exp);
        let p = self.profile(ln_ratios)?;
        let effects_b = self
            .cells
            .iter()
            .zip(self.count_b.iter().zip(&self.sum_b))
            .map(|(cells, (n, sum))| {
                let of_a: f64 = cells.iter().map(|(i, c)| c * p.effects_a[*i]).sum();
                (sum - n * p.mu - of_a) / (n + 1.0 / rb)
            })
            .collect();
        Some(Crossed {
            mu: self.mean + p.mu,
            se_mu: (p.sigma2 / p.information).sqrt(),
            variance_a: ra * p.sigma2,
            variance_b: rb * p.sigma2,
            residual: p.sigma2,
            deviance: p.deviance,
            sd_a: p
                .factor
                .inverse()
                .diag()
                .iter()
                .map(|v| (v * p.sigma2).sqrt())
                .collect(),
            effects_a: p.effects_a.to_vec(),
            effects_b,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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

    /// Diameters of 24 plates (rows) x 6 samples of penicillin (Davies & Goldsmith 1972): R lme4 1.1-31
    /// `lmer(diameter ~ 1 + (1 | plate) + (1 | sample), Penicillin)`.
    #[test]
    fn crossed_equals_lme4() {
        let diameters = [
            "27 23 26 23 23 21",
            "27 23 26 23 23 21",
            "25 21 25 24 24 20",
            "26 23 25 23 23 20",
            "25 22 26 22 23 20",
            "24 22 25 23 22 19",
            "24 20 23 21 22 19",
            "26 22 26 24 24 21",
            "24 21 24 22 22 20",
            "24 21 24 23 22 19",
            "26 23 26 24 24 21",
            "25 22 26 24 24 20",
            "26 24 26 24 25 22",
            "26 23 26 23 23 20",
            "26 23 25 24 24 22",
            "25 22 25 23 23 20",
            "25 21 24 23 23 20",
            "25 22 24 23 23 19",
            "24 21 23 21 21 19",
            "26 23 26 24 24 21",
            "25 21 24 22 22 18",
            "25 22 25 22 22 20",
            "24 21 24 22 24 19",
            "24 21 24 22 21 18",
        ];
        let (mut plate, mut sample, mut y) = (Vec::new(), Vec::new(), Vec::new());
        for (row, line) in diameters.iter().enumerate() {
            for (column, value) in line.split(' ').enumerate() {
                plate.push(row);
                sample.push(column);
                y.push(value.parse::<f64>().expect("a number"));
            }
        }
        let found = crossed(&sample, &plate, &y).expect("fits");
        close(found.variance_a, 3.730917588345593, 1e-4);
        close(found.variance_b, 0.716908176766070, 1e-4);
        close(found.residual, 0.302415462713223, 1e-5);
        close(found.mu, 22.9722222222251, 1e-10);
        close(found.se_mu, 0.808573360598727, 1e-4);
        close(found.deviance, 330.860588991086, 1e-9);
        close(found.effects_a[0], 2.187_057_966_770_604, 1e-4);
        close(found.sd_a[0], 0.202170802978162, 1e-3);
        let turned = crossed(&plate, &sample, &y).expect("fits");
        close(turned.variance_b, found.variance_a, 1e-9);
        assert_eq!(crossed(&plate, &sample, &y[1..]), Err(CrossedError::Shape));
        assert_eq!(
            crossed(&sample[..6], &[0; 6], &y[..6]),
            Err(CrossedError::TooSmall)
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn any_ratings_give_variances_or_an_error(
            rows in prop::collection::vec((0_usize..6, 0_usize..9, 1_i32..6), 1..80),
        ) {
            let a: Vec<usize> = rows.iter().map(|r| r.0).collect();
            let b: Vec<usize> = rows.iter().map(|r| r.1).collect();
            let y: Vec<f64> = rows.iter().map(|r| f64::from(r.2)).collect();
            if let Ok(found) = crossed(&a, &b, &y) {
                prop_assert!([found.variance_a, found.variance_b, found.residual, found.mu].iter().all(|v| v.is_finite()));
                prop_assert!(found.variance_a >= 0.0 && found.variance_b >= 0.0);
            }
        }
    }
}
