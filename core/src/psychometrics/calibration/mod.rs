//! Item calibration by marginal maximum likelihood (Bock & Aitkin 1981).
//!
//! The trait is integrated out over a grid ([`Quadrature`](super::quadrature::Quadrature)), so that
//! the likelihood depends on the items only. It is maximised on its exact gradient, beyond the
//! parameter-change criteria of other programs:
//!
//! 1. `starting_values`: slopes and intercepts from moments;
//! 2. with large samples, a subsample of some thousand persons brings the parameters and their
//!    information close to the optimum at a fraction of the cost;
//! 3. `optimise`: a few EM steps, then quasi-Newton steps on the marginal likelihood until no
//!    gradient element exceeds the tolerance;
//! 4. `information`: standard errors from the observed information (Louis 1982).
//!
//! Implements linfa's traits:
//!
//! ```
//! use linfa::{DatasetBase, ParamGuard, traits::{Fit, Predict}};
//! use rapport_core::psychometrics::{calibration::GradedResponse, responses::ResponseMatrix};
//!
//! // Four correlated items with three categories.
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
//! Several groups ([`Groups`] as targets) share their items unless
//! [`CalibrationParams::free_between_groups`] lists them. The first group's trait is N(0, 1); means
//! and variances of the others are estimated. [`CalibrationParams::fixed`] fixes the items of an
//! existing bank and puts new items on its scale (fixed-parameter linking, Kim 2006).

mod error;
mod fit;
mod fitted;
mod information;
mod layout;
mod likelihood;
mod optimise;
mod params;
mod starting_values;

pub use error::{CalibrationError, MIN_PERSONS};
pub use params::{
    COMFORTABLE_PERSONS, CalibrationParams, GeneralizedPartialCredit, GradedResponse, Groups,
    Rasch, TwoParameterLogistic, ValidCalibration,
};

pub use super::bank::Priors;
