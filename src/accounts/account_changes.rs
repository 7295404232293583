//! Suspending, closing and resuming accounts.

use super::{
    account_state::AccountState,
    actor::Actor,
    error::{AccountsError, Result},
    one_time_links::void_links,
    person_roles::{check_not_last, person},
    store::{self, Person},
};
use crate::{
    audit,
    db::DbConnection,
    types::{Id, Instant},
};

/// Suspends an active account, ends its sessions and voids its one-time links: the person cannot
/// sign in until it is resumed.
///
/// # Errors
/// [`AccountsError::NoPerson`], [`AccountsError::OwnAccount`], [`AccountsError::NotActive`],
/// [`AccountsError::LastAdministrator`].
pub fn suspend(c: &mut DbConnection, actor: &Actor, id: Id, now: Instant) -> Result<()> {
    let to = (AccountState::Suspended, "person.suspended");
    let event = leave(c, actor, id, to, now)?;
    Ok(audit::record(c, event, now)?)
}

/// Closes an account that is active or suspended, ends its sessions and voids its one-time links.
/// The open work of the person stays where it is. Returns the entry for the audit log, which the
/// caller records after its last change.
///
/// # Errors
/// [`AccountsError::NoPerson`], [`AccountsError::OwnAccount`], [`AccountsError::NotActive`] for a
/// closed one, [`AccountsError::LastAdministrator`].
pub fn close(
    c: &mut DbConnection,
    actor: &Actor,
    id: Id,
    now: Instant,
) -> Result<audit::Event<'static>> {
    leave(c, actor, id, (AccountState::Closed, "person.closed"), now)
}

fn leave(
    c: &mut DbConnection,
    actor: &Actor,
    id: Id,
    (state, action): (AccountState, &'static str),
    now: Instant,
) -> Result<audit::Event<'static>> {
    store::hold_organisation(c, actor.organisation)?;
    let before = person(c, actor.organisation, id)?;
    check_can_be_closed(actor, &before)?;
    if before.state == state {
        return Err(AccountsError::NotActive);
    }
    check_not_last(c, &before)?;
    store::set_state(c, actor.organisation, id, state)?;
    store::revoke_person(c, actor.organisation, id, now)?;
    void_links(c, actor.organisation, id, now)?;
    Ok(actor.event(action, ("person", id)))
}

/// Checks that an account is not one's own and not closed.
///
/// # Errors
/// [`AccountsError::OwnAccount`], [`AccountsError::NotActive`].
pub fn check_can_be_closed(actor: &Actor, person: &Person) -> Result<()> {
    if person.id == actor.person {
        return Err(AccountsError::OwnAccount);
    }
    if person.state == AccountState::Closed {
        return Err(AccountsError::NotActive);
    }
    Ok(())
}

/// Makes a suspended or closed account active again. Work that was handed over stays with its new
/// owners.
///
/// # Errors
/// [`AccountsError::NoPerson`], [`AccountsError::AlreadyActive`].
pub fn resume(c: &mut DbConnection, actor: &Actor, id: Id, now: Instant) -> Result<()> {
    store::hold_organisation(c, actor.organisation)?;
    if person(c, actor.organisation, id)?.state == AccountState::Active {
        return Err(AccountsError::AlreadyActive);
    }
    store::set_state(c, actor.organisation, id, AccountState::Active)?;
    Ok(actor.record(c, "person.resumed", ("person", id), now)?)
}
