//! `/account/sessions` and `/people/{id}/sessions`: where people are signed in, and ending that.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Json, Path},
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    auth::current_session,
    done::Done,
    error::{WebError, WebResult},
    frame::Frame,
    list::List,
    render::confirmed,
    state::State,
};
use crate::{
    accounts::{self, AccountsError, Actor, SessionKind},
    db::DbConnection,
    locale::Localised,
    types::{Id, Instant},
};

/// A session that has not ended.
#[derive(Serialize, ToSchema)]
pub struct SessionReply {
    pub id: Id,
    pub kind: SessionKind,
    /// Browser and operating system, or the name of a program; empty if it is not known.
    #[schema(example = "Firefox, Windows")]
    pub device: String,
    pub started_at: Instant,
    /// To about five minutes.
    pub last_used_at: Instant,
    pub expires_at: Instant,
    /// Whether this request was sent in it.
    pub is_current: bool,
}

/// A session in a list on a page.
pub(super) struct SessionRow {
    pub id: Id,
    /// The device or, if it is not known, the kind.
    pub name: String,
    pub started_at: Instant,
    pub last_used_at: Instant,
    pub is_current: bool,
}

/// Sessions as a page lists them.
pub(super) fn rows(frame: &Frame, sessions: Vec<SessionReply>) -> Vec<SessionRow> {
    let row = |session: SessionReply| SessionRow {
        id: session.id,
        name: match session.device.is_empty() {
            true => frame.m(session.kind.message()),
            false => session.device,
        },
        started_at: session.started_at,
        last_used_at: session.last_used_at,
        is_current: session.is_current,
    };
    sessions.into_iter().map(row).collect()
}

/// Sessions of a person, of which the request may be sent in one.
pub(super) fn read(
    c: &mut DbConnection,
    organisation: Id,
    person: Id,
    current: Option<Id>,
) -> Result<Vec<SessionReply>, AccountsError> {
    let sessions = accounts::sessions(c, organisation, person, Instant::now())?;
    let reply = |session: accounts::Session| SessionReply {
        id: session.id,
        kind: session.kind,
        device: session.device,
        started_at: session.started_at,
        last_used_at: session.last_used_at,
        expires_at: session.expires_at,
        is_current: Some(session.id) == current,
    };
    Ok(sessions.into_iter().map(reply).collect())
}

async fn list(
    state: &State,
    req: &HttpRequest,
    organisation: Id,
    person: Id,
) -> Result<Json<List<SessionReply>>, WebError> {
    let current = current_session(req);
    let read = move |c: &mut DbConnection| read(c, organisation, person, current);
    Ok(Json(List::complete(state.db.read(read).await?)))
}

/// Lists the sessions of the signed-in person that have not ended, the last used first.
#[utoipa::path(
    get,
    path = "/api/v1/account/sessions",
    tag = "Account",
    operation_id = "list_own_sessions",
    responses((status = 200, description = "At most 200 sessions", body = List<SessionReply>))
)]
pub async fn own_sessions_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
) -> Result<Json<List<SessionReply>>, WebError> {
    list(&state, &req, actor.organisation, actor.person).await
}

/// Lists the sessions of a person that have not ended, the last used first.
#[utoipa::path(
    get,
    path = "/api/v1/people/{id}/sessions",
    tag = "Account",
    operation_id = "list_sessions",
    params(("id" = Id, Path, description = "The account")),
    responses((status = 200, description = "At most 200 sessions", body = List<SessionReply>))
)]
pub async fn sessions_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> Result<Json<List<SessionReply>>, WebError> {
    list(&state, &req, actor.organisation, *id).await
}

async fn end(state: &State, actor: Actor, person: Id, session: Id) -> Result<(), WebError> {
    let end = move |c: &mut DbConnection| {
        accounts::end_session(c, &actor, person, session, Instant::now())
    };
    Ok(state.db.write(end).await?)
}

async fn end_all(state: &State, actor: Actor, person: Id) -> Result<(), WebError> {
    let end = move |c: &mut DbConnection| accounts::end_sessions(c, &actor, person, Instant::now());
    Ok(state.db.write(end).await?)
}

/// Ends the sessions of the signed-in person except for the one in which the request is sent.
async fn end_others(state: &State, req: &HttpRequest, actor: Actor) -> Result<(), WebError> {
    let Some(kept) = current_session(req) else {
        let person = actor.person;
        return end_all(state, actor, person).await;
    };
    let end =
        move |c: &mut DbConnection| accounts::end_other_sessions(c, &actor, kept, Instant::now());
    Ok(state.db.write(end).await?)
}

/// `POST /account/sessions/{session}/end`
pub async fn end_own_form(state: Data<State>, actor: Actor, session: Path<Id>) -> WebResult {
    let person = actor.person;
    end(&state, actor, person, *session).await?;
    Ok(confirmed("/account", Done::SessionEnded))
}

/// Ends a session of the signed-in person. Its tokens end at once.
#[utoipa::path(
    post,
    path = "/api/v1/account/sessions/{session}/end",
    tag = "Account",
    operation_id = "end_own_session",
    params(("session" = Id, Path, description = "The session")),
    responses((status = 204, description = "Ended"))
)]
pub async fn end_own_json(state: Data<State>, actor: Actor, session: Path<Id>) -> WebResult {
    let person = actor.person;
    end(&state, actor, person, *session).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /account/sessions/end`
pub async fn end_others_form(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    end_others(&state, &req, actor).await?;
    Ok(confirmed("/account", Done::SessionsEnded))
}

/// Ends all sessions of the signed-in person except for the one in which the request is sent.
#[utoipa::path(
    post,
    path = "/api/v1/account/sessions/end",
    tag = "Account",
    operation_id = "end_other_sessions",
    responses((status = 204, description = "Ended"))
)]
pub async fn end_others_json(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    end_others(&state, &req, actor).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /people/{id}/sessions/{session}/end`
pub async fn end_form(state: Data<State>, actor: Actor, path: Path<(Id, Id)>) -> WebResult {
    let (id, session) = path.into_inner();
    end(&state, actor, id, session).await?;
    Ok(confirmed(&format!("/people/{id}"), Done::SessionEnded))
}

/// Ends a session of a person. Its tokens end at once.
#[utoipa::path(
    post,
    path = "/api/v1/people/{id}/sessions/{session}/end",
    tag = "Account",
    operation_id = "end_session",
    params(
        ("id" = Id, Path, description = "The account"),
        ("session" = Id, Path, description = "The session")
    ),
    responses((status = 204, description = "Ended"))
)]
pub async fn end_json(state: Data<State>, actor: Actor, path: Path<(Id, Id)>) -> WebResult {
    let (id, session) = path.into_inner();
    end(&state, actor, id, session).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /people/{id}/sessions/end`
pub async fn end_all_form(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    end_all(&state, actor, *id).await?;
    Ok(confirmed(&format!("/people/{id}"), Done::SessionsEnded))
}

/// Ends all sessions of a person. Their tokens end at once.
#[utoipa::path(
    post,
    path = "/api/v1/people/{id}/sessions/end",
    tag = "Account",
    operation_id = "end_sessions",
    params(("id" = Id, Path, description = "The account")),
    responses((status = 204, description = "Ended"))
)]
pub async fn end_all_json(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    end_all(&state, actor, *id).await?;
    Ok(HttpResponse::NoContent().finish())
}
