//! Import of customer feedback: streamed, in batches of one short transaction each, idempotent by
//! external id.
//!
//! Every row counts as exactly one of imported, corrected, duplicate or rejected. If a file cannot
//! be read to its end, the rows before stay, and importing it again adds only what is missing.

use super::{
    error::FeedbackError,
    import_report::ImportReport,
    import_session::{Session, advance},
    import_summary::Summary,
    mapping::Mapping,
    record::Record,
    refresh,
    row_problem::RowProblem,
    row_reader::{MappedRows, OpenError, RecordSource, SourceRow},
    store::{self, ImportRow, ImportState},
};
use crate::{
    db::{Database, DbConnection, stored_message::StoredMessage, write_transaction},
    locale::Localised,
    tables::TableError,
    types::{Instant, Json},
};

/// Rows in one transaction.
pub(super) const BATCH: usize = 10_000;

/// A rejected row with its cells.
pub struct RejectedRow<'a> {
    pub number: u64,
    pub problem: &'a RowProblem,
    pub cells: &'a [String],
}

/// Observer of an import.
pub trait Watcher {
    /// The header of the file, once.
    fn header(&mut self, _columns: &[String]) -> Result<(), FeedbackError> {
        Ok(())
    }
    /// A rejected row.
    fn rejected(&mut self, _row: &RejectedRow<'_>) -> Result<(), FeedbackError> {
        Ok(())
    }
    /// After each batch.
    fn progress(&mut self, _so_far: &Summary) {}
}

/// An observer that does nothing.
pub struct Unwatched;
impl Watcher for Unwatched {}

/// Reads a file through `mapping` into the import `row`, which must be stored already. Problems of
/// the file end in the summary's `problem`; the database holds all batches before it.
///
/// # Errors
/// [`FeedbackError::Db`], and what `watcher` returns.
pub fn run(
    database: &Database,
    row: &mut ImportRow,
    mapping: &Mapping,
    input: impl std::io::Read,
    watcher: &mut dyn Watcher,
) -> Result<Summary, FeedbackError> {
    run_source(database, row, || MappedRows::open(input, mapping), watcher)
}

/// Like [`run`], with records from any source.
///
/// # Errors
/// [`FeedbackError::Db`], and what `watcher` returns.
pub fn run_source<S: RecordSource>(
    database: &Database,
    row: &mut ImportRow,
    open: impl FnOnce() -> Result<S, OpenError>,
    watcher: &mut dyn Watcher,
) -> Result<Summary, FeedbackError> {
    // Counts are stored in the transaction of their rows: an interrupted import resumes exactly
    // behind them.
    let mut summary = Summary {
        rows_read: row.rows_read,
        imported: row.imported,
        corrected: row.corrected,
        duplicates: row.duplicates,
        rejected: row.rejected,
        comments: row.comments,
        redactions: row.redactions,
        problem: None,
    };
    let read = open()
        .map_err(FeedbackError::from)
        .and_then(|mut source| read_all(database, row, &mut source, watcher, &mut summary));
    row.state = match read {
        Ok(()) => ImportState::Finished,
        Err(e @ (FeedbackError::Table(_) | FeedbackError::Mapping(_))) if !is_io(&e) => {
            summary.problem = Some(StoredMessage::of(&e.message()));
            ImportState::Stopped
        }
        Err(e) => return Err(e),
    };
    let stored = row.rows_read;
    row.finished_at = Some(Instant::now());
    row.problem.clone_from(&summary.problem);
    summary.write_to(row);
    let mut c = database.connect()?;
    write_transaction(&mut c, |c| {
        store::delete_chunks(c, row.organisation_id, row.id)?;
        let changed = summary.imported + summary.corrected;
        refresh::request(c, row.organisation_id, changed, Instant::now())?;
        advance(c, row, stored)
    })?;
    Ok(summary)
}

/// Adds the records of a delivery to the import of its day, in the caller's transaction, which has
/// locked that import. A record that a newer message brought stays as it is. Returns the counts of
/// this delivery.
///
/// # Errors
/// [`FeedbackError::Db`], and what `watcher` returns.
pub fn add_delivery(
    c: &mut DbConnection,
    row: &mut ImportRow,
    source: &mut impl RecordSource,
    sent_at: Instant,
    watcher: &mut dyn Watcher,
) -> Result<Summary, FeedbackError> {
    let now = Instant::now();
    let (batch, end) = next_batch(source, now);
    if let Some(error) = end {
        return Err(error.into());
    }
    let mut summary = Summary {
        rows_read: batch.len() as i64,
        ..Summary::default()
    };
    let (mut records, mut rejected) = part(batch, watcher)?;
    // Numbered on from the deliveries before, because rejections are kept by number.
    let before = row.rows_read.unsigned_abs();
    records.iter_mut().for_each(|(number, _)| *number += before);
    rejected
        .iter_mut()
        .for_each(|(number, _)| *number += before);
    let mut session = Session::open(c, row)?;
    session.sent_at = Some(sent_at);
    let moves = session.write(c, row, records, &rejected, &mut summary)?;
    row.rows_read += summary.rows_read;
    row.imported += summary.imported;
    row.corrected += summary.corrected;
    row.duplicates += summary.duplicates;
    row.rejected += summary.rejected;
    row.comments += summary.comments;
    row.redactions += summary.redactions;
    row.finished_at = Some(now);
    store::update_import(c, row)?;
    let changed = summary.imported + summary.corrected;
    refresh::request(c, row.organisation_id, changed, now)?;
    session.follow(c, moves)?;
    Ok(summary)
}

/// Whether reading itself failed: then the file is not at fault, and the job is retried.
fn is_io(error: &FeedbackError) -> bool {
    matches!(error, FeedbackError::Table(TableError::Io(_)))
}

fn read_all(
    database: &Database,
    row: &mut ImportRow,
    source: &mut impl RecordSource,
    watcher: &mut dyn Watcher,
    summary: &mut Summary,
) -> Result<(), FeedbackError> {
    watcher.header(source.columns())?;
    let mut c = database.connect_for_bulk()?;
    let mut session = Session::open(&mut c, row)?;
    let now = Instant::now();
    for _ in 0..summary.rows_read {
        source.next_row(now)?;
    }
    loop {
        let (batch, end) = next_batch(source, now);
        if batch.is_empty() {
            let mut report = ImportReport::stored(row.report.as_ref())?;
            report.notes = source.notes();
            row.report = Some(Json::of(&report)?);
            return end.map_or(Ok(()), |error| Err(error.into()));
        }
        summary.rows_read += batch.len() as i64;
        let (records, rejected) = part(batch, watcher)?;
        session.store(&mut c, row, records, &rejected, summary)?;
        watcher.progress(summary);
        if let Some(error) = end {
            return Err(error.into());
        }
    }
}

/// Rows with their numbers.
type Numbered<T> = Vec<(u64, T)>;

/// Records and rejections.
fn part(
    batch: Vec<SourceRow>,
    watcher: &mut dyn Watcher,
) -> Result<(Numbered<Record>, Numbered<RowProblem>), FeedbackError> {
    let (mut records, mut rejected) = (Vec::with_capacity(batch.len()), Vec::new());
    for row in batch {
        match row.record {
            Ok(record) => records.push((row.number, record)),
            Err(problem) => {
                watcher.rejected(&RejectedRow {
                    number: row.number,
                    problem: &problem,
                    cells: &row.cells,
                })?;
                rejected.push((row.number, problem));
            }
        }
    }
    Ok((records, rejected))
}

/// Up to [`BATCH`] rows, and the error that ended the source, if one did.
fn next_batch(
    source: &mut impl RecordSource,
    now: Instant,
) -> (Vec<SourceRow>, Option<TableError>) {
    let mut batch = Vec::new();
    while batch.len() < BATCH {
        match source.next_row(now) {
            Ok(Some(row)) => batch.push(row),
            Ok(None) => break,
            Err(error) => return (batch, Some(error)),
        }
    }
    (batch, None)
}
