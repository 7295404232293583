//! `/praise`: praise of a week.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Path},
};
use askama::Template;
use chrono::NaiveDate;

use super::{
    error::{WebError, WebResult},
    frame::Frame,
    render::{attachment, page},
    state::State,
};
use crate::{
    accounts::Actor,
    coaching::{self, Format},
    documents::{html, model::Document},
    feedback::{self, Period},
    locale::Locale,
    praise::{
        digest,
        moderation::{self, Held},
        weekly,
    },
    types::{Id, Instant},
    workforce,
};

#[derive(Template)]
#[template(path = "praise.html")]
struct PraisePage {
    frame: Frame,
    document: Document,
    body: String,
    monday: NaiveDate,
    earlier: NaiveDate,
    later: NaiveDate,
    held: Vec<Held>,
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
    let organisation = actor.organisation;
    let (document, week, held) = whole_digest(&state, organisation, named(&path)?).await?;
    let (monday, _) = feedback::period::week_of(week.to.date());
    page(&PraisePage {
        frame: Frame::of(&req),
        body: html::fragment(&document),
        document,
        monday,
        earlier: monday - chrono::Duration::days(7),
        later: monday + chrono::Duration::days(7),
        held,
    })
}

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

/// Not for caches that others share.
pub fn private(mut response: HttpResponse) -> HttpResponse {
    let value = actix_web::http::header::HeaderValue::from_static("private, no-store");
    response
        .headers_mut()
        .insert(actix_web::http::header::CACHE_CONTROL, value);
    response
}

/// `GET /praise/{week}/digest.{format}` and the same under `/api/v1`
pub async fn praise_file(
    state: Data<State>,
    actor: Actor,
    path: Path<(String, String)>,
) -> WebResult {
    let (day, ending) = path.into_inner();
    let (document, week, _) = whole_digest(&state, actor.organisation, named(&day)?).await?;
    file(document, &format!("praise-{}", week.to.date()), &ending).await
}
