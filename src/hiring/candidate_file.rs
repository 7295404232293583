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
    tables::{Options, Row, Table},
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

/// Headings of the columns, in any case; of several, the first counts.
const EMAIL: [&str; 5] = ["email", "e-mail", "email address", "e-mail address", "mail"];
const NAME: [&str; 4] = ["name", "full name", "candidate name", "candidate"];
const GIVEN_NAME: [&str; 3] = ["first name", "given name", "forename"];
const FAMILY_NAME: [&str; 3] = ["last name", "family name", "surname"];

/// Places of the columns.
struct Columns {
    /// The name, or the given and the family name.
    name: (usize, Option<usize>),
    email: usize,
}

impl Columns {
    fn of(table: &Table<'_>) -> Result<Self> {
        let find = |headings: &[&str]| -> Result<Option<usize>> {
            for heading in headings {
                if let Some(place) = table.column(heading)? {
                    return Ok(Some(place));
                }
            }
            Ok(None)
        };
        let name = match find(&NAME)? {
            Some(name) => Some((name, None)),
            None => find(&GIVEN_NAME)?.zip(find(&FAMILY_NAME)?.map(Some)),
        };
        match (name, find(&EMAIL)?) {
            (Some(name), Some(email)) => Ok(Self { name, email }),
            _ if table.lacks_header() => Err(HiringError::NoHeader),
            _ => Err(HiringError::CandidateColumns(table.columns().join(", "))),
        }
    }

    fn name(&self, row: &Row) -> String {
        let (name, family) = self.name;
        let parts = std::iter::once(name).chain(family);
        let parts = parts.map(|place| row.cell(place).trim());
        let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
        parts.join(" ")
    }
}

/// Adds candidates from a table with a column for the name (or the given and the family name) and
/// one for the address, such as `name` and `email`. Valid rows are added, the others are listed
/// with a reason.
///
/// # Errors
/// [`HiringError::Table`], [`HiringError::CandidateColumns`], [`HiringError::NoHeader`] or
/// [`HiringError::TooManyCandidates`] if the file cannot be used; nothing is added then.
pub fn add_candidates(
    c: &mut DbConnection,
    actor: &Actor,
    vacancy_id: Id,
    file: &[u8],
    now: Instant,
) -> Result<CandidateImport> {
    vacancy(c, actor, vacancy_id)?;
    let wanted = EMAIL.iter().chain(&NAME).chain(&GIVEN_NAME);
    let mut table = Table::open(
        file,
        &Options {
            wanted: wanted.map(|column| (*column).to_owned()).collect(),
            ..Options::default()
        },
    )?;
    let columns = Columns::of(&table)?;
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
        let (name, email) = (columns.name(row), row.cell(columns.email));
        match add_candidate(c, actor, vacancy_id, &name, email, now) {
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
