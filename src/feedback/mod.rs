//! Intake of customer feedback: files, uploads, records sent by programs, and signed deliveries.
//!
//! A [`mapping`] says which column is what; [`row_reader`] yields rows of a table or of JSON;
//! [`record`] is one row as a typed value; [`import`] writes batches of them, each in one short
//! transaction. Agent and team are stored as they were at the interaction. Comments are redacted
//! before they are stored, with the theme mentions found in them ([`retag`]).
//!
//! What the feedback says in numbers is in [`crate::insight`]; what agents and departments see of
//! it is in [`crate::praise`].

mod error;
mod import_session;
mod import_summary;
mod json_rows;
mod json_value;
mod latest_period;
mod mood_model;
mod store;

pub mod agent_references;
pub mod annotation_queue;
pub mod cached_statistics;
pub mod contact_link;
pub mod import;
pub mod import_report;
pub mod mapping;
pub mod mention_count;
pub mod period;
pub mod preview;
pub mod printing;
pub mod record;
pub mod redactions;
pub mod refresh;
pub mod response_rates;
pub mod retag;
pub mod row_problem;
pub mod row_reader;
pub mod score;
pub mod score_format;
pub mod sources;
pub mod submissions;
pub mod taxonomy_preview;
pub mod time_format;
pub mod undo;
pub mod upload;

pub use error::FeedbackError;
use error::Result;
pub use import_report::ImportReport;
pub use import_summary::Summary;
pub use json_value::CompleteJson;
pub use latest_period::latest_period;
pub use mapping::{Mapping, MappingError};
pub use mention_count::MentionCount;
pub use period::Period;
pub use store::{FeedbackRow, ImportRow, ImportState, Rejection, ThemeMentionRow};
// Queries that other capabilities build their figures on.
pub use store::{
    MentionFilter, channels, comments_by_day, count_filtered_mentions, filtered_mentions,
    mentions_by_day, time_of_mention,
};
pub use store::{
    agent_case_tallies, agent_mention_tallies, agent_tallies, case_tallies, comments,
    comments_about, comments_by_theme, comments_of_period, comments_read, dated_scores,
    feedback_by_external_ids, feedback_by_ids, find_feedback, mention_polarities, mention_tallies,
    mentions_about_agents, mentions_on, negative_mentions_of_theme, newest_comments, score_counts,
    scored_comments, set_mentions, team_case_tallies,
};
pub use store::{feedback_of, mentions_of_agent};
pub use upload::{DiscardPreview, RunImport};

use crate::{db::DbConnection, types::Id};

/// The 100 newest imports, newest first.
pub fn imports(c: &mut DbConnection, organisation: Id) -> Result<Vec<ImportRow>> {
    Ok(store::imports(c, organisation, 100)?)
}

/// One import with at most `limit` of its stored rejections.
///
/// # Errors
/// [`FeedbackError::NoImport`].
pub fn import_with_rejections(
    c: &mut DbConnection,
    organisation: Id,
    id: Id,
    limit: i64,
) -> Result<(ImportRow, Vec<Rejection>)> {
    let row = store::find_import(c, organisation, id)?.ok_or(FeedbackError::NoImport)?;
    let rejections = store::rejections(c, organisation, id, limit)?;
    Ok((row, rejections))
}
