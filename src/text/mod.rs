//! Comments: from raw text to theme mentions with their evidence. Pure, deterministic, offline.
//!
//! [`normalise`] makes spelling and spacing uniform, [`redact`] removes personal data (only redacted
//! text is stored), [`clauses`] splits a comment, and [`tagger`] finds the [theme mentions](mention)
//! of each clause. The words of the themes are a [`taxonomy`], which a coach can read and edit;
//! [`lexicon`] compiles it for the [`matcher`].
//!
//! Where people have annotated comments, a [`classifier`] is trained on them. The mentions that the
//! lexicon found are among its predictors.

pub mod classifier;
mod clause_tagger;
pub mod clauses;
pub mod emerging;
pub mod lexicon;
pub mod matcher;
pub mod mention;
pub mod normalise;
pub mod offensive;
pub mod redact;
pub mod tagger;
pub mod taxonomy;
