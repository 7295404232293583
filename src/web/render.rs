//! Responses: pages, redirects and downloads.

use actix_web::{HttpResponse, http::header};
use askama::Template;

use super::error::{WebError, WebResult};

/// A template as a page.
///
/// # Errors
/// When the template fails, which a test of every page would show.
pub fn page(template: &impl Template) -> WebResult {
    let html = template.render().map_err(|e| WebError::internal(&e))?;
    Ok(HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .body(html))
}

/// On to another page, after something was done.
pub fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, path.to_owned()))
        .finish()
}

/// Bytes as a file to keep.
pub fn attachment(name: &str, media_type: &str, bytes: Vec<u8>) -> HttpResponse {
    let safe: String = name
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') {
                c
            } else {
                '-'
            }
        })
        .collect();
    HttpResponse::Ok()
        .content_type(media_type.to_owned())
        .insert_header((
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{safe}\""),
        ))
        .body(bytes)
}
