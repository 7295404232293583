//! Organisations, the people in them, and how they prove who they are.
//!
//! Signing in has two halves so that no database connection waits for a password hash: [`find_login`], then
//! [`Login::accepts`] on a thread of its own, then [`open_session`] or [`record_failure`]. One message answers every
//! failure, known address or not, locked or not.

pub mod credentials;
pub mod store;

use chrono::Duration;
use serde::{Deserialize, Serialize};

use crate::{
    audit,
    db::{DbConnection, DbError},
    types::{Id, Instant},
};
pub use credentials::{AccessKeys, CredentialError, new_token, token_hash};
pub use store::{Organisation, Person, StoredReply};

/// What a person may do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Admin,
    Recruiter,
    Analyst,
    Coach,
    /// Answers for the themes that a department owns, and sees no other.
    Department,
    Agent,
}

impl Role {
    /// Every role, for tables and choices.
    pub const ALL: [Self; 6] = [
        Self::Admin,
        Self::Recruiter,
        Self::Analyst,
        Self::Coach,
        Self::Department,
        Self::Agent,
    ];

    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Recruiter => "recruiter",
            Self::Analyst => "analyst",
            Self::Coach => "coach",
            Self::Department => "department",
            Self::Agent => "agent",
        }
    }

    /// The role of this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == name)
    }
}

/// The person behind a request.
#[derive(Clone, Debug)]
pub struct Actor {
    pub organisation: Id,
    pub person: Id,
    pub role: Role,
    /// The agent this person is, when they are one.
    pub agent: Option<Id>,
    pub name: String,
}

impl Actor {
    /// How the audit log names them.
    pub fn label(&self) -> String {
        format!("person:{}", self.person)
    }
}

/// What can go wrong with accounts.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    #[error(
        "The e-mail address or the password is not right, or there were too many attempts. Check both, or wait a few minutes."
    )]
    BadLogin,
    #[error("This sign-in is no longer valid. Please sign in again.")]
    SignedOut,
    #[error("The present password is not right.")]
    WrongPassword,
    #[error("Somebody with this e-mail address already has an account.")]
    EmailTaken,
    #[error("An organisation of this name already exists.")]
    OrganisationTaken,
    #[error("This is not a usable e-mail address.")]
    BadEmail,
    #[error("A name is needed, of at most 200 characters.")]
    BadName,
    #[error("There is no such organisation.")]
    NoOrganisation,
    #[error("An agent's account needs the agent's reference, and no other account takes one.")]
    AgentReference,
    #[error("A department's account needs the department, and no other account takes one.")]
    DepartmentName,
    #[error("This agent has an account already.")]
    AgentTaken,
    #[error("There is no such person.")]
    NoPerson,
    #[error("There is no such agent in this organisation.")]
    NoAgent,
    #[error(transparent)]
    Credential(#[from] CredentialError),
    #[error(transparent)]
    Db(#[from] DbError),
}

type Result<T> = std::result::Result<T, AccountsError>;

/// How long a browser stays signed in.
pub const SESSION_HOURS: i64 = 12;
const REFRESH_DAYS: i64 = 30;
/// Failures before the first lock; each further one doubles it, up to an hour.
const FREE_ATTEMPTS: i32 = 5;

/// An e-mail address in lower case, or why not. One `@`, something on both sides, no blanks, at most 254 characters.
///
/// # Errors
/// [`AccountsError::BadEmail`].
pub fn parse_email(raw: &str) -> Result<String> {
    let email = raw.trim().to_lowercase();
    let plausible = email.len() <= 254
        && !email.contains(|c: char| {
            c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | '"' | ',')
        })
        && email.split('@').count() == 2
        && email.split('@').all(|side| !side.is_empty())
        && email
            .rsplit('@')
            .next()
            .is_some_and(|domain| domain.contains('.') && !domain.ends_with('.'));
    if plausible {
        Ok(email)
    } else {
        Err(AccountsError::BadEmail)
    }
}

/// A person's or thing's name: trimmed, not empty, at most 200 characters, no control characters.
///
/// # Errors
/// [`AccountsError::BadName`].
pub fn parse_name(raw: &str) -> Result<String> {
    let name = raw.trim();
    if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
        return Err(AccountsError::BadName);
    }
    Ok(name.to_owned())
}

/// Founds an organisation.
///
/// # Errors
/// When the name is taken or unusable.
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
    };
    store::insert_organisation(c, &row).map_err(|e| match e {
        DbError::Duplicate => AccountsError::OrganisationTaken,
        e => e.into(),
    })?;
    let event = audit::Event {
        organisation: row.id,
        actor: "system",
        action: "organisation.created",
        object_kind: "organisation",
        object_id: row.id.to_string(),
        detail: serde_json::json!({ "synthetic": synthetic }),
    };
    audit::record(c, event, now)?;
    Ok(row.id)
}

/// A person to be.
#[derive(Clone, Debug)]
pub struct NewPerson {
    pub email: String,
    pub name: String,
    pub role: Role,
    /// Made by [`credentials::hash_password`], away from any connection.
    pub password_hash: String,
    pub agent: Option<Id>,
    /// As the themes name it.
    pub department: Option<String>,
}

/// Gives somebody an account. `by` is the audit label of who did it.
///
/// # Errors
/// When the address or name is unusable, the address is taken, or the agent is not one of this organisation's.
pub fn create_person(
    c: &mut DbConnection,
    organisation: Id,
    new: NewPerson,
    by: &str,
    now: Instant,
) -> Result<Id> {
    if (new.role == Role::Agent) != new.agent.is_some() {
        return Err(AccountsError::AgentReference);
    }
    if (new.role == Role::Department) != new.department.is_some() {
        return Err(AccountsError::DepartmentName);
    }
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
        role: new.role.as_str().to_owned(),
        password_hash: new.password_hash,
        agent_id: new.agent,
        failed_attempts: 0,
        locked_until: None,
        created_at: now,
        department: new.department,
    };
    store::insert_person(c, &row).map_err(|e| match e {
        DbError::Duplicate => AccountsError::EmailTaken,
        DbError::DanglingReference => AccountsError::NoAgent,
        e => e.into(),
    })?;
    let event = audit::Event {
        organisation,
        actor: by,
        action: "person.created",
        object_kind: "person",
        object_id: row.id.to_string(),
        detail: serde_json::json!({ "role": new.role }),
    };
    audit::record(c, event, now)?;
    Ok(row.id)
}

/// What is known before a password is looked at.
pub struct Login {
    person: Option<Person>,
    locked: bool,
}

impl Login {
    /// Checks the password. Slow on purpose, and equally slow for an unknown person: call it away from connections.
    pub fn accepts(&self, password: &str) -> bool {
        let hash = self.person.as_ref().map(|p| p.password_hash.as_str());
        credentials::verify_password(hash, password) && !self.locked
    }
}

/// Looks a person up for signing in. An address nobody has gives a [`Login`] too.
///
/// # Errors
/// Database errors.
pub fn find_login(c: &mut DbConnection, email: &str, now: Instant) -> Result<Login> {
    let person = match parse_email(email) {
        Ok(email) => store::find_person_by_email(c, &email)?,
        Err(_) => None,
    };
    let locked = person
        .as_ref()
        .and_then(|p| p.locked_until)
        .is_some_and(|until| until > now);
    Ok(Login { person, locked })
}

/// Counts a failed sign-in and locks for a growing time after five.
///
/// # Errors
/// Database errors.
pub fn record_failure(c: &mut DbConnection, login: &Login, now: Instant) -> Result<()> {
    let Some(person) = &login.person else {
        return Ok(());
    };
    audit::record(c, person_event(person, "person.sign_in_failed"), now)?;
    if login.locked {
        // A lock runs out by itself; trying meanwhile does not prolong it.
        return Ok(());
    }
    let failures = store::count_failure(c, person.organisation_id, person.id)?;
    if failures >= FREE_ATTEMPTS {
        let minutes = 1_i64 << (failures - FREE_ATTEMPTS).min(6);
        let until = now.plus(Duration::minutes(minutes.min(60)));
        store::lock_until(c, person.organisation_id, person.id, until)?;
    }
    Ok(())
}

/// How a signed-in person is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionKind {
    /// A browser's cookie.
    Browser,
    /// A refresh token of the API.
    Refresh,
}

impl SessionKind {
    fn as_str(self) -> &'static str {
        match self {
            Self::Browser => "browser",
            Self::Refresh => "refresh",
        }
    }

    fn lasts(self) -> Duration {
        match self {
            Self::Browser => Duration::hours(SESSION_HOURS),
            Self::Refresh => Duration::days(REFRESH_DAYS),
        }
    }
}

/// Opens a session for a login that was accepted. Returns the person and the token, which is kept only as a hash.
///
/// # Errors
/// [`AccountsError::BadLogin`] when there is no such person.
pub fn open_session(
    c: &mut DbConnection,
    login: &Login,
    kind: SessionKind,
    now: Instant,
) -> Result<(Actor, String)> {
    let person = login.person.as_ref().ok_or(AccountsError::BadLogin)?;
    // Guesses made at the same time may have locked the account since it was looked up.
    let present =
        store::find_person(c, person.organisation_id, person.id)?.ok_or(AccountsError::BadLogin)?;
    if present.locked_until.is_some_and(|until| until > now) {
        return Err(AccountsError::BadLogin);
    }
    store::clear_failures(c, person.organisation_id, person.id)?;
    let token = issue(c, person.organisation_id, person.id, kind, Id::new(), now)?;
    let mut event = person_event(person, "person.signed_in");
    let label = format!("person:{}", person.id);
    event.actor = &label;
    audit::record(c, event, now)?;
    Ok((actor_of(person)?, token))
}

fn issue(
    c: &mut DbConnection,
    organisation: Id,
    person: Id,
    kind: SessionKind,
    family: Id,
    now: Instant,
) -> Result<String> {
    let token = new_token();
    let row = store::Token {
        organisation_id: organisation,
        id: Id::new(),
        person_id: person,
        kind: kind.as_str().to_owned(),
        token_hash: token_hash(&token),
        family_id: family,
        created_at: now,
        expires_at: now.plus(kind.lasts()),
        used_at: None,
        revoked_at: None,
    };
    store::insert_token(c, &row)?;
    Ok(token)
}

/// The person behind a browser's cookie, or `None`.
///
/// # Errors
/// Database errors.
pub fn session_actor(c: &mut DbConnection, token: &str, now: Instant) -> Result<Option<Actor>> {
    let found = store::find_token(c, SessionKind::Browser.as_str(), &token_hash(token))?;
    let Some(row) = found.filter(|t| t.revoked_at.is_none() && t.expires_at > now) else {
        return Ok(None);
    };
    store::find_person(c, row.organisation_id, row.person_id)?
        .map(|p| actor_of(&p))
        .transpose()
}

/// Exchanges a refresh token for a new one. A token used twice means that somebody copied it: the whole family is
/// revoked. `None` when the token is unknown, used, revoked or expired.
///
/// # Errors
/// Database errors.
pub fn refresh(c: &mut DbConnection, token: &str, now: Instant) -> Result<Option<(Actor, String)>> {
    let found = store::find_token(c, SessionKind::Refresh.as_str(), &token_hash(token))?;
    let Some(row) = found else { return Ok(None) };
    if row.expires_at <= now {
        return Ok(None);
    }
    // Whoever revokes holds the person first, too: neither can slip past the other.
    store::hold_person(c, row.organisation_id, row.person_id)?;
    let found = store::find_token(c, SessionKind::Refresh.as_str(), &token_hash(token))?;
    let Some(row) = found.filter(|t| t.revoked_at.is_none()) else {
        return Ok(None);
    };
    if !store::use_token(c, &row, now)? {
        store::revoke_family(c, row.organisation_id, row.family_id, now)?;
        let event = audit::Event {
            organisation: row.organisation_id,
            actor: "system",
            action: "refresh_token.reused",
            object_kind: "person",
            object_id: row.person_id.to_string(),
            detail: serde_json::json!({}),
        };
        audit::record(c, event, now)?;
        return Ok(None);
    }
    let Some(person) = store::find_person(c, row.organisation_id, row.person_id)? else {
        return Ok(None);
    };
    let next = issue(
        c,
        row.organisation_id,
        row.person_id,
        SessionKind::Refresh,
        row.family_id,
        now,
    )?;
    Ok(Some((actor_of(&person)?, next)))
}

/// Ends the session of a token of either kind. An unknown token is no error: it is signed out already.
///
/// # Errors
/// Database errors.
pub fn sign_out(c: &mut DbConnection, kind: SessionKind, token: &str, now: Instant) -> Result<()> {
    if let Some(row) = store::find_token(c, kind.as_str(), &token_hash(token))? {
        store::hold_person(c, row.organisation_id, row.person_id)?;
        store::revoke_family(c, row.organisation_id, row.family_id, now)?;
        let event = audit::Event {
            organisation: row.organisation_id,
            actor: &format!("person:{}", row.person_id),
            action: "person.signed_out",
            object_kind: "person",
            object_id: row.person_id.to_string(),
            detail: serde_json::json!({}),
        };
        audit::record(c, event, now)?;
    }
    Ok(())
}

/// The stored password hash of the person acting, for checking the present password before a change.
///
/// # Errors
/// [`AccountsError::SignedOut`] when the person is gone.
pub fn password_hash_of(c: &mut DbConnection, actor: &Actor) -> Result<String> {
    store::find_person(c, actor.organisation, actor.person)?
        .map(|p| p.password_hash)
        .ok_or(AccountsError::SignedOut)
}

/// Stores a new password hash and ends every session of this person.
///
/// # Errors
/// Database errors.
pub fn change_password(
    c: &mut DbConnection,
    actor: &Actor,
    new_hash: &str,
    now: Instant,
) -> Result<()> {
    store::set_password(c, actor.organisation, actor.person, new_hash)?;
    store::revoke_person(c, actor.organisation, actor.person, now)?;
    let event = audit::Event {
        organisation: actor.organisation,
        actor: &actor.label(),
        action: "person.password_changed",
        object_kind: "person",
        object_id: actor.person.to_string(),
        detail: serde_json::json!({}),
    };
    audit::record(c, event, now)?;
    Ok(())
}

/// Which department's themes somebody may see and answer for; `None` for those who see all.
///
/// # Errors
/// [`AccountsError::SignedOut`] when the person is gone.
pub fn department_of(c: &mut DbConnection, actor: &Actor) -> Result<Option<String>> {
    if actor.role != Role::Department {
        return Ok(None);
    }
    // Without a name it is nobody's: such a person sees nothing, and never everything.
    store::find_person(c, actor.organisation, actor.person)?
        .map(|person| Some(person.department.unwrap_or_default()))
        .ok_or(AccountsError::SignedOut)
}

/// Has a department's person speak for `department` from now on, as the themes name it.
///
/// # Errors
/// When there is no such person, or they speak for none.
pub fn set_department(
    c: &mut DbConnection,
    actor: &Actor,
    person: Id,
    department: &str,
    now: Instant,
) -> Result<()> {
    let organisation = actor.organisation;
    let found = store::find_person(c, organisation, person)?.ok_or(AccountsError::NoPerson)?;
    if Role::parse(&found.role) != Some(Role::Department) {
        return Err(AccountsError::DepartmentName);
    }
    store::set_department(c, organisation, person, department)?;
    let event = audit::Event {
        organisation,
        actor: &actor.label(),
        action: "person.department_changed",
        object_kind: "person",
        object_id: person.to_string(),
        detail: serde_json::json!({ "department": department }),
    };
    audit::record(c, event, now)?;
    Ok(())
}

fn actor_of(person: &Person) -> Result<Actor> {
    // A role this version does not know grants nothing.
    let role = Role::parse(&person.role).ok_or(AccountsError::SignedOut)?;
    Ok(Actor {
        organisation: person.organisation_id,
        person: person.id,
        role,
        agent: person.agent_id,
        name: person.name.clone(),
    })
}

fn person_event<'a>(person: &Person, action: &'a str) -> audit::Event<'a> {
    audit::Event {
        organisation: person.organisation_id,
        actor: "system",
        action,
        object_kind: "person",
        object_id: person.id.to_string(),
        detail: serde_json::json!({}),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked_and_lowered() {
        assert_eq!(
            parse_email(" Ann@Example.ORG ").ok().as_deref(),
            Some("ann@example.org")
        );
        for bad in [
            "",
            "ann",
            "ann@",
            "@x.org",
            "a b@x.org",
            "a@b@c.org",
            "a@localhost",
            "<a@x.org>",
        ] {
            assert!(parse_email(bad).is_err(), "{bad}");
        }
    }
}
