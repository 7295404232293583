//! Builds a document from texts and values in one language.

use super::model::{Block, Document, Picture};
use crate::locale::{Locale, Message, Value};

/// A document under construction.
pub struct Builder<'a> {
    locale: &'a Locale,
    blocks: Vec<Block>,
}

/// What a document has besides its blocks.
pub struct Frame {
    pub title: Message,
    pub subtitle: Message,
    pub footer: Message,
    /// Whether everybody in it is invented, which a banner then says.
    pub synthetic: bool,
}

impl<'a> Builder<'a> {
    /// An empty document.
    pub fn new(locale: &'a Locale) -> Self {
        Self {
            locale,
            blocks: Vec::new(),
        }
    }

    /// The language of the document.
    pub fn locale(&self) -> &'a Locale {
        self.locale
    }

    /// A heading of level 1.
    pub fn heading(&mut self, text: impl Into<Value>) {
        self.add_heading(1, text);
    }

    /// A heading of level 2.
    pub fn subheading(&mut self, text: impl Into<Value>) {
        self.add_heading(2, text);
    }

    fn add_heading(&mut self, level: u8, text: impl Into<Value>) {
        let text = self.text(text);
        self.blocks.push(Block::Heading { level, text });
    }

    /// A paragraph.
    pub fn paragraph(&mut self, text: impl Into<Value>) {
        let text = self.text(text);
        self.blocks.push(Block::Paragraph { text });
    }

    /// Secondary text: sources, conditions.
    pub fn note(&mut self, text: impl Into<Value>) {
        let text = self.text(text);
        self.blocks.push(Block::Note { text });
    }

    /// Highlighted text.
    pub fn callout(&mut self, title: Message, text: impl Into<Value>) {
        let (title, text) = (self.text(title), self.text(text));
        self.blocks.push(Block::Callout { title, text });
    }

    /// A quotation and its source.
    pub fn quote(&mut self, text: &str, source: impl Into<Value>) {
        let (text, source) = (text.to_owned(), self.text(source));
        self.blocks.push(Block::Quote { text, source });
    }

    /// Items with bullets.
    pub fn bullets(&mut self, items: impl IntoIterator<Item = Message>) {
        let items = items.into_iter().map(|item| self.text(item)).collect();
        self.blocks.push(Block::Bullets { items });
    }

    /// Items with checkboxes.
    pub fn checklist(&mut self, items: impl IntoIterator<Item = Message>) {
        let items = items.into_iter().map(|item| self.text(item)).collect();
        self.blocks.push(Block::Checklist { items });
    }

    /// Labels with their values.
    pub fn facts(&mut self, rows: impl IntoIterator<Item = (Message, Value)>) {
        let row = |(label, value)| (self.text::<Message>(label), self.text::<Value>(value));
        let rows = rows.into_iter().map(row).collect();
        self.blocks.push(Block::Facts { rows });
    }

    /// A table; every row has as many cells as the header.
    pub fn table(
        &mut self,
        caption: Message,
        header: impl IntoIterator<Item = Message>,
        rows: impl IntoIterator<Item = Vec<Value>>,
    ) {
        let cells = |row: Vec<Value>| row.into_iter().map(|cell| self.text(cell)).collect();
        let table = Block::Table {
            caption: self.text(caption),
            header: header.into_iter().map(|cell| self.text(cell)).collect(),
            rows: rows.into_iter().map(cells).collect(),
        };
        self.blocks.push(table);
    }

    /// A chart.
    pub fn picture(&mut self, picture: Picture) {
        self.blocks.push(Block::Picture(picture));
    }

    /// Blank lines for handwriting.
    pub fn write_in(&mut self, label: Message, lines: u8) {
        let label = self.text(label);
        self.blocks.push(Block::WriteIn { label, lines });
    }

    /// Starts a page.
    pub fn page_break(&mut self) {
        self.blocks.push(Block::PageBreak);
    }

    /// The finished document.
    pub fn finish(self, frame: Frame) -> Document {
        let banner = frame.synthetic.then(|| self.locale.text("frame-synthetic"));
        Document {
            title: self.text(frame.title),
            subtitle: self.text(frame.subtitle),
            language: self.locale.language(),
            footer: self.text(frame.footer),
            banner,
            blocks: self.blocks,
        }
    }

    fn text<V: Into<Value>>(&self, value: V) -> String {
        self.locale.value(&value.into())
    }
}
