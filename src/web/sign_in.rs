//! `/sign-in` and `/sign-out`.

use std::time::{Duration, Instant};

use actix_web::{
    HttpRequest, HttpResponse,
    cookie::{Cookie, SameSite},
    http::header::RETRY_AFTER,
    web::{Data, Form},
};
use askama::Template;
use serde::Deserialize;

use super::{
    auth::{session_cookie, session_token},
    device::device_name,
    error::{Code, WebError, WebResult},
    frame::{Frame, first_page},
    limits::Limit,
    render::{page, page_with_status, see_other},
    state::State,
    two_step::first_step,
};
use crate::{
    accounts::{
        self, AccountsError, Actor, Login, Roles, SessionKind,
        attempts::{Origin, Settled},
        two_step::{self, Demand, SealingKey},
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
    pub device: String,
}

/// An attempt to sign in whose password was right.
pub(super) struct RightPassword {
    pub login: Login,
    pub demand: Demand,
    origin: Origin,
}

/// Signs in with a password and, where one is asked for, a code. `req` tells where the attempt
/// comes from.
pub(super) async fn sign_in(
    state: &State,
    req: &HttpRequest,
    (email, password): (String, String),
    code: Option<String>,
    kind: SessionKind,
) -> Result<SignedIn, WebError> {
    let right = check_password(state, req, email, password).await?;
    match (right.demand, code) {
        (Demand::Nothing, _) => open(state, right.login, kind).await,
        (Demand::SetUp, _) => Err(AccountsError::TwoStepSetUp.into()),
        (Demand::Code, None) => Err(AccountsError::CodeMissing.into()),
        (Demand::Code, Some(code)) => {
            enter_code(state, right.login, right.origin, code, kind).await
        }
    }
}

/// Checks a password. Where nothing else follows, earlier failures are forgotten.
pub(super) async fn check_password(
    state: &State,
    req: &HttpRequest,
    email: String,
    password: String,
) -> Result<RightPassword, WebError> {
    let started = Instant::now();
    let address = email.clone();
    let read = state.db.read(move |c| {
        let login = accounts::find_login(c, &address)?;
        let demand = two_step::demand(c, &login)?;
        Ok::<_, AccountsError>((login, demand))
    });
    let (login, demand) = read.await?;
    let login = login.from_device(device_name(req));
    let origin = origin(state, req, &login);
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
    if accepted && demand != Demand::Nothing {
        // Whoever knows the password must not clear the count of wrong codes with it.
        return match state.attempts.wait(&email, &origin, Instant::now()) {
            Some(wait) => Err(WebError::too_many(wait)),
            None => Ok(RightPassword {
                login,
                demand,
                origin,
            }),
        };
    }
    let settled = state
        .attempts
        .settle(&email, &origin, accepted, Instant::now())
        .map_err(WebError::too_many)?;
    if let Settled::Failed(count) = settled {
        record_failure(state, login, count).await?;
        let steps = 1 + started.elapsed().as_millis() / STEP.as_millis();
        let until = started + STEP * u32::try_from(steps).unwrap_or(1);
        tokio::time::sleep_until(until.into()).await;
        return Err(AccountsError::BadLogin.into());
    }
    Ok(RightPassword {
        login,
        demand,
        origin,
    })
}

/// Where an attempt comes from: a device that the owner of the account has used, or an address.
pub(super) fn origin(state: &State, req: &HttpRequest, login: &Login) -> Origin {
    let device = login.device_mark(state.keys.secret());
    match req.cookie(device_cookie_name(state.config.is_https())) {
        Some(cookie) if cookie.value() == device => Origin::KnownDevice(device),
        _ => Origin::Source(state.source(req)),
    }
}

async fn record_failure(state: &State, login: Login, count: u32) -> Result<(), WebError> {
    let (now, organisation) = (types::Instant::now(), login.organisation());
    let record = state
        .db
        .write(move |c| accounts::record_failure(c, &login, count, now));
    Ok(shares::on_behalf_of(organisation, record).await?)
}

/// Opens a session where the password is enough.
pub(super) async fn open(
    state: &State,
    login: Login,
    kind: SessionKind,
) -> Result<SignedIn, WebError> {
    let device = login.device_mark(state.keys.secret());
    let (now, organisation) = (types::Instant::now(), login.organisation());
    let open = state
        .db
        .write(move |c| two_step::open_session_without_code(c, &login, kind, now));
    let (actor, token) = shares::on_behalf_of(organisation, open).await?;
    Ok(SignedIn {
        actor,
        token,
        device,
    })
}

/// Opens a session with a code after the password. Wrong codes count like wrong passwords, and for
/// the person as well: a code has only six digits.
pub(super) async fn enter_code(
    state: &State,
    login: Login,
    origin: Origin,
    code: String,
    kind: SessionKind,
) -> Result<SignedIn, WebError> {
    let (email, organisation) = (login.email().to_owned(), login.organisation());
    if let Some(wait) = state.attempts.wait(&email, &origin, Instant::now()) {
        return Err(WebError::too_many(wait));
    }
    // Strangers who know the password must not use up the guesses of the owner's device.
    let guesses = (login.key(), matches!(origin, Origin::KnownDevice(_)));
    let key = SealingKey::derive(state.keys.secret());
    let (now, entered, opening) = (types::Instant::now(), code.clone(), key.clone());
    let check = state.db.read(move |c| {
        let accepted = two_step::accepts(c, &login, &entered, &opening, now)?;
        Ok::<_, AccountsError>((login, accepted))
    });
    let (login, accepted) = shares::on_behalf_of(organisation, check).await?;
    if accepted {
        state.limits.check(Limit::WrongCode, guesses)?;
    } else {
        state.limits.take(Limit::WrongCode, guesses)?;
    }
    let settled = state
        .attempts
        .settle(&email, &origin, accepted, Instant::now())
        .map_err(WebError::too_many)?;
    if let Settled::Failed(count) = settled {
        record_failure(state, login, count).await?;
        return Err(AccountsError::WrongCode.into());
    }
    let device = login.device_mark(state.keys.secret());
    let open = state
        .db
        .write(move |c| two_step::open_session(c, &login, &code, &key, kind, now));
    let (actor, token) = shares::on_behalf_of(organisation, open).await?;
    Ok(SignedIn {
        actor,
        token,
        device,
    })
}

/// Leads a browser whose session was opened to `next`.
pub(super) fn enter(state: &State, signed_in: SignedIn, next: &str) -> WebResult {
    let mut response = see_other(&safe_next(next, signed_in.actor.roles));
    set_cookies(state, &mut response, signed_in)?;
    Ok(response)
}

/// Gives a browser its session and the mark of its device.
pub(super) fn set_cookies(
    state: &State,
    response: &mut HttpResponse,
    signed_in: SignedIn,
) -> Result<(), WebError> {
    let https = state.config.is_https();
    for cookie in [
        session_cookie(Some(&signed_in.token), https),
        device_cookie(signed_in.device, https),
    ] {
        response
            .add_cookie(&cookie)
            .map_err(|e| WebError::internal(&e))?;
    }
    Ok(())
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
pub(super) fn safe_next(next: &str, roles: Roles) -> String {
    let own = next.starts_with('/')
        && !next.starts_with("//")
        && !next.contains(|c: char| c == '\\' || c.is_control());
    if own {
        next.to_owned()
    } else {
        first_page(roles).to_owned()
    }
}

/// `POST /sign-in`
pub async fn sign_in_form(
    state: Data<State>,
    req: HttpRequest,
    form: Form<SignInForm>,
) -> WebResult {
    let form = form.into_inner();
    match check_password(&state, &req, form.email.clone(), form.password).await {
        Ok(right) if right.demand == Demand::Nothing => {
            let signed_in = open(&state, right.login, SessionKind::Browser).await?;
            enter(&state, signed_in, &form.next)
        }
        Ok(right) => first_step::passed(&state, right.login, right.demand, &form.next).await,
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
