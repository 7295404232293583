//! Background worker: claims jobs from the queue and runs them one at a time.
//!
//! [`run_next`] is public so that tests can drain the queue without waiting.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::Duration,
};

use tokio::sync::{Notify, watch};

use crate::{
    assessment::MeasureReliability,
    coaching::plan_export::ExportPlans,
    db::{Database, DbError, write_transaction},
    feedback::{
        DiscardPreview, RunImport, redactions::ForgetRedactions, refresh::RefreshStatistics,
        retag::Retag,
    },
    queue::{self, Job, JobResult, QueuedJob, Run},
    tagging::{TrainModel, TrainMoodModel},
    telemetry::chain,
    types::Instant,
};

/// Interval at which the worker polls the queue, for retries and for jobs of other replicas.
const POLL: Duration = Duration::from_secs(2);

/// Result of [`run_next`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// No job was due.
    Empty,
    Done,
    /// The job failed; the failure is recorded in the queue.
    Failed,
}

/// What to do with a job.
#[derive(Clone, Copy)]
enum Action<'a> {
    Run(&'a Database),
    GiveUp(&'a Database),
}

fn act<J: Run>(job: &QueuedJob, action: Action<'_>) -> JobResult {
    let (organisation, payload): (_, J) = (job.organisation_id, job.payload.clone().read()?);
    match action {
        Action::Run(database) => payload.run(database, organisation),
        Action::GiveUp(database) => {
            let mut c = database.connect()?;
            write_transaction(&mut c, |c| {
                payload
                    .give_up(c, organisation, Instant::now())
                    .map_err(anyhow::Error::from_boxed)
            })
            .map_err(Into::into)
        }
    }
}

/// Dispatches a job by its kind.
fn perform(job: &QueuedJob, action: Action<'_>) -> JobResult {
    match job.kind.as_str() {
        RunImport::KIND => act::<RunImport>(job, action),
        DiscardPreview::KIND => act::<DiscardPreview>(job, action),
        MeasureReliability::KIND => act::<MeasureReliability>(job, action),
        Retag::KIND => act::<Retag>(job, action),
        ExportPlans::KIND => act::<ExportPlans>(job, action),
        RefreshStatistics::KIND => act::<RefreshStatistics>(job, action),
        ForgetRedactions::KIND => act::<ForgetRedactions>(job, action),
        TrainModel::KIND => act::<TrainModel>(job, action),
        TrainMoodModel::KIND => act::<TrainMoodModel>(job, action),
        other => Err(format!("unknown kind of job: {other}").into()),
    }
}

/// Runs a job while a second thread renews its lease.
fn perform_renewing(database: &Database, job: &QueuedJob) -> JobResult {
    let (done, is_done) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            while is_done.recv_timeout(queue::RENEW_EVERY) == Err(RecvTimeoutError::Timeout) {
                let renewed = database
                    .connect()
                    .and_then(|mut c| queue::renew(&mut c, job, Instant::now()));
                if let Err(error) = renewed {
                    tracing::warn!(job = %job.id, error = %chain(&error), "Could not renew the lease of a job");
                }
            }
        });
        // A panic counts as a failed attempt.
        let result = catch_unwind(AssertUnwindSafe(|| perform(job, Action::Run(database))))
            .unwrap_or_else(|_panic| Err("the job panicked".into()));
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
    let claimed = {
        let mut c = database.connect()?;
        queue::claim(&mut c, Instant::now())?
    };
    let Some(job) = claimed else {
        return Ok(Outcome::Empty);
    };
    let result = perform_renewing(database, &job);
    let mut c = database.connect()?;
    match result {
        Ok(()) => {
            queue::finish(&mut c, &job, Instant::now())?;
            tracing::info!(job = %job.id, kind = %job.kind, "Job done");
            Ok(Outcome::Done)
        }
        Err(error) => {
            let text = chain(&*error);
            tracing::error!(job = %job.id, kind = %job.kind, attempt = job.attempts, error = %text, "Job failed");
            queue::fail(&mut c, &job, &text, Instant::now())?;
            if job.attempts >= queue::MAX_ATTEMPTS
                && let Err(error) = perform(&job, Action::GiveUp(database))
            {
                let error = chain(&*error);
                tracing::error!(job = %job.id, %error, "Could not record a dead job");
            }
            Ok(Outcome::Failed)
        }
    }
}

/// Runs jobs until `stop` becomes true; a running job is finished first. Looks for the next job
/// after each job, when notified, and every two seconds.
pub async fn run(database: Database, wake: Arc<Notify>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        // Register for notifications before looking, so that no job enqueued in between is missed.
        let woken = wake.notified();
        let database = database.clone();
        let step = tokio::task::spawn_blocking(move || run_next(&database)).await;
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
