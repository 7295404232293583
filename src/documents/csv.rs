//! CSV output with defused formula cells.

use std::borrow::Cow;

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
/// [`csv::Error`] if a row is not as long as the header; writing to memory does not fail.
pub fn write(
    header: &[&str],
    rows: impl IntoIterator<Item = Vec<String>>,
) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::Writer::from_writer(vec![0xef, 0xbb, 0xbf]);
    writer.write_record(header)?;
    finish(writer, rows)
}

/// Further rows of a table that is written in parts; all cells are defused.
///
/// # Errors
/// [`csv::Error`] if rows differ in length; writing to memory does not fail.
pub fn rows(rows: impl IntoIterator<Item = Vec<String>>) -> Result<Vec<u8>, csv::Error> {
    finish(csv::Writer::from_writer(Vec::new()), rows)
}

fn finish(
    mut writer: csv::Writer<Vec<u8>>,
    rows: impl IntoIterator<Item = Vec<String>>,
) -> Result<Vec<u8>, csv::Error> {
    for row in rows {
        writer.write_record(row.iter().map(|cell| defuse(cell).into_owned()))?;
    }
    writer.into_inner().map_err(|e| e.into_error().into())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
        fn written_tables_read_back_unchanged(
            cells in proptest::collection::vec("[a-zäß ,;\"\n]{1,12}x", 3),
        ) {
            let bytes = write(&["a", "b", "c"], [cells.clone()]).expect("writes");
            let mut reader = csv::Reader::from_reader(&bytes[3..]);
            let read: Vec<_> = reader.records().map(|row| row.expect("reads")).collect();
            prop_assert_eq!(read, vec![cells]);
        }
    }
}
