//! A dry run of an import: counts, rejections and the first rows, with nothing stored.

use std::{collections::HashSet, hash::BuildHasher, io::Read};

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    error::FeedbackError,
    import::{BATCH, RejectedRow, Watcher},
    import_report::ImportReport,
    import_summary::Summary,
    mapping::Mapping,
    record::Record,
    row_reader::{MappedRows, RecordSource},
    score::Score,
};
use crate::{
    db::stored_message::StoredMessage,
    locale::Localised,
    text::{lexicon::Lexicon, mention::Polarity, normalise::tidy, redact::redact, tagger},
    types::Instant,
};

/// A row as it would be stored.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Preview {
    pub external_id: String,
    pub agent: String,
    pub at: Instant,
    /// The score, and whether it counts as good.
    pub score: Option<(f64, bool)>,
    /// Redacted.
    pub comment: Option<String>,
    pub themes: Vec<PreviewTheme>,
}

/// A theme that the shipped words find in a comment.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct PreviewTheme {
    #[schema(example = "courtesy")]
    pub theme: String,
    #[serde(skip)]
    pub name: String,
    pub polarity: Polarity,
}

/// Result that an import would have.
#[derive(Clone, Debug, PartialEq)]
pub struct DryRun {
    pub summary: Summary,
    pub report: ImportReport,
    /// The first rows.
    pub first: Vec<Preview>,
}

/// Reads a file as [`run`](super::import::run) does and stores nothing; returns the counts, the
/// report and the first `most` rows. Duplicates are those within the file; stored records are not
/// compared.
///
/// # Errors
/// [`FeedbackError::Table`] and [`FeedbackError::Mapping`] if the file cannot be opened with this
/// mapping, and what `watcher` returns; a file that cannot be read to its end ends in the summary's
/// `problem`.
pub fn preview(
    mapping: &Mapping,
    input: impl Read,
    watcher: &mut dyn Watcher,
    most: usize,
) -> Result<DryRun, FeedbackError> {
    let mut rows = MappedRows::open(input, mapping)?;
    watcher.header(rows.columns())?;
    let now = Instant::now();
    let (mut summary, mut first) = (Summary::default(), Vec::new());
    let mut report = ImportReport::default();
    let mut seen: HashSet<u64> = HashSet::new();
    let hasher = std::hash::RandomState::new();
    loop {
        let row = match rows.next_row(now) {
            Ok(Some(row)) => row,
            Ok(None) => break,
            Err(error) => {
                summary.problem = Some(StoredMessage::of(&error.message()));
                break;
            }
        };
        summary.rows_read += 1;
        match row.record {
            Ok(record) if seen.insert(hasher.hash_one(&record.external_id)) => {
                summary.imported += 1;
                let redacted = record
                    .comment
                    .as_ref()
                    .map(|raw| redact(tidy(raw), &[&record.agent_name]));
                summary.redactions += redacted.as_ref().map_or(0, |r| r.pieces.len() as i64);
                let comment = redacted
                    .map(|r| r.text.into_owned())
                    .filter(|text| !text.is_empty());
                summary.comments += i64::from(comment.is_some());
                if first.len() < most {
                    first.push(preview_of(&record, comment));
                }
            }
            Ok(_) => summary.duplicates += 1,
            Err(problem) => {
                summary.rejected += 1;
                report.reject(row.number, &problem);
                watcher.rejected(&RejectedRow {
                    number: row.number,
                    problem: &problem,
                    cells: &row.cells,
                })?;
            }
        }
        if summary.rows_read % BATCH as i64 == 0 {
            watcher.progress(&summary);
        }
    }
    report.notes = rows.notes();
    Ok(DryRun {
        summary,
        report,
        first,
    })
}

fn preview_of(record: &Record, comment: Option<String>) -> Preview {
    let good = record.score.map(Score::is_good);
    let taxonomy = Lexicon::shipped().taxonomy();
    let mentions = comment
        .as_ref()
        .map(|text| tagger::tag(text, good, Lexicon::shipped()).mentions)
        .unwrap_or_default();
    Preview {
        external_id: record.external_id.clone(),
        agent: record.agent_name.clone(),
        at: record.occurred_at,
        score: record.score.map(|s| (s.value, s.is_good())),
        themes: mentions
            .iter()
            .filter_map(|m| {
                Some(PreviewTheme {
                    name: taxonomy.theme(&m.theme)?.name.clone(),
                    theme: m.theme.clone(),
                    polarity: m.polarity,
                })
            })
            .collect(),
        comment,
    }
}
