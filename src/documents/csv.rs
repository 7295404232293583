//! CSV input and output. The reader accepts what spreadsheets export; the writer defuses formula
//! cells.

use std::{
    borrow::Cow,
    cell::Cell,
    io::{self, Read},
    rc::Rc,
};

use csv::{ByteRecord, ReaderBuilder};
use encoding_rs::WINDOWS_1252;

use crate::{
    locale::{Localised, Message, english},
    msg,
};

/// Maximum record size in bytes, so that an unclosed quote does not swallow the rest of the file.
pub const MAX_RECORD_BYTES: usize = 4 << 20;
/// Bytes examined to detect the delimiter.
const SNIFF_BYTES: usize = 64 << 10;

/// Reasons why a file cannot be read as a table.
#[derive(Debug, thiserror::Error)]
#[error("{}", english(self))]
pub enum CsvError {
    Empty,
    Utf16,
    /// A spreadsheet, an archive or a PDF.
    NotText,
    DuplicateColumn(String),
    /// The number of a record longer than [`MAX_RECORD_BYTES`].
    RecordTooLong(u64),
    /// The number of the record with a quotation mark that is not closed.
    UnclosedQuote(u64),
    #[error("the file could not be read")]
    Io(#[from] io::Error),
    #[error("the file could not be read as CSV")]
    Csv(#[from] csv::Error),
}

impl Localised for CsvError {
    fn message(&self) -> Message {
        match self {
            Self::Empty => msg!("error-file-empty"),
            Self::Utf16 => msg!("error-file-utf16"),
            Self::NotText => msg!("error-file-not-text"),
            Self::DuplicateColumn(column) => msg!("error-file-duplicate-column", column = column),
            Self::RecordTooLong(row) => msg!(
                "error-file-record-too-long",
                row = row.to_string(),
                limit = MAX_RECORD_BYTES >> 20
            ),
            Self::UnclosedQuote(row) => msg!("error-file-unclosed-quote", row = row.to_string()),
            Self::Io(_) | Self::Csv(_) => msg!("error-file-unreadable"),
        }
    }
}

/// Reader that limits the bytes read per record and tracks quotation marks.
struct RecordGuard<R> {
    inner: R,
    budget: Rc<Cell<usize>>,
    quotes: Rc<Quotes>,
}

/// Parity of the quotation marks read so far, and whether the input ended; it is even in a valid
/// file.
#[derive(Default)]
struct Quotes {
    odd: Cell<bool>,
    ended: Cell<bool>,
}

impl<R: Read> Read for RecordGuard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        let left = self.budget.get();
        if n > left {
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                "record too long",
            ));
        }
        self.budget.set(left - n);
        let marks = buffer[..n].iter();
        let odd = marks.fold(false, |odd, byte| odd ^ (*byte == b'"'));
        self.quotes.odd.set(self.quotes.odd.get() ^ odd);
        self.quotes.ended.set(n == 0);
        Ok(n)
    }
}

/// Rows of a table with a header. Accepts comma, semicolon or tab delimiters, newlines in quotes,
/// an optional BOM, and UTF-8 or Windows-1252.
pub struct CsvRows<'a> {
    reader: csv::Reader<RecordGuard<Box<dyn Read + 'a>>>,
    budget: Rc<Cell<usize>>,
    quotes: Rc<Quotes>,
    columns: Vec<String>,
    record: ByteRecord,
    row: u64,
}

/// One record after the header.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CsvRow {
    /// Row number as in a spreadsheet (the header is row 1), if no cell contains a newline.
    pub number: u64,
    pub cells: Vec<String>,
}

impl<'a> CsvRows<'a> {
    /// Opens a table and reads its header.
    ///
    /// # Errors
    /// [`CsvError::Empty`], [`CsvError::Utf16`] or [`CsvError::NotText`] if the input is not a text
    /// table, [`CsvError::DuplicateColumn`] if the header repeats a column.
    pub fn open(mut input: impl Read + 'a) -> Result<Self, CsvError> {
        let mut head = Vec::with_capacity(SNIFF_BYTES);
        input
            .by_ref()
            .take(SNIFF_BYTES as u64)
            .read_to_end(&mut head)?;
        if head.starts_with(&[0xff, 0xfe]) || head.starts_with(&[0xfe, 0xff]) {
            return Err(CsvError::Utf16);
        }
        if head.starts_with(&[0xef, 0xbb, 0xbf]) {
            head.drain(..3);
        }
        if head.starts_with(b"PK\x03\x04")
            || head.starts_with(b"%PDF")
            || head.iter().filter(|b| **b == 0).count() > 8
        {
            return Err(CsvError::NotText);
        }
        if head.iter().all(u8::is_ascii_whitespace) {
            return Err(CsvError::Empty);
        }
        let delimiter = sniff(&head);
        let budget = Rc::new(Cell::new(MAX_RECORD_BYTES));
        let quotes = Rc::new(Quotes::default());
        let whole: Box<dyn Read + 'a> = Box::new(io::Cursor::new(head).chain(input));
        let mut reader = ReaderBuilder::new()
            .delimiter(delimiter)
            .has_headers(false)
            .flexible(true)
            .from_reader(RecordGuard {
                inner: whole,
                budget: Rc::clone(&budget),
                quotes: Rc::clone(&quotes),
            });
        let mut record = ByteRecord::new();
        reader.read_byte_record(&mut record)?;
        let columns: Vec<String> = record
            .iter()
            .map(|cell| decode(cell).trim().to_owned())
            .collect();
        for (i, column) in columns.iter().enumerate() {
            if !column.is_empty() && columns[..i].contains(column) {
                return Err(CsvError::DuplicateColumn(column.clone()));
            }
        }
        Ok(Self {
            reader,
            budget,
            quotes,
            columns,
            record,
            row: 1,
        })
    }

    /// Column names, trimmed.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Index of a column, ignoring ASCII case.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns
            .iter()
            .position(|c| c.eq_ignore_ascii_case(name))
    }

    /// Next non-blank record; `None` at the end.
    ///
    /// # Errors
    /// [`CsvError::RecordTooLong`] or [`CsvError::UnclosedQuote`] for unbalanced quotes,
    /// [`CsvError::Io`] or [`CsvError::Csv`] if reading fails.
    pub fn next_row(&mut self) -> Result<Option<CsvRow>, CsvError> {
        let row = self.next_record()?.map(|(number, record)| CsvRow {
            number,
            cells: record
                .iter()
                .map(|cell| decode(cell).into_owned())
                .collect(),
        });
        Ok(row)
    }

    /// Next non-blank record as bytes with its row number; avoids allocating a string per cell in
    /// numeric files.
    ///
    /// # Errors
    /// As [`next_row`](Self::next_row).
    pub fn next_record(&mut self) -> Result<Option<(u64, &ByteRecord)>, CsvError> {
        loop {
            self.budget.set(MAX_RECORD_BYTES);
            match self.reader.read_byte_record(&mut self.record) {
                Ok(false) => return Ok(None),
                Ok(true) => {}
                Err(error) => {
                    let too_long = matches!(error.kind(), csv::ErrorKind::Io(e) if e.kind() == io::ErrorKind::FileTooLarge);
                    return Err(if too_long {
                        CsvError::RecordTooLong(self.row + 1)
                    } else {
                        error.into()
                    });
                }
            }
            self.row += 1;
            // An unclosed quote can only be in the last record, whose last cell then extends to the
            // end of the file.
            let multiline = self
                .record
                .iter()
                .next_back()
                .is_some_and(|cell| cell.contains(&b'\n'));
            if multiline && self.quotes.odd.get() && self.quotes.ended.get() {
                return Err(CsvError::UnclosedQuote(self.row));
            }
            if self
                .record
                .iter()
                .any(|cell| !cell.iter().all(u8::is_ascii_whitespace))
            {
                return Ok(Some((self.row, &self.record)));
            }
        }
    }
}

/// Decodes a cell as UTF-8 or else as Windows-1252; concatenated exports can contain both. NUL is
/// removed, because database text cannot contain it.
pub fn decode(cell: &[u8]) -> Cow<'_, str> {
    let text = std::str::from_utf8(cell).map_or_else(
        |_e| WINDOWS_1252.decode_without_bom_handling(cell).0,
        Cow::Borrowed,
    );
    // Branch-free, so that the loop vectorises.
    if text.bytes().fold(false, |any, byte| any | (byte == 0)) {
        Cow::Owned(text.replace('\0', ""))
    } else {
        text
    }
}

/// Most frequent delimiter in the first line, outside quotes.
fn sniff(head: &[u8]) -> u8 {
    let mut quoted = false;
    let (mut comma, mut semicolon, mut tab) = (0, 0, 0);
    for &byte in head {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' if !quoted => break,
            b',' if !quoted => comma += 1,
            b';' if !quoted => semicolon += 1,
            b'\t' if !quoted => tab += 1,
            _ => {}
        }
    }
    if tab > comma && tab > semicolon {
        b'\t'
    } else if semicolon > comma {
        b';'
    } else {
        b','
    }
}

/// Prefixes a cell that a spreadsheet would run as a formula with an apostrophe. Signed numbers are
/// unchanged.
pub fn defuse(cell: &str) -> Cow<'_, str> {
    let dangerous =
        cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err();
    if dangerous {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// Writes a table as UTF-8 with a BOM, which spreadsheets need to detect the encoding; all cells
/// are defused.
///
/// # Errors
/// [`CsvError::Csv`] or [`CsvError::Io`]; writing to memory does not fail in practice.
pub fn write(
    header: &[&str],
    rows: impl IntoIterator<Item = Vec<String>>,
) -> Result<Vec<u8>, CsvError> {
    let mut writer = csv::Writer::from_writer(vec![0xef, 0xbb, 0xbf]);
    writer.write_record(header)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| defuse(cell).into_owned()))?;
    }
    writer
        .into_inner()
        .map_err(|e| CsvError::Io(e.into_error()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rows(bytes: &[u8]) -> Vec<Vec<String>> {
        let mut table = CsvRows::open(bytes).expect("opens");
        std::iter::from_fn(|| table.next_row().expect("reads"))
            .map(|row| row.cells)
            .collect()
    }

    #[test]
    fn reads_all_delimiters_quotes_and_encodings() {
        assert_eq!(rows(b"a,b\n\"x\ny\",2\n\n , \n"), [["x\ny", "2"]]);
        assert_eq!(rows(b"\xef\xbb\xbfa;b\r\n1,5;2\r\n"), [["1,5", "2"]]);
        assert_eq!(rows("a\tb\nü\t€\n".as_bytes()), [["ü", "€"]]);
        assert_eq!(rows(b"a,b\n\xfc,\x80\n"), [["ü", "€"]]);
    }

    #[test]
    fn rejects_files_that_are_not_tables() {
        assert!(matches!(CsvRows::open(&b"  \n"[..]), Err(CsvError::Empty)));
        assert!(matches!(
            CsvRows::open(&b"PK\x03\x04xxxx"[..]),
            Err(CsvError::NotText)
        ));
        assert!(matches!(
            CsvRows::open(&b"\xff\xfea\0"[..]),
            Err(CsvError::Utf16)
        ));
        assert!(matches!(
            CsvRows::open(&b"a,a\n"[..]),
            Err(CsvError::DuplicateColumn(_))
        ));
    }

    #[test]
    fn an_unclosed_quote_stops_at_its_record() {
        let mut bytes = b"a,b\n1,2\n\"open,3\n".to_vec();
        bytes.extend(std::iter::repeat_n(b"x,y\n", 2 << 20).flatten());
        let mut table = CsvRows::open(&bytes[..]).expect("opens");
        assert!(table.next_row().expect("first").is_some());
        assert!(matches!(table.next_row(), Err(CsvError::RecordTooLong(3))));
    }

    #[test]
    fn an_unclosed_quote_in_the_last_column_does_not_swallow_the_rest() {
        let mut table = CsvRows::open(&b"a,b\n1,2\n3,\"open\n5,6\n7,8\n"[..]).expect("opens");
        assert!(table.next_row().expect("first").is_some());
        assert!(matches!(table.next_row(), Err(CsvError::UnclosedQuote(3))));
    }

    #[test]
    fn formula_cells_are_defused() {
        for (cell, safe) in [
            ("=1+1", "'=1+1"),
            ("@x", "'@x"),
            ("-3.5", "-3.5"),
            ("-x", "'-x"),
            ("+49", "+49"),
            ("ok", "ok"),
        ] {
            assert_eq!(defuse(cell), safe);
        }
    }

    proptest! {
        #[test]
        fn arbitrary_bytes_are_read_without_nul_or_rejected(
            bytes in proptest::collection::vec(any::<u8>(), 0..400),
        ) {
            if let Ok(mut table) = CsvRows::open(&bytes[..]) {
                while let Ok(Some(row)) = table.next_row() {
                    prop_assert!(row.cells.iter().all(|cell| !cell.contains('\0')));
                }
            }
        }

        #[test]
        fn written_tables_read_back_unchanged(
            cells in proptest::collection::vec("[a-zäß ,;\"\n]{1,12}x", 3),
        ) {
            let bytes = write(&["a", "b", "c"], [cells.clone()]).expect("writes");
            prop_assert_eq!(rows(&bytes), vec![cells]);
        }
    }
}
