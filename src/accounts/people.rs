//! Organisations and their people.

use super::{
    account_state::AccountState,
    actor::Actor,
    error::{AccountsError, Result},
    names::{parse_email, parse_name},
    person_roles::check_fields,
    role::Role,
    store::{self, Organisation, Person, StoredReply},
    working_days::WorkingDays,
};
use crate::{
    audit,
    db::{DbConnection, DbError},
    types::{Id, Instant},
};

/// Creates an organisation.
///
/// # Errors
/// [`AccountsError::BadName`], [`AccountsError::OrganisationTaken`].
pub fn create_organisation(
    c: &mut DbConnection,
    name: &str,
    synthetic: bool,
    now: Instant,
) -> Result<Id> {
    let row = Organisation {
        id: Id::new(),
        name: parse_name(name)?,
        synthetic,
        created_at: now,
        time_zone: WorkingDays::default().time_zone().to_owned(),
        region: String::new(),
    };
    store::insert_organisation(c, &row).map_err(|e| match e {
        DbError::Duplicate => AccountsError::OrganisationTaken,
        e => e.into(),
    })?;
    let event = audit::Event::new(
        row.id,
        "system",
        "organisation.created",
        ("organisation", row.id),
    )
    .detail(serde_json::json!({ "synthetic": synthetic }));
    audit::record(c, event, now)?;
    Ok(row.id)
}

/// Sets the time zone and the region of an organisation. Plans drafted before keep theirs.
///
/// # Errors
/// [`AccountsError::NoOrganisation`].
pub fn set_working_days(
    c: &mut DbConnection,
    organisation: Id,
    days: &WorkingDays,
    by: &str,
    now: Instant,
) -> Result<()> {
    self::organisation(c, organisation)?;
    store::update_working_days(c, organisation, days.time_zone(), days.region())?;
    let event = audit::Event::new(
        organisation,
        by,
        "organisation.working_days_set",
        ("organisation", organisation),
    )
    .detail(serde_json::json!({ "time_zone": days.time_zone(), "region": days.region() }));
    audit::record(c, event, now)?;
    Ok(())
}

/// A person to create, with their first role.
#[derive(Clone, Debug)]
pub struct NewPerson {
    pub email: String,
    pub name: String,
    pub role: Role,
    /// From [`hash_password`](super::credentials::hash_password), computed without a connection.
    pub password_hash: String,
    pub agent: Option<Id>,
    /// The department, as themes name their owner.
    pub department: Option<String>,
}

/// Creates an account. `by` is the audit label of whoever does it.
///
/// # Errors
/// [`AccountsError::BadEmail`], [`AccountsError::BadName`], [`AccountsError::EmailTaken`],
/// [`AccountsError::NoAgent`], [`AccountsError::AgentTaken`]; [`AccountsError::AgentReference`] and
/// [`AccountsError::DepartmentName`] if the role and these fields do not fit.
pub fn create_person(
    c: &mut DbConnection,
    organisation: Id,
    new: NewPerson,
    by: &str,
    now: Instant,
) -> Result<Id> {
    let roles = new.role.into();
    check_fields(roles, new.agent, new.department.as_deref())?;
    if let Some(agent) = new.agent
        && store::agent_has_account(c, organisation, agent)?
    {
        return Err(AccountsError::AgentTaken);
    }
    let row = Person {
        organisation_id: organisation,
        id: Id::new(),
        email: parse_email(&new.email)?,
        name: parse_name(&new.name)?,
        roles,
        password_hash: new.password_hash,
        agent_id: new.agent,
        created_at: now,
        department: new.department,
        state: AccountState::Active,
        signed_in_at: None,
    };
    store::insert_person(c, &row).map_err(|e| match e {
        DbError::Duplicate => AccountsError::EmailTaken,
        DbError::DanglingReference => AccountsError::NoAgent,
        e => e.into(),
    })?;
    let event = audit::Event::new(organisation, by, "person.created", ("person", row.id))
        .detail(serde_json::json!({ "role": new.role }));
    audit::record(c, event, now)?;
    Ok(row.id)
}

/// An organisation.
///
/// # Errors
/// [`AccountsError::NoOrganisation`].
pub fn organisation(c: &mut DbConnection, id: Id) -> Result<Organisation> {
    store::find_organisation(c, id)?.ok_or(AccountsError::NoOrganisation)
}

/// All organisations of this installation.
pub fn organisations(c: &mut DbConnection) -> Result<Vec<Organisation>> {
    Ok(store::organisations(c)?)
}

/// The people of an organisation.
pub fn people(c: &mut DbConnection, organisation: Id) -> Result<Vec<Person>> {
    Ok(store::people(c, organisation)?)
}

/// When this person last marked the overview as seen.
pub fn last_overview_visit(c: &mut DbConnection, actor: &Actor) -> Result<Option<Instant>> {
    Ok(store::overview_visit(c, actor.organisation, actor.person)?)
}

/// Records that this person marked the overview as seen.
pub fn record_overview_visit(c: &mut DbConnection, actor: &Actor, now: Instant) -> Result<()> {
    Ok(store::keep_overview_visit(
        c,
        actor.organisation,
        actor.person,
        now,
    )?)
}

/// Stores the reply to a request with an idempotency key.
pub fn keep_reply(c: &mut DbConnection, reply: &StoredReply) -> Result<()> {
    Ok(store::replies::insert_reply(c, reply)?)
}

/// Time for which replies are kept for requests that are repeated.
const KEPT: chrono::Duration = chrono::Duration::days(2);

/// Forgets the replies of all organisations that are older than two days; returns their number.
pub fn forget_replies(c: &mut DbConnection, now: Instant) -> Result<usize> {
    Ok(store::replies::forget_replies(c, now.plus(-KEPT))?)
}

/// Replaces the body of a stored reply and returns true, unless it is no longer `before`.
pub fn replace_reply(c: &mut DbConnection, reply: &StoredReply, before: &str) -> Result<bool> {
    Ok(store::replies::replace_reply(c, reply, before)?)
}

/// The stored reply to this person's request with an idempotency key.
pub fn find_reply(
    c: &mut DbConnection,
    organisation: Id,
    person: Id,
    key: &str,
) -> Result<Option<StoredReply>> {
    Ok(store::replies::find_reply(c, organisation, person, key)?)
}

/// The department whose themes a person may see; `None` if one of their roles sees all.
///
/// # Errors
/// [`AccountsError::SignedOut`] if the person no longer exists.
pub fn department_of(c: &mut DbConnection, actor: &Actor) -> Result<Option<String>> {
    let sees_all = [Role::Admin, Role::Analyst, Role::Coach];
    if !actor.roles.contains(Role::Department) || actor.roles.allow(&sees_all) {
        return Ok(None);
    }
    // A person without a department sees no theme at all.
    store::find_person(c, actor.organisation, actor.person)?
        .map(|person| Some(person.department.unwrap_or_default()))
        .ok_or(AccountsError::SignedOut)
}

/// Assigns a person with the department role to `department`, as themes name their owner.
///
/// # Errors
/// [`AccountsError::NoPerson`], [`AccountsError::DepartmentName`] without that role.
pub fn set_department(
    c: &mut DbConnection,
    actor: &Actor,
    person: Id,
    department: &str,
    now: Instant,
) -> Result<()> {
    let organisation = actor.organisation;
    let found = store::find_person(c, organisation, person)?.ok_or(AccountsError::NoPerson)?;
    if !found.roles.contains(Role::Department) {
        return Err(AccountsError::DepartmentName);
    }
    store::set_department(c, organisation, person, department)?;
    let event = actor.event("person.department_changed", ("person", person));
    let detail = serde_json::json!({ "department": department });
    Ok(audit::record(c, event.detail(detail), now)?)
}
