//! Two-step sign-in: after the password, a code of an authenticator app or a recovery code.
//!
//! A person sets it up with [`begin`] and [`confirm`]. Signing in asks [`demand`] what follows the
//! password; a code is checked with [`accepts`], so that a wrong one can be counted, and used up by
//! [`open_session`]. Whoever turns it off or makes new recovery codes needs a code as well. An
//! organisation can demand two-step sign-in of everybody: then nobody without it has a session.

mod base32;
mod recovery_codes;
mod sealing;
mod store;
mod totp;

pub use sealing::SealingKey;

use super::{
    actor::Actor,
    credentials::token_hash,
    error::{AccountsError, Result},
    session_kind::SessionKind,
    sessions::{self, Login},
    store as accounts_store,
};
use crate::{
    audit,
    db::DbConnection,
    types::{Id, Instant},
};

/// What follows the right password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Demand {
    /// Nothing: the session opens.
    Nothing,
    /// A code.
    Code,
    /// The organisation demands two-step sign-in, which the person has not set up.
    SetUp,
}

/// How things are with the two-step sign-in of a person.
#[derive(Clone, Copy, Debug)]
pub struct Status {
    /// Whether a code is asked for at sign-in.
    pub on: bool,
    /// Whether the organisation demands it.
    pub required: bool,
    /// Recovery codes that were not used.
    pub codes_left: usize,
}

/// A secret to be set up in an app.
pub struct NewSecret {
    /// As text, for typing.
    pub text: String,
    /// For the QR code.
    pub address: String,
}

/// What follows the right password of this login.
pub fn demand(c: &mut DbConnection, login: &Login) -> Result<Demand> {
    let Some((organisation, person)) = login.key() else {
        return Ok(Demand::Nothing);
    };
    let secret = store::find(c, organisation, person)?;
    Ok(if secret.is_some_and(|s| s.confirmed_at.is_some()) {
        Demand::Code
    } else if store::is_required(c, organisation)? {
        Demand::SetUp
    } else {
        Demand::Nothing
    })
}

/// How things are with the two-step sign-in of a person.
pub fn status(c: &mut DbConnection, organisation: Id, person: Id) -> Result<Status> {
    let secret = store::find(c, organisation, person)?;
    Ok(Status {
        on: secret.is_some_and(|s| s.confirmed_at.is_some()),
        required: store::is_required(c, organisation)?,
        codes_left: store::unused_codes(c, organisation, person)?.len(),
    })
}

/// Makes a secret for a person, in place of one that was not confirmed.
///
/// # Errors
/// [`AccountsError::NoPerson`]; [`AccountsError::TwoStepOn`] if one was confirmed.
pub fn begin(
    c: &mut DbConnection,
    owner: (Id, Id),
    key: &SealingKey,
    now: Instant,
) -> Result<NewSecret> {
    let (organisation, person) = owner;
    let account = locked(c, owner)?;
    let stored = store::find(c, organisation, person)?;
    if stored.is_some_and(|s| s.confirmed_at.is_some()) {
        return Err(AccountsError::TwoStepOn);
    }
    let secret = totp::new_secret();
    let row = store::TwoStepSecret {
        organisation_id: organisation,
        person_id: person,
        sealed_secret: key.seal(owner, &secret).ok_or(AccountsError::Sealing)?,
        created_at: now,
        confirmed_at: None,
        last_step: None,
    };
    store::replace(c, &row)?;
    Ok(to_show(&secret, &account))
}

/// The secret that a person is about to set up, if there is one.
///
/// # Errors
/// [`AccountsError::NoPerson`].
pub fn begun(c: &mut DbConnection, owner: (Id, Id), key: &SealingKey) -> Result<Option<NewSecret>> {
    let (organisation, person) = owner;
    let found = accounts_store::find_person(c, organisation, person)?;
    let account = found.ok_or(AccountsError::NoPerson)?;
    let stored = store::find(c, organisation, person)?;
    let begun = stored.filter(|s| s.confirmed_at.is_none());
    let secret = begun.and_then(|s| key.open(owner, &s.sealed_secret));
    Ok(secret.map(|secret| to_show(&secret, &account.email)))
}

fn to_show(secret: &[u8], account: &str) -> NewSecret {
    NewSecret {
        text: totp::readable(secret),
        address: totp::address(secret, account),
    }
}

/// Turns two-step sign-in on with the first code of the app, and ends the person's sessions but the
/// one that is `keep`: they were opened without a code. Returns the recovery codes, of which
/// only hashes are stored.
///
/// # Errors
/// [`AccountsError::NoPerson`], [`AccountsError::WrongCode`]; [`AccountsError::TwoStepOn`] if it is
/// on already, [`AccountsError::TwoStepOff`] if no secret was made before.
pub fn confirm(
    c: &mut DbConnection,
    owner: (Id, Id),
    (code, key): (&str, &SealingKey),
    keep: Option<Id>,
    now: Instant,
) -> Result<Vec<String>> {
    let (organisation, person) = owner;
    locked(c, owner)?;
    let stored = store::find(c, organisation, person)?.ok_or(AccountsError::TwoStepOff)?;
    if stored.confirmed_at.is_some() {
        return Err(AccountsError::TwoStepOn);
    }
    let step = accepted_step(&stored, code, key, now).ok_or(AccountsError::WrongCode)?;
    store::confirm(c, organisation, person, step, now)?;
    end_others(c, owner, keep, now)?;
    record(c, owner, "person.two_step_on", now)?;
    new_codes(c, owner)
}

/// Turns two-step sign-in on and opens a session: see [`confirm`] and
/// [`sessions::open_session`].
///
/// # Errors
/// Those of both.
pub fn confirm_and_open(
    c: &mut DbConnection,
    login: &Login,
    code: &str,
    key: &SealingKey,
    now: Instant,
) -> Result<(Actor, String, Vec<String>)> {
    let owner = login.key().ok_or(AccountsError::BadLogin)?;
    let codes = confirm(c, owner, (code, key), None, now)?;
    let (actor, token) = sessions::open_session(c, login, SessionKind::Browser, now)?;
    Ok((actor, token, codes))
}

/// Makes recovery codes in place of those before. Uses up a code.
///
/// # Errors
/// [`AccountsError::NoPerson`], [`AccountsError::WrongCode`]; [`AccountsError::TwoStepOff`] if
/// two-step sign-in is not on.
pub fn renew_codes(
    c: &mut DbConnection,
    actor: &Actor,
    code: &str,
    key: &SealingKey,
    now: Instant,
) -> Result<Vec<String>> {
    let owner = (actor.organisation, actor.person);
    use_up(c, owner, code, key, now)?;
    record(c, owner, "person.recovery_codes_renewed", now)?;
    new_codes(c, owner)
}

fn new_codes(c: &mut DbConnection, (organisation, person): (Id, Id)) -> Result<Vec<String>> {
    let codes = recovery_codes::new_codes();
    let hash = |code: &String| {
        let (id, code) = (Id::new(), recovery_codes::normalised(code)?);
        Some((id, hash_of(id, &code)))
    };
    let hashes = codes.iter().filter_map(hash).collect();
    store::replace_codes(c, organisation, person, hashes)?;
    Ok(codes.into())
}

/// The stored form of a recovery code. The id of its row, most of which is random, is the salt.
fn hash_of(id: Id, code: &str) -> String {
    token_hash(&format!("{id} {code}"))
}

/// Whether a code of the app or a recovery code would be accepted now. Uses up neither.
pub fn accepts(
    c: &mut DbConnection,
    login: &Login,
    code: &str,
    key: &SealingKey,
    now: Instant,
) -> Result<bool> {
    let owner = login.key().ok_or(AccountsError::BadLogin)?;
    Ok(find_use(c, owner, code, key, now)?.is_some())
}

/// What a code that is entered uses up.
enum Use {
    Step(i64),
    RecoveryCode(Id),
}

fn find_use(
    c: &mut DbConnection,
    owner: (Id, Id),
    code: &str,
    key: &SealingKey,
    now: Instant,
) -> Result<Option<Use>> {
    let stored = find_on(c, owner)?;
    if let Some(step) = accepted_step(&stored, code, key, now) {
        return Ok(Some(Use::Step(step)));
    }
    let Some(code) = recovery_codes::normalised(code) else {
        return Ok(None);
    };
    let mut unused = store::unused_codes(c, owner.0, owner.1)?.into_iter();
    let found = unused.find(|(id, stored)| *stored == hash_of(*id, &code));
    Ok(found.map(|(id, _)| Use::RecoveryCode(id)))
}

/// Uses up a code.
fn use_up(
    c: &mut DbConnection,
    owner: (Id, Id),
    code: &str,
    key: &SealingKey,
    now: Instant,
) -> Result<()> {
    // Of two requests with one code at the same time, the second finds it used.
    locked(c, owner)?;
    match find_use(c, owner, code, key, now)?.ok_or(AccountsError::WrongCode)? {
        Use::Step(step) => Ok(store::use_step(c, owner.0, owner.1, step)?),
        Use::RecoveryCode(id) => {
            store::use_code(c, owner.0, id, now)?;
            record(c, owner, "person.recovery_code_used", now)
        }
    }
}

/// Opens a session where the password is enough.
///
/// # Errors
/// [`AccountsError::BadLogin`]; [`AccountsError::CodeMissing`] or [`AccountsError::TwoStepSetUp`]
/// if something else is demanded by now.
pub fn open_session_without_code(
    c: &mut DbConnection,
    login: &Login,
    kind: SessionKind,
    now: Instant,
) -> Result<(Actor, String)> {
    let (organisation, person) = login.key().ok_or(AccountsError::BadLogin)?;
    // Whoever turns it on or demands it locks the person too, and ends the sessions before.
    accounts_store::hold_person(c, organisation, person)?;
    match demand(c, login)? {
        Demand::Nothing => sessions::open_session(c, login, kind, now),
        Demand::Code => Err(AccountsError::CodeMissing),
        Demand::SetUp => Err(AccountsError::TwoStepSetUp),
    }
}

/// Uses up a code and opens a session.
///
/// # Errors
/// [`AccountsError::WrongCode`], [`AccountsError::TwoStepOff`], [`AccountsError::BadLogin`].
pub fn open_session(
    c: &mut DbConnection,
    login: &Login,
    code: &str,
    key: &SealingKey,
    kind: SessionKind,
    now: Instant,
) -> Result<(Actor, String)> {
    let owner = login.key().ok_or(AccountsError::BadLogin)?;
    use_up(c, owner, code, key, now)?;
    sessions::open_session(c, login, kind, now)
}

/// Turns a person's own two-step sign-in off with a code, deletes the secret and the recovery
/// codes, and ends the sessions but the one that is `keep`.
///
/// # Errors
/// [`AccountsError::WrongCode`], [`AccountsError::TwoStepOff`]; [`AccountsError::TwoStepRequired`]
/// if the organisation demands it.
pub fn turn_off(
    c: &mut DbConnection,
    actor: &Actor,
    (code, key): (&str, &SealingKey),
    keep: Option<Id>,
    now: Instant,
) -> Result<()> {
    let owner = (actor.organisation, actor.person);
    locked(c, owner)?;
    if store::is_required(c, actor.organisation)? {
        return Err(AccountsError::TwoStepRequired);
    }
    use_up(c, owner, code, key, now)?;
    store::delete(c, actor.organisation, actor.person)?;
    end_others(c, owner, keep, now)?;
    record(c, owner, "person.two_step_off", now)
}

/// Removes the two-step sign-in of a person who has lost their app, and ends their sessions. `by`
/// is the audit label of whoever does it.
///
/// # Errors
/// [`AccountsError::NoPerson`], [`AccountsError::TwoStepOff`].
pub fn remove(c: &mut DbConnection, owner: (Id, Id), by: &str, now: Instant) -> Result<()> {
    let (organisation, person) = owner;
    locked(c, owner)?;
    find_on(c, owner)?;
    store::delete(c, organisation, person)?;
    accounts_store::revoke_person(c, organisation, person, now)?;
    let object = ("person", person);
    let event = audit::Event::new(organisation, by, "person.two_step_removed", object);
    Ok(audit::record(c, event, now)?)
}

/// Removes the two-step sign-in of another person of the acting person's organisation: see
/// [`remove`].
///
/// # Errors
/// [`AccountsError::NoPerson`], [`AccountsError::TwoStepOff`]; [`AccountsError::TwoStepOwn`] for
/// the acting person, who turns it off with their password.
pub fn remove_of(c: &mut DbConnection, actor: &Actor, person: Id, now: Instant) -> Result<()> {
    if person == actor.person {
        return Err(AccountsError::TwoStepOwn);
    }
    remove(c, (actor.organisation, person), &actor.label(), now)
}

/// Whether an organisation demands two-step sign-in of everybody, and the people who have it on, in
/// the order of their ids.
pub fn rule(c: &mut DbConnection, organisation: Id) -> Result<(bool, Vec<Id>)> {
    let required = store::is_required(c, organisation)?;
    Ok((required, store::people_with(c, organisation)?))
}

/// Sets whether the organisation demands two-step sign-in. When it begins to, the sessions of
/// people without it end.
///
/// # Errors
/// [`AccountsError::TwoStepSetUp`] if the acting person has not set it up.
pub fn set_rule(c: &mut DbConnection, actor: &Actor, required: bool, now: Instant) -> Result<()> {
    let organisation = actor.organisation;
    // Before the people, in the order in which accounts are suspended and closed.
    accounts_store::hold_organisation(c, organisation)?;
    if store::is_required(c, organisation)? == required {
        return Ok(());
    }
    let people = accounts_store::people(c, organisation)?;
    if required {
        // Nobody signs in with a password alone, or turns it off, until this transaction ends.
        for person in &people {
            accounts_store::hold_person(c, organisation, person.id)?;
        }
    }
    let with = store::people_with(c, organisation)?;
    if required && with.binary_search(&actor.person).is_err() {
        return Err(AccountsError::TwoStepSetUp);
    }
    store::set_required(c, organisation, required)?;
    if required {
        for person in people {
            if with.binary_search(&person.id).is_err() {
                accounts_store::revoke_person(c, organisation, person.id, now)?;
            }
        }
    }
    let object = ("organisation", organisation);
    let event = actor.event("organisation.two_step_rule_set", object);
    let detail = serde_json::json!({ "required": required });
    Ok(audit::record(c, event.detail(detail), now)?)
}

/// The confirmed secret of a person.
fn find_on(c: &mut DbConnection, (organisation, person): (Id, Id)) -> Result<store::TwoStepSecret> {
    let stored = store::find(c, organisation, person)?;
    stored
        .filter(|s| s.confirmed_at.is_some())
        .ok_or(AccountsError::TwoStepOff)
}

/// Ends the sessions of a person but the one that is `keep`.
fn end_others(c: &mut DbConnection, owner: (Id, Id), keep: Option<Id>, now: Instant) -> Result<()> {
    match keep {
        Some(kept) => accounts_store::sessions::end_others(c, owner, kept, now)?,
        None => accounts_store::revoke_person(c, owner.0, owner.1, now)?,
    }
    Ok(())
}

fn accepted_step(
    stored: &store::TwoStepSecret,
    code: &str,
    key: &SealingKey,
    now: Instant,
) -> Option<i64> {
    let owner = (stored.organisation_id, stored.person_id);
    let secret = key.open(owner, &stored.sealed_secret)?;
    totp::accepted_step(&secret, code, now.0.timestamp(), stored.last_step)
}

/// Locks a person until the transaction ends; returns their e-mail address.
fn locked(c: &mut DbConnection, (organisation, person): (Id, Id)) -> Result<String> {
    accounts_store::hold_person(c, organisation, person)?;
    let found = accounts_store::find_person(c, organisation, person)?;
    Ok(found.ok_or(AccountsError::NoPerson)?.email)
}

/// Records what a person did to their own two-step sign-in.
fn record(
    c: &mut DbConnection,
    (organisation, person): (Id, Id),
    action: &str,
    now: Instant,
) -> Result<()> {
    let by = format!("person:{person}");
    let event = audit::Event::new(organisation, by, action, ("person", person));
    Ok(audit::record(c, event, now)?)
}
