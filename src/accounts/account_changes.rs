//! Suspending, closing and resuming accounts.

use super::{
    account_state::AccountState,
    actor::Actor,
    error::{AccountsError, Result},
    one_time_links::void_links,
    person_roles::{check_not_last, person},
    store,
};
use crate::{
    db::DbConnection,
    types::{Id, Instant},
};

/// Suspends an active account, ends its sessions and voids its one-time links: the person cannot sign in
/// until it is resumed.
///
/// # Errors
/// [`AccountsError::NoPerson`], [`AccountsError::OwnAccount`], [`AccountsError::NotActive`],
/// [`AccountsError::LastAdministrator`].
pub fn suspend(c: &mut DbConnection, actor: &Actor, id: Id, now: Instant) -> Result<()> {
    let action = "person.suspended";
    leave(c, actor, id, (AccountState::Suspended, action), now)
}

/// Closes an account that is active or suspended, ends its sessions and voids its one-time links. The open
/// work of the person stays where it is.
///
/// # Errors
/// [`AccountsError::NoPerson`], [`AccountsError::OwnAccount`], [`AccountsError::NotActive`] for a
/// closed one, [`AccountsError::LastAdministrator`].
pub fn close(c: &mut DbConnection, actor: &Actor, id: Id, now: Instant) -> Result<()> {
    leave(c, actor, id, (AccountState::Closed, "person.closed"), now)
}

fn leave(
    c: &mut DbConnection,
    actor: &Actor,
    id: Id,
    (state, action): (AccountState, &str),
    now: Instant,
) -> Result<()> {
    store::hold_organisation(c, actor.organisation)?;
    let before = person(c, actor.organisation, id)?;
    if id == actor.person {
        return Err(AccountsError::OwnAccount);
    }
    if before.state == state || before.state == AccountState::Closed {
        return Err(AccountsError::NotActive);
    }
    check_not_last(c, &before)?;
    store::set_state(c, actor.organisation, id, state)?;
    store::revoke_person(c, actor.organisation, id, now)?;
    void_links(c, actor.organisation, id, now)?;
    Ok(actor.record(c, action, ("person", id), now)?)
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
