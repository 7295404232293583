//! Assumptions, omissions and rejections of an import, beyond its counts.

use std::cmp::Reverse;

use serde::{Deserialize, Serialize};

use super::row_problem::RowProblem;
use crate::{tables::Note, types::Json};

/// Assumptions and omissions of the reader of a file, and its rejections by kind.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ImportReport {
    pub notes: Vec<Note>,
    rejections: Vec<RejectionGroup>,
    /// Rows whose id was known already, with other values; none where an import corrects.
    #[serde(default)]
    pub differing: Option<Differing>,
}

/// Rows with other values than the record that has their id, which stays as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Differing {
    pub count: i64,
    /// Number of the first of these rows, as a spreadsheet shows it.
    pub first_row: u64,
}

/// Rejected rows with the same kind of problem in the same column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RejectionGroup {
    pub count: i64,
    /// Number of the first of these rows, as a spreadsheet shows it.
    pub first_row: u64,
    /// Problem of that row.
    pub first: RowProblem,
}

impl ImportReport {
    /// The stored report of an import; empty if it has none.
    ///
    /// # Errors
    /// [`serde_json::Error`] if the stored JSON is not a report.
    pub fn stored(report: Option<&Json>) -> Result<Self, serde_json::Error> {
        let read = report.cloned().map(Json::read);
        Ok(read.transpose()?.unwrap_or_default())
    }

    /// Counts a rejected row with others of its kind.
    pub fn reject(&mut self, row: u64, problem: &RowProblem) {
        let kind = std::mem::discriminant(&problem.reason);
        let same = |group: &&mut RejectionGroup| {
            group.first.column == problem.column
                && std::mem::discriminant(&group.first.reason) == kind
        };
        match self.rejections.iter_mut().find(same) {
            Some(group) => group.count += 1,
            None => self.rejections.push(RejectionGroup {
                count: 1,
                first_row: row,
                first: problem.clone(),
            }),
        }
    }

    /// Counts a row that differs from the record with its id.
    pub fn differ(&mut self, row: u64) {
        let none = Differing {
            count: 0,
            first_row: row,
        };
        self.differing.get_or_insert(none).count += 1;
    }

    /// Rejections by kind, the most frequent kind first.
    pub fn rejections(&self) -> Vec<&RejectionGroup> {
        let mut groups: Vec<_> = self.rejections.iter().collect();
        groups.sort_by_key(|group| Reverse(group.count));
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::feedback::row_problem::Reason;

    #[test]
    fn rejections_are_grouped_by_column_and_kind() {
        let mut report = ImportReport::default();
        let problem = |column: &str, reason: Reason| RowProblem::new(column, reason);
        report.reject(2, &problem("time", Reason::Missing));
        report.reject(3, &problem("score", Reason::NotNumber("x".to_owned())));
        report.reject(4, &problem("score", Reason::NotNumber("y".to_owned())));
        report.reject(5, &problem("score", Reason::Missing));
        let groups = report.rejections();
        let found: Vec<_> = groups.iter().map(|g| (g.count, g.first_row)).collect();
        assert_eq!(found, [(2, 3), (1, 2), (1, 5)]);
    }
}
