//! Authentication and authorisation: the guard in front of every route.
//!
//! A browser sends a session cookie, a program a bearer token. Requests with a cookie that are not
//! plain reads must come from our own pages: their `Origin` is checked.

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    body::{BoxBody, MessageBody},
    cookie::{Cookie, SameSite, time::Duration},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{Method, header},
    middleware::Next,
    web::Data,
};
use std::future::{Ready, ready};

use super::{
    error::{Code, WebError},
    frame::Synthetic,
    key_guard::admit_key,
    limits::Limit,
    state::State,
};
use crate::{
    accounts::{
        self, Actor, LiveSession, Role, SESSION_HOURS,
        api_keys::{self, KeyScope, is_key},
    },
    db::{DbConnection, shares},
    msg,
    telemetry::chain,
    types::{Id, Instant},
};

/// Who may call a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Anybody: sign-in, health, static files, and candidates, whose token in the path is their
    /// key.
    Public,
    /// People with one of these roles.
    Roles(&'static [Role]),
}

/// The person behind a guarded request.
impl FromRequest for Actor {
    type Error = WebError;
    type Future = Ready<Result<Self, WebError>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(
            req.extensions()
                .get::<Actor>()
                .cloned()
                .ok_or_else(not_signed_in),
        )
    }
}

/// The session in which a request is sent, kept with the request.
#[derive(Clone, Copy)]
struct CurrentSession(Id);

/// The session in which a request is sent, if it is sent in one.
pub fn current_session(req: &HttpRequest) -> Option<Id> {
    let found = req.extensions().get::<CurrentSession>().copied();
    found.map(|CurrentSession(id)| id)
}

fn not_signed_in() -> WebError {
    WebError::new(Code::NotSignedIn, msg!("error-not-signed-in"))
}

/// Name of the session cookie; the prefix binds it to this host and to TLS where TLS is.
pub fn cookie_name(https: bool) -> &'static str {
    if https { "__Host-rapport" } else { "rapport" }
}

/// The cookie that holds a session token, or ends it.
pub fn session_cookie(token: Option<&str>, https: bool) -> Cookie<'static> {
    let life = if token.is_some() {
        Duration::hours(SESSION_HOURS)
    } else {
        Duration::ZERO
    };
    Cookie::build(cookie_name(https), token.unwrap_or_default().to_owned())
        .path("/")
        .http_only(true)
        .secure(https)
        .same_site(SameSite::Lax)
        .max_age(life)
        .finish()
}

/// The session token in the request's cookie.
pub fn session_token(req: &HttpRequest, https: bool) -> Option<String> {
    req.cookie(cookie_name(https))
        .map(|c| c.value().to_owned())
        .filter(|t| !t.is_empty())
}

fn bearer(req: &HttpRequest) -> Option<&str> {
    req.headers()
        .get(header::AUTHORIZATION)?
        .to_str()
        .ok()?
        .strip_prefix("Bearer ")
}

/// Whether the `Origin` header names our own address, with its scheme: the public one, or without
/// it plain HTTP and the host that the browser asked for. `None` without the header.
fn same_origin(req: &HttpRequest, state: &State) -> Option<bool> {
    let value = |name| {
        req.headers()
            .get(name)
            .map(|h| h.to_str().unwrap_or("null"))
    };
    let origin = value(header::ORIGIN)?;
    let ours = state
        .config
        .public_origin()
        .or_else(|| value(header::HOST).map(|host| format!("http://{host}")));
    Some(ours.is_some_and(|ours| ours == origin))
}

/// Guards a route: passes the request on with its [`Actor`], or answers with an error. An API key
/// needs the scope of the route; without one, no key passes.
pub async fn guard(
    (access, scope): (Access, Option<KeyScope>),
    limit: Option<Limit>,
    req: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    match admit(access, scope, limit, &req).await {
        Ok(()) => {
            let organisation = req.extensions().get::<Actor>().map(|a| a.organisation);
            let answer = shares::on_behalf_of(organisation, next.call(req)).await?;
            Ok(answer.map_into_boxed_body())
        }
        Err(refusal) => Ok(req.error_response(refusal).map_into_boxed_body()),
    }
}

/// The person who sends a request, kept with the request.
async fn identify(req: &HttpRequest, state: &State) -> Result<Option<Actor>, WebError> {
    let now = Instant::now();
    let session = match (bearer(req), session_token(req, state.config.is_https())) {
        (Some(token), _) => match state.keys.verify(token) {
            Some(claims) => {
                let read = move |c: &mut DbConnection| accounts::access_session(c, &claims, now);
                state.db.read(read).await?
            }
            None => None,
        },
        (None, Some(token)) => {
            let read = move |c: &mut DbConnection| accounts::cookie_session(c, &token, now);
            state.db.read(read).await?
        }
        (None, None) => None,
    };
    let Some(LiveSession {
        actor,
        id,
        is_to_be_noted,
    }) = session
    else {
        return Ok(None);
    };
    if is_to_be_noted {
        note_use(state, actor.organisation, id).await;
    }
    let synthetic = state.is_synthetic(actor.organisation).await?;
    req.extensions_mut().insert(Synthetic(synthetic));
    req.extensions_mut().insert(CurrentSession(id));
    req.extensions_mut().insert(actor.clone());
    Ok(Some(actor))
}

/// Notes that a session is used.
async fn note_use(state: &State, organisation: Id, session: Id) {
    let note = state
        .db
        .write(move |c| accounts::note_use(c, organisation, session, Instant::now()));
    if let Err(error) = shares::on_behalf_of(Some(organisation), note).await {
        // Whoever only reads can go on while nothing can be written.
        tracing::warn!(error = chain(&error), "the use of a session was not noted");
    }
}

/// Checks, in the transaction that ends a long request, that whoever sent it may still send it:
/// meanwhile the account, its role or the API key may have ended.
///
/// # Errors
/// The check gives [`Code::Forbidden`] or, for an API key, [`Code::ApiKeyInvalid`].
pub fn check_again(
    req: &HttpRequest,
    state: &State,
    actor: &Actor,
) -> impl FnOnce(&mut DbConnection) -> Result<(), WebError> + Send + 'static + use<> {
    let access = req.extensions().get::<Access>().copied();
    let (actor, keys) = (actor.clone(), state.keys.clone());
    move |c: &mut DbConnection| {
        let (organisation, now) = (actor.organisation, Instant::now());
        if let Some(key) = actor.api_key {
            return Ok(api_keys::check(c, (organisation, key), keys.secret(), now)?);
        }
        let person = accounts::person(c, organisation, actor.person)?;
        match access {
            Some(Access::Roles(roles)) if person.is_active() && person.roles.allow(roles) => Ok(()),
            _ => Err(WebError::new(Code::Forbidden, msg!("error-access-ended"))),
        }
    }
}

/// Finds out who sent a request that met no guard, for the navigation of its error page.
pub async fn recognise(req: &HttpRequest) {
    let known = req.extensions().contains::<Actor>();
    let state = req.app_data::<Data<State>>().filter(|_| !known);
    if let Some(state) = state {
        // The page shows the failure of the request; one of ours must not take its place.
        drop(identify(req, state).await);
    }
}

async fn admit(
    access: Access,
    scope: Option<KeyScope>,
    limit: Option<Limit>,
    req: &ServiceRequest,
) -> Result<(), WebError> {
    let state = req
        .app_data::<Data<State>>()
        .cloned()
        .ok_or_else(WebError::not_found)?;
    req.extensions_mut().insert(access);
    if let (Access::Public, Some(limit)) = (access, limit) {
        state.limits.take(limit, state.source(req.request()))?;
    }
    let reads = matches!(*req.method(), Method::GET | Method::HEAD);
    let origin = same_origin(req.request(), &state);
    if !reads && origin == Some(false) {
        return Err(WebError::new(Code::CrossSite, msg!("error-cross-site")));
    }
    // Public routes are the same for everybody, and so do not look at keys.
    let key = bearer(req.request()).filter(|token| is_key(token));
    if let (Some(token), Access::Roles(_)) = (key, access) {
        return admit_key(&state, req.request(), token, (scope, limit)).await;
    }
    let by_cookie = bearer(req.request()).is_none();
    // Monitoring needs no account, and no database for it.
    if matches!(req.path(), "/healthz" | "/readyz") {
        return Ok(());
    }
    let Some(actor) = identify(req.request(), &state).await? else {
        return if access == Access::Public {
            Ok(())
        } else {
            Err(not_signed_in())
        };
    };
    let allowed = match access {
        Access::Public => true,
        Access::Roles(roles) => actor.roles.allow(roles),
    };
    // Browsers send `Origin` with every request that changes something.
    if by_cookie && !reads && origin.is_none() && access != Access::Public {
        return Err(WebError::new(Code::CrossSite, msg!("error-no-origin")));
    }
    if !allowed {
        return Err(WebError::new(Code::Forbidden, msg!("error-forbidden")));
    }
    if let (Access::Roles(_), Some(limit)) = (access, limit) {
        state.limits.take(limit, actor.person)?;
    }
    Ok(())
}
