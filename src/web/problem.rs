//! Failures as problem details or as a page.

use std::borrow::Cow;

use actix_web::{
    HttpRequest, HttpResponse,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{StatusCode, header},
    middleware::Next,
};
use askama::Template;
use serde::Serialize;
use tracing_actix_web::RequestId;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, schema::Type},
};

use super::{
    auth::recognise,
    error::{Code, WebError, of_status},
    frame::Frame,
    language::locale_of,
};
use crate::locale::Message;

/// A failure, as problem details (RFC 9457).
#[derive(Serialize, ToSchema)]
pub struct Problem {
    /// `about:blank#` and the code.
    r#type: String,
    /// The reason phrase of the status.
    title: Option<&'static str>,
    status: u16,
    /// Stable name of the failure.
    #[schema(value_type = Code)]
    code: &'static str,
    /// A sentence for people.
    detail: String,
    /// Reference of the request in the log.
    request_id: String,
    /// Sequence number to send the answer with; only with `answer_conflict`.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_sequence: Option<i64>,
}

impl PartialSchema for Code {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .description(Some("Stable name of a failure."))
            .enum_values(Some(Self::ALL.iter().map(|code| code.as_str())))
            .into()
    }
}

impl ToSchema for Code {
    fn name() -> Cow<'static, str> {
        "ErrorCode".into()
    }
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    frame: Frame,
    title: &'a str,
    detail: String,
    status: u16,
    path: &'a str,
    posted: bool,
    request_id: &'a str,
}

/// The page for a failure.
pub fn error_page(
    request: &HttpRequest,
    status: StatusCode,
    message: &Message,
    request_id: &str,
) -> String {
    let frame = Frame::of(request);
    let title = frame.t(match status.as_u16() {
        401 => "error-title-not-signed-in",
        403 => "error-title-forbidden",
        404 => "error-title-not-found",
        408 => "error-title-timeout",
        409 => "error-title-conflict",
        410 => "error-title-gone",
        413 => "error-title-too-large",
        422 => "error-title-invalid",
        429 => "error-title-too-many",
        503 => "error-title-busy",
        s if s >= 500 => "error-title-internal",
        _ => "error-title-other",
    });
    let detail = frame.m(message);
    let page = ErrorPage {
        frame,
        title: &title,
        detail,
        status: status.as_u16(),
        // Where to go on after signing in: only what can be opened again.
        path: if request.method() == actix_web::http::Method::GET {
            request.path()
        } else {
            "/"
        },
        posted: request.method() == actix_web::http::Method::POST,
        request_id,
    };
    page.render()
        .unwrap_or_else(|_e| format!("<!doctype html><title>{title}</title><h1>{title}</h1>"))
}

/// Gives every failure its body, in the shape the reader wants.
///
/// # Errors
/// Never of its own: an error of the inner service becomes a response.
pub async fn shape_errors(
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    // The request itself must not be held here: routing needs it for itself.
    let response = next.call(req).await?.map_into_boxed_body();
    let status = response.status();
    if status.as_u16() < 400 {
        return Ok(response);
    }
    let known = response.response().extensions().get::<WebError>().cloned();
    if known.is_none() && response.headers().contains_key(header::CONTENT_TYPE) {
        return Ok(response);
    }
    if !is_api(response.request()) {
        recognise(response.request()).await;
    }
    let allow = response.headers().get(header::ALLOW).cloned();
    let mut shaped = shape(
        response.request(),
        &known.unwrap_or_else(|| of_status(status)),
    );
    if let Some(allow) = allow {
        shaped.headers_mut().insert(header::ALLOW, allow);
    }
    Ok(response.into_response(shaped))
}

fn is_api(request: &HttpRequest) -> bool {
    request.path().starts_with("/api/")
}

fn shape(request: &HttpRequest, error: &WebError) -> HttpResponse {
    use actix_web::HttpMessage;
    let id = request
        .extensions()
        .get::<RequestId>()
        .map(ToString::to_string)
        .unwrap_or_default();
    if error.code.status().is_server_error() {
        let cause = error.cause.as_deref().unwrap_or("no cause given");
        tracing::error!(request_id = %id, code = error.code.as_str(), cause, "A request failed on our side");
    }
    let mut response = HttpResponse::build(error.code.status());
    if let Some(seconds) = error.retry_after {
        response.insert_header((header::RETRY_AFTER, seconds));
    }
    if is_api(request) {
        return response
            .content_type("application/problem+json")
            .json(Problem {
                r#type: format!("about:blank#{}", error.code.as_str()),
                title: error.code.status().canonical_reason(),
                status: error.code.status().as_u16(),
                code: error.code.as_str(),
                detail: locale_of(request).format(&error.message),
                request_id: id,
                next_sequence: error.next_sequence,
            });
    }
    let page = error_page(request, error.code.status(), &error.message, &id);
    response.content_type("text/html; charset=utf-8").body(page)
}
