//! `/account`: the signed-in person.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json},
};
use askama::Template;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    auth::current_session,
    done::Done,
    error::{WebError, WebResult},
    forms::{self, Refused},
    frame::Frame,
    render::{confirmed, page_with_status},
    sessions::{self, SessionRow},
    state::State,
};
use crate::{
    accounts::{self, AccountsError, Actor, Role, Roles, api_keys, credentials},
    db::DbConnection,
    locale::{Localised, Message},
    types::{Id, Instant},
};

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    frame: Frame,
    name: String,
    roles: Roles,
    sessions: Vec<SessionRow>,
    /// Names of the API keys that the person created and that have not ended.
    api_keys: Vec<String>,
    problem: Option<Message>,
}

impl AccountPage {
    fn is_admin(&self) -> bool {
        self.roles.contains(Role::Admin)
    }
}

/// `GET /account`
pub async fn account_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    show(&state, &req, actor, None).await
}

async fn show(
    state: &State,
    req: &HttpRequest,
    actor: Actor,
    refused: Option<Refused<()>>,
) -> WebResult {
    let (organisation, person, current) = (actor.organisation, actor.person, current_session(req));
    let read = move |c: &mut DbConnection| {
        let sessions = sessions::read(c, organisation, person, current)?;
        let keys = api_keys::open_of(c, organisation, person, Instant::now())?;
        Ok::<_, WebError>((sessions, keys))
    };
    let (sessions, keys) = state.db.read(read).await?;
    let frame = Frame::of(req);
    let status = forms::status(refused.as_ref());
    let shown = AccountPage {
        sessions: sessions::rows(&frame, sessions),
        api_keys: keys.into_iter().map(|(_, name)| name).collect(),
        frame,
        roles: actor.roles,
        name: actor.name,
        problem: refused.map(|refused| refused.problem.message),
    };
    page_with_status(status, &shown)
}

/// Checks the present password of the signed-in person.
///
/// # Errors
/// [`Code::WrongPassword`](super::error::Code::WrongPassword).
pub async fn check_password(
    state: &State,
    actor: &Actor,
    password: String,
) -> Result<(), WebError> {
    let person = actor.clone();
    let read = state
        .db
        .read(move |c| accounts::password_hash_of(c, &person));
    let (stored, _) = read.await?;
    let check = state.hashing(move || credentials::verify_password(Some(&stored), &password));
    if check.await? {
        Ok(())
    } else {
        Err(AccountsError::WrongPassword.into())
    }
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
        Err(problem) => {
            let refused = Refused::new((), problem)?;
            show(&state, &req, actor, Some(refused)).await
        }
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
    /// The first of `roles`.
    role: Option<Role>,
    /// A person may do what any of these roles may do.
    #[schema(value_type = Vec<Role>)]
    roles: Roles,
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
        role: actor.roles.first(),
        roles: actor.roles,
        agent_id: actor.agent,
    })
}
