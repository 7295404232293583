//! General statistics: pure functions of values, without files, clocks or identities.
//!
//! # Modules by question
//!
//! | question | module |
//! |---|---|
//! | How precise is a rate, a mean, a correlation or a net promoter score? | [`intervals`] |
//! | How precise is a statistic without a closed-form interval? | [`bootstrap`] |
//! | Are two variables related, and how many pairs would show it? | [`correlation`] |
//! | What would a correlation be without measurement error and selection? | [`corrections`] |
//! | What is a validity worth in successes, performance and adverse impact? | [`utility`] |
//! | Does a predictor work equally well in two groups? | [`differential_prediction`] |
//! | Do two rates differ, overall or within strata? | [`contingency`] |
//! | How far do annotators agree? | [`agreement`] |
//! | How much rating variance is due to ratees, and how much to raters? | [`variance_components`] |
//! | What is one group's rate or mean, given few values? | [`shrinkage`], [`variance_components`] |
//! | How certain is that, if few groups are known? | [`group_posterior`] |
//! | How much change is regression to the mean? | [`split_half_validation`] |
//! | Which groups differ beyond chance, and has a rate changed? | [`funnel`], [`control`] |
//! | What outcome does the case mix predict? | [`case_mix`] |
//! | Which correlated predictors matter most? | [`importance`] |
//! | Which words distinguish two sets of texts? | [`log_odds`] |
//! | Which of many p values are significant? | [`multiplicity`] |
//! | Which table cells must be suppressed? | [`suppression`] |
//! | Regression: linear, ordinal, sparse logistic | [`linear`], [`ordinal`], [`sparse_logistic`], [`lasso_logistic`] |
//! | Probabilities, quantiles, integrals | [`distributions`], [`integration`] |
//!
//! # A tour of the hiring and feedback loop
//!
//! A rate of 9 in 10 is less certain than one of 90 in 100. Wilson's interval quantifies the
//! difference (Wilson 1927):
//!
//! ```
//! use rapport_core::stats::intervals::wilson;
//!
//! let ten = wilson(9, 10, 0.95).ok_or("no trials")?;
//! let hundred = wilson(90, 100, 0.95).ok_or("no trials")?;
//! assert!((ten.low - 0.5958).abs() < 5e-5 && (hundred.low - 0.8256).abs() < 5e-5);
//! # Ok::<(), &str>(())
//! ```
//!
//! Customers differ more than agents. If agents explain 5.7 % of the rating variance, a mean of 39
//! ratings has a reliability of .7, and a mean of 67 ratings has .8:
//!
//! ```
//! use rapport_core::stats::shrinkage::n_for_reliability;
//!
//! assert_eq!(n_for_reliability(0.7, 0.057), Some(39));
//! assert_eq!(n_for_reliability(0.8, 0.057), Some(67));
//! ```
//!
//! A hiring score is therefore validated against an unreliable criterion in a selected group.
//! Correlations are corrected for the criterion first, then for selection, and never for the
//! predictor, because people are hired on the observed score (Sackett, Laczo & Arvey 2002).
//!
//! ```
//! use rapport_core::stats::corrections::{case_ii, correct_for_criterion};
//!
//! let observed = 0.14;
//! let without_noise = correct_for_criterion(observed, 0.7);
//! // The standard deviation among the hired is .7 of that among applicants.
//! let among_applicants = case_ii(without_noise, 0.7);
//! assert!(observed < without_noise && without_noise < among_applicants);
//! // A worked example of the psych manual: r .33, standard deviations 100.32 and 48.19.
//! assert!((case_ii(0.33, 48.19 / 100.32) - 0.5884233).abs() < 1e-7);
//! ```
//!
//! Sample size decides what a study can show. With power .8, a true correlation of .20 needs 194
//! pairs, and one of .10 needs 783:
//!
//! ```
//! use rapport_core::stats::correlation::pairs_for_power;
//!
//! assert_eq!(pairs_for_power(0.20, 0.8), 194);
//! assert_eq!(pairs_for_power(0.10, 0.8), 783);
//! ```
//!
//! Small validities matter. If half of all applicants would succeed, hiring the best 20 % on a
//! score with r = .3 raises the success rate to two in three (Taylor & Russell 1939):
//!
//! ```
//! use rapport_core::stats::utility::taylor_russell;
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
pub mod group_posterior;
pub mod importance;
pub mod integration;
pub mod intervals;
pub mod lasso_logistic;
pub mod linear;
pub mod log_odds;
pub mod multiplicity;
pub mod ordinal;
pub mod shrinkage;
pub mod sparse_logistic;
pub mod split_half_validation;
pub mod suppression;
pub mod utility;
pub mod variance_components;
