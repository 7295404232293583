//! The table of figures that take long.

use diesel::prelude::*;

use crate::{
    db::{DbConnection, DbResult, schema::measurements},
    on_backend,
    types::{Id, Instant, Json},
};

pub fn keep_measurement(
    c: &mut DbConnection,
    organisation: Id,
    kind: &str,
    content: Json,
    now: Instant,
) -> DbResult<()> {
    let row = (
        measurements::organisation_id.eq(organisation),
        measurements::kind.eq(kind),
        measurements::content.eq(&content),
        measurements::measured_at.eq(now),
    );
    let set = (
        measurements::content.eq(&content),
        measurements::measured_at.eq(now),
    );
    on_backend!(c, c => diesel::insert_into(measurements::table)
        .values(row)
        .on_conflict((measurements::organisation_id, measurements::kind))
        .do_update()
        .set(set)
        .execute(c))?;
    Ok(())
}

pub fn find_measurement(
    c: &mut DbConnection,
    organisation: Id,
    kind: &str,
) -> DbResult<Option<Json>> {
    Ok(measurements::table
        .find((organisation, kind))
        .select(measurements::content)
        .first(c)
        .optional()?)
}
