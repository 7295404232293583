//! Tables of this capability: vacancies, candidates, invitations, decisions.

use std::collections::BTreeMap;

use diesel::prelude::*;

use super::decision::Decision;
use crate::{
    db::{
        DbConnection, DbResult,
        schema::{candidates, decisions, invitations, vacancies},
        values::text_enum,
    },
    on_backend,
    types::{Id, Instant},
};

text_enum!(Decision);

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = vacancies)]
pub struct Vacancy {
    pub organisation_id: Id,
    pub id: Id,
    pub title: String,
    pub questionnaire_id: Id,
    pub created_at: Instant,
}

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = candidates, treat_none_as_default_value = false)]
pub struct Candidate {
    pub organisation_id: Id,
    pub id: Id,
    pub vacancy_id: Id,
    pub name: String,
    pub email: String,
    pub created_at: Instant,
}

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = invitations, treat_none_as_default_value = false)]
pub struct Invitation {
    pub organisation_id: Id,
    pub id: Id,
    pub candidate_id: Id,
    pub token_hash: String,
    pub created_at: Instant,
    pub expires_at: Instant,
    pub revoked_at: Option<Instant>,
}

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = decisions)]
pub struct DecisionRow {
    pub organisation_id: Id,
    pub id: Id,
    pub candidate_id: Id,
    pub decision: Decision,
    pub reason: String,
    pub decided_by: String,
    pub decided_at: Instant,
}

pub fn insert_vacancy(c: &mut DbConnection, row: &Vacancy) -> DbResult<()> {
    diesel::insert_into(vacancies::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

/// Newest first, at most `limit`, below `before` when given.
pub fn vacancies(
    c: &mut DbConnection,
    organisation: Id,
    before: Option<Id>,
    limit: i64,
) -> DbResult<Vec<Vacancy>> {
    let own = vacancies::table
        .filter(vacancies::organisation_id.eq(organisation))
        .order(vacancies::id.desc())
        .limit(limit)
        .select(Vacancy::as_select());
    Ok(match before {
        Some(before) => own.filter(vacancies::id.lt(before)).load(c)?,
        None => own.load(c)?,
    })
}

pub fn find_vacancy(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<Option<Vacancy>> {
    Ok(vacancies::table
        .find((organisation, id))
        .select(Vacancy::as_select())
        .first(c)
        .optional()?)
}

pub fn candidate_counts(c: &mut DbConnection, organisation: Id) -> DbResult<Vec<(Id, i64)>> {
    Ok(candidates::table
        .filter(candidates::organisation_id.eq(organisation))
        .group_by(candidates::vacancy_id)
        .select((candidates::vacancy_id, diesel::dsl::count_star()))
        .load(c)?)
}

pub fn insert_candidate(c: &mut DbConnection, row: &Candidate) -> DbResult<()> {
    diesel::insert_into(candidates::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

/// Inserts those candidates whose address is not in their vacancy. The order of the addresses is
/// the same for all writers, so that two never wait for each other.
pub fn insert_new_candidates(c: &mut DbConnection, rows: &[Candidate]) -> DbResult<()> {
    let mut sorted: Vec<&Candidate> = rows.iter().collect();
    sorted.sort_by(|a, b| a.email.cmp(&b.email));
    on_backend!(c, c => diesel::insert_into(candidates::table)
        .values(sorted)
        .on_conflict((candidates::organisation_id, candidates::vacancy_id, candidates::email))
        .do_nothing()
        .execute(c))?;
    Ok(())
}

/// Stored candidates of a vacancy, by the addresses of `rows`.
pub fn candidates_with_emails(
    c: &mut DbConnection,
    organisation: Id,
    vacancy: Id,
    rows: &[Candidate],
) -> DbResult<BTreeMap<String, Id>> {
    let same = candidates::organisation_id
        .eq(organisation)
        .and(candidates::vacancy_id.eq(vacancy));
    let emails = rows.iter().map(|row| &row.email);
    let stored = candidates::table
        .filter(same.and(candidates::email.eq_any(emails)))
        .select((candidates::email, candidates::id))
        .load(c)?;
    Ok(stored.into_iter().collect())
}

/// Candidate of a vacancy with this address.
pub fn candidate_with_email(
    c: &mut DbConnection,
    organisation: Id,
    vacancy: Id,
    email: &str,
) -> DbResult<Option<Id>> {
    let same = candidates::organisation_id
        .eq(organisation)
        .and(candidates::vacancy_id.eq(vacancy));
    Ok(candidates::table
        .filter(same.and(candidates::email.eq(email)))
        .select(candidates::id)
        .first(c)
        .optional()?)
}

pub fn candidates_of(
    c: &mut DbConnection,
    organisation: Id,
    vacancy: Id,
) -> DbResult<Vec<Candidate>> {
    Ok(candidates::table
        .filter(
            candidates::organisation_id
                .eq(organisation)
                .and(candidates::vacancy_id.eq(vacancy)),
        )
        .order(candidates::id)
        .select(Candidate::as_select())
        .load(c)?)
}

pub fn find_candidate(
    c: &mut DbConnection,
    organisation: Id,
    id: Id,
) -> DbResult<Option<Candidate>> {
    Ok(candidates::table
        .find((organisation, id))
        .select(Candidate::as_select())
        .first(c)
        .optional()?)
}

pub fn insert_invitation(c: &mut DbConnection, row: &Invitation) -> DbResult<()> {
    diesel::insert_into(invitations::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

pub fn insert_invitations(c: &mut DbConnection, rows: &[Invitation]) -> DbResult<()> {
    on_backend!(c, c => diesel::insert_into(invitations::table).values(rows).execute(c))?;
    Ok(())
}

pub fn revoke_invitations(
    c: &mut DbConnection,
    organisation: Id,
    candidate: Id,
    now: Instant,
) -> DbResult<()> {
    let live = invitations::organisation_id
        .eq(organisation)
        .and(invitations::candidate_id.eq(candidate));
    diesel::update(invitations::table.filter(live.and(invitations::revoked_at.is_null())))
        .set(invitations::revoked_at.eq(Some(now)))
        .execute(c)?;
    Ok(())
}

pub fn find_invitation(c: &mut DbConnection, token_hash: &str) -> DbResult<Option<Invitation>> {
    Ok(invitations::table
        .filter(invitations::token_hash.eq(token_hash))
        .select(Invitation::as_select())
        .first(c)
        .optional()?)
}

pub fn insert_decision(c: &mut DbConnection, row: &DecisionRow) -> DbResult<()> {
    diesel::insert_into(decisions::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

/// Every decision about one candidate, oldest first.
pub fn decisions_of(
    c: &mut DbConnection,
    organisation: Id,
    candidate: Id,
) -> DbResult<Vec<DecisionRow>> {
    Ok(decisions::table
        .filter(
            decisions::organisation_id
                .eq(organisation)
                .and(decisions::candidate_id.eq(candidate)),
        )
        .order(decisions::id)
        .select(DecisionRow::as_select())
        .load(c)?)
}

/// Every decision in a vacancy, oldest first.
pub fn decisions_in(
    c: &mut DbConnection,
    organisation: Id,
    vacancy: Id,
) -> DbResult<Vec<DecisionRow>> {
    let of_vacancy = candidates::table
        .filter(
            candidates::organisation_id
                .eq(organisation)
                .and(candidates::vacancy_id.eq(vacancy)),
        )
        .select(candidates::id);
    Ok(decisions::table
        .filter(
            decisions::organisation_id
                .eq(organisation)
                .and(decisions::candidate_id.eq_any(of_vacancy)),
        )
        .order(decisions::id)
        .select(DecisionRow::as_select())
        .load(c)?)
}
