//! The small document model: what coaching plans and reports are made of, before any format.
//!
//! Text is text: nothing in it is markup in any format, so a customer's words can never become layout.

use serde::Serialize;

/// A document of A4 pages.
#[derive(Clone, Debug, Serialize)]
pub struct Document {
    pub title: String,
    /// One line under the title.
    pub subtitle: String,
    /// BCP 47, such as `en`.
    pub language: String,
    /// Small print on every page.
    pub footer: String,
    /// A notice across the top of the first page, such as that all data is synthetic.
    pub banner: Option<String>,
    pub blocks: Vec<Block>,
}

/// A piece of a document.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Block {
    /// Level 1 or 2 below the title.
    Heading {
        level: u8,
        text: String,
    },
    Paragraph {
        text: String,
    },
    /// Quieter than a paragraph: sources, conditions.
    Note {
        text: String,
    },
    /// A sentence that must not be overlooked.
    Callout {
        title: String,
        text: String,
    },
    /// Somebody's words and where they come from.
    Quote {
        text: String,
        source: String,
    },
    Bullets {
        items: Vec<String>,
    },
    /// Short label, then text.
    Facts {
        rows: Vec<(String, String)>,
    },
    Table {
        caption: String,
        header: Vec<String>,
        rows: Vec<Vec<String>>,
    },
    Picture(Picture),
    /// Boxes to tick.
    Checklist {
        items: Vec<String>,
    },
    /// Room to write.
    WriteIn {
        label: String,
        lines: u8,
    },
    PageBreak,
}

impl Block {
    /// A heading of level 1.
    pub fn heading(text: &str) -> Self {
        Self::Heading {
            level: 1,
            text: text.to_owned(),
        }
    }

    /// A heading of level 2.
    pub fn subheading(text: impl Into<String>) -> Self {
        Self::Heading {
            level: 2,
            text: text.into(),
        }
    }

    /// A paragraph.
    pub fn paragraph(text: impl Into<String>) -> Self {
        Self::Paragraph { text: text.into() }
    }

    /// A note.
    pub fn note(text: impl Into<String>) -> Self {
        Self::Note { text: text.into() }
    }
}

/// A date as printed, for example `22 Nov 2026`.
pub fn day(date: chrono::NaiveDate) -> String {
    date.format("%-d %b %Y").to_string()
}

/// A picture and everything its lines and colours say, in words and numbers.
#[derive(Clone, Debug, Serialize)]
pub struct Picture {
    pub title: String,
    /// What there is to see, for people who do not see it.
    pub description: String,
    /// A whole SVG element.
    pub svg: String,
    /// The same numbers as a table.
    pub header: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// Width over which it was drawn, in CSS pixels; printed at up to full text width.
    pub width: u32,
}
