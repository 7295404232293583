//! Psychometrics against independent truth: results of other programs on the same responses,
//! simulations with known parameters, and properties that hold for any responses.
//!
//! - LSAT section 7 (Bock & Lieberman 1970): 1,000 persons by pattern of five responses. R 4.2.2,
//!   mirt 1.46.1: `mirt(LSAT7, 1, TOL = 1e-6, quadpts = 61, SE = TRUE)`, `fscores`, `M2`,
//!   `itemfit`, `personfit`. R stops at a parameter change of 1e-6, so parameters agree to about
//!   2e-5.
//! - Simulated responses of 800 persons to six items, from the generator below: PyPI mirt 1.2.0 (an
//!   unrelated program with its own Gauss-Hermite grid), `fit_mirt(X, model, n_quadpts = 61, tol =
//!   1e-9, max_iter = 5000)`, confirmed to 1e-6 by minimising the same likelihood with scipy
//!   1.17.1.

mod groups;
mod properties;
mod references;

use linfa::{DatasetBase, ParamGuard, traits::Fit};
use ndarray::Array1;
use proptest::prelude::*;
use rapport::psychometrics::{
    ability::{self, Method, Unbounded},
    bank::{Bank, Model, Priors},
    calibration::{
        CalibrationError, CalibrationParams, GradedResponse, Groups, Rasch, TwoParameterLogistic,
    },
    dif::Comparison,
    information::{marginal_reliability, sum_scores},
    item_fit::item_fit,
    item_models::{ItemModel, ItemParameters},
    model_fit::model_fit,
    person_fit::person_fit,
    responses::ResponseMatrix,
};

/// Portable generator of numbers in [0, 1): the upper 53 bits of
/// x <- 6364136223846793005 x + 1442695040888963407 mod 2^64.
pub struct Uniform(pub u64);

impl Uniform {
    pub fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Approximately normal: the sum of twelve minus 6.
    pub fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.next()).sum::<f64>() - 6.0
    }

    /// Response category of a person at `theta`.
    fn answer(&mut self, item: &ItemParameters, theta: f64) -> i32 {
        let u = self.next();
        let p = item.function().probabilities(theta);
        // Graded: number of boundaries passed; partial credit: number of cumulative shares passed.
        match item.model {
            ItemModel::Graded => {
                let above = |k: usize| p[k..].iter().sum::<f64>();
                (1..p.len()).filter(|k| u < above(*k)).count() as i32
            }
            ItemModel::PartialCredit => {
                let below = |k: usize| p[..k].iter().sum::<f64>();
                (1..p.len()).filter(|k| u >= below(*k)).count() as i32
            }
        }
    }
}

fn items(model: ItemModel, parameters: &[(f64, &[f64])]) -> Vec<ItemParameters> {
    let item = |(slope, intercepts): &(f64, &[f64])| ItemParameters {
        model,
        slope: *slope,
        intercepts: intercepts.to_vec(),
    };
    parameters.iter().map(item).collect()
}

/// Responses of `n` persons, and their true trait levels.
fn simulate(items: &[ItemParameters], n: usize, seed: u64) -> (ResponseMatrix, Vec<f64>) {
    let mut uniform = Uniform(seed);
    let mut thetas = Vec::with_capacity(n);
    let rows: Vec<Vec<Option<i32>>> = (0..n)
        .map(|_| {
            let theta = uniform.normal();
            thetas.push(theta);
            items
                .iter()
                .map(|i| Some(uniform.answer(i, theta)))
                .collect()
        })
        .collect();
    (
        ResponseMatrix::from_rows(&rows).expect("few categories"),
        thetas,
    )
}

fn graded() -> Vec<ItemParameters> {
    items(
        ItemModel::Graded,
        &[
            (0.8, &[2.0, 0.5, -1.5]),
            (1.2, &[2.5, 0.0, -2.0]),
            (1.6, &[3.0, 1.0, -1.0]),
            (2.0, &[1.5, -0.5, -3.0]),
            (1.0, &[2.2, 1.1, -0.6]),
            (1.4, &[1.8, 0.2, -1.9]),
        ],
    )
}

fn fit(params: CalibrationParams, answers: &ResponseMatrix) -> Bank {
    params
        .check()
        .expect("valid")
        .fit(&DatasetBase::new(answers.clone(), ()))
        .expect("fits")
}

fn close(what: &str, ours: f64, theirs: f64, tolerance: f64) {
    assert!(
        (ours - theirs).abs() <= tolerance,
        "{what}: {ours} {theirs}"
    );
}

/// Persons by pattern, from 00000 to 11111.
pub const LSAT7: [u16; 32] = [
    12, 19, 1, 7, 3, 19, 3, 17, 10, 5, 3, 7, 7, 23, 8, 28, 7, 39, 11, 34, 14, 51, 15, 90, 6, 25, 7,
    35, 18, 136, 32, 308,
];

fn lsat7() -> (ResponseMatrix, Array1<f32>) {
    let row = |pattern: usize| {
        (0..5)
            .map(|item| Some((pattern >> (4 - item) & 1) as i32))
            .collect()
    };
    let rows: Vec<Vec<Option<i32>>> = (0..32).map(row).collect();
    let weights = LSAT7.iter().map(|n| f32::from(*n)).collect();
    (
        ResponseMatrix::from_rows(&rows).expect("two categories"),
        weights,
    )
}

fn lsat7_persons() -> ResponseMatrix {
    let (patterns, _) = lsat7();
    let rows: Vec<usize> = (0..32)
        .flat_map(|p| std::iter::repeat_n(p, LSAT7[p].into()))
        .collect();
    patterns.rows(&rows)
}
