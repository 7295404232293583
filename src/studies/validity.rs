//! Criterion validity: the correlation of a predictor with a criterion, and what may be claimed.
//!
//! The plain correlation comes first, then the one corrected for the criterion's unreliability,
//! never the predictor's (Sackett, Laczo & Arvey 2002).

use serde::Serialize;
use utoipa::ToSchema;

use crate::stats::{
    corrections::correct_for_criterion,
    correlation::{pearson, weighted_pearson},
    intervals::{Interval, fisher_z},
};

/// Pairs from which a page shows a correlation.
pub const MIN_PAIRS: usize = 30;
/// Pairs and criterion reliability from which a relation may be claimed.
pub const CLAIM_PAIRS: usize = 100;
pub const CLAIM_RELIABILITY: f64 = 0.7;

/// Predictor, criterion, and the reliability of each person's criterion, of which the weights are.
#[derive(Clone, Copy, Debug)]
pub struct Pairs<'a> {
    pub predictor: &'a [f64],
    pub criterion: &'a [f64],
    pub reliability: &'a [f64],
}

/// Correlation of a predictor with a criterion.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ValidityCorrelation)]
pub struct Correlation {
    /// Pearson correlation.
    pub r: f64,
    /// 95 % interval by Fisher's z.
    pub interval: Interval,
    /// Correlation in which reliable criteria weigh more.
    pub weighted_r: f64,
    /// r corrected for the criterion's unreliability.
    pub corrected_r: f64,
    /// 95 % interval of the corrected correlation.
    pub corrected_interval: Interval,
}

/// Pearson correlation with its interval.
#[derive(Clone, Copy, Debug)]
pub struct Estimate {
    pub r: f64,
    /// 95 % interval by Fisher's z; `None` below four pairs or at |r| = 1.
    pub interval: Option<Interval>,
    /// Number of pairs; (sum w)^2 / sum w^2 with weights.
    pub effective_n: f64,
}

impl Estimate {
    /// The correlation of two columns, with non-negative case weights if there are any. `None`
    /// below three pairs, or if a column does not vary.
    pub fn of(predictor: &[f64], criterion: &[f64], weights: Option<&[f64]>) -> Option<Self> {
        let (r, effective_n) = match weights {
            None => (pearson(predictor, criterion)?, predictor.len() as f64),
            Some(weights) => {
                let sum: f64 = weights.iter().sum();
                let squares: f64 = weights.iter().map(|w| w * w).sum();
                let r = weighted_pearson(predictor, criterion, weights)?;
                (r, sum * sum / squares)
            }
        };
        Some(Self {
            r,
            interval: fisher_z(r, effective_n.round() as usize, 0.95),
            effective_n,
        })
    }

    /// The estimate with a correction of r, which both ends of the interval get as well.
    pub fn corrected(self, correct: impl Fn(f64) -> Option<f64>) -> Option<Self> {
        let ends = |interval: Interval| {
            Some(Interval {
                low: correct(interval.low)?,
                high: correct(interval.high)?,
            })
        };
        Some(Self {
            r: correct(self.r)?,
            interval: self.interval.and_then(ends),
            ..self
        })
    }
}

impl Pairs<'_> {
    /// Mean reliability of the criterion; `None` without pairs.
    pub fn mean_reliability(&self) -> Option<f64> {
        let n = self.reliability.len();
        (n > 0).then(|| self.reliability.iter().sum::<f64>() / n as f64)
    }

    /// The correlation, corrected with the mean reliability. `None` below [`MIN_PAIRS`], or if a
    /// column does not vary.
    pub fn correlation(&self) -> Option<Correlation> {
        if self.predictor.len() < MIN_PAIRS {
            return None;
        }
        let r_yy = self.mean_reliability()?;
        let plain = Estimate::of(self.predictor, self.criterion, None)?;
        let weighted = Estimate::of(self.predictor, self.criterion, Some(self.reliability))?;
        let corrected = plain.corrected(|r| Some(correct_for_criterion(r, r_yy)))?;
        Some(Correlation {
            r: plain.r,
            interval: plain.interval?,
            weighted_r: weighted.r,
            corrected_r: corrected.r,
            corrected_interval: corrected.interval?,
        })
    }
}

/// Direction of a relation, as far as the 95 % interval shows one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Positive,
    Negative,
    Unclear,
}

impl Direction {
    /// Direction of a correlation with this interval.
    pub fn of(interval: Interval) -> Self {
        if interval.low > 0.0 {
            Self::Positive
        } else if interval.high < 0.0 {
            Self::Negative
        } else {
            Self::Unclear
        }
    }
}

/// What a claim lacks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lacking {
    /// Pairs missing to [`CLAIM_PAIRS`].
    pub pairs: usize,
    /// Whether the criterion's reliability is known to be below [`CLAIM_RELIABILITY`].
    pub reliability: bool,
}

impl Lacking {
    /// What `pairs` pairs with this criterion reliability lack.
    pub fn of(pairs: usize, reliability: Option<f64>) -> Self {
        Self {
            pairs: CLAIM_PAIRS.saturating_sub(pairs),
            reliability: reliability.is_some_and(|r| r < CLAIM_RELIABILITY),
        }
    }
}
