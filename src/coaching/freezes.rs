//! Times in which no plan begins: an agent's leave or hard days, a team's change of system or of work. Coaching on top of those
//! does harm, and what customers say in them is no fair measure. A plan can be accepted again [`CALM_DAYS`] after the last day;
//! check-ins of a plan that is open are not called missed meanwhile.

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
/// Longest freeze, in days.
const LONGEST_DAYS: i64 = 400;

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

/// Whom a freeze is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    Everybody,
    Team(Id),
    Agent(Id),
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
    #[serde(skip)]
    pub whom: Whom,
    /// The agent, the team, or everybody.
    pub name: String,
    pub reason: Reason,
    pub first_day: NaiveDate,
    pub last_day: NaiveDate,
    /// The day from which plans begin again.
    pub until: NaiveDate,
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
        let teams = feedback::teams(c, organisation)?;
        let mut freezes = Vec::with_capacity(rows.len());
        for row in rows {
            let (whom, name) = match (row.agent_id, row.team_id) {
                (Some(id), _) => (Whom::Agent(id), feedback::agent(c, organisation, id)?.name),
                (None, Some(id)) => {
                    let team = teams.iter().find(|team| team.id == id);
                    (
                        Whom::Team(id),
                        team.map(|t| t.name.clone()).unwrap_or_default(),
                    )
                }
                (None, None) => (Whom::Everybody, "Everybody".to_owned()),
            };
            let Some(reason) = Reason::parse(&row.reason) else {
                continue;
            };
            let last_day = row.last_day.date();
            freezes.push(Freeze {
                id: row.id,
                whom,
                name,
                reason,
                first_day: row.first_day.date(),
                last_day,
                until: begins_again(last_day),
            });
        }
        Ok(Self(freezes))
    }

    /// In the order they begin.
    pub fn all(&self) -> &[Freeze] {
        &self.0
    }

    /// What keeps plans of an agent of this team from beginning on a day: the freeze that lasts longest.
    pub fn rest(&self, agent: Id, team: Option<Id>, day: NaiveDate) -> Option<Rest> {
        let holds = |freeze: &&Freeze| {
            let meant = match freeze.whom {
                Whom::Everybody => true,
                Whom::Team(id) => team == Some(id),
                Whom::Agent(id) => agent == id,
            };
            meant && freeze.first_day <= day && day < freeze.until
        };
        let longest = self
            .0
            .iter()
            .filter(holds)
            .max_by_key(|freeze| freeze.until)?;
        Some(Rest {
            reason: longest.reason,
            until: longest.until,
        })
    }
}

fn begins_again(last_day: NaiveDate) -> NaiveDate {
    last_day + Days::new(CALM_DAYS + 1)
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
    if !(0..=LONGEST_DAYS).contains(&days) || (new.agent.is_some() && new.team.is_some()) {
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
        made_by: actor.label(),
        made_at: now,
        lifted_at: None,
    };
    store::insert(c, &row)?;
    record(c, actor, "freeze.begun", row.id, now)?;
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
    record(c, actor, "freeze.lifted", id, now)
}

fn record(
    c: &mut DbConnection,
    actor: &Actor,
    action: &str,
    freeze: Id,
    now: Instant,
) -> Result<()> {
    let event = audit::Event {
        organisation: actor.organisation,
        actor: &actor.label(),
        action,
        object_kind: "freeze",
        object_id: freeze.to_string(),
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
        let freeze = |whom, reason, first: u32, last: u32| Freeze {
            id: Id::new(),
            whom,
            name: String::new(),
            reason,
            first_day: day(first),
            last_day: day(last),
            until: begins_again(day(last)),
        };
        let freezes = Freezes(vec![
            freeze(Whom::Team(team), Reason::SystemChange, 5, 6),
            freeze(Whom::Agent(agent), Reason::Leave, 5, 10),
        ]);
        let rest = |agent, team, on| freezes.rest(agent, team, day(on)).map(|r| r.until);
        assert_eq!(rest(agent, Some(team), 4), None);
        assert_eq!(rest(agent, Some(team), 5), Some(day(25)));
        assert_eq!(rest(agent, None, 24), Some(day(25)));
        assert_eq!(rest(agent, None, 25), None);
        assert_eq!(rest(other, Some(team), 20), Some(day(21)));
        assert_eq!(rest(other, Some(team), 21), None);
        assert_eq!(rest(other, None, 6), None);
    }
}
