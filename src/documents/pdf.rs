//! PDF output, typeset and tagged by typst and validated against PDF/UA-1: a picture without text
//! alternative or a document without a title is an error.
//!
//! The document reaches the template as JSON data, so its text is content and never markup. The
//! output is deterministic.

use std::{
    borrow::Cow,
    sync::{LazyLock, Mutex},
};

use serde::Deserialize;
use typst::{
    Library, LibraryExt, World, comemo,
    diag::{FileError, FileResult, SourceDiagnostic},
    ecow::EcoVec,
    foundations::{Bytes, Datetime, Duration, Label, Smart, Value},
    introspection::{Introspector, MetadataElem},
    syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot},
    text::{Font, FontBook},
    utils::{LazyHash, PicoStr},
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards};

use super::{error::RenderError, fonts::FONTS, model::Document, printable::printable};

const TEMPLATE: &str = include_str!("templates/document.typ");

/// Resources shared by all renders: the standard library and the names of the files.
struct Resources {
    library: LazyHash<Library>,
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

static RESOURCES: LazyLock<Resources> = LazyLock::new(|| Resources {
    library: LazyHash::new(Library::default()),
    main: file("/document.typ"),
    data: file("/data.json"),
});

/// Files of one render: the template, the data, and numbered pictures.
struct RenderWorld {
    source: Source,
    data: Bytes,
    pictures: Vec<(FileId, Bytes)>,
}

impl World for RenderWorld {
    fn library(&self) -> &LazyHash<Library> {
        &RESOURCES.library
    }
    fn book(&self) -> &LazyHash<FontBook> {
        &FONTS.book
    }
    fn main(&self) -> FileId {
        RESOURCES.main
    }
    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == RESOURCES.main {
            Ok(self.source.clone())
        } else {
            Err(FileError::AccessDenied)
        }
    }
    fn file(&self, id: FileId) -> FileResult<Bytes> {
        if id == RESOURCES.data {
            return Ok(self.data.clone());
        }
        let found = self.pictures.iter().find(|(name, _)| *name == id);
        found
            .map(|(_, bytes)| bytes.clone())
            .ok_or(FileError::AccessDenied)
    }
    fn font(&self, index: usize) -> Option<Font> {
        FONTS.fonts.get(index).cloned()
    }
    fn today(&self, _: Option<Duration>) -> Option<Datetime> {
        None
    }
}

/// Replaces characters without a glyph in our fonts, because PDF/UA does not allow missing glyphs.
fn replace_unprintable(data: &mut serde_json::Value) {
    match data {
        serde_json::Value::String(text) => {
            if let Cow::Owned(substitute) = printable(text) {
                *text = substitute;
            }
        }
        serde_json::Value::Array(list) => list.iter_mut().for_each(replace_unprintable),
        serde_json::Value::Object(map) => map.values_mut().for_each(replace_unprintable),
        _ => {}
    }
}

/// Maximum number of pictures per document. Typst interns file names permanently, so they must be
/// few and constant.
const MAX_PICTURES: usize = 32;

/// Layout of the pages.
#[derive(Debug, Deserialize)]
pub(super) struct Layout {
    /// Size of the text in points.
    pub text: f64,
    /// Lines for handwriting that each place gave up.
    pub fewer: usize,
    /// Whether every part of the document fits a page of its own.
    pub fits: bool,
    /// What each part has for handwriting besides, if it fits.
    pub spare: Vec<Spare>,
}

/// Space for handwriting.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub(super) struct Spare {
    /// Lines more for each place.
    pub lines: usize,
    /// Millimetres more for each row of a table.
    pub row: f32,
}

/// Renders the document.
///
/// # Errors
/// [`RenderError::Typeset`] with typst's messages, [`RenderError::Json`] if the document cannot be
/// serialised.
pub fn render(document: &Document) -> Result<Vec<u8>, RenderError> {
    let options = PdfOptions {
        ident: Smart::Custom(document.title.clone()),
        creator: Smart::Custom(Some("Rapport".to_owned())),
        standards: PdfStandards::new(&[PdfStandard::Ua_1])
            .map_err(|e| RenderError::Typeset(e.message().to_string()))?,
        ..PdfOptions::default()
    };
    typeset(document, |pages| {
        typst_pdf::pdf(pages, &options).map_err(typeset_error)
    })
}

/// Lays out the document.
///
/// # Errors
/// [`RenderError::Typeset`] with typst's messages, [`RenderError::Json`] if the document cannot be
/// serialised.
pub(super) fn layout(document: &Document) -> Result<Layout, RenderError> {
    typeset(document, |pages| {
        let label = Label::new(PicoStr::intern("layout"));
        let found = label.map(|label| pages.introspector().query_label(label).cloned());
        let found = found.and_then(Result::ok);
        let value = found.and_then(|content| content.to_packed::<MetadataElem>().cloned());
        match value.map(|metadata| metadata.value.clone()) {
            Some(Value::Str(layout)) => Ok(serde_json::from_str(&layout)?),
            _ => Err(RenderError::Typeset("no layout".to_owned())),
        }
    })
}

/// Typesets the document and hands over its pages.
fn typeset<T>(
    document: &Document,
    take: impl FnOnce(&PagedDocument) -> Result<T, RenderError>,
) -> Result<T, RenderError> {
    // Renders run one at a time, because each needs tens of megabytes of memory.
    static LOCK: Mutex<()> = Mutex::new(());
    let guard = LOCK
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut data = serde_json::to_value(document)?;
    replace_unprintable(&mut data);
    let blocks = data["blocks"].as_array().cloned().unwrap_or_default();
    let pictures = blocks
        .iter()
        .filter_map(|block| block["svg"].as_str().map(str::to_owned));
    let pictures = pictures
        .take(MAX_PICTURES)
        .enumerate()
        .map(|(i, svg)| (file(&format!("/picture{i}.svg")), Bytes::from_string(svg)));
    let world = RenderWorld {
        source: Source::new(RESOURCES.main, TEMPLATE.to_owned()),
        data: Bytes::new(serde_json::to_vec(&data)?),
        pictures: pictures.collect(),
    };
    let pages = typst::compile::<PagedDocument>(&world).output;
    let taken = pages.map_err(typeset_error).and_then(|pages| take(&pages));
    comemo::evict(5);
    drop(guard);
    taken
}

fn typeset_error(errors: EcoVec<SourceDiagnostic>) -> RenderError {
    let messages: Vec<_> = errors.iter().map(|e| e.message.to_string()).collect();
    RenderError::Typeset(messages.join("; "))
}
