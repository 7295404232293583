//! The table behind an analysis: how it is opened, and what was assumed, left out or read as
//! missing.

use std::{
    collections::BTreeMap,
    fs::File,
    io::{IsTerminal, Read},
    path::Path,
};

use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use crate::{
    cli::outcome::{Failure, complain},
    locale::english,
    tables::{
        Options, Row, RowError, Table,
        missing::{Missing, MissingCounter},
    },
};

/// Files above this size show a progress bar.
const PROGRESS_BYTES: u64 = 4 << 20;
/// Row numbers that an error lists.
const LISTED_ROWS: usize = 5;

/// How a table is read.
#[derive(Args, Clone, Debug, Default)]
pub struct TableOptions {
    /// Sheet of a workbook: its name, or its number from 1 [default: the first with the columns]
    #[arg(long)]
    pub sheet: Option<String>,
    /// Row number of the header [default: detected]
    #[arg(long)]
    pub header_row: Option<u64>,
    /// Codes for missing values; an empty cell is always missing [default:
    /// NA,N/A,NaN,NULL,None,-,.,#N/A]
    #[arg(long, value_delimiter = ',', allow_hyphen_values = true)]
    pub missing: Option<Vec<String>>,
    /// Encoding of a text that does not declare one, such as windows-1252 or cp850 [default:
    /// detected]
    #[arg(long)]
    pub encoding: Option<String>,
}

impl TableOptions {
    /// Codes for missing values.
    pub fn missing(&self) -> Missing {
        self.missing
            .as_ref()
            .map_or_else(Missing::default, |codes| Missing::new(codes))
    }

    /// Options of the reader for a table with the columns `wanted`.
    pub fn options<'n>(&self, wanted: impl IntoIterator<Item = &'n str>) -> Options {
        Options {
            sheet: self.sheet.clone(),
            header_row: self.header_row,
            wanted: wanted.into_iter().map(str::to_owned).collect(),
            missing: self.missing(),
            encoding: self.encoding.clone(),
            keep_empty_rows: false,
        }
    }
}

/// Report of how a file was read: part of every result.
#[derive(Clone, Debug, Default, Serialize)]
pub struct InputReport {
    /// Rows of data.
    pub rows: u64,
    /// Codes for missing values; an empty cell is always missing.
    pub missing_codes: Vec<String>,
    /// Codes found in the columns of the analysis, with their counts.
    pub missing_found: BTreeMap<String, u64>,
    /// Assumptions and omissions of the reader.
    pub notes: Vec<String>,
}

impl InputReport {
    /// Describes a table that was read to its end, also on standard error.
    pub fn new(file: &Path, table: &Table<'_>, counter: &MissingCounter, rows: u64) -> Self {
        let mut report = Self {
            rows,
            missing_codes: table.missing().codes(),
            missing_found: counter.found().clone(),
            notes: Vec::new(),
        };
        for note in table.notes() {
            report.note(file, english(&note));
        }
        if let Some(note) = counter.note() {
            complain(&format!("rapport: {}: {}", file.display(), english(&note)));
        }
        report
    }

    /// Adds a note, and writes it to standard error.
    pub fn note(&mut self, file: &Path, note: String) {
        complain(&format!("rapport: {}: {note}", file.display()));
        self.notes.push(note);
    }
}

/// Opens a table, with a progress bar for large files on a terminal.
///
/// # Errors
/// `Failure::Usage`: the file cannot be read or is no table.
pub fn open(path: &Path, options: &Options) -> Result<Table<'static>, Failure> {
    let usage = |problem: String| Failure::Usage(format!("{}: {problem}", path.display()));
    let file = File::open(path).map_err(|e| usage(e.to_string()))?;
    let size = file.metadata().map_or(0, |m| m.len());
    let input: Box<dyn Read> = if size > PROGRESS_BYTES && std::io::stderr().is_terminal() {
        let bar = ProgressBar::new(size);
        if let Ok(style) = ProgressStyle::with_template("reading {bar:30} {bytes}/{total_bytes}") {
            bar.set_style(style);
        }
        Box::new(bar.wrap_read(file))
    } else {
        Box::new(file)
    };
    Table::open(input, options).map_err(|e| usage(e.to_string()))
}

/// Index of a column.
///
/// # Errors
/// `Failure::Usage`: there is no such column, or there are several.
pub fn column(table: &Table<'_>, file: &Path, name: &str) -> Result<usize, Failure> {
    let usage = |problem: String| Failure::Usage(format!("{}: {problem}", file.display()));
    let found = table.column(name).map_err(|e| usage(e.to_string()))?;
    found.ok_or_else(|| {
        let present: String = table.columns().join(", ").chars().take(600).collect();
        usage(format!("there is no column \"{name}\"; it has: {present}"))
    })
}

/// The next row of a table.
///
/// # Errors
/// `Failure::Usage`: a row that cannot be trusted, because its cells may belong to other columns.
pub fn next_row<'t>(table: &'t mut Table<'_>, file: &Path) -> Result<Option<&'t Row>, Failure> {
    let usage = |problem: String| Failure::Usage(format!("{}: {problem}", file.display()));
    let Some(row) = table.next_row().map_err(|e| usage(e.to_string()))? else {
        return Ok(None);
    };
    if let Some(problem) = row.problem.clone() {
        let number = row.number;
        return Err(usage(rejection(table, number, &problem)));
    }
    Ok(Some(table.current()))
}

/// Describes the first row with a problem, and counts the others.
fn rejection(table: &mut Table<'_>, first: u64, problem: &RowError) -> String {
    let mut others = Vec::new();
    while let Ok(Some(row)) = table.next_row() {
        if row.problem.is_some() {
            others.push(row.number);
        }
    }
    let listed: Vec<String> = others
        .iter()
        .take(LISTED_ROWS)
        .map(u64::to_string)
        .collect();
    let rest = others.len() - listed.len();
    match (listed.join(", "), rest) {
        (listed, _) if listed.is_empty() => format!("row {first}: {problem}"),
        (listed, 0) => format!("row {first}: {problem} (also in row {listed})"),
        (listed, rest) => {
            format!("row {first}: {problem} (also in row {listed} and {rest} more)")
        }
    }
}
