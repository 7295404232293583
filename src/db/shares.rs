//! Shares of the connections, so that one organisation does not keep all others waiting.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::types::Id;

/// Connections that no organisation takes alone.
const KEPT_FREE: usize = 2;

tokio::task_local! {
    static ORGANISATION: Option<Id>;
}

/// Runs `work` with the share of an organisation. Without one no share applies.
pub async fn on_behalf_of<F: Future>(organisation: Option<Id>, work: F) -> F::Output {
    ORGANISATION.scope(organisation, work).await
}

/// What each organisation may still take. An organisation has one entry, for as long as the program
/// runs.
#[derive(Clone)]
pub(super) struct Shares {
    size: usize,
    taken: Arc<Mutex<BTreeMap<Id, Arc<Semaphore>>>>,
}

impl Shares {
    /// Shares of `connections`.
    pub(super) fn of(connections: u32) -> Self {
        Self {
            size: (connections as usize).saturating_sub(KEPT_FREE).max(1),
            taken: Arc::default(),
        }
    }

    /// Waits for a place in the share of the organisation that is worked for, if there is one.
    pub(super) async fn take(&self) -> Option<OwnedSemaphorePermit> {
        let organisation = ORGANISATION.try_with(|known| *known).ok().flatten()?;
        let share = {
            let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
            let share = taken.entry(organisation);
            Arc::clone(share.or_insert_with(|| Arc::new(Semaphore::new(self.size))))
        };
        share.acquire_owned().await.ok()
    }
}
