//! Probe: writes one row again and again on a connection of its own, to see whether the database
//! answers and takes writes.
//!
//! One thread writes, and may wait for ever. Another asks it to, and never waits for long.

use std::{
    sync::{
        Arc, Weak,
        mpsc::{self, RecvTimeoutError},
    },
    thread,
    time::{Duration, Instant},
};

use diesel::{connection::SimpleConnection, r2d2::ManageConnection};
use tokio::sync::watch;

use super::{
    connection::{DbConnection, DbError, DbResult, Manager},
    pools::Pools,
};
use crate::{config::DatabaseUrl, telemetry::chain};

/// Age up to which a report is passed on.
const FRESH: Duration = Duration::from_secs(1);
/// Time that somebody waits for a report.
const PATIENCE: Duration = Duration::from_millis(500);
/// Time until a writing thread is given up: more than a connection attempt takes.
const LIMIT: Duration = Duration::from_secs(4);
/// Pause after a failure.
const AGAIN: Duration = Duration::from_millis(500);
/// Pause after a success on PostgreSQL. On SQLite only a question causes a write, which would
/// otherwise keep a disk awake.
const PAUSE: Duration = Duration::from_secs(2);
/// Time for which a lock on a SQLite file is no failure: writers wait as long, and a batch of an
/// import may hold it.
const LOCKED: Duration = Duration::from_secs(5);
/// Most threads that wait for a server that does not answer. A connection attempt ends by itself,
/// except while it looks up a name.
const MOST_STUCK: usize = 8;

const BEAT: &str = "INSERT INTO heartbeats (name, beat_at) VALUES ('probe', CURRENT_TIMESTAMP) \
     ON CONFLICT (name) DO UPDATE SET beat_at = CURRENT_TIMESTAMP";

/// Whether a write succeeded, and when that was known.
#[derive(Clone, Copy, Debug)]
struct Report {
    at: Instant,
    works: bool,
}

/// Handle of the probe, which ends when this is dropped.
pub(super) struct Probe {
    questions: mpsc::SyncSender<()>,
    reports: watch::Receiver<Option<Report>>,
}

impl Probe {
    /// Starts to watch the database of `pools`.
    pub(super) fn start(pools: &Arc<Pools>) -> std::io::Result<Self> {
        let (questions, asked) = mpsc::sync_channel(1);
        let (report, reports) = watch::channel(None);
        let (url, pools) = (pools.url.clone(), Arc::downgrade(pools));
        thread::Builder::new()
            .name("database-watch".to_owned())
            .spawn(move || watch_over(url, &pools, &asked, &report))?;
        Ok(Self { questions, reports })
    }

    /// Whether a row could be written less than a second ago, or can be now.
    pub(super) async fn takes_writes(&self) -> bool {
        let mut reports = self.reports.clone();
        let known = *reports.borrow();
        if let Some(report) = known.filter(|report| report.at.elapsed() < FRESH) {
            return report.works;
        }
        let asked = Instant::now();
        // A full channel means that somebody has just asked.
        self.questions.try_send(()).ok();
        let newer = reports.wait_for(|report| report.is_some_and(|report| report.at >= asked));
        match tokio::time::timeout(PATIENCE, newer).await {
            Ok(Ok(report)) => report.is_some_and(|report| report.works),
            _ => false,
        }
    }
}

fn watch_over(
    url: DatabaseUrl,
    pools: &Weak<Pools>,
    questions: &mpsc::Receiver<()>,
    reports: &watch::Sender<Option<Report>>,
) {
    let is_postgres = matches!(url, DatabaseUrl::Postgres(_));
    let mut writer = Writer::new(url);
    let mut worked = true;
    let mut locked_since = None;
    loop {
        let outcome = writer.write();
        let wrote = outcome.is_ok();
        locked_since = (!is_postgres && matches!(outcome, Err(DbError::Busy)))
            .then(|| locked_since.unwrap_or_else(Instant::now));
        let works = wrote || locked_since.is_some_and(|since| since.elapsed() < LOCKED);
        match &outcome {
            Err(error) if worked && !works => {
                tracing::error!(error = %chain(error), "The database takes no writes");
            }
            Ok(()) if !worked => tracing::info!("The database takes writes again"),
            _ => {}
        }
        let Some(pools) = pools.upgrade() else { return };
        // Its connections may still wait for a server that is gone, or lead to one that has become
        // read-only. SQLite has no server.
        if works && is_postgres && (pools.take_suspicion() || !worked) {
            tracing::warn!("The database did not answer; its connections are replaced");
            pools.replace(!worked);
        }
        drop(pools);
        worked = works;
        let at = Instant::now();
        reports.send_replace(Some(Report { at, works }));
        let asked = match (wrote, is_postgres) {
            (false, _) => questions.recv_timeout(AGAIN),
            (true, true) => questions.recv_timeout(PAUSE),
            (true, false) => questions.recv().map_err(RecvTimeoutError::from),
        };
        if asked == Err(RecvTimeoutError::Disconnected) {
            return;
        }
    }
}

/// The thread that writes, and its replacements.
struct Writer {
    url: DatabaseUrl,
    running: Option<Running>,
    /// Each thread holds one more.
    threads: Arc<()>,
}

struct Running {
    orders: mpsc::Sender<()>,
    outcomes: mpsc::Receiver<DbResult<()>>,
    is_late: bool,
}

impl Writer {
    fn new(url: DatabaseUrl) -> Self {
        Self {
            url,
            running: None,
            threads: Arc::new(()),
        }
    }

    /// Writes a row, and waits up to [`LIMIT`].
    fn write(&mut self) -> DbResult<()> {
        let mut running = match self.running.take() {
            Some(running) => running,
            None => self.start()?,
        };
        if !running.is_late && running.orders.send(()).is_err() {
            return Err(DbError::Busy);
        }
        match running.outcomes.recv_timeout(LIMIT) {
            Ok(outcome) => {
                running.is_late = false;
                self.running = Some(running);
                outcome
            }
            Err(RecvTimeoutError::Timeout) => {
                // A file that does not answer will not answer another thread either.
                let another = matches!(self.url, DatabaseUrl::Postgres(_))
                    && Arc::strong_count(&self.threads) <= MOST_STUCK;
                if !another {
                    running.is_late = true;
                    self.running = Some(running);
                }
                let late = std::io::Error::from(std::io::ErrorKind::TimedOut);
                Err(DbError::Unreachable(Box::new(late)))
            }
            Err(RecvTimeoutError::Disconnected) => Err(DbError::Busy),
        }
    }

    fn start(&self) -> DbResult<Running> {
        let (orders, ordered) = mpsc::channel();
        let (outcome, outcomes) = mpsc::channel();
        let (manager, alive) = (Manager(self.url.clone()), Arc::clone(&self.threads));
        let write = move || {
            let _alive = alive;
            let mut connection = None;
            while ordered.recv().is_ok() {
                if outcome.send(beat(&manager, &mut connection)).is_err() {
                    return;
                }
            }
        };
        thread::Builder::new()
            .name("database-probe".to_owned())
            .spawn(write)
            .map_err(|error| DbError::Unreachable(Box::new(error)))?;
        Ok(Running {
            orders,
            outcomes,
            is_late: false,
        })
    }
}

/// Writes a row, on a new connection if the present one does not.
fn beat(manager: &Manager, connection: &mut Option<DbConnection>) -> DbResult<()> {
    if let Some(c) = connection {
        match c.batch_execute(BEAT).map_err(DbError::from) {
            // Somebody else holds a lock.
            Err(DbError::Busy) => return Err(DbError::Busy),
            Ok(()) => return Ok(()),
            Err(_lost) => *connection = None,
        }
    }
    let mut c = manager
        .connect()
        .map_err(|error| DbError::Unreachable(Box::new(error)))?;
    // Shorter than anybody waits for a report.
    c.batch_execute(match &c {
        DbConnection::Postgres(_) => "SET statement_timeout = '2s'",
        DbConnection::Sqlite(_) => "PRAGMA busy_timeout = 300",
    })?;
    c.batch_execute(BEAT)?;
    *connection = Some(c);
    Ok(())
}
