//! Job queue in the application's database.
//!
//! A job is enqueued in the transaction that causes it, so one exists if and only if the other
//! does. A worker claims a job for the time of a lease (by compare-and-set), runs it without a
//! transaction while it renews the lease, and marks it as done in a short transaction. If a worker
//! dies, its lease expires and the job runs again, so jobs must be idempotent. After
//! [`MAX_ATTEMPTS`] failures a job is dead, and the audit page lists it.

use chrono::Duration;
use diesel::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    db::{Database, DbConnection, DbResult, schema::jobs, values::text_enum},
    types::{Id, Instant, Json},
};

/// Attempts before a job is dead.
pub const MAX_ATTEMPTS: i32 = 6;
/// Time until a claimed job is due again, unless its worker renews the lease.
const LEASE: Duration = Duration::minutes(2);
/// Interval at which a worker renews the lease of its job.
pub const RENEW_EVERY: std::time::Duration = std::time::Duration::from_secs(30);

/// A unit of background work: a small serialisable value with a stable name.
pub trait Job: Serialize + DeserializeOwned {
    /// Stable name, `capability.verb`, stored with the job.
    const KIND: &'static str;
}

/// The result of running a job. The error's chain is logged and stored with the job.
pub type JobResult = Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// A job that can be run. Separate from [`Job`] because a capability may enqueue a job whose `run`
/// needs a capability above it.
pub trait Run: Job {
    /// Runs the job, without a transaction around it and possibly more than once.
    ///
    /// # Errors
    /// Any error; the queue retries the job after a growing pause.
    fn run(&self, database: &Database, organisation: Id) -> JobResult;

    /// Records that the job is dead where somebody waits for its result.
    ///
    /// # Errors
    /// Any error; it is logged.
    fn give_up(&self, _c: &mut DbConnection, _organisation: Id, _now: Instant) -> JobResult {
        Ok(())
    }
}

/// State of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobState {
    /// Due at `run_at`, or leased until then.
    Waiting,
    Done,
    /// Failed [`MAX_ATTEMPTS`] times.
    Dead,
}

impl JobState {
    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Done => "done",
            Self::Dead => "dead",
        }
    }

    /// The state with this stable name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Waiting, Self::Done, Self::Dead]
            .into_iter()
            .find(|state| state.as_str() == name)
    }
}

text_enum!(JobState);

/// A job in the queue.
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

/// Enqueues `job`, due now.
pub fn enqueue<J: Job>(
    c: &mut DbConnection,
    organisation: Id,
    job: &J,
    now: Instant,
) -> DbResult<()> {
    enqueue_for(c, organisation, job, now, now)
}

/// Enqueues `job` for `due`.
pub fn enqueue_for<J: Job>(
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
        jobs::state.eq(JobState::Waiting),
        jobs::run_at.eq(due),
        jobs::attempts.eq(0),
        jobs::created_at.eq(now),
    );
    diesel::insert_into(jobs::table).values(row).execute(c)?;
    Ok(())
}

/// Enqueues `job` for `due`, unless a job of its kind is already waiting and due by then. For jobs
/// that process everything that is pending, so that one of them is enough.
pub fn enqueue_once<J: Job>(
    c: &mut DbConnection,
    organisation: Id,
    job: &J,
    due: Instant,
    now: Instant,
) -> DbResult<()> {
    let waiting: i64 = jobs::table
        .filter(jobs::organisation_id.eq(organisation))
        .filter(
            jobs::kind
                .eq(J::KIND)
                .and(jobs::state.eq(JobState::Waiting)),
        )
        .filter(jobs::attempts.eq(0).and(jobs::run_at.le(due)))
        .count()
        .get_result(c)?;
    if waiting > 0 {
        return Ok(());
    }
    enqueue_for(c, organisation, job, due, now)
}

/// Claims the job that has been due longest, for one lease. Returns `None` if none is due.
pub fn claim(c: &mut DbConnection, now: Instant) -> DbResult<Option<QueuedJob>> {
    loop {
        let due = jobs::state.eq(JobState::Waiting).and(jobs::run_at.le(now));
        let next = jobs::table
            .filter(due)
            .order((jobs::run_at, jobs::id))
            .select(QueuedJob::as_select())
            .first(c)
            .optional()?;
        let Some(mut job) = next else { return Ok(None) };
        if job.attempts >= MAX_ATTEMPTS {
            // Its workers died before they could record a failure.
            fail(c, &job, "the worker stopped while it ran this job", now)?;
            continue;
        }
        // A lease is a later due time: if the worker dies, the job is due again.
        let mine = jobs::organisation_id
            .eq(job.organisation_id)
            .and(jobs::id.eq(job.id))
            .and(jobs::run_at.le(now));
        let claimed =
            diesel::update(jobs::table.filter(mine.and(jobs::state.eq(JobState::Waiting))))
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

/// Renews the lease of a running job.
pub fn renew(c: &mut DbConnection, job: &QueuedJob, now: Instant) -> DbResult<()> {
    let until = now.plus(LEASE);
    diesel::update(
        jobs::table
            .find((job.organisation_id, job.id))
            .filter(jobs::state.eq(JobState::Waiting)),
    )
    .set(jobs::run_at.eq(until))
    .execute(c)?;
    Ok(())
}

/// Marks a job as done.
pub fn finish(c: &mut DbConnection, job: &QueuedJob, now: Instant) -> DbResult<()> {
    let set = (
        jobs::state.eq(JobState::Done),
        jobs::finished_at.eq(Some(now)),
    );
    diesel::update(jobs::table.find((job.organisation_id, job.id)))
        .set(set)
        .execute(c)?;
    Ok(())
}

/// Records a failed attempt. The job is due again after 5 s times 4 to the power of its attempts,
/// or dead after [`MAX_ATTEMPTS`].
pub fn fail(c: &mut DbConnection, job: &QueuedJob, error: &str, now: Instant) -> DbResult<()> {
    let state = if job.attempts >= MAX_ATTEMPTS {
        JobState::Dead
    } else {
        JobState::Waiting
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

/// Number of an organisation's waiting jobs, and its dead jobs (newest first, at most 50).
pub fn overview(c: &mut DbConnection, organisation: Id) -> DbResult<(i64, Vec<QueuedJob>)> {
    let own = jobs::table.filter(jobs::organisation_id.eq(organisation));
    let waiting = own
        .filter(jobs::state.eq(JobState::Waiting))
        .count()
        .get_result(c)?;
    let dead = own
        .filter(jobs::state.eq(JobState::Dead))
        .order(jobs::id.desc())
        .limit(50)
        .select(QueuedJob::as_select())
        .load(c)?;
    Ok((waiting, dead))
}

/// Number of waiting jobs of all organisations.
pub fn open_jobs(c: &mut DbConnection) -> DbResult<i64> {
    Ok(jobs::table
        .filter(jobs::state.eq(JobState::Waiting))
        .count()
        .get_result(c)?)
}
