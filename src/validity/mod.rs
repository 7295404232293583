//! Criterion validity: whether the hiring score predicts the agents' customer scores.
//!
//! Every hire with a score and enough feedback is a pair. The criterion is the posterior mean of
//! the agent's rate of good scores ([`GroupRates`]). The plain correlation comes first, then the
//! one corrected for the criterion's unreliability (never the predictor's). Below [`MIN_PAIRS`] no
//! correlation is shown, only the number of pairs still missing. Hires were selected on the score,
//! so range restriction makes the correlation too low rather than too high; it is not corrected
//! here.

mod error;

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    assessment,
    db::DbConnection,
    documents, feedback,
    insight::tallies,
    locale::{Message, decimal},
    msg,
    stats::{
        correlation::pairs_for_power,
        group_posterior::{Counts, GroupRates},
        shrinkage::{BinomialIcc, Tally, binomial_icc, n_for_reliability, reliability_at},
    },
    studies::validity::{CLAIM_RELIABILITY, Correlation, Direction, Lacking, MIN_PAIRS, Pairs},
    types::{Id, Instant},
    workforce,
};

pub use error::ValidityError;

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
        let direction = match Direction::of(correlation.interval) {
            Direction::Positive => msg!("validity-positive"),
            Direction::Negative => msg!("validity-negative"),
            Direction::Unclear => msg!("validity-unclear"),
        };
        let Lacking {
            pairs: missing,
            reliability: unreliable,
        } = Lacking::of(pairs, self.criterion_reliability);
        let reliability = self.criterion_reliability.unwrap_or(0.0);
        let (needed, now) = (decimal(CLAIM_RELIABILITY, 1), decimal(reliability, 2));
        match (missing, unreliable) {
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
    let scores_of_agents: Vec<Tally> = counts.values().map(|a| a.scores).collect();
    let spread = binomial_icc(&scores_of_agents).filter(|s| s.icc > 0.0);
    let known: Vec<Counts> = scores_of_agents.iter().copied().map(Counts::from).collect();
    let rates = GroupRates::fit(&known);
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
        match spread.zip(rates.as_ref()).filter(|_| own.n >= MIN_SCORES) {
            None => waiting += 1,
            Some((spread, rates)) => pairs.push(Pair {
                agent_id,
                score: score.composite,
                criterion: rates.posterior(Counts::from(own)).mean(),
                customer_scores: own.n,
                reliability: reliability_at(own.n, spread.icc),
            }),
        }
    }
    pairs.sort_by_key(|p| p.agent_id);
    let (criterion_reliability, correlation) = correlate(&pairs);
    Ok(Overview {
        pairs,
        waiting,
        criterion: spread,
        criterion_reliability,
        scores_for_70: spread.and_then(|s| n_for_reliability(CLAIM_RELIABILITY, s.icc)),
        correlation,
        pairs_for_power: pairs_for_power(0.2, 0.8),
    })
}

/// Mean reliability of the criterion, and the correlation if there are enough pairs.
fn correlate(pairs: &[Pair]) -> (Option<f64>, Option<Correlation>) {
    let column = |f: fn(&Pair) -> f64| pairs.iter().map(f).collect::<Vec<f64>>();
    let (predictor, criterion, reliability) = (
        column(|p| p.score),
        column(|p| p.criterion),
        column(|p| p.reliability),
    );
    let study = Pairs {
        predictor: &predictor,
        criterion: &criterion,
        reliability: &reliability,
    };
    (study.mean_reliability(), study.correlation())
}

/// The pairs as CSV: numbered people with score, criterion, number of customer scores and
/// reliability. `rapport analyse validity` computes the figures of the page from it.
///
/// # Errors
/// [`csv::Error`]; writing to memory does not fail.
pub fn pairs_csv(pairs: &[Pair]) -> Result<Vec<u8>, csv::Error> {
    let rows = pairs.iter().enumerate().map(|(i, pair)| {
        vec![
            (i + 1).to_string(),
            pair.score.to_string(),
            pair.criterion.to_string(),
            pair.customer_scores.to_string(),
            pair.reliability.to_string(),
        ]
    });
    let header = [
        "person",
        "score",
        "criterion",
        "customer_scores",
        "reliability",
    ];
    documents::csv::write(&header, rows)
}
