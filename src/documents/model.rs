//! Document model: the format-independent content of coaching plans and reports.
//!
//! Strings are plain text in every format, never markup, so customers' words cannot change the
//! layout.

use serde::Serialize;

/// A document on A4 pages.
#[derive(Clone, Debug, Serialize)]
pub struct Document {
    pub title: String,
    /// One line under the title.
    pub subtitle: String,
    /// BCP 47 tag, such as `en`.
    pub language: String,
    /// Footer of every page.
    pub footer: String,
    /// Notice at the top of the first page, for example that all data is synthetic.
    pub banner: Option<String>,
    pub blocks: Vec<Block>,
}

/// One block of a document.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Block {
    /// Level 1 or 2, below the title.
    Heading {
        level: u8,
        text: String,
    },
    Paragraph {
        text: String,
    },
    /// Secondary text: sources, conditions.
    Note {
        text: String,
    },
    /// Highlighted text.
    Callout {
        title: String,
        text: String,
    },
    /// A quotation and its source.
    Quote {
        text: String,
        source: String,
    },
    Bullets {
        items: Vec<String>,
    },
    /// Label and value pairs.
    Facts {
        rows: Vec<(String, String)>,
    },
    Table {
        caption: String,
        header: Vec<String>,
        rows: Vec<Vec<String>>,
    },
    Picture(Picture),
    /// Items with checkboxes.
    Checklist {
        items: Vec<String>,
    },
    /// Blank lines for handwriting.
    WriteIn {
        label: String,
        lines: u8,
    },
    PageBreak,
}

/// A chart with its content in words and numbers.
#[derive(Clone, Debug, Serialize)]
pub struct Picture {
    pub title: String,
    /// Text alternative.
    pub description: String,
    /// Complete SVG element.
    pub svg: String,
    /// What opens the table, for example "The numbers", and the caption of the table.
    pub numbers: String,
    pub caption: String,
    /// The numbers of the chart as a table.
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// Width of the drawing in CSS pixels; printed at up to the full text width.
    pub width: u32,
}
