//! API keys: how programs call the API for an organisation, without a person's password.
//!
//! A key is derived from the secret of the installation and its id, so that a repeated request to
//! create it gets the same key although only its hash is stored. It has scopes and expires on a day
//! that was chosen when it was created. It ends at once when it is revoked and when the secret
//! changes, because whoever has learned the secret can compute it. It works only while whoever
//! created it is an active administrator.

mod scope;
pub(super) mod state;
mod store;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Duration;

pub use scope::KeyScope;
pub use state::KeyState;

use self::store::ApiKeyRow;
use super::{
    actor::Actor,
    credentials::token_hash,
    error::{AccountsError, Result},
    names::parse_name,
    role::Role,
    store::{self as accounts_store, Person},
};
use crate::{
    audit,
    db::DbConnection,
    types::{Id, Instant, keyed_hash},
};

/// What every key begins with.
const PREFIX: &str = "rk_";
/// Number of first characters by which people recognise a key.
const SHOWN: usize = 8;
/// Days until a key expires: at least and at most.
const DAYS: [u32; 2] = [1, 366];
/// Time after which another use is noted.
const NOTED_EVERY: Duration = Duration::minutes(1);

/// A key, without the key itself.
#[derive(Clone, Debug)]
pub struct ApiKey {
    pub id: Id,
    pub name: String,
    /// First characters of the key.
    pub starts_with: String,
    pub scopes: Vec<KeyScope>,
    /// Person.
    pub created_by: Id,
    pub created_at: Instant,
    pub expires_at: Instant,
    /// To the minute.
    pub last_used_at: Option<Instant>,
    pub state: KeyState,
}

/// A key to create.
#[derive(Clone, Debug)]
pub struct NewApiKey {
    pub name: String,
    pub scopes: Vec<KeyScope>,
    /// Days until it expires.
    pub days: u32,
}

/// A program that has sent a key that works.
#[derive(Clone, Debug)]
pub struct Caller {
    pub actor: Actor,
    pub key: Id,
    pub scopes: Vec<KeyScope>,
    /// Whether this use is to be noted with [`note_use`].
    pub is_to_be_noted: bool,
}

/// Whether a bearer token is meant to be a key.
pub fn is_key(token: &str) -> bool {
    token.starts_with(PREFIX)
}

/// The text of the key with this id, under the secret of the installation.
pub fn text_of(secret: &str, id: Id) -> String {
    let key = keyed_hash(secret.as_bytes(), &[format!("API key\n{id}").as_bytes()]);
    format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(key))
}

/// Creates a key under the secret of the installation; [`text_of`] gives its text.
///
/// # Errors
/// [`AccountsError::BadName`], [`AccountsError::NoScope`], [`AccountsError::KeyDays`].
pub fn create(
    c: &mut DbConnection,
    actor: &Actor,
    secret: &str,
    new: &NewApiKey,
    now: Instant,
) -> Result<Id> {
    let [least, most] = DAYS;
    if !(least..=most).contains(&new.days) {
        return Err(AccountsError::KeyDays { least, most });
    }
    if new.scopes.is_empty() {
        return Err(AccountsError::NoScope);
    }
    let id = Id::new();
    let text = text_of(secret, id);
    let row = ApiKeyRow {
        organisation_id: actor.organisation,
        id,
        name: parse_name(&new.name)?,
        key_hash: token_hash(&text),
        starts_with: text.chars().take(SHOWN).collect(),
        scopes: KeyScope::join(&new.scopes),
        created_by: actor.person,
        created_at: now,
        expires_at: now.plus(Duration::days(new.days.into())),
        last_used_at: None,
        revoked_at: None,
    };
    store::insert(c, &row)?;
    let event = actor.event("api_key.created", ("api_key", id));
    let detail = serde_json::json!({ "scopes": row.scopes, "days": new.days });
    audit::record(c, event.detail(detail), now)?;
    Ok(id)
}

/// The keys of an organisation, newest first, under the secret of the installation.
pub fn keys(
    c: &mut DbConnection,
    organisation: Id,
    secret: &str,
    now: Instant,
) -> Result<Vec<ApiKey>> {
    let people = accounts_store::people(c, organisation)?;
    let rows = store::all(c, organisation)?;
    let key = |row: ApiKeyRow| {
        let creator = people.iter().find(|person| person.id == row.created_by);
        let state = state_of(&row, creator, secret, now);
        key_of(row, state)
    };
    Ok(rows.into_iter().map(key).collect())
}

/// Ids and names of the keys of an organisation.
pub fn names(c: &mut DbConnection, organisation: Id) -> Result<Vec<(Id, String)>> {
    let rows = store::all(c, organisation)?;
    Ok(rows.into_iter().map(|row| (row.id, row.name)).collect())
}

fn key_of(row: ApiKeyRow, state: KeyState) -> ApiKey {
    ApiKey {
        state,
        scopes: KeyScope::parse_all(&row.scopes),
        id: row.id,
        name: row.name,
        starts_with: row.starts_with,
        created_by: row.created_by,
        created_at: row.created_at,
        expires_at: row.expires_at,
        last_used_at: row.last_used_at,
    }
}

fn state_of(row: &ApiKeyRow, creator: Option<&Person>, secret: &str, now: Instant) -> KeyState {
    if row.revoked_at.is_some() {
        KeyState::Revoked
    } else if row.expires_at <= now {
        KeyState::Expired
    } else if row.key_hash != token_hash(&text_of(secret, row.id)) {
        KeyState::FormerSecret
    } else if !creator.is_some_and(Person::is_administrator) {
        KeyState::CreatorUnfit
    } else {
        KeyState::Active
    }
}

/// Revokes a key: it no longer works from now on. A key that was revoked before stays so.
///
/// # Errors
/// [`AccountsError::NoKey`].
pub fn revoke(c: &mut DbConnection, actor: &Actor, id: Id, now: Instant) -> Result<()> {
    store::find(c, actor.organisation, id)?.ok_or(AccountsError::NoKey)?;
    if let Some(event) = revoke_unrecorded(c, actor, id, now)? {
        audit::record(c, event, now)?;
    }
    Ok(())
}

/// Revokes a key and returns the entry for the audit log, which the caller records after its last
/// change. `None` for a key that was revoked before.
pub fn revoke_unrecorded(
    c: &mut DbConnection,
    actor: &Actor,
    id: Id,
    now: Instant,
) -> Result<Option<audit::Event<'static>>> {
    let revoked = store::revoke(c, actor.organisation, id, now)?;
    Ok(revoked.then(|| actor.event("api_key.revoked", ("api_key", id))))
}

/// Ids and names of the keys that a person created and that were neither revoked nor have expired,
/// newest first.
pub fn open_of(
    c: &mut DbConnection,
    organisation: Id,
    creator: Id,
    now: Instant,
) -> Result<Vec<(Id, String)>> {
    let rows = store::all(c, organisation)?.into_iter();
    let own = rows.filter(|row| row.created_by == creator);
    let open = own.filter(|row| row.revoked_at.is_none() && row.expires_at > now);
    Ok(open.map(|row| (row.id, row.name)).collect())
}

/// The program behind a key, under the secret of the installation.
///
/// # Errors
/// [`AccountsError::KeyUnknown`]; [`AccountsError::KeyRefused`] if the key does not work now.
pub fn caller(c: &mut DbConnection, token: &str, secret: &str, now: Instant) -> Result<Caller> {
    let found = store::find_by_hash(c, &token_hash(token))?;
    let row = found.ok_or(AccountsError::KeyUnknown)?;
    check_row(c, &row, secret, now)?;
    Ok(caller_of(row, now))
}

/// Checks that a key of an organisation still works, under the secret of the installation.
///
/// # Errors
/// [`AccountsError::KeyUnknown`]; [`AccountsError::KeyRefused`] if the key does not work now.
pub fn check(
    c: &mut DbConnection,
    (organisation, id): (Id, Id),
    secret: &str,
    now: Instant,
) -> Result<()> {
    let row = store::find(c, organisation, id)?.ok_or(AccountsError::KeyUnknown)?;
    check_row(c, &row, secret, now)
}

fn check_row(c: &mut DbConnection, row: &ApiKeyRow, secret: &str, now: Instant) -> Result<()> {
    let creator = accounts_store::find_person(c, row.organisation_id, row.created_by)?;
    match state_of(row, creator.as_ref(), secret, now) {
        KeyState::Active => Ok(()),
        state => Err(AccountsError::KeyRefused(state)),
    }
}

fn caller_of(row: ApiKeyRow, now: Instant) -> Caller {
    let noted = row.last_used_at;
    Caller {
        key: row.id,
        is_to_be_noted: noted.is_none_or(|at| at.plus(NOTED_EVERY) <= now),
        scopes: KeyScope::parse_all(&row.scopes),
        actor: Actor {
            organisation: row.organisation_id,
            person: row.created_by,
            // The scopes say what a key may do; they open what administrators may see.
            roles: Role::Admin.into(),
            agent: None,
            api_key: Some(row.id),
            name: row.name,
        },
    }
}

/// Notes that a key was used, unless another request has noted it within the last minute.
pub fn note_use(c: &mut DbConnection, organisation: Id, id: Id, now: Instant) -> Result<()> {
    let before = now.plus(-NOTED_EVERY);
    Ok(store::set_used(c, (organisation, id), before, now)?)
}
