//! Plans of a whole team, made in the background: one agent after another, with progress, and at the end all as PDF in one archive.

use serde::{Deserialize, Serialize};

use super::{
    CoachingError, Result, StoredPlan, freezes::Freezes, pack, record, store, store::PackRow,
    stored,
};
use crate::{
    accounts::Actor,
    db::{Database, DbConnection, write_transaction},
    feedback,
    queue::{self, Job},
    types::{Id, Instant, Json},
};

/// Makes the plans of a pack.
#[derive(Debug, Serialize, Deserialize)]
pub struct MakePack {
    pub pack: Id,
}

impl Job for MakePack {
    const KIND: &'static str = "coaching.export_plans";
}

/// A pack on its way.
#[derive(Clone, Debug, Serialize)]
pub struct Pack {
    pub id: Id,
    pub team: String,
    /// waiting, making, ready, failed, or empty where the team has no agents, or all are in a freeze.
    pub state: String,
    pub total: i32,
    pub done: i32,
}

/// Asks for the plans of a team.
///
/// # Errors
/// [`CoachingError::NoTeam`].
pub fn ask(c: &mut DbConnection, actor: &Actor, team: Id, now: Instant) -> Result<Id> {
    let organisation = actor.organisation;
    if !feedback::teams(c, organisation)?
        .iter()
        .any(|t| t.id == team)
    {
        return Err(CoachingError::NoTeam);
    }
    let row = PackRow {
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
    store::insert_pack(c, &row)?;
    queue::enqueue(c, organisation, &MakePack { pack: row.id }, now)?;
    record(
        c,
        organisation,
        &actor.label(),
        "plans.pack_asked",
        row.id,
        now,
    )?;
    Ok(row.id)
}

/// Where a pack stands.
///
/// # Errors
/// [`CoachingError::NoPlan`] when there is none of this id.
pub fn find(c: &mut DbConnection, organisation: Id, id: Id) -> Result<Pack> {
    let row = store::find_pack(c, organisation, id)?.ok_or(CoachingError::NoPlan)?;
    let teams = feedback::teams(c, organisation)?;
    let team = teams.into_iter().find(|t| t.id == row.team_id);
    Ok(Pack {
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
    let found = store::pack_bytes(c, actor.organisation, id)?;
    let bytes = found.flatten().ok_or(CoachingError::NoPlan)?;
    let row = store::find_pack(c, actor.organisation, id)?.ok_or(CoachingError::NoPlan)?;
    let plans: Vec<Id> = row.plan_ids.read()?;
    for plan in plans {
        record(
            c,
            actor.organisation,
            &actor.label(),
            "plan.opened",
            plan,
            now,
        )?;
    }
    record(
        c,
        actor.organisation,
        &actor.label(),
        "plans.pack_opened",
        id,
        now,
    )?;
    Ok(bytes)
}

/// Carries out [`MakePack`]. Agents in a freeze are left out. Running it again is harmless: an agent with a plan that is not closed keeps it.
///
/// # Errors
/// Database errors, and when a plan cannot be rendered.
pub fn run(database: &Database, organisation: Id, job: &MakePack) -> Result<()> {
    let mut c = database.connect()?;
    let found = store::find_pack(&mut c, organisation, job.pack)?;
    let Some(mut row) = found.filter(|row| row.state != "ready") else {
        return Ok(());
    };
    let today = Instant::now().date();
    let freezes = Freezes::of(&mut c, organisation, today)?;
    let agents: Vec<Id> = feedback::agents(&mut c, organisation)?
        .into_iter()
        .filter(|agent| agent.team_id == Some(row.team_id))
        .filter(|agent| freezes.rest(agent.id, agent.team_id, today).is_none())
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
        let plan = match newest.filter(|plan| plan.cycle.closed.is_none()) {
            Some(plan) => plan,
            None => {
                let by = row.created_by.clone();
                let draft = super::draft(&mut c, organisation, agent, now)?;
                write_transaction(&mut c, |c| {
                    super::keep(c, organisation, &by, agent, &draft, now)
                })?
            }
        };
        plans.push(plan);
        row.done += 1;
        write_transaction(&mut c, |c| store::update_pack(c, &row, None))?;
    }
    let archive = if plans.is_empty() {
        None
    } else {
        Some(pack(&plans)?)
    };
    row.plan_ids = Json::of(&plans.iter().map(|p| p.id).collect::<Vec<_>>())?;
    let state = if archive.is_some() { "ready" } else { "empty" };
    state.clone_into(&mut row.state);
    Ok(write_transaction(&mut c, |c| {
        store::update_pack(c, &row, archive.as_deref())
    })?)
}

/// Says of a pack whose job is dead that it will not come.
///
/// # Errors
/// Database errors.
pub fn give_up(c: &mut DbConnection, organisation: Id, job: &MakePack) -> Result<()> {
    if let Some(mut row) = store::find_pack(c, organisation, job.pack)? {
        "failed".clone_into(&mut row.state);
        store::update_pack(c, &row, None)?;
    }
    Ok(())
}
