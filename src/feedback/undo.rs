//! Undo of an import: its rows are deleted, and the rows that it corrected are restored.

use super::{
    error::{FeedbackError, Result},
    refresh, retag,
    store::{self, FeedbackRow, ImportRow, ImportState},
    upload,
};
use crate::{
    accounts::Actor,
    audit,
    db::{Database, DbConnection, write_transaction},
    tagging::Tagger,
    types::{Id, Instant, Json},
};

/// Rows deleted in one transaction.
const UNDO_ROWS: i64 = 5_000;

/// Deletes the rows of an import with their theme mentions and restores the rows that it corrected.
/// Works in short transactions, so it can be interrupted and requested again. Agents, teams and
/// plans stay.
///
/// # Errors
/// [`FeedbackError::NoImport`], [`FeedbackError::ImportRunning`], [`FeedbackError::ImportUndone`].
pub fn undo_import(database: &Database, actor: &Actor, id: Id, now: Instant) -> Result<()> {
    let mut c = database.connect()?;
    let organisation = actor.organisation;
    let mut import = write_transaction(&mut c, |c| close(c, organisation, id, now))?;
    while write_transaction(&mut c, |c| restore(c, organisation, id))? > 0 {}
    while write_transaction(&mut c, |c| {
        store::delete_rows_of_import(c, organisation, id, UNDO_ROWS)
    })? > 0
    {}
    import.state = ImportState::Undone;
    write_transaction(&mut c, |c| {
        store::update_import(c, &import)?;
        refresh::request(c, organisation, import.imported + import.corrected, now)?;
        let detail = serde_json::json!({ "rows": import.imported, "corrected": import.corrected });
        let event = actor.event("feedback.import_undone", ("import", id));
        Ok(audit::record(c, event.detail(detail), now)?)
    })
}

/// An import that can be undone. Deliveries are no longer added to it, and it cannot be tried
/// again.
fn close(c: &mut DbConnection, organisation: Id, id: Id, now: Instant) -> Result<ImportRow> {
    let of_day = store::find_import(c, organisation, id)?
        .and_then(|import| import.source_id.zip(import.delivered_on));
    // Waits for a delivery that is being stored.
    store::close_import_of_day(c, organisation, id)?;
    let import = store::find_import(c, organisation, id)?.ok_or(FeedbackError::NoImport)?;
    if import.state == ImportState::Undone {
        return Err(FeedbackError::ImportUndone);
    }
    if import.finished_at.is_none() {
        return Err(FeedbackError::ImportRunning);
    }
    upload::forget_failed_job(c, organisation, id, now)?;
    if let Some((source, day)) = of_day {
        // Sent again, for example with a better mapping, they are to be stored again.
        store::forget_messages_of_day(c, organisation, source, day)?;
    }
    Ok(import)
}

/// Restores some of the rows that an import corrected and returns their number. If a later import
/// corrected a row again, its newest content stays, and undoing that import restores the content
/// before both.
fn restore(c: &mut DbConnection, organisation: Id, import: Id) -> Result<usize> {
    let versions = store::versions_of_import(c, organisation, import, UNDO_ROWS / 10)?;
    let tagger = Tagger::of(c, organisation)?;
    let mut reader = tagger.reader();
    for version in &versions {
        let before: FeedbackRow = version.content.clone().read()?;
        let present = store::find_feedback(c, organisation, version.feedback_id)?;
        match present {
            Some(present) if present.import_id == import => {
                let of = store::find_import(c, organisation, before.import_id)?;
                if of.is_none_or(|of| of.state == ImportState::Undone) {
                    store::delete_feedback(c, organisation, before.id)?;
                } else {
                    let mut row = before;
                    let themes = retag::tag(&mut reader, tagger.taxonomy(), &mut row);
                    store::replace_feedback(c, import, &row, themes)?;
                    store::delete_redactions_of(c, organisation, row.id)?;
                }
            }
            Some(_) => {
                let known = store::versions_of(c, organisation, version.feedback_id)?;
                for mut later in known.into_iter().filter(|later| later.id > version.id) {
                    let content: FeedbackRow = later.content.clone().read()?;
                    if content.import_id == import {
                        later.content = Json::of(&before)?;
                        store::update_version(c, &later)?;
                        break;
                    }
                }
            }
            None => {}
        }
        store::delete_version(c, organisation, version.id)?;
    }
    Ok(versions.len())
}
