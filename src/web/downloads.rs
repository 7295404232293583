//! Downloads that no shared cache keeps: documents and archives of plans.

use std::collections::BTreeMap;

use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, HeaderValue},
    web::block,
};
use utoipa::{
    IntoResponses,
    openapi::{Content, RefOr, Response, ResponseBuilder},
};

use super::{
    error::{WebError, WebResult},
    render::attachment,
};
use crate::{
    coaching::{self, CoachingError, Format},
    documents::model::Document,
};

/// The reply with a document, in the format that the path names.
pub struct DocumentFile;

impl IntoResponses for DocumentFile {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut response = ResponseBuilder::new().description("The document");
        for format in Format::ALL {
            let media_type = format.media_type().split(';').next().unwrap_or_default();
            response = response.content(media_type, Content::default());
        }
        BTreeMap::from([("200".to_owned(), RefOr::T(response.build()))])
    }
}

/// The reply with an archive of plans.
pub struct ArchiveFile;

impl IntoResponses for ArchiveFile {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let response = ResponseBuilder::new()
            .description("The archive")
            .content("application/zip", Content::default());
        BTreeMap::from([("200".to_owned(), RefOr::T(response.build()))])
    }
}

/// Renders a file on a blocking thread. `name` is without the ending.
pub async fn file(
    name: &str,
    format: Format,
    render: impl FnOnce() -> Result<Vec<u8>, CoachingError> + Send + 'static,
) -> WebResult {
    let bytes = block(render).await.map_err(|e| WebError::internal(&e))??;
    let name = format!("{name}.{}", format.ending());
    Ok(private(attachment(&name, format.media_type(), bytes)))
}

/// Renders a document on a blocking thread. `name` is without the ending.
pub async fn document(name: &str, format: Format, document: Document) -> WebResult {
    file(name, format, move || {
        coaching::render_document(&document, format)
    })
    .await
}

/// An archive of plans.
pub fn archive(bytes: Vec<u8>) -> HttpResponse {
    private(attachment("plans.zip", "application/zip", bytes))
}

/// Keeps a response out of shared caches.
pub fn private(mut response: HttpResponse) -> HttpResponse {
    let value = HeaderValue::from_static("private, no-store");
    response.headers_mut().insert(CACHE_CONTROL, value);
    response
}
