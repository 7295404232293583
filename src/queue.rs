//! Job queue in the application's database.
//!
//! A job is enqueued in the transaction that causes it, so one exists if and only if the other
//! does. A worker claims a job for the time of a lease (by compare-and-set), runs it without a
//! transaction while it renews the lease, and marks it as done in a short transaction. If a worker
//! dies, its lease expires and the job runs again, so jobs must be idempotent. A worker that was
//! only frozen has lost its lease by then and can no longer change the job. After [`MAX_ATTEMPTS`]
//! attempts without progress a job is dead, until somebody puts it back or drops it.

use chrono::Duration;
use diesel::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    db::{
        Database, DbConnection, DbResult, schema::jobs, stored_message::StoredMessage,
        values::text_enum,
    },
    locale::{Localised, Message},
    msg,
    types::{Id, Instant, Json},
};

/// Attempts before a job is dead.
pub const MAX_ATTEMPTS: i32 = 6;
/// Time until a claimed job is due again, unless its worker renews the lease.
const LEASE: Duration = Duration::seconds(12);
/// Interval at which a worker renews the lease of its job.
pub const RENEW_EVERY: std::time::Duration = std::time::Duration::from_secs(4);

/// A unit of background work: a small serialisable value with a stable name.
pub trait Job: Serialize + DeserializeOwned {
    /// Stable name, `capability.verb`, stored with the job.
    const KIND: &'static str;
}

/// Why a job failed.
#[derive(Debug)]
pub struct JobFailure {
    /// For the people who see the job in the list.
    pub message: Message,
    /// Its chain is logged and stored with the job.
    pub error: Box<dyn std::error::Error + Send + Sync>,
}

impl JobFailure {
    /// A failure with an error that has no message of its own.
    pub fn new(
        message: Message,
        error: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self {
            message,
            error: error.into(),
        }
    }
}

impl<E: std::error::Error + Localised + Send + Sync + 'static> From<E> for JobFailure {
    fn from(error: E) -> Self {
        Self::new(error.message(), error)
    }
}

/// The result of running a job.
pub type JobResult = Result<(), JobFailure>;

/// A job that can be run. Separate from [`Job`] because a capability may enqueue a job whose `run`
/// needs a capability above it.
pub trait Run: Job {
    /// Runs the job, without a transaction around it and possibly more than once.
    ///
    /// # Errors
    /// Any error; the queue retries the job after a growing pause.
    fn run(&self, database: &Database, organisation: Id, lease: &Lease<'_>) -> JobResult;

    /// Whether people may drop jobs of this kind.
    const CAN_BE_DROPPED: bool = true;

    /// Records that the job is dead where somebody waits for its result. Keeps what another attempt
    /// needs.
    ///
    /// # Errors
    /// Any error; it is logged.
    fn give_up(&self, _c: &mut DbConnection, _organisation: Id, _now: Instant) -> JobResult {
        Ok(())
    }

    /// Takes back what [`Run::give_up`] recorded, because a dead job runs again.
    ///
    /// # Errors
    /// Any error; the job stays dead.
    fn retry(&self, _c: &mut DbConnection, _organisation: Id, _now: Instant) -> JobResult {
        Ok(())
    }

    /// Records where somebody waits for its result that the job was dropped, and deletes what only
    /// the job needed.
    ///
    /// # Errors
    /// Any error; the job stays in the queue.
    fn discard(&self, c: &mut DbConnection, organisation: Id, now: Instant) -> JobResult {
        self.give_up(c, organisation, now)
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
    /// The chain of errors of the last failed attempt, for technicians.
    pub last_error: Option<String>,
    /// Why the last failed attempt failed; none for attempts of earlier versions.
    pub failure: Option<StoredMessage>,
    pub created_at: Instant,
    /// Which claim this is.
    pub lease: Option<Id>,
}

/// A job with its state.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = jobs)]
pub struct ListedJob {
    #[diesel(embed)]
    pub job: QueuedJob,
    pub state: JobState,
    /// When a waiting job is due, or the lease of a running one ends.
    pub run_at: Instant,
}

/// A job that was due.
#[derive(Clone, Debug)]
pub enum Claimed {
    /// To be run under a new lease.
    Run(QueuedJob),
    /// Dead now: its workers died before they could record a failure.
    Dead(QueuedJob),
}

/// The claim under which a job runs.
pub struct Lease<'a>(&'a QueuedJob);

impl<'a> Lease<'a> {
    /// The lease of a claimed job.
    pub fn of(job: &'a QueuedJob) -> Self {
        Self(job)
    }

    /// Records that the job got further: from here on it has all its attempts again.
    pub fn progressed(&self, c: &mut DbConnection) -> DbResult<()> {
        let rows = jobs::table.filter(held(self.0));
        diesel::update(rows).set(jobs::attempts.eq(1)).execute(c)?;
        Ok(())
    }
}

/// The job, while it runs under this claim.
#[diesel::dsl::auto_type(no_type_alias)]
fn held(job: &QueuedJob) -> _ {
    let organisation: diesel::dsl::Eq<jobs::organisation_id, Id> =
        jobs::organisation_id.eq(job.organisation_id);
    let id: diesel::dsl::Eq<jobs::id, Id> = jobs::id.eq(job.id);
    let state: diesel::dsl::Eq<jobs::state, JobState> = jobs::state.eq(JobState::Waiting);
    let lease: diesel::dsl::Eq<jobs::lease, Option<Id>> = jobs::lease.eq(job.lease);
    organisation.and(id).and(state).and(lease)
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

/// Which jobs a worker claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claims {
    Every,
    /// Only jobs of this kind.
    Only(&'static str),
    /// Jobs of every other kind.
    AllBut(&'static str),
}

/// Claims the job that has been due longest among `claims`, for one lease. Returns `None` if none
/// is due.
pub fn claim(c: &mut DbConnection, claims: Claims, now: Instant) -> DbResult<Option<Claimed>> {
    loop {
        let due = jobs::table
            .filter(jobs::state.eq(JobState::Waiting).and(jobs::run_at.le(now)))
            .order((jobs::run_at, jobs::id))
            .select(QueuedJob::as_select());
        let next = match claims {
            Claims::Every => due.first(c),
            Claims::Only(kind) => due.filter(jobs::kind.eq(kind)).first(c),
            Claims::AllBut(kind) => due.filter(jobs::kind.ne(kind)).first(c),
        };
        let Some(mut job) = next.optional()? else {
            return Ok(None);
        };
        let still_due = jobs::table
            .find((job.organisation_id, job.id))
            .filter(jobs::run_at.le(now))
            .filter(jobs::state.eq(JobState::Waiting));
        if job.attempts >= MAX_ATTEMPTS {
            let error = "the worker stopped while it ran this job";
            let failure = StoredMessage::of(&msg!("job-worker-stopped"));
            let buried = diesel::update(still_due)
                .set((
                    jobs::state.eq(JobState::Dead),
                    jobs::last_error.eq(Some(error)),
                    jobs::failure.eq(Some(&failure)),
                ))
                .execute(c)?;
            if buried == 1 {
                return Ok(Some(Claimed::Dead(job)));
            }
            continue;
        }
        // A lease is a later due time: if the worker dies, the job is due again.
        let lease = Some(Id::new());
        let claimed = diesel::update(still_due)
            .set((
                jobs::run_at.eq(now.plus(LEASE)),
                jobs::attempts.eq(jobs::attempts + 1),
                jobs::lease.eq(lease),
            ))
            .execute(c)?;
        if claimed == 1 {
            job.attempts += 1;
            job.lease = lease;
            return Ok(Some(Claimed::Run(job)));
        }
    }
}

/// Renews the lease of a running job. Returns whether the job is still under this claim.
pub fn renew(c: &mut DbConnection, job: &QueuedJob, now: Instant) -> DbResult<bool> {
    let until = now.plus(LEASE);
    let renewed = diesel::update(jobs::table.filter(held(job)))
        .set(jobs::run_at.eq(until))
        .execute(c)?;
    Ok(renewed == 1)
}

/// Gives a running job back: it is due at once, and the attempt does not count.
pub fn release(c: &mut DbConnection, job: &QueuedJob, now: Instant) -> DbResult<()> {
    diesel::update(jobs::table.filter(held(job)))
        .set((
            jobs::run_at.eq(now),
            jobs::attempts.eq(jobs::attempts - 1),
            jobs::lease.eq(None::<Id>),
        ))
        .execute(c)?;
    Ok(())
}

/// Marks a job as done, unless another worker has it by now.
pub fn finish(c: &mut DbConnection, job: &QueuedJob, now: Instant) -> DbResult<()> {
    let set = (
        jobs::state.eq(JobState::Done),
        jobs::finished_at.eq(Some(now)),
    );
    diesel::update(jobs::table.filter(held(job)))
        .set(set)
        .execute(c)?;
    Ok(())
}

/// Records a failed attempt, with its message and the chain of its errors, unless another worker
/// has the job by now. The job is due again after 5 s times 4 to the power of its attempts, or dead
/// after [`MAX_ATTEMPTS`]. Returns whether it is dead.
pub fn fail(
    c: &mut DbConnection,
    job: &QueuedJob,
    (message, error): (&Message, &str),
    now: Instant,
) -> DbResult<bool> {
    // As stored: progress may have given attempts back.
    let attempts = jobs::table
        .filter(held(job))
        .select(jobs::attempts)
        .first::<i32>(c)
        .optional()?;
    let Some(attempts) = attempts else {
        return Ok(false);
    };
    let is_dead = attempts >= MAX_ATTEMPTS;
    let state = if is_dead {
        JobState::Dead
    } else {
        JobState::Waiting
    };
    let pause = Duration::seconds(5 * 4_i64.pow(u32::try_from(attempts.clamp(0, 8)).unwrap_or(0)));
    let set = (
        jobs::state.eq(state),
        jobs::run_at.eq(now.plus(pause)),
        jobs::last_error.eq(Some(error)),
        jobs::failure.eq(Some(StoredMessage::of(message))),
        jobs::lease.eq(None::<Id>),
    );
    diesel::update(jobs::table.filter(held(job)))
        .set(set)
        .execute(c)?;
    Ok(is_dead)
}

/// The jobs of a kind that wait or run, of all organisations.
pub fn open_of<J: Job>(c: &mut DbConnection) -> DbResult<Vec<(Id, J)>> {
    let rows: Vec<(Id, Json)> = jobs::table
        .filter(jobs::state.eq(JobState::Waiting))
        .filter(jobs::kind.eq(J::KIND))
        .order((jobs::organisation_id, jobs::id))
        .select((jobs::organisation_id, jobs::payload))
        .load(c)?;
    let read = |(organisation, payload): (Id, Json)| Ok((organisation, payload.read()?));
    rows.into_iter().map(read).collect()
}

/// The dead jobs of a kind, of one organisation or of all.
pub fn dead_of<J: Job>(
    c: &mut DbConnection,
    organisation: Option<Id>,
) -> DbResult<Vec<(QueuedJob, J)>> {
    let mut rows = jobs::table
        .filter(jobs::state.eq(JobState::Dead))
        .filter(jobs::kind.eq(J::KIND))
        .order((jobs::organisation_id, jobs::id))
        .select(QueuedJob::as_select())
        .into_boxed();
    if let Some(organisation) = organisation {
        rows = rows.filter(jobs::organisation_id.eq(organisation));
    }
    let read = |job: QueuedJob| {
        let work = job.payload.clone().read()?;
        Ok((job, work))
    };
    rows.load(c)?.into_iter().map(read).collect()
}

/// Jobs that are not done, of one organisation or of all: dead ones first, then by due time.
pub fn listed(
    c: &mut DbConnection,
    organisation: Option<Id>,
    limit: i64,
) -> DbResult<Vec<ListedJob>> {
    let mut rows = jobs::table
        .filter(jobs::state.ne(JobState::Done))
        .order((jobs::state, jobs::run_at, jobs::id))
        .limit(limit)
        .select(ListedJob::as_select())
        .into_boxed();
    if let Some(organisation) = organisation {
        rows = rows.filter(jobs::organisation_id.eq(organisation));
    }
    Ok(rows.load(c)?)
}

/// A job that is not done, of one organisation or of any.
pub fn find(c: &mut DbConnection, organisation: Option<Id>, id: Id) -> DbResult<Option<QueuedJob>> {
    let mut rows = jobs::table
        .filter(jobs::id.eq(id))
        .filter(jobs::state.ne(JobState::Done))
        .select(QueuedJob::as_select())
        .into_boxed();
    if let Some(organisation) = organisation {
        rows = rows.filter(jobs::organisation_id.eq(organisation));
    }
    Ok(rows.first(c).optional()?)
}

/// Makes a dead job due now, with all its attempts. Returns whether it was dead.
pub fn revive(c: &mut DbConnection, job: &QueuedJob, now: Instant) -> DbResult<bool> {
    let dead = jobs::table
        .find((job.organisation_id, job.id))
        .filter(jobs::state.eq(JobState::Dead));
    let revived = diesel::update(dead)
        .set((
            jobs::state.eq(JobState::Waiting),
            jobs::run_at.eq(now),
            jobs::attempts.eq(0),
            jobs::lease.eq(None::<Id>),
        ))
        .execute(c)?;
    Ok(revived == 1)
}

/// Deletes a job, unless it is done or running. Returns whether it did.
pub fn delete(c: &mut DbConnection, job: &QueuedJob, now: Instant) -> DbResult<bool> {
    let is_dead = jobs::state.eq(JobState::Dead);
    let is_unclaimed = jobs::lease.is_null().or(jobs::run_at.le(now));
    let is_waiting = jobs::state.eq(JobState::Waiting).and(is_unclaimed);
    let rows = jobs::table
        .filter(jobs::organisation_id.eq(job.organisation_id))
        .filter(jobs::id.eq(job.id))
        .filter(is_dead.or(is_waiting));
    Ok(diesel::delete(rows).execute(c)? == 1)
}

/// Numbers of an organisation's waiting or running jobs, and of its dead ones.
pub fn counts(c: &mut DbConnection, organisation: Id) -> DbResult<(i64, i64)> {
    let mut count = |state: JobState| {
        jobs::table
            .filter(jobs::organisation_id.eq(organisation))
            .filter(jobs::state.eq(state))
            .count()
            .get_result(c)
    };
    Ok((count(JobState::Waiting)?, count(JobState::Dead)?))
}

/// Number of waiting jobs of all organisations.
pub fn open_jobs(c: &mut DbConnection) -> DbResult<i64> {
    Ok(jobs::table
        .filter(jobs::state.eq(JobState::Waiting))
        .count()
        .get_result(c)?)
}
