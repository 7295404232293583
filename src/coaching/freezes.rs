//! Times in which no plan begins: an agent's leave or hard days, a team's change of system or of work. Coaching on top of those
//! does harm, and what customers say in them is no fair measure. A plan can be accepted again when
//! [`CALM_DAYS`] whole days have passed after the last; a check-in whose day falls into a freeze is not called missed.

mod store;

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{CoachingError, Result};
use crate::{
    accounts::Actor,
    audit,
    db::DbConnection,
    feedback,
    types::{Id, Instant},
};

/// Days of calm after a freeze before a plan begins.
pub const CALM_DAYS: u64 = 14;
/// Longest freeze, and how far from today it may begin, in days.
const LONGEST_DAYS: i64 = 400;
const FARTHEST_DAYS: i64 = 800;

/// Why no plan begins. Nobody's private matters: the word is all that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    Leave,
    Personal,
    SystemChange,
    WorkChange,
}

impl Reason {
    pub const ALL: [Self; 4] = [
        Self::Leave,
        Self::Personal,
        Self::SystemChange,
        Self::WorkChange,
    ];

    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Leave => "leave",
            Self::Personal => "personal",
            Self::SystemChange => "system_change",
            Self::WorkChange => "work_change",
        }
    }

    /// In words.
    pub fn said(self) -> &'static str {
        match self {
            Self::Leave => "leave",
            Self::Personal => "personal reasons",
            Self::SystemChange => "a change of system",
            Self::WorkChange => "a change of work",
        }
    }

    /// The reason of this stable name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.as_str() == text)
    }
}

/// A freeze to begin.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewFreeze {
    /// One agent, or one team; neither is everybody.
    #[serde(default)]
    pub agent: Option<Id>,
    #[serde(default)]
    pub team: Option<Id>,
    pub reason: Reason,
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
}

/// A freeze.
#[derive(Clone, Debug, Serialize)]
pub struct Freeze {
    pub id: Id,
    /// One agent, or one team; neither is everybody.
    pub agent: Option<Id>,
    pub team: Option<Id>,
    pub reason: Reason,
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
    /// The day from which plans begin again.
    pub until: NaiveDate,
}

impl Freeze {
    /// `None` for a reason of a later version.
    fn of(row: &store::FreezeRow) -> Option<Self> {
        let last_day = row.last_day.date();
        Some(Self {
            id: row.id,
            agent: row.agent_id,
            team: row.team_id,
            reason: Reason::parse(&row.reason)?,
            first_day: row.first_day.date(),
            last_day,
            until: last_day
                .checked_add_days(Days::new(CALM_DAYS + 1))
                .unwrap_or(last_day),
        })
    }

    fn is_for(&self, agent: Id, team: Option<Id>) -> bool {
        match (self.agent, self.team) {
            (Some(id), _) => id == agent,
            (None, Some(id)) => team == Some(id),
            (None, None) => true,
        }
    }
}

/// What keeps an agent's plans from beginning at present.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rest {
    pub reason: Reason,
    /// The day from which plans begin again.
    pub until: NaiveDate,
}

/// All freezes that hold or are to come.
pub struct Freezes(Vec<Freeze>);

impl Freezes {
    /// Reads them.
    ///
    /// # Errors
    /// Database errors.
    pub fn of(c: &mut DbConnection, organisation: Id, today: NaiveDate) -> Result<Self> {
        let rows = store::since(c, organisation, midnight(today - Days::new(CALM_DAYS)))?;
        Ok(Self(rows.iter().filter_map(Freeze::of).collect()))
    }

    /// In the order they begin.
    pub fn all(&self) -> &[Freeze] {
        &self.0
    }

    /// What keeps plans of an agent of this team from beginning on a day: the freeze that lasts longest.
    pub fn rest(&self, agent: Id, team: Option<Id>, day: NaiveDate) -> Option<Rest> {
        let meant = self.0.iter().filter(|freeze| freeze.is_for(agent, team));
        let longest = meant
            .filter(|freeze| freeze.first_day <= day && day < freeze.until)
            .max_by_key(|freeze| freeze.until)?;
        Some(Rest {
            reason: longest.reason,
            until: longest.until,
        })
    }

    /// Whether a freeze itself holds on a day, the calm after it left out.
    pub fn holds(&self, agent: Id, team: Option<Id>, day: NaiveDate) -> bool {
        let mut meant = self.0.iter().filter(|freeze| freeze.is_for(agent, team));
        meant.any(|freeze| (freeze.first_day..=freeze.last_day).contains(&day))
    }
}

/// Every freeze that was for one agent alone, lifted ones too.
///
/// # Errors
/// Database errors.
pub fn of_agent(c: &mut DbConnection, organisation: Id, agent: Id) -> Result<Vec<Freeze>> {
    let rows = store::of_agent(c, organisation, agent)?;
    Ok(rows.iter().filter_map(Freeze::of).collect())
}

fn midnight(day: NaiveDate) -> Instant {
    Instant(day.and_time(chrono::NaiveTime::MIN).and_utc())
}

/// What keeps an agent's plans from beginning today.
///
/// # Errors
/// When the agent is not one of this organisation's.
pub fn rest(
    c: &mut DbConnection,
    organisation: Id,
    agent: Id,
    today: NaiveDate,
) -> Result<Option<Rest>> {
    let team = feedback::agent(c, organisation, agent)?.team_id;
    Ok(Freezes::of(c, organisation, today)?.rest(agent, team, today))
}

/// Begins a freeze.
///
/// # Errors
/// Days that are none, or an agent or team that does not exist.
pub fn begin(c: &mut DbConnection, actor: &Actor, new: &NewFreeze, now: Instant) -> Result<Id> {
    let organisation = actor.organisation;
    let days = (new.last_day - new.first_day).num_days();
    let away = (new.first_day - now.date()).num_days().abs();
    if !(0..=LONGEST_DAYS).contains(&days)
        || away > FARTHEST_DAYS
        || (new.agent.is_some() && new.team.is_some())
    {
        return Err(CoachingError::Freeze);
    }
    if let Some(agent) = new.agent {
        feedback::agent(c, organisation, agent)?;
    }
    if let Some(team) = new.team {
        let teams = feedback::teams(c, organisation)?;
        teams
            .iter()
            .find(|t| t.id == team)
            .ok_or(CoachingError::NoTeam)?;
    }
    let row = store::FreezeRow {
        organisation_id: organisation,
        id: Id::new(),
        agent_id: new.agent,
        team_id: new.team,
        reason: new.reason.as_str().to_owned(),
        first_day: midnight(new.first_day),
        last_day: midnight(new.last_day),
        created_by: actor.label(),
        created_at: now,
        ended_at: None,
    };
    store::insert(c, &row)?;
    record(c, actor, "freeze.begun", "freeze", row.id, now)?;
    Ok(row.id)
}

/// Lifts a freeze: plans may begin at once.
///
/// # Errors
/// [`CoachingError::NoFreeze`].
pub fn lift(c: &mut DbConnection, actor: &Actor, id: Id, now: Instant) -> Result<()> {
    if !store::lift(c, actor.organisation, id, now)? {
        return Err(CoachingError::NoFreeze);
    }
    record(c, actor, "freeze.lifted", "freeze", id, now)
}

/// A look at freezes of people is on record.
///
/// # Errors
/// Database errors.
pub fn visited_at(c: &mut DbConnection, actor: &Actor, people: &[Id], now: Instant) -> Result<()> {
    for agent in people {
        record(c, actor, "agent.freeze_viewed", "agent", *agent, now)?;
    }
    Ok(())
}

fn record(
    c: &mut DbConnection,
    actor: &Actor,
    action: &str,
    kind: &str,
    object: Id,
    now: Instant,
) -> Result<()> {
    let event = audit::Event {
        organisation: actor.organisation,
        actor: &actor.label(),
        action,
        object_kind: kind,
        object_id: object.to_string(),
        detail: serde_json::json!({}),
    };
    Ok(audit::record(c, event, now)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(day: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 3, day).expect("day")
    }

    #[test]
    fn the_freeze_that_lasts_longest_counts_for_whom_it_is_meant() {
        let (agent, other, team) = (Id::new(), Id::new(), Id::new());
        let row = |agent_id, team_id, reason: Reason, first: u32, last: u32| {
            Freeze::of(&store::FreezeRow {
                organisation_id: Id::new(),
                id: Id::new(),
                agent_id,
                team_id,
                reason: reason.as_str().to_owned(),
                first_day: midnight(day(first)),
                last_day: midnight(day(last)),
                created_by: String::new(),
                created_at: midnight(day(1)),
                ended_at: None,
            })
            .expect("known")
        };
        let freezes = Freezes(vec![
            row(None, Some(team), Reason::SystemChange, 5, 6),
            row(Some(agent), None, Reason::Leave, 5, 10),
        ]);
        let rest = |agent, team, on| freezes.rest(agent, team, day(on)).map(|r| r.until);
        assert_eq!(rest(agent, Some(team), 4), None);
        assert_eq!(rest(agent, Some(team), 5), Some(day(25)));
        assert_eq!(rest(agent, None, 24), Some(day(25)));
        assert_eq!(rest(agent, None, 25), None);
        assert_eq!(rest(other, Some(team), 20), Some(day(21)));
        assert_eq!(rest(other, Some(team), 21), None);
        assert_eq!(rest(other, None, 6), None);
        // The calm after it keeps plans from beginning and check-ins from nothing.
        assert!(freezes.holds(other, Some(team), day(6)));
        assert!(!freezes.holds(other, Some(team), day(7)));
    }
}
