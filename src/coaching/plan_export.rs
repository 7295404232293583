//! Plans of a whole team, made in the background: one agent after another, with progress, and at the end all as PDF in one archive.

use serde::{Deserialize, Serialize};

use super::{
    draft::draft,
    error::{CoachingError, Result},
    formats::plan_archive,
    pauses::Pauses,
    plans::{StoredPlan, keep, stored},
    store::{self, PlanExportRow},
};
use crate::{
    accounts::Actor,
    audit::{self, Event},
    db::{Database, DbConnection, write_transaction},
    queue::{self, Job, JobResult, Run},
    types::{Id, Instant, Json},
    workforce,
};

/// Makes the plans of a pack.
#[derive(Debug, Serialize, Deserialize)]
pub struct ExportPlans {
    // `pack` in jobs queued before 2026-11-26.
    #[serde(alias = "pack")]
    pub export: Id,
}

impl Job for ExportPlans {
    const KIND: &'static str = "coaching.export_plans";
}

impl Run for ExportPlans {
    fn run(&self, database: &Database, organisation: Id) -> JobResult {
        Ok(run(database, organisation, self)?)
    }

    fn give_up(&self, c: &mut DbConnection, organisation: Id, _now: Instant) -> JobResult {
        Ok(give_up(c, organisation, self)?)
    }
}

/// A pack on its way.
#[derive(Clone, Debug, Serialize)]
pub struct PlanExport {
    pub id: Id,
    pub team: String,
    /// waiting, making, ready, failed, or empty where the team has no agents, or all are in a pause.
    pub state: String,
    pub total: i32,
    pub done: i32,
}

/// Asks for the plans of a team.
///
/// # Errors
/// [`CoachingError::NoTeam`].
pub fn request(c: &mut DbConnection, actor: &Actor, team: Id, now: Instant) -> Result<Id> {
    let organisation = actor.organisation;
    if !workforce::teams(c, organisation)?
        .iter()
        .any(|t| t.id == team)
    {
        return Err(CoachingError::NoTeam);
    }
    let row = PlanExportRow {
        organisation_id: organisation,
        id: Id::new(),
        team_id: team,
        state: "waiting".to_owned(),
        total: 0,
        done: 0,
        plan_ids: Json(serde_json::json!([])),
        created_by: actor.label(),
        created_at: now,
    };
    store::insert_export(c, &row)?;
    queue::enqueue(c, organisation, &ExportPlans { export: row.id }, now)?;
    audit::record(
        c,
        Event::new(
            organisation,
            actor.label(),
            "plans.export_requested",
            ("plan", row.id),
        ),
        now,
    )?;
    Ok(row.id)
}

/// Where a pack stands.
///
/// # Errors
/// [`CoachingError::NoPlan`] when there is none of this id.
pub fn find(c: &mut DbConnection, organisation: Id, id: Id) -> Result<PlanExport> {
    let row = store::find_export(c, organisation, id)?.ok_or(CoachingError::NoPlan)?;
    let teams = workforce::teams(c, organisation)?;
    let team = teams.into_iter().find(|t| t.id == row.team_id);
    Ok(PlanExport {
        id: row.id,
        team: team.map(|t| t.name).unwrap_or_default(),
        state: row.state,
        total: row.total,
        done: row.done,
    })
}

/// The archive of a pack that is ready.
///
/// # Errors
/// [`CoachingError::NoPlan`] also when it is not ready yet.
pub fn bytes(c: &mut DbConnection, actor: &Actor, id: Id, now: Instant) -> Result<Vec<u8>> {
    let found = store::export_bytes(c, actor.organisation, id)?;
    let bytes = found.flatten().ok_or(CoachingError::NoPlan)?;
    let row = store::find_export(c, actor.organisation, id)?.ok_or(CoachingError::NoPlan)?;
    let plans: Vec<Id> = row.plan_ids.read()?;
    for plan in plans {
        audit::record(
            c,
            Event::new(
                actor.organisation,
                actor.label(),
                "plan.opened",
                ("plan", plan),
            ),
            now,
        )?;
    }
    audit::record(
        c,
        Event::new(
            actor.organisation,
            actor.label(),
            "plans.export_opened",
            ("plan", id),
        ),
        now,
    )?;
    Ok(bytes)
}

/// Carries out [`ExportPlans`]. Agents in a pause are left out. Running it again is harmless: an agent with a plan that is not closed keeps it.
///
/// # Errors
/// Database errors, and when a plan cannot be rendered.
fn run(database: &Database, organisation: Id, job: &ExportPlans) -> Result<()> {
    let mut c = database.connect()?;
    let found = store::find_export(&mut c, organisation, job.export)?;
    let Some(mut row) = found.filter(|row| row.state != "ready") else {
        return Ok(());
    };
    let today = Instant::now().date();
    let pauses = Pauses::of(&mut c, organisation, today)?;
    let agents: Vec<Id> = workforce::agents(&mut c, organisation)?
        .into_iter()
        .filter(|agent| agent.team_id == Some(row.team_id))
        .filter(|agent| pauses.active(agent.id, agent.team_id, today).is_none())
        .map(|agent| agent.id)
        .collect();
    row.total = i32::try_from(agents.len()).unwrap_or(i32::MAX);
    row.done = 0;
    "making".clone_into(&mut row.state);
    let mut plans: Vec<StoredPlan> = Vec::with_capacity(agents.len());
    for agent in agents {
        let now = Instant::now();
        let newest = store::newest_plans(&mut c, organisation, &[agent])?;
        let newest = stored(&mut c, organisation, newest, now.date())?.pop();
        let plan = match newest.filter(|plan| plan.progress.closed.is_none()) {
            Some(plan) => plan,
            None => {
                let by = row.created_by.clone();
                let drafted = draft(&mut c, organisation, agent, now)?;
                write_transaction(&mut c, |c| keep(c, organisation, &by, agent, &drafted, now))?
            }
        };
        plans.push(plan);
        row.done += 1;
        write_transaction(&mut c, |c| store::update_export(c, &row, None))?;
    }
    let archive = if plans.is_empty() {
        None
    } else {
        Some(plan_archive(&plans)?)
    };
    row.plan_ids = Json::of(&plans.iter().map(|p| p.id).collect::<Vec<_>>())?;
    let state = if archive.is_some() { "ready" } else { "empty" };
    state.clone_into(&mut row.state);
    Ok(write_transaction(&mut c, |c| {
        store::update_export(c, &row, archive.as_deref())
    })?)
}

/// Says of a pack whose job is dead that it will not come.
///
/// # Errors
/// Database errors.
fn give_up(c: &mut DbConnection, organisation: Id, job: &ExportPlans) -> Result<()> {
    if let Some(mut row) = store::find_export(c, organisation, job.export)? {
        "failed".clone_into(&mut row.state);
        store::update_export(c, &row, None)?;
    }
    Ok(())
}
