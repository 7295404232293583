//! `/agents/{id}/one-to-ones`: 1:1s of a coach with an agent; their actions are in
//! [`one_to_one_actions`](super::one_to_one_actions).

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Path},
};
use askama::Template;
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::views::record_view;
use crate::{
    accounts::Actor,
    coaching::{
        CoachingError,
        one_to_ones::{
            self,
            content::{
                ActionOwner, NewAction, NewOneToOne, OneToOne, OneToOneContent, OneToOneError,
                OneToOneState,
            },
        },
    },
    db::DbConnection,
    locale::{Localised, Message},
    types::{Id, Instant},
    web::{
        done::Done,
        error::{WebError, WebResult, of_actix},
        forms::{self, Refused},
        frame::Frame,
        idempotency::{IdempotencyHeader, created, idempotency},
        language::ReaderLocale,
        list::List,
        render::{confirmed, page, page_with_status},
        state::State,
    },
    workforce::{self, Agent},
};

/// Lines of a text field.
pub fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

/// The day in a date field; `None` if it is empty.
pub fn day(text: &str, problem: OneToOneError) -> Result<Option<NaiveDate>, WebError> {
    match text.trim() {
        "" => Ok(None),
        text => match text.parse() {
            Ok(day) => Ok(Some(day)),
            Err(_) => Err(CoachingError::from(problem).into()),
        },
    }
}

pub(super) fn address(agent: Id, id: Id) -> String {
    format!("/agents/{agent}/one-to-ones/{id}")
}

#[derive(Template)]
#[template(path = "one_to_ones.html")]
struct OneToOnesPage {
    frame: Frame,
    agent: Agent,
    one_to_ones: Vec<OneToOne>,
}

/// `GET /agents/{id}/one-to-ones`
pub async fn one_to_ones_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    let (id, reader) = (*id, actor.clone());
    let read = state.db.read(move |c| {
        let agent = workforce::agent(c, reader.organisation, id)?;
        let one_to_ones = one_to_ones::of_agent(c, &reader, id)?;
        Ok::<_, WebError>((agent, one_to_ones))
    });
    let (agent, one_to_ones) = read.await?;
    record_view(&state, actor, id).await?;
    page(&OneToOnesPage {
        frame: Frame::of(&req),
        agent,
        one_to_ones,
    })
}

/// Fields of the form that prepares a 1:1.
#[derive(Deserialize)]
pub struct NewForm {
    #[serde(default)]
    date: String,
    #[serde(default)]
    agenda: String,
    /// A ticked box.
    #[serde(default)]
    shared: Option<String>,
}

impl NewForm {
    fn read(&self) -> Result<NewOneToOne, WebError> {
        let date = day(&self.date, OneToOneError::Date)?;
        Ok(NewOneToOne {
            date: date.ok_or(CoachingError::from(OneToOneError::Date))?,
            agenda: Some(lines(&self.agenda)),
            shared: self.shared.is_some(),
        })
    }
}

#[derive(Template)]
#[template(path = "one_to_one_new.html")]
struct NewPage {
    frame: Frame,
    agent: Agent,
    form: NewForm,
    problem: Option<Message>,
}

/// `GET /agents/{id}/one-to-ones/new`
pub async fn new_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    ReaderLocale(locale): ReaderLocale,
    id: Path<Id>,
) -> WebResult {
    let (id, organisation, now) = (*id, actor.organisation, Instant::now());
    let propose = move |c: &mut _| one_to_ones::propose(c, &actor, id, locale, now);
    let agenda = state.db.read(propose).await?;
    let form = NewForm {
        date: now.date().to_string(),
        agenda: agenda.join("\n"),
        shared: None,
    };
    show_new(&state, &req, (organisation, id), form, None).await
}

async fn show_new(
    state: &State,
    req: &HttpRequest,
    (organisation, agent): (Id, Id),
    form: NewForm,
    problem: Option<WebError>,
) -> WebResult {
    let read = move |c: &mut DbConnection| workforce::agent(c, organisation, agent);
    let agent = state.db.read(read).await?;
    let ok = actix_web::http::StatusCode::OK;
    let status = problem.as_ref().map_or(ok, |problem| problem.code.status());
    let shown = NewPage {
        frame: Frame::of(req),
        agent,
        form,
        problem: problem.map(|problem| problem.message),
    };
    page_with_status(status, &shown)
}

/// `POST /agents/{id}/one-to-ones`
pub async fn create_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    ReaderLocale(locale): ReaderLocale,
    id: Path<Id>,
    form: Form<NewForm>,
) -> WebResult {
    let (form, agent, organisation) = (form.into_inner(), *id, actor.organisation);
    let result = match form.read() {
        Ok(new) => {
            let create = move |c: &mut _| {
                one_to_ones::create(c, &actor, agent, &new, locale, Instant::now())
            };
            state.db.write(create).await.map_err(WebError::from)
        }
        Err(problem) => Err(problem),
    };
    match result {
        Ok(made) => Ok(confirmed(&address(agent, made.id), Done::OneToOneCreated)),
        Err(problem) => {
            let refused = Refused::new(form, problem)?;
            let place = (organisation, agent);
            show_new(&state, &req, place, refused.form, Some(refused.problem)).await
        }
    }
}

/// Lists the 1:1s of an agent, newest first, at most 500. The view is recorded in the audit log.
#[utoipa::path(
    get,
    path = "/api/v1/agents/{id}/one-to-ones",
    tag = "Coaching",
    operation_id = "list_one_to_ones",
    params(("id" = Id, Path, description = "The agent")),
    responses((status = 200, body = List<OneToOne>))
)]
pub async fn one_to_ones_json(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
) -> Result<Json<List<OneToOne>>, WebError> {
    let (id, reader) = (*id, actor.clone());
    let read = move |c: &mut _| one_to_ones::of_agent(c, &reader, id);
    let items = state.db.read(read).await?;
    record_view(&state, actor, id).await?;
    Ok(Json(List::complete(items)))
}

/// A proposed agenda.
#[derive(Serialize, ToSchema)]
pub struct AgendaReply {
    lines: Vec<String>,
}

/// Returns the agenda that the agent's plan proposes for the next 1:1: what the agent sees, praise
/// to pass on, what they work on, promises, the next check-in, open actions and news of
/// departments.
#[utoipa::path(
    get,
    path = "/api/v1/agents/{id}/one-to-ones/agenda",
    tag = "Coaching",
    operation_id = "propose_agenda",
    params(("id" = Id, Path, description = "The agent")),
    responses((status = 200, body = AgendaReply))
)]
pub async fn agenda_json(
    state: Data<State>,
    actor: Actor,
    ReaderLocale(locale): ReaderLocale,
    id: Path<Id>,
) -> Result<Json<AgendaReply>, WebError> {
    let propose = move |c: &mut _| one_to_ones::propose(c, &actor, *id, locale, Instant::now());
    let lines = state.db.read(propose).await?;
    Ok(Json(AgendaReply { lines }))
}

/// Prepares a 1:1. The agent sees it after it was shared.
#[utoipa::path(
    post,
    path = "/api/v1/agents/{id}/one-to-ones",
    tag = "Coaching",
    operation_id = "create_one_to_one",
    params(("id" = Id, Path, description = "The agent"), IdempotencyHeader),
    request_body = NewOneToOne,
    responses(
        (status = 201, body = OneToOne),
        (status = 409, description = "`key_reused`"),
        (status = 422, description = "`invalid`: the date, or too many or too long lines")
    )
)]
pub async fn create_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    ReaderLocale(locale): ReaderLocale,
    id: Path<Id>,
    new: Result<Json<NewOneToOne>, actix_web::Error>,
) -> WebResult {
    let (organisation, agent) = (actor.organisation, *id);
    let read = move |c: &mut _| workforce::agent(c, organisation, agent);
    state.db.read(read).await?;
    let new = new.map_err(|e| of_actix(&e))?.into_inner();
    let content = serde_json::to_string(&new).map_err(|e| WebError::internal(&e))?;
    let key = idempotency(&req, &[&content])?;
    created(&state, &actor.clone(), key, move |c| {
        let now = Instant::now();
        Ok(one_to_ones::create(c, &actor, agent, &new, locale, now)?)
    })
    .await
}

/// Fields of the form that changes a 1:1.
#[derive(Deserialize)]
pub struct OneToOneForm {
    #[serde(default)]
    date: String,
    #[serde(default)]
    held_on: String,
    #[serde(default)]
    agenda: String,
    #[serde(default)]
    shared_notes: String,
    #[serde(default)]
    private_notes: String,
    /// A ticked box.
    #[serde(default)]
    shared: Option<String>,
    /// The button: "held" if it was held.
    #[serde(default)]
    state: String,
}

impl OneToOneForm {
    fn of(stored: &OneToOne, today: NaiveDate) -> Self {
        Self {
            date: stored.date.to_string(),
            held_on: stored.held_on.unwrap_or(stored.date.min(today)).to_string(),
            agenda: stored.agenda.join("\n"),
            shared_notes: stored.shared_notes.clone(),
            private_notes: stored.private_notes.clone().unwrap_or_default(),
            shared: stored.shared_at.map(|_| "on".to_owned()),
            state: String::new(),
        }
    }

    fn read(&self) -> Result<OneToOneContent, WebError> {
        let required = |text: &str, problem: fn() -> OneToOneError| {
            let day = day(text, problem())?;
            day.ok_or_else(|| WebError::from(CoachingError::from(problem())))
        };
        let held_on = match self.state.as_str() {
            "held" => Some(required(&self.held_on, || OneToOneError::HeldOn)?),
            _ => None,
        };
        Ok(OneToOneContent {
            date: required(&self.date, || OneToOneError::Date)?,
            held_on,
            agenda: lines(&self.agenda),
            shared_notes: self.shared_notes.clone(),
            private_notes: Some(self.private_notes.clone()),
            shared: self.shared.is_some(),
        })
    }
}

/// Fields of the form that adds an action.
#[derive(Default, Deserialize)]
pub struct ActionForm {
    #[serde(default)]
    action: String,
    #[serde(default)]
    owner: String,
    #[serde(default)]
    due: String,
}

impl ActionForm {
    pub(super) fn read(&self) -> Result<NewAction, WebError> {
        Ok(NewAction {
            action: self.action.clone(),
            owner: ActionOwner::parse(&self.owner).unwrap_or(ActionOwner::Agent),
            due: day(&self.due, OneToOneError::Due)?,
        })
    }
}

/// The form of the page that was refused.
pub(super) enum Entered {
    Content(OneToOneForm),
    Action(ActionForm),
}

#[derive(Template)]
#[template(path = "one_to_one.html")]
struct OneToOnePage {
    frame: Frame,
    agent: Agent,
    one: OneToOne,
    form: OneToOneForm,
    problem: Option<Message>,
    action: ActionForm,
    action_problem: Option<Message>,
    now: Instant,
}

impl OneToOnePage {
    fn is_held(&self) -> bool {
        self.one.state == OneToOneState::Held
    }
}

/// `GET /agents/{id}/one-to-ones/{one_to_one}`
pub async fn one_to_one_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    ids: Path<(Id, Id)>,
) -> WebResult {
    show(&state, &req, actor, ids.into_inner(), None).await
}

pub(super) async fn show(
    state: &State,
    req: &HttpRequest,
    actor: Actor,
    (agent, id): (Id, Id),
    refused: Option<Refused<Entered>>,
) -> WebResult {
    let (reader, now) = (actor.clone(), Instant::now());
    let read = state.db.read(move |c| {
        let one = one_to_ones::find(c, &reader, agent, id)?;
        let agent = workforce::agent(c, reader.organisation, agent)?;
        Ok::<_, WebError>((agent, one))
    });
    let (named, one) = read.await?;
    record_view(state, actor, agent).await?;
    let status = forms::status(refused.as_ref());
    let mut shown = OneToOnePage {
        frame: Frame::of(req),
        agent: named,
        form: OneToOneForm::of(&one, now.date()),
        one,
        problem: None,
        action: ActionForm::default(),
        action_problem: None,
        now,
    };
    match refused.map(Refused::into_parts) {
        Some((Entered::Content(form), problem)) => {
            (shown.form, shown.problem) = (form, Some(problem));
        }
        Some((Entered::Action(form), problem)) => {
            (shown.action, shown.action_problem) = (form, Some(problem));
        }
        None => {}
    }
    page_with_status(status, &shown)
}

/// `POST /agents/{id}/one-to-ones/{one_to_one}`
pub async fn change_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    ids: Path<(Id, Id)>,
    form: Form<OneToOneForm>,
) -> WebResult {
    let (form, ids) = (form.into_inner(), ids.into_inner());
    check(&state, actor.clone(), ids).await?;
    let result = match form.read() {
        Ok(content) => change(&state, actor.clone(), ids, content).await,
        Err(problem) => Err(problem),
    };
    match result {
        Ok(()) => Ok(confirmed(&address(ids.0, ids.1), Done::OneToOneSaved)),
        Err(problem) => {
            let refused = Refused::new(Entered::Content(form), problem)?;
            show(&state, &req, actor, ids, Some(refused)).await
        }
    }
}

/// Refuses what does not exist for the actor, before the body is read.
pub(super) async fn check(
    state: &State,
    actor: Actor,
    (agent, id): (Id, Id),
) -> Result<(), WebError> {
    let read = move |c: &mut DbConnection| one_to_ones::find(c, &actor, agent, id);
    state.db.read(read).await?;
    Ok(())
}

async fn change(
    state: &State,
    actor: Actor,
    ids: (Id, Id),
    content: OneToOneContent,
) -> Result<(), WebError> {
    let write = move |c: &mut _| one_to_ones::change(c, &actor, ids, &content, Instant::now());
    Ok(state.db.write(write).await?)
}

/// Returns a 1:1. Private notes are in it only for their author. The view is recorded in the audit
/// log.
#[utoipa::path(
    get,
    path = "/api/v1/agents/{id}/one-to-ones/{one_to_one}",
    tag = "Coaching",
    operation_id = "get_one_to_one",
    params(
        ("id" = Id, Path, description = "The agent"),
        ("one_to_one" = Id, Path, description = "The 1:1")
    ),
    responses((status = 200, body = OneToOne))
)]
pub async fn one_to_one_json(
    state: Data<State>,
    actor: Actor,
    ids: Path<(Id, Id)>,
) -> Result<Json<OneToOne>, WebError> {
    let (agent, id) = ids.into_inner();
    let reader = actor.clone();
    let read = move |c: &mut DbConnection| one_to_ones::find(c, &reader, agent, id);
    let one = state.db.read(read).await?;
    record_view(&state, actor, agent).await?;
    Ok(Json(one))
}

/// Changes a 1:1; only its author may. A day in `held_on` marks it as held.
#[utoipa::path(
    put,
    path = "/api/v1/agents/{id}/one-to-ones/{one_to_one}",
    tag = "Coaching",
    operation_id = "change_one_to_one",
    params(
        ("id" = Id, Path, description = "The agent"),
        ("one_to_one" = Id, Path, description = "The 1:1")
    ),
    request_body = OneToOneContent,
    responses(
        (status = 204, description = "Stored"),
        (status = 409, description = "`conflict`: somebody else prepared it"),
        (status = 422, description = "`invalid`: a day, or a text that is too long")
    )
)]
pub async fn change_json(
    state: Data<State>,
    actor: Actor,
    ids: Path<(Id, Id)>,
    content: Result<Json<OneToOneContent>, actix_web::Error>,
) -> WebResult {
    let ids = ids.into_inner();
    check(&state, actor.clone(), ids).await?;
    let content = content.map_err(|e| of_actix(&e))?.into_inner();
    change(&state, actor, ids, content).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn delete(state: &State, actor: Actor, (agent, id): (Id, Id)) -> Result<(), WebError> {
    let delete = move |c: &mut _| one_to_ones::delete(c, &actor, agent, id, Instant::now());
    Ok(state.db.write(delete).await?)
}

/// `POST /agents/{id}/one-to-ones/{one_to_one}/delete`
pub async fn delete_form(state: Data<State>, actor: Actor, ids: Path<(Id, Id)>) -> WebResult {
    let ids = ids.into_inner();
    delete(&state, actor, ids).await?;
    Ok(confirmed(
        &format!("/agents/{}/one-to-ones", ids.0),
        Done::OneToOneDeleted,
    ))
}

/// Deletes a 1:1 with its notes and actions within a day of its creation; only its author may.
#[utoipa::path(
    post,
    path = "/api/v1/agents/{id}/one-to-ones/{one_to_one}/delete",
    tag = "Coaching",
    operation_id = "delete_one_to_one",
    params(
        ("id" = Id, Path, description = "The agent"),
        ("one_to_one" = Id, Path, description = "The 1:1")
    ),
    responses(
        (status = 204, description = "Deleted"),
        (status = 409, description = "`conflict`: created more than a day ago, or by somebody else")
    )
)]
pub async fn delete_json(state: Data<State>, actor: Actor, ids: Path<(Id, Id)>) -> WebResult {
    delete(&state, actor, ids.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}
