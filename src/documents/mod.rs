//! Documents: values in, bytes out. Capabilities build a [`model::Document`]; this renders it as PDF (typeset,
//! tagged, PDF/UA-1), DOCX, HTML and Markdown. [`charts`] draws the pictures, each with a table of its numbers
//! beside it, and [`csv`] reads and writes tables.

pub mod archive;
pub mod calendar;
pub mod charts;
pub mod csv;
pub mod docx;
pub mod html;
pub mod markdown;
pub mod model;
pub mod pdf;

/// Why a document could not be rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    #[error("the document could not be typeset: {0}")]
    Typeset(String),
    #[error("the document could not be packed")]
    Pack(#[from] std::io::Error),
    #[error("the archive could not be packed")]
    Archive(#[from] zip::result::ZipError),
    #[error("the document could not be serialised")]
    Json(#[from] serde_json::Error),
}
