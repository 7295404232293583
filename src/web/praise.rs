//! `/praise`: praise of a week.

use actix_web::{
    HttpRequest,
    web::{Data, Path},
};
use askama::Template;
use chrono::NaiveDate;

use super::{
    downloads::{self, DocumentFile},
    error::{WebError, WebResult},
    forms::{self, Refused},
    frame::Frame,
    language::ReaderLocale,
    render::page_with_status,
    state::State,
};
use crate::{
    accounts::Actor,
    coaching::Format,
    documents::{html, model::Document},
    feedback::{self, Period},
    locale::{Locale, Message},
    msg,
    praise::{
        digest,
        moderation::{self, ModeratedComment},
        weekly,
    },
    types::{Id, Instant},
    workforce,
};

/// A decision about a comment, as entered.
pub(super) struct Moderation {
    /// The feedback with the comment.
    pub id: Id,
    /// Whether the comment was to be passed on.
    pub pass_on: bool,
}

#[derive(Template)]
#[template(path = "praise.html")]
struct PraisePage {
    frame: Frame,
    document: Document,
    body: String,
    monday: NaiveDate,
    earlier: NaiveDate,
    /// The week after, unless it is yet to come.
    later: Option<NaiveDate>,
    /// Withheld comments and those that somebody decided about.
    moderated: Vec<ModeratedComment>,
    refused: Option<Refused<Moderation>>,
}

impl PraisePage {
    /// Day of a comment, and what was decided about it.
    fn decided(&self, comment: &ModeratedComment) -> Message {
        let day = comment.at.date();
        match comment.released {
            None => msg!("withheld-day", day = day),
            Some(true) => msg!("withheld-passed-on", day = day),
            Some(false) => msg!("withheld-by-person", day = day),
        }
    }

    /// The refused decision about a comment.
    fn refused(&self, comment: &ModeratedComment) -> Option<&Refused<Moderation>> {
        self.refused.as_ref().filter(|r| r.form.id == comment.id)
    }

    fn problem(&self, comment: &ModeratedComment) -> Option<&Message> {
        self.refused(comment).map(|r| &r.problem.message)
    }

    /// Whether the form of a comment is set to pass it on.
    fn passes_on(&self, comment: &ModeratedComment) -> bool {
        self.refused(comment).is_some_and(|r| r.form.pass_on)
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
    locale: &'static Locale,
) -> Result<(Document, Period, Vec<ModeratedComment>), WebError> {
    let week = week(state, organisation, day).await?;
    state
        .db
        .read(move |c| {
            let agents = workforce::agents(c, organisation)?;
            let document = digest::praise_digest(c, organisation, &agents, week, locale)?;
            let month = Period {
                from: week.to.plus(chrono::Duration::days(-30)),
                to: week.to,
            };
            Ok((
                document,
                week,
                moderation::moderated(c, organisation, month)?,
            ))
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
    refused: Option<Refused<Moderation>>,
) -> WebResult {
    let frame = Frame::of(req);
    let digest = whole_digest(state, actor.organisation, day, frame.locale);
    let (document, week, moderated) = digest.await?;
    let (monday, _) = feedback::period::week_of(week.to.date());
    let status = forms::status(refused.as_ref());
    let shown = PraisePage {
        frame,
        body: html::fragment(&document),
        document,
        monday,
        earlier: monday - chrono::Duration::days(7),
        later: Some(monday + chrono::Duration::days(7)).filter(|day| *day <= Instant::now().date()),
        moderated,
        refused,
    };
    page_with_status(status, &shown)
}

/// Returns the praise of a week as a document.
#[utoipa::path(
    get,
    path = "/api/v1/praise/{week}/digest.{format}",
    tag = "Feedback",
    operation_id = "download_praise",
    params(
        ("week" = String, Path, description = "A day of the week, or `newest`", example = "newest"),
        ("format" = inline(Format), Path, description = "Format of the document")
    ),
    responses(DocumentFile)
)]
pub async fn praise_file(
    state: Data<State>,
    actor: Actor,
    ReaderLocale(locale): ReaderLocale,
    path: Path<(String, Format)>,
) -> WebResult {
    let (day, format) = path.into_inner();
    let digest = whole_digest(&state, actor.organisation, named(&day)?, locale);
    let (document, week, _) = digest.await?;
    let name = format!("praise-{}", week.to.date());
    downloads::document(&name, format, document).await
}
