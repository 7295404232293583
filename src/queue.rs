//! Work that may wait: a leased queue in the same database as its causes.
//!
//! A job is enqueued in the transaction that caused it, so it exists exactly when its cause does. A worker claims
//! it by compare-and-set for a lease, works without a transaction while it renews the lease, and finishes it in a short
//! one. A worker that dies loses its lease and the job runs again: jobs must be idempotent. After [`MAX_ATTEMPTS`] a job is dead and
//! an administrator sees it.

use chrono::Duration;
use diesel::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    db::{Database, DbConnection, DbResult, schema::jobs},
    types::{Id, Instant, Json},
};

/// A job that failed this often is dead.
pub const MAX_ATTEMPTS: i32 = 6;
/// How long a claimed job belongs to its worker without being renewed.
const LEASE: Duration = Duration::minutes(2);
/// How often a worker renews the lease of the job it works on.
pub const RENEW_EVERY: std::time::Duration = std::time::Duration::from_secs(30);

/// A unit of background work: a small serialisable value with a fixed name.
pub trait Job: Serialize + DeserializeOwned {
    /// Stable name, `capability.verb`.
    const KIND: &'static str;
}

/// The result of running a job. The error's chain is logged and stored with the job.
pub type JobResult = Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// How a job is carried out. Separate from [`Job`] because a capability may enqueue a job that
/// another capability further up carries out.
pub trait Run: Job {
    /// Carries the job out, without a transaction around it. A job may run more than once.
    ///
    /// # Errors
    /// Any error; the queue retries the job with a growing pause.
    fn run(&self, database: &Database, organisation: Id) -> JobResult;

    /// Tells whatever waits for the job that it will not be carried out.
    ///
    /// # Errors
    /// Any error; it is logged.
    fn give_up(&self, _c: &mut DbConnection, _organisation: Id, _now: Instant) -> JobResult {
        Ok(())
    }
}

/// A job as it stands in the queue.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = jobs)]
pub struct QueuedJob {
    pub organisation_id: Id,
    pub id: Id,
    pub kind: String,
    pub payload: Json,
    pub attempts: i32,
    pub last_error: Option<String>,
    pub created_at: Instant,
}

/// Puts `job` in the queue, due now.
///
/// # Errors
/// Database errors.
pub fn enqueue<J: Job>(
    c: &mut DbConnection,
    organisation: Id,
    job: &J,
    now: Instant,
) -> DbResult<()> {
    enqueue_for(c, organisation, job, now, now)
}

fn enqueue_for<J: Job>(
    c: &mut DbConnection,
    organisation: Id,
    job: &J,
    due: Instant,
    now: Instant,
) -> DbResult<()> {
    let row = (
        jobs::organisation_id.eq(organisation),
        jobs::id.eq(Id::new()),
        jobs::kind.eq(J::KIND),
        jobs::payload.eq(Json::of(job)?),
        jobs::state.eq("waiting"),
        jobs::run_at.eq(due),
        jobs::attempts.eq(0),
        jobs::created_at.eq(now),
    );
    diesel::insert_into(jobs::table).values(row).execute(c)?;
    Ok(())
}

/// Puts `job` in the queue, due at `due`, unless one of its kind waits there that is due by then: for work that does everything
/// there is to do.
///
/// # Errors
/// Database errors.
pub fn enqueue_once<J: Job>(
    c: &mut DbConnection,
    organisation: Id,
    job: &J,
    due: Instant,
    now: Instant,
) -> DbResult<()> {
    let waiting: i64 = jobs::table
        .filter(jobs::organisation_id.eq(organisation))
        .filter(jobs::kind.eq(J::KIND).and(jobs::state.eq("waiting")))
        .filter(jobs::attempts.eq(0).and(jobs::run_at.le(due)))
        .count()
        .get_result(c)?;
    if waiting > 0 {
        return Ok(());
    }
    enqueue_for(c, organisation, job, due, now)
}

/// Takes the oldest due job for one lease, or `None` when nothing is due.
///
/// # Errors
/// Database errors.
pub fn claim(c: &mut DbConnection, now: Instant) -> DbResult<Option<QueuedJob>> {
    loop {
        let due = jobs::state.eq("waiting").and(jobs::run_at.le(now));
        let next = jobs::table
            .filter(due)
            .order((jobs::run_at, jobs::id))
            .select(QueuedJob::as_select())
            .first(c)
            .optional()?;
        let Some(mut job) = next else { return Ok(None) };
        if job.attempts >= MAX_ATTEMPTS {
            // Its workers died every time, without a word.
            fail(c, &job, "the worker died while it did this job", now)?;
            continue;
        }
        // A lease is a later due time: when the worker dies the job is simply due again.
        let mine = jobs::organisation_id
            .eq(job.organisation_id)
            .and(jobs::id.eq(job.id))
            .and(jobs::run_at.le(now));
        let claimed = diesel::update(jobs::table.filter(mine.and(jobs::state.eq("waiting"))))
            .set((
                jobs::run_at.eq(now.plus(LEASE)),
                jobs::attempts.eq(jobs::attempts + 1),
            ))
            .execute(c)?;
        if claimed == 1 {
            job.attempts += 1;
            return Ok(Some(job));
        }
    }
}

/// Keeps a job that is being worked on.
///
/// # Errors
/// Database errors.
pub fn renew(c: &mut DbConnection, job: &QueuedJob, now: Instant) -> DbResult<()> {
    let until = now.plus(LEASE);
    diesel::update(
        jobs::table
            .find((job.organisation_id, job.id))
            .filter(jobs::state.eq("waiting")),
    )
    .set(jobs::run_at.eq(until))
    .execute(c)?;
    Ok(())
}

/// Marks a job as done.
///
/// # Errors
/// Database errors.
pub fn finish(c: &mut DbConnection, job: &QueuedJob, now: Instant) -> DbResult<()> {
    let set = (jobs::state.eq("done"), jobs::finished_at.eq(Some(now)));
    diesel::update(jobs::table.find((job.organisation_id, job.id)))
        .set(set)
        .execute(c)?;
    Ok(())
}

/// Records a failure: tried again after a growing pause, or dead after [`MAX_ATTEMPTS`].
///
/// # Errors
/// Database errors.
pub fn fail(c: &mut DbConnection, job: &QueuedJob, error: &str, now: Instant) -> DbResult<()> {
    let state = if job.attempts >= MAX_ATTEMPTS {
        "dead"
    } else {
        "waiting"
    };
    let pause =
        Duration::seconds(5 * 4_i64.pow(u32::try_from(job.attempts.clamp(0, 8)).unwrap_or(0)));
    let set = (
        jobs::state.eq(state),
        jobs::run_at.eq(now.plus(pause)),
        jobs::last_error.eq(Some(error)),
    );
    diesel::update(jobs::table.find((job.organisation_id, job.id)))
        .set(set)
        .execute(c)?;
    Ok(())
}

/// How many jobs of this organisation wait, and those that are dead (newest first, at most 50).
///
/// # Errors
/// Database errors.
pub fn overview(c: &mut DbConnection, organisation: Id) -> DbResult<(i64, Vec<QueuedJob>)> {
    let own = jobs::table.filter(jobs::organisation_id.eq(organisation));
    let waiting = own
        .filter(jobs::state.eq("waiting"))
        .count()
        .get_result(c)?;
    let dead = own
        .filter(jobs::state.eq("dead"))
        .order(jobs::id.desc())
        .limit(50)
        .select(QueuedJob::as_select())
        .load(c)?;
    Ok((waiting, dead))
}

/// Jobs not yet done or dead, of every organisation.
///
/// # Errors
/// Database errors.
pub fn open_jobs(c: &mut DbConnection) -> DbResult<i64> {
    Ok(jobs::table
        .filter(jobs::state.eq("waiting"))
        .count()
        .get_result(c)?)
}
