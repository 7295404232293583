//! Cached statistics: figures that take long to compute and change only with the feedback. They are
//! computed by a job ([`super::refresh`]) and kept with the time of their computation.

use serde::{Serialize, de::DeserializeOwned};

use super::{error::Result, store};
use crate::{
    db::DbConnection,
    types::{Id, Instant, Json},
};

/// Stores a figure, replacing the previous one of this kind.
pub fn keep(
    c: &mut DbConnection,
    organisation: Id,
    kind: &str,
    figure: &impl Serialize,
    now: Instant,
) -> Result<()> {
    let content = Json::of(figure)?;
    Ok(store::keep_statistic(c, organisation, kind, content, now)?)
}

/// The figure of this kind, if it was computed and still has the shape of `T`.
pub fn find<T: DeserializeOwned>(
    c: &mut DbConnection,
    organisation: Id,
    kind: &str,
) -> Result<Option<T>> {
    let found = store::find_statistic(c, organisation, kind)?;
    Ok(found.and_then(|content| content.read().ok()))
}
