//! Replies about imports, in the language of their reader.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    feedback::{
        Summary,
        submissions::{RejectedRecord, Submission},
    },
    locale::Locale,
    types::Id,
};

/// Counts that add up: rows_read = imported + corrected + duplicates + rejected.
#[derive(Serialize, ToSchema)]
#[schema(as = Summary)]
pub struct SummaryReply {
    pub rows_read: i64,
    pub imported: i64,
    /// Stored rows that differ in this file; only where the import corrects.
    pub corrected: i64,
    /// Rows that change nothing: of a known id, or older than what is stored.
    pub duplicates: i64,
    pub rejected: i64,
    /// Imported rows with a comment.
    pub comments: i64,
    /// Pieces of personal data taken out of comments.
    pub redactions: i64,
    /// Why reading stopped before the end of the file, if it did.
    pub problem: Option<String>,
}

impl SummaryReply {
    pub(super) fn new(summary: &Summary, locale: &Locale) -> Self {
        Self {
            rows_read: summary.rows_read,
            imported: summary.imported,
            corrected: summary.corrected,
            duplicates: summary.duplicates,
            rejected: summary.rejected,
            comments: summary.comments,
            redactions: summary.redactions,
            problem: summary.problem.as_ref().map(|p| p.text(locale)),
        }
    }
}

/// A record that was not accepted.
#[derive(Serialize, ToSchema)]
#[schema(as = RejectedRecord)]
pub struct RejectedRecordReply {
    external_id: String,
    /// The field at fault; empty when the whole record is.
    column: String,
    reason: String,
}

impl RejectedRecordReply {
    fn new(rejected: RejectedRecord, locale: &Locale) -> Self {
        Self {
            external_id: rejected.external_id,
            column: rejected.column,
            reason: rejected.reason.text(locale),
        }
    }
}

/// The outcome of a submission.
#[derive(Serialize, ToSchema)]
#[schema(as = Submission)]
pub struct SubmissionReply {
    /// The import that holds the records.
    id: Id,
    #[serde(flatten)]
    summary: SummaryReply,
    rejections: Vec<RejectedRecordReply>,
}

impl SubmissionReply {
    /// The outcome for a reader.
    pub fn new(submission: Submission, locale: &Locale) -> Self {
        let rejections = submission.rejections.into_iter();
        Self {
            id: submission.id,
            summary: SummaryReply::new(&submission.summary, locale),
            rejections: rejections
                .map(|rejected| RejectedRecordReply::new(rejected, locale))
                .collect(),
        }
    }
}
