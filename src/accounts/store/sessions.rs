//! Sessions and their tokens.

use diesel::prelude::*;

use super::super::session_kind::SessionKind;
use crate::{
    db::{
        DbConnection, DbResult,
        schema::{sessions, tokens},
    },
    types::{Id, Instant},
};

/// A session of a person on a device.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = sessions)]
pub struct Session {
    pub organisation_id: Id,
    pub id: Id,
    pub person_id: Id,
    pub kind: SessionKind,
    /// Browser and operating system, or the name of a program; empty if it is not known.
    pub device: String,
    pub started_at: Instant,
    /// To about five minutes.
    pub last_used_at: Instant,
    pub expires_at: Instant,
    pub ended_at: Option<Instant>,
}

/// A session's token, without the token itself.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = tokens)]
pub struct Token {
    pub organisation_id: Id,
    pub id: Id,
    pub person_id: Id,
    pub kind: SessionKind,
    /// From [`token_hash`](super::super::credentials::token_hash).
    pub token_hash: String,
    /// Shared by a refresh token and all tokens exchanged for it.
    pub session_id: Id,
    pub created_at: Instant,
    pub expires_at: Instant,
    pub used_at: Option<Instant>,
}

pub fn insert_session(c: &mut DbConnection, row: &Session) -> DbResult<()> {
    diesel::insert_into(sessions::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

pub fn insert_token(c: &mut DbConnection, row: &Token) -> DbResult<()> {
    diesel::insert_into(tokens::table).values(row).execute(c)?;
    Ok(())
}

/// A token with its session.
pub fn find_token(
    c: &mut DbConnection,
    kind: SessionKind,
    hash: &str,
) -> DbResult<Option<(Token, Session)>> {
    let belongs = sessions::organisation_id
        .eq(tokens::organisation_id)
        .and(sessions::id.eq(tokens::session_id));
    Ok(tokens::table
        .inner_join(sessions::table.on(belongs))
        .filter(tokens::token_hash.eq(hash).and(tokens::kind.eq(kind)))
        .select((Token::as_select(), Session::as_select()))
        .first(c)
        .optional()?)
}

/// Marks a refresh token as used. Returns `false` if it was used already.
pub fn use_token(c: &mut DbConnection, token: &Token, now: Instant) -> DbResult<bool> {
    let unused = tokens::table
        .find((token.organisation_id, token.id))
        .filter(tokens::used_at.is_null());
    Ok(diesel::update(unused)
        .set(tokens::used_at.eq(Some(now)))
        .execute(c)?
        == 1)
}

/// Sessions of a person that have not ended, at most `limit`, the last used first.
pub fn open_sessions(
    c: &mut DbConnection,
    (organisation, person): (Id, Id),
    now: Instant,
    limit: i64,
) -> DbResult<Vec<Session>> {
    Ok(sessions::table
        .filter(sessions::organisation_id.eq(organisation))
        .filter(sessions::person_id.eq(person))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .order((sessions::last_used_at.desc(), sessions::id.desc()))
        .limit(limit)
        .select(Session::as_select())
        .load(c)?)
}

/// Notes that a session was used.
pub fn note_use(c: &mut DbConnection, organisation: Id, session: Id, now: Instant) -> DbResult<()> {
    diesel::update(sessions::table.find((organisation, session)))
        .set(sessions::last_used_at.eq(now))
        .execute(c)?;
    Ok(())
}

/// Notes that a session was used and lasts until `expires_at`.
pub fn prolong(
    c: &mut DbConnection,
    organisation: Id,
    session: Id,
    (now, expires_at): (Instant, Instant),
) -> DbResult<()> {
    diesel::update(sessions::table.find((organisation, session)))
        .set((
            sessions::last_used_at.eq(now),
            sessions::expires_at.eq(expires_at),
        ))
        .execute(c)?;
    Ok(())
}

/// Ends a session and with it its tokens. Returns `false` if it had ended.
pub fn end_session(
    c: &mut DbConnection,
    (organisation, person): (Id, Id),
    session: Id,
    now: Instant,
) -> DbResult<bool> {
    let open = sessions::table
        .find((organisation, session))
        .filter(sessions::person_id.eq(person))
        .filter(sessions::ended_at.is_null());
    Ok(diesel::update(open)
        .set(sessions::ended_at.eq(Some(now)))
        .execute(c)?
        == 1)
}

/// Ends the sessions of a person but one.
pub fn end_others(
    c: &mut DbConnection,
    (organisation, person): (Id, Id),
    kept: Id,
    now: Instant,
) -> DbResult<()> {
    let others = sessions::table
        .filter(sessions::organisation_id.eq(organisation))
        .filter(sessions::person_id.eq(person))
        .filter(sessions::id.ne(kept))
        .filter(sessions::ended_at.is_null());
    diesel::update(others)
        .set(sessions::ended_at.eq(Some(now)))
        .execute(c)?;
    Ok(())
}

/// Ends every session of a person.
pub fn revoke_person(
    c: &mut DbConnection,
    organisation: Id,
    person: Id,
    now: Instant,
) -> DbResult<()> {
    let open = sessions::table
        .filter(sessions::organisation_id.eq(organisation))
        .filter(sessions::person_id.eq(person))
        .filter(sessions::ended_at.is_null());
    diesel::update(open)
        .set(sessions::ended_at.eq(Some(now)))
        .execute(c)?;
    Ok(())
}
