//! `rapport analyse` as a script uses it: files in, JSON, tables and CSV out, exit codes, one clear
//! line for each mistake.
//!
//! Figures of small tables are scipy 1.17.1's and statsmodels 0.14's on the same numbers; those of
//! LSAT section 7 are R's (see `measurement`).

mod agents;
mod bench;
mod calibrate;
mod groups;
mod input_files;
mod messages;
mod screening;
mod themes;

pub use bench::Bench;
