//! The table of mails.

use diesel::prelude::*;

use super::message::{MailKind, MailState};
use crate::{
    db::{DbConnection, DbResult, schema::mails, values::text_enum},
    types::{Id, Instant},
};

text_enum!(MailKind, MailState);

/// A stored mail.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = mails)]
pub struct Mail {
    pub organisation_id: Id,
    pub id: Id,
    pub person_id: Id,
    pub kind: MailKind,
    /// Language tag of the text.
    pub locale: String,
    pub recipient: String,
    pub subject: String,
    /// Empty once the mail was handed over.
    pub body: String,
    /// Empty with the body.
    pub link: String,
    pub state: MailState,
    /// Attempts to hand it over.
    pub attempts: i32,
    pub next_attempt_at: Option<Instant>,
    /// Last reply of the mail server.
    pub last_error: Option<String>,
    pub created_at: Instant,
    /// Time at which it was handed over or given up.
    pub settled_at: Option<Instant>,
}

pub fn insert(c: &mut DbConnection, row: &Mail) -> DbResult<()> {
    diesel::insert_into(mails::table).values(row).execute(c)?;
    Ok(())
}

pub fn find(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<Option<Mail>> {
    Ok(mails::table
        .find((organisation, id))
        .select(Mail::as_select())
        .first(c)
        .optional()?)
}

/// The newest mails of an organisation.
pub fn newest(c: &mut DbConnection, organisation: Id, most: i64) -> DbResult<Vec<Mail>> {
    Ok(mails::table
        .filter(mails::organisation_id.eq(organisation))
        .order((mails::created_at.desc(), mails::id.desc()))
        .limit(most)
        .select(Mail::as_select())
        .load(c)?)
}

/// Stores what has become of a mail that is still queued. Returns `false` if it no longer is.
pub fn settle(
    c: &mut DbConnection,
    mail: &Mail,
    state: MailState,
    error: Option<&str>,
    next_attempt_at: Option<Instant>,
    now: Instant,
) -> DbResult<bool> {
    let row = mails::table
        .find((mail.organisation_id, mail.id))
        .filter(mails::state.eq(MailState::Queued));
    let changed = diesel::update(row)
        .set((
            mails::state.eq(state),
            mails::attempts.eq(mail.attempts + 1),
            mails::last_error.eq(error),
            mails::next_attempt_at.eq(next_attempt_at),
            mails::settled_at.eq((state != MailState::Queued).then_some(now)),
        ))
        .execute(c)?;
    if state == MailState::Sent {
        empty(c, mail.organisation_id, mail.id)?;
    }
    Ok(changed == 1)
}

/// Sets the state of a mail, with all attempts ahead. A queued one is due now.
pub fn set_state(
    c: &mut DbConnection,
    organisation: Id,
    id: Id,
    state: MailState,
    now: Instant,
) -> DbResult<()> {
    diesel::update(mails::table.find((organisation, id)))
        .set((
            mails::state.eq(state),
            mails::attempts.eq(0),
            mails::next_attempt_at.eq((state == MailState::Queued).then_some(now)),
            mails::settled_at.eq((state != MailState::Queued).then_some(now)),
        ))
        .execute(c)?;
    Ok(())
}

/// Deletes the text of a mail.
pub fn empty(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<()> {
    diesel::update(mails::table.find((organisation, id)))
        .set((mails::body.eq(""), mails::link.eq("")))
        .execute(c)?;
    Ok(())
}

/// Withdraws the queued mails to a person, and deletes the texts of all mails to them.
pub fn withdraw(c: &mut DbConnection, organisation: Id, person: Id, now: Instant) -> DbResult<()> {
    let theirs = || {
        mails::organisation_id
            .eq(organisation)
            .and(mails::person_id.eq(person))
    };
    let queued = theirs().and(mails::state.eq(MailState::Queued));
    diesel::update(mails::table.filter(queued))
        .set((
            mails::state.eq(MailState::Withdrawn),
            mails::next_attempt_at.eq(None::<Instant>),
            mails::settled_at.eq(Some(now)),
        ))
        .execute(c)?;
    diesel::update(mails::table.filter(theirs().and(mails::body.ne(""))))
        .set((mails::body.eq(""), mails::link.eq("")))
        .execute(c)?;
    Ok(())
}

/// Gives up mails from before `time`, of all organisations, and deletes their texts. Returns their
/// number.
pub fn expire(c: &mut DbConnection, time: Instant, now: Instant) -> DbResult<usize> {
    let old = || mails::created_at.lt(time).and(mails::body.ne(""));
    let queued = old().and(mails::state.eq(MailState::Queued));
    diesel::update(mails::table.filter(queued))
        .set((
            mails::state.eq(MailState::Failed),
            mails::next_attempt_at.eq(None::<Instant>),
            mails::settled_at.eq(Some(now)),
        ))
        .execute(c)?;
    Ok(diesel::update(mails::table.filter(old()))
        .set((mails::body.eq(""), mails::link.eq("")))
        .execute(c)?)
}

/// Deletes the mails from before `time`, of all organisations.
pub fn delete_before(c: &mut DbConnection, time: Instant) -> DbResult<usize> {
    Ok(diesel::delete(mails::table.filter(mails::created_at.lt(time))).execute(c)?)
}
