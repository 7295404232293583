//! Schedules the recomputation of cached statistics and the training of the mood model after the
//! feedback changed.

use serde::{Deserialize, Serialize};

use crate::{
    db::{DbConnection, DbResult},
    queue::{self, Job},
    tagging::TrainMoodModel,
    types::{Id, Instant},
};

/// Rows from which statistics are recomputed immediately. Fewer wait, so that records sent one by
/// one cause one recomputation.
const MANY_ROWS: i64 = 50;
const WAIT: chrono::Duration = chrono::Duration::hours(1);

/// Recomputes the cached statistics; [`crate::insight`] carries it out.
#[derive(Debug, Serialize, Deserialize)]
pub struct RefreshStatistics {}

impl Job for RefreshStatistics {
    const KIND: &'static str = "feedback.refresh_statistics";
}

/// Requests a recomputation after `rows` records were added, changed or removed. The mood model is
/// trained after it, if enough has changed.
pub fn request(c: &mut DbConnection, organisation: Id, rows: i64, now: Instant) -> DbResult<()> {
    let due = match rows {
        ..=0 => return Ok(()),
        1..MANY_ROWS => now.plus(WAIT),
        MANY_ROWS.. => now,
    };
    queue::enqueue_once(c, organisation, &RefreshStatistics {}, due, now)?;
    queue::enqueue_once(c, organisation, &TrainMoodModel {}, due, now)
}
