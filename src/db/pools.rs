//! The pool of connections, which can be replaced while it is in use.
//!
//! Whoever waits for a peer that never answers cannot be interrupted. So a pool whose connections
//! are stuck is left to those who wait for them, and everybody else gets a new one.

use std::{
    future::Future,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use diesel::r2d2::{Builder, Pool, PooledConnection};
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore, watch};

use super::{
    connection::{DbError, DbResult, Manager},
    shares::Shares,
};
use crate::config::DatabaseUrl;

/// Time to wait for a connection before [`DbError::Busy`].
pub(super) const CONNECTION_TIMEOUT: Duration = Duration::from_secs(10);

/// A pool, and who may use it.
pub(super) struct Generation {
    number: u64,
    pool: Pool<Manager>,
    permits: Arc<Semaphore>,
    shares: Shares,
}

/// The right to use a connection: a place in the share of an organisation, and one of all.
pub(super) struct Permits {
    _share: Option<OwnedSemaphorePermit>,
    _permit: OwnedSemaphorePermit,
}

impl Generation {
    fn new(number: u64, size: u32, pool: Pool<Manager>) -> Arc<Self> {
        Arc::new(Self {
            number,
            pool,
            permits: Arc::new(Semaphore::new(size as usize)),
            shares: Shares::of(size),
        })
    }

    async fn acquire(&self) -> Result<Permits, AcquireError> {
        // Whoever waits for a share keeps no connection from others.
        let share = self.shares.take().await;
        let permit = Arc::clone(&self.permits).acquire_owned().await?;
        Ok(Permits {
            _share: share,
            _permit: permit,
        })
    }

    /// A connection of this pool.
    pub(super) fn connect(&self) -> DbResult<PooledConnection<Manager>> {
        self.pool.get().map_err(|error| {
            tracing::warn!(%error, "No database connection was free in time");
            DbError::Busy
        })
    }
}

/// The present pool.
pub(super) struct Pools {
    pub(super) url: DatabaseUrl,
    size: u32,
    present: RwLock<Arc<Generation>>,
    number: watch::Sender<u64>,
    /// Number of times the database itself did not answer before the pool was replaced.
    outages: watch::Sender<u64>,
    suspected: AtomicBool,
}

impl Pools {
    /// Opens the first pool of at most `size` connections.
    pub(super) fn open(url: &DatabaseUrl, size: u32) -> DbResult<Self> {
        let pool = builder(size)
            .build(Manager(url.clone()))
            .map_err(|e| DbError::Unreachable(Box::new(e)))?;
        Ok(Self {
            url: url.clone(),
            size,
            present: RwLock::new(Generation::new(0, size, pool)),
            number: watch::Sender::new(0),
            outages: watch::Sender::new(0),
            suspected: AtomicBool::new(false),
        })
    }

    /// The present pool.
    pub(super) fn present(&self) -> Arc<Generation> {
        let present = self.present.read();
        Arc::clone(&present.unwrap_or_else(PoisonError::into_inner))
    }

    /// A pool, and the right to use it. Whoever waits for a pool that is replaced goes on with the
    /// new one.
    pub(super) async fn acquire(&self) -> DbResult<(Arc<Generation>, Permits)> {
        let acquired = async {
            loop {
                let (replaced, present) = (self.replaced(), self.present());
                tokio::select! {
                    biased;
                    permits = present.acquire() => {
                        return permits.map(|permits| (Arc::clone(&present), permits));
                    }
                    () = replaced => {}
                }
            }
        };
        match tokio::time::timeout(CONNECTION_TIMEOUT, acquired).await {
            Ok(Ok(acquired)) => Ok(acquired),
            _ => Err(DbError::Busy),
        }
    }

    /// Leaves the present pool to those who use it, and opens another. `after_outage` says that the
    /// database itself did not answer, not only one of the connections.
    pub(super) fn replace(&self, after_outage: bool) {
        let number = self.present().number + 1;
        let pool = builder(self.size).build_unchecked(Manager(self.url.clone()));
        let next = Generation::new(number, self.size, pool);
        let mut present = self.present.write().unwrap_or_else(PoisonError::into_inner);
        let last = std::mem::replace(&mut *present, next);
        drop(present);
        self.number.send_replace(number);
        if after_outage {
            self.outages.send_modify(|outages| *outages += 1);
        }
        // Closes idle connections, without the lock.
        drop(last);
    }

    /// Number of pools before the present one.
    pub(super) fn number(&self) -> u64 {
        *self.number.borrow()
    }

    /// Resolves when the pool that is present now has been replaced.
    pub(super) fn replaced(&self) -> impl Future<Output = ()> + use<> {
        changed(&self.number)
    }

    /// Resolves when the pool has been replaced after an outage. What runs on a connection from
    /// before may then never end.
    pub(super) fn after_outage(&self) -> impl Future<Output = ()> + use<> {
        changed(&self.outages)
    }

    /// Notes that a connection did not answer in time.
    pub(super) fn suspect(&self) {
        self.suspected.store(true, Ordering::Relaxed);
    }

    /// Whether a connection did not answer in time since the last call.
    pub(super) fn take_suspicion(&self) -> bool {
        self.suspected.swap(false, Ordering::Relaxed)
    }
}

/// Resolves when the number has changed.
fn changed(number: &watch::Sender<u64>) -> impl Future<Output = ()> + use<> {
    let mut numbers = number.subscribe();
    let number = *numbers.borrow_and_update();
    async move {
        if numbers.wait_for(|now| *now != number).await.is_err() {
            // Nobody is left who could change it.
            std::future::pending().await
        }
    }
}

fn builder(size: u32) -> Builder<Manager> {
    Pool::builder()
        .max_size(size)
        .min_idle(Some(1))
        .connection_timeout(CONNECTION_TIMEOUT)
}
