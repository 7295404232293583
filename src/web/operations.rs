//! What operators look at (health, audit log, dead jobs), and idempotent creation for programs.

use actix_web::{
    HttpRequest, HttpResponse,
    http::StatusCode,
    web::{Data, Query},
};
use askama::Template;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    State,
    auth::Who,
    error::{Code, WebError, WebResult},
    render::{Frame, page},
};
use crate::{
    accounts::{self, Actor, StoredReply},
    audit::{self, Entry, Verdict, hex},
    db::{DbConnection, DbError},
    queue::{self, QueuedJob},
    types::{Id, Instant},
};

/// `GET /healthz`: the process answers.
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("ok")
}

/// `GET /readyz`: the database answers too.
pub async fn readyz(state: Data<State>) -> WebResult {
    state.db.read(queue::open_jobs).await?;
    Ok(HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body("ready"))
}

#[derive(Deserialize)]
pub struct AuditQuery {
    before: Option<i64>,
}

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    frame: Frame,
    verdict: String,
    intact: bool,
    waiting: i64,
    dead: Vec<QueuedJob>,
    /// Each with the name of who did it, where it is a person with an account.
    entries: Vec<(Entry, String)>,
    next: Option<i64>,
}

const PAGE: i64 = 100;

fn entries(
    c: &mut DbConnection,
    organisation: Id,
    before: Option<i64>,
) -> Result<(Vec<Entry>, Option<i64>), DbError> {
    let entries = audit::recent(c, organisation, before, PAGE)?;
    let next = entries
        .last()
        .filter(|e| entries.len() as i64 == PAGE && e.sequence > 1)
        .map(|e| e.sequence);
    Ok((entries, next))
}

/// `GET /audit`
pub async fn audit_page(
    state: Data<State>,
    req: HttpRequest,
    who: Who,
    query: Query<AuditQuery>,
) -> WebResult {
    let organisation = who.0.organisation;
    let looked = state.db.read(move |c| {
        let (entries, next) = entries(c, organisation, query.before)?;
        let people = accounts::people(c, organisation)?;
        let seen = (
            audit::verify(c, organisation)?,
            queue::overview(c, organisation)?,
        );
        Ok::<_, WebError>((seen, people, entries, next))
    });
    let ((verdict, (waiting, dead)), people, entries, next) = looked.await?;
    let named = |e: Entry| {
        let person = people.iter().find(|p| {
            e.actor
                .strip_prefix("person:")
                .is_some_and(|id| id == p.id.to_string())
        });
        let name = person.map_or_else(|| e.actor.clone(), |p| p.name.clone());
        (e, name)
    };
    let entries = entries.into_iter().map(named).collect();
    let (verdict, intact) = match verdict {
        Verdict::Intact { entries } => (
            format!("The log is intact: {entries} entries, each following the one before."),
            true,
        ),
        Verdict::Broken { sequence, reason } => (
            format!("The log is broken at entry {sequence}: {reason}."),
            false,
        ),
    };
    page(&AuditPage {
        frame: Frame::of(&req),
        verdict,
        intact,
        waiting,
        dead,
        entries,
        next,
    })
}

#[derive(Serialize)]
struct EntryReply {
    sequence: i64,
    at: Instant,
    actor: String,
    action: String,
    object_kind: String,
    object_id: String,
    hash: String,
}

/// `GET /api/v1/audit`
pub async fn audit_json(state: Data<State>, who: Who, query: Query<AuditQuery>) -> WebResult {
    let organisation = who.0.organisation;
    let (entries, next) = state
        .db
        .read(move |c| entries(c, organisation, query.before))
        .await?;
    let items: Vec<EntryReply> = entries
        .into_iter()
        .map(|e| EntryReply {
            sequence: e.sequence,
            at: e.at,
            actor: e.actor,
            action: e.action,
            object_kind: e.object_kind,
            object_id: e.object_id,
            hash: e.hash,
        })
        .collect();
    Ok(HttpResponse::Ok().json(serde_json::json!({ "items": items, "next": next })))
}

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
        WebError::new(
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
        Some(_) => Err(WebError::new(
            Code::KeyReused,
            "This Idempotency-Key was used for another request.",
        )),
    }
}
