//! Which comments are passed on: insulting and discriminating ones are withheld, and people can
//! decide otherwise about single comments, either way, with a reason.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{
    error::{PraiseError, Result},
    store::{self, ModerationRow},
};
use crate::{
    accounts::Actor,
    audit,
    db::DbConnection,
    feedback::{
        self, FeedbackError, FeedbackRow, Period, ThemeMentionRow, printing::may_be_printed,
        redactions::Restored,
    },
    tagging::clause_key,
    text::{entered, offensive},
    types::{Id, Instant, hex},
};

/// Comments of these records that must not be passed on.
pub fn withheld(
    c: &mut DbConnection,
    organisation: Id,
    rows: &[FeedbackRow],
) -> Result<BTreeSet<Id>> {
    let decided = decisions(c, organisation)?;
    Ok(rows
        .iter()
        .filter(|row| match &row.comment {
            Some(text) => match decided.get(&row.id).filter(|d| d.key == clause_key(text)) {
                Some(decision) => !decision.released,
                None => offensive::is_offensive(text),
            },
            None => false,
        })
        .map(|row| row.id)
        .collect())
}

/// A person's decision about a comment as it was worded then.
struct Decision {
    key: String,
    released: bool,
}

/// The newest decision about each record.
fn decisions(c: &mut DbConnection, organisation: Id) -> Result<BTreeMap<Id, Decision>> {
    let all = store::moderations(c, organisation)?.into_iter();
    Ok(all
        .map(|(record, key, released)| (record, Decision { key, released }))
        .collect())
}

/// Keys of the records that a person withholds: plans that quote them leave the quotation out.
pub fn withheld_by_people(c: &mut DbConnection, organisation: Id) -> Result<BTreeSet<String>> {
    let decided = decisions(c, organisation)?.into_iter();
    let held = decided.filter(|(_, decision)| !decision.released);
    let held: Vec<Id> = held.map(|(record, _)| record).collect();
    let mut keys = BTreeSet::new();
    for some in held.chunks(BATCH) {
        let rows = feedback::feedback_by_ids(c, organisation, some)?;
        keys.extend(rows.iter().map(|row| record_key(&row.external_id)));
    }
    Ok(keys)
}

/// Key of a record in documents: the same wherever the same file was imported, and without any of
/// its content.
pub fn record_key(external_id: &str) -> String {
    hex(&Sha256::digest(external_id.as_bytes())[..8])
}

/// Mentions or records per query.
const BATCH: usize = 200;

/// Mentions by falling probability, then the newest first.
pub fn most_probable_first(mut mentions: Vec<ThemeMentionRow>) -> Vec<ThemeMentionRow> {
    mentions.sort_by(|a, b| {
        b.probability
            .total_cmp(&a.probability)
            .then_with(|| b.occurred_at.cmp(&a.occurred_at))
    });
    mentions
}

/// The first mentions that work as examples: 4 to 30 words, one per customer, each text once, none
/// withheld, and only those that [may be printed](may_be_printed).
pub fn quotable(
    c: &mut DbConnection,
    organisation: Id,
    mentions: Vec<ThemeMentionRow>,
    most: usize,
) -> Result<Vec<ThemeMentionRow>> {
    let (mut texts, mut customers) = (BTreeSet::new(), BTreeSet::new());
    let mut found = Vec::new();
    for some in mentions.chunks(BATCH) {
        let records: BTreeSet<Id> = some.iter().map(|t| t.feedback_id).collect();
        let records: Vec<Id> = records.into_iter().collect();
        let rows = feedback::feedback_by_ids(c, organisation, &records)?;
        let held = withheld(c, organisation, &rows)?;
        let of_records = feedback::mentions_on(c, organisation, &records)?;
        let may = |mention: &ThemeMentionRow| {
            let row = rows.iter().find(|row| row.id == mention.feedback_id);
            row.is_none_or(|row| may_be_printed(mention, row, &of_records))
        };
        for mention in some.iter().filter(|t| !held.contains(&t.feedback_id)) {
            let words = mention.clause_text.split_whitespace().count();
            if found.len() < most
                && (4..=30).contains(&words)
                && !customers.contains(&mention.feedback_id)
                && may(mention)
                && texts.insert(mention.clause_text.to_lowercase())
            {
                customers.insert(mention.feedback_id);
                found.push(mention.clone());
            }
        }
        if found.len() >= most {
            break;
        }
    }
    Ok(found)
}

/// A comment that is withheld, or that a person decided about.
#[derive(Clone, Debug, Serialize)]
pub struct ModeratedComment {
    pub id: Id,
    pub comment: String,
    pub at: Instant,
    /// A person's decision; without one the comment is withheld.
    pub released: Option<bool>,
}

/// Comments of a period that are withheld or were decided about, newest first, at most 100.
pub fn moderated(
    c: &mut DbConnection,
    organisation: Id,
    period: Period,
) -> Result<Vec<ModeratedComment>> {
    let decided = decisions(c, organisation)?;
    Ok(feedback::comments_of_period(c, organisation, period)?
        .into_iter()
        .filter_map(|(id, at, comment)| {
            let decision = decided.get(&id).filter(|d| d.key == clause_key(&comment));
            let released = decision.map(|d| d.released);
            (released.is_some() || offensive::is_offensive(&comment)).then_some(ModeratedComment {
                id,
                comment,
                at,
                released,
            })
        })
        .take(100)
        .collect())
}

/// Decides about a comment.
///
/// # Errors
/// [`FeedbackError::NoComment`], [`PraiseError::ReasonNeeded`].
pub fn decide(
    c: &mut DbConnection,
    actor: &Actor,
    id: Id,
    released: bool,
    reason: &str,
    now: Instant,
) -> Result<()> {
    let organisation = actor.organisation;
    let comment = feedback::find_feedback(c, organisation, id)?
        .and_then(|row| row.comment)
        .ok_or(FeedbackError::NoComment)?;
    let reason: String = entered::line(reason).chars().take(500).collect();
    if reason.is_empty() {
        return Err(PraiseError::ReasonNeeded);
    }
    store::insert_moderation(
        c,
        &ModerationRow {
            organisation_id: organisation,
            id: Id::new(),
            feedback_id: id,
            released,
            comment_key: clause_key(&comment),
            reason,
            created_by: actor.label(),
            created_at: now,
        },
    )?;
    let detail = serde_json::json!({ "released": released });
    let event = actor.event("comment.moderated", ("feedback", id));
    Ok(audit::record(c, event.detail(detail), now)?)
}

/// Lets the newest decision about a comment count for it after a person's own words were put back.
pub fn keep_decision(
    c: &mut DbConnection,
    organisation: Id,
    comment: &Restored,
    now: Instant,
) -> Result<()> {
    let decided = store::moderation_of(c, organisation, comment.feedback_id)?;
    let Some(row) = decided.filter(|row| row.comment_key == clause_key(&comment.before)) else {
        return Ok(());
    };
    let kept = ModerationRow {
        id: Id::new(),
        comment_key: clause_key(&comment.after),
        created_at: now,
        ..row
    };
    Ok(store::insert_moderation(c, &kept)?)
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::*;
    use crate::text::mention::Polarity;

    fn mention(text: &str, probability: f64, days_ago: i64) -> ThemeMentionRow {
        ThemeMentionRow {
            organisation_id: Id::new(),
            id: Id::new(),
            feedback_id: Id::new(),
            agent_id: Id::new(),
            occurred_at: Instant::now().plus(Duration::days(-days_ago)),
            clause: 0,
            clause_text: text.to_owned(),
            theme: "access".to_owned(),
            polarity: Polarity::Negative,
            words: "on hold".to_owned(),
            probability,
            contradicts_score: false,
            taxonomy_version: 1,
        }
    }

    #[test]
    fn the_most_probable_come_first_then_the_newest() {
        let mentions = vec![
            mention("newest", 0.95, 1),
            mention("old and sure", 0.99, 30),
            mention("new and sure", 0.99, 2),
        ];
        let texts: Vec<String> = most_probable_first(mentions)
            .into_iter()
            .map(|mention| mention.clause_text)
            .collect();
        assert_eq!(texts, ["new and sure", "old and sure", "newest"]);
    }
}
