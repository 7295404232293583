//! Responses: pages, redirects and downloads.

use actix_web::{
    HttpResponse,
    http::{
        StatusCode,
        header::{self, ContentDisposition},
    },
};
use askama::Template;

use super::{
    done::Done,
    error::{WebError, WebResult},
};

/// Renders a template as a page.
pub fn page(template: &impl Template) -> WebResult {
    page_with_status(StatusCode::OK, template)
}

/// A template as a page with a status, for a form that was refused.
pub fn page_with_status(status: StatusCode, template: &impl Template) -> WebResult {
    let html = template.render().map_err(|e| WebError::internal(&e))?;
    Ok(HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .body(html))
}

/// A page with a secret, which no cache may keep.
pub fn secret_page(status: StatusCode, template: &impl Template) -> WebResult {
    let mut response = page_with_status(status, template)?;
    let no_store = header::HeaderValue::from_static("no-store");
    response
        .headers_mut()
        .insert(header::CACHE_CONTROL, no_store);
    Ok(response)
}

/// Redirects to another page after a form was processed.
pub fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, path.to_owned()))
        .finish()
}

/// Redirects to a page that says what the form has done.
pub fn confirmed(path: &str, done: Done) -> HttpResponse {
    see_other(&done.on(path))
}

/// A download. Characters of `name` other than ASCII letters, digits, `.`, `-` and `_` become `-`.
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
        .insert_header(ContentDisposition::attachment(safe))
        .body(bytes)
}
