//! Measuring people: pure functions over responses and keys.
//!
//! # A tour by question
//!
//! | question | where |
//! |---|---|
//! | which answers, on which scale, turned which way? | [`key`], [`responses`] |
//! | does the scale hang together? | [`classical`], [`dimensionality`] |
//! | how likely is each answer at a level of the trait? | [`item_models`] |
//! | what are the items' parameters, and how sure are they? | [`calibration`], kept in a [`bank`] |
//! | what does one person's answers say of the trait? | [`ability`] |
//! | how much does the questionnaire say, and where? | [`information`] |
//! | does the model fit, does an item, does a person? | [`model_fit`], [`item_fit`], [`person_fit`] |
//! | was the questionnaire read at all? | [`careless`] |
//! | does an item mean the same to two groups? do groups get through alike? | [`dif`], [`impact`] |
//! | what is said to people: standard scores, one number for a shortlist | [`norms`], [`composite`] |
//!
//! [`quadrature`], [`patterns`] and [`posterior`] are the machinery of calibration and scoring.
//!
//! # A tour by one questionnaire
//!
//! Five statements of the Law School Admission Test, section 7, right or wrong, from 1,000 persons (Bock & Lieberman 1970):
//!
//! ```
//! use linfa::{DatasetBase, ParamGuard, traits::Fit};
//! use ndarray::Array2;
//! use rapport::psychometrics::{
//!     ability::{self, Method}, calibration::TwoParameterLogistic, classical::alpha,
//!     information::marginal_reliability, model_fit::model_fit, responses::ResponseMatrix,
//! };
//!
//! // Persons by pattern, from 00000 to 11111.
//! let persons = [
//!     12, 19, 1, 7, 3, 19, 3, 17, 10, 5, 3, 7, 7, 23, 8, 28, 7, 39, 11, 34, 14, 51, 15, 90, 6, 25, 7, 35, 18, 136, 32, 308,
//! ];
//! let rows: Vec<Vec<Option<i32>>> = (0..32)
//!     .flat_map(|pattern| {
//!         let row = (0..5).map(|item| Some(pattern >> (4 - item) & 1)).collect();
//!         std::iter::repeat_n(row, persons[pattern as usize])
//!     })
//!     .collect();
//! let answers = ResponseMatrix::from_rows(&rows)?;
//!
//! // Classical theory first: R psych says alpha .45.
//! let keyed = Array2::from_shape_fn((1000, 5), |(p, i)| f64::from(answers.answer(p, i).unwrap_or(0)));
//! assert!((alpha(&keyed)?.alpha - 0.453).abs() < 1e-3);
//!
//! // The two-parameter logistic model, to a vanishing gradient. R mirt: slope .988, intercept 1.856 of the first item.
//! let dataset = DatasetBase::new(answers, ());
//! let bank = TwoParameterLogistic::params().standard_errors(true).check()?.fit(&dataset)?;
//! assert!(bank.converged && bank.max_gradient < 1e-4);
//! let first = &bank.items[0].parameters;
//! assert!((first.slope - 0.988).abs() < 1e-3 && (first.intercepts[0] - 1.856).abs() < 1e-3);
//!
//! // Does the model fit? M2 = 11.938 on 5 degrees of freedom.
//! let fit = model_fit(&bank, &dataset.records)?;
//! assert_eq!(fit.df, 5);
//! assert!((fit.value - 11.938).abs() < 1e-2);
//!
//! // A person is scored with the bank alone; all right is fine with a prior, and honestly unbounded without one.
//! let one = bank.code(&ResponseMatrix::from_rows(&[vec![Some(1); 5]])?)?.0;
//! let eap = ability::score(&bank, &one, Method::Eap)[0];
//! assert!(eap.theta.is_some_and(f64::is_finite) && eap.se.is_some_and(|se| se < 1.0));
//! assert_eq!(ability::score(&bank, &one, Method::Ml)[0].theta, None);
//!
//! // Five items say little: less than half of what differs between scores is about the trait.
//! assert!(marginal_reliability(&bank) < 0.5);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Nothing here decides about a person. A signal is a reason to talk; a score is a number with its error.

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
