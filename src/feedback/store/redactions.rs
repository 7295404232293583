//! The table of personal data that was taken out of comments.

use diesel::prelude::*;

use crate::{
    db::{DbConnection, DbResult, schema::redactions},
    on_backend,
    types::{Id, Instant},
};

/// A piece of personal data that was taken out of a comment.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = redactions)]
pub struct RedactionRow {
    pub organisation_id: Id,
    pub id: Id,
    pub feedback_id: Id,
    /// Its kind in square brackets, which is in its place.
    pub mark: String,
    /// Where the mark begins in the stored comment, in bytes.
    pub position: i32,
    pub original: String,
    /// An administrator put the original back.
    pub restored: bool,
    pub created_at: Instant,
}

pub fn insert_redactions(c: &mut DbConnection, rows: &[RedactionRow]) -> DbResult<()> {
    // Eight values a row, below what either database takes in one statement.
    for some in rows.chunks(3_000) {
        on_backend!(c, c => diesel::insert_into(redactions::table).values(some).execute(c))?;
    }
    Ok(())
}

/// Those that are not restored, newest first, behind `after`.
pub fn newest_redactions(
    c: &mut DbConnection,
    organisation: Id,
    after: Option<Id>,
    limit: i64,
) -> DbResult<Vec<RedactionRow>> {
    let mut query = redactions::table
        .filter(redactions::organisation_id.eq(organisation))
        .filter(redactions::restored.eq(false))
        .order(redactions::id.desc())
        .limit(limit)
        .select(RedactionRow::as_select())
        .into_boxed();
    if let Some(after) = after {
        query = query.filter(redactions::id.lt(after));
    }
    Ok(query.load(c)?)
}

/// One that is not restored.
pub fn find_redaction(
    c: &mut DbConnection,
    organisation: Id,
    id: Id,
) -> DbResult<Option<RedactionRow>> {
    Ok(redactions::table
        .find((organisation, id))
        .filter(redactions::restored.eq(false))
        .select(RedactionRow::as_select())
        .first(c)
        .optional()?)
}

/// Those of these records that are restored.
pub fn restored_redactions(
    c: &mut DbConnection,
    organisation: Id,
    records: &[Id],
) -> DbResult<Vec<RedactionRow>> {
    Ok(redactions::table
        .filter(redactions::organisation_id.eq(organisation))
        .filter(redactions::feedback_id.eq_any(records))
        .filter(redactions::restored.eq(true))
        .select(RedactionRow::as_select())
        .load(c)?)
}

/// Marks one as restored and moves the later ones of its comment.
pub fn restore_redaction(c: &mut DbConnection, row: &RedactionRow) -> DbResult<()> {
    let longer = row.original.len() as i64 - row.mark.len() as i64;
    let longer = i32::try_from(longer).unwrap_or(0);
    diesel::update(redactions::table.find((row.organisation_id, row.id)))
        .set(redactions::restored.eq(true))
        .execute(c)?;
    diesel::update(
        redactions::table
            .filter(redactions::organisation_id.eq(row.organisation_id))
            .filter(redactions::feedback_id.eq(row.feedback_id))
            .filter(redactions::restored.eq(false))
            .filter(redactions::position.gt(row.position)),
    )
    .set(redactions::position.eq(redactions::position + longer))
    .execute(c)?;
    Ok(())
}

/// Takes away what was not restored of a record whose comment is stored anew.
pub fn delete_redactions_of(c: &mut DbConnection, organisation: Id, record: Id) -> DbResult<()> {
    diesel::delete(
        redactions::table
            .filter(redactions::organisation_id.eq(organisation))
            .filter(redactions::feedback_id.eq(record))
            .filter(redactions::restored.eq(false)),
    )
    .execute(c)?;
    Ok(())
}

/// Takes away what was not restored and is from before `day`; returns how much was left.
pub fn delete_redactions_before(
    c: &mut DbConnection,
    organisation: Id,
    day: Instant,
) -> DbResult<i64> {
    let own = redactions::organisation_id
        .eq(organisation)
        .and(redactions::restored.eq(false));
    diesel::delete(
        redactions::table
            .filter(own)
            .filter(redactions::created_at.lt(day)),
    )
    .execute(c)?;
    Ok(redactions::table.filter(own).count().get_result(c)?)
}
