//! One-time links with which people choose a password: invitations, and resets of forgotten ones.
//!
//! A link is shown or mailed once; only the hash of its token is stored. Choosing a password
//! deletes all links of the person and ends their sessions.

use chrono::Duration;

use super::{
    credentials::{new_token, token_hash},
    error::{AccountsError, Result},
    link_purpose::LinkPurpose,
    names::parse_email,
    store::{
        self, Person,
        links::{self, AccountLink},
    },
};
use crate::{
    audit,
    db::DbConnection,
    locale::Locale,
    mail::{self, MailKind, NewMail},
    types::{Id, Instant},
};

/// A link that was just created.
#[derive(Clone, Debug)]
pub struct OneTimeLink {
    /// Last part of the address.
    pub token: String,
    pub purpose: LinkPurpose,
    pub expires_at: Instant,
    /// Name of the person.
    pub name: String,
}

/// How mails with links are written and sent.
#[derive(Clone)]
pub struct Postage {
    /// Public address of the server.
    pub base_url: String,
    pub locale: &'static Locale,
    /// Whether there is a mail server; otherwise mails wait in the outbox.
    pub has_server: bool,
}

/// The person behind a link.
#[derive(Clone, Debug)]
pub struct LinkHolder {
    pub name: String,
    pub email: String,
    pub organisation: String,
    pub purpose: LinkPurpose,
}

/// Path of the page on which the holder of a link chooses a password.
pub fn link_path(token: &str) -> String {
    format!("/password/{token}")
}

/// Creates a link for a person with an active account; links from before no longer work. `by` is
/// the audit label of whoever does it.
///
/// # Errors
/// [`AccountsError::NoPerson`], [`AccountsError::NotActive`].
pub fn create_link(
    c: &mut DbConnection,
    organisation: Id,
    person: Id,
    by: &str,
    now: Instant,
) -> Result<OneTimeLink> {
    // Whoever suspends or closes the account locks the person as well.
    store::hold_person(c, organisation, person)?;
    let person = store::find_person(c, organisation, person)?.ok_or(AccountsError::NoPerson)?;
    if !person.is_active() {
        return Err(AccountsError::NotActive);
    }
    void_links(c, organisation, person.id, now)?;
    issue(c, &person, by, now)
}

/// Deletes the links of a person, and the texts of mails that contain them.
pub(super) fn void_links(
    c: &mut DbConnection,
    organisation: Id,
    person: Id,
    now: Instant,
) -> Result<()> {
    links::delete_of(c, organisation, person)?;
    Ok(mail::withdraw(c, organisation, person, now)?)
}

/// Creates a link for a person, as [`create_link`] does, and mails it to them.
///
/// # Errors
/// [`AccountsError::NoPerson`], [`AccountsError::NotActive`], [`AccountsError::Mail`].
pub fn mail_link(
    c: &mut DbConnection,
    organisation: Id,
    person: Id,
    postage: &Postage,
    by: &str,
    now: Instant,
) -> Result<()> {
    let found = store::find_person(c, organisation, person)?.ok_or(AccountsError::NoPerson)?;
    let link = create_link(c, organisation, person, by, now)?;
    write(c, &found, &link, postage, now)
}

/// Mails a link to the person with this address. Nothing happens if there is none, if their account
/// is not active, or if they were invited and have not chosen a password: a stranger must not void
/// an invitation. Links from before keep working.
///
/// # Errors
/// [`AccountsError::Mail`].
pub fn request_reset(
    c: &mut DbConnection,
    email: &str,
    postage: &Postage,
    now: Instant,
) -> Result<()> {
    let Ok(email) = parse_email(email) else {
        return Ok(());
    };
    let Some(found) = store::find_person_by_email(c, &email)? else {
        return Ok(());
    };
    // Whoever suspends or closes the account locks the person as well.
    store::hold_person(c, found.organisation_id, found.id)?;
    let held = store::find_person(c, found.organisation_id, found.id)?;
    let Some(person) = held.filter(|person| person.is_active() && !person.is_invited()) else {
        return Ok(());
    };
    let link = issue(c, &person, "system", now)?;
    write(c, &person, &link, postage, now)
}

fn issue(c: &mut DbConnection, person: &Person, by: &str, now: Instant) -> Result<OneTimeLink> {
    let purpose = match person.is_invited() {
        true => LinkPurpose::Invitation,
        false => LinkPurpose::Reset,
    };
    let link = OneTimeLink {
        token: new_token(),
        purpose,
        expires_at: now.plus(purpose.lifetime()),
        name: person.name.clone(),
    };
    let row = AccountLink {
        organisation_id: person.organisation_id,
        id: Id::new(),
        person_id: person.id,
        purpose,
        token_hash: token_hash(&link.token),
        created_at: now,
        expires_at: link.expires_at,
    };
    links::insert(c, &row)?;
    let object = ("person", person.id);
    let event = audit::Event::new(person.organisation_id, by, "person.link_created", object);
    let event = event.detail(serde_json::json!({ "purpose": purpose }));
    audit::record(c, event, now)?;
    Ok(link)
}

fn write(
    c: &mut DbConnection,
    person: &Person,
    link: &OneTimeLink,
    postage: &Postage,
    now: Instant,
) -> Result<()> {
    let organisation = store::find_organisation(c, person.organisation_id)?;
    let organisation = organisation.ok_or(AccountsError::NoOrganisation)?;
    let mail = NewMail {
        organisation: person.organisation_id,
        organisation_name: &organisation.name,
        person: person.id,
        name: &person.name,
        recipient: &person.email,
        kind: match link.purpose {
            LinkPurpose::Invitation => MailKind::Invitation,
            LinkPurpose::Reset => MailKind::PasswordReset,
        },
        link: &format!("{}{}", postage.base_url, link_path(&link.token)),
    };
    mail::add(c, &mail, postage.locale, postage.has_server, now)?;
    Ok(())
}

fn find(c: &mut DbConnection, token: &str, now: Instant) -> Result<(AccountLink, Person)> {
    let link = links::find(c, &token_hash(token))?.ok_or(AccountsError::NoLink)?;
    if link.expires_at <= now {
        return Err(AccountsError::LinkExpired);
    }
    let person = store::find_person(c, link.organisation_id, link.person_id)?;
    let person = person.filter(Person::is_active);
    Ok((link, person.ok_or(AccountsError::NoLink)?))
}

/// The person behind a link.
///
/// # Errors
/// [`AccountsError::NoLink`], also if it was used or the account is not active;
/// [`AccountsError::LinkExpired`].
pub fn link_holder(c: &mut DbConnection, token: &str, now: Instant) -> Result<LinkHolder> {
    let (link, person) = find(c, token, now)?;
    let organisation = store::find_organisation(c, link.organisation_id)?;
    Ok(LinkHolder {
        name: person.name,
        email: person.email,
        organisation: organisation.map_or_else(String::new, |found| found.name),
        purpose: link.purpose,
    })
}

/// Stores the password that the holder of a link chose, ends their sessions and deletes their
/// links.
///
/// # Errors
/// [`AccountsError::NoLink`], also if it was used meanwhile or the account is not active;
/// [`AccountsError::LinkExpired`].
pub fn choose_password(
    c: &mut DbConnection,
    token: &str,
    new_hash: &str,
    now: Instant,
) -> Result<()> {
    let (link, person) = find(c, token, now)?;
    let organisation = link.organisation_id;
    // One at a time: each of two links of a person would delete the other, as suspending and
    // closing do.
    store::hold_person(c, organisation, person.id)?;
    if !links::take(c, &link)? {
        return Err(AccountsError::NoLink);
    }
    void_links(c, organisation, person.id, now)?;
    store::set_password(c, organisation, person.id, new_hash)?;
    store::revoke_person(c, organisation, person.id, now)?;
    let by = format!("person:{}", person.id);
    let object = ("person", person.id);
    let event = audit::Event::new(organisation, &by, "person.password_chosen", object);
    let event = event.detail(serde_json::json!({ "purpose": link.purpose }));
    Ok(audit::record(c, event, now)?)
}

/// Deletes links a week after they expired, the texts of old mails, and old mails, of all
/// organisations. Returns their number.
pub fn forget_links(c: &mut DbConnection, now: Instant) -> Result<usize> {
    let links = links::delete_expired(c, now.plus(-Duration::days(7)))?;
    Ok(links + mail::sweep(c, now)?)
}
