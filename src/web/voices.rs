//! What customers said, on its way to whom it belongs: praise to agents, process to departments, insults to nobody.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Path},
};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use super::{
    State,
    auth::Who,
    error::{Code, WebError, WebResult},
    render::{Frame, attachment, page, see_other},
};
use crate::{
    accounts,
    coaching::{self, CoachingError, Format},
    db::DbConnection,
    documents::{html, model::Document},
    feedback::{self, Period},
    praise::{
        Status,
        departments::{self, OwnedTheme},
        digest,
        moderation::{self, Held},
        weekly,
    },
    types::{Id, Instant},
    workforce,
};

/// Days of feedback that the departments' list is made from.
const DAYS: i64 = 90;

#[derive(Template)]
#[template(path = "departments.html")]
struct DepartmentsPage {
    frame: Frame,
    /// Owner, and what is theirs.
    owners: Vec<(String, Vec<OwnedTheme>)>,
    period: Period,
    /// Whose list it is, for somebody who speaks for one department.
    own: Option<String>,
    /// Whether that department owns a theme at all.
    known: bool,
}

fn listed(c: &mut DbConnection, who: &Who) -> Result<(Vec<OwnedTheme>, Period), WebError> {
    let period = feedback::latest_period(c, who.0.organisation, DAYS, Instant::now())?;
    Ok((departments::owned_themes(c, &who.0, period)?, period))
}

/// `GET /departments`
pub async fn departments_page(state: Data<State>, req: HttpRequest, who: Who) -> WebResult {
    let read = state.db.read(move |c| {
        let own = accounts::department_of(c, &who.0)?;
        let owners = departments::owners(c, who.0.organisation)?;
        let known = own.as_ref().is_none_or(|own| owners.contains(own));
        let (items, period) = listed(c, &who)?;
        Ok::<_, WebError>((items, period, own, known))
    });
    let (items, period, own, known) = read.await?;
    let mut owners: Vec<(String, Vec<OwnedTheme>)> = Vec::new();
    for item in items {
        match owners.iter_mut().find(|(owner, _)| *owner == item.owner) {
            Some((_, list)) => list.push(item),
            None => owners.push((item.owner.clone(), vec![item])),
        }
    }
    page(&DepartmentsPage {
        frame: Frame::of(&req),
        owners,
        period,
        own,
        known,
    })
}

/// `GET /api/v1/departments`
pub async fn departments_json(state: Data<State>, who: Who) -> WebResult {
    let (items, period) = state.db.read(move |c| listed(c, &who)).await?;
    Ok(HttpResponse::Ok()
        .json(serde_json::json!({ "items": items, "period": period, "next": null })))
}

#[derive(Deserialize)]
pub struct WordForm {
    #[serde(default)]
    status: String,
    #[serde(default)]
    note: String,
}

async fn say(state: &State, who: Who, theme: String, form: WordForm) -> Result<(), WebError> {
    let status = Status::parse(&form.status)
        .ok_or_else(|| WebError::new(Code::Invalid, "Choose where it stands from the list."))?;
    state
        .db
        .write(move |c| {
            Ok::<_, WebError>(departments::update(
                c,
                &who.0,
                &theme,
                status,
                &form.note,
                Instant::now(),
            )?)
        })
        .await
}

/// `POST /departments/{theme}`
pub async fn word_form(
    state: Data<State>,
    who: Who,
    theme: Path<String>,
    form: Form<WordForm>,
) -> WebResult {
    say(&state, who, theme.into_inner(), form.into_inner()).await?;
    Ok(see_other("/departments"))
}

/// `POST /api/v1/departments/{theme}`
pub async fn word_json(
    state: Data<State>,
    who: Who,
    theme: Path<String>,
    form: Json<WordForm>,
) -> WebResult {
    say(&state, who, theme.into_inner(), form.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
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
    held: Vec<Held>,
}

/// The week named by a day, or the newest with feedback.
async fn week(state: &State, organisation: Id, day: Option<NaiveDate>) -> Result<Period, WebError> {
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
            let document = digest::praise_digest(c, organisation, &agents, week)?;
            let month = Period {
                from: week.to.plus(chrono::Duration::days(-30)),
                to: week.to,
            };
            Ok((document, week, moderation::held(c, organisation, month)?))
        })
        .await
}

/// A week in a path: a day of it, or "newest".
fn named(text: &str) -> Result<Option<NaiveDate>, WebError> {
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
    who: Who,
    path: Path<String>,
) -> WebResult {
    let organisation = who.0.organisation;
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

async fn file(document: Document, name: &str, ending: &str) -> WebResult {
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
pub async fn praise_file(state: Data<State>, who: Who, path: Path<(String, String)>) -> WebResult {
    let (day, ending) = path.into_inner();
    let (document, week, _) = whole_digest(&state, who.0.organisation, named(&day)?).await?;
    file(document, &format!("praise-{}", week.to.date()), &ending).await
}

/// `GET /me/praise/{week}/digest.{format}`: the agent's own.
pub async fn my_praise_file(
    state: Data<State>,
    who: Who,
    path: Path<(String, String)>,
) -> WebResult {
    let (day, ending) = path.into_inner();
    let agent = who.0.agent.ok_or(CoachingError::NoPlan)?;
    let organisation = who.0.organisation;
    let week = week(&state, organisation, named(&day)?).await?;
    let document = state
        .db
        .read(move |c| {
            let agent = workforce::agent(c, organisation, agent)?;
            digest::praise_digest(c, organisation, &[agent], week)
        })
        .await?;
    file(document, &format!("praise-{}", week.to.date()), &ending).await
}

#[derive(Deserialize)]
pub struct ModerationForm {
    #[serde(default)]
    released: String,
    #[serde(default)]
    reason: String,
}

async fn moderate(state: &State, who: Who, id: Id, form: ModerationForm) -> Result<(), WebError> {
    let released = form.released == "yes";
    Ok(state
        .db
        .write(move |c| moderation::decide(c, &who.0, id, released, &form.reason, Instant::now()))
        .await?)
}

/// `POST /comments/{id}/moderation`
pub async fn moderation_form(
    state: Data<State>,
    who: Who,
    id: Path<Id>,
    form: Form<ModerationForm>,
) -> WebResult {
    moderate(&state, who, *id, form.into_inner()).await?;
    Ok(see_other("/praise/newest"))
}

/// `POST /api/v1/comments/{id}/moderation`
pub async fn moderation_json(
    state: Data<State>,
    who: Who,
    id: Path<Id>,
    form: Json<ModerationForm>,
) -> WebResult {
    moderate(&state, who, *id, form.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}
