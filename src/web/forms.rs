//! Forms that were refused: the page shows them again with what was entered.

use actix_web::http::StatusCode;

use super::error::WebError;
use crate::locale::Message;

/// A refused form: what was entered, and why it was refused.
pub struct Refused<F> {
    pub form: F,
    pub problem: WebError,
}

impl<F> Refused<F> {
    /// The form with its problem.
    ///
    /// # Errors
    /// `problem` itself if another entry would not help: every status other than 409, 413 and 422.
    pub fn new(form: F, problem: WebError) -> Result<Self, WebError> {
        match problem.code.status() {
            StatusCode::CONFLICT
            | StatusCode::PAYLOAD_TOO_LARGE
            | StatusCode::UNPROCESSABLE_ENTITY => Ok(Self { form, problem }),
            _ => Err(problem),
        }
    }

    /// Returns the entries, and the sentence to show.
    pub fn into_parts(self) -> (F, Message) {
        (self.form, self.problem.message)
    }
}

/// Status of a page with a form: 200, or that of the refusal.
pub fn status<F>(refused: Option<&Refused<F>>) -> StatusCode {
    refused.map_or(StatusCode::OK, |refused| refused.problem.code.status())
}
