//! Criterion validity: whether the hiring score predicts the agents' customer scores.
//!
//! Every hire with a score and enough feedback is a pair. The criterion is the agent's rate of good
//! scores, shrunk with the organisation's own spread. The plain correlation comes first, then the one
//! corrected for the criterion's unreliability (never the predictor's). Below [`MIN_PAIRS`] no
//! correlation is shown, only the number of pairs still missing. Hires were selected on the score, so
//! range restriction makes the correlation too low rather than too high; it is not corrected here.

mod error;

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    assessment,
    db::DbConnection,
    feedback,
    insight::tallies,
    locale::{Message, decimal},
    msg,
    stats::{
        corrections::correct_for_criterion,
        correlation::{pairs_for_power, pearson, weighted_pearson},
        intervals::{Interval, fisher_z},
        shrinkage::{
            BetaPrior, BinomialIcc, Tally, binomial_icc, n_for_reliability, reliability_at,
        },
    },
    types::{Id, Instant},
    workforce,
};

pub use error::ValidityError;

/// Fewest pairs for a correlation to be shown.
pub const MIN_PAIRS: usize = 30;
/// Fewest pairs for a claim of validity.
pub const CLAIM_PAIRS: usize = 100;
/// Lowest mean reliability of the criterion for a claim of validity.
pub const CLAIM_RELIABILITY: f64 = 0.7;
/// Fewest customer scores for a hire to count as a pair.
pub const MIN_SCORES: u64 = 10;
/// Days of feedback that count.
const DAYS: i64 = 730;

/// A hire with a score and a criterion.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ValidityPair)]
pub struct Pair {
    pub agent_id: Id,
    /// Composite T score at hiring.
    #[schema(example = 54.2)]
    pub score: f64,
    /// Shrunk rate of good customer scores, from 0 to 1.
    #[schema(example = 0.81)]
    pub criterion: f64,
    /// Number of customer scores.
    #[schema(example = 120)]
    pub customer_scores: u64,
    /// Reliability of the criterion at that number, from 0 to 1.
    #[schema(example = 0.83)]
    pub reliability: f64,
}

/// Correlation of score and criterion.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ValidityCorrelation)]
pub struct Correlation {
    /// Pearson's r, uncorrected.
    pub r: f64,
    /// 95 % interval by Fisher's z.
    pub interval: Interval,
    /// Pearson's r with each pair weighted by its criterion's reliability.
    pub weighted_r: f64,
    /// r corrected for the criterion's unreliability.
    pub corrected_r: f64,
    /// Both ends of the interval with the same correction.
    pub corrected_interval: Interval,
}

/// Criterion validity of the score, as far as the data allow.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Validity)]
pub struct Overview {
    pub pairs: Vec<Pair>,
    /// Hires with a score and too few customer scores.
    pub waiting: usize,
    /// Spread of the criterion between agents; null if it is not above zero.
    pub criterion: Option<BinomialIcc>,
    /// Mean reliability of the paired agents' criterion.
    pub criterion_reliability: Option<f64>,
    /// Customer scores an agent needs for a reliability of .7.
    pub scores_for_70: Option<u64>,
    /// Null below 30 pairs.
    pub correlation: Option<Correlation>,
    /// Pairs needed to find a true correlation of .2 with 80 % power.
    pub pairs_for_power: u64,
}

impl Overview {
    /// The conclusion that the data allow.
    pub fn verdict(&self) -> Message {
        if self.criterion.is_none() {
            return msg!("validity-no-spread");
        }
        let pairs = self.pairs.len();
        let Some(correlation) = &self.correlation else {
            return msg!(
                "validity-few-pairs",
                count = pairs,
                missing = MIN_PAIRS.saturating_sub(pairs).max(1)
            );
        };
        let direction = if correlation.interval.low > 0.0 {
            msg!("validity-positive")
        } else if correlation.interval.high < 0.0 {
            msg!("validity-negative")
        } else {
            msg!("validity-unclear")
        };
        let missing = CLAIM_PAIRS.saturating_sub(pairs);
        let reliability = self.criterion_reliability.unwrap_or(0.0);
        let (needed, now) = (decimal(CLAIM_RELIABILITY, 1), decimal(reliability, 2));
        match (missing, reliability < CLAIM_RELIABILITY) {
            (0, false) => msg!("validity-claim", direction = direction),
            (0, true) => msg!(
                "validity-needs-reliability",
                direction = direction,
                needed = needed,
                now = now
            ),
            (_, false) => msg!(
                "validity-needs-pairs",
                direction = direction,
                count = missing
            ),
            (_, true) => msg!(
                "validity-needs-both",
                direction = direction,
                count = missing,
                needed = needed,
                now = now
            ),
        }
    }
}

/// Pairs every hire with their customer scores and correlates the two.
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
        pairs,
        waiting,
        criterion: spread,
        criterion_reliability,
        scores_for_70: spread.and_then(|s| n_for_reliability(0.7, s.icc)),
        correlation,
        pairs_for_power: pairs_for_power(0.2, 0.8),
    })
}

/// Correlates score and criterion. `reliability` is the criterion's, from 0 to 1. Returns `None` below
/// [`MIN_PAIRS`] or if either side does not vary.
pub fn correlate(pairs: &[Pair], reliability: Option<f64>) -> Option<Correlation> {
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
