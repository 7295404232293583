//! `/api/v1/tokens`: signing in by programs.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CacheControl, CacheDirective},
    web::{Data, Json},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{error::WebResult, sign_in::sign_in, state::State};
use crate::{
    accounts::{self, AccountsError, Actor, SessionKind, credentials},
    types::Instant,
};

/// An access token, and the token to exchange for the next one.
#[derive(Serialize, ToSchema)]
struct TokenReply {
    /// Sent as `Authorization: Bearer`.
    access_token: String,
    #[schema(example = "Bearer")]
    token_type: &'static str,
    /// Seconds.
    expires_in: i64,
    /// Valid once.
    refresh_token: String,
}

fn token_reply(state: &State, actor: &Actor, refresh_token: String) -> WebResult {
    let access_token = state
        .keys
        .issue(actor.person, &refresh_token, Instant::now())
        .map_err(AccountsError::from)?;
    let reply = TokenReply {
        access_token,
        token_type: "Bearer",
        expires_in: credentials::ACCESS_SECONDS,
        refresh_token,
    };
    Ok(HttpResponse::Ok()
        .insert_header(CacheControl(vec![CacheDirective::NoStore]))
        .json(reply))
}

#[derive(Deserialize, ToSchema)]
pub struct TokenRequest {
    #[schema(example = "ann@example.org")]
    email: String,
    password: String,
    /// With two-step sign-in: six digits from the app, or a recovery code.
    #[serde(default)]
    #[schema(example = "287082")]
    code: Option<String>,
}

/// Signs in with an e-mail address, a password and, with two-step sign-in, a code.
#[utoipa::path(
    post,
    path = "/api/v1/tokens",
    tag = "Account",
    operation_id = "sign_in",
    responses(
        (status = 200, body = TokenReply),
        (status = 401, description = "`bad_login`, `totp_required`"),
        (status = 403, description = "`totp_setup_required`, `cross_site`"),
        (status = 422, description = "`totp_invalid`, `invalid`")
    )
)]
pub async fn tokens(state: Data<State>, req: HttpRequest, form: Json<TokenRequest>) -> WebResult {
    let form = form.into_inner();
    let account = (form.email, form.password);
    let signed_in = sign_in(&state, &req, account, form.code, SessionKind::Refresh).await?;
    token_reply(&state, &signed_in.actor, signed_in.token)
}

#[derive(Deserialize, ToSchema)]
pub struct RefreshRequest {
    refresh_token: String,
}

/// Exchanges a refresh token for new tokens. Using a refresh token twice ends its session.
#[utoipa::path(
    post,
    path = "/api/v1/tokens/refresh",
    tag = "Account",
    operation_id = "refresh_tokens",
    responses((status = 200, body = TokenReply), (status = 401, description = "`not_signed_in`"))
)]
pub async fn refresh(state: Data<State>, form: Json<RefreshRequest>) -> WebResult {
    let token = form.into_inner().refresh_token;
    let found = state
        .db
        .write(move |c| accounts::refresh(c, &token, Instant::now()))
        .await?;
    let (actor, next) = found.ok_or(AccountsError::SignedOut)?;
    token_reply(&state, &actor, next)
}

/// Ends the session of a refresh token and its access tokens. An unknown token is not an error.
#[utoipa::path(
    post,
    path = "/api/v1/tokens/revoke",
    tag = "Account",
    operation_id = "revoke_token",
    responses((status = 204, description = "Revoked"))
)]
pub async fn revoke(state: Data<State>, form: Json<RefreshRequest>) -> WebResult {
    let token = form.into_inner().refresh_token;
    state
        .db
        .write(move |c| accounts::sign_out(c, SessionKind::Refresh, &token, Instant::now()))
        .await?;
    Ok(HttpResponse::NoContent().finish())
}
