//! Background worker: claims jobs from the queue and runs them, mails beside everything else.
//!
//! [`run_next`] is public so that tests can drain the queue without waiting.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex,
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

use tokio::sync::{Notify, oneshot, watch};

use crate::{
    accounts,
    db::{Database, DbConnection, DbError, write_transaction},
    feedback::{self, FeedbackError},
    jobs, msg,
    queue::{self, Claimed, Claims, JobFailure, JobResult, QueuedJob},
    telemetry::chain,
    types::Instant,
};

/// Interval at which the worker polls the queue, for retries and for jobs of other replicas.
const POLL: Duration = Duration::from_secs(2);
/// Time after which a lease that could not be renewed is tried again.
const RENEW_AGAIN: Duration = Duration::from_millis(250);
/// Time that a running job has to end when the process is to stop.
const GRACE: Duration = Duration::from_secs(5);
/// Time that a running job has to end after the database was found not to answer. Then its thread,
/// which may wait for ever, is left alone: without it, the lease runs out.
const LEFT_ALONE: Duration = Duration::from_secs(5);
/// Interval at which abandoned imports are stopped and old deliveries forgotten.
const SWEEP_EVERY: Duration = Duration::from_secs(3_600);
/// Time after which an upload that has not arrived in full, or an import without a job, is
/// abandoned.
const UPLOAD_LIMIT: chrono::Duration = chrono::Duration::hours(6);

/// Result of [`run_next`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// No job was due.
    Empty,
    Done,
    /// The job failed; the failure is recorded in the queue.
    Failed,
}

/// Runs a job while a second thread renews its lease.
fn perform_renewing(database: &Database, job: &QueuedJob) -> JobResult {
    let (done, is_done) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            let mut next = queue::RENEW_EVERY;
            while is_done.recv_timeout(next) == Err(RecvTimeoutError::Timeout) {
                let renewed = database
                    .connect()
                    .and_then(|mut c| queue::renew(&mut c, job, Instant::now()));
                match renewed {
                    Ok(true) => next = queue::RENEW_EVERY,
                    Ok(false) => {
                        tracing::warn!(job = %job.id, "Another worker has taken a job over");
                        return;
                    }
                    Err(error) => {
                        tracing::warn!(job = %job.id, error = %chain(&error), "Could not renew the lease of a job");
                        next = RENEW_AGAIN;
                    }
                }
            }
        });
        // A panic counts as a failed attempt.
        let result =
            catch_unwind(AssertUnwindSafe(|| jobs::run(job, database))).unwrap_or_else(|_panic| {
                let message = msg!("job-panicked");
                Err(JobFailure::new(message, "the job panicked"))
            });
        drop(done);
        result
    })
}

/// Claims one due job and runs it.
///
/// # Errors
/// [`DbError`] if the queue cannot be read or written. A failing job is no error but
/// [`Outcome::Failed`].
pub fn run_next(database: &Database) -> Result<Outcome, DbError> {
    run_noting(database, Claims::Every, &Current::default())
}

/// The job that is running.
type Current = Arc<Mutex<Option<QueuedJob>>>;

fn run_noting(database: &Database, claims: Claims, current: &Current) -> Result<Outcome, DbError> {
    let claimed = {
        let mut c = database.connect()?;
        queue::claim(&mut c, claims, Instant::now())?
    };
    let job = match claimed {
        None => return Ok(Outcome::Empty),
        Some(Claimed::Dead(job)) => {
            tracing::error!(job = %job.id, kind = %job.kind, "A job's workers stopped while they ran it");
            give_up(database, &job);
            return Ok(Outcome::Failed);
        }
        Some(Claimed::Run(job)) => job,
    };
    note(current, Some(job.clone()));
    let result = perform_renewing(database, &job);
    note(current, None);
    let mut c = database.connect()?;
    match result {
        Ok(()) => {
            queue::finish(&mut c, &job, Instant::now())?;
            tracing::info!(job = %job.id, kind = %job.kind, "Job done");
            Ok(Outcome::Done)
        }
        Err(JobFailure { message, error }) => {
            let text = chain(&*error);
            tracing::error!(job = %job.id, kind = %job.kind, attempt = job.attempts, error = %text, "Job failed");
            if queue::fail(&mut c, &job, (&message, &text), Instant::now())? {
                drop(c);
                give_up(database, &job);
            }
            Ok(Outcome::Failed)
        }
    }
}

fn note(current: &Current, job: Option<QueuedJob>) {
    if let Ok(mut current) = current.lock() {
        *current = job;
    }
}

/// Records that a job is dead where somebody waits for its result.
fn give_up(database: &Database, job: &QueuedJob) {
    if let Err(failure) = jobs::give_up(job, database) {
        let error = chain(&*failure.error);
        tracing::error!(job = %job.id, %error, "Could not record a dead job");
    }
}

/// Runs jobs until `stop` becomes true: at the same time one of each of [`jobs::CONCURRENT`]. A
/// running job then has five seconds to end; after that it goes back to the queue for another
/// worker, and the process must end, because the job's thread still runs. Jobs that wait for a
/// database that never answers are left alone. Looks for the next job after each job, when
/// notified, and every two seconds.
pub async fn run(database: Database, wake: Arc<Notify>, stop: watch::Receiver<bool>) {
    let [mails, others] =
        jobs::CONCURRENT.map(|claims| run_claimed(&database, claims, &wake, stop.clone()));
    tokio::join!(mails, others, sweep_hourly(&database, stop));
}

/// Deletes what is abandoned or old at once and every hour.
async fn sweep_hourly(database: &Database, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        let sweeping = database.clone();
        tokio::select! {
            () = left_alone(database) => {}
            _ = on_thread(move || sweep(&sweeping)) => {}
            () = grace_over(stop.clone()) => return,
        }
        tokio::select! {
            () = tokio::time::sleep(SWEEP_EVERY) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Runs the jobs among `claims` one at a time.
async fn run_claimed(
    database: &Database,
    claims: Claims,
    wake: &Notify,
    mut stop: watch::Receiver<bool>,
) {
    while !*stop.borrow() {
        let current = Current::default();
        // Register for notifications before looking, so that no job enqueued in between is missed.
        let woken = wake.notified();
        let too_late = left_alone(database);
        let step = {
            let (database, current) = (database.clone(), Arc::clone(&current));
            on_thread(move || run_noting(&database, claims, &current))
        };
        let step = tokio::select! {
            step = step => step,
            () = too_late => {
                tracing::warn!("A job waits for a database that does not answer; others go on");
                continue;
            }
            () = grace_over(stop.clone()) => {
                drop(tokio::time::timeout(GRACE, give_back(database.clone(), &current)).await);
                return;
            }
        };
        match step {
            Ok(Ok(Outcome::Done)) => continue,
            Ok(Ok(_)) => {}
            Ok(Err(error)) => {
                tracing::error!(error = %chain(&error), "Could not read the queue")
            }
            Err(error) => tracing::error!(%error, "A job panicked"),
        }
        tokio::select! {
            () = woken => {}
            () = tokio::time::sleep(POLL) => {}
            _ = stop.changed() => {}
        }
    }
}

/// Runs `work` on a thread of its own. The end of the process does not wait for it, as it does for
/// the runtime's blocking threads.
fn on_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> oneshot::Receiver<T> {
    let (done, is_done) = oneshot::channel();
    thread::spawn(move || drop(done.send(work())));
    is_done
}

/// Resolves [`LEFT_ALONE`] after the database was found not to answer.
fn left_alone(database: &Database) -> impl Future<Output = ()> + use<> {
    let outage = database.after_outage();
    async move {
        outage.await;
        tokio::time::sleep(LEFT_ALONE).await;
    }
}

/// Resolves [`GRACE`] after `stop` became true.
async fn grace_over(mut stop: watch::Receiver<bool>) {
    // An error means that the sender is gone, which stops the worker, too.
    drop(stop.wait_for(|stop| *stop).await);
    tokio::time::sleep(GRACE).await;
}

/// Gives the running job back to the queue.
async fn give_back(database: Database, current: &Current) {
    let Some(job) = current.lock().ok().and_then(|mut current| current.take()) else {
        return;
    };
    tracing::info!(job = %job.id, kind = %job.kind, "A job goes back to the queue");
    let released = on_thread(move || {
        let mut c = database.connect()?;
        queue::release(&mut c, &job, Instant::now())
    });
    if let Ok(Err(error)) = released.await {
        tracing::warn!(error = %chain(&error), "A job could not be given back; another worker waits for the end of its lease");
    }
}

/// Runs `work` in a write transaction.
fn in_transaction<T>(
    database: &Database,
    work: impl FnOnce(&mut DbConnection) -> Result<T, FeedbackError>,
) -> Result<T, FeedbackError> {
    let mut c = database.connect()?;
    write_transaction(&mut c, work)
}

/// Stops uploads whose files never arrived in full and imports whose jobs are gone, and forgets old
/// deliveries, replies, links and mails.
fn sweep(database: &Database) {
    let now = Instant::now();
    let before = now.plus(-UPLOAD_LIMIT);
    // Each by itself: one that fails does not keep the others.
    let swept = [
        in_transaction(database, |c| feedback::upload::sweep(c, before, now)),
        in_transaction(database, |c| feedback::sources::forget_messages(c, now)),
        in_transaction(database, |c| Ok(accounts::forget_replies(c, now)?)),
        in_transaction(database, |c| Ok(accounts::forget_links(c, now)?)),
    ];
    for error in swept.into_iter().filter_map(Result::err) {
        tracing::warn!(error = %chain(&error), "Old uploads, deliveries, replies, links or mails could not be deleted");
    }
}
