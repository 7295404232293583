//! `/account`: the signed-in person.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json},
};
use askama::Template;
use serde::{Deserialize, Serialize};

use super::{
    error::{WebError, WebResult},
    frame::Frame,
    render::{page, see_other},
    state::State,
};
use crate::{
    accounts::{self, AccountsError, Actor, Role, credentials},
    types::{Id, Instant},
};

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    frame: Frame,
    name: String,
    role: &'static str,
}

/// `GET /account`
pub async fn account_page(req: HttpRequest, actor: Actor) -> WebResult {
    page(&AccountPage {
        frame: Frame::of(&req),
        role: actor.role.as_str(),
        name: actor.name,
    })
}

#[derive(Deserialize)]
pub struct PasswordForm {
    present: String,
    new: String,
}

async fn change_password(state: &State, actor: Actor, form: PasswordForm) -> Result<(), WebError> {
    let asking = actor.clone();
    let stored = state
        .db
        .read(move |c| accounts::password_hash_of(c, &asking))
        .await?;
    let hash = state
        .hashing(move || {
            if !credentials::verify_password(Some(&stored), &form.present) {
                return Err(AccountsError::WrongPassword);
            }
            Ok(credentials::hash_password(&form.new)?)
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
    actor: Actor,
    form: Form<PasswordForm>,
) -> WebResult {
    change_password(&state, actor, form.into_inner()).await?;
    Ok(see_other("/sign-in"))
}

/// `POST /api/v1/account/password`
pub async fn password_json(
    state: Data<State>,
    actor: Actor,
    form: Json<PasswordForm>,
) -> WebResult {
    change_password(&state, actor, form.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[derive(Serialize)]
struct Me {
    id: Id,
    organisation_id: Id,
    name: String,
    role: Role,
    agent_id: Option<Id>,
}

/// `GET /api/v1/account`
pub async fn account_json(actor: Actor) -> WebResult {
    let a = actor;
    Ok(HttpResponse::Ok().json(Me {
        id: a.person,
        organisation_id: a.organisation,
        name: a.name,
        role: a.role,
        agent_id: a.agent,
    }))
}
