//! Export of the plans of a whole team: a background job drafts missing plans, one agent after
//! another with progress, and packs all plans as PDF files into one archive.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    draft::draft,
    error::{CoachingError, Result},
    export_state::ExportState,
    formats::plan_archive,
    pauses::Pauses,
    plans::{StoredPlan, keep, stored},
    store::{self, PlanExportRow},
};
use crate::{
    accounts::Actor,
    db::{Database, DbConnection, write_transaction},
    locale::Locale,
    queue::{self, Job, JobResult, Lease, Run},
    types::{Id, Instant, Json},
    workforce,
};

/// Makes the plans of an export.
#[derive(Debug, Serialize, Deserialize)]
pub struct ExportPlans {
    // `pack` in jobs queued before 2026-11-26.
    #[serde(alias = "pack")]
    pub export: Id,
    /// BCP 47 tag of the language of the person who requested the plans; jobs queued before
    /// 2026-11-28 have none, and their plans are in English.
    #[serde(default)]
    pub language: Option<String>,
}

impl Job for ExportPlans {
    const KIND: &'static str = "coaching.export_plans";
}

impl Run for ExportPlans {
    fn run(&self, database: &Database, organisation: Id, lease: &Lease<'_>) -> JobResult {
        Ok(run(database, organisation, self, lease)?)
    }

    fn give_up(&self, c: &mut DbConnection, organisation: Id, _now: Instant) -> JobResult {
        Ok(give_up(c, organisation, self)?)
    }

    fn retry(&self, c: &mut DbConnection, organisation: Id, _now: Instant) -> JobResult {
        Ok(retry(c, organisation, self)?)
    }
}

/// An export and its progress.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanExport {
    pub id: Id,
    /// Name of the team.
    #[schema(example = "Blue")]
    pub team: String,
    pub state: ExportState,
    /// Plans to make.
    #[schema(example = 12)]
    pub total: i32,
    /// Plans made so far.
    #[schema(example = 5)]
    pub done: i32,
}

impl PlanExport {
    /// Whether the job is still to run or running.
    pub fn is_running(&self) -> bool {
        matches!(self.state, ExportState::Waiting | ExportState::Making)
    }
}

/// Requests an export of the plans of a team, in the language of `locale`.
///
/// # Errors
/// [`CoachingError::NoTeam`].
pub fn request(
    c: &mut DbConnection,
    actor: &Actor,
    team: Id,
    locale: &Locale,
    now: Instant,
) -> Result<Id> {
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
        state: ExportState::Waiting,
        total: 0,
        done: 0,
        plan_ids: Json(serde_json::json!([])),
        created_by: actor.label(),
        created_at: now,
    };
    store::insert_export(c, &row)?;
    let job = ExportPlans {
        export: row.id,
        language: Some(locale.language()),
    };
    queue::enqueue(c, organisation, &job, now)?;
    actor.record(c, "plans.export_requested", ("plan", row.id), now)?;
    Ok(row.id)
}

/// An export of this organisation.
///
/// # Errors
/// [`CoachingError::NoExport`].
pub fn find(c: &mut DbConnection, organisation: Id, id: Id) -> Result<PlanExport> {
    let row = store::find_export(c, organisation, id)?.ok_or(CoachingError::NoExport)?;
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

/// The archive of an export. The view of each plan is recorded in the audit log.
///
/// # Errors
/// [`CoachingError::NoExport`], also for an export that is not ready.
pub fn bytes(c: &mut DbConnection, actor: &Actor, id: Id, now: Instant) -> Result<Vec<u8>> {
    let found = store::export_bytes(c, actor.organisation, id)?;
    let bytes = found.flatten().ok_or(CoachingError::NoExport)?;
    let row = store::find_export(c, actor.organisation, id)?.ok_or(CoachingError::NoExport)?;
    let plans: Vec<Id> = row.plan_ids.read()?;
    for plan in plans {
        actor.record(c, "plan.opened", ("plan", plan), now)?;
    }
    actor.record(c, "plans.export_opened", ("plan", id), now)?;
    Ok(bytes)
}

/// Runs [`ExportPlans`]. Agents in a pause are left out. Running it again is harmless, because an
/// agent with a plan that is not closed keeps it.
fn run(database: &Database, organisation: Id, job: &ExportPlans, lease: &Lease<'_>) -> Result<()> {
    let mut c = database.connect()?;
    let found = store::find_export(&mut c, organisation, job.export)?;
    let Some(mut row) = found.filter(|row| row.state != ExportState::Ready) else {
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
    row.state = ExportState::Making;
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
                write_transaction(&mut c, |c| {
                    // Only a new plan is progress: a job that cannot finish must die some day.
                    lease.progressed(c)?;
                    keep(c, organisation, &by, agent, &drafted, now)
                })?
            }
        };
        plans.push(plan);
        row.done += 1;
        write_transaction(&mut c, |c| store::update_export(c, &row, None))?;
    }
    let archive = if plans.is_empty() {
        None
    } else {
        let locale = Locale::preferred(job.language.as_slice());
        Some(plan_archive(&plans, locale)?)
    };
    row.plan_ids = Json::of(&plans.iter().map(|p| p.id).collect::<Vec<_>>())?;
    row.state = if archive.is_some() {
        ExportState::Ready
    } else {
        ExportState::Empty
    };
    Ok(write_transaction(&mut c, |c| {
        store::update_export(c, &row, archive.as_deref())
    })?)
}

/// Marks an export as failed after the last attempt of its job, or because its job was dropped.
fn give_up(c: &mut DbConnection, organisation: Id, job: &ExportPlans) -> Result<()> {
    let row = store::find_export(c, organisation, job.export)?;
    let unfinished = [ExportState::Waiting, ExportState::Making];
    if let Some(mut row) = row.filter(|row| unfinished.contains(&row.state)) {
        row.state = ExportState::Failed;
        store::update_export(c, &row, None)?;
    }
    Ok(())
}

/// Lets a failed export wait again.
fn retry(c: &mut DbConnection, organisation: Id, job: &ExportPlans) -> Result<()> {
    let row = store::find_export(c, organisation, job.export)?;
    if let Some(mut row) = row.filter(|row| row.state == ExportState::Failed) {
        row.state = ExportState::Waiting;
        store::update_export(c, &row, None)?;
    }
    Ok(())
}
