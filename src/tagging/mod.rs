//! Theme mentions in an organisation's comments: its taxonomy, its people's annotations, and models
//! trained on them.
//!
//! A [`Tagger`] joins the three. The words of the taxonomy, which is edited in versions
//! ([`taxonomy_draft`]), find the mentions of each clause. A model replaces them on the themes
//! where its cross-validation beat them. An annotation is final for every clause with the same
//! words. Annotations are never deleted and are the training examples of the model. Where two
//! people annotated the same clauses, their agreement is reported by theme, and a theme on which
//! they do not agree is left out of plans ([`agreement`]).
//!
//! A second model needs nobody's annotations: it learns from scored comments how words go with
//! scores ([`mood_models`]), and the moods of comments follow from it, the words of praise and
//! blame, and the comment's own score.

mod annotation;
mod cache;
mod error;
mod jobs;
mod models;
mod sampling;
mod store;
mod tagger;
mod taxonomies;

pub mod agreement;
pub mod mood_models;
pub mod taxonomy_draft;
pub mod terms;

pub use annotation::{
    AnnotatedTheme, NewAnnotation, annotated_clauses, annotations, clause_key, save_annotation,
};
pub use error::{MIN_READ, TaggingError};
pub use jobs::{TrainModel, TrainMoodModel};
pub use models::{learn, model};
pub use sampling::Sampling;
pub use tagger::{ANNOTATED, Tagger, TaggerReader};
pub use taxonomies::{lexicon, save_taxonomy, taxonomy, taxonomy_source};
