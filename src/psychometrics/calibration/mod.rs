//! Item parameters from responses: marginal maximum likelihood to the point where the gradient vanishes.
//!
//! The trait is integrated out over a grid ([`Quadrature`]), so that the likelihood speaks of items alone (Bock & Aitkin
//! 1981). What other programs leave at a loose change of parameters is finished here on the exact gradient:
//!
//! 1. `start`: moments give slopes and intercepts;
//! 2. a sample of some thousand persons brings both the parameters and their information near to the end, at a fraction
//!    of the cost (only where there are many more);
//! 3. `optimise`: a few EM steps, then quasi-Newton on the marginal likelihood until no element of the gradient exceeds the
//!    tolerance;
//! 4. `information`: standard errors from the full observed information there (Louis 1982).
//!
//! The idiom is linfa's:
//!
//! ```
//! use linfa::{DatasetBase, ParamGuard, traits::{Fit, Predict}};
//! use rapport::psychometrics::{calibration::GradedResponse, responses::ResponseMatrix};
//!
//! // Four items, three categories, answers that hang together.
//! let rows: Vec<Vec<Option<i32>>> = (0..200)
//!     .map(|i| (0..4).map(|j| Some(1 + (i * 7 + j * i % 3) % 9 / 3)).collect())
//!     .collect();
//! let dataset = DatasetBase::new(ResponseMatrix::from_rows(&rows)?, ());
//! let bank = GradedResponse::params().tolerance(1e-5).check()?.fit(&dataset)?;
//! assert!(bank.converged && bank.max_gradient < 1e-5);
//! let theta = bank.predict(&dataset);
//! assert_eq!(theta.len(), 200);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Several groups ([`Groups`] as targets) share their items unless [`CalibrationParams::free_between_groups`] names them;
//! the first group's trait is N(0, 1), the others' mean and variance are estimated. [`CalibrationParams::fixed`] holds the
//! items of an old bank and puts new ones on its scale (fixed-parameter linking, Kim 2006).

mod information;
mod layout;
mod likelihood;
mod optimise;
mod outcome;
mod start;
mod steps;

use linfa::{
    ParamGuard,
    dataset::{DatasetBase, Records},
    traits::{Fit, PredictInplace},
};
use ndarray::Array1;

pub use super::bank::Priors;
use super::{
    ability,
    bank::{Bank, BankItem, Model},
    quadrature::Quadrature,
    responses::{ResponseMatrix, ResponsesError},
};

/// Fewest persons with an answer; below, nothing can be said.
pub const MIN_PERSONS: f64 = 20.0;
/// From this many persons on, a free calibration is usual (Reise & Yu 1990).
pub const COMFORTABLE_PERSONS: f64 = 500.0;
/// Persons of the sample that a large calibration starts on.
const SAMPLE: usize = 3000;

/// Why items cannot be calibrated.
#[derive(Debug, thiserror::Error)]
pub enum CalibrationError {
    #[error("the quadrature needs 3 to 1001 nodes on a finite interval")]
    Quadrature,
    #[error("the tolerance must be positive; it is {0}")]
    Tolerance(f64),
    #[error("standard deviations of priors must be positive")]
    Priors,
    #[error("there are {persons} persons with an answer; at least {MIN_PERSONS} are needed")]
    TooFewPersons { persons: f64 },
    #[error("there are {items} items; at least {needed} are needed to tell slope from trait")]
    TooFewItems { items: usize, needed: usize },
    #[error("item \"{0}\" has the same answer from everybody; leave it out")]
    ConstantItem(String),
    #[error("item \"{item}\" has {categories} categories; the model is for two")]
    NotDichotomous { item: String, categories: usize },
    #[error("group \"{group}\" has nobody who answered item \"{item}\"")]
    EmptyCell { group: String, item: String },
    #[error("item \"{item}\" is free between groups, but nobody in \"{group}\" chose {category}")]
    EmptyCategory {
        group: String,
        item: String,
        category: i32,
    },
    #[error("there is no item \"{0}\"")]
    UnknownItem(String),
    #[error("there are {weights} weights and {groups} group labels for {persons} persons")]
    Shape {
        persons: usize,
        weights: usize,
        groups: usize,
    },
    #[error("a frequency is negative or not a number")]
    Frequency,
    #[error(
        "the likelihood has no maximum that can be found from here: the answers say too little about the items"
    )]
    NoMaximum,
    #[error(transparent)]
    Responses(#[from] ResponsesError),
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
}

/// Which group each person belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Groups {
    /// Names; the first is the reference group, whose trait is N(0, 1).
    pub labels: Vec<String>,
    /// Index into `labels`, one a person.
    pub of: Vec<usize>,
}

impl Groups {
    fn single(persons: usize) -> Self {
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
/// Rasch model: slope 1, free variance.
pub struct Rasch;

macro_rules! starts_params {
    ($($name:ident => $model:expr),*) => {$(
        impl $name {
            /// Parameters of a calibration, with documented defaults.
            pub fn params() -> CalibrationParams {
                CalibrationParams::new($model)
            }
        }
    )*};
}

starts_params!(
    GradedResponse => Model::GradedResponse,
    GeneralizedPartialCredit => Model::GeneralizedPartialCredit,
    TwoParameterLogistic => Model::TwoParameter,
    Rasch => Model::Rasch
);

/// Parameters not yet checked.
#[derive(Clone, Debug)]
pub struct CalibrationParams(ValidCalibration);

/// Parameters that make sense.
#[derive(Clone, Debug)]
pub struct ValidCalibration {
    model: Model,
    quadrature: Quadrature,
    tolerance: f64,
    max_iterations: usize,
    priors: Priors,
    standard_errors: bool,
    fixed: Vec<BankItem>,
    free_between_groups: Vec<String>,
}

impl CalibrationParams {
    /// 61 nodes on \[-6, 6\], gradient below 1e-4, at most 500 expectation steps, no priors, standard errors.
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

    /// The grid over which the trait is integrated.
    pub fn quadrature(mut self, quadrature: Quadrature) -> Self {
        self.0.quadrature = quadrature;
        self
    }

    /// Largest element of the gradient of the log-likelihood at which the search ends.
    pub fn tolerance(mut self, gradient: f64) -> Self {
        self.0.tolerance = gradient;
        self
    }

    /// Most expectation steps; the bank says when they were not enough.
    pub fn max_iterations(mut self, steps: usize) -> Self {
        self.0.max_iterations = steps;
        self
    }

    /// Prior distributions of the item parameters.
    pub fn priors(mut self, priors: Priors) -> Self {
        self.0.priors = priors;
        self
    }

    /// Whether standard errors are wanted; without them a calibration costs about half.
    pub fn standard_errors(mut self, wanted: bool) -> Self {
        self.0.standard_errors = wanted;
        self
    }

    /// Holds the items of an old bank that the responses share, and puts the other items on its scale; mean and
    /// variance of the trait are then free.
    pub fn fixed(mut self, bank: &Bank) -> Self {
        self.0.fixed = bank.items.clone();
        self
    }

    /// Items that have their own parameters in each group.
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

impl Fit<ResponseMatrix, (), CalibrationError> for ValidCalibration {
    type Object = Bank;

    /// Calibrates the items of one group. The dataset's weights, where set, are frequencies of rows.
    fn fit(&self, dataset: &DatasetBase<ResponseMatrix, ()>) -> Result<Bank, CalibrationError> {
        let groups = Groups::single(dataset.records.persons());
        self.calibrate(&dataset.records, &groups, &dataset.weights)
    }
}

impl Fit<ResponseMatrix, Groups, CalibrationError> for ValidCalibration {
    type Object = Bank;

    /// Calibrates the items of several groups together. The dataset's weights, where set, are frequencies of rows.
    fn fit(&self, dataset: &DatasetBase<ResponseMatrix, Groups>) -> Result<Bank, CalibrationError> {
        self.calibrate(&dataset.records, &dataset.targets, &dataset.weights)
    }
}

impl PredictInplace<ResponseMatrix, Array1<f64>> for Bank {
    /// EAP scores. Answers must be in the bank's own codes ([`Bank::code`]).
    fn predict_inplace<'a>(&'a self, x: &'a ResponseMatrix, y: &mut Array1<f64>) {
        let scores = ability::score(self, x, ability::Method::Eap);
        for (out, score) in y.iter_mut().zip(scores) {
            *out = score.theta.unwrap_or(f64::NAN);
        }
    }

    fn default_target(&self, x: &ResponseMatrix) -> Array1<f64> {
        Array1::zeros(x.nsamples())
    }
}
