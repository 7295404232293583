//! L1-penalised logistic regression on sparse yes/no predictors, along a path of penalties.
//!
//! Minimises (1/N) Σ (n ln(1 + exp(η)) - y η) + λ Σ |w| for rows of n outcomes with y successes and
//! η = b + Σ w of the row's columns; the intercept b is not penalised. Iteratively reweighted least
//! squares with coordinate descent inside, warm starts along the path, and columns left out by the
//! sequential strong rule until the optimality conditions ask for them (Friedman, Hastie &
//! Tibshirani 2010, J. Stat. Softw. 33; Tibshirani et al. 2012, JRSS B 74).

use super::distributions::logistic;

/// Most reweightings and most passes in each.
const REWEIGHTINGS: usize = 25;
const PASSES: usize = 200;
/// Smallest change of the loss that is worth a pass.
const TOLERANCE: f64 = 1e-7;
/// Fitted probabilities stay this far from 0 and 1.
const EDGE: f64 = 1e-5;

/// Rows of columns that apply to them, stored by column.
#[derive(Clone, Debug, Default)]
pub struct BinaryColumns {
    rows: usize,
    columns: Vec<Vec<u32>>,
}

impl BinaryColumns {
    /// An empty matrix with the given number of columns.
    pub fn new(columns: usize) -> Self {
        Self {
            rows: 0,
            columns: vec![Vec::new(); columns],
        }
    }

    /// Appends a row with these columns, each at most once; columns out of range are dropped.
    pub fn push(&mut self, columns: impl IntoIterator<Item = u32>) {
        for column in columns {
            if let Some(rows) = self.columns.get_mut(column as usize) {
                rows.push(self.rows as u32);
            }
        }
        self.rows += 1;
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows
    }
}

/// Outcomes of a row: how many, and how many successes. Rows with none have no part in a fit.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Outcomes {
    pub n: f64,
    pub successes: f64,
}

/// A fit at one penalty.
#[derive(Clone, Debug, PartialEq)]
pub struct LassoLogistic {
    pub intercept: f64,
    /// Columns with their weights, those with weight 0 left out, ascending.
    pub weights: Vec<(u32, f64)>,
}

impl LassoLogistic {
    /// Log odds of each row.
    pub fn log_odds(&self, x: &BinaryColumns) -> Vec<f64> {
        let mut eta = vec![self.intercept; x.rows];
        for (column, weight) in &self.weights {
            for row in x.columns.get(*column as usize).into_iter().flatten() {
                eta[*row as usize] += weight;
            }
        }
        eta
    }
}

/// The smallest penalty at which all weights are 0. `None` if all outcomes are alike.
pub fn largest_penalty(x: &BinaryColumns, outcomes: &[Outcomes]) -> Option<f64> {
    let fit = Fit::new(x, outcomes)?;
    let gradients = (0..x.columns.len()).map(|column| fit.gradient(column).abs());
    Some(gradients.fold(0.0, f64::max))
}

/// Fits at each of the descending penalties. `None` if all outcomes are alike.
pub fn lasso_path(
    x: &BinaryColumns,
    outcomes: &[Outcomes],
    penalties: &[f64],
) -> Option<Vec<LassoLogistic>> {
    let mut fit = Fit::new(x, outcomes)?;
    let mut before = penalties.first().copied().unwrap_or_default();
    let path = penalties.iter().map(|penalty| {
        fit.solve(*penalty, before);
        before = *penalty;
        fit.result()
    });
    Some(path.collect())
}

/// The state of a fit.
struct Fit<'a> {
    x: &'a BinaryColumns,
    outcomes: &'a [Outcomes],
    /// Number of outcomes.
    total: f64,
    intercept: f64,
    weights: Vec<f64>,
    /// Log odds of each row.
    eta: Vec<f64>,
    /// Curvature of each row, and its working residual times the curvature.
    curvature: Vec<f64>,
    residual: Vec<f64>,
}

impl<'a> Fit<'a> {
    fn new(x: &'a BinaryColumns, outcomes: &'a [Outcomes]) -> Option<Self> {
        let total: f64 = outcomes.iter().map(|o| o.n).sum();
        let successes: f64 = outcomes.iter().map(|o| o.successes).sum();
        if outcomes.len() != x.rows || successes <= 0.0 || successes >= total {
            return None;
        }
        let intercept = (successes / (total - successes)).ln();
        let mut fit = Self {
            x,
            outcomes,
            total,
            intercept,
            weights: vec![0.0; x.columns.len()],
            eta: vec![intercept; x.rows],
            curvature: vec![0.0; x.rows],
            residual: vec![0.0; x.rows],
        };
        fit.reweight();
        Some(fit)
    }

    fn reweight(&mut self) {
        for (row, outcomes) in self.outcomes.iter().enumerate() {
            let p = logistic(self.eta[row]);
            let bounded = p.clamp(EDGE, 1.0 - EDGE);
            self.curvature[row] = outcomes.n * bounded * (1.0 - bounded);
            self.residual[row] = outcomes.successes - outcomes.n * p;
        }
    }

    /// Slope of the likelihood in a column's weight, per outcome.
    fn gradient(&self, column: usize) -> f64 {
        let rows = self.x.columns[column].iter();
        rows.map(|row| self.residual[*row as usize]).sum::<f64>() / self.total
    }

    fn solve(&mut self, penalty: f64, before: f64) {
        let strong = 2.0 * penalty - before;
        let columns = 0..self.x.columns.len();
        let is_candidate = |fit: &Self, column: usize| {
            fit.weights[column] != 0.0 || fit.gradient(column).abs() >= strong
        };
        let mut candidates: Vec<usize> =
            columns.clone().filter(|c| is_candidate(self, *c)).collect();
        loop {
            for _ in 0..REWEIGHTINGS {
                let moved = self.descend(&candidates, penalty);
                self.reweight();
                if moved < TOLERANCE {
                    break;
                }
            }
            // Those left out by the rule that should not have been.
            let violates = |column: &usize| {
                self.weights[*column] == 0.0
                    && self.gradient(*column).abs() > penalty * (1.0 + 1e-3) + TOLERANCE
                    && candidates.binary_search(column).is_err()
            };
            let more: Vec<usize> = columns.clone().filter(violates).collect();
            if more.is_empty() {
                return;
            }
            candidates.extend(more);
            candidates.sort_unstable();
        }
    }

    /// Minimises the quadratic approximation; the largest change of it by the first pass.
    fn descend(&mut self, candidates: &[usize], penalty: f64) -> f64 {
        let mut first = 0.0;
        let mut only_active = false;
        for pass in 0..PASSES {
            let mut largest = self.move_intercept();
            for column in candidates {
                if !only_active || self.weights[*column] != 0.0 {
                    largest = f64::max(largest, self.move_weight(*column, penalty));
                }
            }
            if pass == 0 {
                first = largest;
            }
            if largest < TOLERANCE {
                if !only_active {
                    break;
                }
                // Once more with all candidates.
                only_active = false;
            } else {
                only_active = true;
            }
        }
        first
    }

    fn move_intercept(&mut self) -> f64 {
        let curvature: f64 = self.curvature.iter().sum();
        let step = self.residual.iter().sum::<f64>() / curvature;
        self.intercept += step;
        for row in 0..self.eta.len() {
            self.eta[row] += step;
            self.residual[row] -= step * self.curvature[row];
        }
        curvature / self.total * step * step
    }

    fn move_weight(&mut self, column: usize, penalty: f64) -> f64 {
        let rows = &self.x.columns[column];
        let (mut slope, mut curvature) = (0.0, 0.0);
        for row in rows {
            slope += self.residual[*row as usize];
            curvature += self.curvature[*row as usize];
        }
        if curvature <= 0.0 {
            return 0.0;
        }
        let (slope, curvature) = (slope / self.total, curvature / self.total);
        let old = self.weights[column];
        let target = slope + curvature * old;
        let new = target.signum() * (target.abs() - penalty).max(0.0) / curvature;
        let step = new - old;
        if step == 0.0 {
            return 0.0;
        }
        self.weights[column] = new;
        for row in rows {
            let row = *row as usize;
            self.eta[row] += step;
            self.residual[row] -= step * self.curvature[row];
        }
        curvature * step * step
    }

    fn result(&self) -> LassoLogistic {
        let weights = self.weights.iter().enumerate();
        let weights = weights.filter(|(_, weight)| **weight != 0.0);
        LassoLogistic {
            intercept: self.intercept,
            weights: weights
                .map(|(column, weight)| (column as u32, *weight))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    /// 400 rows of 30 columns; the first two decide.
    fn simulated() -> (BinaryColumns, Vec<Vec<u32>>, Vec<Outcomes>) {
        let mut random = ChaCha8Rng::seed_from_u64(7);
        let mut x = BinaryColumns::new(30);
        let (mut rows, mut outcomes) = (Vec::new(), Vec::new());
        for _ in 0..400 {
            let row: Vec<u32> = (0..30).filter(|_| random.random_bool(0.2)).collect();
            let has = |column| f64::from(u8::from(row.contains(&column)));
            let p = logistic(0.3 + 2.0 * has(0) - 2.5 * has(1));
            let n = f64::from(random.random_range(1..4_u8));
            let successes = (0..n as u8).filter(|_| random.random_bool(p)).count() as f64;
            x.push(row.iter().copied());
            rows.push(row);
            outcomes.push(Outcomes { n, successes });
        }
        (x, rows, outcomes)
    }

    /// At the optimum the gradient of the likelihood is λ sign(w) where w is not 0, and within ±λ
    /// elsewhere; that of the intercept is 0.
    #[test]
    fn the_solution_satisfies_the_optimality_conditions() {
        let (x, rows, outcomes) = simulated();
        let largest = largest_penalty(&x, &outcomes).expect("varies");
        let penalties = [1.0001, 0.3, 0.1, 0.02].map(|share| share * largest);
        let path = lasso_path(&x, &outcomes, &penalties).expect("varies");
        assert_eq!(path[0].weights, []);
        let total: f64 = outcomes.iter().map(|o| o.n).sum();
        for (fit, penalty) in path.iter().zip(penalties) {
            let mut weights = [0.0; 30];
            fit.weights
                .iter()
                .for_each(|(c, w)| weights[*c as usize] = *w);
            let (mut gradient, mut of_intercept) = ([0.0; 30], 0.0);
            for (row, outcomes) in rows.iter().zip(&outcomes) {
                let eta: f64 = row.iter().map(|c| weights[*c as usize]).sum();
                let residual = outcomes.successes - outcomes.n * logistic(fit.intercept + eta);
                of_intercept += residual / total;
                row.iter()
                    .for_each(|c| gradient[*c as usize] += residual / total);
            }
            assert!(of_intercept.abs() < 1e-4, "{of_intercept}");
            for (weight, slope) in weights.iter().zip(gradient) {
                if *weight == 0.0 {
                    assert!(slope.abs() <= penalty * 1.01 + 1e-4, "{slope} {penalty}");
                } else {
                    let expected = penalty * weight.signum();
                    assert!((slope - expected).abs() < 5e-4, "{slope} {expected}");
                }
            }
        }
        let found: Vec<u32> = path[1].weights.iter().map(|(c, _)| *c).collect();
        assert!(found.contains(&0) && found.contains(&1), "{found:?}");
    }

    #[test]
    fn without_variation_there_is_no_fit() {
        let mut x = BinaryColumns::new(1);
        x.push([0]);
        let outcomes = [Outcomes {
            n: 3.0,
            successes: 3.0,
        }];
        assert_eq!(largest_penalty(&x, &outcomes), None);
        assert_eq!(lasso_path(&x, &outcomes, &[0.1]), None);
    }
}
