//! Scorecards of a file, read by a mapping. Pure.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read,
};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    error::Result,
    mapping::{Mapping, MappingError},
    scale::{Scale, Score},
};
use crate::{
    feedback::{
        record,
        row_problem::{Reason, shorten},
    },
    locale::{Localised, Message},
    msg,
    tables::{Note, Options, Table, number::DecimalMark},
    types::Instant,
};

/// Most distinct criteria that a form offers for a file with a row for each.
const MOST_NAMES: usize = 100;
/// Values of each column that a form shows.
const MOST_SAMPLES: usize = 3;

/// A score of a check, as the file has it.
#[derive(Clone, Debug, PartialEq)]
pub struct FoundScore {
    /// Row as a spreadsheet shows it.
    pub row: u64,
    /// Reference of the agent.
    pub agent: String,
    pub date: NaiveDate,
    /// Empty without one.
    pub contact: String,
    pub evaluator: String,
    pub criterion: String,
    pub theme: Option<String>,
    pub score: Score,
}

/// A row that was not imported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RejectedRow {
    pub row: u64,
    /// The column at fault; empty when the whole row is.
    pub column: String,
    pub reason: RejectionReason,
}

/// Reason for which a row is rejected.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum RejectionReason {
    Value(Reason),
    /// No agent has this reference.
    UnknownAgent(String),
    /// Score that is not on the scale.
    OffScale(String),
    /// No criterion has a score.
    NothingRated,
    /// An earlier row has another score for the same check and criterion.
    Repeated(u64),
}

impl Localised for RejectionReason {
    fn message(&self) -> Message {
        match self {
            Self::Value(reason) => reason.message(),
            Self::UnknownAgent(reference) => {
                msg!("quality-row-unknown-agent", reference = reference)
            }
            Self::OffScale(text) => msg!("quality-row-off-scale", text = text),
            Self::NothingRated => msg!("quality-row-nothing-rated"),
            Self::Repeated(row) => msg!("quality-row-repeated", row = row.to_string()),
        }
    }
}

/// Content of a file of scorecards.
#[derive(Debug, Default)]
pub struct Scorecards {
    pub rows_read: u64,
    pub scores: Vec<FoundScore>,
    pub rejected: Vec<RejectedRow>,
    pub notes: Vec<Note>,
}

/// A data row, kept until the decimal marks of its columns are known.
struct DataRow {
    number: u64,
    cells: std::result::Result<Vec<String>, Reason>,
}

/// A column of scores.
struct ScoreColumn {
    index: usize,
    mark: DecimalMark,
}

/// Positions of the mapped columns.
struct Positions {
    agent: usize,
    date: usize,
    evaluator: Option<usize>,
    contact: Option<usize>,
    /// Column of the criterion in long files.
    criterion: Option<usize>,
    /// One in long files, one for each criterion in others.
    scores: Vec<ScoreColumn>,
}

/// A column of a file whose columns are not mapped yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileColumn {
    pub name: String,
    /// First different values of the column.
    pub samples: Vec<String>,
}

/// The columns of a file, and the values of the column `of`, each once in alphabetical order.
///
/// # Errors
/// [`QualityError::Table`](super::QualityError::Table) for a file that is no table.
pub fn columns(input: impl Read, of: Option<&str>) -> Result<(Vec<FileColumn>, Vec<String>)> {
    let mut table = Table::open(input, &Options::default())?;
    let names = table.columns().iter().cloned();
    let column = |name| FileColumn {
        name,
        samples: Vec::new(),
    };
    let mut columns: Vec<FileColumn> = names.map(column).collect();
    let index = match of {
        Some(name) => table.column(name)?,
        None => None,
    };
    let mut values = BTreeSet::new();
    while let Some(row) = table.next_row()? {
        values.extend(index.and_then(|index| record::label(row.cell(index))));
        for (i, column) in columns.iter_mut().enumerate() {
            let value = shorten(row.cell(i).trim());
            let is_new = !value.is_empty() && !column.samples.contains(&value);
            if is_new && column.samples.len() < MOST_SAMPLES {
                column.samples.push(value);
            }
        }
    }
    Ok((columns, values.into_iter().take(MOST_NAMES).collect()))
}

/// Reads a file. `now` bounds the dates.
///
/// # Errors
/// [`QualityError::Table`](super::QualityError::Table) for a file that is no table;
/// [`MappingError::MissingColumn`].
pub fn read(input: impl Read, mapping: &Mapping, now: Instant) -> Result<Scorecards> {
    let options = Options {
        wanted: mapping.wanted(),
        ..Options::default()
    };
    let mut table = Table::open(input, &options)?;
    let mut rows = Vec::new();
    while let Some(row) = table.next_row()? {
        let cells = row.cells().map(str::to_owned).collect();
        let cells = match &row.problem {
            Some(problem) => Err(Reason::Row(problem.clone())),
            None => Ok(cells),
        };
        rows.push(DataRow {
            number: row.number,
            cells,
        });
    }
    let reading = Reading {
        positions: positions(mapping, &table, &rows)?,
        mapping,
        now,
    };
    let mut found = Scorecards {
        rows_read: rows.len() as u64,
        notes: table.notes(),
        ..Scorecards::default()
    };
    for row in &rows {
        match reading.row(row) {
            Ok(scores) => found.scores.extend(scores),
            Err((column, reason)) => found.rejected.push(RejectedRow {
                row: row.number,
                column,
                reason,
            }),
        }
    }
    reject_repeated(&mut found);
    Ok(found)
}

fn positions(mapping: &Mapping, table: &Table<'_>, rows: &[DataRow]) -> Result<Positions> {
    let find = |name: &String| -> Result<usize> {
        let missing = || MappingError::MissingColumn {
            column: name.clone(),
            present: table.columns().join(", ").chars().take(600).collect(),
        };
        Ok(table.column(name)?.ok_or_else(missing)?)
    };
    let optional = |name: &Option<String>| name.as_ref().map(find).transpose();
    let columns = &mapping.columns;
    let score_names: Vec<&String> = match &columns.score {
        Some(score) => vec![score],
        None => mapping.criteria.iter().map(|c| &c.column).collect(),
    };
    let mut scores = Vec::new();
    for name in score_names {
        let index = find(name)?;
        let rows = rows.iter().filter_map(|row| row.cells.as_ref().ok());
        let cells = rows.filter_map(|cells| cells.get(index).map(String::as_str));
        scores.push(ScoreColumn {
            index,
            mark: DecimalMark::of(cells, table.delimiter()),
        });
    }
    Ok(Positions {
        agent: find(&columns.agent)?,
        date: find(&columns.date)?,
        evaluator: optional(&columns.evaluator)?,
        contact: optional(&columns.contact)?,
        criterion: optional(&columns.criterion)?,
        scores,
    })
}

/// Context of all rows.
struct Reading<'a> {
    positions: Positions,
    mapping: &'a Mapping,
    now: Instant,
}

type RowResult<T> = std::result::Result<T, (String, RejectionReason)>;

impl Reading<'_> {
    /// The scores of a row, or its first problem with the column.
    fn row(&self, row: &DataRow) -> RowResult<Vec<FoundScore>> {
        let whole = |reason: &Reason| (String::new(), RejectionReason::Value(reason.clone()));
        let cells = row.cells.as_ref().map_err(whole)?;
        let cell = |index: usize| cells.get(index).map_or("", |cell| cell.trim());
        let (at, columns) = (&self.positions, &self.mapping.columns);
        let value = |column: &str| {
            let column = column.to_owned();
            move |reason| (column, RejectionReason::Value(reason))
        };
        let label = |index: Option<usize>| index.and_then(|index| record::label(cell(index)));
        let date = self.mapping.dates().read(cell(at.date), self.now);
        let found = FoundScore {
            row: row.number,
            agent: record::required(cell(at.agent)).map_err(value(&columns.agent))?,
            date: date.map_err(value(&columns.date))?.date(),
            contact: label(at.contact).unwrap_or_default(),
            evaluator: label(at.evaluator).unwrap_or_default(),
            criterion: String::new(),
            theme: None,
            score: Score {
                share: 0.0,
                met: false,
            },
        };
        let scores = self.scores(&found, &cell)?;
        if scores.is_empty() {
            return Err((String::new(), RejectionReason::NothingRated));
        }
        Ok(scores)
    }

    fn scores<'c>(
        &self,
        found: &FoundScore,
        cell: &impl Fn(usize) -> &'c str,
    ) -> RowResult<Vec<FoundScore>> {
        let (columns, criteria) = (&self.mapping.columns, &self.mapping.criteria);
        let mut scores = Vec::new();
        for (i, column) in self.positions.scores.iter().enumerate() {
            let text = cell(column.index);
            if record::is_missing(text) {
                continue;
            }
            let (name, theme, scale) = match self.positions.criterion {
                Some(index) => {
                    let name = record::required(cell(index)).map_err(|reason| {
                        let column = columns.criterion.clone().unwrap_or_default();
                        (column, RejectionReason::Value(reason))
                    })?;
                    self.named(name)
                }
                None => {
                    let criterion = &criteria[i];
                    let name = criterion.name().to_owned();
                    (name, criterion.theme.clone(), criterion.scale)
                }
            };
            let scale = scale.unwrap_or(self.mapping.scale);
            let score = scale.read(text, column.mark).ok_or_else(|| {
                let column = match &columns.score {
                    Some(score) => score.clone(),
                    None => criteria[i].column.clone(),
                };
                (column, RejectionReason::OffScale(shorten(text)))
            })?;
            scores.push(FoundScore {
                criterion: name,
                theme,
                score,
                ..found.clone()
            });
        }
        Ok(scores)
    }

    /// Name, theme and scale of a criterion of a long file; one that is not mapped keeps its name.
    fn named(&self, name: String) -> (String, Option<String>, Option<Scale>) {
        let mut criteria = self.mapping.criteria.iter();
        match criteria.find(|c| c.column.trim().to_lowercase() == name.to_lowercase()) {
            Some(c) => (c.name().to_owned(), c.theme.clone(), c.scale),
            None => (name, None, None),
        }
    }
}

/// Rejects rows that give another score for what an earlier row rates: without a contact id, two
/// checks of an agent on one day cannot be told apart. Equal scores are left in: they are
/// duplicates.
fn reject_repeated(found: &mut Scorecards) {
    let mut first: BTreeMap<(&str, NaiveDate, &str, &str), (u64, Score)> = BTreeMap::new();
    let mut repeated: BTreeMap<u64, u64> = BTreeMap::new();
    for score in &found.scores {
        let key = (
            score.agent.as_str(),
            score.date,
            score.contact.as_str(),
            score.criterion.as_str(),
        );
        let (row, earlier) = *first.entry(key).or_insert((score.row, score.score));
        if earlier != score.score {
            repeated.entry(score.row).or_insert(row);
        }
    }
    found
        .scores
        .retain(|score| !repeated.contains_key(&score.row));
    found
        .rejected
        .extend(repeated.into_iter().map(|(row, earlier)| RejectedRow {
            row,
            column: String::new(),
            reason: RejectionReason::Repeated(earlier),
        }));
    found.rejected.sort_by_key(|rejected| rejected.row);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scorecards(csv: &str, mapping: &str) -> Scorecards {
        let mapping = Mapping::parse(mapping).expect("a mapping");
        read(csv.as_bytes(), &mapping, Instant::now()).expect("reads")
    }

    fn figures(found: &Scorecards) -> Vec<(u64, &str, bool)> {
        let scores = found.scores.iter();
        scores
            .map(|s| (s.row, s.criterion.as_str(), s.score.met))
            .collect()
    }

    const WIDE: &str = "scale = { kind = \"pass_fail\" }\ndate_formats = [\"%d.%m.%Y\"]\n\
        columns = { agent = \"agent\", date = \"date\" }\n\
        [[criteria]]\ncolumn = \"hello\"\n\
        [[criteria]]\ncolumn = \"points\"\nscale = { kind = \"points\", max = 5 }\n";

    #[test]
    fn a_row_has_a_score_for_each_criterion_that_was_rated() {
        let csv = "agent;date;hello;points\nA1;01.09.2026;yes;4,5\nA2;2026-09-02;n/a;3,5\n";
        let found = scorecards(csv, WIDE);
        assert_eq!(found.rejected, []);
        let expected = [
            (2, "hello", true),
            (2, "points", true),
            (3, "points", false),
        ];
        assert_eq!(figures(&found), expected);
        assert_eq!(found.scores[2].date.to_string(), "2026-09-02");
    }

    #[test]
    fn a_rejected_row_has_its_number_column_and_reason() {
        let csv = "agent,date,hello,points\n,2026-09-01,yes,4\nA1,1 Sep,yes,4\n\
            A1,2026-09-01,perhaps,4\nA1,2026-09-01,,\nA1,2026-09-03,yes,4\nA1,2026-09-03,no,4\n";
        let found = scorecards(csv, WIDE);
        let rows: Vec<(u64, &str)> = found
            .rejected
            .iter()
            .map(|rejected| (rejected.row, rejected.column.as_str()))
            .collect();
        assert_eq!(
            rows,
            [(2, "agent"), (3, "date"), (4, "hello"), (5, ""), (7, "")]
        );
        assert_eq!(found.rejected[4].reason, RejectionReason::Repeated(6));
        assert_eq!(figures(&found), [(6, "hello", true), (6, "points", true)]);
    }

    #[test]
    fn long_rows_are_one_criterion_each() {
        let mapping = "scale = { kind = \"percent\", met_from = 70 }\n\
            columns = { agent = \"a\", date = \"d\", criterion = \"c\", score = \"s\" }\n\
            [[criteria]]\ncolumn = \"greeting\"\nname = \"Greets\"\ntheme = \"courtesy\"\n";
        let csv = "a,d,c,s\nA1,2026-09-01,Greeting,70%\nA1,2026-09-01,Closing,69.9\n";
        let found = scorecards(csv, mapping);
        assert_eq!(
            figures(&found),
            [(2, "Greets", true), (3, "Closing", false)]
        );
        assert_eq!(found.scores[0].theme.as_deref(), Some("courtesy"));
        assert_eq!(found.scores[1].theme, None);
        let (columns, values) = columns(csv.as_bytes(), Some("c")).expect("reads");
        assert_eq!(columns[0].name, "a");
        assert_eq!(columns[0].samples, ["A1"]);
        assert_eq!(values, ["Closing", "Greeting"]);
    }
}
