//! The counts of an import.

use serde::{Deserialize, Serialize};

use super::store::ImportRow;
use crate::db::stored_message::StoredMessage;

/// Counts that add up: rows_read = imported + corrected + duplicates + rejected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
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
    pub problem: Option<StoredMessage>,
}

impl Summary {
    /// Puts the counts into the import's row.
    pub(super) fn write_to(&self, row: &mut ImportRow) {
        row.rows_read = self.rows_read;
        row.imported = self.imported;
        row.corrected = self.corrected;
        row.duplicates = self.duplicates;
        row.rejected = self.rejected;
        row.comments = self.comments;
        row.redactions = self.redactions;
    }
}
