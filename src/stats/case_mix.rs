//! What a person's mix of cases explains, so that nobody is judged by the queue they sat in.
//!
//! Outcomes are regressed on categories that the person did not choose (channel, kind of issue); the person's expected
//! outcome is the mean of the predictions for their own cases. Never adjust for what the person controls (handling time,
//! transfers): that would explain their work away.

use linfa::{DatasetBase, ParamGuard, traits::Fit};
use ndarray::{Array1, Array2};

use super::{linear::LeastSquares, ordinal::ProportionalOdds};

/// Levels with fewer cases are joined with all others of their kind.
pub const MIN_LEVEL: usize = 30;

/// Expected outcomes, case by case.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseMix {
    pub expected: Vec<f64>,
    /// Columns of the regression: levels that stand on their own.
    pub levels: usize,
    /// Share of the variance (of a yes/no outcome: Nagelkerke's) that the mix explains.
    pub r2: f64,
}

/// Why there is no adjustment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaseMixError {
    #[error("nothing to adjust for: no column has two levels of {MIN_LEVEL} cases or more")]
    NothingToAdjust,
    #[error("the columns say the same, or separate good from bad outcomes")]
    NoFit,
}

/// Indicator columns of some categorical columns: all levels but the most frequent, rare ones joined.
fn indicators(columns: &[&[String]]) -> Array2<f64> {
    let rows = columns.first().map_or(0, |c| c.len());
    let mut indicators: Vec<Vec<f64>> = Vec::new();
    for column in columns {
        let mut counts = std::collections::BTreeMap::new();
        for level in *column {
            *counts.entry(level.as_str()).or_insert(0_usize) += 1;
        }
        let frequent: Vec<&str> = counts
            .iter()
            .filter(|(_, n)| **n >= MIN_LEVEL)
            .map(|(l, _)| *l)
            .collect();
        let rest: usize = counts
            .iter()
            .filter(|(_, n)| **n < MIN_LEVEL)
            .map(|(_, n)| n)
            .sum();
        let base = frequent.iter().copied().rev().max_by_key(|l| counts[l]);
        let own = frequent.into_iter().filter(|l| Some(*l) != base).map(Some);
        // What was joined counts as a level only when it is frequent itself.
        for level in own.chain((rest >= MIN_LEVEL && base.is_some()).then_some(None)) {
            let is = |cell: &String| match level {
                Some(level) => cell == level,
                None => counts[cell.as_str()] < MIN_LEVEL,
            };
            indicators.push(column.iter().map(|c| f64::from(u8::from(is(c)))).collect());
        }
    }
    Array2::from_shape_fn((rows, indicators.len()), |(i, j)| indicators[j][i])
}

/// Expected yes/no outcomes by logistic regression on categorical columns (one a kind, one cell a case).
///
/// # Errors
/// Nothing to adjust for, or a regression without a maximum.
pub fn expected_rates(outcomes: &[bool], columns: &[&[String]]) -> Result<CaseMix, CaseMixError> {
    let x = indicators(columns);
    if x.ncols() == 0 {
        return Err(CaseMixError::NothingToAdjust);
    }
    let y: Array1<usize> = outcomes.iter().map(|o| usize::from(*o)).collect();
    let fit = ProportionalOdds::params()
        .check()
        .and_then(|p| p.fit(&DatasetBase::new(x.clone(), y)))
        .map_err(|_e| CaseMixError::NoFit)?;
    Ok(CaseMix {
        expected: x
            .rows()
            .into_iter()
            .map(|row| fit.at_least(row)[0])
            .collect(),
        levels: x.ncols(),
        r2: fit.nagelkerke(),
    })
}

/// Expected outcomes by least squares on categorical columns (one a kind, one cell a case).
///
/// # Errors
/// Nothing to adjust for, or columns that say the same.
pub fn expected_means(outcomes: &[f64], columns: &[&[String]]) -> Result<CaseMix, CaseMixError> {
    let indicators = indicators(columns);
    if indicators.ncols() == 0 {
        return Err(CaseMixError::NothingToAdjust);
    }
    let x = Array2::from_shape_fn((outcomes.len(), indicators.ncols() + 1), |(i, j)| {
        if j == 0 { 1.0 } else { indicators[(i, j - 1)] }
    });
    let fit =
        LeastSquares::fit(&x, &Array1::from(outcomes.to_vec()), None).ok_or(CaseMixError::NoFit)?;
    Ok(CaseMix {
        expected: x.dot(&fit.coefficients).to_vec(),
        levels: indicators.ncols(),
        r2: fit.r_squared(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With one column a logistic regression expects each level's own rate, and least squares its own mean.
    #[test]
    fn one_column_expects_the_level_means() {
        let level = |i: usize| {
            if i < 60 {
                "phone"
            } else if i < 100 {
                "chat"
            } else {
                "fax"
            }
        };
        let column: Vec<String> = (0..110).map(|i| level(i).to_owned()).collect();
        let outcomes: Vec<bool> = (0..110)
            .map(|i| i % if i < 60 { 3 } else { 2 } == 0)
            .collect();
        let found = expected_rates(&outcomes, &[&column]).expect("two frequent levels");
        // Ten faxes are too few to stand alone and too few to be a level together: they count with the phone.
        let rate = |range: std::ops::Range<usize>| {
            range.clone().filter(|i| outcomes[*i]).count() as f64 / range.len() as f64
        };
        assert!((found.expected[70] - rate(60..100)).abs() < 1e-9);
        let phone = (0..60).chain(100..110).filter(|i| outcomes[*i]).count() as f64 / 70.0;
        assert!(
            (found.expected[0] - phone).abs() < 1e-9 && (found.expected[105] - phone).abs() < 1e-9
        );
        let means: Vec<f64> = outcomes.iter().map(|o| f64::from(u8::from(*o))).collect();
        let linear = expected_means(&means, &[&column]).expect("two frequent levels");
        assert!((linear.expected[70] - rate(60..100)).abs() < 1e-12);
        assert_eq!(
            expected_means(&means, &[&vec!["same".to_owned(); 110]]),
            Err(CaseMixError::NothingToAdjust)
        );
    }
}
