//! Idempotent creation for programs: `Idempotency-Key`.

use actix_web::{HttpRequest, HttpResponse, http::StatusCode};
use sha2::{Digest, Sha256};

use super::{
    error::{Code, WebError, WebResult},
    state::State,
};
use crate::{
    accounts::{self, Actor, StoredReply},
    db::DbConnection,
    types::hex,
    types::{Id, Instant},
};

/// An `Idempotency-Key` with the hash of the request it was sent with.
pub struct Idempotency {
    key: String,
    request_hash: String,
}

/// The request's `Idempotency-Key`, if it has one, bound to the parts that make the request what it is.
///
/// # Errors
/// When the key is longer than 200 characters or not plain text.
pub fn idempotency(req: &HttpRequest, parts: &[&str]) -> Result<Option<Idempotency>, WebError> {
    let Some(header) = req.headers().get("Idempotency-Key") else {
        return Ok(None);
    };
    let key = header
        .to_str()
        .ok()
        .filter(|k| !k.is_empty() && k.len() <= 200);
    let key = key.ok_or_else(|| {
        WebError::verbatim(
            Code::BadRequest,
            "An Idempotency-Key has 1 to 200 plain characters.",
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

/// Creates something and answers 201. The same key with the same request gets the first answer again; with another
/// request it is refused.
///
/// # Errors
/// What `make` returns, or [`Code::KeyReused`].
pub async fn created<F>(
    state: &State,
    actor: &Actor,
    key: Option<Idempotency>,
    make: F,
) -> WebResult
where
    F: FnOnce(&mut DbConnection) -> Result<serde_json::Value, WebError> + Send + 'static,
{
    let (organisation, person) = (actor.organisation, actor.person);
    let known = key
        .as_ref()
        .map(|k| (k.key.clone(), k.request_hash.clone()));
    let made = state
        .db
        .write(move |c| {
            let Some(key) = key else {
                return make(c).map(|v| v.to_string());
            };
            if let Some(body) = earlier(c, organisation, person, &key.key, &key.request_hash)? {
                return Ok(body);
            }
            let body = make(c)?.to_string();
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
    let body = match (made, known) {
        (Ok(body), _) => body,
        // The same key at the same moment: whoever came second gets the first one's answer.
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

/// The answer already given to this key, if any.
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
        Some(_) => Err(WebError::verbatim(
            Code::KeyReused,
            "This Idempotency-Key was used for another request.",
        )),
    }
}
