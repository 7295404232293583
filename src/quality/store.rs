//! Tables of this capability: imports of quality checks, and their scores.

use diesel::{dsl::count_star, prelude::*};

use crate::{
    db::{
        DbConnection, DbResult,
        schema::{qa_imports, qa_scores},
    },
    on_backend,
    types::{Id, Instant, Json},
};

/// An import without its file.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = qa_imports)]
pub struct QualityImportRow {
    pub organisation_id: Id,
    pub id: Id,
    pub source: String,
    pub mapping: Json,
    pub rows_read: i64,
    pub imported: i64,
    pub corrected: i64,
    pub duplicates: i64,
    pub rejected: i64,
    pub rejections: Json,
    pub created_by: String,
    pub created_at: Instant,
    pub imported_at: Option<Instant>,
    pub undone_at: Option<Instant>,
}

pub fn insert_import(
    c: &mut DbConnection,
    row: &QualityImportRow,
    file: Option<&[u8]>,
) -> DbResult<()> {
    diesel::insert_into(qa_imports::table)
        .values(row)
        .execute(c)?;
    diesel::update(qa_imports::table.find((row.organisation_id, row.id)))
        .set(qa_imports::file.eq(file))
        .execute(c)?;
    Ok(())
}

/// Deletes this person's uploads whose columns were not mapped.
pub fn delete_waiting(c: &mut DbConnection, organisation: Id, by: &str) -> DbResult<()> {
    let waiting = qa_imports::table
        .filter(qa_imports::organisation_id.eq(organisation))
        .filter(qa_imports::created_by.eq(by))
        .filter(qa_imports::imported_at.is_null());
    diesel::delete(waiting).execute(c)?;
    Ok(())
}

/// Stores the outcome of an import, whose file is no longer needed.
pub fn finish_import(c: &mut DbConnection, row: &QualityImportRow) -> DbResult<()> {
    diesel::update(qa_imports::table.find((row.organisation_id, row.id)))
        .set((
            qa_imports::mapping.eq(&row.mapping),
            qa_imports::rows_read.eq(row.rows_read),
            qa_imports::imported.eq(row.imported),
            qa_imports::corrected.eq(row.corrected),
            qa_imports::duplicates.eq(row.duplicates),
            qa_imports::rejected.eq(row.rejected),
            qa_imports::rejections.eq(&row.rejections),
            qa_imports::imported_at.eq(row.imported_at),
            qa_imports::undone_at.eq(row.undone_at),
            qa_imports::file.eq(None::<Vec<u8>>),
        ))
        .execute(c)?;
    Ok(())
}

pub fn find_import(
    c: &mut DbConnection,
    organisation: Id,
    id: Id,
) -> DbResult<Option<QualityImportRow>> {
    Ok(qa_imports::table
        .find((organisation, id))
        .select(QualityImportRow::as_select())
        .first(c)
        .optional()?)
}

/// The file of an upload whose columns are not mapped yet.
pub fn file_of(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<Option<Vec<u8>>> {
    let file = qa_imports::table
        .find((organisation, id))
        .select(qa_imports::file)
        .first::<Option<Vec<u8>>>(c)
        .optional()?;
    Ok(file.flatten())
}

/// The newest imports, newest first.
pub fn imports(
    c: &mut DbConnection,
    organisation: Id,
    limit: i64,
) -> DbResult<Vec<QualityImportRow>> {
    Ok(qa_imports::table
        .filter(qa_imports::organisation_id.eq(organisation))
        .order(qa_imports::id.desc())
        .limit(limit)
        .select(QualityImportRow::as_select())
        .load(c)?)
}

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = qa_scores)]
#[diesel(treat_none_as_default_value = false)]
pub struct QualityScoreRow {
    pub organisation_id: Id,
    pub id: Id,
    pub import_id: Id,
    pub agent_id: Id,
    /// A day, as its midnight.
    pub checked_on: Instant,
    pub contact: String,
    pub criterion: String,
    pub theme: Option<String>,
    pub evaluator: String,
    pub share: f64,
    pub met: bool,
    /// The import that corrected it.
    pub replaced_by: Option<Id>,
}

pub fn insert_scores(c: &mut DbConnection, rows: &[QualityScoreRow]) -> DbResult<()> {
    // Twelve values a row, below what either database takes in one statement.
    for some in rows.chunks(2_000) {
        on_backend!(c, c => diesel::insert_into(qa_scores::table).values(some).execute(c))?;
    }
    Ok(())
}

/// Current scores of a period, both days included, oldest first; of one agent, or of all.
pub fn scores(
    c: &mut DbConnection,
    organisation: Id,
    agent: Option<Id>,
    (from, to): (Instant, Instant),
) -> DbResult<Vec<QualityScoreRow>> {
    let current = qa_scores::table
        .filter(qa_scores::organisation_id.eq(organisation))
        .filter(qa_scores::replaced_by.is_null())
        .filter(qa_scores::checked_on.ge(from))
        .filter(qa_scores::checked_on.le(to))
        .order((qa_scores::checked_on, qa_scores::id))
        .select(QualityScoreRow::as_select());
    Ok(match agent {
        Some(agent) => current.filter(qa_scores::agent_id.eq(agent)).load(c)?,
        None => current.load(c)?,
    })
}

/// Number of current scores of a period by criterion, agent, and whether the criterion was met.
pub fn counts(
    c: &mut DbConnection,
    organisation: Id,
    (from, to): (Instant, Instant),
) -> DbResult<Vec<(String, Id, bool, i64)>> {
    Ok(qa_scores::table
        .filter(qa_scores::organisation_id.eq(organisation))
        .filter(qa_scores::replaced_by.is_null())
        .filter(qa_scores::checked_on.ge(from))
        .filter(qa_scores::checked_on.le(to))
        .group_by((qa_scores::criterion, qa_scores::agent_id, qa_scores::met))
        .select((
            qa_scores::criterion,
            qa_scores::agent_id,
            qa_scores::met,
            count_star(),
        ))
        .load(c)?)
}

/// Marks scores as corrected by an import; with `None`, as current again.
pub fn set_replaced(
    c: &mut DbConnection,
    organisation: Id,
    ids: &[Id],
    by: Option<Id>,
) -> DbResult<()> {
    for some in ids.chunks(500) {
        let replaced = qa_scores::table
            .filter(qa_scores::organisation_id.eq(organisation))
            .filter(qa_scores::id.eq_any(some));
        diesel::update(replaced)
            .set(qa_scores::replaced_by.eq(by))
            .execute(c)?;
    }
    Ok(())
}

/// Scores that an import brought.
pub fn scores_of_import(
    c: &mut DbConnection,
    organisation: Id,
    import: Id,
) -> DbResult<Vec<QualityScoreRow>> {
    Ok(qa_scores::table
        .filter(qa_scores::organisation_id.eq(organisation))
        .filter(qa_scores::import_id.eq(import))
        .select(QualityScoreRow::as_select())
        .load(c)?)
}

/// Scores that an import corrected.
pub fn replaced_by(
    c: &mut DbConnection,
    organisation: Id,
    import: Id,
) -> DbResult<Vec<QualityScoreRow>> {
    Ok(qa_scores::table
        .filter(qa_scores::organisation_id.eq(organisation))
        .filter(qa_scores::replaced_by.eq(import))
        .select(QualityScoreRow::as_select())
        .load(c)?)
}

pub fn delete_scores_of_import(c: &mut DbConnection, organisation: Id, import: Id) -> DbResult<()> {
    let scores = qa_scores::table
        .filter(qa_scores::organisation_id.eq(organisation))
        .filter(qa_scores::import_id.eq(import));
    diesel::delete(scores).execute(c)?;
    Ok(())
}
