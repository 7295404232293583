//! Results of quality checks: the checks of an agent, and how often each criterion was met, beside
//! the agent's peers where there are enough of both.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    error::Result,
    import::midnight,
    store::{self, QualityScoreRow},
};
use crate::{
    db::DbConnection,
    locale::{Localised, Message, percent},
    msg,
    types::Id,
    workforce,
};

/// Fewest checks of a criterion that a plan prints.
pub const MIN_CHECKS: u64 = 3;
/// Fewest checks, and fewest peers, for the peers' share.
pub const MIN_COMPARED: u64 = 5;
pub const MIN_PEERS: usize = 3;

/// A checked contact.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct QualityCheck {
    pub date: NaiveDate,
    /// Id of the contact; empty without one.
    pub contact: String,
    pub evaluator: String,
    pub scores: Vec<QualityScore>,
}

/// The result of a criterion in a check.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct QualityScore {
    pub criterion: String,
    pub met: bool,
    /// Share of the points, 0 to 1.
    pub share: f64,
}

impl QualityScore {
    /// Whether it has some of the points.
    pub fn is_partial(&self) -> bool {
        self.share > 0.0 && self.share < 1.0
    }
}

/// Result of a criterion: in how many checks it was met.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct QualityResult {
    pub criterion: String,
    /// The theme whose behaviour it rates.
    pub theme: Option<String>,
    /// Checks in which it was met, of those in which it was rated.
    pub met: u64,
    pub checks: u64,
    /// First and last of these checks.
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// Share of the peers' checks in which it was met; absent below 5 checks or 3 peers.
    pub peers: Option<f64>,
}

impl Localised for QualityResult {
    /// The counts with their source.
    fn message(&self) -> Message {
        let counts = msg!(
            "quality-result",
            criterion = &self.criterion,
            met = self.met,
            count = self.checks,
            from = self.from,
            to = self.to
        );
        match self.peers {
            None => msg!("quality-result-alone", result = counts),
            Some(peers) => msg!(
                "quality-result-peers",
                result = counts,
                peers = percent(peers)
            ),
        }
    }
}

/// The checks of an agent in a period, both days included, newest first.
///
/// # Errors
/// [`QualityError::Workforce`](super::QualityError::Workforce) for an unknown agent.
pub fn checks_of(
    c: &mut DbConnection,
    organisation: Id,
    agent: Id,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<QualityCheck>> {
    workforce::agent(c, organisation, agent)?;
    let period = (midnight(from), midnight(to));
    let mut checks: BTreeMap<(NaiveDate, String), QualityCheck> = BTreeMap::new();
    for row in store::scores(c, organisation, Some(agent), period)? {
        let key = (row.checked_on.date(), row.contact.clone());
        let check = checks.entry(key).or_insert_with(|| QualityCheck {
            date: row.checked_on.date(),
            contact: row.contact,
            evaluator: row.evaluator,
            scores: Vec::new(),
        });
        check.scores.push(QualityScore {
            criterion: row.criterion,
            met: row.met,
            share: row.share,
        });
    }
    Ok(checks.into_values().rev().collect())
}

/// Results of each criterion in a period, both days included, by criterion.
pub fn results_of(
    c: &mut DbConnection,
    organisation: Id,
    agent: Id,
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<QualityResult>> {
    let period = (midnight(from), midnight(to));
    let own = store::scores(c, organisation, Some(agent), period)?;
    if own.is_empty() {
        return Ok(Vec::new());
    }
    let mut peers: BTreeMap<String, Peers> = BTreeMap::new();
    for (criterion, other, met, n) in store::counts(c, organisation, period)? {
        if other != agent {
            let peers = peers.entry(criterion).or_default();
            peers.agents.insert(other);
            peers.checks += n.unsigned_abs();
            peers.met += if met { n.unsigned_abs() } else { 0 };
        }
    }
    let mut results = added_up(own);
    for result in results.values_mut() {
        let peers = peers.get(&result.criterion);
        let peers = peers.filter(|peers| peers.agents.len() >= MIN_PEERS);
        let compared = peers.filter(|_| result.checks >= MIN_COMPARED);
        result.peers = compared.map(|peers| peers.met as f64 / peers.checks.max(1) as f64);
    }
    Ok(results.into_values().collect())
}

/// Checks of other agents by the same criterion.
#[derive(Default)]
struct Peers {
    agents: BTreeSet<Id>,
    met: u64,
    checks: u64,
}

/// Counts by criterion, of scores in the order of their days; the newest says which theme a
/// criterion belongs to.
fn added_up(scores: Vec<QualityScoreRow>) -> BTreeMap<String, QualityResult> {
    let mut results: BTreeMap<String, QualityResult> = BTreeMap::new();
    for row in scores {
        let day = row.checked_on.date();
        let result = results
            .entry(row.criterion.clone())
            .or_insert_with(|| QualityResult {
                criterion: row.criterion,
                theme: None,
                met: 0,
                checks: 0,
                from: day,
                to: day,
                peers: None,
            });
        result.theme = row.theme;
        result.met += u64::from(row.met);
        result.checks += 1;
        result.to = day;
    }
    results
}
