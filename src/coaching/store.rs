//! Tables of this capability: plans and their steps, versions of the practice library and their
//! draft, pauses, exports of plans, observations, and agents' own tallies.

pub mod own_tallies;

use std::collections::BTreeMap;

use diesel::{
    dsl::{exists, not},
    prelude::*,
};

use super::{export_state::ExportState, pause_reason::Reason, steps::StepKind};
use crate::{
    db::{
        DbConnection, DbError, DbResult,
        schema::{
            observations, pauses, plan_exports, plan_steps, plans, practice_drafts,
            practice_libraries,
        },
        values::text_enum,
    },
    types::{Id, Instant, Json},
};

text_enum!(ExportState, Reason, StepKind);

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = plans)]
pub struct PlanRow {
    pub organisation_id: Id,
    pub id: Id,
    pub agent_id: Id,
    pub content: Json,
    pub rules_version: i32,
    pub created_by: String,
    pub created_at: Instant,
    pub acknowledged_at: Option<Instant>,
    pub agent_view: Option<String>,
    /// Time since when the agent shares their own tally of this plan.
    pub tally_shared_at: Option<Instant>,
}

pub fn insert_plan(c: &mut DbConnection, row: &PlanRow) -> DbResult<()> {
    diesel::insert_into(plans::table).values(row).execute(c)?;
    Ok(())
}

pub fn find_plan(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<Option<PlanRow>> {
    Ok(plans::table
        .find((organisation, id))
        .select(PlanRow::as_select())
        .first(c)
        .optional()?)
}

/// Deletes the drafts of an agent: plans that nobody has taken a step with. Returns their keys.
pub fn delete_drafts(c: &mut DbConnection, organisation: Id, agent: Id) -> DbResult<Vec<Id>> {
    let steps = plan_steps::table
        .filter(plan_steps::organisation_id.eq(organisation))
        .filter(plan_steps::plan_id.eq(plans::id));
    let drafts = plans::table
        .filter(plans::organisation_id.eq(organisation))
        .filter(plans::agent_id.eq(agent))
        .filter(not(exists(steps)))
        .select(plans::id)
        .load::<Id>(c)?;
    let draft = plans::organisation_id
        .eq(organisation)
        .and(plans::id.eq_any(&drafts));
    diesel::delete(plans::table.filter(draft)).execute(c)?;
    Ok(drafts)
}

/// The newest plan of each of these agents that was not withdrawn.
pub fn newest_plans(
    c: &mut DbConnection,
    organisation: Id,
    agents: &[Id],
) -> DbResult<Vec<PlanRow>> {
    // Keys sort by creation time.
    let withdrawn = plan_steps::table
        .filter(plan_steps::organisation_id.eq(organisation))
        .filter(plan_steps::plan_id.eq(plans::id))
        .filter(plan_steps::kind.eq(StepKind::Withdrawn));
    let newest = plans::table
        .filter(plans::organisation_id.eq(organisation))
        .filter(plans::agent_id.eq_any(agents))
        .filter(not(exists(withdrawn)))
        .order(plans::id)
        .select((plans::agent_id, plans::id))
        .load::<(Id, Id)>(c)?
        .into_iter()
        .collect::<BTreeMap<Id, Id>>();
    Ok(plans::table
        .filter(plans::organisation_id.eq(organisation))
        .filter(plans::id.eq_any(newest.into_values()))
        .select(PlanRow::as_select())
        .load(c)?)
}

/// The plans of these agents that were shared and not withdrawn.
pub fn shared_plans(
    c: &mut DbConnection,
    organisation: Id,
    agents: &[Id],
) -> DbResult<Vec<PlanRow>> {
    let has = |kind: StepKind| {
        plan_steps::table
            .filter(plan_steps::organisation_id.eq(organisation))
            .filter(plan_steps::plan_id.eq(plans::id))
            .filter(plan_steps::kind.eq(kind))
    };
    Ok(plans::table
        .filter(plans::organisation_id.eq(organisation))
        .filter(plans::agent_id.eq_any(agents))
        .filter(exists(has(StepKind::Shared)))
        .filter(not(exists(has(StepKind::Withdrawn))))
        .order(plans::id)
        .select(PlanRow::as_select())
        .load(c)?)
}

pub fn plans_of(c: &mut DbConnection, organisation: Id, agent: Id) -> DbResult<Vec<PlanRow>> {
    Ok(plans::table
        .filter(
            plans::organisation_id
                .eq(organisation)
                .and(plans::agent_id.eq(agent)),
        )
        .order(plans::id.desc())
        .limit(50)
        .select(PlanRow::as_select())
        .load(c)?)
}

pub fn acknowledge(
    c: &mut DbConnection,
    organisation: Id,
    id: Id,
    view: &str,
    now: Instant,
) -> DbResult<()> {
    diesel::update(plans::table.find((organisation, id)))
        .set((
            plans::acknowledged_at.eq(Some(now)),
            plans::agent_view.eq(Some(view)),
        ))
        .execute(c)?;
    Ok(())
}

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = plan_steps)]
pub struct StepRow {
    pub organisation_id: Id,
    pub id: Id,
    pub plan_id: Id,
    /// Unique in a plan, so that two steps taken at the same moment collide. From 0; plans from
    /// before there were drafts have -1 for their sharing.
    pub position: i32,
    pub kind: StepKind,
    pub content: Json,
    pub created_by: String,
    pub created_at: Instant,
}

pub fn insert_step(c: &mut DbConnection, row: &StepRow) -> DbResult<()> {
    diesel::insert_into(plan_steps::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

/// The steps of these plans, each plan's in order.
pub fn steps_of(c: &mut DbConnection, organisation: Id, plan_ids: &[Id]) -> DbResult<Vec<StepRow>> {
    Ok(plan_steps::table
        .filter(plan_steps::organisation_id.eq(organisation))
        .filter(plan_steps::plan_id.eq_any(plan_ids))
        .order((plan_steps::plan_id, plan_steps::position))
        .select(StepRow::as_select())
        .load(c)?)
}

/// Keys of an agent's plans that are accepted and not closed.
pub fn open_plans_of(c: &mut DbConnection, organisation: Id, agent: Id) -> DbResult<Vec<Id>> {
    let open = open_plan_ids(c, organisation)?;
    Ok(plans::table
        .filter(plans::organisation_id.eq(organisation))
        .filter(plans::agent_id.eq(agent))
        .filter(plans::id.eq_any(open))
        .select(plans::id)
        .load(c)?)
}

fn open_plan_ids(c: &mut DbConnection, organisation: Id) -> DbResult<Vec<Id>> {
    let steps = plan_steps::table
        .filter(plan_steps::organisation_id.eq(organisation))
        .filter(plan_steps::kind.eq_any([StepKind::Accepted, StepKind::Closed, StepKind::Reopened]))
        .order((plan_steps::plan_id, plan_steps::position))
        .select((plan_steps::plan_id, plan_steps::kind))
        .load::<(Id, StepKind)>(c)?;
    let last: BTreeMap<Id, StepKind> = steps.into_iter().collect();
    let open = last
        .into_iter()
        .filter(|(_, kind)| *kind != StepKind::Closed);
    Ok(open.map(|(plan, _)| plan).collect())
}

/// The newest accepted plans of an organisation, at most `limit`.
pub fn accepted_plans(
    c: &mut DbConnection,
    organisation: Id,
    limit: i64,
) -> DbResult<Vec<PlanRow>> {
    let accepted = plan_steps::table
        .filter(plan_steps::organisation_id.eq(organisation))
        .filter(plan_steps::kind.eq(StepKind::Accepted))
        .order(plan_steps::id.desc())
        .limit(limit)
        .select(plan_steps::plan_id)
        .load::<Id>(c)?;
    Ok(plans::table
        .filter(plans::organisation_id.eq(organisation))
        .filter(plans::id.eq_any(accepted))
        .order(plans::id)
        .select(PlanRow::as_select())
        .load(c)?)
}

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = practice_libraries)]
pub struct LibraryRow {
    pub organisation_id: Id,
    pub version: i32,
    pub source: String,
    pub note: String,
    pub created_by: String,
    pub created_at: Instant,
}

pub fn newest_library(c: &mut DbConnection, organisation: Id) -> DbResult<Option<LibraryRow>> {
    Ok(practice_libraries::table
        .filter(practice_libraries::organisation_id.eq(organisation))
        .order(practice_libraries::version.desc())
        .select(LibraryRow::as_select())
        .first(c)
        .optional()?)
}

pub fn insert_library(c: &mut DbConnection, row: &LibraryRow) -> DbResult<()> {
    diesel::insert_into(practice_libraries::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

/// The draft of the next version.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = practice_drafts)]
pub struct PracticeDraftRow {
    pub organisation_id: Id,
    /// Revision from 1; grows with every change.
    pub revision: i32,
    pub changes: Json,
    pub changed_by: String,
    pub changed_at: Instant,
}

pub fn find_practice_draft(
    c: &mut DbConnection,
    organisation: Id,
) -> DbResult<Option<PracticeDraftRow>> {
    Ok(practice_drafts::table
        .filter(practice_drafts::organisation_id.eq(organisation))
        .order(practice_drafts::revision.desc())
        .select(PracticeDraftRow::as_select())
        .first(c)
        .optional()?)
}

/// Stores the next revision of a draft; false if somebody else has stored it.
pub fn keep_practice_draft(c: &mut DbConnection, row: &PracticeDraftRow) -> DbResult<bool> {
    let inserted = diesel::insert_into(practice_drafts::table)
        .values(row)
        .execute(c);
    match inserted.map_err(DbError::from) {
        Ok(_) => Ok(true),
        Err(DbError::Duplicate) => Ok(false),
        Err(error) => Err(error),
    }
}

/// An export without its archive.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = plan_exports)]
pub struct PlanExportRow {
    pub organisation_id: Id,
    pub id: Id,
    pub team_id: Id,
    pub state: ExportState,
    pub total: i32,
    pub done: i32,
    pub plan_ids: Json,
    pub created_by: String,
    pub created_at: Instant,
}

pub fn insert_export(c: &mut DbConnection, row: &PlanExportRow) -> DbResult<()> {
    diesel::insert_into(plan_exports::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

pub fn find_export(
    c: &mut DbConnection,
    organisation: Id,
    id: Id,
) -> DbResult<Option<PlanExportRow>> {
    Ok(plan_exports::table
        .find((organisation, id))
        .select(PlanExportRow::as_select())
        .first(c)
        .optional()?)
}

pub fn export_bytes(
    c: &mut DbConnection,
    organisation: Id,
    id: Id,
) -> DbResult<Option<Option<Vec<u8>>>> {
    Ok(plan_exports::table
        .find((organisation, id))
        .select(plan_exports::bytes)
        .first(c)
        .optional()?)
}

pub fn update_export(
    c: &mut DbConnection,
    row: &PlanExportRow,
    bytes: Option<&[u8]>,
) -> DbResult<()> {
    let export = plan_exports::table.find((row.organisation_id, row.id));
    diesel::update(export)
        .set((
            plan_exports::state.eq(row.state),
            plan_exports::total.eq(row.total),
            plan_exports::done.eq(row.done),
            plan_exports::plan_ids.eq(&row.plan_ids),
        ))
        .execute(c)?;
    if let Some(bytes) = bytes {
        diesel::update(export)
            .set(plan_exports::bytes.eq(bytes))
            .execute(c)?;
    }
    Ok(())
}

/// Agents who have a plan.
pub fn agents_with_plans(c: &mut DbConnection, organisation: Id) -> DbResult<Vec<Id>> {
    Ok(plans::table
        .filter(plans::organisation_id.eq(organisation))
        .select(plans::agent_id)
        .distinct()
        .load(c)?)
}

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = pauses)]
pub struct PauseRow {
    pub organisation_id: Id,
    pub id: Id,
    pub agent_id: Option<Id>,
    pub team_id: Option<Id>,
    pub reason: Reason,
    /// Days, as their midnight.
    pub first_day: Instant,
    pub last_day: Instant,
    pub created_by: String,
    pub created_at: Instant,
    pub ended_at: Option<Instant>,
}

pub fn insert_pause(c: &mut DbConnection, row: &PauseRow) -> DbResult<()> {
    diesel::insert_into(pauses::table).values(row).execute(c)?;
    Ok(())
}

/// Pauses that were not ended and whose last day is `day` or later, in the order of first days.
pub fn pauses_since(
    c: &mut DbConnection,
    organisation: Id,
    day: Instant,
) -> DbResult<Vec<PauseRow>> {
    Ok(pauses::table
        .filter(pauses::organisation_id.eq(organisation))
        .filter(pauses::ended_at.is_null())
        .filter(pauses::last_day.ge(day))
        .order((pauses::first_day, pauses::id))
        .select(PauseRow::as_select())
        .load(c)?)
}

/// Every pause of one agent alone, in the order they were added.
pub fn pauses_of_agent(
    c: &mut DbConnection,
    organisation: Id,
    agent: Id,
) -> DbResult<Vec<PauseRow>> {
    Ok(pauses::table
        .filter(pauses::organisation_id.eq(organisation))
        .filter(pauses::agent_id.eq(agent))
        .order(pauses::id)
        .select(PauseRow::as_select())
        .load(c)?)
}

/// Ends a pause; false if there is none that is not ended.
pub fn end_pause(c: &mut DbConnection, organisation: Id, id: Id, now: Instant) -> DbResult<bool> {
    let ended = diesel::update(pauses::table.find((organisation, id)))
        .filter(pauses::ended_at.is_null())
        .set(pauses::ended_at.eq(now))
        .execute(c)?;
    Ok(ended > 0)
}

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = observations)]
pub struct ObservationRow {
    pub organisation_id: Id,
    pub id: Id,
    pub agent_id: Id,
    /// A day, as its midnight.
    pub observed_on: Instant,
    pub channel: String,
    pub contact: String,
    pub behaviours: Json,
    pub note: String,
    /// Name of the person who listened.
    pub observer: String,
    pub created_by: String,
    pub created_at: Instant,
}

pub fn insert_observation(c: &mut DbConnection, row: &ObservationRow) -> DbResult<()> {
    diesel::insert_into(observations::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

/// Observations of an agent on `day` or later, newest first, at most `limit`.
pub fn observations_since(
    c: &mut DbConnection,
    organisation: Id,
    agent: Id,
    day: Instant,
    limit: i64,
) -> DbResult<Vec<ObservationRow>> {
    Ok(observations::table
        .filter(observations::organisation_id.eq(organisation))
        .filter(observations::agent_id.eq(agent))
        .filter(observations::observed_on.ge(day))
        .order((observations::observed_on.desc(), observations::id.desc()))
        .limit(limit)
        .select(ObservationRow::as_select())
        .load(c)?)
}

/// Time at which an observation of an agent was recorded.
pub fn observation_recorded_at(
    c: &mut DbConnection,
    organisation: Id,
    agent: Id,
    id: Id,
) -> DbResult<Option<Instant>> {
    Ok(observations::table
        .find((organisation, id))
        .filter(observations::agent_id.eq(agent))
        .select(observations::created_at)
        .first(c)
        .optional()?)
}

pub fn delete_observation(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<()> {
    diesel::delete(observations::table.find((organisation, id))).execute(c)?;
    Ok(())
}
