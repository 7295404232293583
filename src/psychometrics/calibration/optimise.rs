//! From a start to a point where the gradient vanishes.
//!
//! A few steps of the EM gradient algorithm bring the parameters into the right region; then quasi-Newton steps (limited
//! memory BFGS) whose metric is the exact observed information, renewed when progress slows. Where that information is not
//! positive definite, part of the missing information is left out of it (all of it gives an EM step again), so that every
//! direction leads uphill. A line search keeps parameters proper and the likelihood rising.

use ndarray::Array1;

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

/// What the likelihood's curvature is believed to be: an information matrix, and what the latest steps have shown since.
pub struct Metric {
    factor: Cholesky,
    /// The information is this many times the factored one.
    scale: f64,
    /// Steps taken and how much each lowered the gradient, oldest first.
    steps: Vec<(Array1<f64>, Array1<f64>)>,
}

impl Metric {
    /// From factored information.
    pub fn new(factor: Cholesky) -> Self {
        Self {
            factor,
            scale: 1.0,
            steps: Vec::new(),
        }
    }

    /// The same for `share` as many persons.
    pub fn for_share(mut self, share: f64) -> Self {
        self.scale *= share;
        for (_, lowered) in &mut self.steps {
            *lowered *= share;
        }
        self
    }

    /// Inverse information times `gradient` (Nocedal's two loops).
    fn direction(&self, gradient: &Array1<f64>) -> Array1<f64> {
        let mut rest = gradient.clone();
        let mut shares = Vec::with_capacity(self.steps.len());
        for (step, lowered) in self.steps.iter().rev() {
            let share = step.dot(&rest) / step.dot(lowered);
            rest.scaled_add(-share, lowered);
            shares.push(share);
        }
        let mut direction = self.factor.solve(&rest) / self.scale;
        for ((step, lowered), share) in self.steps.iter().zip(shares.into_iter().rev()) {
            let own = lowered.dot(&direction) / step.dot(lowered);
            direction.scaled_add(share - own, step);
        }
        direction
    }

    /// Learns from a step that lowered the gradient by `lowered`. False when the two do not agree on curvature.
    fn learn(&mut self, step: Array1<f64>, lowered: Array1<f64>) -> bool {
        let curvature = step.dot(&lowered);
        let size = (step.dot(&step) * lowered.dot(&lowered)).sqrt();
        if curvature.is_nan() || curvature <= 1e-10 * size {
            return false;
        }
        self.steps.push((step, lowered));
        true
    }
}

/// Where the search ended.
pub struct Optimum {
    pub psi: Array1<f64>,
    pub expectation: Expectation,
    pub gradient: Array1<f64>,
    /// Expectation steps taken.
    pub passes: usize,
    pub converged: bool,
    /// The last metric, for the next search.
    pub metric: Option<Metric>,
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

/// Searches from `start`, which must be proper. `metric` is one that is known to be about right; without one the search
/// warms up by EM.
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
        match search(likelihood, &point, &direction, &mut passes) {
            Some(next) => {
                let shrunk = largest(&next.gradient) / largest(&point.gradient);
                slow = if shrunk > 0.5 { slow + 1 } else { 0 };
                let agrees =
                    present.learn(&next.psi - &point.psi, &point.gradient - &next.gradient);
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
