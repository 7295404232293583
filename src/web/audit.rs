//! `/audit`: the audit log and dead jobs.

use actix_web::{
    HttpRequest, HttpResponse,
    web::{Data, Query},
};
use askama::Template;
use serde::{Deserialize, Serialize};

use super::{
    error::{WebError, WebResult},
    frame::Frame,
    render::page,
    state::State,
};
use crate::{
    accounts::{self, Actor},
    audit::{self, Entry, Verdict},
    db::{DbConnection, DbError},
    queue::{self, QueuedJob},
    types::{Id, Instant},
};

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
    /// Each with the name of actor did it, where it is a person with an account.
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
    actor: Actor,
    query: Query<AuditQuery>,
) -> WebResult {
    let organisation = actor.organisation;
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
pub async fn audit_json(state: Data<State>, actor: Actor, query: Query<AuditQuery>) -> WebResult {
    let organisation = actor.organisation;
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
