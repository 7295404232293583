//! `/audit`: the audit log.

use std::collections::BTreeMap;

use actix_web::{
    HttpRequest,
    web::{Data, Json, Query},
};
use askama::Template;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{
    error::{WebError, WebResult},
    frame::Frame,
    render::page,
    state::State,
};
use crate::{
    accounts::{self, Actor, api_keys},
    audit::{self, Entry, Verdict},
    db::{DbConnection, DbError},
    locale::Localised,
    queue,
    types::Id,
};

/// The position in the log.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AuditQuery {
    /// Only entries with a smaller sequence number.
    before: Option<i64>,
}

/// What the page shows, and how much of the log it checks.
#[derive(Deserialize)]
pub struct PageQuery {
    before: Option<i64>,
    /// Checks the whole log, not only what is new since the last view.
    #[serde(default)]
    check_all: bool,
}

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    frame: Frame,
    verdict: String,
    intact: bool,
    /// Whether only the entries since the last view were checked.
    is_part: bool,
    jobs: String,
    /// Each with the name of the person, where the actor has an account.
    entries: Vec<(Entry, String)>,
    next: Option<i64>,
}

/// Entries per page.
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
    query: Query<PageQuery>,
) -> WebResult {
    let organisation = actor.organisation;
    let known = state.audited(organisation);
    let is_part = !query.check_all && known.as_ref().is_some_and(|(_, was_intact)| *was_intact);
    let read = state.db.read(move |c| {
        let (entries, next) = entries(c, organisation, query.before)?;
        let checkpoint = known.map(|(checkpoint, _)| checkpoint);
        let verdict = if is_part {
            audit::verify_since(c, organisation, checkpoint)?
        } else {
            audit::verify_all(c, organisation, checkpoint.as_ref())?
        };
        let jobs = queue::counts(c, organisation)?;
        Ok::<_, WebError>((
            entries,
            next,
            verdict,
            jobs,
            accounts::people(c, organisation)?,
            api_keys::names(c, organisation)?,
        ))
    });
    let (entries, next, (verdict, checked), (waiting, failed), people, keys) = read.await?;
    state.set_audited(organisation, checked);
    let frame = Frame::of(&req);
    let people = people
        .into_iter()
        .map(|person| (format!("person:{}", person.id), person.name));
    let keys = keys.into_iter().map(|(id, name)| {
        let name = frame.t1("audit-api-key", "name", name);
        (format!("key:{id}"), name)
    });
    let names: BTreeMap<String, String> = people.chain(keys).collect();
    let named = |entry: Entry| {
        let name = names.get(&entry.actor).unwrap_or(&entry.actor).clone();
        (entry, name)
    };
    page(&AuditPage {
        intact: matches!(verdict, Verdict::Intact { .. }),
        is_part,
        verdict: frame.m(verdict.message()),
        jobs: frame.t2("audit-jobs", "waiting", waiting, "failed", failed),
        entries: entries.into_iter().map(named).collect(),
        next,
        frame,
    })
}

/// An entry of the audit log.
#[derive(Serialize, ToSchema)]
pub struct AuditEntry {
    sequence: i64,
    /// RFC 3339 in UTC with six decimals, as it enters the hash.
    #[schema(format = DateTime, example = "2026-11-22T09:30:00.000000Z")]
    at: String,
    /// `person:ID`, `key:ID` (an API key), `candidate:ID` or `system`.
    #[schema(example = "person:01966f3e-6a1e-7c3b-9d52-2f1f5a0c7b10")]
    actor: String,
    #[schema(example = "vacancy.created")]
    action: String,
    #[schema(example = "vacancy")]
    object_kind: String,
    object_id: String,
    /// A JSON object as text, as it enters the hash.
    #[schema(example = "{}")]
    detail: String,
    /// Hash of the entry before it; 64 zeros for the first entry.
    previous_hash: String,
    /// SHA-256, in lower-case hexadecimal digits, over `previous_hash`, `organisation`, `sequence`,
    /// `at`, `actor`, `action`, `object_kind`, `object_id` and `detail`, each preceded by its
    /// length in bytes as a 64-bit big-endian integer.
    hash: String,
}

impl From<Entry> for AuditEntry {
    fn from(entry: Entry) -> Self {
        Self {
            sequence: entry.sequence,
            at: entry.at.to_text(),
            actor: entry.actor,
            action: entry.action,
            object_kind: entry.object_kind,
            object_id: entry.object_id,
            detail: entry.detail,
            previous_hash: entry.previous_hash,
            hash: entry.hash,
        }
    }
}

/// Entries of the audit log, newest first.
#[derive(Serialize, ToSchema)]
pub struct AuditReply {
    /// The organisation, as it enters the hashes.
    organisation: Id,
    items: Vec<AuditEntry>,
    /// The value of `before` for the next page.
    next: Option<i64>,
}

/// Lists entries of the audit log, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/audit",
    tag = "Account",
    operation_id = "list_audit_entries",
    params(AuditQuery),
    responses((status = 200, description = "At most 100 entries", body = AuditReply))
)]
pub async fn audit_json(
    state: Data<State>,
    actor: Actor,
    query: Query<AuditQuery>,
) -> Result<Json<AuditReply>, WebError> {
    let (entries, next) = state
        .db
        .read(move |c| entries(c, actor.organisation, query.before))
        .await?;
    Ok(Json(AuditReply {
        organisation: actor.organisation,
        items: entries.into_iter().map(AuditEntry::from).collect(),
        next,
    }))
}
