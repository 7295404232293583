//! What is passed on: insults and words about a person's origin or sex are held back by themselves, and a person can decide
//! otherwise about single comments, either way, with a reason.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{FeedbackError, FeedbackRow, Period, Result, ThemeRow, record, store};
use crate::{
    accounts::Actor,
    db::DbConnection,
    text::withhold,
    types::{Id, Instant},
};

/// Comments of these records that must not be passed on.
///
/// # Errors
/// Database errors.
pub fn withheld(
    c: &mut DbConnection,
    organisation: Id,
    rows: &[FeedbackRow],
) -> Result<BTreeSet<Id>> {
    let decided = decisions(c, organisation)?;
    Ok(rows
        .iter()
        .filter(|row| match (decided.get(&row.id), &row.comment) {
            (Some(released), _) => !released,
            (None, Some(text)) => withhold::must_withhold(text),
            (None, None) => false,
        })
        .map(|row| row.id)
        .collect())
}

/// The newest decision about each record, true to pass it on.
fn decisions(c: &mut DbConnection, organisation: Id) -> Result<BTreeMap<Id, bool>> {
    Ok(store::moderations(c, organisation)?.into_iter().collect())
}

/// The most telling of some clauses: of 4 to 30 words, each text once, none that is held back.
///
/// # Errors
/// Database errors.
pub fn telling(
    c: &mut DbConnection,
    organisation: Id,
    clauses: Vec<ThemeRow>,
    most: usize,
) -> Result<Vec<String>> {
    let mut records: Vec<Id> = clauses.iter().map(|t| t.feedback_id).collect();
    records.sort_unstable();
    records.dedup();
    let rows = store::feedback_by_ids(c, organisation, &records)?;
    let held = withheld(c, organisation, &rows)?;
    let mut seen = BTreeSet::new();
    Ok(clauses
        .into_iter()
        .filter(|t| !held.contains(&t.feedback_id))
        .filter(|t| (4..=30).contains(&t.clause_text.split_whitespace().count()))
        .map(|t| t.clause_text)
        .filter(|text| seen.insert(text.to_lowercase()))
        .take(most)
        .collect())
}

/// A comment that waits for a person's look, or had one.
#[derive(Clone, Debug, Serialize)]
pub struct Held {
    pub id: Id,
    pub comment: String,
    pub at: Instant,
    /// A person's decision; without one it is held back.
    pub released: Option<bool>,
}

/// Comments of a period that are held back, or were decided about, newest first, at most 100.
///
/// # Errors
/// Database errors.
pub fn held(c: &mut DbConnection, organisation: Id, period: Period) -> Result<Vec<Held>> {
    let decided = decisions(c, organisation)?;
    Ok(
        store::comments_of_period(c, organisation, period.from, period.to)?
            .into_iter()
            .filter_map(|(id, at, comment)| {
                let released = decided.get(&id).copied();
                (released.is_some() || withhold::must_withhold(&comment)).then_some(Held {
                    id,
                    comment,
                    at,
                    released,
                })
            })
            .take(100)
            .collect(),
    )
}

/// Decides about a comment.
///
/// # Errors
/// When there is no such comment in the organisation, or the reason is missing.
pub fn decide(
    c: &mut DbConnection,
    actor: &Actor,
    id: Id,
    released: bool,
    reason: &str,
    now: Instant,
) -> Result<()> {
    let organisation = actor.organisation;
    store::find_feedback(c, organisation, id)?
        .filter(|row| row.comment.is_some())
        .ok_or(FeedbackError::NoComment)?;
    let reason: String = reason
        .chars()
        .filter(|c| !c.is_control())
        .take(500)
        .collect();
    if reason.trim().is_empty() {
        return Err(FeedbackError::NoteNeeded);
    }
    let by = actor.label();
    store::insert_moderation(
        c,
        &store::ModerationRow {
            organisation_id: organisation,
            id: Id::new(),
            feedback_id: id,
            released,
            reason: reason.trim().to_owned(),
            made_by: by.clone(),
            made_at: now,
        },
    )?;
    let detail = serde_json::json!({ "released": released });
    record(
        c,
        organisation,
        &by,
        "comment.moderated",
        "feedback",
        id,
        detail,
        now,
    )
}
