//! Proportional odds regression of ordered categories (McCullagh 1980); with two categories it is
//! logistic regression.
//!
//! P(Y >= k) = logistic(alpha_k + x beta) with alpha_1 > alpha_2 > ..., the form of the graded
//! response model with observed predictors instead of a latent trait. Fitted by Newton's method
//! until the gradient vanishes; the log-likelihood is concave, so the maximum is unique.

use linfa::{
    ParamGuard,
    dataset::DatasetBase,
    traits::{Fit, PredictInplace},
};
use ndarray::{Array1, Array2, ArrayView1};

use super::{
    distributions::{logistic, logit},
    linear::Cholesky,
};

/// Reasons why the regression cannot be fitted.
#[derive(Debug, thiserror::Error)]
pub enum OrdinalError {
    #[error("the outcome has only one category; at least two are needed")]
    OneCategory,
    #[error("outcome categories must be numbered 0, 1, 2, ... without gaps; {0} is empty")]
    EmptyCategory(usize),
    #[error("{rows} rows are too few for {parameters} parameters")]
    TooFewRows { rows: usize, parameters: usize },
    #[error(
        "no maximum exists: predictors are collinear, constant, or separate the categories; \
         remove predictors"
    )]
    NoMaximum,
    #[error("the tolerance must be positive")]
    Tolerance,
    #[error("there are {targets} outcomes for {rows} rows")]
    Shape { rows: usize, targets: usize },
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
}

/// Unchecked parameters.
#[derive(Clone, Debug)]
pub struct ProportionalOddsParams(ValidProportionalOdds);

/// Checked parameters.
#[derive(Clone, Debug)]
pub struct ValidProportionalOdds {
    tolerance: f64,
    max_iterations: usize,
}

/// Fitted model.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ProportionalOdds {
    /// alpha_1, alpha_2, ...: the intercepts of P(Y >= 1), P(Y >= 2), ...
    pub intercepts: Vec<f64>,
    pub coefficients: Vec<f64>,
    /// Standard errors of the intercepts, then of the coefficients.
    pub standard_errors: Vec<f64>,
    pub log_likelihood: f64,
    /// Log-likelihood of the intercept-only model.
    pub null_log_likelihood: f64,
    pub n: usize,
    pub iterations: usize,
}

impl ProportionalOdds {
    /// Defaults: a tolerance of 1e-9 and at most 100 iterations.
    pub fn params() -> ProportionalOddsParams {
        ProportionalOddsParams(ValidProportionalOdds {
            tolerance: 1e-9,
            max_iterations: 100,
        })
    }

    /// Cox & Snell's R2: 1 - (L0 / L)^(2 / n).
    pub fn cox_snell(&self) -> f64 {
        -(2.0 / self.n as f64 * (self.null_log_likelihood - self.log_likelihood)).exp_m1()
    }

    /// Nagelkerke's R2: Cox & Snell's divided by its maximum, 1 - L0^(2 / n).
    pub fn nagelkerke(&self) -> f64 {
        self.cox_snell() / -(2.0 / self.n as f64 * self.null_log_likelihood).exp_m1()
    }

    /// P(Y >= 1), P(Y >= 2), ... for one row of predictors.
    pub fn at_least(&self, x: ArrayView1<'_, f64>) -> Vec<f64> {
        let eta: f64 = x.iter().zip(&self.coefficients).map(|(x, b)| x * b).sum();
        self.intercepts.iter().map(|a| logistic(a + eta)).collect()
    }
}

impl ProportionalOddsParams {
    /// Convergence criterion: the largest absolute gradient element divided by the root of the
    /// number of rows.
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.0.tolerance = tolerance;
        self
    }

    /// Maximum number of Newton iterations.
    pub fn max_iterations(mut self, steps: usize) -> Self {
        self.0.max_iterations = steps;
        self
    }
}

impl ParamGuard for ProportionalOddsParams {
    type Checked = ValidProportionalOdds;
    type Error = OrdinalError;

    fn check_ref(&self) -> Result<&ValidProportionalOdds, OrdinalError> {
        if self.0.tolerance.is_nan() || self.0.tolerance <= 0.0 {
            return Err(OrdinalError::Tolerance);
        }
        Ok(&self.0)
    }

    fn check(self) -> Result<ValidProportionalOdds, OrdinalError> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl Fit<Array2<f64>, Array1<usize>, OrdinalError> for ValidProportionalOdds {
    type Object = ProportionalOdds;

    /// Fits the categories 0, 1, 2, ... (targets) on the predictors (records, without a column of
    /// ones).
    fn fit(
        &self,
        dataset: &DatasetBase<Array2<f64>, Array1<usize>>,
    ) -> Result<ProportionalOdds, OrdinalError> {
        let (x, y) = (&dataset.records, &dataset.targets);
        let (rows, predictors) = x.dim();
        if y.len() != rows {
            return Err(OrdinalError::Shape {
                rows,
                targets: y.len(),
            });
        }
        let categories = y.iter().max().map_or(0, |m| m + 1);
        let mut counts = vec![0_usize; categories];
        for k in y {
            counts[*k] += 1;
        }
        if categories < 2 {
            return Err(OrdinalError::OneCategory);
        }
        if let Some(empty) = counts.iter().position(|n| *n == 0) {
            return Err(OrdinalError::EmptyCategory(empty));
        }
        let parameters = categories - 1 + predictors;
        if rows <= parameters {
            return Err(OrdinalError::TooFewRows { rows, parameters });
        }
        // Standardised predictors give steps and tolerance the same meaning for all of them.
        let n = rows as f64;
        let centre: Vec<f64> = x.columns().into_iter().map(|c| c.sum() / n).collect();
        let scale: Vec<f64> = x
            .columns()
            .into_iter()
            .zip(&centre)
            .map(|(c, m)| (c.iter().map(|v| (v - m).powi(2)).sum::<f64>() / n).sqrt())
            .collect();
        if scale.iter().any(|s| *s <= 0.0 || !s.is_finite()) {
            return Err(OrdinalError::NoMaximum);
        }
        let z = Array2::from_shape_fn((rows, predictors), |(r, c)| {
            (x[(r, c)] - centre[c]) / scale[c]
        });
        let shares: Vec<f64> = counts.iter().map(|c| *c as f64 / n).collect();
        let null_log_likelihood: f64 = counts
            .iter()
            .zip(&shares)
            .map(|(c, s)| *c as f64 * s.ln())
            .sum();
        let mut above = 1.0;
        let mut psi = Array1::zeros(parameters);
        for k in 0..categories - 1 {
            above -= shares[k];
            psi[k] = logit(above);
        }
        let problem = Problem {
            z: &z,
            y,
            boundaries: categories - 1,
        };
        let mut at = problem.evaluate(&psi);
        let mut iterations = 0;
        loop {
            let largest = at.gradient.iter().fold(0.0, |m: f64, g| m.max(g.abs()));
            if largest < self.tolerance * n.sqrt() {
                break;
            }
            if iterations == self.max_iterations {
                return Err(OrdinalError::NoMaximum);
            }
            iterations += 1;
            let step = Cholesky::of(&at.information)
                .ok_or(OrdinalError::NoMaximum)?
                .solve(&at.gradient);
            let mut share = 1.0;
            loop {
                let next = &psi + &(&step * share);
                let proper = (1..categories - 1).all(|k| next[k - 1] > next[k]);
                let found = proper.then(|| problem.evaluate(&next));
                match found {
                    Some(found)
                        if found.log_likelihood
                            >= at.log_likelihood - 1e-12 * at.log_likelihood.abs() =>
                    {
                        (psi, at) = (next, found);
                        break;
                    }
                    _ if share < 1e-8 => return Err(OrdinalError::NoMaximum),
                    _ => share *= 0.5,
                }
            }
            // A diverging parameter means separation.
            if psi.iter().any(|p| p.abs() > 200.0) {
                return Err(OrdinalError::NoMaximum);
            }
        }
        let covariance = Cholesky::of(&at.information)
            .ok_or(OrdinalError::NoMaximum)?
            .inverse();
        let boundaries = categories - 1;
        let coefficients: Vec<f64> = (0..predictors)
            .map(|c| psi[boundaries + c] / scale[c])
            .collect();
        let shift: f64 = coefficients.iter().zip(&centre).map(|(b, m)| b * m).sum();
        // Uncentred intercept: alpha - sum(mean beta); its variance needs the covariances.
        let se_intercept = |k: usize| {
            let mut weights = vec![0.0; parameters];
            weights[k] = 1.0;
            for c in 0..predictors {
                weights[boundaries + c] = -centre[c] / scale[c];
            }
            let w = Array1::from(weights);
            w.dot(&covariance.dot(&w)).sqrt()
        };
        let se_slope = |c: usize| covariance[(boundaries + c, boundaries + c)].sqrt() / scale[c];
        Ok(ProportionalOdds {
            intercepts: (0..boundaries).map(|k| psi[k] - shift).collect(),
            standard_errors: (0..boundaries)
                .map(se_intercept)
                .chain((0..predictors).map(se_slope))
                .collect(),
            coefficients,
            log_likelihood: at.log_likelihood,
            null_log_likelihood,
            n: rows,
            iterations,
        })
    }
}

/// Log-likelihood, gradient and information matrix.
struct Evaluation {
    log_likelihood: f64,
    gradient: Array1<f64>,
    information: Array2<f64>,
}

/// Standardised data of one fit.
struct Problem<'a> {
    z: &'a Array2<f64>,
    y: &'a Array1<usize>,
    /// Number of category boundaries.
    boundaries: usize,
}

impl Problem<'_> {
    fn evaluate(&self, psi: &Array1<f64>) -> Evaluation {
        let (m, p) = (self.boundaries, self.z.ncols());
        let mut at = Evaluation {
            log_likelihood: 0.0,
            gradient: Array1::zeros(m + p),
            information: Array2::zeros((m + p, m + p)),
        };
        for (row, k) in self.z.rows().into_iter().zip(self.y) {
            let eta: f64 = (0..p).map(|c| psi[m + c] * row[c]).sum();
            // Boundaries below and above the category, as in the graded response model:
            // P = s(u) s(-v) (1 - e^(v - u)).
            let below = k.checked_sub(1).map(|b| (b, logistic(psi[b] + eta)));
            let above = (*k < m).then(|| (*k, logistic(psi[*k] + eta)));
            let gap = match (below, above) {
                (Some((b, _)), Some((a, _))) => psi[b] - psi[a],
                _ => f64::INFINITY,
            };
            at.log_likelihood += below.map_or(0.0, |b| b.1.ln())
                + above.map_or(0.0, |a| (1.0 - a.1).ln())
                + (-(-gap).exp()).ln_1p();
            let r = 1.0 / gap.exp_m1();
            let rho = r * (1.0 + r);
            let mut slope = 0.0;
            for (boundary, s, up) in below
                .iter()
                .map(|b| (b.0, b.1, true))
                .chain(above.iter().map(|a| (a.0, a.1, false)))
            {
                let d = if up { 1.0 - s + r } else { -s - r };
                let w = s * (1.0 - s);
                at.gradient[boundary] += d;
                // The terms in r cancel in the derivative by eta.
                slope += if up { 1.0 - s } else { -s };
                at.information[(boundary, boundary)] += w + rho;
                for c in 0..p {
                    at.information[(boundary, m + c)] += w * row[c];
                    at.information[(m + c, boundary)] += w * row[c];
                    for d in 0..p {
                        at.information[(m + c, m + d)] += w * row[c] * row[d];
                    }
                }
            }
            if let (Some((b, _)), Some((a, _))) = (below, above) {
                at.information[(b, a)] -= rho;
                at.information[(a, b)] -= rho;
            }
            for c in 0..p {
                at.gradient[m + c] += slope * row[c];
            }
        }
        at
    }
}

impl PredictInplace<Array2<f64>, Array1<f64>> for ProportionalOdds {
    /// Expected category number of each row.
    fn predict_inplace<'a>(&'a self, x: &'a Array2<f64>, y: &mut Array1<f64>) {
        for (row, out) in x.rows().into_iter().zip(y.iter_mut()) {
            *out = self.at_least(row).iter().sum();
        }
    }

    fn default_target(&self, x: &Array2<f64>) -> Array1<f64> {
        Array1::zeros(x.nrows())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// MASS `housing`, satisfaction by influence, expanded by frequency (1,681 tenants): R 4.2.2,
    /// MASS 7.3-58.2 `polr(Sat ~ InflMed + InflHigh, weights = Freq)`, parametrised as P(Y <= k) =
    /// logistic(zeta_k - x beta).
    #[test]
    fn proportional_odds_match_polr() {
        let counts = [[282, 170, 175], [206, 189, 264], [79, 87, 229]];
        let (mut x, mut y) = (Vec::new(), Vec::new());
        for (influence, row) in counts.iter().enumerate() {
            for (category, n) in row.iter().enumerate() {
                for _ in 0..*n {
                    x.extend([
                        f64::from(u8::from(influence == 1)),
                        f64::from(u8::from(influence == 2)),
                    ]);
                    y.push(category);
                }
            }
        }
        let x = Array2::from_shape_vec((y.len(), 2), x).expect("two columns");
        let fit = ProportionalOdds::params()
            .check()
            .expect("fine")
            .fit(&DatasetBase::new(x, Array1::from(y)))
            .expect("fits");
        for (ours, polr) in fit
            .coefficients
            .iter()
            .copied()
            .chain(fit.intercepts.iter().map(|a| -a))
            .chain([fit.log_likelihood])
            .chain(fit.standard_errors.iter().copied().skip(2))
            .chain(fit.standard_errors.iter().copied().take(2))
            .zip([
                0.563578768566086,
                1.248672150885093,
                -0.201376276981178,
                0.948475545613787,
                -1771.70775604402,
                0.1035705133325288,
                0.1247935831201365,
                0.0766259399641369,
                0.0802430020614644,
            ])
        {
            assert!((ours - polr).abs() < 2e-6 * polr.abs(), "{ours} {polr}");
        }
    }

    #[test]
    fn degenerate_data_is_rejected_with_the_reason() {
        let fit = |x: Vec<f64>, y: Vec<usize>| {
            let x = Array2::from_shape_vec((y.len(), 1), x).expect("one column");
            ProportionalOdds::params()
                .check()
                .expect("fine")
                .fit(&DatasetBase::new(x, Array1::from(y)))
        };
        let separated = fit(
            (0..20).map(f64::from).collect(),
            (0..20).map(|i| usize::from(i > 9)).collect(),
        );
        assert!(
            matches!(separated, Err(OrdinalError::NoMaximum)),
            "{separated:?}"
        );
        assert!(matches!(
            fit(vec![1.0; 9], vec![0; 9]),
            Err(OrdinalError::OneCategory)
        ));
        assert!(matches!(
            fit(vec![1.0; 9], vec![0, 2, 0, 2, 0, 2, 0, 2, 0]),
            Err(OrdinalError::EmptyCategory(1))
        ));
        assert!(matches!(
            fit(vec![1.0; 9], vec![0, 1, 0, 1, 0, 1, 0, 1, 0]),
            Err(OrdinalError::NoMaximum)
        ));
    }
}
