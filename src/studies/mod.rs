//! Reports that pages and `rapport analyse` share: values in, figures out. Pure.
//!
//! A figure that a page and a command both show comes from the same function here, with the same
//! thresholds. Each file is one report. Reports serialise to the JSON of `rapport analyse`.

pub mod agent_rates;
pub mod agents;
pub mod dimensions;
pub mod item_issues;
pub mod reliability;
pub mod validity;
