//! One record of a table.

use super::error::RowError;

/// A record with its cells. The reader reuses the buffers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Row number as a spreadsheet shows it, from 1.
    pub number: u64,
    /// Why the cells cannot be trusted, if they cannot.
    pub problem: Option<RowError>,
    text: String,
    ends: Vec<usize>,
}

impl Row {
    /// Number of cells.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether the record has no cell at all.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// A cell as written; empty beyond the last cell.
    pub fn cell(&self, index: usize) -> &str {
        let Some(end) = self.ends.get(index) else {
            return "";
        };
        let start = index.checked_sub(1).map_or(0, |i| self.ends[i]);
        &self.text[start..*end]
    }

    /// All cells.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|i| self.cell(i))
    }

    /// Whether every cell is empty or white space.
    pub fn is_blank(&self) -> bool {
        self.text.bytes().all(|b| b.is_ascii_whitespace()) || self.text.trim().is_empty()
    }

    /// Number of cells with a text.
    pub fn filled(&self) -> usize {
        self.cells().filter(|c| !c.trim().is_empty()).count()
    }

    pub(super) fn clear(&mut self) {
        self.number = 0;
        self.problem = None;
        self.text.clear();
        self.ends.clear();
    }

    pub(super) fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }

    /// The buffers, for a reader that fills them with bytes.
    pub(super) fn take_buffers(&mut self) -> (Vec<u8>, Vec<usize>) {
        let bytes = std::mem::take(&mut self.text).into_bytes();
        (bytes, std::mem::take(&mut self.ends))
    }

    pub(super) fn set_buffers(&mut self, text: String, ends: Vec<usize>) {
        self.text = text;
        self.ends = ends;
    }
}
