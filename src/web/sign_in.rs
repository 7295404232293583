//! `/sign-in` and `/sign-out`.

use actix_web::{
    HttpRequest,
    web::{Data, Form},
};
use askama::Template;
use serde::Deserialize;

use super::{
    auth::{session_cookie, session_token},
    error::{Code, WebError, WebResult},
    frame::{Frame, first_page},
    render::{page, page_with_status, see_other},
    state::State,
};
use crate::{
    accounts::{self, AccountsError, Actor, Role, SessionKind},
    locale::Message,
    types::Instant,
};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    frame: Frame,
    problem: Option<Message>,
    next: String,
    email: String,
}

#[derive(Deserialize)]
pub struct SignInQuery {
    next: Option<String>,
}

/// `GET /sign-in`
pub async fn sign_in_page(
    req: HttpRequest,
    query: actix_web::web::Query<SignInQuery>,
) -> WebResult {
    let next = query.into_inner().next.unwrap_or_default();
    page(&SignInPage {
        frame: Frame::of(&req),
        problem: None,
        next,
        email: String::new(),
    })
}

#[derive(Deserialize)]
pub struct SignInForm {
    email: String,
    password: String,
    #[serde(default)]
    next: String,
}

pub(super) async fn sign_in(
    state: &State,
    email: String,
    password: String,
    kind: SessionKind,
) -> Result<(Actor, String), WebError> {
    let login = state
        .db
        .read(move |c| accounts::find_login(c, &email, Instant::now()))
        .await?;
    // Hashing is slow on purpose: it holds no connection, and an unknown address costs the same.
    let (login, accepted) = state
        .hashing(move || {
            let accepted = login.accepts(&password);
            (login, accepted)
        })
        .await?;
    if !accepted {
        state
            .db
            .write(move |c| accounts::record_failure(c, &login, Instant::now()))
            .await?;
        return Err(AccountsError::BadLogin.into());
    }
    Ok(state
        .db
        .write(move |c| accounts::open_session(c, &login, kind, Instant::now()))
        .await?)
}

/// Only a path of our own, so that a link cannot send people elsewhere after signing in.
fn safe_next(next: &str, role: Role) -> String {
    let own = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(|c: char| c == '\\' || c.is_control());
    if own {
        next.to_owned()
    } else {
        first_page(role).to_owned()
    }
}

/// `POST /sign-in`
pub async fn sign_in_form(
    state: Data<State>,
    req: HttpRequest,
    form: Form<SignInForm>,
) -> WebResult {
    let form = form.into_inner();
    match sign_in(
        &state,
        form.email.clone(),
        form.password,
        SessionKind::Browser,
    )
    .await
    {
        Ok((actor, token)) => {
            let mut response = see_other(&safe_next(&form.next, actor.role));
            let cookie = session_cookie(Some(&token), state.config.is_https());
            response
                .add_cookie(&cookie)
                .map_err(|e| WebError::internal(&e))?;
            Ok(response)
        }
        Err(e) if e.code == Code::BadLogin => {
            let shown = SignInPage {
                frame: Frame::of(&req),
                problem: Some(e.message),
                next: form.next,
                email: form.email,
            };
            page_with_status(e.code.status(), &shown)
        }
        Err(e) => Err(e),
    }
}

/// `POST /sign-out`
pub async fn sign_out(state: Data<State>, req: HttpRequest) -> WebResult {
    let https = state.config.is_https();
    if let Some(token) = session_token(&req, https) {
        state
            .db
            .write(move |c| accounts::sign_out(c, SessionKind::Browser, &token, Instant::now()))
            .await?;
    }
    let mut response = see_other("/sign-in");
    response
        .add_cookie(&session_cookie(None, https))
        .map_err(|e| WebError::internal(&e))?;
    Ok(response)
}
