//! One number for a shortlist: facets weighted by judgement, standardised by theory.
//!
//! The idiom is linfa's, so that the outcome models of later stages drop in where this one stands:
//!
//! ```
//! use linfa::{DatasetBase, traits::{Fit, Predict}, ParamGuard};
//! use ndarray::array;
//! use rapport::psychometrics::composite::RationalComposite;
//!
//! let params = RationalComposite::params(vec![2.0, 1.0, 1.0]).facet_correlation(0.4).check()?;
//! let nobody_yet = DatasetBase::new(ndarray::Array2::<f64>::zeros((0, 3)), ());
//! let model = params.fit(&nobody_yet)?;
//! let z = model.predict(&array![[1.0, 1.0, 1.0]]);
//! assert!((z[0] - 1.0 / 0.625_f64.sqrt()).abs() < 1e-12);
//! # Ok::<(), rapport::psychometrics::composite::CompositeError>(())
//! ```

use linfa::{
    ParamGuard,
    dataset::{DatasetBase, Records},
    traits::{Fit, PredictInplace},
};
use ndarray::{Array1, Array2};

/// Why a composite cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum CompositeError {
    #[error("weights must be finite, not negative, and not all zero")]
    Weights,
    #[error("the assumed correlation between facets must lie in [0, 1); it is {0}")]
    Correlation(f64),
    #[error("there are {weights} weights for {facets} facets")]
    Shape { weights: usize, facets: usize },
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
}

/// Parameters not yet checked.
#[derive(Clone, Debug)]
pub struct RationalCompositeParams(ValidRationalComposite);

/// Parameters that make sense.
#[derive(Clone, Debug)]
pub struct ValidRationalComposite {
    weights: Vec<f64>,
    facet_correlation: f64,
}

/// The fitted composite: plain data.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct RationalComposite {
    /// One weight a facet, summing to 1.
    pub weights: Vec<f64>,
    /// Standard deviation of the weighted sum of standardised facets: sqrt(w'Rw), R with one correlation.
    pub sd: f64,
}

impl RationalComposite {
    /// Starts from one rational weight a facet; the assumed correlation between facets is .5 until set.
    pub fn params(weights: Vec<f64>) -> RationalCompositeParams {
        RationalCompositeParams(ValidRationalComposite {
            weights,
            facet_correlation: 0.5,
        })
    }

    /// Standard error of the composite, in its own standard deviations, from those of the facets (errors of
    /// different facets are independent): sqrt(sum w^2 se^2) / sqrt(w'Rw).
    pub fn standard_error(&self, facet_standard_errors: &[f64]) -> f64 {
        let variance: f64 = self
            .weights
            .iter()
            .zip(facet_standard_errors)
            .map(|(w, se)| (w * se).powi(2))
            .sum();
        variance.sqrt() / self.sd
    }

    /// What each facet adds to the composite, in its standard deviations: the reasons behind a rank.
    pub fn contributions(&self, facet_z: &[f64]) -> Vec<f64> {
        self.weights
            .iter()
            .zip(facet_z)
            .map(|(w, z)| w * z / self.sd)
            .collect()
    }
}

impl RationalCompositeParams {
    /// The correlation assumed between any two facets, in \[0, 1).
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

    /// Learns nothing from people, by design: weights come from judgement and the scale from theory. The dataset
    /// (persons x facets, standardised) only has to have a column a weight.
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
    fn unusable_parameters_are_refused() {
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
