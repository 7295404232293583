//! Idempotent creation for programs: the header `Idempotency-Key`.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use serde::Serialize;
use sha2::{Digest, Sha256};
use utoipa::{IntoParams, ToSchema};

use super::{
    error::{Code, WebError, WebResult},
    state::State,
};
use crate::{
    accounts::{self, Actor, StoredReply},
    db::DbConnection,
    msg,
    types::{Id, Instant, hex},
};

/// Maximum length of a key, in bytes.
const MAX_KEY: usize = 200;

/// An `Idempotency-Key` with the hash of the request it was sent with.
pub struct Idempotency {
    key: String,
    request_hash: String,
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
    let mut sha = Sha256::new();
    for part in std::iter::once(&req.path()).chain(parts) {
        sha.update((part.len() as u64).to_be_bytes());
        sha.update(part.as_bytes());
    }
    Ok(Some(Idempotency {
        key: key.to_owned(),
        request_hash: hex(&sha.finalize()),
    }))
}

/// Creates something and answers 201. The same key with the same request gets the first reply
/// again.
///
/// # Errors
/// Those of `create`; [`Code::KeyReused`] if the key belongs to another request.
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
    let (organisation, person) = (actor.organisation, actor.person);
    let create = move |c: &mut DbConnection| {
        let reply = create(c)?;
        serde_json::to_string(&reply).map_err(|e| WebError::internal(&e))
    };
    let known = key
        .as_ref()
        .map(|k| (k.key.clone(), k.request_hash.clone()));
    let result = state
        .db
        .write(move |c| {
            let Some(key) = key else {
                return create(c);
            };
            if let Some(body) = earlier(c, organisation, person, &key.key, &key.request_hash)? {
                return Ok(body);
            }
            let body = create(c)?;
            let reply = StoredReply {
                organisation_id: organisation,
                person_id: person,
                idempotency_key: key.key,
                request_hash: key.request_hash,
                status: 201,
                body: body.clone(),
                created_at: Instant::now(),
            };
            accounts::keep_reply(c, &reply)?;
            Ok(body)
        })
        .await;
    let body = match (result, known) {
        (Ok(body), _) => body,
        // A concurrent request with the same key may have won: then its reply counts.
        (Err(error), Some((key, hash))) => {
            let found = state
                .db
                .read(move |c| earlier(c, organisation, person, &key, &hash))
                .await?;
            found.ok_or(error)?
        }
        (Err(error), None) => return Err(error),
    };
    state.wake.notify_one();
    Ok(HttpResponse::build(StatusCode::CREATED)
        .content_type("application/json")
        .body(body))
}

/// The stored reply to this key, if there is one.
fn earlier(
    c: &mut DbConnection,
    organisation: Id,
    person: Id,
    key: &str,
    request_hash: &str,
) -> Result<Option<String>, WebError> {
    match accounts::find_reply(c, organisation, person, key)? {
        None => Ok(None),
        Some(reply) if reply.request_hash == request_hash => Ok(Some(reply.body)),
        Some(_) => Err(WebError::new(Code::KeyReused, msg!("error-key-reused"))),
    }
}
