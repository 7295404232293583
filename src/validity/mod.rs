//! Does the score predict what customers say? Every hire with a score and enough feedback is a pair.
//!
//! The criterion is the agent's rate of good scores, shrunk with the organisation's own spread; each pair weighs as
//! much as its criterion is reliable. The plain correlation comes first, then the one corrected for the criterion's
//! unreliability (never the predictor's). Below the gates there is no correlation but the number still missing.
//! Hires were selected on the score, so the correlation is restricted in range and, if anything, too low: a
//! correction for that comes with the validity studies.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    assessment::{self, AssessmentError},
    db::{DbConnection, DbError},
    feedback::{self, FeedbackError},
    insight::{InsightError, tallies},
    stats::{
        corrections::correct_for_criterion,
        correlation::{pairs_for_power, pearson, weighted_pearson},
        intervals::{Interval, fisher_z},
        shrinkage::{
            BetaPrior, BinomialIcc, Tally, binomial_icc, n_for_reliability, reliability_at,
        },
    },
    types::{Id, Instant},
    workforce::{self, WorkforceError},
};

/// Fewest pairs for any correlation.
pub const MIN_PAIRS: usize = 30;
/// Pairs for a claim of validity, and the criterion reliability it needs.
pub const CLAIM_PAIRS: usize = 100;
pub const CLAIM_RELIABILITY: f64 = 0.7;
/// Fewest customer scores for an agent to count as a pair.
const MIN_SCORES: u64 = 10;
/// Feedback of at most two years counts.
const DAYS: i64 = 730;

/// What can go wrong with validity.
#[derive(Debug, thiserror::Error)]
pub enum ValidityError {
    #[error(transparent)]
    Assessment(#[from] AssessmentError),
    #[error(transparent)]
    Workforce(#[from] WorkforceError),
    #[error(transparent)]
    Insight(#[from] InsightError),
    #[error(transparent)]
    Feedback(#[from] FeedbackError),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// One hire with both sides.
#[derive(Clone, Debug, Serialize)]
pub struct Pair {
    pub agent_id: Id,
    /// Composite T score at hiring.
    pub score: f64,
    /// Shrunk rate of good customer scores.
    pub criterion: f64,
    pub customer_scores: u64,
    /// Reliability of the criterion at that number.
    pub reliability: f64,
}

/// The correlation, when there is enough to show one.
#[derive(Clone, Debug, Serialize)]
pub struct Correlation {
    pub r: f64,
    /// 95 % by Fisher's z.
    pub interval: Interval,
    /// Each pair weighted by its criterion's reliability.
    pub weighted_r: f64,
    /// Corrected for the criterion's unreliability, with the interval's ends pushed through the same correction.
    pub corrected_r: f64,
    pub corrected_interval: Interval,
}

/// The first page of validity.
#[derive(Clone, Debug, Serialize)]
pub struct Overview {
    pub pairs: Vec<Pair>,
    /// Hires with a score whose feedback is still too little.
    pub waiting: usize,
    pub criterion: Option<BinomialIcc>,
    /// Mean reliability of the paired agents' criterion.
    pub criterion_reliability: Option<f64>,
    /// Customer scores an agent needs for a reliability of .7.
    pub scores_for_70: Option<u64>,
    pub correlation: Option<Correlation>,
    /// In one sentence, what may be said.
    pub verdict: String,
    /// Pairs needed to find a true correlation of .2 with 80 % power.
    pub pairs_for_power: u64,
}

/// Pairs every hire with their customers' scores.
///
/// # Errors
/// Database errors.
pub fn overview(
    c: &mut DbConnection,
    organisation: Id,
    now: Instant,
) -> Result<Overview, ValidityError> {
    let period = feedback::latest_period(c, organisation, DAYS, now)?;
    let counts = tallies::tallies(c, organisation, period)?.agents;
    let spread = binomial_icc(&counts.values().map(|a| a.scores).collect::<Vec<Tally>>())
        .filter(|s| s.icc > 0.0);
    let hires: BTreeMap<Id, Id> = workforce::agents(c, organisation)?
        .into_iter()
        .filter_map(|a| Some((a.candidate_id?, a.id)))
        .collect();
    let candidates: Vec<Id> = hires.keys().copied().collect();
    let scores = assessment::results_of(c, organisation, &candidates)?;
    let (mut pairs, mut waiting) = (Vec::new(), 0);
    for (sitting, score) in scores {
        let (Some(score), Some(&agent_id)) = (score, hires.get(&sitting.candidate_id)) else {
            continue;
        };
        let own = counts.get(&agent_id).map(|a| a.scores).unwrap_or_default();
        match spread.filter(|_| own.n >= MIN_SCORES) {
            None => waiting += 1,
            Some(spread) => pairs.push(Pair {
                agent_id,
                score: score.composite,
                criterion: BetaPrior::from_icc(spread.mean, spread.icc)
                    .posterior(own)
                    .mean(),
                customer_scores: own.n,
                reliability: reliability_at(own.n, spread.icc),
            }),
        }
    }
    pairs.sort_by_key(|p| p.agent_id);
    let criterion_reliability = (!pairs.is_empty())
        .then(|| pairs.iter().map(|p| p.reliability).sum::<f64>() / pairs.len() as f64);
    let correlation = correlate(&pairs, criterion_reliability);
    Ok(Overview {
        verdict: verdict(&pairs, criterion_reliability, correlation.as_ref(), spread),
        pairs,
        waiting,
        criterion: spread,
        criterion_reliability,
        scores_for_70: spread.and_then(|s| n_for_reliability(0.7, s.icc)),
        correlation,
        pairs_for_power: pairs_for_power(0.2, 0.8),
    })
}

fn correlate(pairs: &[Pair], reliability: Option<f64>) -> Option<Correlation> {
    if pairs.len() < MIN_PAIRS {
        return None;
    }
    let column = |f: fn(&Pair) -> f64| pairs.iter().map(f).collect::<Vec<f64>>();
    let (x, y, w) = (
        column(|p| p.score),
        column(|p| p.criterion),
        column(|p| p.reliability),
    );
    let r = pearson(&x, &y)?;
    let interval = fisher_z(r, pairs.len(), 0.95)?;
    let r_yy = reliability?;
    Some(Correlation {
        r,
        interval,
        weighted_r: weighted_pearson(&x, &y, &w)?,
        corrected_r: correct_for_criterion(r, r_yy),
        corrected_interval: Interval {
            low: correct_for_criterion(interval.low, r_yy),
            high: correct_for_criterion(interval.high, r_yy),
        },
    })
}

fn verdict(
    pairs: &[Pair],
    reliability: Option<f64>,
    found: Option<&Correlation>,
    spread: Option<BinomialIcc>,
) -> String {
    let n = pairs.len();
    if spread.is_none() {
        return "Not enough evidence: customer scores do not tell agents apart yet, so there is nothing to predict.".to_owned();
    }
    let Some(found) = found else {
        return format!(
            "Not enough evidence: {n} hires have a score and customer feedback; {} more are needed.",
            MIN_PAIRS.saturating_sub(n).max(1)
        );
    };
    let direction = if found.interval.low > 0.0 {
        "Higher scores go with better customer ratings"
    } else if found.interval.high < 0.0 {
        "Higher scores go with worse customer ratings"
    } else {
        "No relation can be told from none"
    };
    let mut missing = Vec::new();
    if n < CLAIM_PAIRS {
        missing.push(format!("{} more pairs", CLAIM_PAIRS - n));
    }
    if reliability.is_some_and(|r| r < CLAIM_RELIABILITY) {
        missing.push(format!(
            "a criterion reliability of {CLAIM_RELIABILITY} (now {:.2})",
            reliability.unwrap_or(0.0)
        ));
    }
    if missing.is_empty() {
        format!("{direction}. There is enough evidence to report this correlation.")
    } else {
        format!(
            "{direction} so far. A claim of validity still needs {}.",
            missing.join(" and ")
        )
    }
}
