//! Signing in and out, tokens, one's own account, and the people of an organisation.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Form, Json, Path},
};
use askama::Template;
use serde::{Deserialize, Serialize};

use super::{
    State,
    auth::{Who, session_cookie, session_token},
    error::{Code, WebError, WebResult},
    operations::{created, idempotency},
    render::{self, Frame, page, see_other},
};
use crate::{
    accounts::{self, AccountsError, Actor, NewPerson, Person, Role, SessionKind, credentials},
    praise::departments,
    types::{Id, Instant},
    workforce,
};

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    frame: Frame,
    problem: Option<String>,
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

async fn sign_in(
    state: &State,
    email: String,
    password: String,
    kind: SessionKind,
) -> Result<(Actor, String), WebError> {
    let login = state
        .db
        .read(move |c| accounts::find_login(c, &email, Instant::now()))
        .await?;
    // Hashing takes its time on purpose: no connection waits for it, and an unknown address costs the same.
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
        render::first_page(role).to_owned()
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
                problem: Some(e.detail),
                next: form.next,
                email: form.email,
            };
            let html = shown.render().map_err(|e| WebError::internal(&e))?;
            Ok(HttpResponse::Unauthorized()
                .content_type("text/html; charset=utf-8")
                .body(html))
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

/// `GET /`
pub async fn home(req: HttpRequest) -> WebResult {
    use actix_web::HttpMessage;
    let who = req.extensions().get::<Who>().cloned();
    Ok(see_other(
        who.map_or("/sign-in", |w| render::first_page(w.0.role)),
    ))
}

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    frame: Frame,
    name: String,
    role: &'static str,
}

/// `GET /account`
pub async fn account_page(req: HttpRequest, who: Who) -> WebResult {
    page(&AccountPage {
        frame: Frame::of(&req),
        role: who.0.role.as_str(),
        name: who.0.name,
    })
}

#[derive(Deserialize)]
pub struct PasswordForm {
    present: String,
    new: String,
}

async fn change_password(state: &State, actor: Actor, form: PasswordForm) -> Result<(), WebError> {
    let who = actor.clone();
    let stored = state
        .db
        .read(move |c| accounts::password_hash_of(c, &who))
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
pub async fn password_form(state: Data<State>, who: Who, form: Form<PasswordForm>) -> WebResult {
    change_password(&state, who.0, form.into_inner()).await?;
    Ok(see_other("/sign-in"))
}

/// `POST /api/v1/account/password`
pub async fn password_json(state: Data<State>, who: Who, form: Json<PasswordForm>) -> WebResult {
    change_password(&state, who.0, form.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}

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

#[derive(Serialize)]
struct Me {
    id: Id,
    organisation_id: Id,
    name: String,
    role: Role,
    agent_id: Option<Id>,
}

/// `GET /api/v1/account`
pub async fn account_json(who: Who) -> WebResult {
    let a = who.0;
    Ok(HttpResponse::Ok().json(Me {
        id: a.person,
        organisation_id: a.organisation,
        name: a.name,
        role: a.role,
        agent_id: a.agent,
    }))
}

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    frame: Frame,
    /// Each with whom or what they stand for.
    people: Vec<(Person, Option<String>)>,
    departments: Vec<String>,
}

/// `GET /people`
pub async fn people_page(state: Data<State>, req: HttpRequest, who: Who) -> WebResult {
    let organisation = who.0.organisation;
    let read = state.db.read(move |c| {
        let people = accounts::people(c, organisation)?;
        let departments = departments::owners(c, organisation)?;
        Ok::<_, WebError>((people, workforce::agents(c, organisation)?, departments))
    });
    let (people, agents, departments) = read.await?;
    let stands_for = |p: &Person| {
        let agent = agents.iter().find(|a| Some(a.id) == p.agent_id);
        let agent = agent.map(|agent| format!("{} ({})", agent.name, agent.reference));
        agent.or_else(|| p.department.clone())
    };
    let people = people
        .into_iter()
        .map(|p| (p.clone(), stands_for(&p)))
        .collect();
    page(&PeoplePage {
        frame: Frame::of(&req),
        people,
        departments,
    })
}

#[derive(Serialize)]
struct PersonReply {
    id: Id,
    name: String,
    email: String,
    role: Role,
    agent_id: Option<Id>,
    department: Option<String>,
}

/// `GET /api/v1/people`
pub async fn people_json(state: Data<State>, who: Who) -> WebResult {
    let people = state
        .db
        .read(move |c| accounts::people(c, who.0.organisation))
        .await?;
    let items: Vec<PersonReply> = people
        .into_iter()
        .map(|p| PersonReply {
            id: p.id,
            name: p.name,
            email: p.email,
            role: p.role,
            agent_id: p.agent_id,
            department: p.department,
        })
        .collect();
    Ok(HttpResponse::Ok().json(serde_json::json!({ "items": items })))
}

#[derive(Deserialize)]
pub struct PersonForm {
    name: String,
    email: String,
    role: Role,
    password: String,
    #[serde(default)]
    agent_reference: String,
    #[serde(default)]
    department: String,
}

async fn hashed(state: &State, password: String) -> Result<String, WebError> {
    let hash = state
        .hashing(move || credentials::hash_password(&password))
        .await?;
    Ok(hash.map_err(AccountsError::from)?)
}

fn create(
    c: &mut crate::db::DbConnection,
    actor: &Actor,
    form: PersonForm,
    password_hash: String,
) -> Result<Id, WebError> {
    let reference = form.agent_reference.trim();
    let agent = match reference {
        "" => None,
        reference => Some(
            workforce::agent_by_reference(c, actor.organisation, reference)
                .map_err(|_e| WebError::from(AccountsError::NoAgent))?
                .id,
        ),
    };
    let department = match form.department.trim() {
        "" => None,
        name => Some(departments::named(c, actor.organisation, name)?),
    };
    let new = NewPerson {
        email: form.email,
        name: form.name,
        role: form.role,
        password_hash,
        agent,
        department,
    };
    Ok(accounts::create_person(
        c,
        actor.organisation,
        new,
        &actor.label(),
        Instant::now(),
    )?)
}

/// `POST /people`
pub async fn create_person_form(state: Data<State>, who: Who, form: Form<PersonForm>) -> WebResult {
    let form = form.into_inner();
    let hash = hashed(&state, form.password.clone()).await?;
    state
        .db
        .write(move |c| create(c, &who.0, form, hash))
        .await?;
    Ok(see_other("/people"))
}

/// `POST /api/v1/people`
pub async fn create_person_json(
    state: Data<State>,
    req: HttpRequest,
    who: Who,
    form: Json<PersonForm>,
) -> WebResult {
    let form = form.into_inner();
    let hash = hashed(&state, form.password.clone()).await?;
    let key = idempotency(
        &req,
        &[
            &form.name,
            &form.email,
            form.role.as_str(),
            &form.agent_reference,
            &form.department,
        ],
    )?;
    let actor = who.0;
    created(&state, &actor.clone(), key, move |c| {
        Ok(serde_json::json!({ "id": create(c, &actor, form, hash)? }))
    })
    .await
}

#[derive(Deserialize)]
pub struct DepartmentForm {
    #[serde(default)]
    department: String,
}

async fn set_department(
    state: &State,
    who: Who,
    person: Id,
    form: DepartmentForm,
) -> Result<(), WebError> {
    state
        .db
        .write(move |c| {
            let name = departments::named(c, who.0.organisation, &form.department)?;
            let now = Instant::now();
            Ok::<_, WebError>(accounts::set_department(c, &who.0, person, &name, now)?)
        })
        .await
}

/// `POST /people/{id}/department`
pub async fn department_form(
    state: Data<State>,
    who: Who,
    id: Path<Id>,
    form: Form<DepartmentForm>,
) -> WebResult {
    set_department(&state, who, *id, form.into_inner()).await?;
    Ok(see_other("/people"))
}

/// `POST /api/v1/people/{id}/department`
pub async fn department_json(
    state: Data<State>,
    who: Who,
    id: Path<Id>,
    form: Json<DepartmentForm>,
) -> WebResult {
    set_department(&state, who, *id, form.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}
