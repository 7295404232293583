//! `/account`: the signed-in person.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json},
};
use askama::Template;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    done::Done,
    error::{WebError, WebResult},
    forms::{self, Refused},
    frame::Frame,
    render::{confirmed, page_with_status},
    state::State,
};
use crate::{
    accounts::{self, AccountsError, Actor, Role, credentials},
    locale::{Localised, Message},
    types::{Id, Instant},
};

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    frame: Frame,
    name: String,
    role: Message,
    problem: Option<Message>,
}

/// `GET /account`
pub async fn account_page(req: HttpRequest, actor: Actor) -> WebResult {
    show(&req, actor, None)
}

fn show(req: &HttpRequest, actor: Actor, refused: Option<Refused<()>>) -> WebResult {
    let status = forms::status(refused.as_ref());
    let shown = AccountPage {
        frame: Frame::of(req),
        role: actor.role.message(),
        name: actor.name,
        problem: refused.map(|refused| refused.problem.message),
    };
    page_with_status(status, &shown)
}

/// The current password and a new one.
#[derive(Deserialize, ToSchema)]
pub struct PasswordChange {
    #[schema(format = Password)]
    present: String,
    /// 12 to 256 characters.
    #[schema(format = Password, example = "three or four words")]
    new: String,
}

async fn change_password(
    state: &State,
    actor: Actor,
    change: PasswordChange,
) -> Result<(), WebError> {
    let person = actor.clone();
    let (stored, about) = state
        .db
        .read(move |c| accounts::password_hash_of(c, &person))
        .await?;
    let hash = state
        .hashing(move || {
            if !credentials::verify_password(Some(&stored), &change.present) {
                return Err(AccountsError::WrongPassword);
            }
            Ok(credentials::hash_password(
                &change.new,
                &about.each_ref().map(String::as_str),
            )?)
        })
        .await??;
    Ok(state
        .db
        .write(move |c| accounts::change_password(c, &actor, &hash, Instant::now()))
        .await?)
}

/// `POST /account/password`
pub async fn password_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    form: Form<PasswordChange>,
) -> WebResult {
    match change_password(&state, actor.clone(), form.into_inner()).await {
        Ok(()) => Ok(confirmed("/sign-in", Done::PasswordChanged)),
        Err(problem) => show(&req, actor, Some(Refused::new((), problem)?)),
    }
}

/// Changes the password of the signed-in person and ends all of their sessions.
#[utoipa::path(
    post,
    path = "/api/v1/account/password",
    tag = "Account",
    operation_id = "change_password",
    responses((status = 204, description = "Changed"))
)]
pub async fn password_json(
    state: Data<State>,
    actor: Actor,
    change: Json<PasswordChange>,
) -> WebResult {
    change_password(&state, actor, change.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The signed-in person.
#[derive(Serialize, ToSchema)]
pub struct AccountReply {
    id: Id,
    #[schema(example = "Ann Example")]
    name: String,
    role: Role,
    /// With the role `agent`.
    agent_id: Option<Id>,
}

/// Returns the signed-in person.
#[utoipa::path(
    get,
    path = "/api/v1/account",
    tag = "Account",
    operation_id = "get_account",
    responses((status = 200, description = "The signed-in person", body = AccountReply))
)]
pub async fn account_json(actor: Actor) -> Json<AccountReply> {
    Json(AccountReply {
        id: actor.person,
        name: actor.name,
        role: actor.role,
        agent_id: actor.agent,
    })
}
