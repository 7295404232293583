//! The roles of a person, and changes of them.

use super::{
    actor::Actor,
    error::{AccountsError, Result},
    role::Role,
    roles::Roles,
    store::{self, Person},
};
use crate::{
    audit,
    db::{DbConnection, DbError},
    types::{Id, Instant},
};

/// The roles that a person is to have, with what belongs to them.
#[derive(Clone, Debug)]
pub struct NewRoles {
    pub roles: Roles,
    /// The agent that the person is; without one, a person with the role agent stays the agent they
    /// are.
    pub agent: Option<Id>,
    /// The department, as themes name their owner; without one, a person with the role department
    /// keeps theirs.
    pub department: Option<String>,
}

/// Checks that roles do not conflict, and that an agent and a department are given for the roles
/// that need them, and for no others.
///
/// # Errors
/// [`AccountsError::RolesConflict`], [`AccountsError::AgentReference`],
/// [`AccountsError::DepartmentName`].
pub fn check_fields(roles: Roles, agent: Option<Id>, department: Option<&str>) -> Result<()> {
    // Coaches and administrators see what agents must not see about themselves, such as drafts.
    if roles.contains(Role::Agent) && roles.allow(&[Role::Admin, Role::Coach]) {
        return Err(AccountsError::RolesConflict);
    }
    if roles.contains(Role::Agent) != agent.is_some() {
        return Err(AccountsError::AgentReference);
    }
    if roles.contains(Role::Department) != department.is_some() {
        return Err(AccountsError::DepartmentName);
    }
    Ok(())
}

/// A person of an organisation.
///
/// # Errors
/// [`AccountsError::NoPerson`].
pub fn person(c: &mut DbConnection, organisation: Id, id: Id) -> Result<Person> {
    store::find_person(c, organisation, id)?.ok_or(AccountsError::NoPerson)
}

/// Replaces the roles of a person.
///
/// # Errors
/// [`AccountsError::NoPerson`], [`AccountsError::RoleNeeded`], [`AccountsError::RolesConflict`],
/// [`AccountsError::AgentReference`], [`AccountsError::DepartmentName`],
/// [`AccountsError::NoAgent`], [`AccountsError::AgentTaken`];
/// [`AccountsError::LastAdministrator`] if nobody would be an administrator.
pub fn set_roles(
    c: &mut DbConnection,
    actor: &Actor,
    id: Id,
    new: NewRoles,
    now: Instant,
) -> Result<()> {
    store::hold_organisation(c, actor.organisation)?;
    let before = person(c, actor.organisation, id)?;
    if new.roles.is_empty() {
        return Err(AccountsError::RoleNeeded);
    }
    let kept = |role: Role| new.roles.contains(role);
    let after = Person {
        roles: new.roles,
        agent_id: new.agent.or(before.agent_id.filter(|_| kept(Role::Agent))),
        department: new
            .department
            .or(before.department.clone().filter(|_| kept(Role::Department))),
        ..before.clone()
    };
    check_fields(after.roles, after.agent_id, after.department.as_deref())?;
    if !kept(Role::Admin) {
        check_not_last(c, &before)?;
    }
    store::set_roles(c, &after).map_err(|e| match e {
        DbError::Duplicate => AccountsError::AgentTaken,
        DbError::DanglingReference => AccountsError::NoAgent,
        e => e.into(),
    })?;
    let event = actor.event("person.roles_changed", ("person", id));
    let detail = serde_json::json!({ "before": recorded(&before), "after": recorded(&after) });
    Ok(audit::record(c, event.detail(detail), now)?)
}

/// The roles of a person with what belongs to them, for the audit log.
fn recorded(person: &Person) -> serde_json::Value {
    serde_json::json!({
        "roles": person.roles,
        "agent_id": person.agent_id,
        "department": person.department,
    })
}

/// Checks that somebody other than `person` can sign in as an administrator, if `person` can. The
/// caller holds the organisation, so that two administrators cannot remove each other at once.
pub fn check_not_last(c: &mut DbConnection, person: &Person) -> Result<()> {
    let is_other = |other: &Person| other.id != person.id && other.is_administrator();
    let people = store::people(c, person.organisation_id)?;
    match person.is_administrator() && !people.iter().any(is_other) {
        true => Err(AccountsError::LastAdministrator),
        false => Ok(()),
    }
}
