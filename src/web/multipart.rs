//! Multipart forms: small fields are read whole, large files as a stream, all with a limit.

use actix_multipart::{Field, Multipart};
use actix_web::{
    HttpRequest,
    web::{Bytes, Payload},
};
use futures_util::TryStreamExt;

use super::error::{Code, WebError};
use crate::msg;

/// Most bytes of a field that is read whole.
const FIELD_BYTES: usize = 8 << 20;

fn unreadable() -> WebError {
    WebError::new(Code::BadRequest, msg!("error-upload-unreadable"))
}

fn too_large(limit: usize) -> WebError {
    let message = msg!("error-file-too-large", megabytes = limit >> 20);
    WebError::new(Code::TooLarge, message)
}

/// The next part of a form: its name, its file name if it is a file, and its content to be read.
///
/// # Errors
/// [`Code::BadRequest`] for a body that is not a multipart form.
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
/// [`Code::BadRequest`] if the connection breaks.
pub async fn next_bytes(field: &mut Field) -> Result<Option<Bytes>, WebError> {
    field.try_next().await.map_err(|_e| unreadable())
}

/// A whole part of at most 8 MB.
///
/// # Errors
/// [`Code::TooLarge`]; [`Code::BadRequest`] if the connection breaks.
pub async fn whole(field: &mut Field) -> Result<Vec<u8>, WebError> {
    let mut bytes = Vec::new();
    while let Some(some) = next_bytes(field).await? {
        within(bytes.len() + some.len(), FIELD_BYTES)?;
        bytes.extend_from_slice(&some);
    }
    Ok(bytes)
}

/// The form of a request.
///
/// # Errors
/// [`Code::WrongMediaType`] if it is not multipart.
pub fn form(req: &HttpRequest, payload: Payload) -> Result<Multipart, WebError> {
    let is_form = req
        .headers()
        .get("content-type")
        .is_some_and(|t| t.as_bytes().starts_with(b"multipart/form-data"));
    if !is_form {
        return Err(WebError::new(
            Code::WrongMediaType,
            msg!("error-no-multipart-form"),
        ));
    }
    Ok(Multipart::new(req.headers(), payload))
}

/// Checks that `read` bytes are within `limit`.
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
