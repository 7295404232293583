//! Files of candidates. Pure.

use std::collections::BTreeSet;

use super::error::{HiringError, MAX_CANDIDATES, Result};
use crate::{
    accounts,
    locale::{Localised, Message},
    tables::{Options, Row, Table},
};

/// Rows of a file of candidates, in their order.
#[derive(Clone, Debug, Default)]
pub struct CandidateFile {
    pub candidates: Vec<NewCandidate>,
    pub rejected: Vec<RejectedRow>,
}

/// A valid row. No other row of the file has its address.
#[derive(Clone, Debug)]
pub struct NewCandidate {
    /// Row number as in a spreadsheet.
    pub row: u64,
    pub name: String,
    pub email: String,
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

/// Reads candidates from a table with a column for the name (or the given and the family name) and
/// one for the address, such as `name` and `email`. Of rows with the same address the first counts.
///
/// # Errors
/// [`HiringError::Table`], [`HiringError::CandidateColumns`], [`HiringError::NoHeader`] or
/// [`HiringError::TooManyCandidates`] if the file cannot be used.
pub fn read_candidates(file: &[u8]) -> Result<CandidateFile> {
    let wanted = EMAIL.iter().chain(&NAME).chain(&GIVEN_NAME);
    let mut table = Table::open(
        file,
        &Options {
            wanted: wanted.map(|column| (*column).to_owned()).collect(),
            ..Options::default()
        },
    )?;
    let columns = Columns::of(&table)?;
    let mut read = CandidateFile::default();
    let mut addresses = BTreeSet::new();
    while let Some(row) = table.next_row()? {
        if read.candidates.len() + read.rejected.len() >= MAX_CANDIDATES {
            return Err(HiringError::TooManyCandidates);
        }
        match new_candidate(&columns, row, &mut addresses) {
            Ok(candidate) => read.candidates.push(candidate),
            Err(reason) => read.rejected.push(RejectedRow {
                row: row.number,
                reason,
            }),
        }
    }
    Ok(read)
}

fn new_candidate(
    columns: &Columns,
    row: &Row,
    addresses: &mut BTreeSet<String>,
) -> std::result::Result<NewCandidate, Message> {
    if let Some(problem) = &row.problem {
        return Err(problem.message());
    }
    let name = accounts::parse_name(&columns.name(row)).map_err(|e| e.message())?;
    let email = accounts::parse_email(row.cell(columns.email)).map_err(|e| e.message())?;
    if !addresses.insert(email.clone()) {
        return Err(HiringError::AlreadyInVacancy(None).message());
    }
    Ok(NewCandidate {
        row: row.number,
        name,
        email,
    })
}
