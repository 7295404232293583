//! Pages: the frame around each, and embedded files.

use actix_web::{
    HttpMessage, HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web::Path,
};
use askama::Template;

use super::{
    auth::{Synthetic, Who},
    error::{WebError, WebResult},
};
use crate::accounts::Role;

/// Part of every asset's address, so that a new release is not hidden by an old cache.
pub const ASSETS_VERSION: &str = env!("CARGO_PKG_VERSION");

/// What stands around every page.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    pub signed_in: bool,
    pub name: String,
    /// Address and name of the pages this person may open.
    pub links: Vec<(&'static str, &'static str)>,
    pub here: String,
    pub synthetic: bool,
}

impl Frame {
    /// The frame for this request.
    pub fn of(req: &HttpRequest) -> Self {
        let who = req.extensions().get::<Who>().cloned();
        let first = req.path().split('/').nth(1).unwrap_or_default();
        let here = match first {
            "candidates" => "/vacancies".to_owned(),
            "reading" | "terms" => "/taxonomy".to_owned(),
            "plans" if who.as_ref().is_some_and(|w| w.0.role == Role::Agent) => "/me".to_owned(),
            "plans" | "packs" | "practice" | "freezes" => "/agents".to_owned(),
            "praise" => "/praise/newest".to_owned(),
            other => format!("/{other}"),
        };
        Self {
            signed_in: who.is_some(),
            links: who.as_ref().map_or_else(Vec::new, |w| links(w.0.role)),
            name: who.map(|w| w.0.name).unwrap_or_default(),
            here,
            synthetic: req.extensions().get::<Synthetic>().is_some_and(|s| s.0),
        }
    }

    /// Says across the top that all data is made up.
    pub fn synthetic(mut self, synthetic: bool) -> Self {
        self.synthetic = synthetic;
        self
    }
}

fn links(role: Role) -> Vec<(&'static str, &'static str)> {
    let all: [(&str, &str, &[Role]); 12] = [
        ("/vacancies", "Vacancies", &[Role::Admin, Role::Recruiter]),
        ("/agents", "Agents", &[Role::Admin, Role::Coach]),
        ("/praise/newest", "Praise", &[Role::Admin, Role::Coach]),
        (
            "/departments",
            "Departments",
            &[Role::Admin, Role::Analyst, Role::Coach, Role::Department],
        ),
        (
            "/overview",
            "Overview",
            &[Role::Admin, Role::Analyst, Role::Coach],
        ),
        ("/feedback", "Feedback", &[Role::Admin, Role::Analyst]),
        (
            "/taxonomy",
            "Themes",
            &[Role::Admin, Role::Analyst, Role::Coach],
        ),
        ("/validity", "Validity", &[Role::Admin, Role::Analyst]),
        (
            "/effect",
            "Did it help?",
            &[Role::Admin, Role::Analyst, Role::Coach],
        ),
        ("/people", "People", &[Role::Admin]),
        ("/audit", "Audit", &[Role::Admin]),
        ("/me", "My feedback", &[Role::Agent]),
    ];
    all.into_iter()
        .filter(|(_, _, roles)| roles.contains(&role))
        .map(|(path, name, _)| (path, name))
        .collect()
}

/// Where a person begins.
pub fn first_page(role: Role) -> &'static str {
    links(role).first().map_or("/account", |(path, _)| path)
}

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

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    frame: Frame,
    title: &'a str,
    detail: &'a str,
    status: u16,
    path: &'a str,
    posted: bool,
    request_id: &'a str,
}

/// The page for a failure.
pub fn error_page(
    request: &HttpRequest,
    status: StatusCode,
    detail: &str,
    request_id: &str,
) -> String {
    let title = match status.as_u16() {
        401 => "Please sign in",
        403 => "Not allowed",
        404 => "Not found",
        409 => "Not possible now",
        410 => "No longer valid",
        413 => "Too large",
        422 => "Please check what you entered",
        503 => "Busy",
        s if s >= 500 => "Something failed on our side",
        _ => "That did not work",
    };
    let page = ErrorPage {
        frame: Frame::of(request),
        title,
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

/// An embedded file.
///
/// # Errors
/// When there is none of this name.
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
