//! Measuring people: pure functions over responses and keys.
//!
//! Stage 1 of scoring lives here whole: keyed item means ([`responses`]), reliability ([`classical`]), standard
//! scores under a named norm ([`norms`]), a composite by rational weights ([`composite`]), and signals of careless
//! answering ([`careless`]), which make a note and never a rejection.

pub mod ability;
pub mod bank;
pub mod calibration;
pub mod careless;
pub mod classical;
pub mod composite;
pub mod dif;
pub mod dimensionality;
pub mod impact;
pub mod information;
pub mod item_fit;
pub mod item_models;
pub mod key;
pub mod model_fit;
pub mod norms;
pub mod patterns;
pub mod person_fit;
pub mod posterior;
pub mod quadrature;
pub mod responses;
