//! Composite scores for shortlists: facets combined with rational weights and standardised by
//! theory.
//!
//! Implements linfa's traits, so that fitted outcome models can replace the composite:
//!
//! ```
//! use linfa::{DatasetBase, traits::{Fit, Predict}, ParamGuard};
//! use ndarray::array;
//! use rapport_core::psychometrics::composite::RationalComposite;
//!
//! let params = RationalComposite::params(vec![2.0, 1.0, 1.0]).facet_correlation(0.4).check()?;
//! let no_data = DatasetBase::new(ndarray::Array2::<f64>::zeros((0, 3)), ());
//! let model = params.fit(&no_data)?;
//! let z = model.predict(&array![[1.0, 1.0, 1.0]]);
//! assert!((z[0] - 1.0 / 0.625_f64.sqrt()).abs() < 1e-12);
//! # Ok::<(), rapport_core::psychometrics::composite::CompositeError>(())
//! ```

use linfa::{
    ParamGuard,
    dataset::{DatasetBase, Records},
    traits::{Fit, PredictInplace},
};
use ndarray::{Array1, Array2};

/// Reasons why a composite cannot be computed.
#[derive(Debug, thiserror::Error)]
pub enum CompositeError {
    #[error("weights must be finite, non-negative, and not all zero")]
    Weights,
    #[error("the assumed correlation between facets must be in [0, 1); it is {0}")]
    Correlation(f64),
    #[error("there are {weights} weights for {facets} facets")]
    Shape { weights: usize, facets: usize },
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
}

/// Unchecked parameters.
#[derive(Clone, Debug)]
pub struct RationalCompositeParams(ValidRationalComposite);

/// Checked parameters.
#[derive(Clone, Debug)]
pub struct ValidRationalComposite {
    weights: Vec<f64>,
    facet_correlation: f64,
}

/// Fitted composite.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct RationalComposite {
    /// One weight per facet, summing to 1.
    pub weights: Vec<f64>,
    /// Standard deviation of the weighted sum of standardised facets: sqrt(w'Rw), with equal
    /// correlations in R.
    pub sd: f64,
}

impl RationalComposite {
    /// One rational weight per facet; the assumed correlation between facets defaults to .5.
    pub fn params(weights: Vec<f64>) -> RationalCompositeParams {
        RationalCompositeParams(ValidRationalComposite {
            weights,
            facet_correlation: 0.5,
        })
    }

    /// Standard error of the composite in its own standard deviations, from independent facet
    /// standard errors: sqrt(sum w^2 se^2) / sqrt(w'Rw).
    pub fn standard_error(&self, facet_standard_errors: &[f64]) -> f64 {
        let variance: f64 = self
            .weights
            .iter()
            .zip(facet_standard_errors)
            .map(|(w, se)| (w * se).powi(2))
            .sum();
        variance.sqrt() / self.sd
    }

    /// Contribution of each facet to the composite, in composite standard deviations.
    pub fn contributions(&self, facet_z: &[f64]) -> Vec<f64> {
        self.weights
            .iter()
            .zip(facet_z)
            .map(|(w, z)| w * z / self.sd)
            .collect()
    }
}

impl RationalCompositeParams {
    /// Assumed correlation between any two facets, in \[0, 1).
    pub fn facet_correlation(mut self, correlation: f64) -> Self {
        self.0.facet_correlation = correlation;
        self
    }
}

impl ParamGuard for RationalCompositeParams {
    type Checked = ValidRationalComposite;
    type Error = CompositeError;

    fn check_ref(&self) -> Result<&ValidRationalComposite, CompositeError> {
        let p = &self.0;
        if !p.weights.iter().all(|w| w.is_finite() && *w >= 0.0)
            || p.weights.iter().sum::<f64>() <= 0.0
        {
            return Err(CompositeError::Weights);
        }
        if !(0.0..1.0).contains(&p.facet_correlation) {
            return Err(CompositeError::Correlation(p.facet_correlation));
        }
        Ok(p)
    }

    fn check(self) -> Result<ValidRationalComposite, CompositeError> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl<T> Fit<Array2<f64>, T, CompositeError> for ValidRationalComposite {
    type Object = RationalComposite;

    /// Uses no data by design: weights are judgements and the scale follows from theory. The
    /// dataset (persons x facets, standardised) must only have one column per weight.
    fn fit(
        &self,
        dataset: &DatasetBase<Array2<f64>, T>,
    ) -> Result<RationalComposite, CompositeError> {
        let facets = dataset.records().nfeatures();
        if facets != self.weights.len() {
            return Err(CompositeError::Shape {
                weights: self.weights.len(),
                facets,
            });
        }
        let total: f64 = self.weights.iter().sum();
        let weights: Vec<f64> = self.weights.iter().map(|w| w / total).collect();
        let squares: f64 = weights.iter().map(|w| w * w).sum();
        let sd = (squares + self.facet_correlation * (1.0 - squares)).sqrt();
        Ok(RationalComposite { weights, sd })
    }
}

impl PredictInplace<Array2<f64>, Array1<f64>> for RationalComposite {
    fn predict_inplace<'a>(&'a self, x: &'a Array2<f64>, y: &mut Array1<f64>) {
        for (row, out) in x.rows().into_iter().zip(y.iter_mut()) {
            *out = row
                .iter()
                .zip(&self.weights)
                .map(|(z, w)| z * w)
                .sum::<f64>()
                / self.sd;
        }
    }

    fn default_target(&self, x: &Array2<f64>) -> Array1<f64> {
        Array1::zeros(x.nrows())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_parameters_are_rejected() {
        assert!(RationalComposite::params(vec![0.0, 0.0]).check().is_err());
        assert!(RationalComposite::params(vec![1.0, -1.0]).check().is_err());
        assert!(
            RationalComposite::params(vec![1.0])
                .facet_correlation(1.0)
                .check()
                .is_err()
        );
        let params = RationalComposite::params(vec![1.0, 1.0])
            .check()
            .expect("fine");
        let three = DatasetBase::new(Array2::<f64>::zeros((0, 3)), ());
        assert!(matches!(
            params.fit(&three),
            Err(CompositeError::Shape {
                weights: 2,
                facets: 3
            })
        ));
    }
}
