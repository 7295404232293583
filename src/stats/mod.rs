//! General statistics: values in, values out; no files, no clock, no identities.
//!
//! # A tour by question
//!
//! | question | where |
//! |---|---|
//! | how sure are we of a rate, a mean, a correlation, a net promoter score? | [`intervals`] |
//! | and where no formula holds? | [`bootstrap`] |
//! | does one number go with another, and with how many pairs could we tell? | [`correlation`] |
//! | what would the correlation be without noise and without selection? | [`corrections`] |
//! | what is a validity worth: successes, averages, who is left out? | [`utility`] |
//! | does a predictor predict the same for two groups? | [`differential_prediction`] |
//! | are two rates different, also within strata? | [`contingency`] |
//! | how much of a rating belongs to the person rated, how much to the one who rates? | [`variance_components`] |
//! | what is one person's rate or mean worth, given how few values it has? | [`shrinkage`], [`variance_components`] |
//! | what would have happened anyway? | [`split_half`] |
//! | which groups lie outside chance, and has a rate changed? | [`funnel`], [`control`] |
//! | what did the mix of cases explain before anybody is compared? | [`case_mix`] |
//! | which predictors carry the explanation when they overlap? | [`importance`] |
//! | which words are new? what if there were many tests? | [`log_odds`], [`multiplicity`] |
//! | regression: least squares, ordered categories, many sparse predictors | [`linear`], [`ordinal`], [`sparse_logistic`] |
//! | tails, quantiles, integrals | [`distributions`], [`quadrature`] |
//!
//! # A tour by the loop
//!
//! A rate of 9 in 10 is not a rate of 90 in 100. Wilson's interval says by how much (Wilson 1927):
//!
//! ```
//! use rapport::stats::intervals::wilson;
//!
//! let ten = wilson(9, 10, 0.95).ok_or("no trials")?;
//! let hundred = wilson(90, 100, 0.95).ok_or("no trials")?;
//! assert!((ten.low - 0.5958).abs() < 5e-5 && (hundred.low - 0.8256).abs() < 5e-5);
//! # Ok::<(), &str>(())
//! ```
//!
//! Customers differ more than agents do. Where 5.7 % of a rating is about the agent, a mean of 39 ratings is reliable to .7,
//! one of 67 to .8:
//!
//! ```
//! use rapport::stats::shrinkage::n_for_reliability;
//!
//! assert_eq!(n_for_reliability(0.7, 0.057), Some(39));
//! assert_eq!(n_for_reliability(0.8, 0.057), Some(67));
//! ```
//!
//! So a hiring score meets a noisy criterion in a selected group. Correlations are corrected in that order, the criterion
//! first, and never for the predictor: people are hired on the score as it is (Sackett, Laczo & Arvey 2002).
//!
//! ```
//! use rapport::stats::corrections::{case_ii, correct_for_criterion};
//!
//! let observed = 0.14;
//! let without_noise = correct_for_criterion(observed, 0.7);
//! // The hired spread .7 as much as the applicants.
//! let among_applicants = case_ii(without_noise, 0.7);
//! assert!(observed < without_noise && without_noise < among_applicants);
//! // A worked example of the psych manual: r .33, standard deviations 100.32 and 48.19.
//! assert!((case_ii(0.33, 48.19 / 100.32) - 0.5884233).abs() < 1e-7);
//! ```
//!
//! Before anything of that is claimed, could it have been seen? For a true correlation of .20, a study with power .8 needs
//! 194 pairs, and with .10, 783:
//!
//! ```
//! use rapport::stats::correlation::pairs_for_power;
//!
//! assert_eq!(pairs_for_power(0.20, 0.8), 194);
//! assert_eq!(pairs_for_power(0.10, 0.8), 783);
//! ```
//!
//! And what is a small validity worth? Where half of all people do well, hiring the best 20 % on a score with r = .3 makes
//! it two in three (Taylor & Russell 1939):
//!
//! ```
//! use rapport::stats::utility::taylor_russell;
//!
//! let successes = taylor_russell(0.3, 0.2, 0.5).ok_or("out of range")?;
//! assert!((successes - 0.6682367).abs() < 1e-6);
//! # Ok::<(), &str>(())
//! ```

pub mod agreement;
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
pub mod split_half;
pub mod suppression;
pub mod utility;
pub mod variance_components;
