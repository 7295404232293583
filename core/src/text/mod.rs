//! Comments: from raw text to theme mentions with their evidence. Pure, deterministic, offline.
//!
//! [`normalise`] makes spelling and spacing uniform, [`redact`] removes personal data (only
//! redacted text is stored), [`clauses`] splits a comment, and [`tagger`] finds the [theme
//! mentions](mention) of each clause and the [`mood`] of the whole. The words of the themes are a
//! [`taxonomy`], which a coach can read and edit; [`lexicon`] compiles it for the [`matcher`].
//!
//! What a word says depends on the words around it. `cues` lists those words, `words` finds them,
//! and stage after stage applies them to the opinions of a clause: `word_sense`, `subject`,
//! `assertion` (requests, wishes, conditions, questions), `negation` with `denial` and
//! `double_negation`, `absence` (predicates such as "in short supply"), `comparison` (praise of
//! others), `change` (what was so before), `contrast` (exceptions from praise), `irony` and
//! `aspect`.
//!
//! Where people have annotated comments, a [`classifier`] is trained on them. The mentions that the
//! lexicon found are among its predictors. [`mood_examples`] prepares comments with a score for
//! another, of their mood. [`entered`] cleans what people type into forms.

mod absence;
mod aspect;
mod assertion;
pub mod calibration;
mod change;
pub mod classifier;
mod clause_tagger;
pub mod clauses;
mod comparison;
mod contrast;
mod cues;
mod denial;
mod double_negation;
pub mod emerging;
pub mod entered;
mod irony;
pub mod lexicon;
pub mod matcher;
pub mod mention;
pub mod mood;
pub mod mood_examples;
mod negation;
pub mod normalise;
pub mod offensive;
mod opinion;
pub mod redact;
mod spelling;
mod subject;
pub mod tagger;
pub mod taxonomy;
pub mod taxonomy_edit;
pub mod theme_entry;
mod word_sense;
mod words;
