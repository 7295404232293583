//! Personal data that was taken out of comments: kept apart for [`KEPT_DAYS`], seen by
//! administrators only, who can restore what was no personal data.
//!
//! What was restored stays restored when the same record is imported again.

use std::collections::BTreeMap;

use chrono::{Duration, NaiveDate};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    error::{FeedbackError, Result},
    refresh, retag,
    store::{self, FeedbackRow, RedactionRow},
};
use crate::{
    accounts::Actor,
    audit,
    db::{Database, DbConnection, DbResult, write_transaction},
    queue::{self, Job, JobResult, Lease, Run},
    tagging::Tagger,
    text::redact::Piece,
    types::{Id, Instant},
};

/// Days for which what was taken out of comments is kept.
pub const KEPT_DAYS: i64 = 30;
/// Redactions of a page.
const PAGE: i64 = 100;

/// A piece of personal data that was taken out of a comment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Redaction {
    pub id: Id,
    /// The feedback with the comment.
    pub feedback_id: Id,
    /// Its kind in square brackets, which is in its place.
    #[schema(example = "[name]")]
    pub mark: String,
    #[schema(example = "Quickmart")]
    pub original: String,
    /// The comment as it is stored.
    #[schema(example = "Thank you [name]")]
    pub comment: String,
    pub redacted_at: Instant,
    /// Day on which the original is deleted.
    pub kept_until: NaiveDate,
}

/// What was taken out of comments and is still kept, newest first, behind `after`.
pub fn redactions(
    c: &mut DbConnection,
    organisation: Id,
    after: Option<Id>,
) -> Result<(Vec<Redaction>, Option<Id>)> {
    let rows = store::newest_redactions(c, organisation, after, PAGE + 1)?;
    let more = rows.len() as i64 > PAGE;
    let ids: Vec<Id> = rows.iter().map(|row| row.feedback_id).collect();
    let comments: BTreeMap<Id, String> = store::feedback_by_ids(c, organisation, &ids)?
        .into_iter()
        .filter_map(|row| Some((row.id, row.comment?)))
        .collect();
    let rows = rows
        .into_iter()
        .take(usize::try_from(PAGE).unwrap_or_default());
    let items: Vec<Redaction> = rows
        .map(|row| Redaction {
            id: row.id,
            feedback_id: row.feedback_id,
            comment: comments.get(&row.feedback_id).cloned().unwrap_or_default(),
            mark: row.mark,
            original: row.original,
            redacted_at: row.created_at,
            kept_until: row.created_at.plus(Duration::days(KEPT_DAYS)).date(),
        })
        .collect();
    let next = items.last().filter(|_| more).map(|last| last.id);
    Ok((items, next))
}

/// A comment before and after an original was put back.
pub struct Restored {
    pub feedback_id: Id,
    pub before: String,
    pub after: String,
}

/// Puts an original back into its comment, which is read again.
///
/// # Errors
/// [`FeedbackError::NoComment`] if the original is not kept any more or is restored already.
pub fn restore(c: &mut DbConnection, actor: &Actor, id: Id, now: Instant) -> Result<Restored> {
    let organisation = actor.organisation;
    let redaction = store::find_redaction(c, organisation, id)?.ok_or(FeedbackError::NoComment)?;
    let mut row = store::find_feedback(c, organisation, redaction.feedback_id)?
        .ok_or(FeedbackError::NoComment)?;
    let before = row.comment.take().unwrap_or_default();
    let from = usize::try_from(redaction.position).unwrap_or_default();
    let behind = before
        .get(from..)
        .and_then(|rest| rest.strip_prefix(redaction.mark.as_str()))
        .ok_or(FeedbackError::NoComment)?;
    let after = format!("{}{}{behind}", &before[..from], redaction.original);
    row.comment = Some(after.clone());
    let tagger = Tagger::of(c, organisation)?;
    let themes = retag::tag(&mut tagger.reader(), tagger.taxonomy(), &mut row);
    store::replace_feedback(c, row.import_id, &row, themes)?;
    store::restore_redaction(c, &redaction)?;
    refresh::request(c, organisation, 1, now)?;
    let event = actor
        .event("redaction.restored", ("feedback", redaction.feedback_id))
        .detail(serde_json::json!({ "kind": redaction.mark }));
    audit::record(c, event, now)?;
    Ok(Restored {
        feedback_id: redaction.feedback_id,
        before,
        after,
    })
}

/// Pieces as they are stored with a record.
pub(super) fn rows_of(record: &FeedbackRow, pieces: Vec<Piece>, now: Instant) -> Vec<RedactionRow> {
    let row = |piece: Piece| RedactionRow {
        organisation_id: record.organisation_id,
        id: Id::new(),
        feedback_id: record.id,
        mark: piece.mark.to_owned(),
        position: i32::try_from(piece.at).unwrap_or(i32::MAX),
        original: piece.original,
        restored: false,
        created_at: now,
    };
    pieces.into_iter().map(row).collect()
}

/// Puts back into a comment what administrators restored in it before.
pub(super) fn restore_again(
    comment: &mut String,
    pieces: &mut Vec<Piece>,
    restored: &[RedactionRow],
) {
    for known in restored {
        let is_known = |piece: &Piece| piece.mark == known.mark && piece.original == known.original;
        let Some(at) = pieces.iter().position(is_known) else {
            continue;
        };
        let piece = pieces.remove(at);
        comment.replace_range(piece.at..piece.at + piece.mark.len(), &piece.original);
        for later in &mut pieces[at..] {
            later.at = later.at + piece.original.len() - piece.mark.len();
        }
    }
}

/// Deletes what was kept for [`KEPT_DAYS`], every day as long as anything is kept.
#[derive(Debug, Serialize, Deserialize)]
pub struct ForgetRedactions {}

impl Job for ForgetRedactions {
    const KIND: &'static str = "feedback.forget_redactions";
}

impl Run for ForgetRedactions {
    const CAN_BE_DROPPED: bool = false;

    fn run(&self, database: &Database, organisation: Id, _lease: &Lease<'_>) -> JobResult {
        let mut c = database.connect()?;
        let now = Instant::now();
        write_transaction(&mut c, |c| forget(c, organisation, now))?;
        Ok(())
    }
}

/// Deletes what is older than [`KEPT_DAYS`] and schedules the next time.
pub fn forget(c: &mut DbConnection, organisation: Id, now: Instant) -> DbResult<()> {
    let day = now.plus(-Duration::days(KEPT_DAYS));
    match store::delete_redactions_before(c, organisation, day)? {
        0 => Ok(()),
        _ => schedule(c, organisation, now),
    }
}

/// Schedules the deletion for tomorrow.
pub(super) fn schedule(c: &mut DbConnection, organisation: Id, now: Instant) -> DbResult<()> {
    let tomorrow = now.plus(Duration::days(1));
    queue::enqueue_once(c, organisation, &ForgetRedactions {}, tomorrow, now)
}
