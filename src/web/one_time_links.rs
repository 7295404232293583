//! `/password`, `/forgot-password`, `/people/{id}/link` and `/people/{id}/mail`: choosing a
//! password through a one-time link, and how people get one.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{
        StatusCode,
        header::{CACHE_CONTROL, HeaderValue},
    },
    web::{Data, Form, Path},
};
use askama::Template;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    done::Done,
    error::{WebError, WebResult},
    forms::{self, Refused},
    frame::Frame,
    language::locale_of,
    limits::Limit,
    links::base_url,
    render::{confirmed, page, page_with_status},
    state::State,
};
use crate::{
    accounts::{
        self, AccountsError, Actor, LinkHolder, LinkPurpose, OneTimeLink, Postage, credentials,
    },
    db::DbConnection,
    locale::Message,
    telemetry::chain,
    types::{Id, Instant},
};

#[derive(Template)]
#[template(path = "forgot_password.html")]
struct ForgotPage {
    frame: Frame,
    has_server: bool,
}

#[derive(Template)]
#[template(path = "choose_password.html")]
struct PasswordPage {
    frame: Frame,
    holder: LinkHolder,
    link: String,
    problem: Option<Message>,
}

#[derive(Template)]
#[template(path = "one_time_link.html")]
struct LinkPage {
    frame: Frame,
    name: String,
    address: String,
    expires_at: Instant,
}

/// An address or a page with a secret: no cache may keep it.
fn unkept(mut response: HttpResponse) -> HttpResponse {
    let no_store = HeaderValue::from_static("no-store");
    response.headers_mut().insert(CACHE_CONTROL, no_store);
    response
}

/// How mails are written for the reader of a request.
pub(super) fn postage(state: &State, req: &HttpRequest) -> Postage {
    Postage {
        base_url: base_url(state, req),
        locale: locale_of(req),
        has_server: state.db.mail_server().is_some(),
    }
}

/// `GET /forgot-password`
pub async fn forgot_page(state: Data<State>, req: HttpRequest) -> WebResult {
    page(&ForgotPage {
        frame: Frame::of(&req),
        has_server: state.db.mail_server().is_some(),
    })
}

#[derive(Deserialize)]
pub struct ForgotForm {
    email: String,
}

/// `POST /forgot-password`. The reply does not wait for the mail and does not depend on it, so that
/// neither its text nor its time tells whether an account exists.
pub async fn forgot_form(
    state: Data<State>,
    req: HttpRequest,
    form: Form<ForgotForm>,
) -> WebResult {
    let email = form.into_inner().email;
    let key = email.trim().to_lowercase();
    if state.limits.take(Limit::ResetMail, key).is_ok() {
        let postage = postage(&state, &req);
        actix_web::rt::spawn(async move {
            let write = move |c: &mut DbConnection| {
                accounts::request_reset(c, &email, &postage, Instant::now())
            };
            match state.db.write(write).await {
                Ok(()) => state.wake.notify_waiters(),
                Err(error) => {
                    tracing::error!(error = %chain(&error), "A mail for a forgotten password was not written");
                }
            }
        });
    }
    Ok(confirmed("/sign-in", Done::ResetRequested))
}

/// The person behind a link. Guesses of one source are limited.
async fn holder(state: &State, req: &HttpRequest, link: &str) -> Result<LinkHolder, WebError> {
    let token = link.to_owned();
    let read = move |c: &mut DbConnection| accounts::link_holder(c, &token, Instant::now());
    let found = state.db.read(read).await;
    if matches!(found, Err(AccountsError::NoLink)) {
        state.limits.take(Limit::UnknownLink, state.source(req))?;
    }
    Ok(found?)
}

/// `GET /password/{link}`
pub async fn password_page(state: Data<State>, req: HttpRequest, link: Path<String>) -> WebResult {
    let holder = holder(&state, &req, &link).await?;
    show(&req, holder, link.into_inner(), None)
}

fn show(
    req: &HttpRequest,
    holder: LinkHolder,
    link: String,
    refused: Option<Refused<()>>,
) -> WebResult {
    let status = forms::status(refused.as_ref());
    let shown = PasswordPage {
        frame: Frame::of(req),
        holder,
        link,
        problem: refused.map(|refused| refused.problem.message),
    };
    Ok(unkept(page_with_status(status, &shown)?))
}

#[derive(Deserialize)]
pub struct PasswordForm {
    #[serde(default)]
    password: String,
}

async fn choose(
    state: &State,
    holder: &LinkHolder,
    link: String,
    password: String,
) -> Result<(), WebError> {
    let about = [&holder.name, &holder.email, &holder.organisation].map(String::clone);
    let hash = state
        .hashing(move || {
            credentials::hash_password(&password, &about.each_ref().map(String::as_str))
        })
        .await?
        .map_err(AccountsError::from)?;
    let write =
        move |c: &mut DbConnection| accounts::choose_password(c, &link, &hash, Instant::now());
    Ok(state.db.write(write).await?)
}

/// `POST /password/{link}`
pub async fn password_form(
    state: Data<State>,
    req: HttpRequest,
    link: Path<String>,
    form: Form<PasswordForm>,
) -> WebResult {
    let holder = holder(&state, &req, &link).await?;
    let link = link.into_inner();
    let password = form.into_inner().password;
    match choose(&state, &holder, link.clone(), password).await {
        Ok(()) => Ok(confirmed("/sign-in", Done::PasswordChosen)),
        Err(problem) => show(&req, holder, link, Some(Refused::new((), problem)?)),
    }
}

async fn create(state: &State, actor: Actor, person: Id) -> Result<OneTimeLink, WebError> {
    let write = move |c: &mut DbConnection| {
        accounts::create_link(
            c,
            actor.organisation,
            person,
            &actor.label(),
            Instant::now(),
        )
    };
    Ok(state.db.write(write).await?)
}

async fn send(state: &State, req: &HttpRequest, actor: Actor, person: Id) -> Result<(), WebError> {
    let postage = postage(state, req);
    let write = move |c: &mut DbConnection| {
        let (organisation, by) = (actor.organisation, actor.label());
        accounts::mail_link(c, organisation, person, &postage, &by, Instant::now())
    };
    state.db.write(write).await?;
    state.wake.notify_waiters();
    Ok(())
}

fn address(state: &State, req: &HttpRequest, link: &OneTimeLink) -> String {
    format!(
        "{}{}",
        base_url(state, req),
        accounts::link_path(&link.token)
    )
}

/// A page that shows a link, once.
pub(super) fn link_page(state: &State, req: &HttpRequest, link: OneTimeLink) -> WebResult {
    let shown = LinkPage {
        frame: Frame::of(req),
        address: address(state, req, &link),
        name: link.name,
        expires_at: link.expires_at,
    };
    Ok(unkept(page_with_status(StatusCode::OK, &shown)?))
}

/// `POST /people/{id}/link`
pub async fn link_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    let link = create(&state, actor, *id).await?;
    link_page(&state, &req, link)
}

/// `POST /people/{id}/mail`
pub async fn mail_form(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    send(&state, &req, actor, *id).await?;
    Ok(confirmed(&format!("/people/{id}"), Done::MailSent))
}

/// A one-time link. It is not shown again.
#[derive(Serialize, ToSchema)]
pub struct OneTimeLinkReply {
    /// Address of the page on which the person chooses a password.
    #[schema(example = "https://rapport.example/password/TOKEN")]
    link: String,
    purpose: LinkPurpose,
    expires_at: Instant,
}

/// Creates a one-time link with which a person chooses a password: for seven days if they were
/// invited and have none, for one day otherwise. Links from before no longer work.
#[utoipa::path(
    post,
    path = "/api/v1/people/{id}/link",
    tag = "Account",
    operation_id = "create_one_time_link",
    params(("id" = Id, Path, description = "The account")),
    responses(
        (status = 201, description = "Created", body = OneTimeLinkReply),
        (status = 409, description = "`step_refused`: the account is not active")
    )
)]
pub async fn link_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    let link = create(&state, actor, *id).await?;
    let reply = OneTimeLinkReply {
        link: address(&state, &req, &link),
        purpose: link.purpose,
        expires_at: link.expires_at,
    };
    Ok(unkept(HttpResponse::Created().json(reply)))
}

/// Creates a one-time link, as `create_one_time_link` does, and mails it to the person. Without a
/// mail server the mail waits in the outbox.
#[utoipa::path(
    post,
    path = "/api/v1/people/{id}/mail",
    tag = "Account",
    operation_id = "mail_one_time_link",
    params(("id" = Id, Path, description = "The account")),
    responses(
        (status = 204, description = "Queued"),
        (status = 409, description = "`step_refused`: the account is not active")
    )
)]
pub async fn mail_json(
    state: Data<State>,
    req: HttpRequest,
    actor: Actor,
    id: Path<Id>,
) -> WebResult {
    send(&state, &req, actor, *id).await?;
    Ok(HttpResponse::NoContent().finish())
}
