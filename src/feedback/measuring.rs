//! When the figures that take long are made anew: after what changed the feedback, in the background.

use serde::{Deserialize, Serialize};

use super::{Result, drivers, spread};
use crate::{
    db::{Database, DbConnection, DbResult},
    queue::{self, Job},
    types::{Id, Instant},
};

/// Rows from which the figures are worth making at once. Fewer wait, so that records sent one by one are read together.
const MANY_ROWS: i64 = 50;
const WAIT: chrono::Duration = chrono::Duration::hours(1);

/// Measures the spread between agents, on which plans rest, and weighs the themes.
#[derive(Debug, Serialize, Deserialize)]
pub struct Measure {}

impl Job for Measure {
    const KIND: &'static str = "feedback.refresh_statistics";
}

/// Asks for the figures after `rows` were added, changed or taken away.
///
/// # Errors
/// Database errors.
pub fn ask(c: &mut DbConnection, organisation: Id, rows: i64, now: Instant) -> DbResult<()> {
    let due = match rows {
        ..=0 => return Ok(()),
        1..MANY_ROWS => now.plus(WAIT),
        MANY_ROWS.. => now,
    };
    queue::enqueue_once(c, organisation, &Measure {}, due, now)
}

/// Makes the figures.
///
/// # Errors
/// Database errors.
pub fn run(database: &Database, organisation: Id, now: Instant) -> Result<()> {
    spread::measure(database, organisation, now)?;
    drivers::measure(database, organisation, now)
}
