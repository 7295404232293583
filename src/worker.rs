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
    feedback::{RunImport, refresh::RefreshStatistics, retag::Retag},
    queue::{self, Job, JobResult, QueuedJob, Run},
    tagging::TrainModel,
    telemetry::chain,
    types::Instant,
};

/// How often the worker looks without being woken: jobs of other replicas, and retries.
const LOOK: Duration = Duration::from_secs(2);

/// What one step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Empty,
    Done,
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

/// The list of all kinds of job.
fn perform(job: &QueuedJob, action: Action<'_>) -> JobResult {
    match job.kind.as_str() {
        RunImport::KIND => act::<RunImport>(job, action),
        MeasureReliability::KIND => act::<MeasureReliability>(job, action),
        Retag::KIND => act::<Retag>(job, action),
        ExportPlans::KIND => act::<ExportPlans>(job, action),
        RefreshStatistics::KIND => act::<RefreshStatistics>(job, action),
        TrainModel::KIND => act::<TrainModel>(job, action),
        other => Err(format!("no function for jobs of kind {other}").into()),
    }
}

/// Carries a job out while a second thread keeps its lease.
fn perform_renewing(database: &Database, job: &QueuedJob) -> JobResult {
    let (done, is_done) = mpsc::channel::<()>();
    thread::scope(|scope| {
        scope.spawn(move || {
            while is_done.recv_timeout(queue::RENEW_EVERY) == Err(RecvTimeoutError::Timeout) {
                let renewed = database.connect().and_then(|mut c| queue::renew(&mut c, job, Instant::now()));
                if let Err(error) = renewed {
                    tracing::warn!(job = %job.id, error = %chain(&error), "The lease could not be renewed");
                }
            }
        });
        // A job that panics has failed like any other.
        let result = catch_unwind(AssertUnwindSafe(|| perform(job, Action::Run(database))))
            .unwrap_or_else(|_panic| Err("the job panicked".into()));
        drop(done);
        result
    })
}

/// Claims one due job and carries it out.
///
/// # Errors
/// When the queue itself cannot be read or written; a failing job is [`Outcome::Failed`].
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
            if job.attempts >= queue::MAX_ATTEMPTS {
                let told = perform(&job, Action::GiveUp(database));
                if let Err(error) = told {
                    let error = chain(&*error);
                    tracing::error!(job = %job.id, %error, "Could not report a dead job");
                }
            }
            Ok(Outcome::Failed)
        }
    }
}

/// Works until `stop` turns true: after each job, when woken, and every two seconds. A job begun is finished.
pub async fn run(database: Database, wake: Arc<Notify>, mut stop: watch::Receiver<bool>) {
    while !*stop.borrow() {
        // Interest first, then the look: nothing enqueued in between is missed.
        let woken = wake.notified();
        let database = database.clone();
        let step = tokio::task::spawn_blocking(move || run_next(&database)).await;
        match step {
            Ok(Ok(Outcome::Done)) => continue,
            Ok(Ok(_)) => {}
            Ok(Err(error)) => {
                tracing::error!(error = %chain(&error), "The queue could not be read")
            }
            Err(error) => tracing::error!(%error, "A job panicked"),
        }
        tokio::select! {
            () = woken => {}
            () = tokio::time::sleep(LOOK) => {}
            _ = stop.changed() => {}
        }
    }
}
