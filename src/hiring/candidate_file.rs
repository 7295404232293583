//! Candidates from a CSV file.

use super::{
    candidates::add_candidate,
    error::{HiringError, MAX_CANDIDATES, Result},
    invitations::Invited,
    vacancies::vacancy,
};
use crate::{
    accounts::Actor,
    db::DbConnection,
    documents::csv::CsvRows,
    locale::{Localised, Message},
    types::{Id, Instant},
};

/// Result of importing a file of candidates.
#[derive(Clone, Debug, Default)]
pub struct CandidateImport {
    pub added: Vec<Invited>,
    pub rejected: Vec<RejectedRow>,
}

/// A row that was not added.
#[derive(Clone, Debug)]
pub struct RejectedRow {
    /// Row number as in a spreadsheet.
    pub row: u64,
    pub reason: Message,
}

/// Adds candidates from a CSV with the columns `name` and `email`. Valid rows are added, the others
/// are listed with a reason.
///
/// # Errors
/// [`HiringError::Csv`], [`HiringError::CandidateColumns`] or [`HiringError::TooManyCandidates`] if
/// the file cannot be used; nothing is added then.
pub fn add_candidates(
    c: &mut DbConnection,
    actor: &Actor,
    vacancy_id: Id,
    file: &[u8],
    now: Instant,
) -> Result<CandidateImport> {
    vacancy(c, actor, vacancy_id)?;
    let mut rows = CsvRows::open(file)?;
    let (Some(name), Some(email)) = (rows.column("name"), rows.column("email")) else {
        return Err(HiringError::CandidateColumns(rows.columns().join(", ")));
    };
    let mut import = CandidateImport::default();
    while let Some(row) = rows.next_row()? {
        if import.added.len() + import.rejected.len() >= MAX_CANDIDATES {
            return Err(HiringError::TooManyCandidates);
        }
        let cell = |i: usize| row.cells.get(i).map_or("", String::as_str);
        match add_candidate(c, actor, vacancy_id, cell(name), cell(email), now) {
            Ok(invited) => import.added.push(invited),
            Err(e @ (HiringError::Accounts(_) | HiringError::AlreadyInvited(_))) => {
                import.rejected.push(RejectedRow {
                    row: row.number,
                    reason: e.message(),
                })
            }
            Err(e) => return Err(e),
        }
    }
    Ok(import)
}
