//! Versions of the practice library: the current one, and saving the next.

use super::{
    error::{CoachingError, Result},
    library::Library,
    store,
};
use crate::{
    accounts::Actor,
    db::DbConnection,
    tagging,
    text::{entered, taxonomy::Taxonomy},
    types::{Id, Instant},
};

/// The current practice library.
pub fn library(c: &mut DbConnection, organisation: Id, taxonomy: &Taxonomy) -> Result<Library> {
    let Some(row) = store::newest_library(c, organisation)? else {
        return Ok(Library::shipped().clone());
    };
    // A theme may have been removed since. Until somebody corrects the version, the shipped library
    // is used.
    Ok(Library::parse(&row.source, taxonomy).unwrap_or_else(|_| Library::shipped().clone()))
}

/// Source and version of the current library; version 0 is the shipped one.
pub fn library_source(c: &mut DbConnection, organisation: Id) -> Result<(String, i32)> {
    Ok(match store::newest_library(c, organisation)? {
        Some(row) => (row.source, row.version),
        None => (Library::SHIPPED_SOURCE.to_owned(), 0),
    })
}

/// Checks a library and saves it as the version that replaces `instead_of`. Existing plans keep
/// their practice. Returns the new version.
///
/// # Errors
/// [`CoachingError::Library`]; [`CoachingError::Outdated`] if `instead_of` is no longer current.
pub fn save_library(
    c: &mut DbConnection,
    actor: &Actor,
    source: &str,
    note: &str,
    instead_of: i32,
    now: Instant,
) -> Result<i32> {
    let (_, present) = library_source(c, actor.organisation)?;
    if present != instead_of {
        return Err(CoachingError::Outdated);
    }
    let source = source.replace("\r\n", "\n");
    Library::parse(&source, &*tagging::taxonomy(c, actor.organisation)?)?;
    let row = store::LibraryRow {
        organisation_id: actor.organisation,
        version: present + 1,
        source,
        note: entered::line(note).chars().take(500).collect(),
        created_by: actor.label(),
        created_at: now,
    };
    store::insert_library(c, &row)?;
    let organisation = actor.organisation;
    actor.record(c, "practice.saved", ("practice", organisation), now)?;
    Ok(row.version)
}
