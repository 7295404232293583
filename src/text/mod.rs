//! Language: from a raw comment to themes with a polarity and the words that fired. Pure, deterministic, offline.
//!
//! A comment passes four stages, each a file: [`normalise`] makes writing uniform, [`redact`] takes personal data
//! out (what is stored is always redacted), [`clauses`] splits at sentence ends and contrasts, and `tagger` reads
//! each clause with the [`taxonomy`], lists of words that a coach can read and argue with: [`matcher`] finds the words,
//! `lexicon` weighs what they say of each theme.
//!
//! Where people have labelled comments, a model can learn from them: `ngrams` cuts a text into pieces, `vocabulary`
//! weighs them, `training` fits and judges, and `model` scores. What the lexicon found is among its predictors, so
//! that it starts from what the coach knows.

pub mod classifier;
pub mod clauses;
pub mod emerging;
pub mod lexicon;
pub mod matcher;
pub mod normalise;
pub mod offensive;
pub mod redact;
pub mod tagger;
pub mod taxonomy;
