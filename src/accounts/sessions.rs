//! Signing in, sessions and passwords.
//!
//! Signing in has two halves, so that no database connection waits for a password hash:
//! [`find_login`], then [`Login::accepts`] on a blocking thread, then
//! [`two_step::open_session`](super::two_step::open_session) or [`record_failure`]. Every failure
//! gives the same message, whether the address is known or not.

use chrono::Duration;

use super::{
    actor::Actor,
    credentials::{self, Claims, new_token, token_hash},
    error::{AccountsError, Result},
    names::parse_email,
    one_time_links::void_links,
    session_kind::SessionKind,
    store::{self, Person, Session},
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
    device: String,
}

impl Login {
    /// Organisation of the person; `None` for an unknown address.
    pub fn organisation(&self) -> Option<Id> {
        self.person.as_ref().map(|p| p.organisation_id)
    }

    /// This login from a device: browser and operating system, or the name of a program.
    pub fn from_device(self, device: String) -> Self {
        Self { device, ..self }
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

/// Finds a person for signing in. An unknown address gives a [`Login`] too, and so does that of an
/// account that is not active.
pub fn find_login(c: &mut DbConnection, email: &str) -> Result<Login> {
    let person = match parse_email(email) {
        Ok(email) => store::find_person_by_email(c, &email)?,
        Err(_) => None,
    };
    Ok(Login {
        person,
        device: String::new(),
    })
}

/// The login of a person whose password was right a moment ago.
pub fn login_of(c: &mut DbConnection, organisation: Id, person: Id) -> Result<Login> {
    let person = store::find_person(c, organisation, person)?;
    Ok(Login {
        person,
        device: String::new(),
    })
}

/// Records failed attempts to sign in: the first of an hour and, so that an attack does not fill
/// the log, the tenth, hundredth and so on. `count` is the number within the hour.
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
/// [`AccountsError::BadLogin`] if there is no such person, or if meanwhile the account was
/// suspended or closed, or the password was changed.
pub fn open_session(
    c: &mut DbConnection,
    login: &Login,
    kind: SessionKind,
    now: Instant,
) -> Result<(Actor, String)> {
    let person = login.person.as_ref().ok_or(AccountsError::BadLogin)?;
    if !store::note_sign_in(c, person, now)? {
        return Err(AccountsError::BadLogin);
    }
    let session = Session {
        organisation_id: person.organisation_id,
        id: Id::new(),
        person_id: person.id,
        kind,
        device: login.device.clone(),
        started_at: now,
        last_used_at: now,
        expires_at: now.plus(kind.lifetime()),
        ended_at: None,
    };
    store::sessions::insert_session(c, &session)?;
    let token = issue(c, &session, now)?;
    let label = format!("person:{}", person.id);
    let object = ("person", person.id);
    let event = audit::Event::new(person.organisation_id, &label, "person.signed_in", object);
    audit::record(c, event, now)?;
    Ok((actor_of(person), token))
}

fn issue(c: &mut DbConnection, session: &Session, now: Instant) -> Result<String> {
    let token = new_token();
    let row = store::Token {
        organisation_id: session.organisation_id,
        id: Id::new(),
        person_id: session.person_id,
        kind: session.kind,
        token_hash: token_hash(&token),
        session_id: session.id,
        created_at: now,
        expires_at: now.plus(session.kind.lifetime()),
        used_at: None,
    };
    store::sessions::insert_token(c, &row)?;
    Ok(token)
}

/// Time after which the use of a session is noted again.
const NOTED_EVERY: Duration = Duration::minutes(5);

/// A session in which a request is sent.
#[derive(Clone, Debug)]
pub struct LiveSession {
    pub actor: Actor,
    pub id: Id,
    /// Whether its use is to be noted with [`note_use`].
    pub is_to_be_noted: bool,
}

fn live(c: &mut DbConnection, session: Session, now: Instant) -> Result<Option<LiveSession>> {
    if session.ended_at.is_some() {
        return Ok(None);
    }
    let person = store::find_person(c, session.organisation_id, session.person_id)?;
    Ok(person.filter(Person::is_active).map(|person| LiveSession {
        actor: actor_of(&person),
        id: session.id,
        is_to_be_noted: session.last_used_at.plus(NOTED_EVERY) <= now,
    }))
}

/// The session of a browser's cookie, unless it has ended or the account is not active.
pub fn cookie_session(
    c: &mut DbConnection,
    token: &str,
    now: Instant,
) -> Result<Option<LiveSession>> {
    match store::sessions::find_token(c, SessionKind::Browser, &token_hash(token))? {
        Some((token, session)) if token.expires_at > now => live(c, session, now),
        _ => Ok(None),
    }
}

/// The session of an access token, unless it has ended or the account is not active.
pub fn access_session(
    c: &mut DbConnection,
    claims: &Claims,
    now: Instant,
) -> Result<Option<LiveSession>> {
    match store::sessions::find_token(c, SessionKind::Refresh, &claims.sid)? {
        Some((_, session)) if session.person_id == claims.sub => live(c, session, now),
        _ => Ok(None),
    }
}

/// Notes that a session is used.
pub fn note_use(c: &mut DbConnection, organisation: Id, session: Id, now: Instant) -> Result<()> {
    Ok(store::sessions::note_use(c, organisation, session, now)?)
}

/// Exchanges a refresh token for a new one. A token that is used twice has been copied, so its
/// session ends. Returns `None` if the token is unknown, used or expired, its session has ended or
/// the account is not active.
pub fn refresh(c: &mut DbConnection, token: &str, now: Instant) -> Result<Option<(Actor, String)>> {
    let hash = token_hash(token);
    let found = store::sessions::find_token(c, SessionKind::Refresh, &hash)?;
    let Some((row, _)) = found.filter(|(token, _)| token.expires_at > now) else {
        return Ok(None);
    };
    let organisation = row.organisation_id;
    // Whoever ends a session locks the person first as well, so the two cannot overtake each other.
    store::hold_person(c, organisation, row.person_id)?;
    let found = store::sessions::find_token(c, SessionKind::Refresh, &hash)?;
    let Some((row, session)) = found.filter(|(_, session)| session.ended_at.is_none()) else {
        return Ok(None);
    };
    if !store::sessions::use_token(c, &row, now)? {
        store::sessions::end_session(c, (organisation, row.person_id), session.id, now)?;
        let object = ("person", row.person_id);
        let event = audit::Event::new(organisation, "system", "refresh_token.reused", object);
        audit::record(c, event, now)?;
        return Ok(None);
    }
    let person = store::find_person(c, organisation, row.person_id)?;
    let Some(person) = person.filter(Person::is_active) else {
        return Ok(None);
    };
    let until = now.plus(SessionKind::Refresh.lifetime());
    store::sessions::prolong(c, organisation, session.id, (now, until))?;
    let next = issue(c, &session, now)?;
    Ok(Some((actor_of(&person), next)))
}

/// Ends the session of a token of either kind. Neither an unknown token nor a session that has
/// ended is an error.
pub fn sign_out(c: &mut DbConnection, kind: SessionKind, token: &str, now: Instant) -> Result<()> {
    let found = store::sessions::find_token(c, kind, &token_hash(token))?;
    if let Some((row, session)) = found {
        let owner = (row.organisation_id, row.person_id);
        store::hold_person(c, row.organisation_id, row.person_id)?;
        if !store::sessions::end_session(c, owner, session.id, now)? {
            return Ok(());
        }
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

/// The stored password hash of the acting person, to check the current password before a change,
/// and the words about them that the new one must not consist of.
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

/// A person as they act.
pub fn actor_of(person: &Person) -> Actor {
    Actor {
        organisation: person.organisation_id,
        person: person.id,
        roles: person.roles,
        agent: person.agent_id,
        api_key: None,
        name: person.name.clone(),
    }
}

fn person_event<'a>(person: &Person, action: &'a str) -> audit::Event<'a> {
    let object = ("person", person.id);
    audit::Event::new(person.organisation_id, "system", action, object)
}
