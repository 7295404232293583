//! Errors and notes of reading a table.

use std::io;

use serde::{Deserialize, Serialize};

use crate::{
    locale::{Localised, Message, english},
    msg,
};

/// Reasons why a file cannot be read as a table.
#[derive(Debug, thiserror::Error)]
#[error("{}", english(self))]
pub enum TableError {
    Empty,
    /// Neither text nor a spreadsheet.
    NotText,
    /// More than 256 MB once unpacked.
    TooLarge,
    Protected,
    /// An archive without a table, or with several: their names.
    Archive(Vec<String>),
    /// A spreadsheet or archive that is damaged.
    Damaged(String),
    NoSheet {
        sheet: String,
        present: Vec<String>,
    },
    /// No record with this row number.
    NoHeaderRow(u64),
    UnknownEncoding(String),
    DuplicateColumn(String),
    /// Columns that differ from the wanted name, and from each other, in case only.
    AmbiguousColumn {
        column: String,
        present: Vec<String>,
    },
    Io(#[from] io::Error),
}

impl Localised for TableError {
    fn message(&self) -> Message {
        match self {
            Self::Empty => msg!("table-empty"),
            Self::NotText => msg!("table-not-text"),
            Self::TooLarge => msg!("table-too-large"),
            Self::Protected => msg!("table-protected"),
            Self::Archive(names) if names.is_empty() => msg!("table-archive-empty"),
            Self::Archive(names) => msg!("table-archive-several", names = listed(names)),
            Self::Damaged(problem) => msg!("table-damaged", problem = problem),
            Self::NoSheet { sheet, present } => {
                msg!("table-no-sheet", sheet = sheet, present = listed(present))
            }
            Self::NoHeaderRow(row) => msg!("table-no-header-row", row = row.to_string()),
            Self::UnknownEncoding(label) => msg!("table-unknown-encoding", label = label),
            Self::DuplicateColumn(column) => msg!("table-duplicate-column", column = column),
            Self::AmbiguousColumn { column, present } => msg!(
                "table-ambiguous-column",
                column = column,
                present = listed(present)
            ),
            Self::Io(_) => msg!("table-io"),
        }
    }
}

/// Reasons why a row cannot be trusted. Reading goes on behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}", english(self))]
pub enum RowError {
    /// A quotation mark that is not closed, or whose end would swallow other rows.
    StrayQuote,
    /// More than 4 MB.
    TooLong,
    /// Text in cells beyond the header: a delimiter inside a cell is not quoted.
    ExtraCells { cells: usize, header: usize },
}

impl Localised for RowError {
    fn message(&self) -> Message {
        match self {
            Self::StrayQuote => msg!("table-row-stray-quote"),
            Self::TooLong => msg!("table-row-too-long"),
            Self::ExtraCells { cells, header } => {
                msg!("table-row-extra-cells", cells = *cells, header = *header)
            }
        }
    }
}

/// What the reader assumed or left out. Every command shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Note {
    /// Text in an encoding that the file does not declare.
    Encoding(String),
    /// UTF-8 lines and lines in this encoding.
    MixedEncoding(String),
    /// Rows above the header.
    TitleRows(u64),
    /// Rows below the header that describe the columns.
    HeaderRows(u64),
    /// The time zone that the file states, and whether its times were read in it.
    TimeZone { zone: String, applied: bool },
    /// Totals or remarks below the data.
    Footers(u64),
    /// Rows with fewer cells than the header.
    ShortRows { count: u64, first: u64 },
    /// The sheet that was read, and other sheets with data.
    Sheet { sheet: String, others: Vec<String> },
    /// The file that was read from an archive.
    ArchiveMember(String),
    /// Codes that were read as missing, with their counts.
    Missing(Vec<(String, u64)>),
}

impl Localised for Note {
    fn message(&self) -> Message {
        match self {
            Self::Encoding(name) => msg!("table-note-encoding", name = name),
            Self::MixedEncoding(name) => msg!("table-note-mixed-encoding", name = name),
            Self::TitleRows(count) => msg!("table-note-title-rows", count = *count),
            Self::HeaderRows(count) => msg!("table-note-header-rows", count = *count),
            Self::TimeZone {
                zone,
                applied: true,
            } => msg!("table-note-time-zone", zone = zone),
            Self::TimeZone { zone, .. } => msg!("table-note-other-time-zone", zone = zone),
            Self::Footers(count) => msg!("table-note-footers", count = *count),
            Self::ShortRows { count, first } => msg!(
                "table-note-short-rows",
                count = *count,
                first = first.to_string()
            ),
            Self::Sheet { sheet, others } => {
                msg!("table-note-sheet", sheet = sheet, others = listed(others))
            }
            Self::ArchiveMember(name) => msg!("table-note-archive-member", name = name),
            Self::Missing(codes) => {
                let codes: Vec<String> = codes
                    .iter()
                    .map(|(code, count)| format!("\"{code}\" {count}"))
                    .collect();
                msg!("table-note-missing", codes = codes.join(", "))
            }
        }
    }
}

/// Names in one line, cut to a length that a person reads.
fn listed(names: &[String]) -> String {
    let text = names.join(", ");
    let short: String = text.chars().take(600).collect();
    if short.len() < text.len() {
        format!("{short}…")
    } else {
        short
    }
}
