//! The table of deliveries that were taken.

use diesel::prelude::*;

use crate::{
    db::{DbConnection, DbResult, schema::delivery_messages},
    types::{Id, Instant, Json},
};

/// A delivery that was taken, and the reply to it.
#[derive(Clone, Debug, Insertable)]
#[diesel(table_name = delivery_messages)]
pub struct DeliveryMessage {
    pub organisation_id: Id,
    pub source_id: Id,
    pub message_hash: String,
    pub reply: Json,
    pub received_at: Instant,
}

pub fn insert_message(c: &mut DbConnection, row: &DeliveryMessage) -> DbResult<()> {
    diesel::insert_into(delivery_messages::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

/// The reply to a delivery that was taken before.
pub fn reply_to_message(
    c: &mut DbConnection,
    organisation: Id,
    source: Id,
    message_hash: &str,
) -> DbResult<Option<Json>> {
    Ok(delivery_messages::table
        .find((organisation, source, message_hash))
        .select(delivery_messages::reply)
        .first(c)
        .optional()?)
}

/// Forgets what a source delivered on a day, which begins at `day`.
pub fn forget_messages_of_day(
    c: &mut DbConnection,
    organisation: Id,
    source: Id,
    day: Instant,
) -> DbResult<()> {
    let of_day = delivery_messages::table
        .filter(delivery_messages::organisation_id.eq(organisation))
        .filter(delivery_messages::source_id.eq(source))
        .filter(delivery_messages::received_at.ge(day))
        .filter(delivery_messages::received_at.lt(day.plus(chrono::Duration::days(1))));
    diesel::delete(of_day).execute(c)?;
    Ok(())
}

/// Deletes what all organisations received before `before`; returns the number.
pub fn forget_messages(c: &mut DbConnection, before: Instant) -> DbResult<usize> {
    let old = delivery_messages::table.filter(delivery_messages::received_at.lt(before));
    Ok(diesel::delete(old).execute(c)?)
}
