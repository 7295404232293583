//! Candidates from a file.

use super::{
    candidates::add_candidate,
    error::{HiringError, MAX_CANDIDATES, Result},
    invitations::Invited,
    vacancies::vacancy,
};
use crate::{
    accounts::Actor,
    db::DbConnection,
    locale::{Localised, Message},
    tables::{Options, Table},
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

/// Adds candidates from a table with the columns `name` and `email`. Valid rows are added, the
/// others are listed with a reason.
///
/// # Errors
/// [`HiringError::Table`], [`HiringError::CandidateColumns`] or [`HiringError::TooManyCandidates`]
/// if the file cannot be used; nothing is added then.
pub fn add_candidates(
    c: &mut DbConnection,
    actor: &Actor,
    vacancy_id: Id,
    file: &[u8],
    now: Instant,
) -> Result<CandidateImport> {
    vacancy(c, actor, vacancy_id)?;
    let wanted = ["name", "email"].map(str::to_owned).to_vec();
    let mut table = Table::open(
        file,
        &Options {
            wanted,
            ..Options::default()
        },
    )?;
    let (Some(name), Some(email)) = (table.column("name")?, table.column("email")?) else {
        return Err(HiringError::CandidateColumns(table.columns().join(", ")));
    };
    let mut import = CandidateImport::default();
    while let Some(row) = table.next_row()? {
        if import.added.len() + import.rejected.len() >= MAX_CANDIDATES {
            return Err(HiringError::TooManyCandidates);
        }
        if let Some(problem) = &row.problem {
            import.rejected.push(RejectedRow {
                row: row.number,
                reason: problem.message(),
            });
            continue;
        }
        match add_candidate(c, actor, vacancy_id, row.cell(name), row.cell(email), now) {
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
