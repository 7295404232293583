//! `/me/plans/{id}/tally`: how often an agent did the behaviour that their plan works on.

use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Path},
};
use askama::Template;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    accounts::Actor,
    coaching::{
        CoachingError,
        document::own_tally::picture,
        own_tallies::{self, MyTally},
        own_tally::{LONGEST_NOTE, MOST_CONTACTS, NewTallyDay, OwnTally, OwnTallyError, TallyDay},
    },
    documents::html,
    locale::Message,
    types::{Id, Instant},
    web::{
        done::Done,
        error::{WebError, WebResult, of_actix},
        forms::{self, Refused},
        frame::Frame,
        idempotency::{IdempotencyHeader, created, idempotency},
        render::{confirmed, page_with_status},
        state::State,
    },
};

/// Fields of the form: `theme`, `date`, `opportunities`, `done` and `note`.
#[derive(Default)]
struct TallyForm(BTreeMap<String, String>);

impl TallyForm {
    fn field(&self, name: &str) -> &str {
        self.0.get(name).map_or("", |value| value.trim())
    }

    fn read(&self) -> Result<NewTallyDay, OwnTallyError> {
        let contacts = |name| {
            let number = self.field(name).parse();
            number.map_err(|_e| OwnTallyError::Counts)
        };
        let date = self.field("date").parse();
        Ok(NewTallyDay {
            theme: self.field("theme").to_owned(),
            date: Some(date.map_err(|_e| OwnTallyError::Date)?),
            opportunities: contacts("opportunities")?,
            done: contacts("done")?,
            note: self.field("note").to_owned(),
        })
    }
}

#[derive(Template)]
#[template(path = "me_tally.html")]
struct TallyPage {
    frame: Frame,
    tally: MyTally,
    now: Instant,
    form: TallyForm,
    problem: Option<Message>,
}

impl TallyPage {
    const MOST_CONTACTS: u32 = MOST_CONTACTS;
    const LONGEST_NOTE: usize = LONGEST_NOTE;

    /// The chart of an area as HTML.
    fn chart(&self, tally: &OwnTally) -> String {
        html::picture(&picture(tally, self.frame.locale))
    }

    /// Date as entered; today in a new form.
    fn date(&self) -> String {
        match self.form.field("date") {
            "" => self.tally.today.to_string(),
            entered => entered.to_owned(),
        }
    }

    /// Name of the area of a day, where there are several.
    fn area(&self, day: &TallyDay) -> Option<&str> {
        let mut areas = self.tally.areas.iter();
        let area = areas.find(|area| area.theme == day.theme)?;
        (self.tally.areas.len() > 1).then_some(&area.name)
    }
}

/// `GET /me/plans/{id}/tally`
pub async fn tally_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    show(&state, &req, actor, *id, None).await
}

async fn my_tally(state: &State, actor: Actor, plan: Id) -> Result<MyTally, WebError> {
    let read = move |c: &mut _| own_tallies::my_tally(c, &actor, plan, Instant::now());
    Ok(state.db.read(read).await?)
}

async fn show(
    state: &State,
    req: &HttpRequest,
    actor: Actor,
    plan: Id,
    refused: Option<Refused<TallyForm>>,
) -> WebResult {
    let tally = my_tally(state, actor, plan).await?;
    let status = forms::status(refused.as_ref());
    let (form, problem) = refused.map(Refused::into_parts).unzip();
    let shown = TallyPage {
        frame: Frame::of(req),
        tally,
        now: Instant::now(),
        form: form.unwrap_or_default(),
        problem,
    };
    page_with_status(status, &shown)
}

/// `POST /me/plans/{id}/tally`
pub async fn record_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    form: Form<BTreeMap<String, String>>,
) -> WebResult {
    let form = TallyForm(form.into_inner());
    match record(&state, actor.clone(), *id, &form).await {
        Ok(()) => Ok(confirmed(
            &format!("/me/plans/{id}/tally"),
            Done::TallySaved,
        )),
        Err(problem) => {
            let refused = Refused::new(form, problem)?;
            show(&state, &req, actor, *id, Some(refused)).await
        }
    }
}

async fn record(state: &State, actor: Actor, plan: Id, form: &TallyForm) -> Result<(), WebError> {
    let new = form.read().map_err(CoachingError::from)?;
    let record = move |c: &mut _| own_tallies::record(c, &actor, plan, &new, Instant::now());
    state.db.write(record).await?;
    Ok(())
}

/// Returns the agent's own tally of a plan: the days that were recorded, newest first, and their
/// sums by week.
#[utoipa::path(
    get,
    path = "/api/v1/me/plans/{id}/tally",
    tag = "Agent",
    operation_id = "get_my_tally",
    params(("id" = Id, Path, description = "The plan")),
    responses((status = 200, body = MyTally))
)]
pub async fn tally_json(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
) -> Result<Json<MyTally>, WebError> {
    Ok(Json(my_tally(&state, actor, *id).await?))
}

/// Records how often the agent did the behaviour of an area on a day. A second entry for the day
/// replaces the first, within a day of it.
#[utoipa::path(
    post,
    path = "/api/v1/me/plans/{id}/tally",
    tag = "Agent",
    operation_id = "record_tally",
    params(("id" = Id, Path, description = "The plan"), IdempotencyHeader),
    request_body = NewTallyDay,
    responses(
        (status = 201, body = TallyDay),
        (status = 409, description = "`conflict`: the plan is not open, or the day was entered \
            more than a day ago; `key_reused`"),
        (status = 422, description = "`invalid`: no such area, or date or numbers are not possible")
    )
)]
pub async fn record_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    new: Result<Json<NewTallyDay>, actix_web::Error>,
) -> WebResult {
    my_tally(&state, actor.clone(), *id).await?;
    let new = new.map_err(|e| of_actix(&e))?.into_inner();
    let content = serde_json::to_string(&new).map_err(|e| WebError::internal(&e))?;
    let key = idempotency(&req, &[&content])?;
    created(&state, &actor.clone(), key, move |c| {
        Ok(own_tallies::record(c, &actor, *id, &new, Instant::now())?)
    })
    .await
}

async fn delete(state: &State, actor: Actor, plan: Id, day: Id) -> Result<(), WebError> {
    let delete = move |c: &mut _| own_tallies::delete(c, &actor, plan, day, Instant::now());
    Ok(state.db.write(delete).await?)
}

/// `POST /me/plans/{id}/tally/{day}/delete`
pub async fn delete_form(state: Data<State>, actor: Actor, ids: Path<(Id, Id)>) -> WebResult {
    let (plan, day) = ids.into_inner();
    delete(&state, actor, plan, day).await?;
    Ok(confirmed(
        &format!("/me/plans/{plan}/tally"),
        Done::TallyDeleted,
    ))
}

/// Deletes a day of the agent's own tally, within a day of its first entry.
#[utoipa::path(
    post,
    path = "/api/v1/me/plans/{id}/tally/{day}/delete",
    tag = "Agent",
    operation_id = "delete_tally",
    params(
        ("id" = Id, Path, description = "The plan"),
        ("day" = Id, Path, description = "The entry")
    ),
    responses(
        (status = 204, description = "Deleted"),
        (status = 409, description = "`conflict`: entered more than a day ago")
    )
)]
pub async fn delete_json(state: Data<State>, actor: Actor, ids: Path<(Id, Id)>) -> WebResult {
    let (plan, day) = ids.into_inner();
    delete(&state, actor, plan, day).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Whether the coach sees the sums by week of the agent's own tally.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TallySharing {
    shared: bool,
}

async fn share(state: &State, actor: Actor, plan: Id, shared: bool) -> Result<(), WebError> {
    let share = move |c: &mut _| own_tallies::share(c, &actor, plan, shared, Instant::now());
    Ok(state.db.write(share).await?)
}

/// `POST /me/plans/{id}/tally/sharing`
pub async fn share_form(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
    form: Form<BTreeMap<String, String>>,
) -> WebResult {
    let shared = form.get("shared").is_some_and(|value| value == "yes");
    share(&state, actor, *id, shared).await?;
    Ok(confirmed(
        &format!("/me/plans/{id}/tally"),
        Done::TallySharingSaved,
    ))
}

/// Shows the sums by week of the agent's own tally to coaches, or withdraws that.
#[utoipa::path(
    post,
    path = "/api/v1/me/plans/{id}/tally/sharing",
    tag = "Agent",
    operation_id = "share_tally",
    params(("id" = Id, Path, description = "The plan")),
    request_body = TallySharing,
    responses((status = 200, body = MyTally))
)]
pub async fn share_json(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
    sharing: Result<Json<TallySharing>, actix_web::Error>,
) -> Result<Json<MyTally>, WebError> {
    my_tally(&state, actor.clone(), *id).await?;
    let shared = sharing.map_err(|e| of_actix(&e))?.shared;
    share(&state, actor.clone(), *id, shared).await?;
    Ok(Json(my_tally(&state, actor, *id).await?))
}
