//! Large writes, such as those of an import.

use std::ops::{Deref, DerefMut};

use diesel::connection::SimpleConnection;

use super::{
    connection::{DbConnection, DbResult, SQLITE_MEMORY},
    patient::PatientConnection,
};

/// Keys of a customer's export come in no order, so a batch touches pages all over the indexes.
/// With four times the memory, SQLite writes each page once a batch and reads none again.
const SQLITE_BULK_MEMORY: &str = "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 16000;";

/// A patient connection with more memory for pages on SQLite until it is dropped.
pub struct BulkConnection(PatientConnection);

impl BulkConnection {
    pub(super) fn new(mut connection: PatientConnection) -> DbResult<Self> {
        if let DbConnection::Sqlite(c) = &mut *connection {
            c.batch_execute(SQLITE_BULK_MEMORY)?;
        }
        Ok(Self(connection))
    }
}

impl Drop for BulkConnection {
    fn drop(&mut self) {
        if let DbConnection::Sqlite(c) = &mut *self.0
            && let Err(error) = c.batch_execute(SQLITE_MEMORY)
        {
            tracing::warn!(%error, "A database connection keeps the memory of an import");
        }
    }
}

impl Deref for BulkConnection {
    type Target = DbConnection;
    fn deref(&self) -> &DbConnection {
        &self.0
    }
}

impl DerefMut for BulkConnection {
    fn deref_mut(&mut self) -> &mut DbConnection {
        &mut self.0
    }
}

/// Rows in portions of at most `most`, in order, without copying them.
pub fn in_chunks<T>(rows: Vec<T>, most: usize) -> impl Iterator<Item = Vec<T>> {
    let mut rows = rows.into_iter();
    std::iter::from_fn(move || {
        let some: Vec<T> = rows.by_ref().take(most).collect();
        (!some.is_empty()).then_some(some)
    })
}
