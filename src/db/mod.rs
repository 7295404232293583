//! SQLite or PostgreSQL. [`Database::read`] and [`Database::write`] run synchronous code on a
//! pooled connection, on a blocking thread.

pub mod bulk;
pub mod connection;
pub mod patient;
mod pools;
mod postgres_url;
mod probe;
pub mod schema;
pub mod shares;
pub mod stored_message;
pub mod values;

use std::{
    future::Future,
    path::Path,
    sync::{Arc, OnceLock},
    time::Duration,
};

use diesel::{
    Connection,
    connection::SimpleConnection,
    migration::{MigrationSource, MigrationVersion},
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use bulk::BulkConnection;
use connection::Manager;
pub use connection::{DbConnection, DbError, DbResult, lock_first_start, write_transaction};
use patient::PatientConnection;
use pools::Pools;
use probe::Probe;

use crate::{config::DatabaseUrl, mail_server::MailServer, private_file};

const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// Time that the work of a request may take. A little longer than that of one statement: only a
/// peer that does not answer at all uses it up.
const WORK_TIMEOUT: Duration = Duration::from_secs(30);
/// Migrations may build an index over everything.
const WITHOUT_DEADLINES: &str = "SET statement_timeout = 0; SET lock_timeout = 0; \
     SET idle_in_transaction_session_timeout = 0";

/// A handle to the database; cheap to clone.
#[derive(Clone)]
pub struct Database {
    pools: Arc<Pools>,
    probe: Arc<OnceLock<Probe>>,
    /// For jobs, which reach nothing but the database.
    mail_server: Option<Arc<MailServer>>,
}

impl Database {
    /// Opens a pool of at most `size` connections. Creates the folder of a SQLite file.
    ///
    /// # Errors
    /// [`DbError::Unreachable`]; [`DbError::Empty`] for a SQLite file without content, which may
    /// have replaced a database.
    pub fn open(url: &DatabaseUrl, size: u32) -> DbResult<Self> {
        if let DatabaseUrl::Sqlite(path) = url
            && let Some(folder) = Path::new(path)
                .parent()
                .filter(|p| !p.as_os_str().is_empty())
        {
            std::fs::create_dir_all(folder).map_err(|e| DbError::Unreachable(Box::new(e)))?;
        }
        if let DatabaseUrl::Sqlite(path) = url
            && is_empty(path)
            // Another process may be creating it.
            && {
                std::thread::sleep(Duration::from_secs(1));
                is_empty(path)
            }
        {
            return Err(DbError::Empty(path.clone()));
        }
        // SQLite gives its log the mode of the database file.
        if let DatabaseUrl::Sqlite(path) = url
            && let Err(error) = private_file::ensure(Path::new(path))
        {
            tracing::warn!(%error, "The mode of the database file could not be set to 0600");
        }
        // The pool would only report a timeout; a direct attempt reports the cause.
        r2d2_connect(url)?;
        Ok(Self {
            pools: Arc::new(Pools::open(url, size)?),
            probe: Arc::default(),
            mail_server: None,
        })
    }

    /// Returns the handle with `server`, through which jobs send mail.
    pub fn with_mail_server(self, server: Option<MailServer>) -> Self {
        Self {
            mail_server: server.map(Arc::new),
            ..self
        }
    }

    /// The mail server for jobs, if there is one.
    pub fn mail_server(&self) -> Option<&MailServer> {
        self.mail_server.as_deref()
    }

    /// Starts to watch whether the database answers and takes writes, on a connection of its own,
    /// and to replace the pool after it did not. For processes that run for long, after migrating.
    ///
    /// # Errors
    /// [`std::io::Error`] if the thread cannot be created.
    pub fn watch(&self) -> std::io::Result<()> {
        if self.probe.get().is_none() {
            drop(self.probe.set(Probe::start(&self.pools)?));
        }
        Ok(())
    }

    /// Whether a row could be written a moment ago; within 0.8 seconds, and without the pool. False
    /// before [`watch`](Self::watch).
    pub async fn takes_writes(&self) -> bool {
        match self.probe.get() {
            Some(probe) => probe.takes_writes().await,
            None => false,
        }
    }

    /// Resolves when the pool has been replaced because a connection did not answer.
    pub fn replaced(&self) -> impl Future<Output = ()> + use<> {
        self.pools.replaced()
    }

    /// Resolves when the connections have been replaced because the database did not answer. What
    /// runs on a connection from before may then never end.
    pub fn after_outage(&self) -> impl Future<Output = ()> + use<> {
        self.pools.after_outage()
    }

    /// How often the pool has been replaced.
    pub fn replacements(&self) -> u64 {
        self.pools.number()
    }

    /// Address of this database.
    pub fn url(&self) -> &DatabaseUrl {
        &self.pools.url
    }

    /// A connection for work that may take long: command line, jobs, reports.
    ///
    /// # Errors
    /// [`DbError::Busy`] if none is free within ten seconds; [`DbError::Unreachable`].
    pub fn connect(&self) -> DbResult<PatientConnection> {
        PatientConnection::new(self.pools.present().connect()?)
    }

    /// A connection for short work that somebody waits for.
    ///
    /// # Errors
    /// [`DbError::Busy`] if none is free within ten seconds.
    pub fn connect_briefly(
        &self,
    ) -> DbResult<impl std::ops::DerefMut<Target = DbConnection> + use<>> {
        self.pools.present().connect()
    }

    /// A connection for many large write transactions in a row.
    ///
    /// # Errors
    /// [`DbError::Busy`] if none is free within ten seconds; [`DbError::Query`].
    pub fn connect_for_bulk(&self) -> DbResult<BulkConnection> {
        BulkConnection::new(self.connect()?)
    }

    /// The newest migration of a database that needs others of this version; `None` for one that is
    /// new or up to date.
    ///
    /// # Errors
    /// [`DbError::Newer`], [`DbError::Migration`], [`DbError::Busy`].
    pub fn upgrades_from(&self) -> DbResult<Option<String>> {
        let mut c = self.connect()?;
        let migrations = match &mut *c {
            DbConnection::Postgres(_) => POSTGRES,
            DbConnection::Sqlite(_) => SQLITE,
        };
        check_version(&mut c, &migrations)?;
        // Newest first.
        let applied = c.applied_migrations().map_err(DbError::Migration)?;
        let pending = c
            .has_pending_migration(migrations)
            .map_err(DbError::Migration)?;
        let newest = applied.first().map(ToString::to_string);
        Ok(newest.filter(|_| pending))
    }

    /// Whether no version of this program has used the database.
    ///
    /// # Errors
    /// [`DbError::Migration`], [`DbError::Busy`].
    pub fn is_new(&self) -> DbResult<bool> {
        let mut c = self.connect()?;
        let applied = c.applied_migrations().map_err(DbError::Migration)?;
        Ok(applied.is_empty())
    }

    /// Whether a migration has been applied, by the digits at the start of its name.
    ///
    /// # Errors
    /// [`DbError::Migration`], [`DbError::Busy`].
    pub fn has_migration(&self, version: &str) -> DbResult<bool> {
        let mut c = self.connect()?;
        let applied = c.applied_migrations().map_err(DbError::Migration)?;
        Ok(applied.iter().any(|known| known.to_string() == version))
    }

    /// Runs pending migrations and returns their versions, the digits at the start of their names.
    ///
    /// # Errors
    /// [`DbError::Newer`] if a newer version has migrated the database; [`DbError::Unwritable`];
    /// [`DbError::Migration`], [`DbError::Busy`].
    pub fn migrate(&self) -> DbResult<Vec<String>> {
        let mut c = self.connect()?;
        let migrations = match &mut *c {
            DbConnection::Postgres(_) => POSTGRES,
            DbConnection::Sqlite(_) => SQLITE,
        };
        if let DbConnection::Postgres(c) = &mut *c {
            c.batch_execute(WITHOUT_DEADLINES)?;
            // Only one of several starting replicas migrates at a time.
            c.batch_execute("SELECT pg_advisory_lock(7263548)")?;
        }
        let done = check_version(&mut c, &migrations)
            .and_then(|()| {
                c.run_pending_migrations(migrations)
                    .map(|done| done.iter().map(ToString::to_string).collect())
                    .map_err(DbError::Migration)
            })
            .and_then(|done| check_writable(&mut c).map(|()| done));
        if let DbConnection::Postgres(c) = &mut *c {
            c.batch_execute("SELECT pg_advisory_unlock(7263548)")?;
        }
        done
    }

    /// Runs `f` on a pooled connection on a blocking thread, without a transaction.
    ///
    /// # Errors
    /// Errors of `f`; [`DbError::Busy`] if no connection is free within ten seconds;
    /// [`DbError::Unreachable`] if `f` has not ended after 30 seconds.
    pub async fn read<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: FnOnce(&mut DbConnection) -> Result<T, E> + Send + 'static,
    {
        let (pool, permits) = self.pools.acquire().await?;
        let span = tracing::Span::current();
        let work = tokio::task::spawn_blocking(move || {
            let _permits = permits;
            span.in_scope(|| f(&mut *pool.connect()?))
        });
        match tokio::time::timeout(WORK_TIMEOUT, work).await {
            Ok(done) => {
                done.unwrap_or_else(|error| Err(DbError::Unreachable(Box::new(error)).into()))
            }
            Err(late) => {
                self.pools.suspect();
                Err(DbError::Unreachable(Box::new(late)).into())
            }
        }
    }

    /// Like [`read`](Self::read), in one write transaction that is rolled back on an error.
    ///
    /// # Errors
    /// Errors of `f`; [`DbError::Busy`] if no connection is free within ten seconds.
    pub async fn write<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: FnOnce(&mut DbConnection) -> Result<T, E> + Send + 'static,
    {
        self.read(move |c| write_transaction(c, f)).await
    }

    /// Moves the write-ahead log of a SQLite database into its file, so that the file alone can be
    /// copied. Does nothing on PostgreSQL.
    ///
    /// # Errors
    /// [`DbError::Query`].
    pub fn checkpoint(&self) -> DbResult<()> {
        match &mut *self.connect()? {
            DbConnection::Sqlite(c) => Ok(c.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?),
            DbConnection::Postgres(_) => Ok(()),
        }
    }

    /// Copies a SQLite database to `file` while it is in use.
    ///
    /// # Errors
    /// [`DbError::Query`], also on PostgreSQL, which has backup tools of its own.
    pub fn copy_sqlite_to(&self, file: &str) -> DbResult<()> {
        let mut c = self.connect()?;
        Ok(c.batch_execute(&format!("VACUUM INTO '{}'", file.replace('\'', "''")))?)
    }
}

fn is_empty(path: &str) -> bool {
    std::fs::metadata(path).is_ok_and(|file| file.len() == 0)
}

/// Fails on a database that cannot be written, before anybody relies on it.
fn check_writable(c: &mut DbConnection) -> DbResult<()> {
    write_transaction(c, |c| {
        let touch = "UPDATE __diesel_schema_migrations SET run_on = run_on";
        Ok(c.batch_execute(touch)?)
    })
}

/// Fails on migrations that are not among ours.
fn check_version(c: &mut DbConnection, ours: &EmbeddedMigrations) -> DbResult<()> {
    let applied = c.applied_migrations().map_err(DbError::Migration)?;
    let ours = MigrationSource::<<DbConnection as Connection>::Backend>::migrations(ours)
        .map_err(DbError::Migration)?;
    let is_ours = |version: &&MigrationVersion<'_>| {
        ours.iter().any(|known| known.name().version() == **version)
    };
    // Newest first.
    match applied.iter().find(|version| !is_ours(version)) {
        Some(version) => Err(DbError::Newer(version.to_string())),
        None => Ok(()),
    }
}

fn r2d2_connect(url: &DatabaseUrl) -> DbResult<DbConnection> {
    use diesel::r2d2::ManageConnection;
    Manager(url.clone())
        .connect()
        .map_err(|e| DbError::Unreachable(Box::new(e)))
}
