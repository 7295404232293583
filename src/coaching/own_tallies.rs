//! Agents' own tallies of the behaviour that a plan works on. The agent decides whether their coach
//! sees the sums by week; days and notes stay with the agent.

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    error::{CoachingError, Result},
    own_tally::{
        LONGEST_NOTE, MOST_CONTACTS, NewTallyDay, OwnTally, OwnTallyError, TallyDay, areas,
    },
    pauses::midnight,
    plans::{StoredPlan, find},
    store::own_tallies::{self as store, TallyDayRow},
};
use crate::{
    accounts::{self, Actor},
    db::DbConnection,
    text::entered,
    types::{Id, Instant},
};

/// An area whose behaviour the agent counts.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TallyArea {
    pub theme: String,
    pub name: String,
    /// The behaviour, from the practice library.
    pub behaviour: Option<String>,
}

/// An agent's own tally of a plan.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MyTally {
    pub plan_id: Id,
    pub areas: Vec<TallyArea>,
    /// Whether days can be recorded: the plan is agreed, not closed, and has an area.
    pub open: bool,
    /// Whether the coach sees the sums by week.
    pub shared: bool,
    /// First and last day that can be recorded now.
    pub first_day: NaiveDate,
    pub today: NaiveDate,
    /// Newest first.
    pub days: Vec<TallyDay>,
    pub tallies: Vec<OwnTally>,
}

/// A plan of the actor, who is its agent.
fn own(c: &mut DbConnection, actor: &Actor, plan: Id) -> Result<StoredPlan> {
    let plan = find(c, actor, plan)?;
    let is_own = actor.agent == Some(plan.agent_id);
    is_own.then_some(plan).ok_or(CoachingError::NoPlan)
}

/// The tally of the actor's own plan.
///
/// # Errors
/// [`CoachingError::NoPlan`] unless it is the actor's own.
pub fn my_tally(c: &mut DbConnection, actor: &Actor, plan: Id, now: Instant) -> Result<MyTally> {
    let plan = own(c, actor, plan)?;
    tally_of(c, &plan, actor.organisation, now)
}

fn tally_of(
    c: &mut DbConnection,
    plan: &StoredPlan,
    organisation: Id,
    now: Instant,
) -> Result<MyTally> {
    let working_days = accounts::organisation(c, organisation)?.working_days();
    let agreed = plan.progress.accepted.unwrap_or(plan.created_at);
    let mut days = store::tally_days_of(c, organisation, &[plan.id])?;
    let items = &plan.progress.items;
    let tallies = OwnTally::of(items, &days);
    days.reverse();
    let area = |(theme, name): (&str, &str)| TallyArea {
        theme: theme.to_owned(),
        name: name.to_owned(),
        behaviour: plan.plan.practice_of(theme).map(|p| p.at.clone()),
    };
    Ok(MyTally {
        plan_id: plan.id,
        areas: areas(items).map(area).collect(),
        open: plan.progress.is_open() && plan.has_areas(),
        shared: plan.tally_shared_at.is_some(),
        first_day: working_days.day_of(agreed.0),
        today: working_days.day_of(now.0),
        days,
        tallies,
    })
}

/// Records a day, or corrects it within a day of its first entry.
///
/// # Errors
/// [`CoachingError::NoPlan`] unless the plan is the actor's own; [`CoachingError::OwnTally`].
pub fn record(
    c: &mut DbConnection,
    actor: &Actor,
    plan: Id,
    new: &NewTallyDay,
    now: Instant,
) -> Result<TallyDay> {
    let plan = own(c, actor, plan)?;
    let tally = tally_of(c, &plan, actor.organisation, now)?;
    let date = new.date.unwrap_or(tally.today);
    let note = admitted(&tally, new, date)?;
    let mut earlier = tally.days.into_iter();
    let earlier = earlier.find(|day| day.theme == new.theme && day.date == date);
    if earlier.as_ref().is_some_and(|day| !day.is_editable(now)) {
        return Err(OwnTallyError::Kept.into());
    }
    let replaced = earlier.map(|day| (day.id, day.recorded_at));
    let action = match replaced {
        Some(_) => "tally.changed",
        None => "tally.recorded",
    };
    let (id, created_at) = replaced.unwrap_or_else(|| (Id::new(), now));
    let row = TallyDayRow {
        organisation_id: actor.organisation,
        id,
        plan_id: plan.id,
        theme: new.theme.clone(),
        counted_on: midnight(date),
        opportunities: count(new.opportunities),
        done: count(new.done),
        note,
        created_at,
    };
    store::put_tally_day(c, &row)?;
    actor.record(c, action, ("tally", id), now)?;
    Ok(row.into())
}

/// Whether a day can be recorded; returns its note as it is stored.
fn admitted(
    tally: &MyTally,
    new: &NewTallyDay,
    date: NaiveDate,
) -> std::result::Result<String, OwnTallyError> {
    if !tally.open {
        return Err(OwnTallyError::NotOpen);
    }
    if tally.areas.iter().all(|area| area.theme != new.theme) {
        return Err(OwnTallyError::NoArea);
    }
    if !(tally.first_day..=tally.today).contains(&date) {
        return Err(OwnTallyError::Date);
    }
    if !(1..=MOST_CONTACTS).contains(&new.opportunities) || new.done > new.opportunities {
        return Err(OwnTallyError::Counts);
    }
    let note = entered::lines(&new.note);
    if note.chars().count() > LONGEST_NOTE {
        return Err(OwnTallyError::NoteTooLong);
    }
    Ok(note)
}

/// Contacts of a day as they are stored; at most [`MOST_CONTACTS`].
fn count(contacts: u32) -> i32 {
    i32::try_from(contacts).unwrap_or(i32::MAX)
}

/// Deletes a day of the actor's own plan within a day of its first entry.
///
/// # Errors
/// [`CoachingError::NoPlan`] unless the plan is the actor's own;
/// [`CoachingError::NoTallyDay`]; [`CoachingError::OwnTally`] after a day.
pub fn delete(c: &mut DbConnection, actor: &Actor, plan: Id, id: Id, now: Instant) -> Result<()> {
    let plan = own(c, actor, plan)?;
    let days = store::tally_days_of(c, actor.organisation, &[plan.id])?;
    let day = days
        .iter()
        .find(|day| day.id == id)
        .ok_or(CoachingError::NoTallyDay)?;
    if !day.is_editable(now) {
        return Err(OwnTallyError::Kept.into());
    }
    store::delete_tally_day(c, actor.organisation, id)?;
    Ok(actor.record(c, "tally.deleted", ("tally", id), now)?)
}

/// Shows the sums by week of the actor's own plan to coaches, or withdraws that.
///
/// # Errors
/// [`CoachingError::NoPlan`] unless the plan is the actor's own.
pub fn share(
    c: &mut DbConnection,
    actor: &Actor,
    plan: Id,
    shared: bool,
    now: Instant,
) -> Result<()> {
    let plan = own(c, actor, plan)?;
    if shared == plan.tally_shared_at.is_some() {
        return Ok(());
    }
    store::share_tally(c, actor.organisation, plan.id, shared.then_some(now))?;
    let action = match shared {
        true => "tally.shared",
        false => "tally.sharing_ended",
    };
    Ok(actor.record(c, action, ("plan", plan.id), now)?)
}

/// Every day that an agent counted for these plans, in order.
pub fn days_of(c: &mut DbConnection, organisation: Id, plans: &[Id]) -> Result<Vec<TallyDay>> {
    Ok(store::tally_days_of(c, organisation, plans)?)
}
