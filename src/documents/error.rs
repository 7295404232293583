//! Reasons why a document cannot be rendered.

/// Reasons why a document cannot be rendered.
#[derive(Debug, thiserror::Error)]
pub enum RenderError {
    #[error("the document could not be typeset: {0}")]
    Typeset(String),
    #[error("a picture could not be drawn: {0}")]
    Picture(String),
    #[error("the document could not be packed")]
    Zip(#[from] std::io::Error),
    #[error("the archive could not be packed")]
    Archive(#[from] zip::result::ZipError),
    #[error("the document could not be serialised")]
    Json(#[from] serde_json::Error),
}
