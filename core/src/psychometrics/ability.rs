//! Ability estimation: a person's trait level and its standard error, from a fixed bank.
//!
//! | method | estimate | standard error | all lowest or all highest |
//! |---|---|---|---|
//! | EAP | posterior mean over the grid | posterior standard deviation | finite |
//! | MAP | posterior mode | 1 / sqrt(observed information + 1 / prior variance) | finite |
//! | WLE | root of d ln L + J / (2 I) (Warm 1989) | 1 / sqrt(I) | finite |
//! | ML | root of d ln L | 1 / sqrt(observed information) | unbounded, reported as [`Unbounded`] |
//!
//! I is the Fisher information and J = sum P' P'' / P. Observed information is -d2 ln L at the
//! estimate. In partial credit models it equals the Fisher information; in the graded response
//! model it depends on the person's responses. R mirt also uses it for MAP and ML. For WLE, mirt
//! differentiates the penalised likelihood twice, which gives smaller standard errors than Warm's.
//!
//! The log-likelihood of both item models is concave in theta, so ML and MAP estimates are unique;
//! they are bracketed and found to 1e-12. Scoring does not need the calibration sample and takes
//! microseconds per person.

use linfa::{dataset::Records, traits::PredictInplace};
use ndarray::Array1;
use rayon::prelude::*;

use super::{
    bank::Bank,
    item_models::{CategoryTerm, ItemParameters, ResponseFunction},
    patterns::Patterns,
    posterior::{Grid, Posterior, Table},
    responses::ResponseMatrix,
};

/// Estimation method of theta.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Method {
    Eap,
    Map,
    Wle,
    Ml,
}

/// Estimates beyond this absolute value are reported as unbounded.
const MAX_THETA: f64 = 100.0;

/// Direction in which an estimate is unbounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unbounded {
    Below,
    Above,
}

/// Ability estimate of one person.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Ability {
    /// `None` if the estimate is unbounded, or without responses if the method has no prior.
    pub theta: Option<f64>,
    /// `None` without theta, or if the likelihood is flat at the estimate.
    pub se: Option<f64>,
    /// Number of answered items.
    /// Items answered.
    pub answered: usize,
    /// Direction of an unbounded estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unbounded: Option<Unbounded>,
}

/// A bank prepared for scoring.
pub struct Scorer {
    items: Vec<ResponseFunction>,
    grid: Grid,
    prior: (f64, f64),
}

impl Scorer {
    /// Prepares `bank`. The prior is the trait distribution of the first group.
    pub fn new(bank: &Bank) -> Self {
        Self {
            items: bank
                .item_parameters()
                .iter()
                .map(ItemParameters::function)
                .collect(),
            grid: Grid::new(&bank.quadrature),
            prior: bank.prior(),
        }
    }

    /// Estimates every person's ability. `responses` must use the bank's codes ([`Bank::code`]).
    /// Persons without responses get the prior with EAP and MAP.
    pub fn score(&self, responses: &ResponseMatrix, method: Method) -> Vec<Ability> {
        let patterns = Patterns::new(responses, 0..responses.persons(), |_| 0, |_| 1.0, 1);
        let estimates = match method {
            Method::Eap => self.eap(&patterns),
            _ => (0..patterns.count())
                .into_par_iter()
                .map(|p| self.point(patterns.pattern(p), method))
                .collect(),
        };
        let prior_only = match method {
            Method::Eap | Method::Map => Ability {
                theta: Some(self.prior.0),
                se: Some(self.prior.1.sqrt()),
                ..Ability::default()
            },
            Method::Wle | Method::Ml => Ability::default(),
        };
        if patterns.count() == responses.persons() {
            return estimates;
        }
        let of = |p: &Option<u32>| p.map_or(prior_only, |p| estimates[p as usize]);
        patterns.of_person.iter().map(of).collect()
    }

    fn eap(&self, patterns: &Patterns) -> Vec<Ability> {
        let table = Table::new(&self.grid, patterns, &self.items);
        let prior = self.grid.prior(self.prior.0, self.prior.1);
        let mut points = self.grid.points.clone();
        points.resize(self.grid.padded, 0.0);
        let mut estimates = vec![Ability::default(); patterns.count()];
        estimates
            .par_chunks_mut(1024)
            .enumerate()
            .for_each(|(stripe, estimates)| {
                let mut posterior = Posterior::new(&self.grid, patterns);
                for (p, estimate) in (stripe * 1024..).zip(estimates) {
                    let pattern = patterns.pattern(p);
                    posterior.compute(&table, patterns, pattern, &prior);
                    let (mean, variance) = posterior.moments(&points);
                    estimate.theta = Some(mean);
                    estimate.se = Some(variance.max(0.0).sqrt());
                    estimate.answered = patterns.answered(p);
                }
            });
        estimates
    }

    /// MAP, WLE or ML estimate of one pattern.
    fn point(&self, pattern: &[u8], method: Method) -> Ability {
        let answered: Answered<'_> = self
            .items
            .iter()
            .zip(pattern)
            .map(|(item, code)| (item, usize::from(*code)))
            .filter(|(item, code)| *code < item.categories())
            .collect();
        let (mean, variance) = self.prior;
        let mut terms = Vec::new();
        let unbounded_at = |side| Ability {
            theta: None,
            se: None,
            answered: answered.len(),
            unbounded: Some(side),
        };
        if method == Method::Ml
            && let Some(side) = unbounded(&answered)
        {
            return unbounded_at(side);
        }
        // The estimating function, decreasing through 0 at the estimate, and its derivative.
        let mut slope = |theta: f64| -> (f64, f64) {
            let (first, second) = likelihood_slopes(&answered, theta);
            match method {
                Method::Map => (first - (theta - mean) / variance, second - 1.0 / variance),
                Method::Wle => {
                    let (information, third) = information_and_third(&answered, theta, &mut terms);
                    let correction = if information > 0.0 {
                        third / (2.0 * information)
                    } else {
                        0.0
                    };
                    (first + correction, second)
                }
                Method::Ml | Method::Eap => (first, second),
            }
        };
        // Newton's method, with bisection whenever a step leaves the bracket.
        let (mut low, mut high) = (f64::NEG_INFINITY, f64::INFINITY);
        let mut theta = mean;
        for _ in 0..200 {
            let (value, derivative) = slope(theta);
            if value > 0.0 {
                low = theta
            } else {
                high = theta
            }
            if value == 0.0 || value.is_nan() {
                break;
            }
            // The function decreases, so its sign gives the direction even where it is flat.
            let step = (value / derivative.abs()).clamp(-2.0, 2.0);
            if step.abs() < 1e-12 * (1.0 + theta.abs()) {
                break;
            }
            let newton = theta + step;
            theta = if newton > low && newton < high {
                newton
            } else {
                (low + high) / 2.0
            };
        }
        if theta.abs() > MAX_THETA {
            return unbounded_at(if theta > 0.0 {
                Unbounded::Above
            } else {
                Unbounded::Below
            });
        }
        let precision = match method {
            Method::Wle => information_and_third(&answered, theta, &mut terms).0,
            _ => -slope(theta).1,
        };
        Ability {
            theta: Some(theta),
            // A flat likelihood has no standard error.
            se: (precision > 0.0).then(|| 1.0 / precision.sqrt()),
            answered: answered.len(),
            unbounded: None,
        }
    }
}

/// Answered items with the chosen categories.
type Answered<'a> = Vec<(&'a ResponseFunction, usize)>;

/// Direction in which the likelihood increases without bound: every response is extreme.
fn unbounded(answered: &Answered<'_>) -> Option<Unbounded> {
    let extreme = |direction: f64| {
        answered.iter().all(|(item, code)| {
            let towards = direction * item.item().slope;
            if towards > 0.0 {
                code + 1 == item.categories()
            } else {
                towards == 0.0 || *code == 0
            }
        })
    };
    if extreme(1.0) {
        Some(Unbounded::Above)
    } else {
        extreme(-1.0).then_some(Unbounded::Below)
    }
}

/// First and second derivative of ln L with respect to theta.
fn likelihood_slopes(answered: &Answered<'_>, theta: f64) -> (f64, f64) {
    answered
        .iter()
        .fold((0.0, 0.0), |(first, second), (item, code)| {
            let (f, s) = item.slopes(theta, *code);
            (first + f, second + s)
        })
}

/// Fisher information, and J = sum of P' P'' / P.
fn information_and_third(
    answered: &Answered<'_>,
    theta: f64,
    terms: &mut Vec<CategoryTerm>,
) -> (f64, f64) {
    let (mut information, mut third) = (0.0, 0.0);
    for (item, _) in answered {
        item.terms(theta, terms);
        for t in terms.iter() {
            information += t.p * t.first * t.first;
            third += t.p * t.first * (t.second + t.first * t.first);
        }
    }
    (information, third)
}

/// Scores every person of `responses`, which must use the bank's codes ([`Bank::code`]).
pub fn score(bank: &Bank, responses: &ResponseMatrix, method: Method) -> Vec<Ability> {
    Scorer::new(bank).score(responses, method)
}

impl PredictInplace<ResponseMatrix, Array1<f64>> for Bank {
    /// EAP scores. Responses must use the bank's codes ([`Bank::code`]).
    fn predict_inplace<'a>(&'a self, x: &'a ResponseMatrix, y: &mut Array1<f64>) {
        for (out, ability) in y.iter_mut().zip(score(self, x, Method::Eap)) {
            *out = ability.theta.unwrap_or(f64::NAN);
        }
    }

    fn default_target(&self, x: &ResponseMatrix) -> Array1<f64> {
        Array1::zeros(x.nsamples())
    }
}

/// Empirical reliability of EAP scores: var(theta) / (var(theta) + mean(SE^2)), with divisor n - 1.
/// Returns `None` below two scores.
pub fn empirical_reliability(scores: &[Ability]) -> Option<f64> {
    let known: Vec<(f64, f64)> = scores
        .iter()
        .filter(|s| s.answered > 0)
        .filter_map(|s| s.theta.zip(s.se))
        .collect();
    if known.len() < 2 {
        return None;
    }
    let n = known.len() as f64;
    let mean = known.iter().map(|s| s.0).sum::<f64>() / n;
    let variance = known.iter().map(|s| (s.0 - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let error = known.iter().map(|s| s.1 * s.1).sum::<f64>() / n;
    Some(variance / (variance + error))
}
