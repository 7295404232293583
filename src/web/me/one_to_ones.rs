//! `/me/one-to-ones`: an agent's own 1:1s.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Path},
};
use askama::Template;
use chrono::NaiveDate;
use serde::Deserialize;

use crate::{
    accounts::Actor,
    coaching::one_to_ones::{
        self,
        content::{Action, ActionOwner, ActionState, AgentAgenda, OneToOne, OneToOneState},
    },
    db::DbConnection,
    locale::{Localised, Message},
    types::{Id, Instant},
    web::{
        agents::{one_to_one_actions::DoneForm, one_to_ones::lines},
        done::Done,
        error::{WebError, WebResult},
        forms::{self, Refused},
        frame::Frame,
        list::List,
        render::{confirmed, page_with_status},
        state::State,
    },
};

/// The field of the form with what the agent wants to talk about.
#[derive(Deserialize)]
pub struct AgendaForm {
    #[serde(default)]
    lines: String,
}

#[derive(Template)]
#[template(path = "me_one_to_one.html")]
struct MyOneToOnePage {
    frame: Frame,
    one: OneToOne,
    form: AgendaForm,
    problem: Option<Message>,
    today: NaiveDate,
}

impl MyOneToOnePage {
    fn is_held(&self) -> bool {
        self.one.state == OneToOneState::Held
    }

    fn is_own(action: &Action) -> bool {
        action.owner == ActionOwner::Agent
    }
}

async fn read(state: &State, actor: Actor, id: Id) -> Result<OneToOne, WebError> {
    let read = move |c: &mut DbConnection| one_to_ones::find_own(c, &actor, id);
    Ok(state.db.read(read).await?)
}

/// `GET /me/one-to-ones/{id}`
pub async fn my_one_to_one_page(
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
    refused: Option<Refused<AgendaForm>>,
) -> WebResult {
    let one = read(state, actor, id).await?;
    let status = forms::status(refused.as_ref());
    let (form, problem) = refused.map(Refused::into_parts).unzip();
    let stored = || AgendaForm {
        lines: one.agent_agenda.join("\n"),
    };
    let shown = MyOneToOnePage {
        frame: Frame::of(req),
        form: form.unwrap_or_else(stored),
        one,
        problem,
        today: Instant::now().date(),
    };
    page_with_status(status, &shown)
}

/// Lists the agent's own 1:1s that were shared, newest first, at most 500.
#[utoipa::path(
    get,
    path = "/api/v1/me/one-to-ones",
    tag = "Agent",
    operation_id = "list_my_one_to_ones",
    responses((status = 200, body = List<OneToOne>))
)]
pub async fn my_one_to_ones_json(
    state: Data<State>,
    actor: Actor,
) -> Result<Json<List<OneToOne>>, WebError> {
    let items = state.db.read(move |c| one_to_ones::own(c, &actor)).await?;
    Ok(Json(List::complete(items)))
}

/// Returns one of the agent's own 1:1s.
#[utoipa::path(
    get,
    path = "/api/v1/me/one-to-ones/{id}",
    tag = "Agent",
    operation_id = "get_my_one_to_one",
    params(("id" = Id, Path, description = "The 1:1")),
    responses((status = 200, body = OneToOne))
)]
pub async fn my_one_to_one_json(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
) -> Result<Json<OneToOne>, WebError> {
    Ok(Json(read(&state, actor, *id).await?))
}

async fn set_agenda(
    state: &State,
    actor: Actor,
    id: Id,
    lines: Vec<String>,
) -> Result<(), WebError> {
    let write =
        move |c: &mut _| one_to_ones::set_agent_agenda(c, &actor, id, &lines, Instant::now());
    Ok(state.db.write(write).await?)
}

/// `POST /me/one-to-ones/{id}/agenda`
pub async fn agenda_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
    form: Form<AgendaForm>,
) -> WebResult {
    let form = form.into_inner();
    match set_agenda(&state, actor.clone(), *id, lines(&form.lines)).await {
        Ok(()) => Ok(confirmed(
            &format!("/me/one-to-ones/{id}"),
            Done::AgendaSaved,
        )),
        Err(problem) => {
            let refused = Refused::new(form, problem)?;
            show(&state, &req, actor, *id, Some(refused)).await
        }
    }
}

/// Replaces what the agent wants to talk about in a 1:1 that was not held yet.
#[utoipa::path(
    post,
    path = "/api/v1/me/one-to-ones/{id}/agenda",
    tag = "Agent",
    operation_id = "set_my_agenda",
    params(("id" = Id, Path, description = "The 1:1")),
    request_body = AgentAgenda,
    responses(
        (status = 204, description = "Stored"),
        (status = 409, description = "`conflict`: it was held already"),
        (status = 422, description = "`invalid`: too many or too long lines")
    )
)]
pub async fn agenda_json(
    state: Data<State>,
    actor: Actor,
    id: Path<Id>,
    agenda: Json<AgentAgenda>,
) -> WebResult {
    set_agenda(&state, actor, *id, agenda.into_inner().lines).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn set_done(
    state: &State,
    actor: Actor,
    (id, action): (Id, Id),
    done_on: Option<NaiveDate>,
) -> Result<(), WebError> {
    let write =
        move |c: &mut _| one_to_ones::set_own_done(c, &actor, id, action, done_on, Instant::now());
    Ok(state.db.write(write).await?)
}

/// `POST /me/one-to-ones/{id}/actions/{action}`
pub async fn set_done_form(
    state: Data<State>,
    actor: Actor,
    ids: Path<(Id, Id)>,
    form: Form<DoneForm>,
) -> WebResult {
    let ids = ids.into_inner();
    set_done(&state, actor, ids, form.read()?).await?;
    Ok(confirmed(
        &format!("/me/one-to-ones/{}#actions", ids.0),
        Done::ActionSaved,
    ))
}

/// Marks one of the agent's own actions as done, or opens it again.
#[utoipa::path(
    post,
    path = "/api/v1/me/one-to-ones/{id}/actions/{action}",
    tag = "Agent",
    operation_id = "set_my_action",
    params(
        ("id" = Id, Path, description = "The 1:1"),
        ("action" = Id, Path, description = "The action")
    ),
    request_body = ActionState,
    responses(
        (status = 204, description = "Stored"),
        (status = 404, description = "Also for an action that the coach has to do"),
        (status = 422, description = "`invalid`: a day to come")
    )
)]
pub async fn set_done_json(
    state: Data<State>,
    actor: Actor,
    ids: Path<(Id, Id)>,
    new: Json<ActionState>,
) -> WebResult {
    set_done(&state, actor, ids.into_inner(), new.done_on).await?;
    Ok(HttpResponse::NoContent().finish())
}
