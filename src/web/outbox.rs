//! `/outbox`: mails to people and what became of them, for administrators.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, HeaderValue},
    web::{Data, Json, Path},
};
use askama::Template;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    done::Done,
    error::{WebError, WebResult},
    frame::Frame,
    list::List,
    render::{confirmed, page},
    state::State,
};
use crate::{
    accounts::Actor,
    db::DbConnection,
    locale::Localised,
    mail::{self, Mail, MailKind, MailState},
    types::{Id, Instant},
};

#[derive(Template)]
#[template(path = "outbox.html")]
struct OutboxPage {
    frame: Frame,
    mails: Vec<Mail>,
    has_server: bool,
}

impl OutboxPage {
    /// Whether somebody has to do something about a mail.
    fn is_stuck(&self, mail: &Mail) -> bool {
        match mail.state {
            MailState::Queued => mail.next_attempt_at.is_none(),
            MailState::Failed | MailState::Bounced => true,
            MailState::Sent | MailState::Withdrawn => false,
        }
    }
}

/// A mail, without its text.
#[derive(Serialize, ToSchema)]
pub struct MailReply {
    id: Id,
    /// The person it is for.
    person_id: Id,
    kind: MailKind,
    #[schema(example = "ann@example.org")]
    recipient: String,
    state: MailState,
    /// Attempts to hand it over.
    attempts: i32,
    /// When the next attempt is due; null if none is planned.
    next_attempt_at: Option<Instant>,
    /// What the mail server said last.
    #[schema(example = "transient error (451): 4.7.1 try again later")]
    last_error: Option<String>,
    created_at: Instant,
    /// When it was handed over or given up.
    settled_at: Option<Instant>,
}

impl From<Mail> for MailReply {
    fn from(mail: Mail) -> Self {
        Self {
            id: mail.id,
            person_id: mail.person_id,
            kind: mail.kind,
            recipient: mail.recipient,
            state: mail.state,
            attempts: mail.attempts,
            next_attempt_at: mail.next_attempt_at,
            last_error: mail.last_error,
            created_at: mail.created_at,
            settled_at: mail.settled_at,
        }
    }
}

async fn send(state: &State, actor: Actor, id: Id) -> Result<(), WebError> {
    let database = state.db.clone();
    let write = move |c: &mut DbConnection| {
        let (organisation, by) = (actor.organisation, actor.label());
        mail::send_again(c, &database, organisation, id, &by, Instant::now())
    };
    state.db.write(write).await?;
    state.wake.notify_waiters();
    Ok(())
}

async fn pass_on(state: &State, actor: Actor, id: Id) -> Result<(), WebError> {
    let write = move |c: &mut DbConnection| {
        mail::mark_delivered(c, actor.organisation, id, &actor.label(), Instant::now())
    };
    Ok(state.db.write(write).await?)
}

/// `GET /outbox`
pub async fn outbox_page(state: Data<State>, req: HttpRequest, actor: Actor) -> WebResult {
    let read = move |c: &mut DbConnection| {
        mail::mails_with_texts(c, actor.organisation, &actor.label(), Instant::now())
    };
    let mails = state.db.write(read).await?;
    let mut response = page(&OutboxPage {
        frame: Frame::of(&req),
        mails,
        has_server: state.db.mail_server().is_some(),
    })?;
    let no_store = HeaderValue::from_static("no-store");
    response.headers_mut().insert(CACHE_CONTROL, no_store);
    Ok(response)
}

/// Lists the mails of the last 30 days, newest first, without their texts.
#[utoipa::path(
    get,
    path = "/api/v1/mails",
    tag = "Account",
    operation_id = "list_mails",
    responses((status = 200, description = "At most 200 mails", body = List<MailReply>))
)]
pub async fn mails_json(
    state: Data<State>,
    actor: Actor,
) -> Result<Json<List<MailReply>>, WebError> {
    let read = move |c: &mut DbConnection| mail::mails(c, actor.organisation);
    let mails = state.db.read(read).await?;
    let items = mails.into_iter().map(MailReply::from).collect();
    Ok(Json(List::complete(items)))
}

/// `POST /outbox/{id}/send`
pub async fn send_form(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    send(&state, actor, *id).await?;
    Ok(confirmed("/outbox", Done::MailSent))
}

/// Sends a mail that was not handed over, with all attempts ahead.
#[utoipa::path(
    post,
    path = "/api/v1/mails/{id}/send",
    tag = "Account",
    operation_id = "send_mail",
    params(("id" = Id, Path, description = "The mail")),
    responses(
        (status = 204, description = "Queued"),
        (status = 409, description = "`step_refused`: there is no mail server, or the text was deleted")
    )
)]
pub async fn send_json(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    send(&state, actor, *id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /outbox/{id}/passed-on`
pub async fn passed_on_form(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    pass_on(&state, actor, *id).await?;
    Ok(confirmed("/outbox", Done::MailPassedOn))
}

/// Records that somebody passed a mail on in another way, and deletes its text.
#[utoipa::path(
    post,
    path = "/api/v1/mails/{id}/passed-on",
    tag = "Account",
    operation_id = "pass_mail_on",
    params(("id" = Id, Path, description = "The mail")),
    responses(
        (status = 204, description = "Recorded"),
        (status = 409, description = "`step_refused`: the text was deleted")
    )
)]
pub async fn passed_on_json(state: Data<State>, actor: Actor, id: Path<Id>) -> WebResult {
    pass_on(&state, actor, *id).await?;
    Ok(HttpResponse::NoContent().finish())
}
