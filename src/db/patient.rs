//! A connection for work that may take long: jobs, reports and the command line.

use std::{
    ops::{Deref, DerefMut},
    thread,
};

use diesel::{
    Connection,
    connection::{SimpleConnection, TransactionManager},
    r2d2::PooledConnection,
};

use super::connection::{DbConnection, DbResult, Manager};

/// Time for one statement, for one lock, and for work between two statements of a transaction: an
/// import reads and tags a batch there.
const PATIENT: &str = "SET statement_timeout = '30min'; SET lock_timeout = '1min'; \
     SET idle_in_transaction_session_timeout = '2min'";
/// Back to what the connection began with.
const AS_BEFORE: &str = "RESET statement_timeout; RESET lock_timeout; \
     RESET idle_in_transaction_session_timeout";

/// A pooled connection with more time on PostgreSQL until it is dropped.
pub struct PatientConnection(PooledConnection<Manager>);

impl PatientConnection {
    pub(super) fn new(mut connection: PooledConnection<Manager>) -> DbResult<Self> {
        if let DbConnection::Postgres(c) = &mut *connection {
            c.batch_execute(PATIENT)?;
        }
        Ok(Self(connection))
    }
}

impl Drop for PatientConnection {
    fn drop(&mut self) {
        type Manager = <DbConnection as Connection>::TransactionManager;
        let c = &mut *self.0;
        let depth = Manager::transaction_manager_status_mut(c).transaction_depth();
        // The pool closes the connection in the other cases.
        if thread::panicking() || !matches!(depth, Ok(None)) {
            return;
        }
        if let DbConnection::Postgres(c) = c
            && let Err(error) = c.batch_execute(AS_BEFORE)
        {
            tracing::warn!(%error, "A database connection keeps the deadlines of a job");
        }
    }
}

impl Deref for PatientConnection {
    type Target = DbConnection;
    fn deref(&self) -> &DbConnection {
        &self.0
    }
}

impl DerefMut for PatientConnection {
    fn deref_mut(&mut self) -> &mut DbConnection {
        &mut self.0
    }
}
