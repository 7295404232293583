//! `/static`: embedded files.

use actix_web::{HttpResponse, http::header, web::Path};

use super::error::{WebError, WebResult};

/// `GET /static/{name}`
pub async fn static_file(name: Path<String>) -> WebResult {
    let (media_type, body) = match name.as_str() {
        "style.css" => ("text/css; charset=utf-8", include_str!("static/style.css")),
        "rapport.js" => (
            "text/javascript; charset=utf-8",
            include_str!("static/rapport.js"),
        ),
        "icon.svg" => ("image/svg+xml", include_str!("static/icon.svg")),
        _ => return Err(WebError::not_found()),
    };
    let cache = (header::CACHE_CONTROL, "public, max-age=86400");
    Ok(HttpResponse::Ok()
        .content_type(media_type)
        .insert_header(cache)
        .body(body))
}
