//! The mails of an organisation, and what administrators do with them.

use chrono::Duration;

pub use super::store::Mail;
use super::{
    error::{MailError, Result},
    message::{MailState, NewMail},
    send::SendMail,
    store,
};
use crate::{
    audit,
    db::{Database, DbConnection},
    locale::Locale,
    queue,
    types::{Id, Instant},
};

/// Days for which the text of a mail is kept at most; no link in one works longer.
pub const LINK_DAYS: i64 = 7;
/// Days for which the rest of a mail is kept.
pub const KEPT_DAYS: i64 = 30;
/// Mails in the list.
const LISTED: i64 = 200;

/// Stores a mail, and a job that sends it if there is a server.
pub fn add(
    c: &mut DbConnection,
    new: &NewMail<'_>,
    locale: &Locale,
    has_server: bool,
    now: Instant,
) -> Result<Id> {
    let row = Mail {
        organisation_id: new.organisation,
        id: Id::new(),
        person_id: new.person,
        kind: new.kind,
        locale: locale.language(),
        recipient: new.recipient.to_owned(),
        subject: locale.format(&new.kind.subject()),
        body: new.body(locale),
        link: new.link.to_owned(),
        state: MailState::Queued,
        attempts: 0,
        next_attempt_at: has_server.then_some(now),
        last_error: None,
        created_at: now,
        settled_at: None,
    };
    store::insert(c, &row)?;
    if has_server {
        queue::enqueue(c, new.organisation, &SendMail { mail: row.id }, now)?;
    }
    Ok(row.id)
}

/// The newest 200 mails of an organisation.
pub fn mails(c: &mut DbConnection, organisation: Id) -> Result<Vec<Mail>> {
    Ok(store::newest(c, organisation, LISTED)?)
}

/// The newest 200 mails, for showing their texts. That somebody saw them is recorded in the audit
/// log: their links open accounts.
pub fn mails_with_texts(
    c: &mut DbConnection,
    organisation: Id,
    by: &str,
    now: Instant,
) -> Result<Vec<Mail>> {
    let found = mails(c, organisation)?;
    let shown = found.iter().filter(|mail| !mail.link.is_empty()).count();
    if shown > 0 {
        let object = ("organisation", organisation);
        let event = audit::Event::new(organisation, by, "mails.viewed", object);
        let event = event.detail(serde_json::json!({ "links": shown }));
        audit::record(c, event, now)?;
    }
    Ok(found)
}

fn with_text(c: &mut DbConnection, organisation: Id, id: Id) -> Result<Mail> {
    let mail = store::find(c, organisation, id)?.ok_or(MailError::NoMail)?;
    if mail.body.is_empty() {
        return Err(MailError::NoText);
    }
    Ok(mail)
}

/// Sends a mail through the server of `database`, with all attempts ahead.
///
/// # Errors
/// [`MailError::NoMail`], [`MailError::NoServer`], [`MailError::NoText`].
pub fn send_again(
    c: &mut DbConnection,
    database: &Database,
    organisation: Id,
    id: Id,
    by: &str,
    now: Instant,
) -> Result<()> {
    let mail = with_text(c, organisation, id)?;
    if database.mail_server().is_none() {
        return Err(MailError::NoServer);
    }
    store::set_state(c, organisation, id, MailState::Queued, now)?;
    queue::enqueue(c, organisation, &SendMail { mail: mail.id }, now)?;
    record(c, organisation, id, by, "mail.sent_again", now)
}

/// Records that an administrator passed a mail on, and deletes its text.
///
/// # Errors
/// [`MailError::NoMail`], [`MailError::NoText`].
pub fn mark_delivered(
    c: &mut DbConnection,
    organisation: Id,
    id: Id,
    by: &str,
    now: Instant,
) -> Result<()> {
    with_text(c, organisation, id)?;
    store::set_state(c, organisation, id, MailState::Sent, now)?;
    store::empty(c, organisation, id)?;
    record(c, organisation, id, by, "mail.passed_on", now)
}

/// Withdraws the mails to a person that contain a link which no longer works: queued ones are not
/// sent, and their texts are deleted.
pub fn withdraw(c: &mut DbConnection, organisation: Id, person: Id, now: Instant) -> Result<()> {
    Ok(store::withdraw(c, organisation, person, now)?)
}

fn record(
    c: &mut DbConnection,
    organisation: Id,
    id: Id,
    by: &str,
    action: &str,
    now: Instant,
) -> Result<()> {
    let event = audit::Event::new(organisation, by, action, ("mail", id));
    Ok(audit::record(c, event, now)?)
}

/// Deletes texts after seven days and mails after thirty, of all organisations.
pub fn sweep(c: &mut DbConnection, now: Instant) -> Result<usize> {
    let expired = store::expire(c, now.plus(-Duration::days(LINK_DAYS)), now)?;
    let deleted = store::delete_before(c, now.plus(-Duration::days(KEPT_DAYS)))?;
    Ok(expired + deleted)
}
