//! Containers of tables: gzip, a ZIP archive with one table, or a workbook.

use std::io::{self, Cursor, Read};

use flate2::read::MultiGzDecoder;
use zip::ZipArchive;

use super::error::{Note, TableError};

/// Most bytes that are unpacked into memory.
pub const MOST_BYTES: u64 = 256 << 20;

/// Kinds of workbooks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BookKind {
    Xlsx,
    Xls,
    Ods,
}

/// Content of a container.
pub enum Content<'a> {
    Text(Box<dyn Read + 'a>),
    Workbook(BookKind, Vec<u8>),
}

/// Unpacks an input. Text is streamed; archives and workbooks are held in memory.
///
/// # Errors
/// [`TableError::NotText`], [`TableError::TooLarge`], [`TableError::Archive`],
/// [`TableError::Damaged`], [`TableError::Protected`], [`TableError::Io`].
pub fn open<'a>(
    input: Box<dyn Read + 'a>,
    notes: &mut Vec<Note>,
) -> Result<Content<'a>, TableError> {
    unpack(input, 0, notes)
}

fn unpack<'a>(
    mut input: Box<dyn Read + 'a>,
    depth: usize,
    notes: &mut Vec<Note>,
) -> Result<Content<'a>, TableError> {
    let mut head = Vec::with_capacity(8);
    input.by_ref().take(8).read_to_end(&mut head)?;
    let packed = head.starts_with(&[0x1f, 0x8b]);
    let archive = head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06");
    let compound = head.starts_with(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
    if head.starts_with(b"%PDF") || head.starts_with(b"{\\rtf") {
        return Err(TableError::NotText);
    }
    let whole: Box<dyn Read + 'a> = Box::new(Cursor::new(head).chain(input));
    if packed {
        if depth > 1 {
            return Err(TableError::NotText);
        }
        return unpack(Box::new(MultiGzDecoder::new(whole)), depth + 1, notes);
    }
    if archive {
        return unzip(bounded(whole)?, depth, notes);
    }
    if compound {
        let bytes = bounded(whole)?;
        let name: Vec<u8> = "EncryptedPackage"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        if memchr::memmem::find(&bytes, &name).is_some() {
            return Err(TableError::Protected);
        }
        return Ok(Content::Workbook(BookKind::Xls, bytes));
    }
    Ok(Content::Text(whole))
}

fn bounded(input: impl Read) -> Result<Vec<u8>, TableError> {
    let mut bytes = Vec::new();
    input.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(TableError::TooLarge);
    }
    Ok(bytes)
}

fn damaged(error: impl std::fmt::Display) -> TableError {
    TableError::Damaged(error.to_string())
}

fn unzip<'a>(
    bytes: Vec<u8>,
    depth: usize,
    notes: &mut Vec<Note>,
) -> Result<Content<'a>, TableError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
    let names: Vec<String> = archive.file_names().map(str::to_owned).collect();
    let has = |name: &str| {
        names
            .iter()
            .any(|n| n.replace('\\', "/").eq_ignore_ascii_case(name))
    };
    let kind = if has("xl/workbook.xml") {
        Some(BookKind::Xlsx)
    } else if has("content.xml") && has("mimetype") {
        Some(BookKind::Ods)
    } else {
        None
    };
    if let Some(kind) = kind {
        check_size(&mut archive)?;
        return Ok(Content::Workbook(kind, archive.into_inner().into_inner()));
    }
    let mut tables: Vec<String> = names.into_iter().filter(|n| is_table(n)).collect();
    if tables.len() != 1 || depth > 1 {
        return Err(TableError::Archive(tables));
    }
    let name = tables.swap_remove(0);
    let member = archive.by_name(&name).map_err(|e| match e {
        zip::result::ZipError::InvalidPassword => TableError::Protected,
        zip::result::ZipError::UnsupportedArchive(zip::result::ZipError::PASSWORD_REQUIRED) => {
            TableError::Protected
        }
        e => damaged(e),
    })?;
    let inner = bounded(member).map_err(|e| match e {
        TableError::Io(e) => damaged(e),
        e => e,
    })?;
    notes.push(Note::ArchiveMember(name));
    unpack(Box::new(Cursor::new(inner)), depth + 1, notes)
}

/// Unpacks every member once without keeping it: the sizes in the directory may be wrong.
fn check_size(archive: &mut ZipArchive<Cursor<Vec<u8>>>) -> Result<(), TableError> {
    let mut left = MOST_BYTES;
    for index in 0..archive.len() {
        let member = archive.by_index(index).map_err(damaged)?;
        let read = io::copy(&mut member.take(left + 1), &mut io::sink()).map_err(damaged)?;
        left = left.checked_sub(read).ok_or(TableError::TooLarge)?;
    }
    Ok(())
}

/// Whether a member of an archive is a table by its name.
fn is_table(name: &str) -> bool {
    let path = name.replace('\\', "/");
    let file = path.rsplit('/').next().unwrap_or_default().to_lowercase();
    let ends = [
        ".csv", ".tsv", ".tab", ".txt", ".xlsx", ".xlsm", ".xls", ".ods", ".json", ".jsonl",
        ".ndjson", ".gz",
    ];
    let about = ["readme.txt", "license.txt"].contains(&file.as_str());
    !path.starts_with("__MACOSX/")
        && !file.starts_with('.')
        && !about
        && ends.iter().any(|end| file.ends_with(end))
}
