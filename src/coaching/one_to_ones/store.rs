//! Tables of 1:1s and their actions.

use diesel::prelude::*;

use super::content::ActionOwner;
use crate::{
    db::{
        DbConnection, DbResult,
        schema::{one_to_one_actions, one_to_ones},
        values::text_enum,
    },
    types::{Id, Instant, Json},
};

text_enum!(ActionOwner);

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = one_to_ones)]
pub struct OneToOneRow {
    pub organisation_id: Id,
    pub id: Id,
    pub agent_id: Id,
    pub author_id: Id,
    pub author: String,
    /// Days, as their midnight.
    pub planned_for: Instant,
    pub held_on: Option<Instant>,
    pub agenda: Json,
    pub agent_agenda: Json,
    pub shared_notes: String,
    pub private_notes: String,
    pub shared_at: Option<Instant>,
    pub created_at: Instant,
    pub changed_at: Instant,
}

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = one_to_one_actions)]
pub struct ActionRow {
    pub organisation_id: Id,
    pub id: Id,
    pub one_to_one_id: Id,
    pub content: String,
    pub owner: ActionOwner,
    /// Days, as their midnight.
    pub due: Option<Instant>,
    pub done_on: Option<Instant>,
    pub created_by: String,
    pub created_at: Instant,
}

pub fn insert(c: &mut DbConnection, row: &OneToOneRow) -> DbResult<()> {
    diesel::insert_into(one_to_ones::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

pub fn find(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<Option<OneToOneRow>> {
    Ok(one_to_ones::table
        .find((organisation, id))
        .select(OneToOneRow::as_select())
        .first(c)
        .optional()?)
}

/// 1:1s of an agent, at most `limit`, those planned for the latest days first.
pub fn of_agent(
    c: &mut DbConnection,
    organisation: Id,
    agent: Id,
    limit: i64,
) -> DbResult<Vec<OneToOneRow>> {
    Ok(one_to_ones::table
        .filter(one_to_ones::organisation_id.eq(organisation))
        .filter(one_to_ones::agent_id.eq(agent))
        .order((one_to_ones::planned_for.desc(), one_to_ones::id.desc()))
        .limit(limit)
        .select(OneToOneRow::as_select())
        .load(c)?)
}

/// 1:1s that a person prepared, by day.
pub fn of_author(c: &mut DbConnection, organisation: Id, author: Id) -> DbResult<Vec<OneToOneRow>> {
    Ok(one_to_ones::table
        .filter(one_to_ones::organisation_id.eq(organisation))
        .filter(one_to_ones::author_id.eq(author))
        .order((one_to_ones::planned_for, one_to_ones::id))
        .select(OneToOneRow::as_select())
        .load(c)?)
}

/// The 1:1 of each action that is not done, of 1:1s that a person prepared.
pub fn open_actions_of_author(
    c: &mut DbConnection,
    organisation: Id,
    author: Id,
) -> DbResult<Vec<Id>> {
    let belongs = one_to_ones::organisation_id
        .eq(one_to_one_actions::organisation_id)
        .and(one_to_ones::id.eq(one_to_one_actions::one_to_one_id));
    Ok(one_to_one_actions::table
        .inner_join(one_to_ones::table.on(belongs))
        .filter(one_to_one_actions::organisation_id.eq(organisation))
        .filter(one_to_ones::author_id.eq(author))
        .filter(one_to_one_actions::done_on.is_null())
        .select(one_to_one_actions::one_to_one_id)
        .load(c)?)
}

/// Gives a 1:1 another author, without the private notes of the one before.
pub fn update_author(
    c: &mut DbConnection,
    (organisation, id): (Id, Id),
    (author, name): (Id, &str),
    now: Instant,
) -> DbResult<()> {
    diesel::update(one_to_ones::table.find((organisation, id)))
        .set((
            one_to_ones::author_id.eq(author),
            one_to_ones::author.eq(name),
            one_to_ones::private_notes.eq(""),
            one_to_ones::changed_at.eq(now),
        ))
        .execute(c)?;
    Ok(())
}

/// The days of a 1:1.
#[derive(Clone, Copy, Debug, Queryable, Selectable)]
#[diesel(table_name = one_to_ones)]
pub struct DaysRow {
    pub agent_id: Id,
    pub id: Id,
    pub planned_for: Instant,
    pub held_on: Option<Instant>,
}

/// Days of all 1:1s of these agents.
pub fn days_of_agents(
    c: &mut DbConnection,
    organisation: Id,
    agents: &[Id],
) -> DbResult<Vec<DaysRow>> {
    Ok(one_to_ones::table
        .filter(one_to_ones::organisation_id.eq(organisation))
        .filter(one_to_ones::agent_id.eq_any(agents))
        .order(one_to_ones::id)
        .select(DaysRow::as_select())
        .load(c)?)
}

/// Actions of these agents that are not done and have a due day.
pub fn due_actions_of_agents(
    c: &mut DbConnection,
    organisation: Id,
    agents: &[Id],
) -> DbResult<Vec<(Id, ActionRow)>> {
    let belongs = one_to_ones::organisation_id
        .eq(one_to_one_actions::organisation_id)
        .and(one_to_ones::id.eq(one_to_one_actions::one_to_one_id));
    Ok(one_to_one_actions::table
        .inner_join(one_to_ones::table.on(belongs))
        .filter(one_to_one_actions::organisation_id.eq(organisation))
        .filter(one_to_ones::agent_id.eq_any(agents))
        .filter(one_to_one_actions::done_on.is_null())
        .filter(one_to_one_actions::due.is_not_null())
        .order(one_to_one_actions::id)
        .select((one_to_ones::agent_id, ActionRow::as_select()))
        .load(c)?)
}

/// Writes what the author enters, and nothing that the agent enters.
pub fn update(c: &mut DbConnection, row: &OneToOneRow) -> DbResult<()> {
    diesel::update(one_to_ones::table.find((row.organisation_id, row.id)))
        .set((
            one_to_ones::planned_for.eq(row.planned_for),
            one_to_ones::held_on.eq(row.held_on),
            one_to_ones::agenda.eq(&row.agenda),
            one_to_ones::shared_notes.eq(&row.shared_notes),
            one_to_ones::private_notes.eq(&row.private_notes),
            one_to_ones::shared_at.eq(row.shared_at),
            one_to_ones::changed_at.eq(row.changed_at),
        ))
        .execute(c)?;
    Ok(())
}

pub fn update_agent_agenda(
    c: &mut DbConnection,
    (organisation, id): (Id, Id),
    lines: &Json,
    now: Instant,
) -> DbResult<()> {
    diesel::update(one_to_ones::table.find((organisation, id)))
        .set((
            one_to_ones::agent_agenda.eq(lines),
            one_to_ones::changed_at.eq(now),
        ))
        .execute(c)?;
    Ok(())
}

/// Deletes a 1:1 with its actions.
pub fn delete(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<()> {
    let actions = one_to_one_actions::table
        .filter(one_to_one_actions::organisation_id.eq(organisation))
        .filter(one_to_one_actions::one_to_one_id.eq(id));
    diesel::delete(actions).execute(c)?;
    diesel::delete(one_to_ones::table.find((organisation, id))).execute(c)?;
    Ok(())
}

/// Actions of these 1:1s in the order they were added.
pub fn actions_of(c: &mut DbConnection, organisation: Id, ids: &[Id]) -> DbResult<Vec<ActionRow>> {
    Ok(one_to_one_actions::table
        .filter(one_to_one_actions::organisation_id.eq(organisation))
        .filter(one_to_one_actions::one_to_one_id.eq_any(ids))
        .order(one_to_one_actions::id)
        .select(ActionRow::as_select())
        .load(c)?)
}

pub fn insert_action(c: &mut DbConnection, row: &ActionRow) -> DbResult<()> {
    diesel::insert_into(one_to_one_actions::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

pub fn update_done(
    c: &mut DbConnection,
    (organisation, action): (Id, Id),
    done_on: Option<Instant>,
) -> DbResult<()> {
    diesel::update(one_to_one_actions::table.find((organisation, action)))
        .set(one_to_one_actions::done_on.eq(done_on))
        .execute(c)?;
    Ok(())
}

pub fn delete_action(c: &mut DbConnection, organisation: Id, action: Id) -> DbResult<()> {
    diesel::delete(one_to_one_actions::table.find((organisation, action))).execute(c)?;
    Ok(())
}
