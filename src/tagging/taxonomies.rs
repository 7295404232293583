//! An organisation's taxonomy, in versions.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::{
    cache::Cache,
    error::{Result, TaggingError},
    store,
};
use crate::{
    accounts::Actor,
    db::DbConnection,
    text::{entered, lexicon::Lexicon, taxonomy::Taxonomy},
    types::{Id, Instant, hex},
};

/// Versions of organisations count from here; those of the shipped taxonomy are lower.
const FIRST_VERSION: i32 = 101;

/// Compiled lexicons, by digest and version: compiling takes some 20 ms.
static COMPILED: Cache<(String, i32), Lexicon> = Cache::new();

/// Parses and compiles a taxonomy, as this version.
pub(super) fn compile(source: &str, version: i32) -> Result<Arc<Lexicon>> {
    let mut taxonomy = Taxonomy::parse(source)?;
    taxonomy.version = version;
    Ok(Arc::new(Lexicon::new(Arc::new(taxonomy))?))
}

fn compiled(source: &str, version: i32) -> Result<Arc<Lexicon>> {
    let key = (hex(&Sha256::digest(source.as_bytes())), version);
    if let Some(lexicon) = COMPILED.get(&key) {
        return Ok(lexicon);
    }
    let lexicon = compile(source, version)?;
    COMPILED.insert(key, &lexicon);
    Ok(lexicon)
}

/// The taxonomy in force, compiled.
pub fn lexicon(c: &mut DbConnection, organisation: Id) -> Result<Arc<Lexicon>> {
    match store::newest_taxonomy(c, organisation)? {
        Some(row) => compiled(&row.source, row.version),
        None => Ok(Arc::clone(Lexicon::shipped())),
    }
}

/// The taxonomy in force.
pub fn taxonomy(c: &mut DbConnection, organisation: Id) -> Result<Arc<Taxonomy>> {
    Ok(Arc::clone(lexicon(c, organisation)?.taxonomy()))
}

/// The text of the taxonomy in force, and its version.
pub fn taxonomy_source(c: &mut DbConnection, organisation: Id) -> Result<(String, i32)> {
    Ok(match store::newest_taxonomy(c, organisation)? {
        Some(row) => (row.source, row.version),
        None => (
            Taxonomy::SHIPPED_SOURCE.to_owned(),
            Taxonomy::shipped().version,
        ),
    })
}

/// Checks a text and makes it the taxonomy in force, in place of version `instead_of`. The caller
/// has the comments tagged again.
///
/// # Errors
/// [`TaggingError::Taxonomy`] or [`TaggingError::Lexicon`] for a text that cannot be used,
/// [`TaggingError::Outdated`] when another version was saved in the meantime.
pub fn save_taxonomy(
    c: &mut DbConnection,
    actor: &Actor,
    source: &str,
    note: &str,
    instead_of: i32,
    now: Instant,
) -> Result<i32> {
    let (_, present) = taxonomy_source(c, actor.organisation)?;
    if present != instead_of {
        return Err(TaggingError::Outdated);
    }
    let version = (present + 1).max(FIRST_VERSION);
    compiled(source, version)?;
    store::insert_taxonomy(
        c,
        &store::TaxonomyRow {
            organisation_id: actor.organisation,
            version,
            source: source.to_owned(),
            note: entered::line(note).chars().take(500).collect(),
            created_by: actor.label(),
            created_at: now,
        },
    )?;
    actor.record(c, "taxonomy.saved", ("taxonomy", version.to_string()), now)?;
    Ok(version)
}
