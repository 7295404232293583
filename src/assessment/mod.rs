//! Questionnaires, sittings, answers and scores.
//!
//! A published questionnaire never changes; a sitting names the version it used. Answers are appended, never
//! changed: the newest of an item counts. Finishing a sitting scores it in the same transaction, and from then on it
//! is closed. Answers arrive through the [`writer`], which commits waiting ones together.

mod error;
pub mod questionnaire;
mod questionnaire_file;
pub mod scoring;
mod store;
pub mod writer;

use std::collections::BTreeMap;

use ndarray::Array2;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    audit,
    db::{Database, DbConnection, write_transaction},
    psychometrics::classical,
    queue::{self, Job, JobResult, Run},
    types::{Id, Instant, Json},
};
use error::Result;
pub use error::{AssessmentError, MAX_SEQUENCE};
pub use questionnaire::{Item, ItemKind, Questionnaire};
pub use scoring::{Answer, Score};
pub use store::{AnswerRow, ReliabilityRow, SittingRow as Sitting};

/// Measured reliabilities replace the assumed one from this many sittings.
const MEASURE_FROM: i64 = 100;

/// Freezes a questionnaire for an organisation. Publishing the same content again gives the same id.
///
/// # Errors
/// [`AssessmentError::VersionTaken`] when this version exists with other content.
pub fn publish(
    c: &mut DbConnection,
    organisation: Id,
    q: &Questionnaire,
    by: &str,
    now: Instant,
) -> Result<Id> {
    let content_hash = q.content_hash()?;
    if let Some(existing) = store::find_version(c, organisation, &q.slug, q.version)? {
        if existing.content_hash == content_hash {
            return Ok(existing.id);
        }
        return Err(AssessmentError::VersionTaken {
            slug: q.slug.clone(),
            version: q.version,
        });
    }
    let row = store::PublishedRow {
        organisation_id: organisation,
        id: Id::new(),
        slug: q.slug.clone(),
        version: q.version,
        title: q.title.clone(),
        content: Json::of(q)?,
        content_hash,
        published_at: now,
    };
    store::insert_questionnaire(c, &row)?;
    let event = audit::Event::new(
        organisation,
        by,
        "questionnaire.published",
        ("questionnaire", row.id),
    )
    .detail(
        serde_json::json!({ "slug": row.slug, "version": row.version, "hash": row.content_hash }),
    );
    audit::record(c, event, now)?;
    Ok(row.id)
}

/// A published questionnaire as a choice.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublishedTitle {
    pub id: Id,
    pub title: String,
    pub version: i32,
}

/// What can be chosen for a vacancy, newest version of each first.
///
/// # Errors
/// Database errors.
pub fn published(c: &mut DbConnection, organisation: Id) -> Result<Vec<PublishedTitle>> {
    let rows = store::questionnaires(c, organisation)?;
    Ok(rows
        .into_iter()
        .map(|r| PublishedTitle {
            id: r.id,
            title: r.title,
            version: r.version,
        })
        .collect())
}

/// The frozen content of a published questionnaire.
///
/// # Errors
/// [`AssessmentError::NoQuestionnaire`] when this organisation has none of this id.
pub fn questionnaire(c: &mut DbConnection, organisation: Id, id: Id) -> Result<Questionnaire> {
    let row =
        store::find_questionnaire(c, organisation, id)?.ok_or(AssessmentError::NoQuestionnaire)?;
    Ok(row.content.read()?)
}

/// Begins a candidate's sitting once they have consented; a second call gives the sitting there is.
///
/// # Errors
/// Database errors.
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
    let begun =
        store::find_sitting_of(c, organisation, candidate)?.ok_or(AssessmentError::NotFound)?;
    if begun.id == sitting.id {
        record(c, &sitting, "sitting.consented", now)?;
    }
    Ok(begun)
}

/// The sitting of a candidate, if they have begun one.
///
/// # Errors
/// Database errors.
pub fn sitting_of(
    c: &mut DbConnection,
    organisation: Id,
    candidate: Id,
) -> Result<Option<Sitting>> {
    Ok(store::find_sitting_of(c, organisation, candidate)?)
}

/// Where a sitting stands.
#[derive(Clone, Debug)]
pub struct Progress {
    /// The newest answer to each item, with the time of the first.
    pub answers: BTreeMap<String, Answer>,
    /// The lowest sequence number not used yet.
    pub next_sequence: i64,
}

impl Progress {
    /// The first page with an unanswered statement, or `None` when all are answered.
    pub fn resume_page(&self, q: &Questionnaire) -> Option<usize> {
        let first = q
            .items
            .iter()
            .position(|item| !self.answers.contains_key(&item.id))?;
        Some(first / q.items_per_page + 1)
    }

    /// Statements without an answer.
    pub fn missing(&self, q: &Questionnaire) -> usize {
        q.items
            .iter()
            .filter(|item| !self.answers.contains_key(&item.id))
            .count()
    }
}

/// The answers of a sitting as they stand now.
///
/// # Errors
/// Database errors.
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

/// Checks an answer against its questionnaire before it may enter the log.
///
/// # Errors
/// An unknown item, a value off the scale, or a sequence number out of bounds.
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

/// Closes a sitting and scores it, in the caller's write transaction. Finishing twice changes nothing.
///
/// # Errors
/// [`AssessmentError::Unanswered`] while statements are open.
pub fn finish(c: &mut DbConnection, sitting: &Sitting, now: Instant) -> Result<()> {
    let organisation = sitting.organisation_id;
    if !store::lock_open_sitting(c, organisation, sitting.id)? {
        return Ok(());
    }
    let q = questionnaire(c, organisation, sitting.questionnaire_id)?;
    let progress = progress(c, sitting)?;
    if let Some(page) = progress.resume_page(&q) {
        return Err(AssessmentError::Unanswered {
            missing: progress.missing(&q),
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
    let finished = store::finished_count(c, organisation, sitting.questionnaire_id)?;
    // At 100, 200, 400, ... sittings the reliability is worth measuring again.
    if finished % MEASURE_FROM == 0 && (finished / MEASURE_FROM).count_ones() == 1 {
        queue::enqueue(
            c,
            organisation,
            &MeasureReliability {
                questionnaire: sitting.questionnaire_id,
            },
            now,
        )?;
    }
    record(c, sitting, "sitting.finished", now)
}

/// Takes a sitting out of use at the candidate's wish: its answers and scores are no longer read.
///
/// # Errors
/// Database errors.
pub fn withdraw(c: &mut DbConnection, sitting: &Sitting, now: Instant) -> Result<()> {
    store::withdraw_sitting(c, sitting.organisation_id, sitting.id, now)?;
    record(c, sitting, "sitting.withdrawn", now)
}

/// Newest scores of these candidates' finished, not withdrawn sittings, with the sittings of all who began.
///
/// # Errors
/// Database errors.
pub fn results_of(
    c: &mut DbConnection,
    organisation: Id,
    candidates: &[Id],
) -> Result<Vec<(Sitting, Option<Score>)>> {
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

/// All answers of a sitting, every change of an answer included.
///
/// # Errors
/// [`AssessmentError::Db`].
pub fn answers(c: &mut DbConnection, organisation: Id, sitting: Id) -> Result<Vec<AnswerRow>> {
    Ok(store::answers_of(c, organisation, sitting)?)
}

/// The newest reliabilities measured for a questionnaire.
///
/// # Errors
/// [`AssessmentError::Db`].
pub fn reliability(
    c: &mut DbConnection,
    organisation: Id,
    questionnaire: Id,
) -> Result<Option<ReliabilityRow>> {
    Ok(store::newest_reliability(c, organisation, questionnaire)?)
}

/// Measures the reliability of a questionnaire's facets on this organisation's own sittings.
#[derive(Debug, Serialize, Deserialize)]
pub struct MeasureReliability {
    pub questionnaire: Id,
}

impl Job for MeasureReliability {
    const KIND: &'static str = "assessment.measure_reliability";
}

impl Run for MeasureReliability {
    fn run(&self, database: &Database, organisation: Id) -> JobResult {
        let mut c = database.connect()?;
        let now = Instant::now();
        write_transaction(&mut c, |c| measure_reliability(c, organisation, self, now))?;
        Ok(())
    }
}

/// Carries out [`MeasureReliability`] on at most 2,000 of the newest sittings. A facet whose scores do not vary, whose
/// alpha is not positive, or that has an item which goes against the others, keeps the assumed reliability.
///
/// # Errors
/// Database errors.
pub fn measure_reliability(
    c: &mut DbConnection,
    organisation: Id,
    job: &MeasureReliability,
    now: Instant,
) -> Result<()> {
    let q = questionnaire(c, organisation, job.questionnaire)?;
    let sittings = store::finished_sittings(c, organisation, job.questionnaire, 2_000)?;
    let mut people: Vec<BTreeMap<String, i32>> = Vec::with_capacity(sittings.len());
    for sitting in &sittings {
        let rows = store::answers_of(c, organisation, *sitting)?;
        people.push(rows.into_iter().map(|row| (row.item, row.value)).collect());
    }
    let mut measured = Vec::new();
    for facet in &q.facets {
        let items: Vec<(&str, bool)> = q
            .items
            .iter()
            .filter_map(|item| match &item.kind {
                ItemKind::Facet { facet: f, reversed } if *f == facet.id => {
                    Some((item.id.as_str(), *reversed))
                }
                _ => None,
            })
            .collect();
        let complete: Vec<Vec<f64>> = people
            .iter()
            .filter_map(|p| {
                items
                    .iter()
                    .map(|(id, rev)| Some(q.scale.keyed(*p.get(*id)?, *rev)))
                    .collect()
            })
            .collect();
        let matrix = Array2::from_shape_fn((complete.len(), items.len()), |(row, col)| {
            complete[row][col]
        });
        if let Ok(found) = classical::reliability(&matrix)
            && found.alpha > 0.0
            && found.miskeyed.is_empty()
        {
            let sd = matrix
                .mean_axis(ndarray::Axis(1))
                .map_or(0.0, |means| means.std(1.0));
            measured.push(scoring::MeasuredReliability {
                facet: facet.id.clone(),
                alpha: found.alpha,
                sd,
                n: found.n,
            });
        }
    }
    let row = store::ReliabilityRow {
        organisation_id: organisation,
        id: Id::new(),
        questionnaire_id: job.questionnaire,
        sittings: i32::try_from(sittings.len()).unwrap_or(i32::MAX),
        content: Json::of(&measured)?,
        measured_at: now,
    };
    Ok(store::insert_reliability(c, &row)?)
}

fn record(c: &mut DbConnection, sitting: &Sitting, action: &str, now: Instant) -> Result<()> {
    let candidate = format!("candidate:{}", sitting.candidate_id);
    let organisation = sitting.organisation_id;
    let event = audit::Event::new(organisation, &candidate, action, ("sitting", sitting.id));
    Ok(audit::record(c, event, now)?)
}
