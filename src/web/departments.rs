//! `/departments`: themes by the department that owns them.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Path},
};
use askama::Template;
use serde::Deserialize;

use super::{
    error::{Code, WebError, WebResult},
    frame::Frame,
    render::{page, see_other},
    state::State,
};
use crate::{
    accounts::{self, Actor},
    db::DbConnection,
    feedback::{self, Period},
    locale::Localised,
    praise::{
        Status,
        departments::{self, OwnedTheme},
    },
    types::Instant,
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
    /// Whose list it is, for somebody actor speaks for one department.
    own: Option<String>,
    /// Whether that department owns a theme at all.
    known: bool,
}

fn listed(c: &mut DbConnection, actor: &Actor) -> Result<(Vec<OwnedTheme>, Period), WebError> {
    let period = feedback::latest_period(c, actor.organisation, DAYS, Instant::now())?;
    Ok((departments::owned_themes(c, actor, period)?, period))
}

/// `GET /departments`
pub async fn departments_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    let read = state.db.read(move |c| {
        let own = accounts::department_of(c, &actor)?;
        let owners = departments::owners(c, actor.organisation)?;
        let known = own.as_ref().is_none_or(|own| owners.contains(own));
        let (items, period) = listed(c, &actor)?;
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
pub async fn departments_json(state: Data<State>, actor: Actor) -> WebResult {
    let (items, period) = state.db.read(move |c| listed(c, &actor)).await?;
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

async fn say(state: &State, actor: Actor, theme: String, form: WordForm) -> Result<(), WebError> {
    let status = Status::parse(&form.status).ok_or_else(|| {
        WebError::verbatim(Code::Invalid, "Choose where it stands from the list.")
    })?;
    state
        .db
        .write(move |c| {
            Ok::<_, WebError>(departments::update(
                c,
                &actor,
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
    actor: Actor,
    theme: Path<String>,
    form: Form<WordForm>,
) -> WebResult {
    say(&state, actor, theme.into_inner(), form.into_inner()).await?;
    Ok(see_other("/departments"))
}

/// `POST /api/v1/departments/{theme}`
pub async fn word_json(
    state: Data<State>,
    actor: Actor,
    theme: Path<String>,
    form: Json<WordForm>,
) -> WebResult {
    say(&state, actor, theme.into_inner(), form.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}
