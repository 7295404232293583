//! Multipart forms: small fields whole, large files as a stream, all of it bounded.

use actix_multipart::{Field, Multipart};
use actix_web::HttpRequest;
use futures_util::TryStreamExt;

use super::error::{Code, WebError};

/// Most bytes of a field that is read whole.
const FIELD_BYTES: usize = 8 << 20;

fn unreadable() -> WebError {
    WebError::verbatim(
        Code::BadRequest,
        "The upload could not be read. Please try again.",
    )
}

fn too_large(limit: usize) -> WebError {
    WebError::verbatim(
        Code::TooLarge,
        format!("A file here may have at most {} MB.", limit >> 20),
    )
}

/// The next part of a form: its name, the file name when it is a file, and its content to come.
///
/// # Errors
/// When the body is no multipart form.
pub async fn next_part(
    form: &mut Multipart,
) -> Result<Option<(String, Option<String>, Field)>, WebError> {
    let Some(field) = form.try_next().await.map_err(|_e| unreadable())? else {
        return Ok(None);
    };
    let name = field.name().unwrap_or_default().to_owned();
    let file_name = field
        .content_disposition()
        .and_then(|d| d.get_filename())
        .map(str::to_owned);
    Ok(Some((name, file_name, field)))
}

/// The next piece of a part.
///
/// # Errors
/// When the connection breaks.
pub async fn next_bytes(field: &mut Field) -> Result<Option<actix_web::web::Bytes>, WebError> {
    field.try_next().await.map_err(|_e| unreadable())
}

/// A part read whole, at most 8 MB.
///
/// # Errors
/// When it is larger, or the connection breaks.
pub async fn whole(field: &mut Field) -> Result<Vec<u8>, WebError> {
    let mut bytes = Vec::new();
    while let Some(some) = next_bytes(field).await? {
        if bytes.len() + some.len() > FIELD_BYTES {
            return Err(too_large(FIELD_BYTES));
        }
        bytes.extend_from_slice(&some);
    }
    Ok(bytes)
}

/// The form of a request.
///
/// # Errors
/// When it is not multipart.
pub fn form(req: &HttpRequest, payload: actix_web::web::Payload) -> Result<Multipart, WebError> {
    let is_form = req
        .headers()
        .get("content-type")
        .is_some_and(|t| t.as_bytes().starts_with(b"multipart/form-data"));
    if !is_form {
        return Err(WebError::verbatim(
            Code::WrongMediaType,
            "Send a multipart/form-data form with a file.",
        ));
    }
    Ok(Multipart::new(req.headers(), payload))
}

/// Refuses once `read` passes `limit` bytes.
///
/// # Errors
/// [`Code::TooLarge`].
pub fn within(read: usize, limit: usize) -> Result<(), WebError> {
    if read > limit {
        Err(too_large(limit))
    } else {
        Ok(())
    }
}
