//! Parameters of a calibration.

use linfa::ParamGuard;

use super::error::CalibrationError;
use crate::psychometrics::{
    bank::{Bank, BankItem, Model, Priors},
    quadrature::Quadrature,
};

/// Number of persons from which an unconstrained calibration is usually stable (Reise & Yu 1990).
pub const COMFORTABLE_PERSONS: f64 = 500.0;

/// Group membership of the persons.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Groups {
    /// Group names; the first is the reference group, whose trait is N(0, 1).
    pub labels: Vec<String>,
    /// Index into `labels`, one per person.
    pub of: Vec<usize>,
}

impl Groups {
    pub(super) fn single(persons: usize) -> Self {
        Self {
            labels: vec!["all".to_owned()],
            of: vec![0; persons],
        }
    }
}

/// Graded response model.
pub struct GradedResponse;
/// Generalised partial credit model.
pub struct GeneralizedPartialCredit;
/// Two-parameter logistic model.
pub struct TwoParameterLogistic;
/// Rasch model: slope 1 and free trait variance.
pub struct Rasch;

macro_rules! model_params {
    ($($name:ident => $model:expr),*) => {$(
        impl $name {
            /// Calibration parameters with their defaults.
            pub fn params() -> CalibrationParams {
                CalibrationParams::new($model)
            }
        }
    )*};
}

model_params!(
    GradedResponse => Model::GradedResponse,
    GeneralizedPartialCredit => Model::GeneralizedPartialCredit,
    TwoParameterLogistic => Model::TwoParameter,
    Rasch => Model::Rasch
);

/// Unchecked parameters.
#[derive(Clone, Debug)]
pub struct CalibrationParams(ValidCalibration);

/// Checked parameters.
#[derive(Clone, Debug)]
pub struct ValidCalibration {
    pub(super) model: Model,
    pub(super) quadrature: Quadrature,
    pub(super) tolerance: f64,
    pub(super) max_iterations: usize,
    pub(super) priors: Priors,
    pub(super) standard_errors: bool,
    pub(super) fixed: Vec<BankItem>,
    pub(super) free_between_groups: Vec<String>,
}

impl CalibrationParams {
    /// Defaults: 61 nodes on \[-6, 6\], gradient below 1e-4, at most 500 expectation steps, no
    /// priors, with standard errors.
    pub fn new(model: Model) -> Self {
        Self(ValidCalibration {
            model,
            quadrature: Quadrature::default(),
            tolerance: 1e-4,
            max_iterations: 500,
            priors: Priors::None,
            standard_errors: true,
            fixed: Vec::new(),
            free_between_groups: Vec::new(),
        })
    }

    /// Quadrature over the trait.
    pub fn quadrature(mut self, quadrature: Quadrature) -> Self {
        self.0.quadrature = quadrature;
        self
    }

    /// Convergence criterion: the largest absolute element of the log-likelihood gradient.
    pub fn tolerance(mut self, gradient: f64) -> Self {
        self.0.tolerance = gradient;
        self
    }

    /// Maximum number of expectation steps; the bank records whether they sufficed.
    pub fn max_iterations(mut self, steps: usize) -> Self {
        self.0.max_iterations = steps;
        self
    }

    /// Prior distributions of the item parameters.
    pub fn priors(mut self, priors: Priors) -> Self {
        self.0.priors = priors;
        self
    }

    /// Whether to compute standard errors; calibration takes about half the time without.
    pub fn standard_errors(mut self, compute: bool) -> Self {
        self.0.standard_errors = compute;
        self
    }

    /// Fixes the items of an existing bank and puts the other items on its scale; mean and variance
    /// of the trait are then estimated.
    pub fn fixed(mut self, bank: &Bank) -> Self {
        self.0.fixed = bank.items.clone();
        self
    }

    /// Items with separate parameters in each group.
    pub fn free_between_groups(mut self, items: Vec<String>) -> Self {
        self.0.free_between_groups = items;
        self
    }
}

impl ParamGuard for CalibrationParams {
    type Checked = ValidCalibration;
    type Error = CalibrationError;

    fn check_ref(&self) -> Result<&ValidCalibration, CalibrationError> {
        let p = &self.0;
        if !p.quadrature.is_proper() {
            return Err(CalibrationError::Quadrature);
        }
        if p.tolerance.is_nan() || p.tolerance <= 0.0 {
            return Err(CalibrationError::Tolerance(p.tolerance));
        }
        match p.priors {
            Priors::Weak {
                ln_slope_sd,
                intercept_sd,
            } if !(ln_slope_sd > 0.0 && intercept_sd > 0.0) => Err(CalibrationError::Priors),
            _ => Ok(p),
        }
    }

    fn check(self) -> Result<ValidCalibration, CalibrationError> {
        self.check_ref()?;
        Ok(self.0)
    }
}
