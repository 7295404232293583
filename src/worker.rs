//! Background work: claims jobs from the queue and carries them out, one at a time.
//!
//! One table maps a job's kind to the function that does it. [`run_next`] is public so that tests can drain the queue
//! without waiting.

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
    assessment::{self, MeasureReliability},
    coaching::packs::{self, MakePack},
    db::{Database, DbConnection, DbError, write_transaction},
    feedback::{
        self, RunImport,
        measuring::{self, Measure},
        retag::{self, Retag},
    },
    queue::{self, Job, QueuedJob},
    tagging::{self, TrainModel},
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

type JobResult = Result<(), Box<dyn std::error::Error + Send + Sync>>;

fn perform(database: &Database, job: &QueuedJob) -> JobResult {
    let payload = job.payload.clone();
    match job.kind.as_str() {
        RunImport::KIND => Ok(feedback::run_import(
            database,
            job.organisation_id,
            &payload.read()?,
        )?),
        MeasureReliability::KIND => {
            let measure: MeasureReliability = payload.read()?;
            let mut c = database.connect()?;
            Ok(write_transaction(&mut c, |c| {
                assessment::measure_reliability(c, job.organisation_id, &measure, Instant::now())
            })?)
        }
        Retag::KIND => {
            retag::run(database, job.organisation_id)?;
            Ok(())
        }
        MakePack::KIND => Ok(packs::run(database, job.organisation_id, &payload.read()?)?),
        Measure::KIND => Ok(measuring::run(
            database,
            job.organisation_id,
            Instant::now(),
        )?),
        TrainModel::KIND => {
            let mut c = database.connect()?;
            tagging::learn(&mut c, job.organisation_id, Instant::now())?;
            Ok(write_transaction(&mut c, |c| {
                retag::ask(c, job.organisation_id, Instant::now())
            })?)
        }
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
        let result = catch_unwind(AssertUnwindSafe(|| perform(database, job)))
            .unwrap_or_else(|_panic| Err("the job panicked".into()));
        drop(done);
        result
    })
}

/// Tells what waits for a job that it is dead.
fn bury(c: &mut DbConnection, job: &QueuedJob) {
    let payload = job.payload.clone();
    let told = match job.kind.as_str() {
        RunImport::KIND => payload.read().map_err(Into::into).and_then(|import| {
            write_transaction(c, |c| {
                feedback::give_up_import(c, job.organisation_id, &import, Instant::now())
            })
            .map_err(Into::into)
        }),
        MakePack::KIND => payload.read().map_err(Into::into).and_then(|pack| {
            write_transaction(c, |c| packs::give_up(c, job.organisation_id, &pack))
                .map_err(Into::into)
        }),
        _ => JobResult::Ok(()),
    };
    if let Err(error) = told {
        tracing::error!(job = %job.id, error = %chain(&*error), "What waits for a dead job was not told");
    }
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
                bury(&mut c, &job);
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
