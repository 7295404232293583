//! Sittings: start, answers, finish, withdrawal and results.

use std::collections::BTreeMap;

use super::{
    error::{AssessmentError, MAX_SEQUENCE, Result},
    publishing::questionnaire,
    questionnaire::{Item, Questionnaire},
    reliability::schedule_reliability,
    scoring::{self, Answer, CandidateScore},
    store::{self, AnswerRow, SittingRow as Sitting},
};
use crate::{
    audit,
    db::DbConnection,
    types::{Id, Instant, Json},
};

/// Starts a candidate's sitting after consent; a second call returns the same sitting.
pub fn start(
    c: &mut DbConnection,
    organisation: Id,
    candidate: Id,
    questionnaire: Id,
    now: Instant,
) -> Result<Sitting> {
    if let Some(sitting) = store::find_sitting_of(c, organisation, candidate)? {
        return Ok(sitting);
    }
    let sitting = Sitting {
        organisation_id: organisation,
        id: Id::new(),
        candidate_id: candidate,
        questionnaire_id: questionnaire,
        consented_at: now,
        finished_at: None,
        withdrawn_at: None,
    };
    store::insert_sitting(c, &sitting)?;
    // A second click at the same moment finds the sitting of the first.
    let started =
        store::find_sitting_of(c, organisation, candidate)?.ok_or(AssessmentError::NotFound)?;
    if started.id == sitting.id {
        record(c, &sitting, "sitting.consented", now)?;
    }
    Ok(started)
}

/// The sitting of a candidate, if started.
pub fn sitting_of(
    c: &mut DbConnection,
    organisation: Id,
    candidate: Id,
) -> Result<Option<Sitting>> {
    Ok(store::find_sitting_of(c, organisation, candidate)?)
}

/// Progress of a sitting.
#[derive(Clone, Debug)]
pub struct Progress {
    /// The newest answer to each item, with the time of the first.
    pub answers: BTreeMap<String, Answer>,
    /// The lowest sequence number not used yet.
    pub next_sequence: i64,
}

impl Progress {
    /// Statements without an answer, each with its page.
    pub fn unanswered<'q>(
        &self,
        q: &'q Questionnaire,
    ) -> impl Iterator<Item = (usize, &'q Item)> + use<'_, 'q> {
        let items = q.items.iter().enumerate();
        let open = items.filter(|(_, item)| !self.answers.contains_key(&item.id));
        open.map(|(at, item)| (at / q.items_per_page + 1, item))
    }

    /// The first page with an unanswered statement, or `None` when all are answered.
    pub fn resume_page(&self, q: &Questionnaire) -> Option<usize> {
        self.unanswered(q).next().map(|(page, _)| page)
    }
}

/// Current answers of a sitting.
pub fn progress(c: &mut DbConnection, sitting: &Sitting) -> Result<Progress> {
    let rows = store::answers_of(c, sitting.organisation_id, sitting.id)?;
    let next_sequence = rows.last().map_or(1, |row| row.client_sequence + 1);
    let mut answers: BTreeMap<String, Answer> = BTreeMap::new();
    for row in rows {
        answers
            .entry(row.item)
            .and_modify(|a| a.value = row.value)
            .or_insert(Answer {
                value: row.value,
                at: row.answered_at,
            });
    }
    Ok(Progress {
        answers,
        next_sequence,
    })
}

/// Checks an answer against its questionnaire.
///
/// # Errors
/// [`AssessmentError::UnknownItem`], [`AssessmentError::OutOfRange`] or
/// [`AssessmentError::BadSequence`].
pub fn check_answer(q: &Questionnaire, item: &str, value: i32, sequence: i64) -> Result<()> {
    if q.item(item).is_none() {
        return Err(AssessmentError::UnknownItem(
            item.chars().take(60).collect(),
        ));
    }
    if !q.scale.allows(value) {
        return Err(AssessmentError::OutOfRange {
            min: q.scale.min,
            max: q.scale.max,
        });
    }
    if !(1..=MAX_SEQUENCE).contains(&sequence) {
        return Err(AssessmentError::BadSequence);
    }
    Ok(())
}

/// Scores and closes a sitting, in the caller's write transaction. Finishing twice changes nothing.
///
/// # Errors
/// [`AssessmentError::Unanswered`].
pub fn finish(c: &mut DbConnection, sitting: &Sitting, now: Instant) -> Result<()> {
    let organisation = sitting.organisation_id;
    if !store::lock_open_sitting(c, organisation, sitting.id)? {
        return Ok(());
    }
    let q = questionnaire(c, organisation, sitting.questionnaire_id)?;
    let progress = progress(c, sitting)?;
    if let Some(page) = progress.resume_page(&q) {
        return Err(AssessmentError::Unanswered {
            missing: progress.unanswered(&q).count(),
            page,
        });
    }
    let measured: Vec<scoring::MeasuredReliability> =
        store::newest_reliability(c, organisation, sitting.questionnaire_id)?
            .map(|row| row.content.read())
            .transpose()?
            .unwrap_or_default();
    let score = scoring::score(&q, &progress.answers, &measured)?;
    store::finish_sitting(c, organisation, sitting.id, now)?;
    let row = store::ScoreRow {
        organisation_id: organisation,
        id: Id::new(),
        sitting_id: sitting.id,
        composite: score.composite,
        composite_se: score.composite_se,
        content: Json::of(&score)?,
        scored_at: now,
    };
    store::insert_score(c, &row)?;
    schedule_reliability(c, organisation, sitting.questionnaire_id, now)?;
    record(c, sitting, "sitting.finished", now)
}

/// Withdraws a sitting: its answers and scores are no longer used.
pub fn withdraw(c: &mut DbConnection, sitting: &Sitting, now: Instant) -> Result<()> {
    store::withdraw_sitting(c, sitting.organisation_id, sitting.id, now)?;
    record(c, sitting, "sitting.withdrawn", now)
}

/// Sittings of these candidates, with the newest score unless withdrawn or unfinished.
pub fn results_of(
    c: &mut DbConnection,
    organisation: Id,
    candidates: &[Id],
) -> Result<Vec<(Sitting, Option<CandidateScore>)>> {
    let mut results = Vec::new();
    // One bind a candidate: stay far below what either database takes.
    for some in candidates.chunks(4_000) {
        let sittings = store::sittings_of(c, organisation, some)?;
        let scored: Vec<Id> = sittings
            .iter()
            .filter(|s| s.withdrawn_at.is_none())
            .map(|s| s.id)
            .collect();
        let mut scores: BTreeMap<Id, Json> = store::scores_of(c, organisation, &scored)?
            .into_iter()
            .map(|row| (row.sitting_id, row.content))
            .collect();
        for sitting in sittings {
            let score = scores.remove(&sitting.id).map(Json::read).transpose()?;
            results.push((sitting, score));
        }
    }
    Ok(results)
}

/// All answers of a sitting, including those that were changed later.
pub fn answers(c: &mut DbConnection, organisation: Id, sitting: Id) -> Result<Vec<AnswerRow>> {
    Ok(store::answers_of(c, organisation, sitting)?)
}

fn record(c: &mut DbConnection, sitting: &Sitting, action: &str, now: Instant) -> Result<()> {
    let candidate = format!("candidate:{}", sitting.candidate_id);
    let organisation = sitting.organisation_id;
    let event = audit::Event::new(organisation, &candidate, action, ("sitting", sitting.id));
    Ok(audit::record(c, event, now)?)
}
