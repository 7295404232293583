//! `/people/{id}/suspend`, `/resume` and `/close`: accounts of people who are away or leave.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Path},
};
use askama::Template;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    done::Done,
    error::{WebError, WebResult},
    forms::{self, Refused},
    frame::Frame,
    person::{self, RefusedForms},
    render::{confirmed, page_with_status},
    state::State,
};
use crate::{
    accounts::{self, AccountsError, Actor, Person},
    coaching::one_to_ones::handover::OpenOneToOne,
    db::DbConnection,
    handover::{self, HandoverError, OpenWork},
    locale::Message,
    msg,
    types::{Id, Instant},
};

/// A change of an account's state.
type Change = fn(&mut DbConnection, &Actor, Id, Instant) -> Result<(), AccountsError>;

async fn change(state: &State, actor: Actor, id: Id, change: Change) -> Result<(), WebError> {
    let write = move |c: &mut DbConnection| change(c, &actor, id, Instant::now());
    Ok(state.db.write(write).await?)
}

async fn change_on_page(
    state: &State,
    req: &HttpRequest,
    actor: Actor,
    id: Id,
    (made, done): (Change, Done),
) -> WebResult {
    match change(state, actor.clone(), id, made).await {
        Ok(()) => Ok(confirmed(&format!("/people/{id}"), done)),
        Err(problem) => {
            let refused = RefusedForms {
                state: Some(Refused::new((), problem)?),
                ..RefusedForms::default()
            };
            person::show(state, req, &actor, id, refused).await
        }
    }
}

/// `POST /people/{id}/suspend`
pub async fn suspend_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    let suspend = (accounts::suspend as Change, Done::AccountSuspended);
    change_on_page(&state, &req, actor, *id, suspend).await
}

/// Suspends an account: the person is signed out at once and cannot sign in until it is resumed.
#[utoipa::path(
    post,
    path = "/api/v1/people/{id}/suspend",
    tag = "Account",
    operation_id = "suspend_person",
    params(("id" = Id, Path, description = "The account")),
    responses(
        (status = 204, description = "Suspended"),
        (
            status = 409,
            description = "`last_administrator`; `step_refused`: it is not active, or it is your own"
        )
    )
)]
pub async fn suspend_json(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    change(&state, actor, *id, accounts::suspend).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /people/{id}/resume`
pub async fn resume_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    let resume = (accounts::resume as Change, Done::AccountResumed);
    change_on_page(&state, &req, actor, *id, resume).await
}

/// Makes a suspended or closed account active again. Work that was handed over is not returned.
#[utoipa::path(
    post,
    path = "/api/v1/people/{id}/resume",
    tag = "Account",
    operation_id = "resume_person",
    params(("id" = Id, Path, description = "The account")),
    responses(
        (status = 204, description = "Active"),
        (status = 409, description = "`step_refused`: it is active")
    )
)]
pub async fn resume_json(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    change(&state, actor, *id, accounts::resume).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Somebody who can take over, in a list.
struct Choice {
    id: Id,
    name: String,
    selected: bool,
}

#[derive(Template)]
#[template(path = "close_account.html")]
struct ClosePage {
    frame: Frame,
    person: Person,
    work: OpenWork,
    successors: Vec<Choice>,
    problem: Option<Message>,
}

impl ClosePage {
    fn one_to_one(one: &OpenOneToOne) -> Message {
        match one.open_actions {
            0 => msg!("close-one-to-one", name = &one.agent, date = one.date),
            count => msg!(
                "close-open-actions",
                name = &one.agent,
                date = one.date,
                count = count
            ),
        }
    }
}

/// `GET /people/{id}/close`
pub async fn close_page(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    show(&state, &req, actor, *id, None).await
}

async fn show(
    state: &State,
    req: &HttpRequest,
    actor: Actor,
    id: Id,
    refused: Option<Refused<CloseForm>>,
) -> WebResult {
    let read = move |c: &mut DbConnection| {
        let person = accounts::person(c, actor.organisation, id)?;
        accounts::check_can_be_closed(&actor, &person)?;
        let work = handover::open_work(c, &actor, id, Instant::now())?;
        let successors = handover::successors(c, &actor, id, &work)?;
        Ok::<_, HandoverError>((person, work, successors))
    };
    let (person, work, successors) = state.db.read(read).await?;
    let status = forms::status(refused.as_ref());
    let (form, problem) = refused.map(Refused::into_parts).unzip();
    let chosen = form.unwrap_or_default().successor;
    let choice = |person: Person| Choice {
        id: person.id,
        selected: person.id.to_string() == chosen,
        name: person.name,
    };
    let shown = ClosePage {
        frame: Frame::of(req),
        person,
        work,
        successors: successors.into_iter().map(choice).collect(),
        problem,
    };
    page_with_status(status, &shown)
}

/// Who takes over the open work, as the page sends it.
#[derive(Clone, Default, Deserialize)]
pub struct CloseForm {
    #[serde(default)]
    successor: String,
}

impl CloseForm {
    fn read(&self) -> Result<Option<Id>, HandoverError> {
        match self.successor.trim() {
            "" => Ok(None),
            id => Ok(Some(
                id.parse().map_err(|_e| HandoverError::SuccessorUnfit)?,
            )),
        }
    }
}

/// Who takes over the open work.
#[derive(Deserialize, ToSchema)]
pub struct CloseRequest {
    /// An active account whose roles allow the work. Needed if there is open work.
    #[serde(default)]
    successor: Option<Id>,
}

async fn close(state: &State, actor: Actor, id: Id, successor: Option<Id>) -> Result<(), WebError> {
    let write =
        move |c: &mut DbConnection| handover::close(c, &actor, id, successor, Instant::now());
    Ok(state.db.write(write).await?)
}

/// `POST /people/{id}/close`
pub async fn close_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    form: Form<CloseForm>,
) -> WebResult {
    let form = form.into_inner();
    let closed = match form.read() {
        Ok(successor) => close(&state, actor.clone(), *id, successor).await,
        Err(e) => Err(e.into()),
    };
    match closed {
        Ok(()) => Ok(confirmed(&format!("/people/{id}"), Done::AccountClosed)),
        Err(problem) => {
            let refused = Refused::new(form, problem)?;
            show(&state, &req, actor, *id, Some(refused)).await
        }
    }
}

/// Closes an account: the person is signed out at once and cannot sign in any more, and somebody
/// else takes over their open work.
#[utoipa::path(
    post,
    path = "/api/v1/people/{id}/close",
    tag = "Account",
    operation_id = "close_person",
    params(("id" = Id, Path, description = "The account")),
    responses(
        (status = 204, description = "Closed"),
        (
            status = 409,
            description = "`last_administrator`; `step_refused`: it is closed, or it is your own"
        ),
        (
            status = 422,
            description = "`successor_needed`; `invalid`: the successor cannot take over this work"
        )
    )
)]
pub async fn close_json(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
    request: Json<CloseRequest>,
) -> WebResult {
    close(&state, actor, *id, request.into_inner().successor).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Returns the work that somebody else takes over when an account is closed.
#[utoipa::path(
    get,
    path = "/api/v1/people/{id}/open-work",
    tag = "Account",
    operation_id = "get_open_work",
    params(("id" = Id, Path, description = "The account")),
    responses((status = 200, body = OpenWork))
)]
pub async fn open_work_json(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
) -> Result<Json<OpenWork>, WebError> {
    let read = move |c: &mut DbConnection| handover::open_work(c, &actor, *id, Instant::now());
    Ok(Json(state.db.read(read).await?))
}
