//! Quality checks, imported from files.
//!
//! A quality check is a contact that an evaluator rated by the criteria of a scorecard. A
//! [`mapping`] says which column is what and which theme a criterion belongs to; [`reader`] reads a
//! file by it; [`import`] stores the scores and can be undone. [`results`] adds them up for plans.

mod error;
mod store;

pub mod import;
pub mod mapping;
pub mod reader;
pub mod results;
pub mod scale;

pub use error::QualityError;
