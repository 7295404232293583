//! `/praise`: praise of a week.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Path},
};
use askama::Template;
use chrono::NaiveDate;

use super::{
    error::{WebError, WebResult},
    frame::Frame,
    render::{attachment, page_with_status},
    state::State,
};
use crate::{
    accounts::Actor,
    coaching::{self, Format},
    documents::{html, model::Document},
    feedback::{self, Period},
    locale::{Locale, Message},
    msg,
    praise::{
        digest,
        moderation::{self, Held},
        weekly,
    },
    types::{Id, Instant},
    workforce,
};

/// A refused decision about a comment.
pub(super) struct Refused {
    /// The feedback with the comment.
    pub id: Id,
    /// Whether the comment was to be passed on.
    pub pass_on: bool,
    pub problem: WebError,
}

#[derive(Template)]
#[template(path = "praise.html")]
struct PraisePage {
    frame: Frame,
    document: Document,
    body: String,
    monday: NaiveDate,
    earlier: NaiveDate,
    later: NaiveDate,
    /// Withheld comments and those that somebody decided about.
    held: Vec<Held>,
    refused: Option<Refused>,
}

impl PraisePage {
    /// Day of a comment, and what was decided about it.
    fn decided(&self, held: &Held) -> Message {
        let day = held.at.date();
        match held.released {
            None => msg!("withheld-day", day = day),
            Some(true) => msg!("withheld-passed-on", day = day),
            Some(false) => msg!("withheld-by-person", day = day),
        }
    }

    /// The refused decision about a comment.
    fn refused(&self, held: &Held) -> Option<&Refused> {
        self.refused.as_ref().filter(|r| r.id == held.id)
    }

    /// Whether the form of a comment is set to pass it on.
    fn passes_on(&self, held: &Held) -> bool {
        self.refused(held).is_some_and(|refused| refused.pass_on)
    }
}

/// The week named by a day, or the newest with feedback.
pub(super) async fn week(
    state: &State,
    organisation: Id,
    day: Option<NaiveDate>,
) -> Result<Period, WebError> {
    if let Some(day) = day {
        return Ok(feedback::period::week(day));
    }
    Ok(state
        .db
        .read(move |c| weekly::newest_week(c, organisation, Instant::now()))
        .await?)
}

async fn whole_digest(
    state: &State,
    organisation: Id,
    day: Option<NaiveDate>,
) -> Result<(Document, Period, Vec<Held>), WebError> {
    let week = week(state, organisation, day).await?;
    state
        .db
        .read(move |c| {
            let agents = workforce::agents(c, organisation)?;
            let document =
                digest::praise_digest(c, organisation, &agents, week, Locale::english())?;
            let month = Period {
                from: week.to.plus(chrono::Duration::days(-30)),
                to: week.to,
            };
            Ok((document, week, moderation::held(c, organisation, month)?))
        })
        .await
}

/// A week in a path: a day of it, or "newest".
pub(super) fn named(text: &str) -> Result<Option<NaiveDate>, WebError> {
    match text {
        "newest" => Ok(None),
        // Far from the ends of the calendar, so that a week has both its ends.
        day => match day.parse::<NaiveDate>() {
            Ok(day) if (1990..2200).contains(&chrono::Datelike::year(&day)) => Ok(Some(day)),
            _ => Err(WebError::not_found()),
        },
    }
}

/// `GET /praise/{week}`
pub async fn praise_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    path: Path<String>,
) -> WebResult {
    show(&state, &req, &actor, named(&path)?, None).await
}

/// Shows the praise of the week with a day in it, or of the newest week.
pub(super) async fn show(
    state: &State,
    req: &HttpRequest,
    actor: &Actor,
    day: Option<NaiveDate>,
    refused: Option<Refused>,
) -> WebResult {
    let (document, week, held) = whole_digest(state, actor.organisation, day).await?;
    let (monday, _) = feedback::period::week_of(week.to.date());
    let status = refused.as_ref().map(|r| r.problem.code.status());
    let shown = PraisePage {
        frame: Frame::of(req),
        body: html::fragment(&document),
        document,
        monday,
        earlier: monday - chrono::Duration::days(7),
        later: monday + chrono::Duration::days(7),
        held,
        refused,
    };
    page_with_status(status.unwrap_or(StatusCode::OK), &shown)
}

/// Renders a document as a file that no shared cache keeps.
pub(super) async fn file(document: Document, name: &str, ending: &str) -> WebResult {
    let format = Format::parse(ending)?;
    let rendered = actix_web::web::block(move || coaching::render_document(&document, format));
    let bytes = rendered.await.map_err(|e| WebError::internal(&e))??;
    Ok(private(attachment(
        &format!("{name}.{ending}"),
        format.media_type(),
        bytes,
    )))
}

/// Keeps a response out of shared caches.
pub fn private(mut response: HttpResponse) -> HttpResponse {
    let value = actix_web::http::header::HeaderValue::from_static("private, no-store");
    response
        .headers_mut()
        .insert(actix_web::http::header::CACHE_CONTROL, value);
    response
}

/// Returns the praise of a week as a document.
#[utoipa::path(
    get,
    path = "/api/v1/praise/{week}/digest.{format}",
    tag = "Feedback",
    operation_id = "download_praise",
    params(
        ("week" = String, Path, description = "A day of the week, or `newest`", example = "newest"),
        ("format" = String, Path, description = "pdf, docx, html, md or json", example = "pdf")
    ),
    responses((
        status = 200,
        description = "The document",
        body = Vec<u8>,
        content_type = "application/octet-stream"
    ))
)]
pub async fn praise_file(
    state: Data<State>,
    actor: Actor,
    path: Path<(String, String)>,
) -> WebResult {
    let (day, ending) = path.into_inner();
    let (document, week, _) = whole_digest(&state, actor.organisation, named(&day)?).await?;
    file(document, &format!("praise-{}", week.to.date()), &ending).await
}
