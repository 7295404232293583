//! Tables of this capability: organisations, people, their roles, sessions, idempotency keys, and
//! when a person last marked the overview as seen.

pub mod links;
pub mod replies;
pub mod sessions;

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::{
    account_state::AccountState, role::Role, roles::Roles, session_kind::SessionKind,
    working_days::WorkingDays,
};
use crate::{
    db::{
        DbConnection, DbResult,
        schema::{organisations, overview_visits, people, person_roles},
        values::text_enum,
    },
    on_backend,
    types::{Id, Instant},
};

pub use replies::StoredReply;
pub use sessions::{Session, Token, revoke_person};

text_enum!(AccountState, Role, SessionKind);

/// A customer of this installation.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = organisations)]
pub struct Organisation {
    pub id: Id,
    pub name: String,
    /// Whether all its data is synthetic.
    pub synthetic: bool,
    pub created_at: Instant,
    /// IANA name of the time zone.
    pub time_zone: String,
    /// ISO 3166 code of the region whose holidays apply, or empty.
    pub region: String,
}

impl Organisation {
    /// Its working days.
    pub fn working_days(&self) -> WorkingDays {
        WorkingDays::parse(&self.time_zone, &self.region).unwrap_or_default()
    }
}

/// An account.
#[derive(Clone, Debug)]
pub struct Person {
    pub organisation_id: Id,
    pub id: Id,
    /// Lower case; unique in the installation.
    pub email: String,
    pub name: String,
    pub roles: Roles,
    /// PHC string with algorithm, parameters and salt; empty until the person has chosen a
    /// password.
    pub password_hash: String,
    /// With the role `agent`.
    pub agent_id: Option<Id>,
    pub created_at: Instant,
    /// With the role `department`: its department, as themes name their owner.
    pub department: Option<String>,
    pub state: AccountState,
    /// Last time of signing in.
    pub signed_in_at: Option<Instant>,
}

impl Person {
    /// Whether the account is active.
    pub fn is_active(&self) -> bool {
        self.state == AccountState::Active
    }

    /// Whether the person was invited and has not chosen a password.
    pub fn is_invited(&self) -> bool {
        self.password_hash.is_empty()
    }

    /// Whether the person can sign in as an administrator.
    pub fn is_administrator(&self) -> bool {
        self.is_active() && !self.is_invited() && self.roles.contains(Role::Admin)
    }
}

/// An account without its roles.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = people)]
struct PersonRow {
    organisation_id: Id,
    id: Id,
    email: String,
    name: String,
    password_hash: String,
    agent_id: Option<Id>,
    created_at: Instant,
    department: Option<String>,
    state: AccountState,
    signed_in_at: Option<Instant>,
}

impl PersonRow {
    fn with(self, roles: Roles) -> Person {
        Person {
            organisation_id: self.organisation_id,
            id: self.id,
            email: self.email,
            name: self.name,
            roles,
            password_hash: self.password_hash,
            agent_id: self.agent_id,
            created_at: self.created_at,
            department: self.department,
            state: self.state,
            signed_in_at: self.signed_in_at,
        }
    }
}

pub fn insert_organisation(c: &mut DbConnection, row: &Organisation) -> DbResult<()> {
    diesel::insert_into(organisations::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

/// Stores the time zone and the region of an organisation.
pub fn update_working_days(
    c: &mut DbConnection,
    id: Id,
    time_zone: &str,
    region: &str,
) -> DbResult<()> {
    diesel::update(organisations::table.find(id))
        .set((
            organisations::time_zone.eq(time_zone),
            organisations::region.eq(region),
        ))
        .execute(c)?;
    Ok(())
}

pub fn organisations(c: &mut DbConnection) -> DbResult<Vec<Organisation>> {
    Ok(organisations::table
        .order(organisations::id)
        .select(Organisation::as_select())
        .load(c)?)
}

pub fn find_organisation(c: &mut DbConnection, id: Id) -> DbResult<Option<Organisation>> {
    Ok(organisations::table
        .find(id)
        .select(Organisation::as_select())
        .first(c)
        .optional()?)
}

pub fn insert_person(c: &mut DbConnection, person: &Person) -> DbResult<()> {
    let row = PersonRow {
        organisation_id: person.organisation_id,
        id: person.id,
        email: person.email.clone(),
        name: person.name.clone(),
        password_hash: person.password_hash.clone(),
        agent_id: person.agent_id,
        created_at: person.created_at,
        department: person.department.clone(),
        state: person.state,
        signed_in_at: person.signed_in_at,
    };
    diesel::insert_into(people::table).values(row).execute(c)?;
    insert_roles(c, person.organisation_id, person.id, person.roles)
}

fn insert_roles(c: &mut DbConnection, organisation: Id, person: Id, roles: Roles) -> DbResult<()> {
    for role in roles.iter() {
        let row = (
            person_roles::organisation_id.eq(organisation),
            person_roles::person_id.eq(person),
            person_roles::role.eq(role),
        );
        diesel::insert_into(person_roles::table)
            .values(row)
            .execute(c)?;
    }
    Ok(())
}

/// Replaces the roles of a person, with the agent and the department that belong to them.
pub fn set_roles(c: &mut DbConnection, person: &Person) -> DbResult<()> {
    let (organisation, id) = (person.organisation_id, person.id);
    let own = person_roles::table
        .filter(person_roles::organisation_id.eq(organisation))
        .filter(person_roles::person_id.eq(id));
    diesel::delete(own).execute(c)?;
    diesel::update(people::table.find((organisation, id)))
        .set((
            people::agent_id.eq(person.agent_id),
            people::department.eq(&person.department),
        ))
        .execute(c)?;
    insert_roles(c, organisation, id, person.roles)
}

fn roles_of(c: &mut DbConnection, organisation: Id, person: Id) -> DbResult<Roles> {
    let roles: Vec<Role> = person_roles::table
        .filter(person_roles::organisation_id.eq(organisation))
        .filter(person_roles::person_id.eq(person))
        .select(person_roles::role)
        .load(c)?;
    Ok(roles.into_iter().collect())
}

fn with_roles(c: &mut DbConnection, row: Option<PersonRow>) -> DbResult<Option<Person>> {
    let Some(row) = row else { return Ok(None) };
    let roles = roles_of(c, row.organisation_id, row.id)?;
    Ok(Some(row.with(roles)))
}

/// The active account with an address.
pub fn find_person_by_email(c: &mut DbConnection, email: &str) -> DbResult<Option<Person>> {
    let row = people::table
        .filter(people::email.eq(email))
        .filter(people::state.eq(AccountState::Active))
        .select(PersonRow::as_select())
        .first(c)
        .optional()?;
    with_roles(c, row)
}

/// Whether this agent has an account.
pub fn agent_has_account(c: &mut DbConnection, organisation: Id, agent: Id) -> DbResult<bool> {
    let same = people::organisation_id
        .eq(organisation)
        .and(people::agent_id.eq(agent));
    Ok(diesel::select(diesel::dsl::exists(people::table.filter(same))).get_result(c)?)
}

pub fn find_person(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<Option<Person>> {
    let row = people::table
        .find((organisation, id))
        .select(PersonRow::as_select())
        .first(c)
        .optional()?;
    with_roles(c, row)
}

pub fn people(c: &mut DbConnection, organisation: Id) -> DbResult<Vec<Person>> {
    let rows: Vec<PersonRow> = people::table
        .filter(people::organisation_id.eq(organisation))
        .order((people::name, people::id))
        .select(PersonRow::as_select())
        .load(c)?;
    let pairs: Vec<(Id, Role)> = person_roles::table
        .filter(person_roles::organisation_id.eq(organisation))
        .select((person_roles::person_id, person_roles::role))
        .load(c)?;
    let mut roles: BTreeMap<Id, Vec<Role>> = BTreeMap::new();
    for (person, role) in pairs {
        roles.entry(person).or_default().push(role);
    }
    let with_roles = |row: PersonRow| {
        let own = roles.remove(&row.id).unwrap_or_default();
        row.with(own.into_iter().collect())
    };
    Ok(rows.into_iter().map(with_roles).collect())
}

/// Locks an organisation's row until the transaction ends, on both databases, by an update that
/// changes nothing.
pub fn hold_organisation(c: &mut DbConnection, id: Id) -> DbResult<()> {
    diesel::update(organisations::table.find(id))
        .set(organisations::synthetic.eq(organisations::synthetic))
        .execute(c)?;
    Ok(())
}

/// Locks a person's row until the transaction ends, on both databases, by an update that changes
/// nothing.
pub fn hold_person(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<()> {
    diesel::update(people::table.find((organisation, id)))
        .set(people::email.eq(people::email))
        .execute(c)?;
    Ok(())
}

/// Notes that a person signs in, and locks their row until the transaction ends. Returns `false` if
/// the account is not active or has another password hash by now.
pub fn note_sign_in(c: &mut DbConnection, person: &Person, now: Instant) -> DbResult<bool> {
    let active = people::table
        .find((person.organisation_id, person.id))
        .filter(people::password_hash.eq(&person.password_hash))
        .filter(people::state.eq(AccountState::Active));
    Ok(diesel::update(active)
        .set(people::signed_in_at.eq(Some(now)))
        .execute(c)?
        == 1)
}

pub fn set_state(
    c: &mut DbConnection,
    organisation: Id,
    id: Id,
    state: AccountState,
) -> DbResult<()> {
    diesel::update(people::table.find((organisation, id)))
        .set(people::state.eq(state))
        .execute(c)?;
    Ok(())
}

pub fn set_password(c: &mut DbConnection, organisation: Id, id: Id, hash: &str) -> DbResult<()> {
    diesel::update(people::table.find((organisation, id)))
        .set(people::password_hash.eq(hash))
        .execute(c)?;
    Ok(())
}

pub fn set_department(c: &mut DbConnection, organisation: Id, id: Id, name: &str) -> DbResult<()> {
    diesel::update(people::table.find((organisation, id)))
        .set(people::department.eq(Some(name)))
        .execute(c)?;
    Ok(())
}

/// When a person last marked the overview as seen.
pub fn overview_visit(
    c: &mut DbConnection,
    organisation: Id,
    person: Id,
) -> DbResult<Option<Instant>> {
    Ok(overview_visits::table
        .find((organisation, person))
        .select(overview_visits::visited_at)
        .first(c)
        .optional()?)
}

pub fn keep_overview_visit(
    c: &mut DbConnection,
    organisation: Id,
    person: Id,
    now: Instant,
) -> DbResult<()> {
    let row = (
        overview_visits::organisation_id.eq(organisation),
        overview_visits::person_id.eq(person),
        overview_visits::visited_at.eq(now),
    );
    on_backend!(c, c => diesel::insert_into(overview_visits::table)
        .values(row)
        .on_conflict((overview_visits::organisation_id, overview_visits::person_id))
        .do_update()
        .set(overview_visits::visited_at.eq(now))
        .execute(c))?;
    Ok(())
}
