//! Adding the candidates of a file, a batch in each transaction.

use chrono::Duration;

use super::{
    candidate_file::{NewCandidate, RejectedRow},
    error::{HiringError, Result},
    invitations::{Invited, LINK_DAYS},
    store::{self, Candidate, Invitation},
    vacancies::vacancy,
};
use crate::{
    accounts::{self, Actor},
    audit,
    db::DbConnection,
    locale::Localised,
    types::{Id, Instant},
};

/// Result of adding candidates from a file.
#[derive(Clone, Debug, Default)]
pub struct CandidateImport {
    pub added: Vec<Invited>,
    pub rejected: Vec<RejectedRow>,
}

/// Adds candidates, except those whose address is in the vacancy already, and creates their links.
/// Everybody in the organisation waits for whoever writes to the audit log, so a batch writes one
/// entry, last.
///
/// # Errors
/// [`HiringError::NoVacancy`].
pub fn add_batch(
    c: &mut DbConnection,
    actor: &Actor,
    vacancy_id: Id,
    batch: &[NewCandidate],
    now: Instant,
) -> Result<CandidateImport> {
    let organisation = actor.organisation;
    vacancy(c, actor, vacancy_id)?;
    let candidate = |new: &NewCandidate| Candidate {
        organisation_id: organisation,
        id: Id::new(),
        vacancy_id,
        name: new.name.clone(),
        email: new.email.clone(),
        created_at: now,
    };
    let rows: Vec<Candidate> = batch.iter().map(candidate).collect();
    store::insert_new_candidates(c, &rows)?;
    let stored = store::candidates_with_emails(c, organisation, vacancy_id, &rows)?;
    let mut import = CandidateImport::default();
    let mut invitations = Vec::new();
    for (new, row) in batch.iter().zip(rows) {
        if stored.get(&row.email) != Some(&row.id) {
            import.rejected.push(RejectedRow {
                row: new.row,
                reason: HiringError::AlreadyInvited(None).message(),
            });
            continue;
        }
        let token = accounts::new_token();
        invitations.push(Invitation {
            organisation_id: organisation,
            id: Id::new(),
            candidate_id: row.id,
            token_hash: accounts::token_hash(&token),
            created_at: now,
            expires_at: now.plus(Duration::days(LINK_DAYS)),
            revoked_at: None,
        });
        import.added.push(Invited {
            candidate_id: row.id,
            name: row.name,
            email: row.email,
            token,
        });
    }
    store::insert_invitations(c, &invitations)?;
    record(c, actor, vacancy_id, &import.added, now)?;
    Ok(import)
}

fn record(
    c: &mut DbConnection,
    actor: &Actor,
    vacancy: Id,
    added: &[Invited],
    now: Instant,
) -> Result<()> {
    let (Some(first), Some(last)) = (added.first(), added.last()) else {
        return Ok(());
    };
    let event = actor
        .event("candidates.imported", ("vacancy", vacancy))
        .detail(serde_json::json!({
            "count": added.len(),
            "first": first.candidate_id,
            "last": last.candidate_id,
        }));
    Ok(audit::record(c, event, now)?)
}
