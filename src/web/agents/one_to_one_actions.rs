//! `/agents/{id}/one-to-ones/{one_to_one}/actions`: what was agreed in a 1:1.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Path},
};
use chrono::NaiveDate;
use serde::Deserialize;

use super::one_to_ones::{ActionForm, Entered, address, check, day, show};
use crate::{
    accounts::Actor,
    coaching::one_to_ones::{
        self,
        content::{Action, ActionState, NewAction, OneToOneError},
    },
    types::{Id, Instant},
    web::{
        done::Done,
        error::{WebError, WebResult, of_actix},
        forms::Refused,
        idempotency::{IdempotencyHeader, created, idempotency},
        render::confirmed,
        state::State,
    },
};

/// `POST /agents/{id}/one-to-ones/{one_to_one}/actions`
pub async fn add_action_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    ids: Path<(Id, Id)>,
    form: Form<ActionForm>,
) -> WebResult {
    let (form, ids) = (form.into_inner(), ids.into_inner());
    check(&state, actor.clone(), ids).await?;
    let result = match form.read() {
        Ok(new) => {
            let by = actor.clone();
            let add = move |c: &mut _| one_to_ones::add_action(c, &by, ids, &new, Instant::now());
            state.db.write(add).await.map_err(WebError::from)
        }
        Err(problem) => Err(problem),
    };
    match result {
        Ok(_) => Ok(confirmed(
            &format!("{}#actions", address(ids.0, ids.1)),
            Done::ActionAdded,
        )),
        Err(problem) => {
            let refused = Refused::new(Entered::Action(form), problem)?;
            show(&state, &req, actor, ids, Some(refused)).await
        }
    }
}

/// Adds an action to a 1:1, at most 30.
#[utoipa::path(
    post,
    path = "/api/v1/agents/{id}/one-to-ones/{one_to_one}/actions",
    tag = "Coaching",
    operation_id = "add_one_to_one_action",
    params(
        ("id" = Id, Path, description = "The agent"),
        ("one_to_one" = Id, Path, description = "The 1:1"),
        IdempotencyHeader
    ),
    request_body = NewAction,
    responses(
        (status = 201, body = Action),
        (status = 409, description = "`key_reused`"),
        (status = 422, description = "`invalid`: no text, a text that is too long, or too many actions")
    )
)]
pub async fn add_action_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    ids: Path<(Id, Id)>,
    new: Result<Json<NewAction>, actix_web::Error>,
) -> WebResult {
    let ids = ids.into_inner();
    check(&state, actor.clone(), ids).await?;
    let new = new.map_err(|e| of_actix(&e))?.into_inner();
    let content = serde_json::to_string(&new).map_err(|e| WebError::internal(&e))?;
    let key = idempotency(&req, &[&content])?;
    created(&state, &actor.clone(), key, move |c| {
        let now = Instant::now();
        Ok(one_to_ones::add_action(c, &actor, ids, &new, now)?)
    })
    .await
}

async fn set_done(
    state: &State,
    actor: Actor,
    (agent, id, action): (Id, Id, Id),
    done_on: Option<NaiveDate>,
) -> Result<(), WebError> {
    let write = move |c: &mut _| {
        one_to_ones::set_done(c, &actor, (agent, id), action, done_on, Instant::now())
    };
    Ok(state.db.write(write).await?)
}

/// The field of the form that marks an action as done: a day, or nothing to open it again.
#[derive(Deserialize)]
pub struct DoneForm {
    #[serde(default)]
    done_on: String,
}

impl DoneForm {
    /// The day.
    ///
    /// # Errors
    /// [`OneToOneError::DoneOn`] if it is no date.
    pub fn read(&self) -> Result<Option<NaiveDate>, WebError> {
        day(&self.done_on, OneToOneError::DoneOn)
    }
}

/// `POST /agents/{id}/one-to-ones/{one_to_one}/actions/{action}`
pub async fn set_done_form(
    state: Data<State>,
    actor: Actor,
    ids: Path<(Id, Id, Id)>,
    form: Form<DoneForm>,
) -> WebResult {
    let ids = ids.into_inner();
    set_done(&state, actor, ids, form.read()?).await?;
    Ok(confirmed(
        &format!("{}#actions", address(ids.0, ids.1)),
        Done::ActionSaved,
    ))
}

/// Marks an action as done, or opens it again.
#[utoipa::path(
    post,
    path = "/api/v1/agents/{id}/one-to-ones/{one_to_one}/actions/{action}",
    tag = "Coaching",
    operation_id = "set_one_to_one_action",
    params(
        ("id" = Id, Path, description = "The agent"),
        ("one_to_one" = Id, Path, description = "The 1:1"),
        ("action" = Id, Path, description = "The action")
    ),
    request_body = ActionState,
    responses(
        (status = 204, description = "Stored"),
        (status = 422, description = "`invalid`: a day to come")
    )
)]
pub async fn set_done_json(
    state: Data<State>,
    actor: Actor,
    ids: Path<(Id, Id, Id)>,
    new: Json<ActionState>,
) -> WebResult {
    set_done(&state, actor, ids.into_inner(), new.done_on).await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn delete_action(
    state: &State,
    actor: Actor,
    (agent, id, action): (Id, Id, Id),
) -> Result<(), WebError> {
    let delete =
        move |c: &mut _| one_to_ones::delete_action(c, &actor, (agent, id), action, Instant::now());
    Ok(state.db.write(delete).await?)
}

/// `POST /agents/{id}/one-to-ones/{one_to_one}/actions/{action}/delete`
pub async fn delete_action_form(
    state: Data<State>,
    actor: Actor,
    ids: Path<(Id, Id, Id)>,
) -> WebResult {
    let ids = ids.into_inner();
    delete_action(&state, actor, ids).await?;
    Ok(confirmed(
        &format!("{}#actions", address(ids.0, ids.1)),
        Done::ActionDeleted,
    ))
}

/// Removes an action from a 1:1; only the author of the 1:1 may.
#[utoipa::path(
    post,
    path = "/api/v1/agents/{id}/one-to-ones/{one_to_one}/actions/{action}/delete",
    tag = "Coaching",
    operation_id = "delete_one_to_one_action",
    params(
        ("id" = Id, Path, description = "The agent"),
        ("one_to_one" = Id, Path, description = "The 1:1"),
        ("action" = Id, Path, description = "The action")
    ),
    responses(
        (status = 204, description = "Removed"),
        (status = 409, description = "`conflict`: somebody else prepared the 1:1")
    )
)]
pub async fn delete_action_json(
    state: Data<State>,
    actor: Actor,
    ids: Path<(Id, Id, Id)>,
) -> WebResult {
    delete_action(&state, actor, ids.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}
