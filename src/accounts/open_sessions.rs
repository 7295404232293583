//! Lists of sessions, and ending them.

use super::{
    actor::Actor,
    error::{AccountsError, Result},
    person_roles::person,
    store::{self, Session},
};
use crate::{
    db::DbConnection,
    types::{Id, Instant},
};

/// Most sessions that are listed.
const MOST_SESSIONS: i64 = 200;

/// Sessions of a person that have not ended, the last used first, at most 200.
///
/// # Errors
/// [`AccountsError::NoPerson`].
pub fn sessions(
    c: &mut DbConnection,
    organisation: Id,
    id: Id,
    now: Instant,
) -> Result<Vec<Session>> {
    person(c, organisation, id)?;
    let owner = (organisation, id);
    Ok(store::sessions::open_sessions(
        c,
        owner,
        now,
        MOST_SESSIONS,
    )?)
}

/// Ends a session of a person; its tokens end at once.
///
/// # Errors
/// [`AccountsError::NoPerson`], [`AccountsError::NoSession`] also for one that has ended.
pub fn end_session(
    c: &mut DbConnection,
    actor: &Actor,
    id: Id,
    session: Id,
    now: Instant,
) -> Result<()> {
    person(c, actor.organisation, id)?;
    store::hold_person(c, actor.organisation, id)?;
    match store::sessions::end_session(c, (actor.organisation, id), session, now)? {
        true => record(c, actor, id, now),
        false => Err(AccountsError::NoSession),
    }
}

/// Ends all sessions of a person; their tokens end at once.
///
/// # Errors
/// [`AccountsError::NoPerson`].
pub fn end_sessions(c: &mut DbConnection, actor: &Actor, id: Id, now: Instant) -> Result<()> {
    person(c, actor.organisation, id)?;
    store::hold_person(c, actor.organisation, id)?;
    store::revoke_person(c, actor.organisation, id, now)?;
    record(c, actor, id, now)
}

/// Ends the actor's own sessions but one; their tokens end at once.
pub fn end_other_sessions(
    c: &mut DbConnection,
    actor: &Actor,
    kept: Id,
    now: Instant,
) -> Result<()> {
    let owner = (actor.organisation, actor.person);
    store::hold_person(c, actor.organisation, actor.person)?;
    store::sessions::end_others(c, owner, kept, now)?;
    record(c, actor, actor.person, now)
}

fn record(c: &mut DbConnection, actor: &Actor, person: Id, now: Instant) -> Result<()> {
    Ok(actor.record(c, "person.sessions_ended", ("person", person), now)?)
}
