//! Rows of a workbook's sheet, as the text that a person sees.

use std::io::Cursor;

use calamine::{
    Data, DataRef, ExcelDateTime, ExcelDateTimeType, Ods, Reader, SheetType, SheetVisible, Xls,
    Xlsx,
};
use chrono::{Duration, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

use super::{
    container::{BookKind, MOST_BYTES},
    error::TableError,
    row::Row,
};

/// Most cells of a sheet that are read.
const MOST_CELLS: usize = 20_000_000;
/// Rows read of a sheet to see whether it is the table.
pub const HEAD_ROWS: usize = 30;

/// A workbook in memory.
pub enum Workbook {
    Xlsx(Box<Xlsx<Cursor<Vec<u8>>>>),
    Xls(Box<Xls<Cursor<Vec<u8>>>>),
    Ods(Box<Ods<Cursor<Vec<u8>>>>),
}

fn damaged(error: impl std::fmt::Display) -> TableError {
    TableError::Damaged(error.to_string())
}

impl Workbook {
    /// Opens a workbook.
    ///
    /// # Errors
    /// [`TableError::Protected`], [`TableError::Damaged`].
    pub fn open(kind: BookKind, bytes: Vec<u8>) -> Result<Self, TableError> {
        let bytes = Cursor::new(bytes);
        Ok(match kind {
            BookKind::Xlsx => Self::Xlsx(Box::new(Xlsx::new(bytes).map_err(|e| match e {
                calamine::XlsxError::Password => TableError::Protected,
                e => damaged(e),
            })?)),
            BookKind::Xls => Self::Xls(Box::new(Xls::new(bytes).map_err(|e| match e {
                calamine::XlsError::Password => TableError::Protected,
                e => damaged(e),
            })?)),
            BookKind::Ods => Self::Ods(Box::new(Ods::new(bytes).map_err(|e| match e {
                calamine::OdsError::Password => TableError::Protected,
                e => damaged(e),
            })?)),
        })
    }

    /// Names of the visible sheets with cells, in the order of the workbook; of all sheets with
    /// `hidden`.
    pub fn sheets(&self, hidden: bool) -> Vec<String> {
        let sheets = match self {
            Self::Xlsx(book) => book.sheets_metadata(),
            Self::Xls(book) => book.sheets_metadata(),
            Self::Ods(book) => book.sheets_metadata(),
        };
        let kept = sheets.iter().filter(|s| {
            matches!(s.typ, SheetType::WorkSheet)
                && (hidden || matches!(s.visible, SheetVisible::Visible))
        });
        kept.map(|s| s.name.clone()).collect()
    }

    /// The first `most` rows of a sheet that have a cell.
    ///
    /// # Errors
    /// [`TableError::TooLarge`], [`TableError::Damaged`].
    pub fn rows(&mut self, sheet: &str, most: usize) -> Result<Vec<Row>, TableError> {
        let mut cells = Cells::default();
        match self {
            Self::Xlsx(book) => {
                let mut reader = book.worksheet_cells_reader(sheet).map_err(damaged)?;
                while let Some(cell) = reader.next_cell().map_err(damaged)? {
                    if cells.rows > most {
                        break;
                    }
                    let text = text_of_ref(cell.get_value());
                    cells.push(cell.get_position(), &text)?;
                }
            }
            Self::Xls(book) => cells.fill(&book.worksheet_range(sheet).map_err(damaged)?, most)?,
            Self::Ods(book) => cells.fill(&book.worksheet_range(sheet).map_err(damaged)?, most)?,
        }
        let mut rows = cells.into_rows();
        rows.truncate(most);
        Ok(rows)
    }
}

/// Cells with a text, in any order.
#[derive(Default)]
struct Cells {
    text: String,
    /// Row and column from 0, and where the text starts and ends.
    places: Vec<((u32, u32), (u32, u32))>,
    /// Number of rows, when rows come in order.
    rows: usize,
}

impl Cells {
    fn push(&mut self, place: (u32, u32), text: &str) -> Result<(), TableError> {
        if text.is_empty() {
            return Ok(());
        }
        let start = self.text.len();
        if (start + text.len()) as u64 > MOST_BYTES || self.places.len() >= MOST_CELLS {
            return Err(TableError::TooLarge);
        }
        let last = self.places.last().map(|((row, _), _)| *row);
        self.rows += usize::from(last != Some(place.0));
        self.text.push_str(text);
        self.places
            .push((place, (start as u32, self.text.len() as u32)));
        Ok(())
    }

    fn fill(&mut self, range: &calamine::Range<Data>, most: usize) -> Result<(), TableError> {
        let (row, column) = range.start().unwrap_or_default();
        for (r, c, value) in range.used_cells() {
            if self.rows > most {
                break;
            }
            self.push((row + r as u32, column + c as u32), &text_of(value))?;
        }
        Ok(())
    }

    fn into_rows(mut self) -> Vec<Row> {
        self.places.sort_by_key(|(place, _)| *place);
        let mut rows: Vec<Row> = Vec::new();
        for ((row, column), (start, end)) in self.places {
            let number = u64::from(row) + 1;
            if rows.last().is_none_or(|last| last.number != number) {
                let mut row = Row::default();
                row.number = number;
                rows.push(row);
            }
            let Some(last) = rows.last_mut() else {
                continue;
            };
            // A cell that is there twice counts once.
            if last.len() > column as usize {
                continue;
            }
            while last.len() < column as usize {
                last.push("");
            }
            let text = &self.text[start as usize..end as usize];
            if text.contains('\0') {
                last.push(&text.replace('\0', ""));
            } else {
                last.push(text);
            }
        }
        rows
    }
}

fn text_of(value: &Data) -> String {
    match value {
        Data::Int(n) => n.to_string(),
        Data::Float(x) => x.to_string(),
        Data::String(text) => text.clone(),
        Data::Bool(yes) => truth(*yes),
        Data::DateTime(time) => time_of(time),
        Data::DateTimeIso(text) => text.replacen('T', " ", 1),
        Data::DurationIso(text) => text.clone(),
        Data::Error(error) => error.to_string(),
        Data::Empty => String::new(),
    }
}

fn text_of_ref(value: &DataRef<'_>) -> String {
    match value {
        DataRef::SharedString(text) => (*text).to_owned(),
        other => text_of(&Data::from(other.clone())),
    }
}

fn truth(yes: bool) -> String {
    if yes { "TRUE" } else { "FALSE" }.to_owned()
}

/// A serial number of days as an ISO date, with the time where there is one.
fn time_of(time: &ExcelDateTime) -> String {
    let days = time.as_f64();
    let shown = || {
        if time.is_duration() || !(0.0..2_958_466.0).contains(&days) {
            return None;
        }
        let since = Duration::milliseconds((days * 86_400_000.0).round() as i64);
        let midnight =
            |y, m, d| NaiveDate::from_ymd_opt(y, m, d).map(|d| d.and_time(NaiveTime::MIN));
        // Serial number 60 is 29 February 1900, which did not exist.
        let epoch = if *time == ExcelDateTime::new(days, ExcelDateTimeType::DateTime, true) {
            midnight(1904, 1, 1)
        } else if days < 60.0 {
            midnight(1899, 12, 31)
        } else {
            midnight(1899, 12, 30)
        };
        let at: NaiveDateTime = epoch?.checked_add_signed(since)?;
        let format = match (at.time(), days < 1.0) {
            (NaiveTime::MIN, false) => "%Y-%m-%d",
            (t, false) if t.nanosecond() == 0 => "%Y-%m-%d %H:%M:%S",
            (_, false) => "%Y-%m-%d %H:%M:%S%.3f",
            (_, true) => "%H:%M:%S",
        };
        Some(at.format(format).to_string())
    };
    shown().unwrap_or_else(|| days.to_string())
}
