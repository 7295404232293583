//! L2-penalised logistic regression on sparse predictors, the linear classifier for texts.
//!
//! Minimises ½ (w'w + b²) + C Σ ln(1 + exp(-y (o + b + w'x))) for y = ±1, where o is the log odds
//! of the share of positive rows, so that only the deviation b of the intercept from o is
//! penalised. Solved by dual coordinate descent (Yu, Huang & Lin 2011, Machine Learning 85): the
//! optimal dual variable α of a row, in (0, C), satisfies ln(α / (C - α)) = -margin, one equation
//! in one unknown. A pass visits each entry twice, and there is no step size to choose.

use linfa::{
    ParamGuard,
    dataset::{DatasetBase, Records},
    traits::Fit,
};
use ndarray::Array1;
use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

use super::distributions::logistic;

/// Sparse row matrix.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SparseRows {
    starts: Vec<usize>,
    entries: Vec<(u32, f32)>,
    columns: usize,
}

impl SparseRows {
    /// An empty matrix with the given number of columns.
    pub fn new(columns: usize) -> Self {
        Self {
            starts: vec![0],
            entries: Vec::new(),
            columns,
        }
    }

    /// Appends a row of (column, value) pairs with unique columns; columns out of range are
    /// dropped.
    pub fn push(&mut self, row: impl IntoIterator<Item = (u32, f32)>) {
        let columns = self.columns;
        let known = row.into_iter().filter(|(c, _)| (*c as usize) < columns);
        self.entries.extend(known);
        self.starts.push(self.entries.len());
    }

    /// Entries of one row.
    pub fn row(&self, row: usize) -> &[(u32, f32)] {
        &self.entries[self.starts[row]..self.starts[row + 1]]
    }

    pub fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub fn columns(&self) -> usize {
        self.columns
    }
}

impl Records for SparseRows {
    type Elem = f32;

    fn nsamples(&self) -> usize {
        self.len()
    }

    fn nfeatures(&self) -> usize {
        self.columns
    }
}

/// Reasons why a classifier cannot be fitted.
#[derive(Debug, thiserror::Error)]
pub enum SparseLogisticError {
    #[error("cost and tolerance must be positive numbers")]
    Parameters,
    #[error("there are {targets} labels for {rows} rows")]
    Shape { rows: usize, targets: usize },
    #[error("all rows have the same label; two labels are needed")]
    OneClass,
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
}

/// Fitted classifier.
#[derive(Clone, Debug, PartialEq)]
pub struct SparseLogistic {
    /// o + b.
    pub intercept: f64,
    /// Weights w by column.
    pub weights: Vec<f64>,
    /// Passes over all rows.
    pub passes: usize,
    pub converged: bool,
}

/// Unchecked parameters.
#[derive(Clone, Debug)]
pub struct SparseLogisticParams(ValidSparseLogistic);

/// Checked parameters.
#[derive(Clone, Debug)]
pub struct ValidSparseLogistic {
    costs: Vec<f64>,
    tolerance: f64,
    max_passes: usize,
}

impl SparseLogistic {
    /// Defaults: C = 1, a tolerance of 1e-3, and at most 1,000 passes.
    pub fn params() -> SparseLogisticParams {
        SparseLogisticParams(ValidSparseLogistic {
            costs: vec![1.0],
            tolerance: 1e-3,
            max_passes: 1000,
        })
    }

    /// Classifier of the complementary label.
    pub fn mirrored(&self) -> Self {
        Self {
            intercept: -self.intercept,
            weights: self.weights.iter().map(|w| -w).collect(),
            ..*self
        }
    }

    /// Log odds of the positive label for a row.
    pub fn log_odds(&self, row: &[(u32, f32)]) -> f64 {
        self.intercept + dot(&self.weights, row)
    }
}

impl SparseLogisticParams {
    /// C, the cost of misfit relative to the penalty; positive.
    pub fn cost(mut self, cost: f64) -> Self {
        self.0.costs = vec![cost];
        self
    }

    /// Ascending costs with warm starts: see [`ValidSparseLogistic::path`].
    pub fn costs(mut self, costs: &[f64]) -> Self {
        costs.clone_into(&mut self.0.costs);
        self
    }

    /// Convergence criterion: the largest change of a row's margin within a pass.
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.0.tolerance = tolerance;
        self
    }

    /// Maximum number of passes over all rows.
    pub fn max_passes(mut self, passes: usize) -> Self {
        self.0.max_passes = passes;
        self
    }
}

impl ParamGuard for SparseLogisticParams {
    type Checked = ValidSparseLogistic;
    type Error = SparseLogisticError;

    fn check_ref(&self) -> Result<&ValidSparseLogistic, SparseLogisticError> {
        let positive = |x: f64| x.is_finite() && x > 0.0;
        let costs = &self.0.costs;
        if costs.is_empty() || !costs.iter().all(|c| positive(*c)) || !positive(self.0.tolerance) {
            return Err(SparseLogisticError::Parameters);
        }
        Ok(&self.0)
    }

    fn check(self) -> Result<ValidSparseLogistic, SparseLogisticError> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl Fit<SparseRows, Array1<bool>, SparseLogisticError> for ValidSparseLogistic {
    type Object = SparseLogistic;

    /// Fits the last cost on all rows; dataset weights multiply the cost of each row.
    fn fit(
        &self,
        dataset: &DatasetBase<SparseRows, Array1<bool>>,
    ) -> Result<SparseLogistic, SparseLogisticError> {
        let rows: Vec<usize> = (0..dataset.records.len()).collect();
        let weights: Vec<f64> = dataset
            .weights()
            .map(|w| w.iter().map(|w| f64::from(*w)).collect())
            .unwrap_or_default();
        let targets = dataset.targets.to_vec();
        let mut path = self.path(&dataset.records, &targets, &rows, &weights)?;
        path.pop().ok_or(SparseLogisticError::Parameters)
    }
}

impl ValidSparseLogistic {
    /// Fits one classifier per cost on a subset of the rows of `x`, each with a warm start.
    /// `targets` and `weights` are indexed by row of `x`; empty `weights` mean 1. The result is
    /// deterministic.
    ///
    /// # Errors
    /// [`SparseLogisticError::Shape`] if `targets` or `weights` do not match `x`,
    /// [`SparseLogisticError::OneClass`] if all rows have the same label.
    pub fn path(
        &self,
        x: &SparseRows,
        targets: &[bool],
        rows: &[usize],
        weights: &[f64],
    ) -> Result<Vec<SparseLogistic>, SparseLogisticError> {
        if targets.len() != x.len() || (!weights.is_empty() && weights.len() != x.len()) {
            return Err(SparseLogisticError::Shape {
                rows: x.len(),
                targets: targets.len(),
            });
        }
        let weight = |row: usize| weights.get(row).copied().unwrap_or(1.0);
        let (mut all, mut positive) = (0.0, 0.0);
        for row in rows {
            all += weight(*row);
            if targets[*row] {
                positive += weight(*row);
            }
        }
        if positive <= 0.0 || positive >= all {
            return Err(SparseLogisticError::OneClass);
        }
        let mut solver = DualSolver {
            x,
            offset: (positive / (all - positive)).ln(),
            bias: 0.0,
            w: vec![0.0; x.columns],
            duals: vec![0.0; rows.len()],
            squared_norms: rows.iter().map(|r| 1.0 + squared_norm(x.row(*r))).collect(),
        };
        let mut order: Vec<usize> = (0..rows.len()).collect();
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let mut path = Vec::with_capacity(self.costs.len());
        let mut before = self.costs[0];
        for &cost in &self.costs {
            solver.rescale(cost / before);
            before = cost;
            let (mut passes, mut converged) = (0, false);
            while passes < self.max_passes && !converged {
                order.shuffle(&mut random);
                let mut largest: f64 = 0.0;
                for &i in &order {
                    let row = rows[i];
                    let bound = cost * weight(row);
                    if bound > 0.0 {
                        largest = largest.max(solver.update(i, row, targets[row], bound));
                    }
                }
                passes += 1;
                converged = largest < self.tolerance;
            }
            path.push(SparseLogistic {
                intercept: solver.offset + solver.bias,
                weights: solver.w.clone(),
                passes,
                converged,
            });
        }
        Ok(path)
    }
}

/// Scalar product with four accumulators, which hides the latency of the additions.
fn dot(w: &[f64], row: &[(u32, f32)]) -> f64 {
    let mut sums = [0.0; 4];
    let (fours, rest) = row.as_chunks::<4>();
    for four in fours {
        for (sum, (c, v)) in sums.iter_mut().zip(four) {
            *sum += w[*c as usize] * f64::from(*v);
        }
    }
    for (c, v) in rest {
        sums[0] += w[*c as usize] * f64::from(*v);
    }
    (sums[0] + sums[1]) + (sums[2] + sums[3])
}

fn squared_norm(row: &[(u32, f32)]) -> f64 {
    row.iter().map(|(_, v)| f64::from(*v).powi(2)).sum()
}

/// State of the dual coordinate descent.
struct DualSolver<'a> {
    x: &'a SparseRows,
    /// o: log odds of the share of positive rows.
    offset: f64,
    /// b: deviation of the intercept from `offset`.
    bias: f64,
    w: Vec<f64>,
    /// Dual variable α of each row.
    duals: Vec<f64>,
    /// Squared norm of each row, including the constant 1 of the intercept.
    squared_norms: Vec<f64>,
}

impl DualSolver<'_> {
    /// Warm start for the next cost.
    fn rescale(&mut self, by: f64) {
        self.bias *= by;
        for values in [&mut self.w, &mut self.duals] {
            for value in values.iter_mut() {
                *value *= by;
            }
        }
    }

    /// Optimises the dual variable of one row and returns the change of its margin.
    fn update(&mut self, i: usize, row: usize, positive: bool, bound: f64) -> f64 {
        let entries = self.x.row(row);
        let sign = if positive { 1.0 } else { -1.0 };
        let score = dot(&self.w, entries);
        let margin = sign * (self.offset + self.bias + score);
        let (norm, old) = (self.squared_norms[i], self.duals[i]);
        let new = bound * logistic(log_odds_of_dual(margin, norm, old, bound));
        let step = sign * (new - old);
        self.duals[i] = new;
        self.bias += step;
        for (c, v) in entries {
            self.w[*c as usize] += step * f64::from(*v);
        }
        norm * step.abs()
    }
}

/// Root of h(s) = s + margin + norm (bound logistic(s) - old) by safeguarded Newton steps. h
/// increases with a slope of at least 1, which brackets the root.
fn log_odds_of_dual(margin: f64, norm: f64, old: f64, bound: f64) -> f64 {
    let slope = norm * bound;
    let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
    let mut s = -margin;
    for _ in 0..30 {
        let p = logistic(s);
        let h = s + margin + slope * p - norm * old;
        if h > 0.0 {
            high = s;
            low = low.max(s - h);
        } else {
            low = s;
            high = high.min(s - h);
        }
        let next = s - h / (1.0 + slope * p * (1.0 - p));
        let next = if next > low && next < high {
            next
        } else {
            0.5 * (low + high)
        };
        let moved = (next - s).abs();
        s = next;
        if moved < 1e-6 {
            break;
        }
    }
    s
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn rows_of(rows: &[&[f32]]) -> SparseRows {
        let mut x = SparseRows::new(rows[0].len());
        for row in rows {
            x.push(
                (0_u32..)
                    .zip(row.iter().copied())
                    .filter(|(_, v)| *v != 0.0),
            );
        }
        x
    }

    /// Gradient of the objective by parameter, intercept deviation last.
    fn gradient(
        x: &SparseRows,
        y: &[bool],
        cost: f64,
        fit: &SparseLogistic,
        offset: f64,
    ) -> Vec<f64> {
        let mut gradient = fit.weights.clone();
        gradient.push(fit.intercept - offset);
        for (i, positive) in y.iter().enumerate() {
            let sign = if *positive { 1.0 } else { -1.0 };
            let pull = cost * sign * logistic(-sign * fit.log_odds(x.row(i)));
            for (c, v) in x.row(i) {
                gradient[*c as usize] -= pull * f64::from(*v);
            }
            *gradient.last_mut().expect("one") -= pull;
        }
        gradient
    }

    #[test]
    fn symmetric_two_row_solution_matches_hand_calculation() {
        // By symmetry w = (t, -t), and t = C logistic(-t) for each row.
        let x = rows_of(&[&[1.0, 0.0], &[0.0, 1.0]]);
        let params = SparseLogistic::params()
            .cost(2.0)
            .tolerance(1e-12)
            .check()
            .expect("valid");
        let fit = params
            .path(&x, &[true, false], &[0, 1], &[])
            .expect("fits")
            .remove(0);
        let t = fit.weights[0];
        assert!((t - 2.0 * logistic(-t)).abs() < 1e-9, "{fit:?}");
        assert!((fit.weights[1] + t).abs() < 1e-9 && fit.intercept.abs() < 1e-9);
    }

    #[test]
    fn invalid_input_is_rejected() {
        let x = rows_of(&[&[1.0], &[2.0]]);
        let params = SparseLogistic::params().check().expect("valid");
        let one = params.path(&x, &[true, true], &[0, 1], &[]);
        assert!(matches!(one, Err(SparseLogisticError::OneClass)));
        let short = params.path(&x, &[true], &[0], &[]);
        assert!(matches!(short, Err(SparseLogisticError::Shape { .. })));
        assert!(SparseLogistic::params().cost(-1.0).check().is_err());
    }

    proptest! {
        #[test]
        fn the_gradient_vanishes_at_the_solution(
            values in proptest::collection::vec(-3.0_f32..3.0, 24),
            answers in proptest::collection::vec(any::<bool>(), 8),
            cost in 0.01_f64..30.0,
        ) {
            prop_assume!(answers.iter().any(|a| *a) && answers.iter().any(|a| !*a));
            let rows: Vec<&[f32]> = values.chunks(3).collect();
            let x = rows_of(&rows);
            let params = SparseLogistic::params()
                .costs(&[cost / 4.0, cost])
                .tolerance(1e-10)
                .max_passes(20_000)
                .check()
                .expect("valid");
            let all: Vec<usize> = (0..8).collect();
            let fit = params.path(&x, &answers, &all, &[]).expect("fits").remove(1);
            let positive = answers.iter().filter(|a| **a).count() as f64;
            let offset = (positive / (8.0 - positive)).ln();
            prop_assert!(fit.converged);
            for slope in gradient(&x, &answers, cost, &fit, offset) {
                prop_assert!(slope.abs() < 1e-6, "{slope} of {fit:?}");
            }
        }

        #[test]
        fn a_row_of_weight_two_equals_two_rows(
            values in proptest::collection::vec(-2.0_f32..2.0, 8),
        ) {
            let rows: Vec<&[f32]> = values.chunks(2).collect();
            let mut twice = rows.clone();
            twice.push(rows[1]);
            let params = SparseLogistic::params()
                .tolerance(1e-9)
                .max_passes(5_000)
                .check()
                .expect("valid");
            let y = [true, false, true, false];
            let weighted = params
                .path(&rows_of(&rows), &y, &[0, 1, 2, 3], &[1.0, 2.0, 1.0, 1.0])
                .expect("fits")
                .remove(0);
            let repeated = params
                .path(&rows_of(&twice), &[true, false, true, false, false], &[0, 1, 2, 3, 4], &[])
                .expect("fits")
                .remove(0);
            for (a, b) in weighted.weights.iter().zip(&repeated.weights) {
                prop_assert!((a - b).abs() < 1e-6);
            }
        }
    }
}
