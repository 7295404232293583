//! Editions of the practice library: the one in force, and how another takes its place.

use super::{
    error::{CoachingError, Result},
    library::Library,
    store,
};
use crate::{
    accounts::Actor,
    audit::{self, Event},
    db::DbConnection,
    tagging,
    text::taxonomy::Taxonomy,
    types::{Id, Instant},
};

/// The practice library in force.
///
/// # Errors
/// Database errors.
pub fn library(c: &mut DbConnection, organisation: Id, taxonomy: &Taxonomy) -> Result<Library> {
    let Some(edition) = store::newest_library(c, organisation)? else {
        return Ok(Library::shipped().clone());
    };
    // A theme may have gone since: the shipped library then stands in until the text is mended.
    Ok(Library::parse(&edition.source, taxonomy).unwrap_or_else(|_| Library::shipped().clone()))
}

/// The text of the library in force, and its number; 0 is the shipped one.
///
/// # Errors
/// Database errors.
pub fn library_source(c: &mut DbConnection, organisation: Id) -> Result<(String, i32)> {
    Ok(match store::newest_library(c, organisation)? {
        Some(edition) => (edition.source, edition.version),
        None => (Library::SHIPPED_SOURCE.to_owned(), 0),
    })
}

/// Checks a library's text and puts it in force in the place of edition `instead_of`. Plans made before keep what they had.
///
/// # Errors
/// What is wrong with the text, or that another edition came between.
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
        note: note.chars().filter(|c| !c.is_control()).take(500).collect(),
        created_by: actor.label(),
        created_at: now,
    };
    store::insert_library(c, &row)?;
    let organisation = actor.organisation;
    audit::record(
        c,
        Event::new(
            organisation,
            actor.label(),
            "practice.saved",
            ("practice", organisation),
        ),
        now,
    )?;
    Ok(row.version)
}
