//! A file read as an import reads it, with nothing stored.

use std::{collections::HashSet, hash::BuildHasher, io::Read};

use serde::Serialize;

use super::{BATCH, RejectedRow, Summary, Watcher};
use crate::{
    feedback::{
        FeedbackError,
        mapping::{Mapping, Reading},
        rows::Rows,
    },
    text::{normalise::tidy, redact::redact, tagger, taxonomy::Taxonomy},
    types::Instant,
};

/// A row as it would be stored.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Preview {
    pub external_id: String,
    pub agent: String,
    pub at: Instant,
    /// As given, and whether it counts as good.
    pub score: Option<(f64, bool)>,
    /// Without personal data.
    pub comment: Option<String>,
    /// Theme and polarity.
    pub themes: Vec<String>,
}

/// Reads a file as [`run`](super::run) does and stores nothing: counts, rejections, and how the first `most` rows would look. Duplicates are
/// those within the file; what is stored already is not looked up.
///
/// # Errors
/// When the mapping does not fit the file, and what `watcher` returns; a file that breaks off ends in the summary's `problem`.
pub fn rehearse(
    mapping: &Mapping,
    input: impl Read,
    watcher: &mut dyn Watcher,
    most: usize,
) -> Result<(Summary, Vec<Preview>), FeedbackError> {
    let mut rows = Rows::open(input, mapping)?;
    watcher.header(rows.columns())?;
    let columns = rows.columns().to_vec();
    let bound = mapping.bind(&columns)?;
    let now = Instant::now();
    let (mut summary, mut first) = (Summary::default(), Vec::new());
    let mut seen: HashSet<u64> = HashSet::new();
    let hasher = std::hash::RandomState::new();
    loop {
        let row = match rows.next_row() {
            Ok(Some(row)) => row,
            Ok(None) => break,
            Err(error) => {
                summary.problem = Some(error.to_string());
                break;
            }
        };
        summary.rows_read += 1;
        let (row, read) = match row {
            Ok(row) => {
                let read = bound.read(&row.cells, now);
                (row, read)
            }
            Err((row, problem)) => (row, Err(problem)),
        };
        match read {
            Ok(reading) if seen.insert(hasher.hash_one(&reading.external_id)) => {
                summary.imported += 1;
                let redacted = reading
                    .comment
                    .as_ref()
                    .map(|raw| redact(tidy(raw), &[&reading.agent_name]));
                summary.redactions += redacted.as_ref().map_or(0, |r| r.count as i64);
                let comment = redacted
                    .map(|r| r.text.into_owned())
                    .filter(|text| !text.is_empty());
                summary.comments += i64::from(comment.is_some());
                if first.len() < most {
                    first.push(preview(&reading, comment));
                }
            }
            Ok(_) => summary.duplicates += 1,
            Err(problem) => {
                summary.rejected += 1;
                watcher.rejected(&RejectedRow {
                    number: row.number,
                    column: &problem.column,
                    reason: &problem.reason,
                    cells: &row.cells,
                })?;
            }
        }
        if summary.rows_read % BATCH as i64 == 0 {
            watcher.progress(&summary);
        }
    }
    Ok((summary, first))
}

fn preview(reading: &Reading, comment: Option<String>) -> Preview {
    let good = reading.score.map(|(_, _, good)| good);
    let mentions = comment
        .as_ref()
        .map(|text| tagger::read(text, good, Taxonomy::shipped()).mentions)
        .unwrap_or_default();
    Preview {
        external_id: reading.external_id.clone(),
        agent: reading.agent_name.clone(),
        at: reading.occurred_at,
        score: reading.score.map(|(_, value, good)| (value, good)),
        themes: mentions
            .iter()
            .map(|t| format!("{} {}", t.theme, t.polarity.as_str()))
            .collect(),
        comment,
    }
}
