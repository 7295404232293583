//! From a start to a point where the gradient vanishes.
//!
//! A few steps of the EM gradient algorithm bring the parameters into the right region; then quasi-Newton steps (BFGS)
//! whose first metric is the exact observed information, renewed when progress slows. Where that information is not
//! positive definite, part of the missing information is left out of it (all of it gives an EM step again), so that every
//! direction leads uphill. A line search keeps parameters proper and the likelihood rising.

use ndarray::{Array1, Array2};

use super::likelihood::{Expectation, Likelihood};
use crate::stats::linear::Cholesky;

/// Most EM steps before the first Newton step.
const WARM_UP: usize = 8;

/// Stops the search.
#[derive(Clone, Copy, Debug)]
pub struct Stop {
    /// Largest element of the gradient at which the search ends.
    pub gradient: f64,
    /// Most expectation steps.
    pub passes: usize,
}

/// Where the search ended.
pub struct Optimum {
    pub psi: Array1<f64>,
    pub expectation: Expectation,
    pub gradient: Array1<f64>,
    /// Expectation steps taken.
    pub passes: usize,
    pub converged: bool,
    /// The last inverse information, a metric for the next search.
    pub metric: Option<Array2<f64>>,
}

impl Optimum {
    /// Largest absolute element of the gradient.
    pub fn largest_gradient(&self) -> f64 {
        largest(&self.gradient)
    }
}

fn largest(v: &Array1<f64>) -> f64 {
    v.iter().fold(0.0, |top, x| f64::max(top, x.abs()))
}

struct Point {
    psi: Array1<f64>,
    expectation: Expectation,
    /// Log-likelihood plus ln prior.
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

/// Observed information (with priors) at a point, with only a share of the missing information taken off where all of
/// it leaves nothing positive definite. The flag says that nothing was left out.
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

/// Searches from `start`, which must be proper. `metric` is an inverse information that is known to be about right;
/// without one the search warms up by EM.
pub fn maximise(
    likelihood: &Likelihood<'_>,
    start: Array1<f64>,
    metric: Option<Array2<f64>>,
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
        let inverse = match metric.take() {
            Some(inverse) => inverse,
            None => {
                fresh = true;
                match observed_information(likelihood, &point.psi, &point.expectation) {
                    Some((factor, _)) => factor.inverse(),
                    None => break,
                }
            }
        };
        let mut direction = inverse.dot(&point.gradient);
        let size = largest(&direction);
        if size > 2.0 {
            direction *= 2.0 / size;
        }
        match search(likelihood, &point, &direction, &mut passes) {
            Some(next) => {
                let shrunk = largest(&next.gradient) / largest(&point.gradient);
                slow = if shrunk > 0.5 { slow + 1 } else { 0 };
                let updated = bfgs(
                    inverse,
                    &(&next.psi - &point.psi),
                    &(&point.gradient - &next.gradient),
                );
                metric = updated.filter(|_| slow < 2);
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

/// The first proper point along `direction` that is high enough (Armijo), each try half as far.
fn search(
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
            // Near the top the gain drowns in rounding, and the gradient decides.
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

/// The inverse information after a step `s` that lowered the gradient by `y` (Broyden, Fletcher, Goldfarb, Shanno).
/// `None` when the two do not agree on curvature.
fn bfgs(mut inverse: Array2<f64>, s: &Array1<f64>, y: &Array1<f64>) -> Option<Array2<f64>> {
    let sy = s.dot(y);
    let hy = inverse.dot(y);
    let yhy = y.dot(&hy);
    if sy.is_nan() || sy <= 1e-10 * (s.dot(s) * y.dot(y)).sqrt() {
        return None;
    }
    let both = (1.0 + yhy / sy) / sy;
    for i in 0..s.len() {
        for j in 0..s.len() {
            inverse[(i, j)] += both * s[i] * s[j] - (hy[i] * s[j] + s[i] * hy[j]) / sy;
        }
    }
    Some(inverse)
}
