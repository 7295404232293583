//! The period that ends with the newest feedback.

use super::{error::Result, period::Period, store};
use crate::{
    db::DbConnection,
    types::{Id, Instant},
};

/// The `days` that end now, or with the newest feedback if that is older: a file of last year is
/// read over last year's period.
pub fn latest_period(
    c: &mut DbConnection,
    organisation: Id,
    days: i64,
    now: Instant,
) -> Result<Period> {
    let newest = store::newest_feedback(c, organisation)?;
    let to = newest.map_or(now, |newest| newest.min(now));
    Ok(Period::ending(to, days))
}
