//! Idempotent creation for programs: the header `Idempotency-Key`.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

use super::{
    error::{Code, WebError, WebResult},
    state::State,
};
use crate::{
    accounts::{self, AccountsError, Actor, StoredReply},
    db::{DbConnection, DbError},
    msg,
    types::{Id, Instant, hex},
};

/// Maximum length of a key, in bytes.
const MAX_KEY: usize = 200;

/// An `Idempotency-Key` with the request it was sent with.
#[derive(Clone)]
pub struct Idempotency {
    key: String,
    request: Sha256,
}

impl Idempotency {
    /// Adds content that follows the other parts of the request, such as a file, piece by piece.
    pub fn update(&mut self, piece: &[u8]) {
        self.request.update(piece);
    }

    /// Adds a part of the request.
    pub fn add(&mut self, part: &str) {
        self.request.update((part.len() as u64).to_be_bytes());
        self.request.update(part.as_bytes());
    }

    /// The key as an actor uses it: an API key has keys of its own, apart from those of the person
    /// who created it. What that person sends has no line break, so it cannot look like one of
    /// them.
    fn of(&self, actor: &Actor) -> Self {
        let mut own = self.clone();
        if actor.api_key.is_some() {
            own.key = format!("{}\n{}", actor.label(), self.key);
        }
        own
    }

    fn request_hash(&self) -> String {
        hex(&self.request.clone().finalize())
    }
}

/// The header, for the description of operations.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "describes the header, which `idempotency` reads")]
pub struct IdempotencyHeader {
    /// Makes repeating the request harmless.
    #[param(rename = "Idempotency-Key")]
    key: Option<String>,
}

/// The key of something new.
#[derive(Serialize, ToSchema)]
pub struct CreatedReply {
    pub id: Id,
}

/// The `Idempotency-Key` of a request, if it has one. `parts` are the fields of the body; together
/// with the path they identify the request.
///
/// # Errors
/// [`Code::BadRequest`] if the key is empty, not plain text, or longer than 200 characters.
pub fn idempotency(req: &HttpRequest, parts: &[&str]) -> Result<Option<Idempotency>, WebError> {
    let Some(header) = req.headers().get("Idempotency-Key") else {
        return Ok(None);
    };
    let key = header
        .to_str()
        .ok()
        .filter(|key| !key.is_empty() && key.len() <= MAX_KEY)
        .ok_or_else(|| {
            WebError::new(
                Code::BadRequest,
                msg!("error-idempotency-key", max = MAX_KEY),
            )
        })?;
    let mut key = Idempotency {
        key: key.to_owned(),
        request: Sha256::new(),
    };
    for part in std::iter::once(&req.path()).chain(parts) {
        key.add(part);
    }
    Ok(Some(key))
}

/// Like [`idempotency`], of a request with a JSON body.
///
/// # Errors
/// [`Code::BadRequest`] like [`idempotency`].
pub fn idempotency_of(
    req: &HttpRequest,
    body: &impl Serialize,
) -> Result<Option<Idempotency>, WebError> {
    let body = serde_json::to_string(body).map_err(|e| WebError::internal(&e))?;
    idempotency(req, &[&body])
}

/// Creates something and answers 201. The same key with the same request gets the first reply
/// again.
///
/// # Errors
/// Errors of `create`; [`Code::KeyReused`] if the key belongs to another request.
pub async fn created<T, F>(
    state: &State,
    actor: &Actor,
    key: Option<Idempotency>,
    create: F,
) -> WebResult
where
    T: Serialize,
    F: FnOnce(&mut DbConnection) -> Result<T, WebError> + Send + 'static,
{
    answered(state, actor, StatusCode::CREATED, key, create).await
}

/// Like [`created`], with another status. A 204 has no body.
///
/// # Errors
/// Errors of `create`; [`Code::KeyReused`] if the key belongs to another request.
pub async fn answered<T, F>(
    state: &State,
    actor: &Actor,
    status: StatusCode,
    key: Option<Idempotency>,
    create: F,
) -> WebResult
where
    T: Serialize,
    F: FnOnce(&mut DbConnection) -> Result<T, WebError> + Send + 'static,
{
    let body = body_once(state, actor, status, key, create).await?;
    let mut reply = HttpResponse::build(status);
    Ok(match status {
        StatusCode::NO_CONTENT => reply.finish(),
        _ => reply.content_type("application/json").body(body),
    })
}

/// Creates something and returns what its reply is built from. It is stored, so it holds no secret.
///
/// # Errors
/// Errors of `create`; [`Code::KeyReused`] if the key belongs to another request.
pub async fn once<T, F>(
    state: &State,
    actor: &Actor,
    key: Option<Idempotency>,
    create: F,
) -> Result<T, WebError>
where
    T: Serialize + DeserializeOwned,
    F: FnOnce(&mut DbConnection) -> Result<T, WebError> + Send + 'static,
{
    let body = body_once(state, actor, StatusCode::OK, key, create).await?;
    serde_json::from_str(&body).map_err(|e| WebError::internal(&e))
}

async fn body_once<T, F>(
    state: &State,
    actor: &Actor,
    status: StatusCode,
    key: Option<Idempotency>,
    create: F,
) -> Result<String, WebError>
where
    T: Serialize,
    F: FnOnce(&mut DbConnection) -> Result<T, WebError> + Send + 'static,
{
    let create = move |c: &mut DbConnection| text(&create(c)?);
    let who = (actor.organisation, actor.person);
    let key = key.map(|key| key.of(actor));
    let known = key.clone();
    let result = state
        .db
        .write(move |c| {
            let Some(key) = key else {
                return create(c);
            };
            if let Some(body) = earlier(c, who, &key)? {
                return Ok(body);
            }
            let body = create(c)?;
            accounts::keep_reply(c, &stored(who, &key, status, body.clone()))?;
            Ok(body)
        })
        .await;
    let body = match (result, known) {
        (Ok(body), _) => body,
        // A concurrent request with the same key may have won: then its reply counts.
        (Err(error), Some(key)) => {
            let found = state.db.read(move |c| earlier(c, who, &key)).await?;
            found.ok_or(error)?
        }
        (Err(error), None) => return Err(error),
    };
    state.wake.notify_waiters();
    Ok(body)
}

/// What an earlier request with this key stored.
///
/// # Errors
/// [`Code::KeyReused`] if the key belongs to another request.
pub async fn repeated<T: DeserializeOwned>(
    state: &State,
    actor: &Actor,
    key: Option<&Idempotency>,
) -> Result<Option<T>, WebError> {
    let Some(key) = key.map(|key| key.of(actor)) else {
        return Ok(None);
    };
    let who = (actor.organisation, actor.person);
    let body = state.db.read(move |c| earlier(c, who, &key)).await?;
    body.map(|body| serde_json::from_str(&body).map_err(|e| WebError::internal(&e)))
        .transpose()
}

/// Whether this person has sent a request with this key, the same or another.
///
/// # Errors
/// [`Code::Busy`] if no connection is free.
pub async fn is_known(state: &State, actor: &Actor, key: &Idempotency) -> Result<bool, WebError> {
    let (organisation, person, key) = (actor.organisation, actor.person, key.of(actor).key);
    let find = move |c: &mut _| accounts::find_reply(c, organisation, person, &key);
    Ok(state.db.read(find).await?.is_some())
}

/// Stores how far a request has come that takes several transactions, in one of them. `before` is
/// what it stored last.
///
/// # Errors
/// [`Code::Busy`] if another request with the same key came further.
pub fn keep_progress<T: Serialize>(
    c: &mut DbConnection,
    actor: &Actor,
    key: &Idempotency,
    before: Option<&T>,
    after: &T,
) -> Result<(), WebError> {
    let who = (actor.organisation, actor.person);
    let reply = stored(who, &key.of(actor), StatusCode::CREATED, text(after)?);
    let kept = match before {
        None => match accounts::keep_reply(c, &reply) {
            Err(AccountsError::Db(DbError::Duplicate)) => false,
            kept => kept.map(|()| true)?,
        },
        Some(before) => accounts::replace_reply(c, &reply, &text(before)?)?,
    };
    if kept {
        Ok(())
    } else {
        Err(DbError::Busy.into())
    }
}

fn text(reply: &impl Serialize) -> Result<String, WebError> {
    serde_json::to_string(reply).map_err(|e| WebError::internal(&e))
}

/// A reply of a person in an organisation.
fn stored(
    (organisation, person): (Id, Id),
    key: &Idempotency,
    status: StatusCode,
    body: String,
) -> StoredReply {
    StoredReply {
        organisation_id: organisation,
        person_id: person,
        idempotency_key: key.key.clone(),
        request_hash: key.request_hash(),
        status: status.as_u16().into(),
        body,
        created_at: Instant::now(),
    }
}

/// The stored reply to this key, if there is one.
fn earlier(
    c: &mut DbConnection,
    (organisation, person): (Id, Id),
    key: &Idempotency,
) -> Result<Option<String>, WebError> {
    match accounts::find_reply(c, organisation, person, &key.key)? {
        None => Ok(None),
        Some(reply) if reply.request_hash == key.request_hash() => Ok(Some(reply.body)),
        Some(_) => Err(WebError::new(Code::KeyReused, msg!("error-key-reused"))),
    }
}
