//! Themes learned from comments that people labelled: features, a sparse logistic model per label,
//! training with cross-validation.

pub mod model;
pub mod ngrams;
pub mod training;
pub mod vocabulary;
