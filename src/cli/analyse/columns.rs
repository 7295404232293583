//! Named columns of a table, as text or numbers.

use std::path::{Path, PathBuf};

use super::table::{self, InputReport, TableOptions};
use crate::{
    cli::outcome::Failure,
    tables::{
        Row, Table,
        missing::{Missing, MissingCounter},
        number::{self, DecimalMark},
        tidy,
    },
};

/// Columns of a table. Missing cells are empty.
pub struct Columns {
    file: PathBuf,
    columns: Vec<Column>,
    /// Row numbers as a spreadsheet shows them.
    rows: Vec<u64>,
    missing: Missing,
    counter: MissingCounter,
    delimiter: Option<u8>,
    input: InputReport,
}

struct Column {
    name: String,
    place: usize,
    /// Whether the column holds names of people: "Na" and "None" are names.
    names: bool,
    cells: Vec<String>,
}

impl Columns {
    /// Reads the columns `names` of a file. Of these, `people` hold names of people.
    ///
    /// # Errors
    /// `Failure::Usage`: a column that does not exist, a row that cannot be trusted, or a file that
    /// is no table.
    pub fn read(
        file: &Path,
        options: &TableOptions,
        names: &[&str],
        people: &[&str],
    ) -> Result<Self, Failure> {
        let mut table = table::open(file, &options.options(names.iter().copied()))?;
        let mut columns = Self::start(&table, file, names, people)?;
        while let Some(row) = table::next_row(&mut table, file)? {
            columns.push(row);
        }
        Ok(columns.finish(&table))
    }

    /// Finds the columns in an open table.
    ///
    /// # Errors
    /// `Failure::Usage`: a column that does not exist.
    pub fn start(
        table: &Table<'_>,
        file: &Path,
        names: &[&str],
        people: &[&str],
    ) -> Result<Self, Failure> {
        let column = |name: &&str| {
            Ok(Column {
                name: (*name).to_owned(),
                place: table::column(table, file, name)?,
                names: people.contains(name),
                cells: Vec::new(),
            })
        };
        Ok(Self {
            file: file.to_owned(),
            columns: names.iter().map(column).collect::<Result<_, Failure>>()?,
            rows: Vec::new(),
            missing: table.missing().clone(),
            counter: MissingCounter::new(table.missing().clone()),
            delimiter: table.delimiter(),
            input: InputReport::default(),
        })
    }

    /// Takes the cells of a row.
    pub fn push(&mut self, row: &Row) {
        self.rows.push(row.number);
        for column in &mut self.columns {
            let cell = visible(row.cell(column.place));
            let cell = cell.trim();
            let missing = if column.names {
                self.missing.is_missing_name(cell) && self.counter.is_missing(cell)
            } else {
                self.counter.is_missing(cell)
            };
            column
                .cells
                .push(if missing { "" } else { cell }.to_owned());
        }
    }

    /// Ends the table.
    pub fn finish(mut self, table: &Table<'_>) -> Self {
        self.input = InputReport::new(&self.file, table, &self.counter, self.rows.len() as u64);
        self
    }

    /// The counter of codes for missing values, for other columns of the same table.
    pub fn counter(&mut self) -> &mut MissingCounter {
        &mut self.counter
    }

    /// Report of how the file was read.
    pub fn input(&self) -> &InputReport {
        &self.input
    }

    /// Adds a note about how the file was read.
    pub fn note(&mut self, note: String) {
        self.input.note(&self.file, note);
    }

    /// Number of columns asked for.
    pub fn count(&self) -> usize {
        self.columns.len()
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Number of a row as a spreadsheet shows it.
    pub fn row_number(&self, row: usize) -> u64 {
        self.rows[row]
    }

    /// One column as text; missing is empty.
    pub fn text(&self, column: usize) -> &[String] {
        &self.columns[column].cells
    }

    /// Tidies the groups of a column as [`Columns::tidy_labels`]. "Unknown" and the labels
    /// `unknown`, in any case, become missing.
    pub fn tidy_groups(&mut self, column: usize, unknown: &[String]) {
        self.tidy_labels(column);
        let unknown: Vec<String> = unknown.iter().map(|u| tidy(u).to_lowercase()).collect();
        for cell in &mut self.columns[column].cells {
            let lower = cell.to_lowercase();
            if lower == "unknown" || unknown.contains(&lower) {
                cell.clear();
            }
        }
    }

    /// Makes the labels of a column comparable: white space and invisible characters are tidied.
    /// Labels that differ in case only remain different and are noted.
    pub fn tidy_labels(&mut self, column: usize) {
        let column = &mut self.columns[column];
        for cell in &mut column.cells {
            *cell = tidy(cell);
        }
        let mut labels: Vec<&String> = column.cells.iter().filter(|c| !c.is_empty()).collect();
        labels.sort_unstable_by_key(|label| (label.to_lowercase(), *label));
        labels.dedup();
        let alike: Vec<String> = labels
            .windows(2)
            .filter(|pair| pair[0].to_lowercase() == pair[1].to_lowercase())
            .map(|pair| format!("\"{}\" and \"{}\"", pair[0], pair[1]))
            .collect();
        if !alike.is_empty() {
            let note = format!(
                "Column \"{}\": {} differ in case only and count as different.",
                column.name,
                alike.join(", ")
            );
            self.note(note);
        }
    }

    /// One column as numbers; `None` is missing. The column decides what its commas mean.
    ///
    /// # Errors
    /// `Failure::Usage`: a cell that is not a number.
    pub fn numbers(&mut self, column: usize) -> Result<Vec<Option<f64>>, Failure> {
        let cells = self.text(column);
        let mark = DecimalMark::of(cells.iter().map(String::as_str), self.delimiter);
        let number = |(row, cell): (usize, &String)| {
            if cell.is_empty() {
                return Ok(None);
            }
            let value = number::parse(cell, mark);
            value
                .map(Some)
                .ok_or_else(|| self.error(row, column, &format!("\"{cell}\" is not a number")))
        };
        let numbers = cells.iter().enumerate().map(number);
        let numbers = numbers.collect::<Result<Vec<_>, _>>()?;
        let has = |mark: char| cells.iter().any(|c| c.contains(mark));
        let meaning = match mark {
            DecimalMark::Comma if has('.') => "decimal commas, and points between thousands",
            DecimalMark::Comma if has(',') => "decimal commas",
            DecimalMark::Dot if has(',') => "decimal points, and commas between thousands",
            _ => return Ok(numbers),
        };
        let name = &self.columns[column].name;
        let note = format!("Column \"{name}\" was read with {meaning}.");
        if !self.input.notes.contains(&note) {
            self.note(note);
        }
        Ok(numbers)
    }

    /// Numbers of several columns on the rows where none is missing: the rows, then one vector for
    /// each column.
    ///
    /// # Errors
    /// Errors of [`Columns::numbers`].
    pub fn complete(&mut self, columns: &[usize]) -> Result<(Vec<usize>, Vec<Vec<f64>>), Failure> {
        let all = columns
            .iter()
            .map(|c| self.numbers(*c))
            .collect::<Result<Vec<_>, _>>()?;
        let rows: Vec<usize> = (0..self.rows())
            .filter(|r| all.iter().all(|c| c[*r].is_some()))
            .collect();
        let values = all
            .iter()
            .map(|c| rows.iter().filter_map(|r| c[*r]).collect())
            .collect();
        Ok((rows, values))
    }

    /// A mistake in one cell.
    pub fn error(&self, row: usize, column: usize, problem: &str) -> Failure {
        Failure::Usage(format!(
            "{}: row {}, column \"{}\": {problem}",
            self.file.display(),
            self.rows[row],
            self.columns[column].name
        ))
    }
}

/// A cell without zero-width characters.
fn visible(cell: &str) -> std::borrow::Cow<'_, str> {
    const INVISIBLE: [char; 3] = ['\u{200b}', '\u{2060}', '\u{feff}'];
    if cell.is_ascii() || !cell.contains(INVISIBLE) {
        return cell.into();
    }
    cell.replace(INVISIBLE, "").into()
}
