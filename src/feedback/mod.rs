//! Customer feedback: who it is about, how it gets in, and what it says in numbers.
//!
//! Agent and team are kept as they were at the interaction. Comments are stored redacted, with the themes found in
//! them and the words that fired. Nothing here ranks anybody: figures about an agent are shrunk, carry an interval,
//! and are withheld below the plan's gates ([`crate::coaching`]).

pub mod counts;
pub mod departments;
pub mod drivers;
pub mod import;
pub mod invitations;
pub mod mapping;
pub mod measured;
pub mod measuring;
pub mod moderation;
pub mod overview;
pub mod praise;
pub mod records;
pub mod references;
pub mod retag;
pub mod review;
pub mod roster;
pub mod rows;
pub mod sources;
pub mod spread;
pub mod store;
pub mod team_themes;
pub mod undo;
pub mod watch;

use std::io::Read;

use serde::{Deserialize, Serialize};

use crate::{
    accounts::AccountsError,
    audit,
    db::{Database, DbConnection, DbError},
    documents::csv::CsvError,
    hiring::HiringError,
    queue::{self, Job},
    tagging::TaggingError,
    types::{Id, Instant, Json},
};
pub use counts::{
    AgentCounts, Before, CaseCounts, Cases, Counts, Period, before, cases_of, counts,
    counts_and_cases, scores,
};
pub use import::store::{ImportRow, Rejection};
pub use import::{Summary, Watcher};
pub use mapping::{Mapping, MappingError};
pub use roster::store::{Agent, Team};
pub use roster::{agent, agent_by_reference, agent_of_candidate, agents, ensure_team, hire, teams};
pub use store::{FeedbackRow, ThemeRow};
pub use undo::{UNDONE, undo_import};

/// What can go wrong with feedback.
#[derive(Debug, thiserror::Error)]
pub enum FeedbackError {
    #[error("There is no such agent.")]
    NoAgent,
    #[error("There is no such import.")]
    NoImport,
    #[error("An agent with this reference already exists.")]
    ReferenceTaken,
    #[error(
        "This reference is another agent's, and the two cannot be made one: the other has a plan, an account, a freeze, a hire or another reference."
    )]
    ReferenceOfAnother,
    #[error("This candidate is already an agent.")]
    AlreadyAgent,
    #[error("The file is empty.")]
    EmptyUpload,
    #[error("Send 1 to {most} records at a time; there are {0}.", most = records::MOST_RECORDS)]
    RecordCount(usize),
    #[error("Record {0} has no external_id.")]
    RecordWithoutId(usize),
    #[error("There is no such comment.")]
    NoComment,
    #[error("No department owns such a theme.")]
    NoTheme,
    #[error("No theme belongs to such a department. Those with themes are: {0}.")]
    NoDepartment(String),
    #[error("A reason is needed.")]
    NoteNeeded,
    #[error("A note can have at most 500 characters.")]
    NoteTooLong,
    #[error("There is no such source.")]
    NoSource,
    #[error("That name is taken by a mapping of the program. Choose another.")]
    SourceTaken,
    #[error("The signature does not fit the body, or the delivery is older than five minutes.")]
    Signature,
    #[error("The body is no JSON: {0}.")]
    Body(String),
    #[error("The table of surveys sent out has no column \"{0}\".")]
    InvitationColumn(String),
    #[error(
        "Row {0}: \"{1}\" cannot be used. A day is written 2026-11-24, and a count is a whole number."
    )]
    InvitationRow(u64, String),
    #[error("Send 1 to {most} counts at a time; there are {0}.", most = invitations::MOST_COUNTS)]
    InvitationCount(usize),
    #[error("The import is still running.")]
    ImportRunning,
    #[error("The import was undone already.")]
    ImportUndone,
    #[error(transparent)]
    Mapping(#[from] MappingError),
    #[error(transparent)]
    Csv(#[from] CsvError),
    #[error(transparent)]
    Tagging(#[from] TaggingError),
    #[error(transparent)]
    Hiring(#[from] HiringError),
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    #[error("a file could not be written")]
    Io(#[from] std::io::Error),
    #[error("a stored mapping cannot be read")]
    Stored(#[from] serde_json::Error),
    #[error(transparent)]
    Db(#[from] DbError),
}

type Result<T> = std::result::Result<T, FeedbackError>;

/// Size of the pieces an uploaded file is kept in.
pub const CHUNK_BYTES: usize = 1 << 20;

/// Opens an import.
///
/// # Errors
/// Database errors.
pub fn begin_import(
    c: &mut DbConnection,
    organisation: Id,
    by: &str,
    source: &str,
    mapping: &Mapping,
    now: Instant,
) -> Result<ImportRow> {
    begin(c, organisation, by, source, mapping, false, now)
}

/// Opens an import that corrects rows stored before where they differ: a changed mapping, or records that came late.
///
/// # Errors
/// Database errors.
pub fn begin_correcting_import(
    c: &mut DbConnection,
    organisation: Id,
    by: &str,
    source: &str,
    mapping: &Mapping,
    now: Instant,
) -> Result<ImportRow> {
    begin(c, organisation, by, source, mapping, true, now)
}

fn begin(
    c: &mut DbConnection,
    organisation: Id,
    by: &str,
    source: &str,
    mapping: &Mapping,
    corrects: bool,
    now: Instant,
) -> Result<ImportRow> {
    let row = ImportRow {
        organisation_id: organisation,
        id: Id::new(),
        source: source
            .chars()
            .filter(|c| !c.is_control())
            .take(200)
            .collect(),
        mapping: Json::of(mapping)?,
        state: "waiting".to_owned(),
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
        corrects,
    };
    import::store::insert_import(c, &row)?;
    let detail = serde_json::json!({ "mapping": mapping.name });
    record(
        c,
        organisation,
        by,
        "feedback.import_started",
        "import",
        row.id,
        detail,
        now,
    )?;
    Ok(row)
}

/// Keeps one piece of an uploaded file; pieces are numbered from 0.
///
/// # Errors
/// Database errors.
pub fn keep_chunk(
    c: &mut DbConnection,
    import: &ImportRow,
    position: i32,
    bytes: &[u8],
) -> Result<()> {
    Ok(import::store::insert_chunk(
        c,
        import.organisation_id,
        import.id,
        position,
        bytes,
    )?)
}

/// Hands a wholly uploaded file to the worker.
///
/// # Errors
/// [`FeedbackError::EmptyUpload`] when there are no pieces.
pub fn upload_complete(
    c: &mut DbConnection,
    import: &ImportRow,
    pieces: i32,
    now: Instant,
) -> Result<()> {
    if pieces == 0 {
        return Err(FeedbackError::EmptyUpload);
    }
    Ok(queue::enqueue(
        c,
        import.organisation_id,
        &RunImport { import: import.id },
        now,
    )?)
}

/// Gives an upload up that did not arrive whole.
///
/// # Errors
/// Database errors.
pub fn abandon_upload(
    c: &mut DbConnection,
    import: &ImportRow,
    problem: &str,
    now: Instant,
) -> Result<()> {
    import::store::delete_chunks(c, import.organisation_id, import.id)?;
    let mut row = import.clone();
    "stopped".clone_into(&mut row.state);
    row.problem = Some(problem.to_owned());
    row.finished_at = Some(now);
    Ok(import::store::update_import(c, &row)?)
}

/// Reads an uploaded file into the database.
#[derive(Debug, Serialize, Deserialize)]
pub struct RunImport {
    pub import: Id,
}

impl Job for RunImport {
    const KIND: &'static str = "feedback.import";
}

/// Carries out [`RunImport`]. Running it again is harmless: rows stored before are duplicates by then.
///
/// # Errors
/// Database errors.
pub fn run_import(database: &Database, organisation: Id, job: &RunImport) -> Result<()> {
    let found = {
        let mut c = database.connect()?;
        import::store::find_import(&mut c, organisation, job.import)?
    };
    let Some(mut row) = found.filter(|row| row.finished_at.is_none()) else {
        return Ok(());
    };
    "running".clone_into(&mut row.state);
    let mapping: Mapping = row.mapping.clone().read()?;
    let pieces = Pieces {
        database,
        organisation,
        import: job.import,
        position: 0,
        piece: std::io::Cursor::new(Vec::new()),
    };
    import::run(database, &mut row, &mapping, pieces, &mut import::Unwatched)?;
    Ok(())
}

/// Says of an import whose job is dead that it will not go on.
///
/// # Errors
/// Database errors.
pub fn give_up_import(
    c: &mut DbConnection,
    organisation: Id,
    job: &RunImport,
    now: Instant,
) -> Result<()> {
    match import::store::find_import(c, organisation, job.import)?
        .filter(|row| row.finished_at.is_none())
    {
        Some(row) => abandon_upload(c, &row, "It failed several times on our side.", now),
        None => Ok(()),
    }
}

/// An uploaded file read back piece by piece.
struct Pieces<'a> {
    database: &'a Database,
    organisation: Id,
    import: Id,
    position: i32,
    piece: std::io::Cursor<Vec<u8>>,
}

impl Read for Pieces<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let n = self.piece.read(buffer)?;
        if n > 0 || buffer.is_empty() {
            return Ok(n);
        }
        let next = self.database.connect().and_then(|mut c| {
            import::store::find_chunk(&mut c, self.organisation, self.import, self.position)
        });
        match next.map_err(std::io::Error::other)? {
            None => Ok(0),
            Some(bytes) => {
                self.position += 1;
                self.piece = std::io::Cursor::new(bytes);
                self.piece.read(buffer)
            }
        }
    }
}

/// Imports, newest first, at most 100.
///
/// # Errors
/// Database errors.
pub fn imports(c: &mut DbConnection, organisation: Id) -> Result<Vec<ImportRow>> {
    Ok(import::store::imports(c, organisation, 100)?)
}

/// One import with the rejections kept of it.
///
/// # Errors
/// [`FeedbackError::NoImport`].
pub fn import_with_rejections(
    c: &mut DbConnection,
    organisation: Id,
    id: Id,
    limit: i64,
) -> Result<(ImportRow, Vec<Rejection>)> {
    let row = import::store::find_import(c, organisation, id)?.ok_or(FeedbackError::NoImport)?;
    let rejections = import::store::rejections(c, organisation, id, limit)?;
    Ok((row, rejections))
}

/// Themes in an agent's comments, newest first.
///
/// # Errors
/// Database errors.
pub fn themes_of(
    c: &mut DbConnection,
    organisation: Id,
    agent: Id,
    period: Period,
) -> Result<Vec<ThemeRow>> {
    Ok(store::themes_of(
        c,
        organisation,
        agent,
        period.from,
        period.to,
    )?)
}

/// An agent's feedback, newest first, at most `limit`.
///
/// # Errors
/// Database errors.
pub fn feedback_of(
    c: &mut DbConnection,
    organisation: Id,
    agent: Id,
    period: Period,
    limit: i64,
) -> Result<Vec<FeedbackRow>> {
    Ok(store::feedback_of(
        c,
        organisation,
        agent,
        period.from,
        period.to,
        limit,
    )?)
}

#[expect(
    clippy::too_many_arguments,
    reason = "one line of the audit log, named in one place"
)]
fn record(
    c: &mut DbConnection,
    organisation: Id,
    actor: &str,
    action: &str,
    kind: &str,
    id: Id,
    detail: serde_json::Value,
    now: Instant,
) -> Result<()> {
    let event = audit::Event {
        organisation,
        actor,
        action,
        object_kind: kind,
        object_id: id.to_string(),
        detail,
    };
    Ok(audit::record(c, event, now)?)
}
