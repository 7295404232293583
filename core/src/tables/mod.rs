//! Tables from files: one reader for imports, candidates and all analyses. Pure.
//!
//! [`Table::open`] unpacks a file (`container`), decodes it (`encoding`), divides it into cells
//! (`dialect` and `delimited`, or `sheet` for workbooks) and finds the header (`header`).
//! [`Table::next_row`] yields rows with the numbers that a spreadsheet shows; a row that cannot be
//! trusted carries its [`RowError`], and reading goes on. Nothing is left out or assumed without a
//! [`Note`]. What cells mean is in [`missing`] and [`number`].

mod container;
mod delimited;
mod dialect;
mod encoding;
mod error;
mod header;
mod input;
pub mod missing;
pub mod number;
mod row;
mod sheet;
mod table;

pub use error::{Note, RowError, TableError};
pub use header::tidy;
pub use input::Input;
pub use row::Row;
pub use table::{Options, Table};
