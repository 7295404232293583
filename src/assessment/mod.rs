//! Questionnaires, sittings, answers and scores.
//!
//! A published questionnaire never changes, and a sitting names the version it used. Answers are
//! appended; the newest answer to an item counts. They arrive through the [`writer`], which commits
//! waiting ones together. Finishing a sitting scores it in the same transaction and closes it.

mod error;
mod publishing;
pub mod questionnaire;
mod questionnaire_file;
mod reliability;
pub mod scoring;
mod sittings;
mod store;
pub mod writer;

pub use error::{AssessmentError, MAX_SEQUENCE};
pub use publishing::{PublishedTitle, publish, published, questionnaire};
pub use questionnaire::{Item, ItemKind, Questionnaire};
pub use reliability::{MeasureReliability, measure_reliability, reliability};
pub use scoring::{
    Answer, CandidateScore, FacetScore, QualitySignal, ReliabilitySource, ScoreStage, Signal,
};
pub use sittings::{
    Progress, answers, check_answer, finish, progress, results_of, sitting_of, start, withdraw,
};
pub use store::{AnswerRow, ReliabilityRow, SittingRow as Sitting};
