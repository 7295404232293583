//! A document as PDF: typeset by typst, tagged, and checked against PDF/UA-1 as it is written: a picture without a
//! description or a document without a title would be an error here, not a complaint later.
//!
//! The document travels to the template as JSON data, so its text is content and never markup. The same document
//! gives the same bytes.

use std::sync::{LazyLock, Mutex};

use typst::{
    Library, LibraryExt, World, comemo,
    diag::{FileError, FileResult},
    foundations::{Bytes, Datetime, Duration, Smart},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::LazyHash,
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use super::{RenderError, model::Document};

const TEMPLATE: &str = include_str!("document.typ");

/// What never changes between renders: the standard library and the fonts.
struct Shop {
    library: LazyHash<Library>,
    book: LazyHash<FontBook>,
    fonts: Vec<Font>,
    main: FileId,
    data: FileId,
}

#[expect(clippy::expect_used, reason = "two constant, well-formed paths")]
fn file(path: &str) -> FileId {
    RootedPath::new(
        VirtualRoot::Project,
        VirtualPath::new(path).expect("constant path"),
    )
    .intern()
}

static SHOP: LazyLock<Shop> = LazyLock::new(|| {
    let fonts: Vec<Font> = typst_assets::fonts()
        .flat_map(|data| Font::iter(Bytes::new(data)))
        .collect();
    Shop {
        library: LazyHash::new(Library::default()),
        book: LazyHash::new(FontBook::from_fonts(&fonts)),
        fonts,
        main: file("/document.typ"),
        data: file("/data.json"),
    }
});

/// Files of one render: the template, the data, and the pictures by number.
struct Desk {
    source: Source,
    data: Bytes,
    pictures: Vec<(FileId, Bytes)>,
}

impl World for Desk {
    fn library(&self) -> &LazyHash<Library> {
        &SHOP.library
    }
    fn book(&self) -> &LazyHash<FontBook> {
        &SHOP.book
    }
    fn main(&self) -> FileId {
        SHOP.main
    }
    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == SHOP.main {
            Ok(self.source.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }
    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == SHOP.data {
            return Ok(self.data.clone());
        }
        let found = self.pictures.iter().find(|(name, _)| *name == id);
        found
            .map(|(_, bytes)| bytes.clone())
            .ok_or(FileError::AccessDenied)
    }
    fn font(&self, index: usize) -> Option<Font> {
        SHOP.fonts.get(index).cloned()
    }
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// Replaces what no font of ours can print (emoji, some scripts) by a white square: PDF/UA allows no missing glyph, and
/// a plan must not fail for a customer's smiley. The other formats keep it.
fn keep_printable(data: &mut serde_json::Value) {
    let covered = |c: char| {
        SHOP.fonts
            .iter()
            .any(|font| font.info().coverage.contains(u32::from(c)))
    };
    let printable = |c: char| c.is_ascii() || c.is_whitespace() || covered(c);
    match data {
        serde_json::Value::String(text) if !text.chars().all(printable) => {
            let joiners = |c: &char| !matches!(c, '\u{200d}' | '\u{fe0f}' | '\u{fe0e}');
            *text = text
                .chars()
                .filter(joiners)
                .map(|c| if printable(c) { c } else { '\u{25a1}' })
                .collect();
        }
        serde_json::Value::Array(list) => list.iter_mut().for_each(keep_printable),
        serde_json::Value::Object(map) => map.values_mut().for_each(keep_printable),
        _ => {}
    }
}

/// Most pictures in one document; file names are interned for ever, so they are few and always the same.
const MAX_PICTURES: usize = 32;

/// The whole document.
///
/// # Errors
/// [`RenderError::Typeset`] with the typesetter's words.
pub fn render(document: &Document) -> Result<Vec<u8>, RenderError> {
    // One at a time: a render needs tens of megabytes, and memory is worth more than a second core here.
    static TURN: Mutex<()> = Mutex::new(());
    let turn = TURN
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut data = serde_json::to_value(document)?;
    keep_printable(&mut data);
    let blocks = data["blocks"].as_array().cloned().unwrap_or_default();
    let pictures = blocks
        .iter()
        .filter_map(|block| block["svg"].as_str().map(str::to_owned));
    let pictures = pictures
        .take(MAX_PICTURES)
        .enumerate()
        .map(|(i, svg)| (file(&format!("/picture{i}.svg")), Bytes::from_string(svg)));
    let desk = Desk {
        source: Source::new(SHOP.main, TEMPLATE.to_owned()),
        data: Bytes::new(serde_json::to_vec(&data)?),
        pictures: pictures.collect(),
    };
    let words = |errors: typst::ecow::EcoVec<typst::diag::SourceDiagnostic>| {
        RenderError::Typeset(
            errors
                .iter()
                .map(|e| e.message.to_string())
                .collect::<Vec<_>>()
                .join("; "),
        )
    };
    let pages = typst::compile::<PagedDocument>(&desk)
        .output
        .map_err(words)?;
    let options = PdfOptions {
        ident: Smart::Custom(document.title.clone()),
        creator: Smart::Custom(Some("Rapport".to_owned())),
        standards: PdfStandards::new(&[PdfStandard::Ua_1])
            .map_err(|e| RenderError::Typeset(e.message().to_string()))?,
        ..PdfOptions::default()
    };
    let bytes = typst_pdf::pdf(&pages, &options).map_err(words);
    comemo::evict(5);
    drop(turn);
    bytes
}
