//! The day in which people can correct or delete what they recorded. Pure.

use chrono::Duration;

use crate::types::Instant;

/// Hours after it was recorded in which something can be corrected or deleted.
const HOURS: i64 = 24;

/// Until when something that was recorded can be corrected or deleted.
pub fn correctable_until(recorded: Instant) -> Instant {
    recorded.plus(Duration::hours(HOURS))
}

/// Whether something that was recorded can be corrected or deleted now.
pub fn is_correctable(recorded: Instant, now: Instant) -> bool {
    now <= correctable_until(recorded)
}
