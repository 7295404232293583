//! The tables of imports, the pieces of their files, and rejected rows.

use std::collections::BTreeSet;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    db::{
        DbConnection, DbResult,
        schema::{import_chunks, import_rejections, imports},
        stored_message::StoredMessage,
        values::text_enum,
    },
    locale::{Localised, Message},
    msg, on_backend,
    types::{Id, Instant, Json},
};

/// How far an import has got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ImportState {
    /// Shown in a preview; its file is kept until somebody imports it, or for an hour.
    Previewed,
    /// Queued, or its file is still being uploaded.
    Waiting,
    Running,
    /// The file was read to its end.
    Finished,
    /// The file could not be read to its end; what was imported before stays.
    Stopped,
    /// Its rows were removed again.
    Undone,
}

impl ImportState {
    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Previewed => "previewed",
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Stopped => "stopped",
            Self::Undone => "undone",
        }
    }

    /// The state with this stable name.
    pub fn parse(name: &str) -> Option<Self> {
        [
            Self::Previewed,
            Self::Waiting,
            Self::Running,
            Self::Finished,
            Self::Stopped,
            Self::Undone,
        ]
        .into_iter()
        .find(|state| state.as_str() == name)
    }
}

text_enum!(ImportState);

impl Localised for ImportState {
    fn message(&self) -> Message {
        match self {
            Self::Previewed => msg!("import-state-previewed"),
            Self::Waiting => msg!("import-state-waiting"),
            Self::Running => msg!("import-state-running"),
            Self::Finished => msg!("import-state-finished"),
            Self::Stopped => msg!("import-state-stopped"),
            Self::Undone => msg!("import-state-undone"),
        }
    }
}

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = imports)]
pub struct ImportRow {
    pub organisation_id: Id,
    pub id: Id,
    pub source: String,
    pub mapping: Json,
    pub state: ImportState,
    pub problem: Option<StoredMessage>,
    pub rows_read: i64,
    pub imported: i64,
    pub duplicates: i64,
    pub rejected: i64,
    pub comments: i64,
    pub redactions: i64,
    pub created_by: String,
    pub started_at: Instant,
    pub finished_at: Option<Instant>,
    pub corrected: i64,
    /// Whether rows that are stored already are corrected where they differ.
    pub corrects: bool,
    /// An [`ImportReport`](crate::feedback::ImportReport); older imports have none.
    pub report: Option<Json>,
    /// The source whose deliveries of a day are added to this import.
    pub source_id: Option<Id>,
    /// The day of these deliveries, as its midnight in UTC.
    pub delivered_on: Option<Instant>,
}

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = import_rejections)]
#[diesel(treat_none_as_default_value = false)]
pub struct Rejection {
    pub organisation_id: Id,
    pub import_id: Id,
    pub row_number: i64,
    pub column_name: String,
    pub reason: StoredMessage,
}

pub fn insert_import(c: &mut DbConnection, row: &ImportRow) -> DbResult<()> {
    diesel::insert_into(imports::table).values(row).execute(c)?;
    Ok(())
}

pub fn find_import(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<Option<ImportRow>> {
    Ok(imports::table
        .find((organisation, id))
        .select(ImportRow::as_select())
        .first(c)
        .optional()?)
}

/// Deletes an import that has neither rows nor rejections.
pub fn delete_import(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<()> {
    delete_chunks(c, organisation, id)?;
    diesel::delete(imports::table.find((organisation, id))).execute(c)?;
    Ok(())
}

pub fn imports(c: &mut DbConnection, organisation: Id, limit: i64) -> DbResult<Vec<ImportRow>> {
    Ok(imports::table
        .filter(imports::organisation_id.eq(organisation))
        .order(imports::id.desc())
        .limit(limit)
        .select(ImportRow::as_select())
        .load(c)?)
}

/// The mappings of these imports.
pub fn mappings_of(
    c: &mut DbConnection,
    organisation: Id,
    ids: &BTreeSet<Id>,
) -> DbResult<Vec<(Id, Json)>> {
    Ok(imports::table
        .filter(imports::organisation_id.eq(organisation))
        .filter(imports::id.eq_any(ids))
        .order(imports::id)
        .select((imports::id, imports::mapping))
        .load(c)?)
}

pub fn update_import(c: &mut DbConnection, row: &ImportRow) -> DbResult<()> {
    diesel::update(imports::table.find((row.organisation_id, row.id)))
        .set((
            imports::state.eq(row.state),
            imports::problem.eq(&row.problem),
            imports::rows_read.eq(row.rows_read),
            imports::imported.eq(row.imported),
            imports::duplicates.eq(row.duplicates),
            imports::rejected.eq(row.rejected),
            imports::comments.eq(row.comments),
            imports::redactions.eq(row.redactions),
            imports::corrected.eq(row.corrected),
            imports::finished_at.eq(row.finished_at),
            imports::report.eq(&row.report),
        ))
        .execute(c)?;
    Ok(())
}

/// [`update_import`] by a job that read up to `rows_read` before. Returns `false`, and changes
/// nothing, if another worker has gone on since or the import has ended.
pub fn advance_import(c: &mut DbConnection, row: &ImportRow, rows_read: i64) -> DbResult<bool> {
    // Writing first also locks the row until the transaction ends.
    let mine = imports::table
        .find((row.organisation_id, row.id))
        .filter(imports::rows_read.eq(rows_read))
        .filter(imports::finished_at.is_null());
    let locked = diesel::update(mine)
        .set(imports::rows_read.eq(row.rows_read))
        .execute(c)?;
    if locked == 1 {
        update_import(c, row)?;
    }
    Ok(locked == 1)
}

/// The import of a source's deliveries of a day, locked until the transaction ends.
pub fn lock_import_of_day(
    c: &mut DbConnection,
    organisation: Id,
    source: Id,
    day: Instant,
    now: Instant,
) -> DbResult<Option<ImportRow>> {
    let own = imports::table
        .filter(imports::organisation_id.eq(organisation))
        .filter(imports::source_id.eq(source))
        .filter(imports::delivered_on.eq(day));
    let locked = diesel::update(own)
        .set(imports::finished_at.eq(Some(now)))
        .execute(c)?;
    if locked == 0 {
        return Ok(None);
    }
    Ok(own.select(ImportRow::as_select()).first(c).optional()?)
}

/// Ends the import of a day: later deliveries begin another one.
pub fn close_import_of_day(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<()> {
    diesel::update(imports::table.find((organisation, id)))
        .set(imports::source_id.eq(None::<Id>))
        .execute(c)?;
    Ok(())
}

/// The imports of all organisations that began before `before` and have not ended.
pub fn unfinished_imports(c: &mut DbConnection, before: Instant) -> DbResult<Vec<ImportRow>> {
    Ok(imports::table
        .filter(imports::state.eq_any([ImportState::Waiting, ImportState::Running]))
        .filter(imports::finished_at.is_null())
        .filter(imports::started_at.lt(before))
        .order((imports::organisation_id, imports::id))
        .select(ImportRow::as_select())
        .load(c)?)
}

pub fn insert_chunk(
    c: &mut DbConnection,
    organisation: Id,
    import: Id,
    position: i32,
    bytes: &[u8],
) -> DbResult<()> {
    let row = (
        import_chunks::organisation_id.eq(organisation),
        import_chunks::import_id.eq(import),
        import_chunks::position.eq(position),
        import_chunks::bytes.eq(bytes),
    );
    diesel::insert_into(import_chunks::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

pub fn find_chunk(
    c: &mut DbConnection,
    organisation: Id,
    import: Id,
    position: i32,
) -> DbResult<Option<Vec<u8>>> {
    Ok(import_chunks::table
        .find((organisation, import, position))
        .select(import_chunks::bytes)
        .first(c)
        .optional()?)
}

/// Whether a piece of an import's file is stored.
pub fn has_chunks(c: &mut DbConnection, organisation: Id, import: Id) -> DbResult<bool> {
    let pieces: i64 = import_chunks::table
        .filter(import_chunks::organisation_id.eq(organisation))
        .filter(import_chunks::import_id.eq(import))
        .count()
        .get_result(c)?;
    Ok(pieces > 0)
}

pub fn delete_chunks(c: &mut DbConnection, organisation: Id, import: Id) -> DbResult<()> {
    let own = import_chunks::organisation_id
        .eq(organisation)
        .and(import_chunks::import_id.eq(import));
    diesel::delete(import_chunks::table.filter(own)).execute(c)?;
    Ok(())
}

pub fn insert_rejections(c: &mut DbConnection, rows: &[Rejection]) -> DbResult<()> {
    on_backend!(c, c => diesel::insert_into(import_rejections::table)
        .values(rows)
        .on_conflict((import_rejections::organisation_id, import_rejections::import_id, import_rejections::row_number))
        .do_nothing()
        .execute(c))?;
    Ok(())
}

pub fn rejections(
    c: &mut DbConnection,
    organisation: Id,
    import: Id,
    limit: i64,
) -> DbResult<Vec<Rejection>> {
    Ok(import_rejections::table
        .filter(
            import_rejections::organisation_id
                .eq(organisation)
                .and(import_rejections::import_id.eq(import)),
        )
        .order(import_rejections::row_number)
        .limit(limit)
        .select(Rejection::as_select())
        .load(c)?)
}
