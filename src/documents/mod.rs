//! Documents: values in, bytes out.
//!
//! Capabilities build a [`model::Document`] with a [`builder`], which is rendered as PDF (typeset,
//! tagged, PDF/UA-1), DOCX, HTML and Markdown. [`charts`] draws pictures, each with a table of its
//! numbers; [`csv`] reads and writes tables; [`archive`] and [`calendar`] write ZIP and iCalendar
//! files.

pub mod archive;
pub mod builder;
pub mod calendar;
pub mod charts;
pub mod csv;
pub mod docx;
mod error;
pub mod escape;
mod fonts;
pub mod html;
pub mod markdown;
pub mod model;
pub mod pdf;
mod printable;
mod raster;
mod word_fonts;

pub use error::RenderError;
