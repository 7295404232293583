//! Signing in, sessions and passwords.
//!
//! Signing in has two halves, so that no database connection waits for a password hash:
//! [`find_login`], then [`Login::accepts`] on a blocking thread, then
//! [`two_step::open_session`](super::two_step::open_session) or [`record_failure`]. Every failure gives the same message, whether the address is known or not.

use super::{
    actor::Actor,
    credentials::{self, new_token, token_hash},
    error::{AccountsError, Result},
    names::parse_email,
    one_time_links::void_links,
    session_kind::SessionKind,
    store::{self, Person},
};
use crate::{
    audit,
    db::DbConnection,
    types::{Id, Instant, hex, keyed_hash},
};

/// An account found for signing in, before the password is checked.
#[derive(Clone)]
pub struct Login {
    person: Option<Person>,
}

impl Login {
    /// Organisation of the person; `None` for an unknown address.
    pub fn organisation(&self) -> Option<Id> {
        self.person.as_ref().map(|p| p.organisation_id)
    }

    /// Organisation and id of the person; `None` for an unknown address.
    pub fn key(&self) -> Option<(Id, Id)> {
        self.person.as_ref().map(|p| (p.organisation_id, p.id))
    }

    /// Address of the person; empty for an unknown one.
    pub fn email(&self) -> &str {
        self.person.as_ref().map_or("", |p| &p.email)
    }

    /// Checks the password. Deliberately slow, and as slow for an unknown address: call it without
    /// holding a connection.
    pub fn accepts(&self, password: &str) -> bool {
        let hash = self.person.as_ref().map(|p| p.password_hash.as_str());
        credentials::verify_password(hash, password)
    }

    /// What marks a device on which this person has signed in, under a server's `secret`. It is
    /// void once the password changes. An unknown address has one that fits nobody.
    pub fn device_mark(&self, secret: &str) -> String {
        self.mark(secret, "known device")
    }

    /// Signature over what a browser carries from the password to the code, under a server's
    /// `secret`. It is void once the password changes.
    pub fn step_mark(&self, secret: &str, carried: &str) -> String {
        self.mark(secret, &format!("step of signing in\n{carried}"))
    }

    fn mark(&self, secret: &str, what: &str) -> String {
        let of = match &self.person {
            Some(person) => format!("{what}\n{}\n{}", person.id, person.password_hash),
            None => new_token(),
        };
        hex(&keyed_hash(secret.as_bytes(), &[of.as_bytes()]))
    }
}

/// Finds a person for signing in. An unknown address gives a [`Login`] too.
pub fn find_login(c: &mut DbConnection, email: &str) -> Result<Login> {
    let person = match parse_email(email) {
        Ok(email) => store::find_person_by_email(c, &email)?,
        Err(_) => None,
    };
    Ok(Login { person })
}

/// The login of a person whose password was right a moment ago.
pub fn login_of(c: &mut DbConnection, organisation: Id, person: Id) -> Result<Login> {
    let person = store::find_person(c, organisation, person)?;
    Ok(Login { person })
}

/// Records failed attempts to sign in: the first of an hour and, so that an attack does not fill the
/// log, the tenth, hundredth and so on. `count` is the number within the hour.
pub fn record_failure(c: &mut DbConnection, login: &Login, count: u32, now: Instant) -> Result<()> {
    let is_power_of_ten = count == 10_u32.pow(count.checked_ilog10().unwrap_or(0));
    if let (Some(person), true) = (&login.person, is_power_of_ten) {
        let event = person_event(person, "person.sign_in_failed");
        audit::record(
            c,
            event.detail(serde_json::json!({ "attempts": count })),
            now,
        )?;
    }
    Ok(())
}

/// Opens a session for an accepted login. Returns the person and the token, of which only the hash
/// is stored.
///
/// # Errors
/// [`AccountsError::BadLogin`] if there is no such person, or not any more, or if the password was
/// changed meanwhile.
pub fn open_session(
    c: &mut DbConnection,
    login: &Login,
    kind: SessionKind,
    now: Instant,
) -> Result<(Actor, String)> {
    let person = login.person.as_ref().ok_or(AccountsError::BadLogin)?;
    let found = store::find_person(c, person.organisation_id, person.id)?;
    found
        .filter(|found| found.password_hash == person.password_hash)
        .ok_or(AccountsError::BadLogin)?;
    let token = issue(c, person.organisation_id, person.id, kind, Id::new(), now)?;
    let label = format!("person:{}", person.id);
    let object = ("person", person.id);
    let event = audit::Event::new(person.organisation_id, &label, "person.signed_in", object);
    audit::record(c, event, now)?;
    Ok((actor_of(person), token))
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
        kind,
        token_hash: token_hash(&token),
        family_id: family,
        created_at: now,
        expires_at: now.plus(kind.lifetime()),
        used_at: None,
        revoked_at: None,
    };
    store::insert_token(c, &row)?;
    Ok(token)
}

/// The person behind a browser's cookie, or `None`.
pub fn session_actor(c: &mut DbConnection, token: &str, now: Instant) -> Result<Option<Actor>> {
    let found = store::find_token(c, SessionKind::Browser, &token_hash(token))?;
    let Some(row) = found.filter(|t| t.revoked_at.is_none() && t.expires_at > now) else {
        return Ok(None);
    };
    let person = store::find_person(c, row.organisation_id, row.person_id)?;
    Ok(person.map(|p| actor_of(&p)))
}

/// Exchanges a refresh token for a new one. A token that is used twice has been copied, so its
/// whole family is revoked. Returns `None` if the token is unknown, used, revoked or expired.
pub fn refresh(c: &mut DbConnection, token: &str, now: Instant) -> Result<Option<(Actor, String)>> {
    let found = store::find_token(c, SessionKind::Refresh, &token_hash(token))?;
    let Some(row) = found else { return Ok(None) };
    if row.expires_at <= now {
        return Ok(None);
    }
    // Revocation locks the person first as well, so the two cannot overtake each other.
    store::hold_person(c, row.organisation_id, row.person_id)?;
    let found = store::find_token(c, SessionKind::Refresh, &token_hash(token))?;
    let Some(row) = found.filter(|t| t.revoked_at.is_none()) else {
        return Ok(None);
    };
    if !store::use_token(c, &row, now)? {
        store::revoke_family(c, row.organisation_id, row.family_id, now)?;
        let event = audit::Event::new(
            row.organisation_id,
            "system",
            "refresh_token.reused",
            ("person", row.person_id),
        );
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
    Ok(Some((actor_of(&person), next)))
}

/// Ends the session of a token of either kind. An unknown token is not an error.
pub fn sign_out(c: &mut DbConnection, kind: SessionKind, token: &str, now: Instant) -> Result<()> {
    if let Some(row) = store::find_token(c, kind, &token_hash(token))? {
        store::hold_person(c, row.organisation_id, row.person_id)?;
        store::revoke_family(c, row.organisation_id, row.family_id, now)?;
        let event = audit::Event::new(
            row.organisation_id,
            format!("person:{}", row.person_id),
            "person.signed_out",
            ("person", row.person_id),
        );
        audit::record(c, event, now)?;
    }
    Ok(())
}

/// The stored password hash of the acting person, to check the current password before a change, and
/// the words about them that the new one must not consist of.
///
/// # Errors
/// [`AccountsError::SignedOut`] if the person no longer exists.
pub fn password_hash_of(c: &mut DbConnection, actor: &Actor) -> Result<(String, [String; 3])> {
    let person = store::find_person(c, actor.organisation, actor.person)?;
    let person = person.ok_or(AccountsError::SignedOut)?;
    let organisation = store::find_organisation(c, actor.organisation)?;
    let organisation = organisation.map_or_else(String::new, |found| found.name);
    Ok((
        person.password_hash,
        [person.name, person.email, organisation],
    ))
}

/// Stores a new password hash, ends every session of this person and voids their one-time links.
pub fn change_password(
    c: &mut DbConnection,
    actor: &Actor,
    new_hash: &str,
    now: Instant,
) -> Result<()> {
    store::set_password(c, actor.organisation, actor.person, new_hash)?;
    store::revoke_person(c, actor.organisation, actor.person, now)?;
    void_links(c, actor.organisation, actor.person, now)?;
    let object = ("person", actor.person);
    Ok(actor.record(c, "person.password_changed", object, now)?)
}

fn actor_of(person: &Person) -> Actor {
    Actor {
        organisation: person.organisation_id,
        person: person.id,
        role: person.role,
        agent: person.agent_id,
        name: person.name.clone(),
    }
}

fn person_event<'a>(person: &Person, action: &'a str) -> audit::Event<'a> {
    let object = ("person", person.id);
    audit::Event::new(person.organisation_id, "system", action, object)
}
