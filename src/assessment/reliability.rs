//! Reliability of a questionnaire's facets, measured on an organisation's own sittings.

use std::collections::BTreeMap;

use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::{
    error::Result,
    publishing::questionnaire,
    questionnaire::{ItemKind, Questionnaire},
    scoring::MeasuredReliability,
    store::{self, ReliabilityRow},
};
use crate::{
    db::{Database, DbConnection, write_transaction},
    psychometrics::classical,
    queue::{self, Job, JobResult, Lease, Run},
    types::{Id, Instant, Json},
};

/// Number of sittings from which measured reliabilities replace the assumed one.
const MEASURE_FROM: i64 = 100;
/// Maximum number of sittings that reliabilities are measured on.
const MEASURE_ON: i64 = 2_000;

/// Newest measured reliabilities of a questionnaire.
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
    fn run(&self, database: &Database, organisation: Id, _lease: &Lease<'_>) -> JobResult {
        let mut c = database.connect()?;
        let now = Instant::now();
        write_transaction(&mut c, |c| measure_reliability(c, organisation, self, now))?;
        Ok(())
    }
}

/// Enqueues [`MeasureReliability`] at 100, 200, 400, 800 ... finished sittings.
pub fn schedule_reliability(
    c: &mut DbConnection,
    organisation: Id,
    questionnaire: Id,
    now: Instant,
) -> Result<()> {
    let finished = store::finished_count(c, organisation, questionnaire)?;
    if finished % MEASURE_FROM == 0 && (finished / MEASURE_FROM).count_ones() == 1 {
        queue::enqueue(c, organisation, &MeasureReliability { questionnaire }, now)?;
    }
    Ok(())
}

/// Measures reliabilities on the newest sittings, at most 2,000. A facet keeps the assumed
/// reliability if its scores do not vary, its alpha is not positive, or an item goes against the
/// others.
pub fn measure_reliability(
    c: &mut DbConnection,
    organisation: Id,
    job: &MeasureReliability,
    now: Instant,
) -> Result<()> {
    let q = questionnaire(c, organisation, job.questionnaire)?;
    let sittings = store::finished_sittings(c, organisation, job.questionnaire, MEASURE_ON)?;
    let mut people: Vec<BTreeMap<String, i32>> = Vec::with_capacity(sittings.len());
    for sitting in &sittings {
        let rows = store::answers_of(c, organisation, *sitting)?;
        people.push(rows.into_iter().map(|row| (row.item, row.value)).collect());
    }
    let facets = q.facets.iter();
    let measured: Vec<MeasuredReliability> = facets
        .filter_map(|facet| measure_facet(&q, &facet.id, &people))
        .collect();
    let row = ReliabilityRow {
        organisation_id: organisation,
        id: Id::new(),
        questionnaire_id: job.questionnaire,
        sittings: i32::try_from(sittings.len()).unwrap_or(i32::MAX),
        content: Json::of(&measured)?,
        measured_at: now,
    };
    Ok(store::insert_reliability(c, &row)?)
}

/// Reliability of one facet on the people who answered all of its items.
fn measure_facet(
    q: &Questionnaire,
    facet: &str,
    people: &[BTreeMap<String, i32>],
) -> Option<MeasuredReliability> {
    let items: Vec<(&str, bool)> = q
        .items
        .iter()
        .filter_map(|item| match &item.kind {
            ItemKind::Facet { facet: f, reversed } if f == facet => {
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
                .map(|(id, reversed)| Some(q.scale.keyed(*p.get(*id)?, *reversed)))
                .collect()
        })
        .collect();
    let shape = (complete.len(), items.len());
    let matrix = Array2::from_shape_fn(shape, |(row, col)| complete[row][col]);
    let found = classical::reliability(&matrix)
        .ok()
        .filter(|found| found.alpha > 0.0 && found.miskeyed.is_empty())?;
    let means = matrix.mean_axis(ndarray::Axis(1));
    Some(MeasuredReliability {
        facet: facet.to_owned(),
        alpha: found.alpha,
        sd: means.map_or(0.0, |means| means.std(1.0)),
        n: found.n,
    })
}
