//! The kinds of background jobs, and their list, in which administrators retry and drop jobs.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    accounts::Actor,
    assessment::MeasureReliability,
    audit,
    coaching::plan_export::ExportPlans,
    db::{Database, DbConnection, DbError, stored_message::StoredMessage, write_transaction},
    feedback::{
        DiscardPreview, FeedbackError, RunImport, redactions::ForgetRedactions,
        refresh::RefreshStatistics, retag::Retag, upload,
    },
    locale::{Locale, Localised, Message, english},
    mail::SendMail,
    msg,
    queue::{self, Claims, Job, JobFailure, JobResult, JobState, Lease, ListedJob, QueuedJob, Run},
    tagging::{TrainModel, TrainMoodModel},
    text::{entered, redact::redact},
    types::{Id, Instant},
};

/// Jobs in the list.
const LISTED: i64 = 200;
/// Longest error in the list, in characters.
const ERROR_CHARS: usize = 300;

/// Errors about background jobs.
#[derive(Debug, thiserror::Error)]
#[error("{}", english(self))]
pub enum JobsError {
    NoJob,
    /// Only a failed job can run again.
    NotFailed,
    /// A running job cannot be dropped.
    Running,
    /// The job deletes personal data, so it cannot be dropped.
    Kept,
    #[error(transparent)]
    Feedback(#[from] FeedbackError),
    #[error("what the job is for could not be changed")]
    Object(#[source] anyhow::Error),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Localised for JobsError {
    fn message(&self) -> Message {
        match self {
            Self::NoJob => msg!("error-no-job"),
            Self::NotFailed => msg!("error-job-not-failed"),
            Self::Running => msg!("error-job-running"),
            Self::Kept => msg!("error-job-kept"),
            Self::Feedback(e) => e.message(),
            Self::Object(_) => msg!("error-internal"),
            Self::Db(e) => e.message(),
        }
    }
}

/// Result with this module's error.
pub type Result<T> = std::result::Result<T, JobsError>;

/// A change to what a job is for, in a transaction.
type Change = fn(&QueuedJob, &mut DbConnection, Instant) -> JobResult;

/// A kind of jobs.
struct Kind {
    name: &'static str,
    /// Id of its name in plain words.
    text: &'static str,
    can_be_dropped: bool,
    run: fn(&QueuedJob, &Database) -> JobResult,
    give_up: Change,
    retry: Change,
    discard: Change,
}

impl Kind {
    const fn of<J: Run>(text: &'static str) -> Self {
        Self {
            name: J::KIND,
            text,
            can_be_dropped: J::CAN_BE_DROPPED,
            run: |job, database| {
                let work: J = work_of(job)?;
                work.run(database, job.organisation_id, &Lease::of(job))
            },
            give_up: |job, c, now| {
                let work: J = work_of(job)?;
                work.give_up(c, job.organisation_id, now)
            },
            retry: |job, c, now| {
                let work: J = work_of(job)?;
                work.retry(c, job.organisation_id, now)
            },
            discard: |job, c, now| {
                let work: J = work_of(job)?;
                work.discard(c, job.organisation_id, now)
            },
        }
    }
}

const KINDS: [Kind; 10] = [
    Kind::of::<RunImport>("job-import"),
    Kind::of::<DiscardPreview>("job-discard-preview"),
    Kind::of::<MeasureReliability>("job-reliability"),
    Kind::of::<Retag>("job-retag"),
    Kind::of::<ExportPlans>("job-export-plans"),
    Kind::of::<RefreshStatistics>("job-statistics"),
    Kind::of::<ForgetRedactions>("job-forget-redactions"),
    Kind::of::<SendMail>("job-send-mail"),
    Kind::of::<TrainModel>("job-train-themes"),
    Kind::of::<TrainMoodModel>("job-train-moods"),
];

/// Jobs that one worker runs at the same time, one of each. Somebody waits for a mail with a link:
/// it is not behind the import of a year of feedback.
pub const CONCURRENT: [Claims; 2] = [Claims::Only(SendMail::KIND), Claims::AllBut(SendMail::KIND)];

/// What a job is to do.
fn work_of<J: Run>(job: &QueuedJob) -> std::result::Result<J, JobFailure> {
    let read = job.payload.clone().read();
    read.map_err(|error| JobFailure::new(msg!("job-unreadable"), error))
}

fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

/// Runs a job.
///
/// # Errors
/// The job's own; an unknown kind of job.
pub fn run(job: &QueuedJob, database: &Database) -> JobResult {
    match kind(&job.kind) {
        Some(kind) => (kind.run)(job, database),
        None => {
            let error = format!("unknown kind of job: {}", job.kind);
            Err(JobFailure::new(msg!("job-of-other-version"), error))
        }
    }
}

/// Records that a job is dead where somebody waits for its result.
///
/// # Errors
/// Any error; nothing is recorded then.
pub fn give_up(job: &QueuedJob, database: &Database) -> JobResult {
    let mut c = database.connect()?;
    write_transaction(&mut c, |c| change(job, c, |kind| kind.give_up))?;
    Ok(())
}

/// Changes what a job is for; a kind of another version has nothing to change.
fn change(job: &QueuedJob, c: &mut DbConnection, what: fn(&Kind) -> Change) -> Result<()> {
    let Some(kind) = kind(&job.kind) else {
        return Ok(());
    };
    what(kind)(job, c, Instant::now())
        .map_err(|failure| JobsError::Object(anyhow::Error::from_boxed(failure.error)))
}

/// What a job that is not done is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum JobStatus {
    Waiting,
    Running,
    /// It failed six times without progress and does not run again by itself.
    Failed,
}

impl JobStatus {
    fn of(listed: &ListedJob, now: Instant) -> Self {
        match listed.state {
            JobState::Dead => Self::Failed,
            _ if listed.job.lease.is_some() && listed.run_at > now => Self::Running,
            _ => Self::Waiting,
        }
    }
}

impl Localised for JobStatus {
    fn message(&self) -> Message {
        match self {
            Self::Waiting => msg!("job-waiting"),
            Self::Running => msg!("job-running"),
            Self::Failed => msg!("job-failed"),
        }
    }
}

/// A job in the list.
#[derive(Clone, Debug)]
pub struct JobInfo {
    pub organisation: Id,
    pub id: Id,
    /// Stable name of its kind.
    pub kind: String,
    pub status: JobStatus,
    /// Attempts since the last progress.
    pub attempts: i32,
    pub created_at: Instant,
    /// When a waiting job is due.
    pub due_at: Option<Instant>,
    /// Why the last failed attempt failed; none for attempts of earlier versions.
    failure: Option<StoredMessage>,
    /// The errors of the last failed attempt, in English for technicians, without quoted values and
    /// other personal data.
    pub last_error: Option<String>,
    pub can_be_retried: bool,
    pub can_be_dropped: bool,
}

impl JobInfo {
    fn new(listed: ListedJob, now: Instant) -> Self {
        let status = JobStatus::of(&listed, now);
        let job = listed.job;
        let droppable = kind(&job.kind).is_none_or(|kind| kind.can_be_dropped);
        Self {
            organisation: job.organisation_id,
            id: job.id,
            status,
            attempts: job.attempts,
            created_at: job.created_at,
            due_at: (status == JobStatus::Waiting).then_some(listed.run_at),
            last_error: job.last_error.as_deref().map(plain),
            failure: job.failure,
            can_be_retried: status == JobStatus::Failed,
            can_be_dropped: droppable && status != JobStatus::Running,
            kind: job.kind,
        }
    }

    /// Why the last failed attempt failed, without quoted values and other personal data.
    pub fn failure(&self, locale: &Locale) -> Option<String> {
        let failure = self.failure.as_ref()?;
        Some(plain(&failure.text(locale)))
    }

    /// The kind in plain words.
    pub fn name(&self) -> Message {
        match kind(&self.kind) {
            Some(kind) => Message::new(kind.text),
            None => msg!("job-unknown", kind = &self.kind),
        }
    }
}

/// One line of an error, without what it quotes: that may be from somebody's file.
fn plain(error: &str) -> String {
    let (mut open, mut text) = (false, String::new());
    let line = entered::line(error);
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        if open && c == '\\' {
            chars.next();
            continue;
        }
        let is_quote = matches!(c, '"' | '`' | '\u{201c}' | '\u{201d}');
        if is_quote && !open {
            text.push('\u{2026}');
        }
        if !open && !is_quote {
            text.push(c);
        }
        open ^= is_quote;
    }
    let text: String = text.chars().take(ERROR_CHARS).collect();
    redact(text, &[]).text.into_owned()
}

/// The jobs that are not done, of one organisation or of all: failed ones first, then by when they
/// are due; at most 200.
pub fn jobs(c: &mut DbConnection, organisation: Option<Id>, now: Instant) -> Result<Vec<JobInfo>> {
    let listed = queue::listed(c, organisation, LISTED)?;
    Ok(listed
        .into_iter()
        .map(|job| JobInfo::new(job, now))
        .collect())
}

fn find(c: &mut DbConnection, organisation: Option<Id>, id: Id) -> Result<QueuedJob> {
    queue::find(c, organisation, id)?.ok_or(JobsError::NoJob)
}

/// Puts a failed job back into the queue, with all its attempts, and what it is for with it.
///
/// # Errors
/// [`JobsError::NoJob`], [`JobsError::NotFailed`], [`JobsError::Object`].
pub fn retry(
    c: &mut DbConnection,
    organisation: Option<Id>,
    id: Id,
    by: &str,
    now: Instant,
) -> Result<()> {
    let job = find(c, organisation, id)?;
    if !queue::revive(c, &job, now)? {
        return Err(JobsError::NotFailed);
    }
    change(&job, c, |kind| kind.retry)?;
    record(c, &job, by, "job.retried", now)
}

/// Deletes a job that is not running, and what only the job needs; an import or an export that
/// waits for it is marked as failed.
///
/// # Errors
/// [`JobsError::NoJob`], [`JobsError::Running`], [`JobsError::Kept`], [`JobsError::Object`].
pub fn discard(
    c: &mut DbConnection,
    organisation: Option<Id>,
    id: Id,
    by: &str,
    now: Instant,
) -> Result<()> {
    let job = find(c, organisation, id)?;
    if kind(&job.kind).is_some_and(|kind| !kind.can_be_dropped) {
        return Err(JobsError::Kept);
    }
    if !queue::delete(c, &job, now)? {
        return Err(JobsError::Running);
    }
    change(&job, c, |kind| kind.discard)?;
    record(c, &job, by, "job.dropped", now)
}

fn record(
    c: &mut DbConnection,
    job: &QueuedJob,
    by: &str,
    action: &str,
    now: Instant,
) -> Result<()> {
    let event = audit::Event::new(job.organisation_id, by, action, ("job", job.id));
    let event = event.detail(serde_json::json!({ "kind": job.kind }));
    Ok(audit::record(c, event, now)?)
}

/// Runs the failed job of an import again.
///
/// # Errors
/// [`FeedbackError::NoImport`]; [`JobsError::NotFailed`], also if the file is no longer kept.
pub fn retry_import(c: &mut DbConnection, actor: &Actor, import: Id, now: Instant) -> Result<()> {
    let organisation = actor.organisation;
    let job = upload::failed_job(c, organisation, import)?.ok_or(JobsError::NotFailed)?;
    retry(c, Some(organisation), job, &actor.label(), now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_shown_without_what_it_quotes() {
        for (error, shown) in [
            ("the database is busy", "the database is busy"),
            (
                "a stored record cannot be read: invalid type: string \"Ann Lee\", expected u8",
                "a stored record cannot be read: invalid type: string \u{2026}, expected u8",
            ),
            (
                r#"expected "a \"b\" c", found d"#,
                "expected \u{2026}, found d",
            ),
            ("one `a` and \"b", "one \u{2026} and \u{2026}"),
            ("write to jo@customer.example", "write to [email]"),
        ] {
            assert_eq!(plain(error), shown);
        }
        let shown = plain(&"word ".repeat(200)).chars().count();
        assert!((200..=ERROR_CHARS).contains(&shown), "{shown}");
    }

    #[test]
    fn each_kind_has_a_name_of_its_own() {
        let mut names: Vec<_> = KINDS.iter().map(|kind| (kind.name, kind.text)).collect();
        names.sort_unstable();
        names.dedup_by(|a, b| a.0 == b.0 || a.1 == b.1);
        assert_eq!(names.len(), KINDS.len());
    }
}
