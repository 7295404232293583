//! Workbooks with an arbitrary sheet, and arbitrary bytes in place of a workbook, are read or
//! rejected.

#![no_main]

use std::io::{Cursor, Write};

use libfuzzer_sys::fuzz_target;
use rapport::tables::{Options, Table};
use zip::{ZipWriter, write::SimpleFileOptions};

const TYPES: &str = r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#;
const PACKAGE: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const BOOK: &str = r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>"#;
const SHEETS: &str = r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>"#;

/// A workbook whose one sheet is `sheet`.
fn workbook(sheet: &[u8]) -> Option<Vec<u8>> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in [
        ("[Content_Types].xml", TYPES.as_bytes()),
        ("_rels/.rels", PACKAGE.as_bytes()),
        ("xl/workbook.xml", BOOK.as_bytes()),
        ("xl/_rels/workbook.xml.rels", SHEETS.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet),
    ] {
        zip.start_file(name, SimpleFileOptions::default()).ok()?;
        zip.write_all(content).ok()?;
    }
    Some(zip.finish().ok()?.into_inner())
}

/// Reads a table to its end.
fn drain(bytes: &[u8]) {
    if let Ok(mut table) = Table::open(bytes, &Options::default()) {
        let mut last = 0;
        while let Ok(Some(row)) = table.next_row() {
            assert!(row.number > last, "row numbers rise");
            last = row.number;
        }
    }
}

fuzz_target!(|data: &[u8]| {
    if let Some(book) = workbook(data) {
        drain(&book);
    }
    let mut damaged = b"PK\x03\x04".to_vec();
    damaged.extend_from_slice(data);
    drain(&damaged);
});
