//! Figures that take long to make and change with imports only: kept, with the moment they were made.

pub mod store;

use serde::{Serialize, de::DeserializeOwned};

use super::Result;
use crate::{
    db::DbConnection,
    types::{Id, Instant, Json},
};

/// Keeps a figure in the place of the one before.
///
/// # Errors
/// Database errors.
pub fn keep(
    c: &mut DbConnection,
    organisation: Id,
    kind: &str,
    figure: &impl Serialize,
    now: Instant,
) -> Result<()> {
    Ok(store::keep_measurement(
        c,
        organisation,
        kind,
        Json::of(figure)?,
        now,
    )?)
}

/// A figure, when it was made. One of an older shape counts as none.
///
/// # Errors
/// Database errors.
pub fn find<T: DeserializeOwned>(
    c: &mut DbConnection,
    organisation: Id,
    kind: &str,
) -> Result<Option<T>> {
    let found = store::find_measurement(c, organisation, kind)?;
    Ok(found.and_then(|content| content.read().ok()))
}
