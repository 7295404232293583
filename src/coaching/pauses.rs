//! Pauses: periods in which no plan starts, such as an agent's leave or a team's change of system.
//! Coaching on top of those does harm, and feedback from them is not a fair measure. A plan can be
//! accepted again after [`CALM_DAYS`] whole days; a check-in that falls into a pause is not missed.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    error::{CoachingError, Result},
    pause_reason::{ActivePause, Reason},
    store::{self, PauseRow},
};
use crate::{
    accounts::Actor,
    db::DbConnection,
    types::{Id, Instant},
    workforce,
};

/// Days after a pause before a plan can start.
pub const CALM_DAYS: u64 = 14;
/// Longest pause, and how far from today it may start, in days.
const LONGEST_DAYS: i64 = 400;
const FARTHEST_DAYS: i64 = 800;

/// A pause to add.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPause {
    /// Agent of the pause. A pause without agent and team is for everybody.
    #[serde(default)]
    pub agent: Option<Id>,
    /// Team of the pause.
    #[serde(default)]
    pub team: Option<Id>,
    pub reason: Reason,
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
}

/// A pause.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Pause {
    pub id: Id,
    /// Agent of the pause. A pause without agent and team is for everybody.
    pub agent: Option<Id>,
    /// Team of the pause.
    pub team: Option<Id>,
    pub reason: Reason,
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
    /// The first day on which a plan can start again.
    pub until: NaiveDate,
}

impl Pause {
    fn of(row: &PauseRow) -> Self {
        let last_day = row.last_day.date();
        Self {
            id: row.id,
            agent: row.agent_id,
            team: row.team_id,
            reason: row.reason,
            first_day: row.first_day.date(),
            last_day,
            until: last_day
                .checked_add_days(Days::new(CALM_DAYS + 1))
                .unwrap_or(last_day),
        }
    }

    fn is_for(&self, agent: Id, team: Option<Id>) -> bool {
        match (self.agent, self.team) {
            (Some(id), _) => id == agent,
            (None, Some(id)) => team == Some(id),
            (None, None) => true,
        }
    }
}

/// The pauses of an organisation that are active or planned.
pub struct Pauses(Vec<Pause>);

impl Pauses {
    /// Reads the pauses that are active or planned on `today`.
    pub fn of(c: &mut DbConnection, organisation: Id, today: NaiveDate) -> Result<Self> {
        let rows = store::pauses_since(c, organisation, midnight(today - Days::new(CALM_DAYS)))?;
        Ok(Self(rows.iter().map(Pause::of).collect()))
    }

    /// Pauses in the order of their first days.
    pub fn all(&self) -> &[Pause] {
        &self.0
    }

    /// The pause that keeps plans of an agent of this team from starting on a day; the longest one
    /// if there are several.
    pub fn active(&self, agent: Id, team: Option<Id>, day: NaiveDate) -> Option<ActivePause> {
        let theirs = self.0.iter().filter(|pause| pause.is_for(agent, team));
        let longest = theirs
            .filter(|pause| pause.first_day <= day && day < pause.until)
            .max_by_key(|pause| pause.until)?;
        Some(ActivePause {
            reason: longest.reason,
            until: longest.until,
        })
    }

    /// Whether a day falls into a pause, not counting the [`CALM_DAYS`] after it.
    pub fn holds(&self, agent: Id, team: Option<Id>, day: NaiveDate) -> bool {
        let mut theirs = self.0.iter().filter(|pause| pause.is_for(agent, team));
        theirs.any(|pause| (pause.first_day..=pause.last_day).contains(&day))
    }
}

/// Every pause for one agent alone, ended ones included.
pub fn of_agent(c: &mut DbConnection, organisation: Id, agent: Id) -> Result<Vec<Pause>> {
    let rows = store::pauses_of_agent(c, organisation, agent)?;
    Ok(rows.iter().map(Pause::of).collect())
}

pub(super) fn midnight(day: NaiveDate) -> Instant {
    Instant(day.and_time(chrono::NaiveTime::MIN).and_utc())
}

/// The pause that keeps an agent's plans from starting today.
///
/// # Errors
/// [`CoachingError::Workforce`] for an unknown agent.
pub fn active_pause(
    c: &mut DbConnection,
    organisation: Id,
    agent: Id,
    today: NaiveDate,
) -> Result<Option<ActivePause>> {
    let team = workforce::agent(c, organisation, agent)?.team_id;
    Ok(Pauses::of(c, organisation, today)?.active(agent, team, today))
}

/// Adds a pause.
///
/// # Errors
/// [`CoachingError::InvalidPause`]; [`CoachingError::Workforce`] for an unknown agent;
/// [`CoachingError::NoTeam`].
pub fn begin(c: &mut DbConnection, actor: &Actor, new: &NewPause, now: Instant) -> Result<Id> {
    let organisation = actor.organisation;
    let days = (new.last_day - new.first_day).num_days();
    let away = (new.first_day - now.date()).num_days().abs();
    if !(0..=LONGEST_DAYS).contains(&days)
        || away > FARTHEST_DAYS
        || (new.agent.is_some() && new.team.is_some())
    {
        return Err(CoachingError::InvalidPause);
    }
    if let Some(agent) = new.agent {
        workforce::agent(c, organisation, agent)?;
    }
    if let Some(team) = new.team {
        let teams = workforce::teams(c, organisation)?;
        teams
            .iter()
            .find(|t| t.id == team)
            .ok_or(CoachingError::NoTeam)?;
    }
    let row = PauseRow {
        organisation_id: organisation,
        id: Id::new(),
        agent_id: new.agent,
        team_id: new.team,
        reason: new.reason,
        first_day: midnight(new.first_day),
        last_day: midnight(new.last_day),
        created_by: actor.label(),
        created_at: now,
        ended_at: None,
    };
    store::insert_pause(c, &row)?;
    actor.record(c, "pause.begun", ("pause", row.id), now)?;
    Ok(row.id)
}

/// Ends a pause, so that plans can start at once.
///
/// # Errors
/// [`CoachingError::NoPause`].
pub fn end(c: &mut DbConnection, actor: &Actor, id: Id, now: Instant) -> Result<()> {
    if !store::end_pause(c, actor.organisation, id, now)? {
        return Err(CoachingError::NoPause);
    }
    Ok(actor.record(c, "pause.ended", ("pause", id), now)?)
}

/// Records in the audit log that somebody saw the pauses of these agents.
pub fn record_view(c: &mut DbConnection, actor: &Actor, people: &[Id], now: Instant) -> Result<()> {
    for agent in people {
        actor.record(c, "agent.pause_viewed", ("agent", *agent), now)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, day).expect("day")
    }

    #[test]
    fn the_longest_pause_of_an_agent_or_team_counts() {
        let (agent, other, team) = (Id::new(), Id::new(), Id::new());
        let row = |agent_id, team_id, reason: Reason, first: u32, last: u32| {
            Pause::of(&PauseRow {
                organisation_id: Id::new(),
                id: Id::new(),
                agent_id,
                team_id,
                reason,
                first_day: midnight(day(first)),
                last_day: midnight(day(last)),
                created_by: String::new(),
                created_at: midnight(day(1)),
                ended_at: None,
            })
        };
        let pauses = Pauses(vec![
            row(None, Some(team), Reason::SystemChange, 5, 6),
            row(Some(agent), None, Reason::Leave, 5, 10),
        ]);
        let until = |agent, team, on| pauses.active(agent, team, day(on)).map(|r| r.until);
        assert_eq!(until(agent, Some(team), 4), None);
        assert_eq!(until(agent, Some(team), 5), Some(day(25)));
        assert_eq!(until(agent, None, 24), Some(day(25)));
        assert_eq!(until(agent, None, 25), None);
        assert_eq!(until(other, Some(team), 20), Some(day(21)));
        assert_eq!(until(other, Some(team), 21), None);
        assert_eq!(until(other, None, 6), None);
        // The days after a pause keep plans from starting, but a check-in in them can be missed.
        assert!(pauses.holds(other, Some(team), day(6)));
        assert!(!pauses.holds(other, Some(team), day(7)));
    }
}
