//! Which scores count as good: scale and lowest good value of the recent scores, cached with the
//! other statistics because the database has to read every record for it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::error::Result;
use crate::{
    db::{Database, DbConnection, write_transaction},
    feedback::{self, Period, cached_statistics, score_format::ScoreRule},
    types::{Id, Instant},
};

/// Days of feedback that are read.
const DAYS: i64 = 90;
const KIND: &str = "score_rules";

/// Scores that are judged by one rule.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RuleCount {
    #[serde(flatten)]
    pub rule: ScoreRule,
    pub scores: u64,
}

fn count(c: &mut DbConnection, organisation: Id, period: Period) -> Result<Vec<RuleCount>> {
    let counts = feedback::score_counts(c, organisation, period)?.into_iter();
    let counts = counts.filter_map(|(scale, good_from, n)| {
        Some(RuleCount {
            rule: ScoreRule::of(Some(&scale), Some(good_from))?,
            scores: n.unsigned_abs(),
        })
    });
    Ok(counts.collect())
}

/// Counts the scores of the last months by rule and stores the counts.
pub fn refresh(database: &Database, organisation: Id, now: Instant) -> Result<()> {
    let mut c = database.connect()?;
    let period = feedback::latest_period(&mut c, organisation, DAYS, now)?;
    let found = count(&mut c, organisation, period)?;
    write_transaction(&mut c, |c| {
        cached_statistics::keep(c, organisation, KIND, &found, now)
    })?;
    Ok(())
}

/// The stored counts; before there are any, those of the period. Most scores first.
pub fn of(c: &mut DbConnection, organisation: Id, period: Period) -> Result<Vec<RuleCount>> {
    match cached_statistics::find(c, organisation, KIND)? {
        Some(cached) => Ok(cached),
        None => count(c, organisation, period),
    }
}
