//! `/sign-in` and `/sign-out`.

use std::time::{Duration, Instant};

use actix_web::{
    HttpRequest,
    cookie::{Cookie, SameSite},
    http::header::RETRY_AFTER,
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
    accounts::{
        self, AccountsError, Actor, Role, SessionKind,
        attempts::{Origin, Settled},
    },
    db::shares,
    locale::Message,
    types,
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

/// Failures are answered this long after the request or a multiple of it, so that the time does not
/// tell whether an account exists.
const STEP: Duration = Duration::from_millis(250);

/// A person who signed in.
pub(super) struct SignedIn {
    pub actor: Actor,
    /// Of the session or for refreshing.
    pub token: String,
    /// Value of the cookie that marks the device.
    device: String,
}

/// Signs in. `req` tells where the attempt comes from.
pub(super) async fn sign_in(
    state: &State,
    req: &HttpRequest,
    email: String,
    password: String,
    kind: SessionKind,
) -> Result<SignedIn, WebError> {
    let started = Instant::now();
    let address = email.clone();
    let login = state
        .db
        .read(move |c| accounts::find_login(c, &address))
        .await?;
    let device = login.device_mark(state.keys.secret());
    let origin = match req.cookie(device_cookie_name(state.config.is_https())) {
        Some(cookie) if cookie.value() == device => Origin::KnownDevice(device.clone()),
        _ => Origin::Source(state.source(req)),
    };
    if let Some(wait) = state.attempts.wait(&email, &origin, started) {
        return Err(WebError::too_many(wait));
    }
    // Hashing is slow on purpose: it holds no connection, and an unknown address costs the same.
    let (login, accepted) = state
        .hashing(move || {
            let accepted = login.accepts(&password);
            (login, accepted)
        })
        .await?;
    let settled = state
        .attempts
        .settle(&email, &origin, accepted, Instant::now())
        .map_err(WebError::too_many)?;
    if let Settled::Failed(count) = settled {
        let (now, organisation) = (types::Instant::now(), login.organisation());
        let record = state
            .db
            .write(move |c| accounts::record_failure(c, &login, count, now));
        shares::on_behalf_of(organisation, record).await?;
        let steps = 1 + started.elapsed().as_millis() / STEP.as_millis();
        let until = started + STEP * u32::try_from(steps).unwrap_or(1);
        tokio::time::sleep_until(until.into()).await;
        return Err(AccountsError::BadLogin.into());
    }
    let (now, organisation) = (types::Instant::now(), login.organisation());
    let open = state
        .db
        .write(move |c| accounts::open_session(c, &login, kind, now));
    let (actor, token) = shares::on_behalf_of(organisation, open).await?;
    Ok(SignedIn {
        actor,
        token,
        device,
    })
}

/// Name of the cookie that marks a device on which somebody has signed in.
fn device_cookie_name(https: bool) -> &'static str {
    if https {
        "__Host-rapport-device"
    } else {
        "rapport-device"
    }
}

/// The cookie that marks a device. It opens nothing: it only keeps strangers' failures from slowing
/// down its owner.
fn device_cookie(mark: String, https: bool) -> Cookie<'static> {
    Cookie::build(device_cookie_name(https), mark)
        .path("/")
        .http_only(true)
        .secure(https)
        .same_site(SameSite::Strict)
        .max_age(actix_web::cookie::time::Duration::days(400))
        .finish()
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
        &req,
        form.email.clone(),
        form.password,
        SessionKind::Browser,
    )
    .await
    {
        Ok(signed_in) => {
            let mut response = see_other(&safe_next(&form.next, signed_in.actor.role));
            let https = state.config.is_https();
            for cookie in [
                session_cookie(Some(&signed_in.token), https),
                device_cookie(signed_in.device, https),
            ] {
                response
                    .add_cookie(&cookie)
                    .map_err(|e| WebError::internal(&e))?;
            }
            Ok(response)
        }
        Err(e) if matches!(e.code, Code::BadLogin | Code::TooManyRequests) => {
            let shown = SignInPage {
                frame: Frame::of(&req),
                problem: Some(e.message),
                next: form.next,
                email: form.email,
            };
            let mut response = page_with_status(e.code.status(), &shown)?;
            if let Some(seconds) = e.retry_after {
                response.headers_mut().insert(RETRY_AFTER, seconds.into());
            }
            Ok(response)
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
            .write(move |c| {
                accounts::sign_out(c, SessionKind::Browser, &token, types::Instant::now())
            })
            .await?;
    }
    let mut response = see_other("/sign-in");
    response
        .add_cookie(&session_cookie(None, https))
        .map_err(|e| WebError::internal(&e))?;
    Ok(response)
}
