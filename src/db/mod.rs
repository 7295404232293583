//! SQLite or PostgreSQL. [`Database::read`] and [`Database::write`] run synchronous code on a
//! pooled connection, on a blocking thread.

pub mod bulk;
pub mod connection;
pub mod schema;
pub mod values;

use std::{path::Path, sync::Arc, time::Duration};

use diesel::{
    connection::SimpleConnection,
    r2d2::{Pool, PooledConnection},
};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use tokio::sync::Semaphore;

use bulk::BulkConnection;
use connection::Manager;
pub use connection::{DbConnection, DbError, DbResult, write_transaction};

use crate::{config::DatabaseUrl, private_file};

const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// Time to wait for a connection before [`DbError::Busy`].
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(10);

/// A handle to the database; cheap to clone.
#[derive(Clone)]
pub struct Database {
    pool: Pool<Manager>,
    permits: Arc<Semaphore>,
    url: DatabaseUrl,
}

impl Database {
    /// Opens a pool of at most `size` connections. Creates the folder of a SQLite file.
    ///
    /// # Errors
    /// [`DbError::Unreachable`].
    pub fn open(url: &DatabaseUrl, size: u32) -> DbResult<Self> {
        if let DatabaseUrl::Sqlite(path) = url
            && let Some(folder) = Path::new(path)
                .parent()
                .filter(|p| !p.as_os_str().is_empty())
        {
            std::fs::create_dir_all(folder).map_err(|e| DbError::Unreachable(Box::new(e)))?;
        }
        // SQLite gives its log the mode of the database file.
        if let DatabaseUrl::Sqlite(path) = url
            && let Err(error) = private_file::ensure(Path::new(path))
        {
            tracing::warn!(%error, "The mode of the database file could not be set to 0600");
        }
        // The pool would only report a timeout; a direct attempt reports the cause.
        r2d2_connect(url)?;
        let pool = Pool::builder()
            .max_size(size)
            .min_idle(Some(1))
            .connection_timeout(CONNECTION_TIMEOUT)
            .build(Manager(url.clone()))
            .map_err(|e| DbError::Unreachable(Box::new(e)))?;
        Ok(Self {
            pool,
            permits: Arc::new(Semaphore::new(size as usize)),
            url: url.clone(),
        })
    }

    /// Address of this database.
    pub fn url(&self) -> &DatabaseUrl {
        &self.url
    }

    /// A connection for synchronous callers: command line, jobs, answer writer.
    ///
    /// # Errors
    /// [`DbError::Busy`] if none is free within ten seconds.
    pub fn connect(&self) -> DbResult<impl std::ops::DerefMut<Target = DbConnection> + use<>> {
        self.pooled()
    }

    /// A connection for many large write transactions in a row.
    ///
    /// # Errors
    /// [`DbError::Busy`] if none is free within ten seconds; [`DbError::Query`].
    pub fn connect_for_bulk(&self) -> DbResult<BulkConnection> {
        BulkConnection::new(self.pooled()?)
    }

    fn pooled(&self) -> DbResult<PooledConnection<Manager>> {
        self.pool.get().map_err(|error| {
            tracing::warn!(%error, "No database connection was free in time");
            DbError::Busy
        })
    }

    /// Runs pending migrations and returns their number.
    ///
    /// # Errors
    /// [`DbError::Migration`], [`DbError::Busy`].
    pub fn migrate(&self) -> DbResult<usize> {
        let mut c = self.connect()?;
        let migrations = match &mut *c {
            DbConnection::Postgres(_) => POSTGRES,
            DbConnection::Sqlite(_) => SQLITE,
        };
        if let DbConnection::Postgres(c) = &mut *c {
            // Only one of several starting replicas migrates at a time.
            c.batch_execute("SELECT pg_advisory_lock(7263548)")?;
        }
        let done = c
            .run_pending_migrations(migrations)
            .map(|done| done.len())
            .map_err(DbError::Migration);
        if let DbConnection::Postgres(c) = &mut *c {
            c.batch_execute("SELECT pg_advisory_unlock(7263548)")?;
        }
        done
    }

    /// Runs `f` on a pooled connection on a blocking thread, without a transaction.
    ///
    /// # Errors
    /// Those of `f`; [`DbError::Busy`] if no connection is free within ten seconds.
    pub async fn read<T, E, F>(&self, f: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
        F: FnOnce(&mut DbConnection) -> Result<T, E> + Send + 'static,
    {
        let permit = tokio::time::timeout(
            CONNECTION_TIMEOUT,
            Arc::clone(&self.permits).acquire_owned(),
        )
        .await;
        let Ok(Ok(permit)) = permit else {
            return Err(DbError::Busy.into());
        };
        let (this, span) = (self.clone(), tracing::Span::current());
        let work = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            span.in_scope(|| f(&mut *this.connect()?))
        });
        work.await
            .unwrap_or_else(|error| Err(DbError::Unreachable(Box::new(error)).into()))
    }

    /// Like [`read`](Self::read), in one write transaction that is rolled back on an error.
    ///
    /// # Errors
    /// Those of `f`; [`DbError::Busy`] if no connection is free within ten seconds.
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

fn r2d2_connect(url: &DatabaseUrl) -> DbResult<DbConnection> {
    use diesel::r2d2::ManageConnection;
    Manager(url.clone())
        .connect()
        .map_err(|e| DbError::Unreachable(Box::new(e)))
}
