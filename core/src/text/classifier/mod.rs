//! Themes learned from comments that people labelled: features, a sparse logistic model per label,
//! training with cross-validation.

pub mod corpus;
pub mod model;
pub mod mood;
pub mod ngrams;
pub mod quality;
pub mod row_reader;
pub mod training;
pub mod vocabulary;
