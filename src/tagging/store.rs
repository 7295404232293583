//! Tables of this capability: versions of the taxonomy and its draft, annotations, trained models
//! of themes and of the mood.

use diesel::{dsl::count, prelude::*};

use super::sampling::Sampling;
use crate::{
    db::{
        DbConnection, DbError, DbResult,
        schema::{annotations, mood_models, taxonomies, taxonomy_drafts, theme_models},
        values::text_enum,
    },
    types::{Id, Instant, Json},
};

text_enum!(Sampling);

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = taxonomies)]
pub struct TaxonomyRow {
    pub organisation_id: Id,
    pub version: i32,
    pub source: String,
    pub note: String,
    pub created_by: String,
    pub created_at: Instant,
}

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = annotations)]
pub struct AnnotationRow {
    pub organisation_id: Id,
    pub id: Id,
    pub clause_key: String,
    pub clause_text: String,
    pub themes: Json,
    /// Themes that the words found, for comparison.
    pub lexicon_themes: Json,
    pub sampling: Sampling,
    pub reason: String,
    pub created_by: String,
    pub created_at: Instant,
}

pub fn newest_taxonomy(c: &mut DbConnection, organisation: Id) -> DbResult<Option<TaxonomyRow>> {
    Ok(taxonomies::table
        .filter(taxonomies::organisation_id.eq(organisation))
        .order(taxonomies::version.desc())
        .select(TaxonomyRow::as_select())
        .first(c)
        .optional()?)
}

pub fn insert_taxonomy(c: &mut DbConnection, row: &TaxonomyRow) -> DbResult<()> {
    diesel::insert_into(taxonomies::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

/// The draft of the next version.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = taxonomy_drafts)]
pub struct DraftRow {
    pub organisation_id: Id,
    /// Revision from 1; grows with every change.
    pub revision: i32,
    pub changes: Json,
    pub changed_by: String,
    pub changed_at: Instant,
}

pub fn find_draft(c: &mut DbConnection, organisation: Id) -> DbResult<Option<DraftRow>> {
    Ok(taxonomy_drafts::table
        .filter(taxonomy_drafts::organisation_id.eq(organisation))
        .order(taxonomy_drafts::revision.desc())
        .select(DraftRow::as_select())
        .first(c)
        .optional()?)
}

/// Stores the next revision of a draft; false if somebody else has stored it.
pub fn keep_draft(c: &mut DbConnection, row: &DraftRow) -> DbResult<bool> {
    let inserted = diesel::insert_into(taxonomy_drafts::table)
        .values(row)
        .execute(c);
    match inserted.map_err(DbError::from) {
        Ok(_) => Ok(true),
        Err(DbError::Duplicate) => Ok(false),
        Err(error) => Err(error),
    }
}

pub fn insert_annotation(c: &mut DbConnection, row: &AnnotationRow) -> DbResult<()> {
    diesel::insert_into(annotations::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

/// All annotations, oldest first.
pub fn annotations(c: &mut DbConnection, organisation: Id) -> DbResult<Vec<AnnotationRow>> {
    Ok(annotations::table
        .filter(annotations::organisation_id.eq(organisation))
        .order(annotations::id)
        .select(AnnotationRow::as_select())
        .load(c)?)
}

/// Number of different clauses with an annotation.
pub fn annotated_clauses(c: &mut DbConnection, organisation: Id) -> DbResult<usize> {
    let n: i64 = annotations::table
        .filter(annotations::organisation_id.eq(organisation))
        .select(count(annotations::clause_key).aggregate_distinct())
        .first(c)?;
    Ok(usize::try_from(n).unwrap_or(0))
}

pub fn newest_model_version(c: &mut DbConnection, organisation: Id) -> DbResult<Option<i32>> {
    Ok(theme_models::table
        .filter(theme_models::organisation_id.eq(organisation))
        .order(theme_models::version.desc())
        .select(theme_models::version)
        .first(c)
        .optional()?)
}

pub fn find_model(
    c: &mut DbConnection,
    organisation: Id,
    version: i32,
) -> DbResult<Option<String>> {
    Ok(theme_models::table
        .find((organisation, version))
        .select(theme_models::content)
        .first(c)
        .optional()?)
}

pub fn insert_model(
    c: &mut DbConnection,
    organisation: Id,
    version: i32,
    content: &str,
    now: Instant,
) -> DbResult<()> {
    let row = (
        theme_models::organisation_id.eq(organisation),
        theme_models::version.eq(version),
        theme_models::content.eq(content),
        theme_models::created_at.eq(now),
    );
    diesel::insert_into(theme_models::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

/// A version of the mood model.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = mood_models)]
pub struct MoodModelRow {
    pub organisation_id: Id,
    pub version: i32,
    pub taxonomy_version: i32,
    /// Comments with a score that there were.
    pub scored_comments: i64,
    /// `None` where they were too few.
    pub content: Option<String>,
    pub created_at: Instant,
}

pub fn newest_mood_version(c: &mut DbConnection, organisation: Id) -> DbResult<Option<i32>> {
    Ok(mood_models::table
        .filter(mood_models::organisation_id.eq(organisation))
        .order(mood_models::version.desc())
        .select(mood_models::version)
        .first(c)
        .optional()?)
}

pub fn newest_mood_model(c: &mut DbConnection, organisation: Id) -> DbResult<Option<MoodModelRow>> {
    Ok(mood_models::table
        .filter(mood_models::organisation_id.eq(organisation))
        .order(mood_models::version.desc())
        .select(MoodModelRow::as_select())
        .first(c)
        .optional()?)
}

pub fn insert_mood_model(c: &mut DbConnection, row: &MoodModelRow) -> DbResult<()> {
    diesel::insert_into(mood_models::table)
        .values(row)
        .execute(c)?;
    Ok(())
}
