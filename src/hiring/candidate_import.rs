//! Adding the candidates of a file, a batch in each transaction.

use serde::{Deserialize, Serialize};

use super::{
    candidate_file::{CandidateFile, NewCandidate, RejectedRow},
    error::{HiringError, Result},
    invitations::{Invited, LinkKeys},
    store::{self, Candidate},
    vacancies::vacancy,
};
use crate::{
    accounts::Actor,
    audit,
    db::DbConnection,
    locale::{Localised, Message},
    types::{Id, Instant},
};

/// Candidates in a transaction.
const BATCH: usize = 500;

/// Result of adding candidates from a file.
#[derive(Clone, Debug, Default)]
pub struct CandidateImport {
    pub added: Vec<Invited>,
    pub rejected: Vec<RejectedRow>,
}

/// How far the candidates of a file are added. It holds nothing personal.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Progress {
    /// Number of candidates of the file that are added or known.
    done: usize,
    /// Candidates with their invitations, in the order of the file.
    added: Vec<(Id, Id)>,
    /// Rows whose address was in the vacancy already.
    known: Vec<u64>,
}

impl Progress {
    /// Whether every candidate of the file is added or known.
    pub fn is_complete(&self, file: &CandidateFile) -> bool {
        self.done >= file.candidates.len()
    }

    /// Whether nobody is added yet.
    pub fn is_empty(&self) -> bool {
        self.added.is_empty()
    }

    /// The result so far. Rows that are left are rejected for the reason `left`.
    pub fn result(
        &self,
        file: CandidateFile,
        links: &LinkKeys,
        left: Option<&Message>,
    ) -> CandidateImport {
        let rejected = |row, reason| RejectedRow { row, reason };
        let mut import = CandidateImport {
            added: Vec::with_capacity(self.added.len()),
            rejected: file.rejected,
        };
        let mut ids = self.added.iter();
        for (i, new) in file.candidates.into_iter().enumerate() {
            if i >= self.done {
                let left = left.map(|reason| rejected(new.row, reason.clone()));
                import.rejected.extend(left);
            } else if self.known.binary_search(&new.row).is_ok() {
                let reason = HiringError::AlreadyInVacancy(None).message();
                import.rejected.push(rejected(new.row, reason));
            } else if let Some(&(candidate_id, invitation_id)) = ids.next() {
                import.added.push(Invited {
                    candidate_id,
                    invitation_id,
                    name: new.name,
                    email: new.email,
                    token: links.token(invitation_id),
                });
            }
        }
        import.rejected.sort_by_key(|rejected| rejected.row);
        import
    }
}

/// Adds the next candidates, except those whose address is in the vacancy already, and creates
/// their links. Everybody in the organisation waits for whoever writes to the audit log, so a batch
/// writes one entry, last.
///
/// # Errors
/// [`HiringError::NoVacancy`].
pub fn add_batch(
    c: &mut DbConnection,
    actor: &Actor,
    links: &LinkKeys,
    vacancy_id: Id,
    file: &CandidateFile,
    mut so_far: Progress,
    now: Instant,
) -> Result<Progress> {
    let organisation = actor.organisation;
    vacancy(c, actor, vacancy_id)?;
    let batch = file.candidates.iter().skip(so_far.done).take(BATCH);
    let candidate = |new: &NewCandidate| Candidate {
        organisation_id: organisation,
        id: Id::new(),
        vacancy_id,
        name: new.name.clone(),
        email: new.email.clone(),
        created_at: now,
    };
    let rows: Vec<Candidate> = batch.clone().map(candidate).collect();
    store::insert_new_candidates(c, &rows)?;
    let stored = store::candidates_with_emails(c, organisation, vacancy_id, &rows)?;
    let mut invitations = Vec::new();
    for (new, row) in batch.zip(&rows) {
        if stored.get(&row.email) == Some(&row.id) {
            let invitation = links.invitation(organisation, row.id, now);
            so_far.added.push((row.id, invitation.id));
            invitations.push(invitation);
        } else {
            so_far.known.push(new.row);
        }
    }
    so_far.done += rows.len();
    store::insert_invitations(c, &invitations)?;
    let added: Vec<Id> = invitations.iter().map(|i| i.candidate_id).collect();
    record(c, actor, vacancy_id, &added, now)?;
    Ok(so_far)
}

fn record(
    c: &mut DbConnection,
    actor: &Actor,
    vacancy: Id,
    added: &[Id],
    now: Instant,
) -> Result<()> {
    let (Some(first), Some(last)) = (added.first(), added.last()) else {
        return Ok(());
    };
    let event = actor
        .event("candidates.imported", ("vacancy", vacancy))
        .detail(serde_json::json!({ "count": added.len(), "first": first, "last": last }));
    Ok(audit::record(c, event, now)?)
}
