//! The table of cached statistics.

use diesel::prelude::*;

use crate::{
    db::{DbConnection, DbResult, schema::cached_statistics},
    on_backend,
    types::{Id, Instant, Json},
};

pub fn keep_statistic(
    c: &mut DbConnection,
    organisation: Id,
    kind: &str,
    content: Json,
    now: Instant,
) -> DbResult<()> {
    let row = (
        cached_statistics::organisation_id.eq(organisation),
        cached_statistics::kind.eq(kind),
        cached_statistics::content.eq(&content),
        cached_statistics::computed_at.eq(now),
    );
    let set = (
        cached_statistics::content.eq(&content),
        cached_statistics::computed_at.eq(now),
    );
    on_backend!(c, c => diesel::insert_into(cached_statistics::table)
        .values(row)
        .on_conflict((cached_statistics::organisation_id, cached_statistics::kind))
        .do_update()
        .set(set)
        .execute(c))?;
    Ok(())
}

pub fn find_statistic(
    c: &mut DbConnection,
    organisation: Id,
    kind: &str,
) -> DbResult<Option<Json>> {
    Ok(cached_statistics::table
        .find((organisation, kind))
        .select(cached_statistics::content)
        .first(c)
        .optional()?)
}
