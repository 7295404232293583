//! Arbitrary bytes are read as a table, row by row, or rejected; what is read fits the header.

#![no_main]

use libfuzzer_sys::fuzz_target;
use rapport::tables::{Options, Table};

fuzz_target!(|data: &[u8]| {
    for keep_empty_rows in [false, true] {
        let options = Options {
            keep_empty_rows,
            ..Options::default()
        };
        let Ok(mut table) = Table::open(data, &options) else {
            return;
        };
        let width = table.columns().len();
        assert!(width > 0, "a table has a column");
        let mut last = 0;
        while let Ok(Some(row)) = table.next_row() {
            assert!(row.number > last, "row numbers rise");
            last = row.number;
            // Delimiters at the end of a row make empty cells.
            let mut beyond = row.cells().skip(width);
            assert!(
                row.problem.is_some() || beyond.all(|cell| cell.trim().is_empty()),
                "no cell without a column goes unreported"
            );
            assert!(row.cells().all(|cell| !cell.contains('\0')));
        }
        table.notes();
    }
});
