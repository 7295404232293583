//! Pure computation of Rapport: values in, values out, without files of its own, a database, a
//! clock or the identity of anybody.
//!
//! The modules below are listed in order: each uses only those above it, and a test enforces that.
//! The crate is apart from the program for two reasons: what runs once per row, comment or answer
//! is optimised for speed and the rest for size, and nothing here can depend on the program.

// TOML files with errors that name the line.
pub mod toml_file;

// Sentences for people, by language.
pub mod locale;

// Tables from files: containers, encodings, delimiters, headers, missing values, numbers.
pub mod tables;

// General statistics: intervals, reliability, shrinkage, variance components, regression.
pub mod stats;

// Psychometrics: item response models, ability estimates, fit, differential item functioning.
pub mod psychometrics;

// Text analysis: normalisation, redaction, clauses, themes by lexicon and by classifier.
pub mod text;
