//! `/api/v1/tokens`: signing in by programs.

use actix_web::{
    HttpResponse,
    web::{Data, Json},
};
use serde::{Deserialize, Serialize};

use super::{error::WebResult, sign_in::sign_in, state::State};
use crate::{
    accounts::{self, AccountsError, Actor, SessionKind, credentials},
    types::Instant,
};

#[derive(Serialize)]
struct TokenReply {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    refresh_token: String,
}

fn token_reply(state: &State, actor: &Actor, refresh_token: String) -> WebResult {
    let access_token = state
        .keys
        .issue(actor, Instant::now())
        .map_err(AccountsError::from)?;
    let reply = TokenReply {
        access_token,
        token_type: "Bearer",
        expires_in: credentials::ACCESS_SECONDS,
        refresh_token,
    };
    Ok(HttpResponse::Ok()
        .insert_header(("Cache-Control", "no-store"))
        .json(reply))
}

#[derive(Deserialize)]
pub struct TokenRequest {
    email: String,
    password: String,
}

/// `POST /api/v1/tokens`
pub async fn tokens(state: Data<State>, form: Json<TokenRequest>) -> WebResult {
    let form = form.into_inner();
    let (actor, refresh) = sign_in(&state, form.email, form.password, SessionKind::Refresh).await?;
    token_reply(&state, &actor, refresh)
}

#[derive(Deserialize)]
pub struct RefreshRequest {
    refresh_token: String,
}

/// `POST /api/v1/tokens/refresh`
pub async fn refresh(state: Data<State>, form: Json<RefreshRequest>) -> WebResult {
    let token = form.into_inner().refresh_token;
    let found = state
        .db
        .write(move |c| accounts::refresh(c, &token, Instant::now()))
        .await?;
    let (actor, next) = found.ok_or(AccountsError::SignedOut)?;
    token_reply(&state, &actor, next)
}

/// `POST /api/v1/tokens/revoke`
pub async fn revoke(state: Data<State>, form: Json<RefreshRequest>) -> WebResult {
    let token = form.into_inner().refresh_token;
    state
        .db
        .write(move |c| accounts::sign_out(c, SessionKind::Refresh, &token, Instant::now()))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
