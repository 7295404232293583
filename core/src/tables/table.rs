//! A table with a header.

use std::{collections::VecDeque, io::Read};

use super::{
    delimited::Delimited,
    dialect,
    error::{Note, RowError, TableError},
    header,
    input::{Input, Opened, Text},
    missing::Missing,
    row::Row,
    sheet::{HEAD_ROWS, Workbook},
};

/// Rows below the data that may all be totals and remarks.
const MOST_FOOTERS: usize = 20;

/// Options for reading a table. The default detects everything.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Name of the sheet, or its number from 1.
    pub sheet: Option<String>,
    /// Row number of the header.
    pub header_row: Option<u64>,
    /// Columns that will be asked for: they tell the header, the sheet and the delimiter.
    pub wanted: Vec<String>,
    /// Codes for missing values.
    pub missing: Missing,
    /// Label of the encoding, where the file has no byte order mark.
    pub encoding: Option<String>,
    /// Yields rows with delimiters only: a respondent who answered nothing.
    pub keep_empty_rows: bool,
}

enum Rows<'a> {
    Text(Box<Delimited<'a>>),
    Sheet(std::vec::IntoIter<Row>),
}

impl Rows<'_> {
    fn next_record(&mut self, row: &mut Row) -> Result<bool, TableError> {
        Ok(match self {
            Self::Text(text) => text.next_record(row)?,
            Self::Sheet(rows) => match rows.next() {
                Some(next) => {
                    *row = next;
                    true
                }
                None => false,
            },
        })
    }
}

/// A table whose header was read.
pub struct Table<'a> {
    rows: Rows<'a>,
    columns: Vec<String>,
    /// The names as the file has them, where a row below the header gave better ones.
    questions: Option<Vec<String>>,
    /// Time zone of each column, as a row below the header states it.
    time_zones: Vec<Option<String>>,
    missing: Missing,
    keep_empty_rows: bool,
    notes: Vec<Note>,
    short: Option<(u64, u64)>,
    footers: u64,
    /// Records read ahead, in order.
    ahead: VecDeque<Row>,
    /// Number of rows in `ahead` that are known to be data.
    data: usize,
    spare: Vec<Row>,
    current: Row,
    blank_before: bool,
}

impl<'a> Table<'a> {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// Errors of [`Input::open`]; [`TableError::NoSheet`], [`TableError::NoHeaderRow`].
    pub fn open(input: impl Read + 'a, options: &Options) -> Result<Self, TableError> {
        Self::new(Input::open(input, options.encoding.as_deref())?, options)
    }

    /// Reads the header of an opened file.
    ///
    /// # Errors
    /// [`TableError::NoSheet`], [`TableError::NoHeaderRow`], [`TableError::Empty`],
    /// [`TableError::Damaged`], [`TableError::Io`].
    pub fn new(input: Input<'a>, options: &Options) -> Result<Self, TableError> {
        let mut notes = input.notes;
        let (rows, first) = match input.content {
            Opened::Text(text) => open_text(text, options),
            Opened::Workbook(book) => open_book(book, options, &mut notes)?,
        };
        let mut table = Self {
            rows,
            columns: Vec::new(),
            questions: None,
            time_zones: Vec::new(),
            missing: options.missing.clone(),
            keep_empty_rows: options.keep_empty_rows,
            notes,
            short: None,
            footers: 0,
            ahead: VecDeque::new(),
            data: 0,
            spare: Vec::new(),
            current: Row::default(),
            blank_before: false,
        };
        table.read_header(&first, options)?;
        Ok(table)
    }

    fn read_header(&mut self, first: &[Row], options: &Options) -> Result<(), TableError> {
        let number = match options.header_row {
            Some(number) => number,
            None => {
                let position = header::position(first, &options.wanted);
                first[position.ok_or(TableError::Empty)?.0].number
            }
        };
        let mut row = Row::default();
        let mut titles = 0;
        loop {
            if !self.rows.next_record(&mut row)? || row.number > number {
                return Err(TableError::NoHeaderRow(number));
            }
            if row.number == number {
                break;
            }
            titles += u64::from(!row.is_blank());
        }
        let width = header::width(&row);
        if width == 0 {
            return Err(TableError::NoHeaderRow(number));
        }
        self.columns = row.cells().take(width).map(header::tidy).collect();
        if let Rows::Text(text) = &mut self.rows {
            text.set_width(width);
        }
        if titles > 0 {
            self.notes.push(Note::TitleRows(titles));
        }
        self.skip_descriptions()
    }

    fn skip_descriptions(&mut self) -> Result<(), TableError> {
        while self.ahead.len() < header::DESCRIBING_ROWS {
            let mut row = Row::default();
            if !self.rows.next_record(&mut row)? {
                break;
            }
            self.ahead.push_back(row);
        }
        let below = self.ahead.make_contiguous();
        let (skipped, names) = header::described(&self.columns, below);
        if skipped > 0 {
            self.time_zones = header::time_zones(&below[..skipped]);
            self.ahead.drain(..skipped);
            self.notes.push(Note::HeaderRows(skipped as u64));
        }
        if let Some(names) = names {
            self.questions = Some(std::mem::replace(&mut self.columns, names));
        }
        Ok(())
    }

    /// Column names, without line breaks and invisible characters.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Index of a column: by its exact name, or else by the only name that differs in case.
    ///
    /// # Errors
    /// [`TableError::DuplicateColumn`], [`TableError::AmbiguousColumn`].
    pub fn column(&self, name: &str) -> Result<Option<usize>, TableError> {
        match (header::find(&self.columns, name)?, &self.questions) {
            (None, Some(questions)) => header::find(questions, name),
            (found, _) => Ok(found),
        }
    }

    /// The time zone that the file states for a column, usually an IANA name.
    pub fn time_zone(&self, column: usize) -> Option<&str> {
        self.time_zones.get(column)?.as_deref()
    }

    /// Whether the file has data where the names of its columns should be.
    pub fn lacks_header(&self) -> bool {
        header::is_data(&self.columns)
    }

    /// Codes for missing values.
    pub fn missing(&self) -> &Missing {
        &self.missing
    }

    /// The delimiter of a text; `None` for a workbook or a single column.
    pub fn delimiter(&self) -> Option<u8> {
        match &self.rows {
            Rows::Text(text) => text.delimiter(),
            Rows::Sheet(_) => None,
        }
    }

    /// Whether the rows come from a workbook, where dates are ISO 8601.
    pub fn is_workbook(&self) -> bool {
        matches!(self.rows, Rows::Sheet(_))
    }

    /// Assumptions and omissions so far; complete at the end of the table.
    pub fn notes(&self) -> Vec<Note> {
        let mut notes = self.notes.clone();
        if let Rows::Text(text) = &self.rows {
            notes.extend(text.note());
        }
        let short = self
            .short
            .map(|(count, first)| Note::ShortRows { count, first });
        notes.extend(short);
        notes.extend((self.footers > 0).then_some(Note::Footers(self.footers)));
        notes
    }

    /// The next row; `None` at the end. Rows with a problem count as rows.
    ///
    /// # Errors
    /// [`TableError::Io`].
    pub fn next_row(&mut self) -> Result<Option<&Row>, TableError> {
        loop {
            if !self.look_ahead()? {
                return Ok(None);
            }
            let Some(row) = self.ahead.pop_front() else {
                return Ok(None);
            };
            self.data -= 1;
            self.spare.push(std::mem::replace(&mut self.current, row));
            if !self.is_skipped(&self.current) {
                break;
            }
        }
        let width = self.columns.len();
        let row = &mut self.current;
        if row.problem.is_none() && row.len() != width {
            let filled = header::width(row);
            if filled > width {
                row.problem = Some(RowError::ExtraCells {
                    cells: filled,
                    header: width,
                });
            } else if row.len() < width && matches!(self.rows, Rows::Text(_)) {
                // Rows of a workbook end with their last cell that is not empty.
                let (count, first) = self.short.unwrap_or((0, row.number));
                self.short = Some((count + 1, first));
            }
        }
        Ok(Some(&self.current))
    }

    /// The row that [`Table::next_row`] yielded last.
    pub fn current(&self) -> &Row {
        &self.current
    }

    fn is_skipped(&self, row: &Row) -> bool {
        row.problem.is_none() && row.is_blank() && !(self.keep_empty_rows && row.len() > 1)
    }

    /// Reads until it is known whether the next record is data; `false` when none is left.
    fn look_ahead(&mut self) -> Result<bool, TableError> {
        while self.data == 0 {
            if self.classify() {
                return Ok(true);
            }
            let mut row = self.spare.pop().unwrap_or_default();
            if !self.rows.next_record(&mut row)? {
                let left = self.ahead.iter().filter(|row| !self.is_skipped(row));
                self.footers += left.count() as u64;
                self.ahead.clear();
                return Ok(false);
            }
            self.ahead.push_back(row);
        }
        Ok(true)
    }

    /// Decides on the records read ahead: those before a row of data are data too.
    fn classify(&mut self) -> bool {
        let width = self.columns.len();
        let mut blank_before = self.blank_before;
        let mut footers = 0;
        for (at, row) in self.ahead.iter().enumerate() {
            if row.problem.is_none() && row.is_blank() {
                blank_before = true;
                if self.is_skipped(row) {
                    continue;
                }
            } else if header::is_footer(row, blank_before, width) && footers < MOST_FOOTERS {
                footers += 1;
                continue;
            }
            self.data = at + 1;
            self.blank_before = row.is_blank();
            return true;
        }
        false
    }
}

fn open_text<'a>(text: Text<'a>, options: &Options) -> (Rows<'a>, Vec<Row>) {
    let (dialect, skipped) = dialect::detect(&text.head, text.whole, &options.wanted);
    let first = dialect::records(&text.head[skipped..], dialect, header::SEARCHED_ROWS);
    let rows = Delimited::new(text.into_reader(skipped), dialect);
    (Rows::Text(Box::new(rows)), first)
}

/// The sheet asked for, or else the first one with the wanted columns, or else the first with data.
fn open_book<'a>(
    mut book: Workbook,
    options: &Options,
    notes: &mut Vec<Note>,
) -> Result<(Rows<'a>, Vec<Row>), TableError> {
    let mut sheets = book.sheets(options.sheet.is_some());
    if sheets.is_empty() {
        sheets = book.sheets(true);
    }
    let mut filled: Vec<(String, usize)> = Vec::new();
    for sheet in &sheets {
        let first = book.rows(sheet, HEAD_ROWS)?;
        if let Some((_, matched)) = header::position(&first, &options.wanted) {
            filled.push((sheet.clone(), matched));
        }
    }
    let chosen = match &options.sheet {
        Some(asked) => sheet_named(&sheets, asked)?,
        None => {
            let best = filled.iter().map(|(_, matched)| *matched).max();
            let found = filled.iter().find(|(_, matched)| Some(*matched) == best);
            found.ok_or(TableError::Empty)?.0.clone()
        }
    };
    let others: Vec<String> = filled
        .into_iter()
        .map(|(sheet, _)| sheet)
        .filter(|sheet| *sheet != chosen)
        .collect();
    let rows = book.rows(&chosen, usize::MAX)?;
    if rows.is_empty() {
        return Err(TableError::Empty);
    }
    if !others.is_empty() {
        notes.push(Note::Sheet {
            sheet: chosen,
            others,
        });
    }
    let first = rows.iter().take(header::SEARCHED_ROWS).cloned().collect();
    Ok((Rows::Sheet(rows.into_iter()), first))
}

fn sheet_named(sheets: &[String], asked: &str) -> Result<String, TableError> {
    let exact = sheets.iter().find(|s| *s == asked);
    let lower = asked.to_lowercase();
    let found = exact.or_else(|| sheets.iter().find(|s| s.to_lowercase() == lower));
    let numbered = || {
        let number = asked.parse::<usize>().ok()?.checked_sub(1)?;
        sheets.get(number)
    };
    found
        .or_else(numbered)
        .cloned()
        .ok_or_else(|| TableError::NoSheet {
            sheet: asked.to_owned(),
            present: sheets.to_vec(),
        })
}
