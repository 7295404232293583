//! Two-way crossed random effects by restricted maximum likelihood on the sparse mixed model
//! equations.

use std::collections::BTreeMap;

use ndarray::{Array1, Array2};
use rayon::prelude::*;

use super::anova::{Group, one_way_anova};
use crate::stats::linear::Cholesky;

/// Two-way crossed random-effects model: y = mu + u(row) + v(column) + e.
#[derive(Clone, Debug, PartialEq)]
pub struct Crossed {
    pub mu: f64,
    pub se_mu: f64,
    /// Variances of the two random effects, and residual variance.
    pub variance_a: f64,
    pub variance_b: f64,
    pub residual: f64,
    /// -2 log restricted likelihood.
    pub deviance: f64,
    /// Predicted effects (BLUPs), one per level.
    pub effects_a: Vec<f64>,
    pub effects_b: Vec<f64>,
    /// Conditional standard deviations of the effects of the first factor; empty if it has more
    /// levels than the second.
    pub sd_a: Vec<f64>,
}

/// Reasons why crossed effects cannot be estimated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CrossedError {
    #[error("levels and values have different lengths")]
    Shape,
    #[error("each factor needs at least two levels, and there must be more values than levels")]
    TooSmall,
    #[error("each factor has more than {MAX_LEVELS} levels (the smaller one {0}); use fewer rows")]
    TooManyLevels(usize),
    #[error("the values do not vary")]
    NoVariance,
}

/// Maximum number of levels of the factor with fewer levels, limited by memory.
pub const MAX_LEVELS: usize = 6000;

/// Fits crossed random effects by restricted maximum likelihood. `a` and `b` hold the zero-based
/// factor levels of each value.
///
/// The factor with more levels is eliminated from the mixed model equations (Henderson 1963), where
/// its block is diagonal. This leaves one dense system in the other factor, so each evaluation of
/// the deviance needs one Cholesky factorisation. The deviance, profiled to the two variance
/// ratios, is minimised by Newton's method on their logarithms with finite-difference derivatives.
///
/// # Errors
/// [`CrossedError::Shape`] if lengths differ, [`CrossedError::TooSmall`] or
/// [`CrossedError::TooManyLevels`] for unsuitable numbers of levels, [`CrossedError::NoVariance`]
/// if the values do not vary.
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
        // Standard deviations are available for the factor with fewer levels only, here b.
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
    // One-way estimates are good starting values.
    let start = |f: &[usize], n: usize| -> f64 {
        let mut groups = vec![Vec::new(); n];
        for (level, value) in f.iter().zip(y) {
            groups[*level].push(*value);
        }
        let groups: Vec<Group> = groups.iter().map(|g| Group::of(g)).collect();
        one_way_anova(&groups)
            .map_or(0.1, |v| (v.tau2 / v.msw).clamp(1e-3, 10.0))
            .ln()
    };
    let found = equations.minimise([start(a, na), start(b, nb)]);
    equations.model(found).ok_or(CrossedError::NoVariance)
}

/// Means of the levels of the first factor at given ratios of the variances, with mu and the
/// residual variance integrated out: t distributions with one degree of freedom less than values.
#[derive(Clone, Debug, PartialEq)]
pub struct ConditionalMeans {
    pub means: Vec<f64>,
    pub scales: Vec<f64>,
}

/// Constant parts of the mixed model equations.
pub struct Equations {
    n: f64,
    /// Number of values per level.
    count_a: Vec<f64>,
    count_b: Vec<f64>,
    /// Sums of centred values per level.
    sum_a: Vec<f64>,
    sum_b: Vec<f64>,
    /// For each level of b, the levels of a it occurs with and their number of values.
    cells: Vec<Vec<(usize, f64)>>,
    mean: f64,
    /// Sum of squares of the centred values.
    total_squares: f64,
}

/// Profiled deviance with the estimates at the same variance ratios.
struct Profile {
    deviance: f64,
    sigma2: f64,
    mu: f64,
    /// Precision of mu in units of 1 / sigma2.
    information: f64,
    effects_a: Array1<f64>,
    /// Change of the effects per unit of mu, with the opposite sign.
    effects_of_mu: Array1<f64>,
    factor: Cholesky,
}

impl Equations {
    /// From the zero-based levels of each value; `na` and `nb` are the numbers of levels.
    pub fn new(a: &[usize], b: &[usize], y: &[f64], na: usize, nb: usize) -> Self {
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

    /// Harmonic mean of the numbers of values per level of the first factor.
    pub fn harmonic_count(&self) -> f64 {
        let sum: f64 = self.count_a.iter().map(|n| 1.0 / n).sum();
        self.count_a.len() as f64 / sum
    }

    /// Logarithm of the restricted likelihood at the logarithms of both ratios, with the residual
    /// variance integrated out (prior 1 / sigma2), up to a constant.
    pub fn ln_likelihood(&self, ln_ratios: [f64; 2]) -> f64 {
        let profile = self.profile(ln_ratios);
        profile.map_or(f64::NEG_INFINITY, |p| -0.5 * p.deviance)
    }

    /// Means of the levels of the first factor at the logarithms of both ratios.
    pub fn means(&self, ln_ratios: [f64; 2]) -> Option<ConditionalMeans> {
        let p = self.profile(ln_ratios)?;
        let inverse = p.factor.inverse();
        let diagonal = inverse.diag();
        let variances = diagonal.iter().zip(&p.effects_of_mu);
        let scale = |(own, of_mu): (&f64, &f64)| {
            let variance = own + (1.0 - of_mu).powi(2) / p.information;
            (p.sigma2 * variance).sqrt()
        };
        Some(ConditionalMeans {
            scales: variances.map(scale).collect(),
            means: p.effects_a.iter().map(|u| self.mean + p.mu + u).collect(),
        })
    }

    /// Profiled restricted deviance at the logarithms of the ratios of both variances to the
    /// residual variance.
    fn profile(&self, ln_ratios: [f64; 2]) -> Option<Profile> {
        let [ra, rb] = ln_ratios.map(f64::exp);
        let na = self.count_a.len();
        let pivot: Vec<f64> = self.count_b.iter().map(|n| n + 1.0 / rb).collect();
        // S = Za'Za + I / ra - Za'Zb (Zb'Zb + I / rb)^-1 Zb'Za, with right-hand sides y and 1.
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
                // Only the lower triangle is read.
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
            effects_of_mu: factor.solve(&rhs.column(1).to_owned()),
            factor,
        })
    }

    /// Minimises the deviance over the logarithms of the two variance ratios.
    fn minimise(&self, start: [f64; 2]) -> [f64; 2] {
        let value = |at: [f64; 2]| self.profile(at).map_or(f64::INFINITY, |p| p.deviance);
        let limit = |at: [f64; 2]| at.map(|l| l.clamp(-14.0, 8.0));
        let mut at = start;
        let mut best = value(at);
        for round in 0..30 {
            // Finite differences narrow over the rounds, to limit the effect of rounding errors.
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
                // Steepest descent where the deviance is not convex (a variance going to 0).
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

    /// Diameters for 24 plates (rows) x 6 samples of penicillin (Davies & Goldsmith 1972): R lme4
    /// 1.1-31 `lmer(diameter ~ 1 + (1 | plate) + (1 | sample), Penicillin)`.
    #[test]
    fn crossed_matches_lme4() {
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
        let swapped = crossed(&plate, &sample, &y).expect("fits");
        close(swapped.variance_b, found.variance_a, 1e-9);
        assert_eq!(crossed(&plate, &sample, &y[1..]), Err(CrossedError::Shape));
        assert_eq!(
            crossed(&sample[..6], &[0; 6], &y[..6]),
            Err(CrossedError::TooSmall)
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]
        #[test]
        fn arbitrary_ratings_give_finite_variances_or_an_error(
            rows in prop::collection::vec((0_usize..6, 0_usize..9, 1_i32..6), 1..80),
        ) {
            let a: Vec<usize> = rows.iter().map(|r| r.0).collect();
            let b: Vec<usize> = rows.iter().map(|r| r.1).collect();
            let y: Vec<f64> = rows.iter().map(|r| f64::from(r.2)).collect();
            if let Ok(found) = crossed(&a, &b, &y) {
                let estimates = [found.variance_a, found.variance_b, found.residual, found.mu];
                prop_assert!(estimates.iter().all(|v| v.is_finite()));
                prop_assert!(found.variance_a >= 0.0 && found.variance_b >= 0.0);
            }
        }
    }
}
