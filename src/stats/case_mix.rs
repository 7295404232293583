//! Case-mix adjustment: the outcome expected from the cases a person handled.
//!
//! Outcomes are regressed on categories that the person did not choose (channel, kind of issue). A
//! person's expected outcome is the mean prediction over their own cases. Do not adjust for
//! anything the person controls (handling time, transfers): that would remove part of their
//! performance.

use linfa::{DatasetBase, ParamGuard, traits::Fit};
use ndarray::{Array1, Array2};

use super::{linear::LeastSquares, ordinal::ProportionalOdds};

/// Minimum number of cases per level; rarer levels of a column are pooled.
pub const MIN_LEVEL: usize = 30;

/// Expected outcome of each case.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseMix {
    pub expected: Vec<f64>,
    /// Number of indicator columns in the regression.
    pub levels: usize,
    /// Share of the variance explained by case mix (Nagelkerke's R2 for binary outcomes).
    pub r2: f64,
}

/// Reasons why case mix cannot be adjusted for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaseMixError {
    #[error("no column has two levels with at least {MIN_LEVEL} cases; adjust for other columns")]
    NothingToAdjust,
    #[error("the columns are collinear or predict the outcome perfectly; adjust for fewer columns")]
    NoFit,
}

/// Indicator coding of categorical columns: the most frequent level is the reference category, and
/// rare levels are pooled.
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
        let coded = frequent.into_iter().filter(|l| Some(*l) != base).map(Some);
        // Pooled levels get an indicator only if they are frequent enough together.
        for level in coded.chain((rest >= MIN_LEVEL && base.is_some()).then_some(None)) {
            let matches = |cell: &String| match level {
                Some(level) => cell == level,
                None => counts[cell.as_str()] < MIN_LEVEL,
            };
            indicators.push(
                column
                    .iter()
                    .map(|c| f64::from(u8::from(matches(c))))
                    .collect(),
            );
        }
    }
    Array2::from_shape_fn((rows, indicators.len()), |(i, j)| indicators[j][i])
}

/// Expected binary outcomes by logistic regression on categorical columns, one cell per case.
///
/// # Errors
/// [`CaseMixError::NothingToAdjust`] if no column has two frequent levels; [`CaseMixError::NoFit`]
/// if the likelihood has no maximum.
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

/// Expected outcomes by least squares on categorical columns, one cell per case.
///
/// # Errors
/// [`CaseMixError::NothingToAdjust`] if no column has two frequent levels; [`CaseMixError::NoFit`]
/// if the indicators are collinear.
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

    /// With one column, logistic regression predicts each level's own rate and least squares its
    /// mean.
    #[test]
    fn one_column_predicts_the_level_means() {
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
        // Ten fax cases are too few for a level, alone or pooled: they join the reference level.
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
