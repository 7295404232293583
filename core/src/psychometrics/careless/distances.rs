//! Mahalanobis distance of each person's responses from the sample.

use std::collections::BTreeMap;

use ndarray::{Array1, Array2};

use crate::{
    psychometrics::responses::{MISSING, ResponseMatrix},
    stats::linear::Cholesky,
};

/// Means and covariance matrix of the complete cases.
pub(super) struct Distances {
    means: Array1<f64>,
    covariance: Array2<f64>,
}

/// Cholesky factor of the covariance matrix by set of answered items; `None` if singular.
pub(super) type Factors = BTreeMap<Vec<usize>, Option<Cholesky>>;

impl Distances {
    pub(super) fn new(raw: &ResponseMatrix) -> Result<Self, &'static str> {
        let complete = raw.complete_cases();
        let items = raw.items().len();
        if complete.len() <= items {
            return Err("they need more complete cases than items");
        }
        let answer = |p: usize, i: usize| raw.answer(complete[p], i).map_or(f64::NAN, f64::from);
        let answers = Array2::from_shape_fn((complete.len(), items), |(p, i)| answer(p, i));
        let means = answers
            .mean_axis(ndarray::Axis(0))
            .ok_or("there are no complete cases")?;
        let centred = &answers - &means;
        let covariance = centred.t().dot(&centred) / (complete.len() - 1) as f64;
        if Cholesky::of(&covariance).is_none() {
            return Err("items are constant or duplicates of each other");
        }
        Ok(Self { means, covariance })
    }

    /// Squared distance over the answered items, and their number.
    pub(super) fn of(
        &self,
        raw: &ResponseMatrix,
        person: usize,
        factors: &mut Factors,
    ) -> Option<(f64, usize)> {
        let answered: Vec<usize> = (0..raw.items().len())
            .filter(|i| raw.column(*i)[person] != MISSING)
            .collect();
        let n = answered.len();
        if n == 0 {
            return None;
        }
        let centred: Array1<f64> = answered
            .iter()
            .map(|i| raw.answer(person, *i).map_or(0.0, f64::from) - self.means[*i])
            .collect();
        let factor = factors.entry(answered).or_insert_with_key(|answered| {
            Cholesky::of(&Array2::from_shape_fn((n, n), |(i, j)| {
                self.covariance[(answered[i], answered[j])]
            }))
        });
        Some((centred.dot(&factor.as_ref()?.solve(&centred)), n))
    }
}
