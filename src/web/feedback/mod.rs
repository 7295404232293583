//! `/feedback`: intake of customer feedback.

pub mod imports;
pub mod sources;
