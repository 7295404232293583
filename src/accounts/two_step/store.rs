//! Tables of two-step sign-in, and the rule of an organisation.

use diesel::prelude::*;

use crate::{
    db::{
        DbConnection, DbResult,
        schema::{organisations, recovery_codes, two_step_secrets},
    },
    types::{Id, Instant},
};

/// The secret of a person's authenticator app.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = two_step_secrets)]
pub struct TwoStepSecret {
    pub organisation_id: Id,
    pub person_id: Id,
    /// From [`SealingKey::seal`](super::sealing::SealingKey::seal).
    pub sealed_secret: String,
    pub created_at: Instant,
    /// When the first code was entered; until then the secret counts for nothing.
    pub confirmed_at: Option<Instant>,
    /// Step of the last code used.
    pub last_step: Option<i64>,
}

#[derive(Insertable)]
#[diesel(table_name = recovery_codes)]
struct RecoveryCode {
    organisation_id: Id,
    id: Id,
    person_id: Id,
    /// Salted with the id.
    code_hash: String,
    used_at: Option<Instant>,
}

/// Whether an organisation demands two-step sign-in of everybody.
pub fn is_required(c: &mut DbConnection, organisation: Id) -> DbResult<bool> {
    let found = organisations::table
        .find(organisation)
        .select(organisations::two_step_required)
        .first(c)
        .optional()?;
    Ok(found.unwrap_or(false))
}

pub fn set_required(c: &mut DbConnection, organisation: Id, required: bool) -> DbResult<()> {
    diesel::update(organisations::table.find(organisation))
        .set(organisations::two_step_required.eq(required))
        .execute(c)?;
    Ok(())
}

pub fn find(c: &mut DbConnection, organisation: Id, person: Id) -> DbResult<Option<TwoStepSecret>> {
    Ok(two_step_secrets::table
        .find((organisation, person))
        .select(TwoStepSecret::as_select())
        .first(c)
        .optional()?)
}

/// The people whose secret was confirmed, in the order of their ids.
pub fn people_with(c: &mut DbConnection, organisation: Id) -> DbResult<Vec<Id>> {
    let confirmed = two_step_secrets::organisation_id
        .eq(organisation)
        .and(two_step_secrets::confirmed_at.is_not_null());
    Ok(two_step_secrets::table
        .filter(confirmed)
        .order(two_step_secrets::person_id)
        .select(two_step_secrets::person_id)
        .load(c)?)
}

/// Stores a secret in place of the one before.
pub fn replace(c: &mut DbConnection, row: &TwoStepSecret) -> DbResult<()> {
    delete_secret(c, row.organisation_id, row.person_id)?;
    diesel::insert_into(two_step_secrets::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

fn delete_secret(c: &mut DbConnection, organisation: Id, person: Id) -> DbResult<()> {
    diesel::delete(two_step_secrets::table.find((organisation, person))).execute(c)?;
    Ok(())
}

/// Stores that the first code was entered, and its step.
pub fn confirm(
    c: &mut DbConnection,
    organisation: Id,
    person: Id,
    step: i64,
    now: Instant,
) -> DbResult<()> {
    diesel::update(two_step_secrets::table.find((organisation, person)))
        .set((
            two_step_secrets::confirmed_at.eq(Some(now)),
            two_step_secrets::last_step.eq(Some(step)),
        ))
        .execute(c)?;
    Ok(())
}

/// Stores the step of the last code used.
pub fn use_step(c: &mut DbConnection, organisation: Id, person: Id, step: i64) -> DbResult<()> {
    diesel::update(two_step_secrets::table.find((organisation, person)))
        .set(two_step_secrets::last_step.eq(Some(step)))
        .execute(c)?;
    Ok(())
}

/// Deletes the secret and the recovery codes of a person.
pub fn delete(c: &mut DbConnection, organisation: Id, person: Id) -> DbResult<()> {
    delete_secret(c, organisation, person)?;
    delete_codes(c, organisation, person)
}

fn delete_codes(c: &mut DbConnection, organisation: Id, person: Id) -> DbResult<()> {
    let theirs = recovery_codes::organisation_id
        .eq(organisation)
        .and(recovery_codes::person_id.eq(person));
    diesel::delete(recovery_codes::table.filter(theirs)).execute(c)?;
    Ok(())
}

/// Stores recovery codes, ids with hashes, in place of those before.
pub fn replace_codes(
    c: &mut DbConnection,
    organisation: Id,
    person: Id,
    hashes: Vec<(Id, String)>,
) -> DbResult<()> {
    delete_codes(c, organisation, person)?;
    for (id, code_hash) in hashes {
        let row = RecoveryCode {
            organisation_id: organisation,
            id,
            person_id: person,
            code_hash,
            used_at: None,
        };
        diesel::insert_into(recovery_codes::table)
            .values(&row)
            .execute(c)?;
    }
    Ok(())
}

/// Keys of the unused recovery codes of a person, with their hashes.
pub fn unused_codes(
    c: &mut DbConnection,
    organisation: Id,
    person: Id,
) -> DbResult<Vec<(Id, String)>> {
    let theirs = recovery_codes::organisation_id
        .eq(organisation)
        .and(recovery_codes::person_id.eq(person));
    Ok(recovery_codes::table
        .filter(theirs.and(recovery_codes::used_at.is_null()))
        .order(recovery_codes::id)
        .select((recovery_codes::id, recovery_codes::code_hash))
        .load(c)?)
}

/// Marks a recovery code as used.
pub fn use_code(c: &mut DbConnection, organisation: Id, id: Id, now: Instant) -> DbResult<()> {
    diesel::update(recovery_codes::table.find((organisation, id)))
        .set(recovery_codes::used_at.eq(Some(now)))
        .execute(c)?;
    Ok(())
}
