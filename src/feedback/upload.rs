//! Imports of uploaded files: the file is stored in pieces, then a job reads it.
//!
//! The pieces travel through the database, so replicas need no shared disk.

use std::io::{Cursor, Read};

use chrono::Duration;
use serde::{Deserialize, Serialize};

use super::{
    error::{FeedbackError, Result},
    import::{self, Watcher},
    import_summary::Summary,
    mapping::Mapping,
    refresh,
    store::{self, ImportRow, ImportState, SourceRow},
};
use crate::{
    accounts::Actor,
    audit,
    db::{Database, DbConnection, stored_message::StoredMessage, write_transaction},
    locale::Message,
    msg,
    queue::{self, Job, JobResult, Lease, Run},
    text::entered,
    types::{Id, Instant, Json},
};

/// Size of a stored piece in bytes.
pub const CHUNK_BYTES: usize = 1 << 20;

/// Hours for which the file of a preview is kept.
const PREVIEW_HOURS: i64 = 1;

/// Days for which the file of a failed import is kept.
pub const FAILED_FILE_DAYS: i64 = 7;

/// Whether an import changes rows that are already stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duplicates {
    /// A row whose external id is stored is counted as a duplicate and changes nothing.
    Skip,
    /// A stored row is corrected where the new one differs: after a change of mapping, or when a
    /// source sends what changed.
    Correct,
}

/// Opens an import from `source`, a file name or the name of a sender.
pub fn begin_import(
    c: &mut DbConnection,
    organisation: Id,
    by: &str,
    source: &str,
    mapping: &Mapping,
    duplicates: Duplicates,
    now: Instant,
) -> Result<ImportRow> {
    let row = new_import(organisation, by, source, mapping, duplicates, now)?;
    store::insert_import(c, &row)?;
    record_start(c, &row, by, now)?;
    Ok(row)
}

/// Opens the import that takes the deliveries of a source on a day. The caller records its start.
pub fn begin_day(
    c: &mut DbConnection,
    source: &SourceRow,
    mapping: &Mapping,
    day: Instant,
    now: Instant,
) -> Result<ImportRow> {
    let (organisation, by) = (source.organisation_id, format!("source:{}", source.id));
    let duplicates = Duplicates::Correct;
    let row = ImportRow {
        state: ImportState::Finished,
        finished_at: Some(now),
        source_id: Some(source.id),
        delivered_on: Some(day),
        ..new_import(organisation, &by, &source.name, mapping, duplicates, now)?
    };
    store::insert_import(c, &row)?;
    Ok(row)
}

fn new_import(
    organisation: Id,
    by: &str,
    source: &str,
    mapping: &Mapping,
    duplicates: Duplicates,
    now: Instant,
) -> Result<ImportRow> {
    Ok(ImportRow {
        organisation_id: organisation,
        id: Id::new(),
        source: entered::line(source).chars().take(200).collect(),
        mapping: Json::of(mapping)?,
        state: ImportState::Waiting,
        problem: None,
        rows_read: 0,
        imported: 0,
        duplicates: 0,
        rejected: 0,
        comments: 0,
        redactions: 0,
        created_by: by.to_owned(),
        started_at: now,
        finished_at: None,
        corrected: 0,
        corrects: duplicates == Duplicates::Correct,
        report: None,
        source_id: None,
        delivered_on: None,
    })
}

/// Puts the start of an import into the audit log.
pub fn record_start(c: &mut DbConnection, row: &ImportRow, by: &str, now: Instant) -> Result<()> {
    let mapping: Mapping = row.mapping.clone().read()?;
    let event = audit::Event::new(
        row.organisation_id,
        by,
        "feedback.import_started",
        ("import", row.id),
    )
    .detail(serde_json::json!({ "mapping": mapping.name }));
    audit::record(c, event, now)?;
    Ok(())
}

/// Keeps a file that was shown in a preview for an hour, so that it can be imported without another
/// upload.
pub fn keep_preview(
    c: &mut DbConnection,
    actor: &Actor,
    source: &str,
    mapping: &Mapping,
    duplicates: Duplicates,
    file: &[u8],
    now: Instant,
) -> Result<Id> {
    let (organisation, by) = (actor.organisation, actor.label());
    let row = ImportRow {
        state: ImportState::Previewed,
        ..new_import(organisation, &by, source, mapping, duplicates, now)?
    };
    store::insert_import(c, &row)?;
    for (position, bytes) in (0..).zip(file.chunks(CHUNK_BYTES)) {
        keep_chunk(c, &row, position, bytes)?;
    }
    let discard = DiscardPreview { import: row.id };
    let due = now.plus(Duration::hours(PREVIEW_HOURS));
    queue::enqueue_for(c, organisation, &discard, due, now)?;
    Ok(row.id)
}

/// Queues the import of a previewed file. An import that was queued before stays as it is.
///
/// # Errors
/// [`FeedbackError::NoPreview`].
pub fn import_previewed(c: &mut DbConnection, actor: &Actor, id: Id, now: Instant) -> Result<()> {
    let row = store::find_import(c, actor.organisation, id)?.ok_or(FeedbackError::NoPreview)?;
    if row.state != ImportState::Previewed {
        return Ok(());
    }
    let row = ImportRow {
        state: ImportState::Waiting,
        ..row
    };
    store::update_import(c, &row)?;
    record_start(c, &row, &actor.label(), now)?;
    queue::enqueue(c, row.organisation_id, &RunImport { import: id }, now)?;
    Ok(())
}

/// Deletes a previewed file that nobody has imported.
#[derive(Debug, Serialize, Deserialize)]
pub struct DiscardPreview {
    pub import: Id,
}

impl Job for DiscardPreview {
    const KIND: &'static str = "feedback.discard_preview";
}

impl Run for DiscardPreview {
    const CAN_BE_DROPPED: bool = false;

    fn run(&self, database: &Database, organisation: Id, _lease: &Lease<'_>) -> JobResult {
        let mut c = database.connect()?;
        write_transaction(&mut c, |c| {
            match store::find_import(c, organisation, self.import)? {
                Some(row) if row.state == ImportState::Previewed => {
                    store::delete_import(c, organisation, self.import)
                }
                _ => Ok(()),
            }
        })?;
        Ok(())
    }
}

/// Marks an import as running, whose file does not have to arrive first.
pub fn mark_running(c: &mut DbConnection, import: ImportRow) -> Result<ImportRow> {
    let row = ImportRow {
        state: ImportState::Running,
        ..import
    };
    store::update_import(c, &row)?;
    Ok(row)
}

/// Stores one piece of an uploaded file; `position` counts from 0.
pub fn keep_chunk(
    c: &mut DbConnection,
    import: &ImportRow,
    position: i32,
    bytes: &[u8],
) -> Result<()> {
    let organisation = import.organisation_id;
    Ok(store::insert_chunk(
        c,
        organisation,
        import.id,
        position,
        bytes,
    )?)
}

/// Queues an import whose file has arrived in full.
///
/// # Errors
/// [`FeedbackError::EmptyUpload`] if there are no pieces.
pub fn upload_complete(
    c: &mut DbConnection,
    import: &ImportRow,
    pieces: i32,
    now: Instant,
) -> Result<()> {
    if pieces == 0 {
        return Err(FeedbackError::EmptyUpload);
    }
    let job = RunImport { import: import.id };
    Ok(queue::enqueue(c, import.organisation_id, &job, now)?)
}

/// Stops an import whose file did not arrive in full, and deletes its pieces.
pub fn abandon_upload(
    c: &mut DbConnection,
    import: &ImportRow,
    problem: &Message,
    now: Instant,
) -> Result<()> {
    store::delete_chunks(c, import.organisation_id, import.id)?;
    stop(c, import, problem, now)
}

/// Stops an import with a reason, or gives a stopped one another reason. Keeps its file.
fn stop(c: &mut DbConnection, import: &ImportRow, problem: &Message, now: Instant) -> Result<()> {
    let mut row = import.clone();
    row.state = ImportState::Stopped;
    row.problem = Some(StoredMessage::of(problem));
    row.finished_at = row.finished_at.or(Some(now));
    store::update_import(c, &row)?;
    Ok(refresh::request(
        c,
        row.organisation_id,
        row.imported + row.corrected,
        now,
    )?)
}

/// Reads an uploaded file into the database. Running it twice is harmless: rows stored by the first
/// run are duplicates in the second.
#[derive(Debug, Serialize, Deserialize)]
pub struct RunImport {
    pub import: Id,
}

impl Job for RunImport {
    const KIND: &'static str = "feedback.import";
}

impl Run for RunImport {
    fn run(&self, database: &Database, organisation: Id, lease: &Lease<'_>) -> JobResult {
        let found = {
            let mut c = database.connect()?;
            store::find_import(&mut c, organisation, self.import)?
        };
        let Some(mut row) = found.filter(|row| row.finished_at.is_none()) else {
            return Ok(());
        };
        row.state = ImportState::Running;
        let mapping: Mapping = row.mapping.clone().read().map_err(FeedbackError::from)?;
        let file = stored_file(database, &row);
        let mut watcher = Progress { database, lease };
        import::run(database, &mut row, &mapping, file, &mut watcher)?;
        Ok(())
    }

    fn give_up(&self, c: &mut DbConnection, organisation: Id, now: Instant) -> JobResult {
        let row = store::find_import(c, organisation, self.import)?;
        if let Some(row) = row.filter(|row| row.finished_at.is_none()) {
            stop(c, &row, &msg!("import-failed-job"), now)?;
        }
        Ok(())
    }

    fn retry(&self, c: &mut DbConnection, organisation: Id, _now: Instant) -> JobResult {
        let row = store::find_import(c, organisation, self.import)?;
        let stopped = row.filter(|row| row.state == ImportState::Stopped);
        if let Some(row) = stopped
            && store::has_chunks(c, organisation, self.import)?
        {
            let waiting = ImportRow {
                state: ImportState::Waiting,
                problem: None,
                finished_at: None,
                ..row
            };
            store::update_import(c, &waiting)?;
        }
        Ok(())
    }

    fn discard(&self, c: &mut DbConnection, organisation: Id, now: Instant) -> JobResult {
        let row = store::find_import(c, organisation, self.import)?;
        let unread =
            row.filter(|row| row.finished_at.is_none() || row.state == ImportState::Stopped);
        if let Some(row) = unread {
            abandon_upload(c, &row, &msg!("import-dropped"), now)?;
        }
        Ok(())
    }
}

/// The failed job of an import whose file is kept, so that the import can be tried again.
///
/// # Errors
/// [`FeedbackError::NoImport`].
pub fn failed_job(c: &mut DbConnection, organisation: Id, import: Id) -> Result<Option<Id>> {
    let row = store::find_import(c, organisation, import)?.ok_or(FeedbackError::NoImport)?;
    if row.state != ImportState::Stopped || !store::has_chunks(c, organisation, import)? {
        return Ok(None);
    }
    let dead = queue::dead_of::<RunImport>(c, Some(organisation))?;
    let own = dead.into_iter().find(|(_, job)| job.import == import);
    Ok(own.map(|(job, _)| job.id))
}

/// Deletes the failed job of an import and the file that was kept for it.
pub fn forget_failed_job(
    c: &mut DbConnection,
    organisation: Id,
    import: Id,
    now: Instant,
) -> Result<()> {
    for (job, of) in queue::dead_of::<RunImport>(c, Some(organisation))? {
        if of.import == import {
            queue::delete(c, &job, now)?;
        }
    }
    Ok(store::delete_chunks(c, organisation, import)?)
}

/// The uploaded file of an import that has not ended.
pub fn stored_file<'a>(database: &'a Database, import: &ImportRow) -> impl Read + use<'a> {
    Pieces {
        database,
        organisation: import.organisation_id,
        import: import.id,
        position: 0,
        piece: Cursor::new(Vec::new()),
    }
}

/// Gives a job its attempts back after each batch: a large file may outlive many workers.
struct Progress<'a> {
    database: &'a Database,
    lease: &'a Lease<'a>,
}

impl Watcher for Progress<'_> {
    fn progress(&mut self, _so_far: &Summary) {
        let told = self.database.connect();
        if let Err(error) = told.and_then(|mut c| self.lease.progressed(&mut c)) {
            tracing::warn!(%error, "The progress of an import was not recorded");
        }
    }
}

/// Stops the imports that began before `before` and whose files never arrived in full, because
/// the server or the connection ended, or whose jobs are gone; returns their number. Also deletes
/// the files of failed imports that nobody has tried again for a week.
pub fn sweep(c: &mut DbConnection, before: Instant, now: Instant) -> Result<usize> {
    let queued: Vec<Id> = queue::open_of::<RunImport>(c)?
        .into_iter()
        .map(|(_, job)| job.import)
        .collect();
    let dead = queue::dead_of::<RunImport>(c, None)?;
    let mut unfinished = store::unfinished_imports(c, before)?;
    // Asked again: somebody may have tried an import again meanwhile.
    let again = queue::open_of::<RunImport>(c)?;
    unfinished.retain(|import| {
        !queued.contains(&import.id) && !again.iter().any(|(_, job)| job.import == import.id)
    });
    for import in &unfinished {
        if dead.iter().any(|(_, job)| job.import == import.id) {
            stop(c, import, &msg!("import-failed-job"), now)?;
        } else if import.state == ImportState::Running {
            abandon_upload(c, import, &msg!("import-job-gone"), now)?;
        } else {
            abandon_upload(c, import, &msg!("import-upload-abandoned"), now)?;
        }
    }
    let kept_since = now.plus(-Duration::days(FAILED_FILE_DAYS));
    for (job, RunImport { import }) in dead {
        let row = store::find_import(c, job.organisation_id, import)?;
        let old = row.filter(|row| row.finished_at.is_some_and(|ended| ended < kept_since));
        if let Some(row) = old {
            forget_failed_job(c, row.organisation_id, import, now)?;
            if row.state == ImportState::Stopped {
                stop(c, &row, &msg!("import-job-gone"), now)?;
            }
        }
    }
    Ok(unfinished.len())
}

/// An uploaded file, read back piece by piece.
struct Pieces<'a> {
    database: &'a Database,
    organisation: Id,
    import: Id,
    position: i32,
    piece: Cursor<Vec<u8>>,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.piece.read(buffer)?;
        if n > 0 || buffer.is_empty() {
            return Ok(n);
        }
        let next = self.database.connect().and_then(|mut c| {
            store::find_chunk(&mut c, self.organisation, self.import, self.position)
        });
        match next.map_err(std::io::Error::other)? {
            None => Ok(0),
            Some(bytes) => {
                self.position += 1;
                self.piece = Cursor::new(bytes);
                self.piece.read(buffer)
            }
        }
    }
}
