//! Records of delimited text (RFC 4180 and what programs make of it).
//!
//! A quotation mark opens a cell at its start and closes it only before a delimiter or a line end;
//! elsewhere it is text. One that would swallow other rows makes its row an error, and reading goes
//! on at the next line.

use std::{
    borrow::Cow,
    io::{self, Read},
};

use memchr::{memchr, memchr2, memrchr};

use super::{
    encoding::Charset,
    error::{Note, RowError},
    row::Row,
};

/// Maximum length of a record in bytes.
pub const MOST_RECORD_BYTES: usize = 4 << 20;
/// Bytes read at a time.
const CHUNK: usize = 128 << 10;
/// Characters of a broken row that are kept for messages.
const KEPT_OF_BROKEN: usize = 2_000;

/// How a text is divided into cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// `None` for a single column.
    pub delimiter: Option<u8>,
    /// `\"` is a quotation mark inside a quoted cell.
    pub backslash: bool,
    /// A carriage return alone ends a line.
    pub lone_cr: bool,
    /// Each line is one quoted cell that holds a record with this delimiter.
    pub wrapped: Option<u8>,
}

/// Records of a text.
pub struct Delimited<'a> {
    input: Buffer<'a>,
    dialect: Dialect,
    number: u64,
    text: Decoding,
    shape: Shape,
}

/// Input with look-ahead. Offsets count from the first byte that is not consumed.
struct Buffer<'a> {
    input: Box<dyn Read + 'a>,
    bytes: Vec<u8>,
    start: usize,
    ended: bool,
}

impl Buffer<'_> {
    fn ahead(&self) -> &[u8] {
        &self.bytes[self.start..]
    }

    /// Reads more; `false` at the end of the input.
    fn fill(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        if self.start > 0 {
            self.bytes.drain(..self.start);
            self.start = 0;
        }
        let filled = self.bytes.len();
        self.bytes.resize(filled + CHUNK, 0);
        let n = loop {
            match self.input.read(&mut self.bytes[filled..]) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => {
                    self.bytes.truncate(filled);
                    return Err(e);
                }
                Ok(n) => break n,
            }
        };
        self.bytes.truncate(filled + n);
        self.ended = n == 0;
        Ok(n > 0)
    }

    fn at(&mut self, offset: usize) -> io::Result<Option<u8>> {
        while offset >= self.ahead().len() {
            if !self.fill()? {
                return Ok(None);
            }
        }
        Ok(Some(self.ahead()[offset]))
    }
}

/// A physical line: where its text ends and where the next one begins.
#[derive(Clone, Copy)]
struct Line {
    end: usize,
    next: usize,
}

/// A quoted cell: its content and what follows it.
struct Quoted {
    start: usize,
    end: usize,
    after: usize,
    /// Holds doubled or escaped quotation marks.
    escaped: bool,
    /// Quotation marks inside that are not escaped.
    bare: usize,
}

impl<'a> Delimited<'a> {
    /// Reads `input`, which begins at a line.
    pub fn new(input: impl Read + 'a, dialect: Dialect) -> Self {
        Self {
            input: Buffer {
                input: Box::new(input),
                bytes: Vec::new(),
                start: 0,
                ended: false,
            },
            dialect,
            number: 0,
            text: Decoding::default(),
            shape: Shape::default(),
        }
    }

    /// The delimiter of the cells.
    pub fn delimiter(&self) -> Option<u8> {
        self.dialect.wrapped.or(self.dialect.delimiter)
    }

    /// Tells how many cells a full row has.
    pub fn set_width(&mut self, width: usize) {
        self.shape.width = width;
    }

    /// Note on how text that is not UTF-8 was read, if there was any.
    pub fn note(&self) -> Option<Note> {
        let name = self.text.fallback?.name().to_owned();
        Some(if self.text.utf8 {
            Note::MixedEncoding(name)
        } else {
            Note::Encoding(name)
        })
    }

    /// Reads the next record; `false` at the end. A line without any character is a record with one
    /// empty cell.
    ///
    /// # Errors
    /// [`io::Error`] of the input.
    pub fn next_record(&mut self, row: &mut Row) -> io::Result<bool> {
        row.clear();
        let Some(line) = self.line(0)? else {
            return Ok(self.too_long(row)? || !self.input.ahead().is_empty());
        };
        if line.next == 0 {
            return Ok(false);
        }
        self.number += 1;
        row.number = self.number;
        let (mut bytes, mut ends) = row.take_buffers();
        let text = &self.input.ahead()[..line.end];
        let next = if memchr(b'"', text).is_none() {
            split(text, self.dialect.delimiter, &mut bytes, &mut ends);
            line.next
        } else if let Some(next) = self.quoted_record(line, &mut bytes, &mut ends)? {
            next
        } else {
            row.problem = Some(RowError::StrayQuote);
            bytes.clear();
            ends.clear();
            let text = &self.input.ahead()[..line.end];
            split(text, self.dialect.delimiter, &mut bytes, &mut ends);
            line.next
        };
        // The DOS end-of-file mark.
        if bytes == b"\x1a" && self.input.ended && next == self.input.ahead().len() {
            return Ok(false);
        }
        let sample = &self.input.ahead()[next..];
        self.text
            .store(bytes, ends, row, sample, self.dialect.lone_cr);
        self.input.start += next;
        if let Some(delimiter) = self.dialect.wrapped
            && row.problem.is_none()
            && row.len() == 1
        {
            unwrap(delimiter, row)?;
        }
        if row.problem.is_none() && row.len() == self.shape.width {
            self.shape.learn(row);
        }
        Ok(true)
    }

    /// The physical line at an offset; `None` when it is too long.
    fn line(&mut self, from: usize) -> io::Result<Option<Line>> {
        let mut searched = from;
        loop {
            let ahead = self.input.ahead();
            let rest = &ahead[searched.min(ahead.len())..];
            let found = if self.dialect.lone_cr {
                memchr2(b'\n', b'\r', rest)
            } else {
                memchr(b'\n', rest)
            };
            if let Some(found) = found {
                let at = searched + found;
                return Ok(Some(self.line_ending_at(from, at)?));
            }
            searched = ahead.len();
            if searched - from.min(searched) > MOST_RECORD_BYTES {
                return Ok(None);
            }
            if !self.input.fill()? {
                let ahead = self.input.ahead();
                let end = trimmed(ahead, from, ahead.len());
                return Ok(Some(Line {
                    end,
                    next: ahead.len(),
                }));
            }
        }
    }

    fn line_ending_at(&mut self, from: usize, at: usize) -> io::Result<Line> {
        let mut next = at + 1;
        if self.input.ahead()[at] == b'\r' && self.input.at(next)? == Some(b'\n') {
            next += 1;
        }
        let end = trimmed(self.input.ahead(), from, at);
        Ok(Line { end, next })
    }

    /// Skips a line that is too long; `false` if there is none.
    fn too_long(&mut self, row: &mut Row) -> io::Result<bool> {
        self.number += 1;
        row.number = self.number;
        row.problem = Some(RowError::TooLong);
        let head = &self.input.ahead()[..KEPT_OF_BROKEN.min(self.input.ahead().len())];
        row.push(&String::from_utf8_lossy(head).replace('\0', ""));
        loop {
            let ahead = self.input.ahead();
            let end = if self.dialect.lone_cr {
                memchr2(b'\n', b'\r', ahead)
            } else {
                memchr(b'\n', ahead)
            };
            if let Some(end) = end {
                let line = self.line_ending_at(0, end)?;
                self.input.start += line.next;
                return Ok(true);
            }
            self.input.start = self.input.bytes.len();
            if !self.input.fill()? {
                return Ok(true);
            }
        }
    }

    /// Splits a record whose first line has a quotation mark. Returns where the next record begins,
    /// or `None` for a stray quotation mark.
    fn quoted_record(
        &mut self,
        first: Line,
        bytes: &mut Vec<u8>,
        ends: &mut Vec<usize>,
    ) -> io::Result<Option<usize>> {
        let (mut line, mut at) = (first, 0);
        // A bare mark in a quoted cell and another in an unquoted one: the pair was torn apart.
        let (mut bare_quoted, mut bare_literal) = (false, false);
        loop {
            let opens = self.opening(at, line.end);
            let quoted = match opens {
                Some(open) => self
                    .close(open)?
                    .filter(|cell| self.is_cell(cell, line, ends)),
                None => None,
            };
            if let Some(cell) = quoted {
                bare_quoted |= cell.bare % 2 == 1;
                let content = &self.input.ahead()[cell.start..cell.end];
                if cell.escaped {
                    bytes.extend_from_slice(&unescaped(content, self.dialect.backslash));
                } else {
                    bytes.extend_from_slice(content);
                }
                at = cell.after;
                if at > line.end {
                    match self.line(at)? {
                        Some(long) => line = long,
                        None => return Ok(None),
                    }
                }
            } else {
                let ahead = self.input.ahead();
                let rest = &ahead[at..line.end];
                let length = self.dialect.delimiter.and_then(|d| memchr(d, rest));
                let cell = &rest[..length.unwrap_or(rest.len())];
                let marks = cell.iter().filter(|b| **b == b'"').count();
                bare_literal |= marks > 0;
                // Marks in pairs on their own line belong to the text.
                if opens.is_some() && marks % 2 == 1 {
                    return Ok(None);
                }
                bytes.extend_from_slice(cell);
                at += cell.len();
            }
            ends.push(bytes.len());
            if at >= line.end {
                return Ok((!bare_quoted || !bare_literal).then_some(line.next));
            }
            at += 1;
        }
    }

    /// The quotation mark that opens the cell at an offset, behind spaces or not.
    fn opening(&self, at: usize, end: usize) -> Option<usize> {
        let cell = &self.input.ahead()[at..end];
        let spaces = cell.iter().take_while(|b| **b == b' ').count();
        (cell.get(spaces) == Some(&b'"')).then_some(at + spaces)
    }

    /// Finds the end of the cell that a quotation mark opens; `None` if there is none within the
    /// length of a record.
    fn close(&mut self, open: usize) -> io::Result<Option<Quoted>> {
        let (mut at, mut escaped, mut bare) = (open + 1, false, 0);
        loop {
            let ahead = self.input.ahead();
            let rest = &ahead[at.min(ahead.len())..];
            let found = if self.dialect.backslash {
                memchr2(b'"', b'\\', rest)
            } else {
                memchr(b'"', rest)
            };
            let Some(found) = found else {
                at = at.max(ahead.len());
                if at > MOST_RECORD_BYTES || !self.input.fill()? {
                    return Ok(None);
                }
                continue;
            };
            let mark = at + found;
            if ahead[mark] == b'\\' {
                escaped = true;
                at = mark + 2;
                continue;
            }
            if self.input.at(mark + 1)? == Some(b'"') {
                escaped = true;
                at = mark + 2;
                continue;
            }
            let mut after = mark + 1;
            while self.input.at(after)? == Some(b' ') {
                after += 1;
            }
            let next = self.input.at(after)?;
            if next.is_none_or(|b| b == b'\n' || b == b'\r' || Some(b) == self.dialect.delimiter) {
                return Ok(Some(Quoted {
                    start: open + 1,
                    end: mark,
                    after,
                    escaped,
                    bare,
                }));
            }
            bare += 1;
            at = mark + 1;
        }
    }

    /// Whether a quoted cell is one cell, and does not swallow rows.
    fn is_cell(&self, cell: &Quoted, line: Line, ends: &[usize]) -> bool {
        if cell.end <= line.end {
            return true;
        }
        if cell.bare > 0 {
            return false;
        }
        let ahead = self.input.ahead();
        let content = &ahead[cell.start..cell.end];
        let mut lines = content.split(|b| *b == b'\n' || (self.dialect.lone_cr && *b == b'\r'));
        let last = lines.next_back().unwrap_or_default();
        if lines
            .skip(1)
            .any(|line| self.shape.is_row(line, 0, self.dialect.delimiter))
        {
            return false;
        }
        // The last line, when the mark that closes the cell ends it.
        let closes = ahead
            .get(cell.after)
            .is_none_or(|b| *b == b'\n' || *b == b'\r');
        let last_column = ends.len() + 1 == self.shape.width;
        !(closes && last_column && self.shape.is_row(last, 1, self.dialect.delimiter))
    }
}

/// The end of a line without carriage returns before it.
fn trimmed(bytes: &[u8], from: usize, end: usize) -> usize {
    let mut end = end;
    while end > from && bytes[end - 1] == b'\r' {
        end -= 1;
    }
    end
}

fn split(line: &[u8], delimiter: Option<u8>, bytes: &mut Vec<u8>, ends: &mut Vec<usize>) {
    let Some(delimiter) = delimiter else {
        bytes.extend_from_slice(line);
        ends.push(bytes.len());
        return;
    };
    for cell in line.split(|b| *b == delimiter) {
        bytes.extend_from_slice(cell);
        ends.push(bytes.len());
    }
}

fn unescaped(content: &[u8], backslash: bool) -> Vec<u8> {
    let mut out = Vec::with_capacity(content.len());
    let mut bytes = content.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        let doubled = byte == b'"' && bytes.peek() == Some(&b'"');
        let escape = backslash && byte == b'\\' && matches!(bytes.peek(), Some(b'"' | b'\\'));
        out.push(if doubled || escape {
            bytes.next().unwrap_or(byte)
        } else {
            byte
        });
    }
    out
}

/// Splits the record inside the only cell of a row.
fn unwrap(delimiter: u8, row: &mut Row) -> io::Result<()> {
    let number = row.number;
    let text = row.cell(0).to_owned();
    let dialect = Dialect {
        delimiter: Some(delimiter),
        backslash: false,
        lone_cr: false,
        wrapped: None,
    };
    let mut inner = Delimited::new(text.as_bytes(), dialect);
    if !inner.next_record(row)? {
        row.push("");
    }
    row.number = number;
    Ok(())
}

/// Decodes records: UTF-8, or else the encoding guessed at the first cell that is not.
#[derive(Default)]
struct Decoding {
    fallback: Option<Charset>,
    utf8: bool,
}

impl Decoding {
    /// Stores cells in a row. `sample` is the text behind the record.
    fn store(
        &mut self,
        bytes: Vec<u8>,
        ends: Vec<usize>,
        row: &mut Row,
        sample: &[u8],
        lone_cr: bool,
    ) {
        let nul = memchr(0, &bytes).is_some();
        let bytes = match String::from_utf8(bytes) {
            Ok(text) if !nul && text.is_ascii() => return row.set_buffers(text, ends),
            // Two cells could each hold half of a character.
            Ok(text) if !nul && ends.iter().all(|e| text.is_char_boundary(*e)) => {
                self.utf8 = true;
                return row.set_buffers(text, ends);
            }
            Ok(text) => text.into_bytes(),
            Err(error) => error.into_bytes(),
        };
        let mut start = 0;
        row.set_buffers(
            String::with_capacity(bytes.len() + 16),
            Vec::with_capacity(ends.len()),
        );
        for end in ends {
            let cell = &bytes[start..end];
            let text = match std::str::from_utf8(cell) {
                Ok(text) => {
                    self.utf8 |= !text.is_ascii();
                    Cow::Borrowed(text)
                }
                Err(_) => self.fallback(&bytes, sample, lone_cr).decode(cell),
            };
            if text.contains('\0') {
                row.push(&text.replace('\0', ""));
            } else {
                row.push(&text);
            }
            start = end;
        }
    }

    fn fallback(&mut self, record: &[u8], sample: &[u8], lone_cr: bool) -> Charset {
        *self.fallback.get_or_insert_with(|| {
            let whole = memrchr(if lone_cr { b'\r' } else { b'\n' }, sample).map_or(0, |i| i + 1);
            let mut text = record.to_vec();
            text.push(b'\n');
            text.extend_from_slice(&sample[..whole]);
            Charset::guess(&text, lone_cr)
        })
    }
}

/// What a full row looks like, to tell a row from a line of a long comment.
#[derive(Default)]
struct Shape {
    /// Cells of a full row; 0 before the header is known.
    width: usize,
    kinds: Vec<Kind>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Digits, with marks as in numbers and dates.
    Number,
    /// One word with a digit.
    Code,
    Other,
}

impl Kind {
    fn of(cell: &[u8]) -> Self {
        let cell = cell.trim_ascii();
        let digit = cell.iter().any(u8::is_ascii_digit);
        let numeric = |b: &u8| b.is_ascii_digit() || b"+-.,:/ TZ%".contains(b);
        if digit && cell.len() <= 40 && cell.iter().all(numeric) {
            Self::Number
        } else if digit && cell.len() <= 40 && !cell.contains(&b' ') {
            Self::Code
        } else {
            Self::Other
        }
    }
}

impl Shape {
    fn learn(&mut self, row: &Row) {
        self.kinds.clear();
        self.kinds
            .extend(row.cells().map(|cell| Kind::of(cell.as_bytes())));
    }

    /// Whether a line is a full row: as many cells, half of them filled, numbers where the last row
    /// has numbers, and no prose (a space behind each delimiter). The last `open` cells are not
    /// compared.
    fn is_row(&self, line: &[u8], open: usize, delimiter: Option<u8>) -> bool {
        let Some(delimiter) = delimiter.filter(|_| self.width > 1) else {
            return false;
        };
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let cells: Vec<&[u8]> = line.split(|b| *b == delimiter).collect();
        if cells.len() != self.width || cells[1..].iter().all(|c| c.starts_with(b" ")) {
            return false;
        }
        let known = self.kinds.len() == self.width;
        let marked: Vec<usize> = (0..self.width - open)
            .filter(|i| known && self.kinds[*i] != Kind::Other)
            .collect();
        if marked.is_empty() {
            // Nothing tells rows apart but their cells.
            let prose = cells[1..].iter().any(|c| c.starts_with(b" "));
            let filled = cells.iter().filter(|c| !c.trim_ascii().is_empty()).count();
            let full = 2 * filled >= self.width;
            return full && !prose && (self.width > 3 || (!known && self.width == 3 && open == 0));
        }
        marked.iter().all(|i| Kind::of(cells[*i]) == self.kinds[*i])
    }
}
