//! Vacancies of an organisation.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    error::{HiringError, Result},
    store::{self, Vacancy},
};
use crate::{
    accounts::{self, Actor},
    assessment,
    db::DbConnection,
    types::{Id, Instant},
};

/// A vacancy in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VacancySummary {
    pub id: Id,
    pub title: String,
    pub created_at: Instant,
    /// Number of candidates.
    pub candidates: i64,
}

/// Opens a vacancy with a published questionnaire.
///
/// # Errors
/// [`HiringError::Accounts`] if the title is empty or too long, [`HiringError::Assessment`] if the
/// organisation has no such questionnaire.
pub fn create_vacancy(
    c: &mut DbConnection,
    actor: &Actor,
    title: &str,
    questionnaire: Id,
    now: Instant,
) -> Result<Vacancy> {
    assessment::questionnaire(c, actor.organisation, questionnaire)?;
    let row = Vacancy {
        organisation_id: actor.organisation,
        id: Id::new(),
        title: accounts::parse_name(title)?,
        questionnaire_id: questionnaire,
        created_at: now,
    };
    store::insert_vacancy(c, &row)?;
    actor.record(c, "vacancy.created", ("vacancy", row.id), now)?;
    Ok(row)
}

/// Vacancies, newest first: at most `limit`, created before the vacancy `before` if given.
pub fn vacancies(
    c: &mut DbConnection,
    actor: &Actor,
    before: Option<Id>,
    limit: i64,
) -> Result<Vec<VacancySummary>> {
    let counts: BTreeMap<Id, i64> = store::candidate_counts(c, actor.organisation)?
        .into_iter()
        .collect();
    let rows = store::vacancies(c, actor.organisation, before, limit)?;
    Ok(rows
        .into_iter()
        .map(|v| VacancySummary {
            id: v.id,
            title: v.title,
            created_at: v.created_at,
            candidates: counts.get(&v.id).copied().unwrap_or(0),
        })
        .collect())
}

/// A vacancy of the actor's organisation.
///
/// # Errors
/// [`HiringError::NoVacancy`].
pub fn vacancy(c: &mut DbConnection, actor: &Actor, id: Id) -> Result<Vacancy> {
    store::find_vacancy(c, actor.organisation, id)?.ok_or(HiringError::NoVacancy)
}
