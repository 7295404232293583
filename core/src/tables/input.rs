//! An opened file: unpacked, and decoded as far as its encoding is declared.

use std::io::{self, Cursor, Read};

use super::{
    container::{self, Content},
    encoding::{Charset, Transcoder, byte_order_mark, utf16_without_mark},
    error::{Note, TableError},
    sheet::Workbook,
};

/// Bytes examined to tell what a text is.
const HEAD_BYTES: usize = 256 << 10;

/// A text, or a workbook.
pub struct Input<'a> {
    pub(super) content: Opened<'a>,
    pub(super) notes: Vec<Note>,
}

pub(super) enum Opened<'a> {
    Text(Text<'a>),
    Workbook(Workbook),
}

/// A text whose beginning is known.
pub(super) struct Text<'a> {
    pub head: Vec<u8>,
    /// Whether `head` is the whole text.
    pub whole: bool,
    rest: Box<dyn Read + 'a>,
}

impl<'a> Text<'a> {
    /// The text from an offset in its head.
    pub fn into_reader(mut self, skipped: usize) -> Box<dyn Read + 'a> {
        self.head.drain(..skipped);
        Box::new(Cursor::new(self.head).chain(self.rest))
    }
}

impl<'a> Input<'a> {
    /// Opens a file. `encoding` overrides what the file does not declare by a byte order mark.
    ///
    /// # Errors
    /// [`TableError::Empty`], [`TableError::UnknownEncoding`], and those of a container:
    /// [`TableError::NotText`], [`TableError::TooLarge`], [`TableError::Archive`],
    /// [`TableError::Damaged`], [`TableError::Protected`], [`TableError::Io`].
    pub fn open(input: impl Read + 'a, encoding: Option<&str>) -> Result<Self, TableError> {
        let named = |label: &str| {
            let unknown = || TableError::UnknownEncoding(label.to_owned());
            Charset::named(label).ok_or_else(unknown)
        };
        let encoding = encoding.map(named).transpose()?;
        let mut notes = Vec::new();
        let content = match container::open(Box::new(input), &mut notes)? {
            Content::Workbook(kind, bytes) => Opened::Workbook(Workbook::open(kind, bytes)?),
            Content::Text(text) => Opened::Text(decoded(text, encoding)?),
        };
        Ok(Self { content, notes })
    }

    /// The first character of a text that is not white space; `None` for a workbook.
    pub fn first_byte(&self) -> Option<u8> {
        match &self.content {
            Opened::Text(text) => text.head.iter().copied().find(|b| !b.is_ascii_whitespace()),
            Opened::Workbook(_) => None,
        }
    }

    /// The text, mostly in UTF-8; `None` for a workbook.
    pub fn into_text(self) -> Option<Box<dyn Read + 'a>> {
        match self.content {
            Opened::Text(text) => Some(text.into_reader(0)),
            Opened::Workbook(_) => None,
        }
    }
}

fn decoded<'a>(
    mut input: Box<dyn Read + 'a>,
    encoding: Option<Charset>,
) -> Result<Text<'a>, TableError> {
    let (mut head, mut whole) = head(&mut input)?;
    let (charset, mark) = match byte_order_mark(&head) {
        Some((charset, length)) => (charset, length),
        None => (encoding.or_else(|| utf16_without_mark(&head)), 0),
    };
    head.drain(..mark);
    let mut rest = input;
    if let Some(charset) = charset.filter(|c| *c != Charset::Known(encoding_rs::UTF_8)) {
        let bytes = Cursor::new(std::mem::take(&mut head)).chain(rest);
        rest = Box::new(Transcoder::new(bytes, charset));
        (head, whole) = self::head(&mut rest)?;
    }
    let nul = head.iter().filter(|b| **b == 0).count();
    if nul * 10 > head.len() {
        return Err(TableError::NotText);
    }
    if whole
        && head
            .iter()
            .all(|b| b.is_ascii_whitespace() || matches!(b, 0 | 0x1a))
    {
        return Err(TableError::Empty);
    }
    Ok(Text { head, whole, rest })
}

/// The beginning of a stream, and whether that is all of it.
fn head(input: &mut dyn Read) -> io::Result<(Vec<u8>, bool)> {
    let mut head = Vec::new();
    input.take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    let whole = head.len() < HEAD_BYTES;
    Ok((head, whole))
}
