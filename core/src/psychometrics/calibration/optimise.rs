//! Maximisation of the marginal likelihood until the gradient vanishes.
//!
//! A few EM gradient steps reach the region of the maximum, followed by quasi-Newton steps
//! (limited-memory BFGS) with the exact observed information as initial metric, recomputed when
//! progress slows. If that information is not positive definite, only a part of the missing
//! information is subtracted (subtracting none gives an EM step), so that every direction is an
//! ascent direction. A line search keeps the parameters proper and the likelihood increasing.

use ndarray::Array1;

use super::likelihood::{Expectation, Likelihood};
use crate::stats::linear::Cholesky;

/// Maximum number of EM steps before the first Newton step.
const WARM_UP: usize = 8;

/// Stopping criteria.
#[derive(Clone, Copy, Debug)]
pub struct Stop {
    /// Largest absolute gradient element at convergence.
    pub gradient: f64,
    /// Maximum number of expectation steps.
    pub passes: usize,
}

/// Curvature model: a factorised information matrix with the updates of the latest steps.
pub struct Metric {
    factor: Cholesky,
    /// The information is `scale` times the factorised matrix.
    scale: f64,
    /// Steps and the resulting decreases of the gradient, oldest first.
    updates: Vec<(Array1<f64>, Array1<f64>)>,
}

impl Metric {
    /// Metric of a factorised information matrix.
    pub fn new(factor: Cholesky) -> Self {
        Self {
            factor,
            scale: 1.0,
            updates: Vec::new(),
        }
    }

    /// Rescales the metric to a sample `factor` times as large.
    pub fn rescaled(mut self, factor: f64) -> Self {
        self.scale *= factor;
        for (_, decrease) in &mut self.updates {
            *decrease *= factor;
        }
        self
    }

    /// Inverse information times `gradient` (two-loop recursion, Nocedal 1980).
    fn direction(&self, gradient: &Array1<f64>) -> Array1<f64> {
        let mut rest = gradient.clone();
        let mut coefficients = Vec::with_capacity(self.updates.len());
        for (step, decrease) in self.updates.iter().rev() {
            let coefficient = step.dot(&rest) / step.dot(decrease);
            rest.scaled_add(-coefficient, decrease);
            coefficients.push(coefficient);
        }
        let mut direction = self.factor.solve(&rest) / self.scale;
        for ((step, decrease), coefficient) in
            self.updates.iter().zip(coefficients.into_iter().rev())
        {
            let correction = decrease.dot(&direction) / step.dot(decrease);
            direction.scaled_add(coefficient - correction, step);
        }
        direction
    }

    /// Adds the update of a step that decreased the gradient by `decrease`. Returns false if the
    /// curvature along the step is not positive.
    fn update(&mut self, step: Array1<f64>, decrease: Array1<f64>) -> bool {
        let curvature = step.dot(&decrease);
        let size = (step.dot(&step) * decrease.dot(&decrease)).sqrt();
        if curvature.is_nan() || curvature <= 1e-10 * size {
            return false;
        }
        self.updates.push((step, decrease));
        true
    }
}

/// Result of a maximisation.
pub struct Optimum {
    pub psi: Array1<f64>,
    pub expectation: Expectation,
    pub gradient: Array1<f64>,
    /// Number of expectation steps.
    pub passes: usize,
    pub converged: bool,
    /// The last metric, for a subsequent maximisation.
    pub metric: Option<Metric>,
}

impl Optimum {
    /// Largest absolute gradient element.
    pub fn largest_gradient(&self) -> f64 {
        largest(&self.gradient)
    }
}

fn largest(v: &Array1<f64>) -> f64 {
    v.iter().fold(0.0, |top, x| f64::max(top, x.abs()))
}

/// Objective and derivatives at one parameter vector.
struct Point {
    psi: Array1<f64>,
    expectation: Expectation,
    /// Log-likelihood plus log prior density.
    objective: f64,
    gradient: Array1<f64>,
}

fn evaluate(likelihood: &Likelihood<'_>, psi: Array1<f64>) -> Point {
    let expectation = likelihood.expect(&psi);
    let mut gradient = likelihood.gradient(&psi, &expectation);
    let ln_prior = likelihood.layout.add_priors(&psi, &mut gradient, None);
    Point {
        objective: expectation.ln_likelihood + ln_prior,
        psi,
        expectation,
        gradient,
    }
}

/// Factor of the observed information (with priors) at a point. If it is not positive definite,
/// only a share of the missing information is subtracted; the flag tells whether all of it was.
pub fn observed_information(
    likelihood: &Likelihood<'_>,
    psi: &Array1<f64>,
    expectation: &Expectation,
) -> Option<(Cholesky, bool)> {
    let (mut complete, missing) = likelihood.information(psi, expectation);
    let mut unused = Array1::zeros(psi.len());
    likelihood
        .layout
        .add_priors(psi, &mut unused, Some(&mut complete));
    [1.0, 0.95, 0.8, 0.5, 0.0].into_iter().find_map(|share| {
        Some((
            Cholesky::of(&(&complete - &(&missing * share)))?,
            share == 1.0,
        ))
    })
}

/// Maximises from `start`, which must be proper, with an approximate `metric` if there is one,
/// otherwise with EM steps first.
pub fn maximise(
    likelihood: &Likelihood<'_>,
    start: Array1<f64>,
    metric: Option<Metric>,
    stop: Stop,
) -> Optimum {
    let mut point = evaluate(likelihood, start);
    let mut passes = 1;
    let mut metric = metric;
    if metric.is_none() {
        for _ in 0..WARM_UP {
            let Some(next) = likelihood.em_step(&point.psi, &point.expectation) else {
                break;
            };
            let next = evaluate(likelihood, next);
            passes += 1;
            let gain = next.objective - point.objective;
            if gain.is_nan() || gain < 0.0 {
                break;
            }
            let enough = gain < 2e-4 * next.objective.abs();
            point = next;
            if enough {
                break;
            }
        }
    }
    let (mut slow, mut fresh) = (0, false);
    while passes < stop.passes && largest(&point.gradient) >= stop.gradient {
        let mut present = match metric.take() {
            Some(metric) => metric,
            None => {
                fresh = true;
                match observed_information(likelihood, &point.psi, &point.expectation) {
                    Some((factor, _)) => Metric::new(factor),
                    None => break,
                }
            }
        };
        let mut direction = present.direction(&point.gradient);
        let size = largest(&direction);
        if size > 2.0 {
            direction *= 2.0 / size;
        }
        match line_search(likelihood, &point, &direction, &mut passes) {
            Some(next) => {
                let shrunk = largest(&next.gradient) / largest(&point.gradient);
                slow = if shrunk > 0.5 { slow + 1 } else { 0 };
                let agrees =
                    present.update(&next.psi - &point.psi, &point.gradient - &next.gradient);
                metric = (agrees && slow < 2).then_some(present);
                if metric.is_none() {
                    slow = 0;
                }
                (point, fresh) = (next, false);
            }
            None if !fresh => metric = None,
            None => match likelihood.em_step(&point.psi, &point.expectation) {
                Some(next) => {
                    let next = evaluate(likelihood, next);
                    passes += 1;
                    let gain = next.objective - point.objective;
                    if gain.is_nan() || gain <= 1e-13 * next.objective.abs() {
                        break;
                    }
                    point = next;
                }
                None => break,
            },
        }
    }
    Optimum {
        converged: largest(&point.gradient) < stop.gradient,
        psi: point.psi,
        expectation: point.expectation,
        gradient: point.gradient,
        passes,
        metric,
    }
}

/// Backtracking line search: the first proper point along `direction` that satisfies the Armijo
/// condition.
fn line_search(
    likelihood: &Likelihood<'_>,
    from: &Point,
    direction: &Array1<f64>,
    passes: &mut usize,
) -> Option<Point> {
    let uphill = from.gradient.dot(direction);
    if uphill.is_nan() || uphill <= 0.0 {
        return None;
    }
    let mut share = 1.0;
    let mut evaluated = 0;
    for _ in 0..40 {
        let psi = &from.psi + &(direction * share);
        if likelihood.layout.is_proper(&psi) {
            let next = evaluate(likelihood, psi);
            (*passes, evaluated) = (*passes + 1, evaluated + 1);
            let gain = next.objective - from.objective;
            // Near the maximum, rounding dominates the gain, and the gradient decides.
            let rounding = 1e-12 * from.objective.abs();
            if gain >= 1e-4 * share * uphill
                || (gain.abs() <= rounding && largest(&next.gradient) < largest(&from.gradient))
            {
                return Some(next);
            }
            if evaluated == 8 {
                return None;
            }
        }
        share *= 0.5;
    }
    None
}
