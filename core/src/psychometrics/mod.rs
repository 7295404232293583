//! Psychometrics: pure functions of responses and scoring keys.
//!
//! # Modules by question
//!
//! | question | module |
//! |---|---|
//! | Which items form a scale, and which are reversed? | [`key`], [`responses`] |
//! | Is the scale internally consistent and unidimensional? | [`classical`], [`dimensionality`] |
//! | How likely is each response at a trait level? | [`item_models`] |
//! | What are the item parameters and standard errors? | [`calibration`], stored in a [`bank`] |
//! | What is one person's trait level? | [`ability`] |
//! | How precise is the questionnaire, and where? | [`information`] |
//! | Do the model, the items and the persons fit? | [`model_fit`], [`item_fit`], [`person_fit`] |
//! | Did a person answer carelessly? | [`careless`] |
//! | Are items and selection rates fair between groups? | [`dif`], [`impact`] |
//! | How are scores reported? | [`norms`], [`composite`] |
//!
//! [`quadrature`], [`patterns`] and [`posterior`] are the numerical basis of calibration and
//! scoring.
//!
//! # A tour with one questionnaire
//!
//! Five items of the Law School Admission Test, section 7, scored right or wrong, from 1,000
//! persons (Bock & Lieberman 1970):
//!
//! ```
//! use linfa::{DatasetBase, ParamGuard, traits::Fit};
//! use ndarray::Array2;
//! use rapport_core::psychometrics::{
//!     ability::{self, Method}, calibration::TwoParameterLogistic, classical::alpha,
//!     information::marginal_reliability, model_fit::model_fit, responses::ResponseMatrix,
//! };
//!
//! // Persons per pattern, from 00000 to 11111.
//! let persons = [
//!     12, 19, 1, 7, 3, 19, 3, 17, 10, 5, 3, 7, 7, 23, 8, 28,
//!     7, 39, 11, 34, 14, 51, 15, 90, 6, 25, 7, 35, 18, 136, 32, 308,
//! ];
//! let rows: Vec<Vec<Option<i32>>> = (0..32)
//!     .flat_map(|pattern| {
//!         let row = (0..5).map(|item| Some(pattern >> (4 - item) & 1)).collect();
//!         std::iter::repeat_n(row, persons[pattern as usize])
//!     })
//!     .collect();
//! let answers = ResponseMatrix::from_rows(&rows)?;
//!
//! // Classical test theory: R psych reports alpha .45.
//! let keyed = Array2::from_shape_fn((1000, 5), |(person, item)| {
//!     f64::from(answers.answer(person, item).unwrap_or(0))
//! });
//! assert!((alpha(&keyed)?.alpha - 0.453).abs() < 1e-3);
//!
//! // Two-parameter logistic model. R mirt: slope .988 and intercept 1.856 of the first item.
//! let dataset = DatasetBase::new(answers, ());
//! let bank = TwoParameterLogistic::params().standard_errors(true).check()?.fit(&dataset)?;
//! assert!(bank.converged && bank.max_gradient < 1e-4);
//! let first = &bank.items[0].parameters;
//! assert!((first.slope - 0.988).abs() < 1e-3 && (first.intercepts[0] - 1.856).abs() < 1e-3);
//!
//! // Model fit: M2 = 11.938 with 5 degrees of freedom.
//! let fit = model_fit(&bank, &dataset.records)?;
//! assert_eq!(fit.df, 5);
//! assert!((fit.value - 11.938).abs() < 1e-2);
//!
//! // Scoring needs only the bank. A perfect score is finite with a prior and unbounded without.
//! let one = bank.code(&ResponseMatrix::from_rows(&[vec![Some(1); 5]])?)?.0;
//! let eap = ability::score(&bank, &one, Method::Eap)[0];
//! assert!(eap.theta.is_some_and(f64::is_finite) && eap.se.is_some_and(|se| se < 1.0));
//! assert_eq!(ability::score(&bank, &one, Method::Ml)[0].theta, None);
//!
//! // Five items have little information: less than half of the score variance is true variance.
//! assert!(marginal_reliability(&bank) < 0.5);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! None of these results decides about a person. A flag is a reason for a conversation, and a score
//! comes with its standard error.

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
pub mod shared_categories;
