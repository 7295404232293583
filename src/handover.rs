//! Accounts of people who leave: what open work they have, and closing an account while somebody
//! else takes it over.
//!
//! Plans and their check-ins belong to agents, not to a coach: they go with the coached teams.

use std::collections::BTreeSet;

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    accounts::{self, AccountState, AccountsError, Actor, Person, Role, api_keys},
    audit,
    coaching::{
        CoachingError,
        one_to_ones::handover::{self as one_to_ones, OpenOneToOne},
    },
    db::{DbConnection, DbError},
    locale::{Localised, Message, english},
    msg,
    praise::{
        PraiseError,
        department_themes::visible_themes,
        issues::{self, Issue},
    },
    types::{Id, Instant},
    workforce::{self, WorkforceError},
};

/// Errors about closing accounts.
#[derive(Debug, thiserror::Error)]
#[error("{}", english(self))]
pub enum HandoverError {
    SuccessorNeeded,
    /// The successor is not there, not active, or has no role for the work.
    SuccessorUnfit,
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    #[error(transparent)]
    Coaching(#[from] CoachingError),
    #[error(transparent)]
    Praise(#[from] PraiseError),
    #[error(transparent)]
    Workforce(#[from] WorkforceError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Localised for HandoverError {
    fn message(&self) -> Message {
        match self {
            Self::SuccessorNeeded => msg!("error-successor-needed"),
            Self::SuccessorUnfit => msg!("error-successor-unfit"),
            Self::Accounts(e) => e.message(),
            Self::Coaching(e) => e.message(),
            Self::Praise(e) => e.message(),
            Self::Workforce(e) => e.message(),
            Self::Db(e) => e.message(),
        }
    }
}

type Result<T> = std::result::Result<T, HandoverError>;

/// A team that a person coaches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CoachedTeam {
    pub id: Id,
    #[schema(example = "Blue")]
    pub name: String,
}

/// An API key that a person created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CreatedKey {
    pub id: Id,
    #[schema(example = "Survey tool")]
    pub name: String,
}

/// What somebody else has to take over when a person leaves.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct OpenWork {
    /// 1:1s that were not held or have open actions.
    pub one_to_ones: Vec<OpenOneToOne>,
    /// Teams that the person coaches, with the plans of their agents.
    pub teams: Vec<CoachedTeam>,
    /// Open issues of departments that name the person as owner.
    pub issues: Vec<Issue>,
    /// In place of `issues` if another account that is not closed has the same name: whom they mean
    /// is not known, so they stay as they are.
    pub unclear_issues: Vec<Issue>,
    /// API keys that the person created and that have not ended. Closing the account revokes them;
    /// nobody takes them over.
    pub api_keys: Vec<CreatedKey>,
}

impl OpenWork {
    /// Whether there is nothing to take over.
    pub fn is_empty(&self) -> bool {
        self.one_to_ones.is_empty() && self.teams.is_empty() && self.issues.is_empty()
    }
}

/// The open work of a person.
///
/// # Errors
/// [`AccountsError::NoPerson`].
pub fn open_work(
    c: &mut DbConnection,
    actor: &Actor,
    person: Id,
    now: Instant,
) -> Result<OpenWork> {
    let organisation = actor.organisation;
    let person = accounts::person(c, organisation, person)?;
    let teams = workforce::coached_teams(c, organisation, person.id)?;
    let coached = |team: workforce::Team| CoachedTeam {
        id: team.id,
        name: team.name,
    };
    let keys = api_keys::open_of(c, organisation, person.id, now)?;
    let mut issues = issues::open_of_owner(c, actor, &person.name)?;
    let mut unclear_issues = Vec::new();
    if has_namesake(c, &person)? {
        std::mem::swap(&mut issues, &mut unclear_issues);
    }
    Ok(OpenWork {
        one_to_ones: one_to_ones::open_of(c, organisation, person.id)?,
        teams: teams.into_iter().map(coached).collect(),
        issues,
        unclear_issues,
        api_keys: keys
            .into_iter()
            .map(|(id, name)| CreatedKey { id, name })
            .collect(),
    })
}

/// Whether another account that is not closed has the same name.
fn has_namesake(c: &mut DbConnection, person: &Person) -> Result<bool> {
    let people = accounts::people(c, person.organisation_id)?;
    Ok(people.iter().any(|other| {
        other.id != person.id
            && other.state != AccountState::Closed
            && issues::is_same_owner(&other.name, &person.name)
    }))
}

/// Active people who can take over the work of `person`, by name.
pub fn successors(
    c: &mut DbConnection,
    actor: &Actor,
    person: Id,
    work: &OpenWork,
) -> Result<Vec<Person>> {
    let mut fit = Vec::new();
    for other in accounts::people(c, actor.organisation)? {
        if other.id != person && other.is_active() && fits(c, &other, work)? {
            fit.push(other);
        }
    }
    Ok(fit)
}

fn fits(c: &mut DbConnection, person: &Person, work: &OpenWork) -> Result<bool> {
    let roles = person.roles;
    let about = |one_to_one: &OpenOneToOne| person.agent_id == Some(one_to_one.agent_id);
    let coaching = !work.one_to_ones.is_empty() || !work.teams.is_empty();
    let coaches = roles.allow(&[Role::Admin, Role::Coach]);
    if (coaching && !coaches) || work.one_to_ones.iter().any(about) {
        return Ok(false);
    }
    if work.issues.is_empty() || coaches || roles.contains(Role::Analyst) {
        return Ok(true);
    }
    if !roles.contains(Role::Department) {
        return Ok(false);
    }
    let themes = visible_themes(c, &accounts::actor_of(person))?;
    let sees = |issue: &Issue| themes.iter().any(|theme| theme.id == issue.theme);
    Ok(work.issues.iter().all(sees))
}

/// Closes an account, hands its open work over to `successor` and revokes the API keys that the
/// person created. All of it happens or nothing.
///
/// # Errors
/// Those of [`accounts::close`]; [`HandoverError::SuccessorNeeded`] if there is open work and no
/// successor, [`HandoverError::SuccessorUnfit`].
pub fn close(
    c: &mut DbConnection,
    actor: &Actor,
    person: Id,
    successor: Option<Id>,
    now: Instant,
) -> Result<()> {
    let mut events = vec![accounts::close(c, actor, person, now)?];
    let work = open_work(c, actor, person, now)?;
    for key in &work.api_keys {
        events.extend(api_keys::revoke_unrecorded(c, actor, key.id, now)?);
    }
    match successor {
        Some(to) => events.extend(hand_over(c, actor, (person, to), &work, now)?),
        None if work.is_empty() => {}
        None => return Err(HandoverError::SuccessorNeeded),
    }
    // The first entry locks the audit log. Whoever changes one of the rows and then waits for the
    // log must not have us wait for that row.
    for event in events {
        audit::record(c, event, now)?;
    }
    Ok(())
}

/// Hands the open work of a person over to a successor. Returns the entries for the audit log.
fn hand_over(
    c: &mut DbConnection,
    actor: &Actor,
    (person, successor): (Id, Id),
    work: &OpenWork,
    now: Instant,
) -> Result<Vec<audit::Event<'static>>> {
    let fit = successors(c, actor, person, work)?;
    let successor = fit.into_iter().find(|fit| fit.id == successor);
    let successor = successor.ok_or(HandoverError::SuccessorUnfit)?;
    let to = (successor.id, &*successor.name);
    let mut events = one_to_ones::hand_over(c, actor, &work.one_to_ones, to, now)?;
    let issues = issues::hand_over(c, actor, &work.issues, &successor.name, now)?;
    events.extend(issues);
    hand_teams_over(c, actor.organisation, person, successor.id)?;
    let event = actor.event("person.work_handed_over", ("person", person));
    let detail = serde_json::json!({
        "to": successor.id,
        "one_to_ones": work.one_to_ones.len(),
        "issues": work.issues.len(),
        "teams": work.teams.len(),
    });
    events.push(event.detail(detail));
    Ok(events)
}

fn hand_teams_over(
    c: &mut DbConnection,
    organisation: Id,
    person: Id,
    successor: Id,
) -> Result<()> {
    let mut teams = BTreeSet::new();
    for coach in [person, successor] {
        let coached = workforce::coached_teams(c, organisation, coach)?;
        teams.extend(coached.into_iter().map(|team| team.id));
    }
    workforce::set_coached_teams(c, organisation, person, &BTreeSet::new())?;
    workforce::set_coached_teams(c, organisation, successor, &teams)?;
    Ok(())
}
