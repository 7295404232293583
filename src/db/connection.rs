//! One connection type for both databases, its errors, and write transactions.

use diesel::{
    Connection, PgConnection, SqliteConnection,
    connection::{AnsiTransactionManager, SimpleConnection, TransactionManager},
    r2d2::ManageConnection,
    result::{DatabaseErrorKind, Error as DieselError},
};

use super::postgres_url::with_deadlines;
use crate::{
    config::DatabaseUrl,
    locale::{Localised, Message},
    msg,
};

/// A connection to either database. Queries in stores are written once, for this type.
#[derive(diesel::MultiConnection)]
pub enum DbConnection {
    Postgres(PgConnection),
    Sqlite(SqliteConnection),
}

/// Runs an expression on the backend's own connection type, for upserts and batch inserts, which
/// diesel's `MultiConnection` does not support.
#[macro_export]
macro_rules! on_backend {
    ($connection:expr, $c:ident => $query:expr) => {
        match $connection {
            $crate::db::DbConnection::Postgres($c) => $query,
            $crate::db::DbConnection::Sqlite($c) => $query,
        }
    };
}

/// Database errors. Sources are for the log and never shown to people.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    #[error("this already exists")]
    Duplicate,
    #[error("this refers to something that does not exist")]
    DanglingReference,
    #[error("the database is busy")]
    Busy,
    #[error("the database could not be reached")]
    Unreachable(#[source] Box<dyn std::error::Error + Send + Sync>),
    #[error("the database cannot be written")]
    Unwritable(#[source] DieselError),
    #[error("a database query failed")]
    Query(#[source] DieselError),
    #[error("a stored value has an unexpected shape")]
    StoredShape(#[from] serde_json::Error),
    /// The migration that this program does not know.
    #[error(
        "the database was used by a newer version of Rapport (its schema has {0}); start that version, or restore a backup made before the upgrade"
    )]
    Newer(String),
    #[error(
        "the database file {0} is empty; restore a backup, or delete the file to start with a new database"
    )]
    Empty(String),
    #[error("the database could not be migrated")]
    Migration(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Localised for DbError {
    fn message(&self) -> Message {
        match self {
            Self::Busy => msg!("error-busy"),
            Self::Unreachable(_) | Self::Unwritable(_) => msg!("error-database"),
            Self::Duplicate | Self::DanglingReference => msg!("error-conflict"),
            _ => msg!("error-internal"),
        }
    }
}

/// What SQLite and PostgreSQL report on a full disk, a read-only file or a read-only server.
const UNWRITABLE: [&str; 6] = [
    "database or disk is full",
    "attempt to write a readonly database",
    "disk I/O error",
    "No space left on device",
    "in a read-only transaction",
    "unable to open database file",
];

/// What the databases report when others hold a lock for long, or a statement takes too long.
const BUSY: [&str; 4] = [
    "database is locked",
    "deadlock detected",
    "due to lock timeout",
    "due to statement timeout",
];

impl From<DieselError> for DbError {
    fn from(error: DieselError) -> Self {
        match &error {
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => Self::Duplicate,
            DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => {
                Self::DanglingReference
            }
            DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => Self::Busy,
            DieselError::DatabaseError(
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
                _,
            ) => Self::Unreachable(Box::new(error)),
            DieselError::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _) => {
                Self::Unwritable(error)
            }
            DieselError::DatabaseError(_, info)
                if UNWRITABLE.iter().any(|text| info.message().contains(text)) =>
            {
                Self::Unwritable(error)
            }
            DieselError::DatabaseError(_, info)
                if BUSY.iter().any(|text| info.message().contains(text)) =>
            {
                Self::Busy
            }
            _ => Self::Query(error),
        }
    }
}

/// Memory for pages, in KiB below zero, and the length of the write-ahead log, in pages of 4 KiB,
/// at which SQLite moves it into the file.
pub(super) const SQLITE_MEMORY: &str =
    "PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 4000;";

/// Result of a store function.
pub type DbResult<T> = Result<T, DbError>;

/// Opens and checks connections for the pool.
#[derive(Debug)]
pub struct Manager(pub DatabaseUrl);

impl ManageConnection for Manager {
    type Connection = DbConnection;
    type Error = diesel::r2d2::Error;

    fn connect(&self) -> Result<DbConnection, Self::Error> {
        match &self.0 {
            DatabaseUrl::Postgres(url) => {
                let c = PgConnection::establish(&with_deadlines(url))
                    .map_err(diesel::r2d2::Error::ConnectionError)?;
                Ok(DbConnection::Postgres(c))
            }
            DatabaseUrl::Sqlite(path) => {
                let mut c = SqliteConnection::establish(path)
                    .map_err(diesel::r2d2::Error::ConnectionError)?;
                // busy_timeout comes first because the other statements may have to wait for a
                // lock. synchronous = FULL: an acknowledged answer must survive a power failure.
                // secure_delete: what is deleted leaves the file, too.
                c.batch_execute(
                    "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                     PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA secure_delete = ON;",
                )
                .and_then(|()| c.batch_execute(SQLITE_MEMORY))
                .map_err(diesel::r2d2::Error::QueryError)?;
                Ok(DbConnection::Sqlite(c))
            }
        }
    }

    fn is_valid(&self, c: &mut DbConnection) -> Result<(), Self::Error> {
        c.batch_execute("SELECT 1")
            .map_err(diesel::r2d2::Error::QueryError)
    }

    fn has_broken(&self, c: &mut DbConnection) -> bool {
        // A panic or a failed rollback leaves a transaction open. Closing the connection ends it.
        type Manager = <DbConnection as Connection>::TransactionManager;
        std::thread::panicking()
            || !matches!(
                Manager::transaction_manager_status_mut(c).transaction_depth(),
                Ok(None)
            )
    }
}

/// Keeps other transactions that call this waiting until the present one ends. SQLite needs no
/// lock: it has one writer at a time.
pub fn lock_first_start(c: &mut DbConnection) -> DbResult<()> {
    if let DbConnection::Postgres(c) = c {
        // The number after that of the migrations' lock.
        c.batch_execute("SELECT pg_advisory_xact_lock(7263549)")?;
    }
    Ok(())
}

/// Runs `f` in a write transaction: `BEGIN IMMEDIATE` on SQLite, where a deferred transaction that
/// turns from reading to writing fails with "database is locked" instead of waiting.
///
/// # Errors
/// Errors of `f`, after a rollback; [`DbError`] if the transaction cannot begin or commit.
pub fn write_transaction<T, E: From<DbError>>(
    c: &mut DbConnection,
    f: impl FnOnce(&mut DbConnection) -> Result<T, E>,
) -> Result<T, E> {
    type Manager = <DbConnection as Connection>::TransactionManager;
    match c {
        DbConnection::Sqlite(s) => {
            AnsiTransactionManager::begin_transaction_sql(s, "BEGIN IMMEDIATE")
        }
        DbConnection::Postgres(p) => AnsiTransactionManager::begin_transaction(p),
    }
    .map_err(DbError::from)?;
    match f(c) {
        Ok(value) => {
            Manager::commit_transaction(c).map_err(DbError::from)?;
            Ok(value)
        }
        Err(error) => {
            // A connection whose rollback fails is closed by the pool.
            Manager::rollback_transaction(c).map_err(DbError::from)?;
            Err(error)
        }
    }
}
