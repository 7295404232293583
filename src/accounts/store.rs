//! Tables of this capability: organisations, people, session tokens, idempotency keys, and when a
//! person last marked the overview as seen.

pub mod links;

use diesel::prelude::*;

use super::{actor::Role, session_kind::SessionKind, working_days::WorkingDays};
use crate::{
    db::{
        DbConnection, DbResult,
        schema::{idempotency_keys, organisations, overview_visits, people, tokens},
        values::text_enum,
    },
    on_backend,
    types::{Id, Instant},
};

text_enum!(Role, SessionKind);

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
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = people)]
pub struct Person {
    pub organisation_id: Id,
    pub id: Id,
    /// Lower case; unique in the installation.
    pub email: String,
    pub name: String,
    pub role: Role,
    /// PHC string with algorithm, parameters and salt; empty until the person has chosen a password.
    pub password_hash: String,
    /// With the role `agent`.
    pub agent_id: Option<Id>,
    pub created_at: Instant,
    /// With the role `department`: its department, as themes name their owner.
    pub department: Option<String>,
}

/// A session's token, without the token itself.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = tokens)]
pub struct Token {
    pub organisation_id: Id,
    pub id: Id,
    pub person_id: Id,
    pub kind: SessionKind,
    /// From [`token_hash`](super::credentials::token_hash).
    pub token_hash: String,
    /// Shared by a refresh token and all tokens exchanged for it.
    pub family_id: Id,
    pub created_at: Instant,
    pub expires_at: Instant,
    pub used_at: Option<Instant>,
    pub revoked_at: Option<Instant>,
}

/// The reply to a request with an idempotency key.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = idempotency_keys)]
pub struct StoredReply {
    pub organisation_id: Id,
    pub person_id: Id,
    pub idempotency_key: String,
    /// SHA-256 of path and body, to refuse the same key with another request.
    pub request_hash: String,
    pub status: i32,
    pub body: String,
    pub created_at: Instant,
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

pub fn insert_person(c: &mut DbConnection, row: &Person) -> DbResult<()> {
    diesel::insert_into(people::table).values(row).execute(c)?;
    Ok(())
}

pub fn find_person_by_email(c: &mut DbConnection, email: &str) -> DbResult<Option<Person>> {
    Ok(people::table
        .filter(people::email.eq(email))
        .select(Person::as_select())
        .first(c)
        .optional()?)
}

/// Whether this agent has an account.
pub fn agent_has_account(c: &mut DbConnection, organisation: Id, agent: Id) -> DbResult<bool> {
    let same = people::organisation_id
        .eq(organisation)
        .and(people::agent_id.eq(agent));
    Ok(diesel::select(diesel::dsl::exists(people::table.filter(same))).get_result(c)?)
}

pub fn find_person(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<Option<Person>> {
    Ok(people::table
        .find((organisation, id))
        .select(Person::as_select())
        .first(c)
        .optional()?)
}

pub fn people(c: &mut DbConnection, organisation: Id) -> DbResult<Vec<Person>> {
    Ok(people::table
        .filter(people::organisation_id.eq(organisation))
        .order((people::name, people::id))
        .select(Person::as_select())
        .load(c)?)
}

/// Locks a person's row until the transaction ends, on both databases, by an update that changes
/// nothing.
pub fn hold_person(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<()> {
    diesel::update(people::table.find((organisation, id)))
        .set(people::email.eq(people::email))
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

pub fn insert_token(c: &mut DbConnection, row: &Token) -> DbResult<()> {
    diesel::insert_into(tokens::table).values(row).execute(c)?;
    Ok(())
}

pub fn find_token(c: &mut DbConnection, kind: SessionKind, hash: &str) -> DbResult<Option<Token>> {
    Ok(tokens::table
        .filter(tokens::token_hash.eq(hash).and(tokens::kind.eq(kind)))
        .select(Token::as_select())
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

/// Revokes a token and every token exchanged for it.
pub fn revoke_family(
    c: &mut DbConnection,
    organisation: Id,
    family: Id,
    now: Instant,
) -> DbResult<()> {
    let live = tokens::organisation_id
        .eq(organisation)
        .and(tokens::family_id.eq(family));
    diesel::update(tokens::table.filter(live.and(tokens::revoked_at.is_null())))
        .set(tokens::revoked_at.eq(Some(now)))
        .execute(c)?;
    Ok(())
}

/// Revokes every token of a person.
pub fn revoke_person(
    c: &mut DbConnection,
    organisation: Id,
    person: Id,
    now: Instant,
) -> DbResult<()> {
    revoke_others(c, organisation, person, "", now)
}

/// Revokes every token of a person but the one with this hash.
pub fn revoke_others(
    c: &mut DbConnection,
    organisation: Id,
    person: Id,
    but: &str,
    now: Instant,
) -> DbResult<()> {
    let theirs = tokens::organisation_id
        .eq(organisation)
        .and(tokens::person_id.eq(person));
    let live = theirs
        .and(tokens::revoked_at.is_null())
        .and(tokens::token_hash.ne(but));
    diesel::update(tokens::table.filter(live))
        .set(tokens::revoked_at.eq(Some(now)))
        .execute(c)?;
    Ok(())
}

pub fn find_reply(
    c: &mut DbConnection,
    organisation: Id,
    person: Id,
    key: &str,
) -> DbResult<Option<StoredReply>> {
    Ok(idempotency_keys::table
        .find((organisation, person, key))
        .select(StoredReply::as_select())
        .first(c)
        .optional()?)
}

pub fn insert_reply(c: &mut DbConnection, row: &StoredReply) -> DbResult<()> {
    diesel::insert_into(idempotency_keys::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

/// Deletes the replies that all organisations stored before `before`; returns the number.
pub fn forget_replies(c: &mut DbConnection, before: Instant) -> DbResult<usize> {
    let old = idempotency_keys::table.filter(idempotency_keys::created_at.lt(before));
    Ok(diesel::delete(old).execute(c)?)
}

/// Replaces the body of a stored reply, unless it is no longer `before`.
pub fn replace_reply(c: &mut DbConnection, row: &StoredReply, before: &str) -> DbResult<bool> {
    let key = (row.organisation_id, row.person_id, &row.idempotency_key);
    let unchanged = idempotency_keys::table
        .find(key)
        .filter(idempotency_keys::body.eq(before));
    let changed = diesel::update(unchanged)
        .set(idempotency_keys::body.eq(&row.body))
        .execute(c)?;
    Ok(changed == 1)
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
