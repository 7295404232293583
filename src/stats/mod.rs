//! General statistics: values in, values out; no files, no clock, no identities.
//!
//! | question | where |
//! |---|---|
//! | how sure are we of a rate, a mean, a correlation? | [`intervals`] |
//! | how much of a rating is about the person rated? what is one rate worth? | [`shrinkage`] |
//! | does one number predict another, and with how many pairs could we tell? | [`correlation`] |
//! | quantiles and tails of the usual distributions | [`distributions`] |

pub mod bootstrap;
pub mod case_mix;
pub mod contingency;
pub mod control;
pub mod corrections;
pub mod correlation;
pub mod differential_prediction;
pub mod distributions;
pub mod funnel;
pub mod importance;
pub mod intervals;
pub mod linear;
pub mod log_odds;
pub mod multiplicity;
pub mod ordinal;
pub mod quadrature;
pub mod shrinkage;
pub mod sparse_logistic;
pub mod utility;
pub mod variance_components;
