//! Case-mix adjustment: the outcome expected from the cases a person handled.
//!
//! Outcomes are regressed on categories that the person did not choose (channel, kind of issue). A
//! person's expected outcome is the mean prediction over their own cases. Do not adjust for
//! anything the person controls (handling time, transfers): that would remove part of their
//! performance.

use std::collections::BTreeMap;

use ndarray::{Array1, Array2, Axis};

use super::{
    linear::{Cholesky, LeastSquares},
    shrinkage::Tally,
};

/// Minimum number of cases per level; rarer levels of a column are pooled.
pub const MIN_LEVEL: u64 = 30;
/// Standard deviation of effects on the log-odds, as rstanarm assumes for standardised predictors.
const PRIOR_SD: f64 = 2.5;

/// Expected outcome of each case.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseMix {
    pub expected: Vec<f64>,
    /// Number of indicator columns in the regression.
    pub levels: usize,
    /// Share of the variance explained by case mix.
    pub r2: f64,
}

/// Reasons why case mix cannot be adjusted for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CaseMixError {
    #[error("no column has two levels with at least {MIN_LEVEL} cases; adjust for other columns")]
    NothingToAdjust,
    #[error("the columns are collinear or all outcomes are equal; adjust for fewer columns")]
    NoFit,
}

/// Indicator coding of categorical columns whose rows count `weights` cases: the most frequent
/// level is the reference category, and rare levels are pooled. A column of ones comes first.
fn indicators(columns: &[Vec<&str>], weights: &[u64]) -> Array2<f64> {
    let rows = weights.len();
    let mut indicators: Vec<Vec<f64>> = vec![vec![1.0; rows]];
    for column in columns {
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        for (level, weight) in column.iter().zip(weights) {
            *counts.entry(level).or_default() += weight;
        }
        let frequent: Vec<&str> = counts
            .iter()
            .filter(|(_, n)| **n >= MIN_LEVEL)
            .map(|(l, _)| *l)
            .collect();
        let rest: u64 = counts.values().filter(|n| **n < MIN_LEVEL).sum();
        let base = frequent.iter().copied().rev().max_by_key(|l| counts[l]);
        let coded = frequent.into_iter().filter(|l| Some(*l) != base).map(Some);
        // Pooled levels get an indicator only if they are frequent enough together.
        for level in coded.chain((rest >= MIN_LEVEL && base.is_some()).then_some(None)) {
            let matches = |cell: &&str| match level {
                Some(level) => *cell == level,
                None => counts[cell] < MIN_LEVEL,
            };
            let coded = column.iter().map(|c| f64::from(u8::from(matches(c))));
            indicators.push(coded.collect());
        }
    }
    Array2::from_shape_fn((rows, indicators.len()), |(i, j)| indicators[j][i])
}

/// Outcomes in one kind of case: a combination of levels, one of each column.
#[derive(Clone, Debug, PartialEq)]
pub struct Kind<'a> {
    pub levels: Vec<&'a str>,
    pub tally: Tally,
}

/// Expected rates of kinds of cases.
#[derive(Clone, Debug, PartialEq)]
pub struct KindRates {
    /// One rate per kind, in input order.
    pub rates: Vec<f64>,
    /// Number of indicator columns in the regression.
    pub levels: usize,
    /// Nagelkerke's R2 over all cases.
    pub r2: f64,
    /// Whether the effects needed a prior.
    pub penalised: bool,
}

/// Expected rates of kinds of cases by logistic regression on their levels, without interactions.
/// If the likelihood has no maximum (a level predicts the outcome perfectly, or columns are
/// collinear), effects have normal priors of standard deviation 2.5.
///
/// # Errors
/// [`CaseMixError::NothingToAdjust`] if no column has two frequent levels; [`CaseMixError::NoFit`]
/// if all outcomes are equal.
pub fn kind_rates(kinds: &[Kind<'_>]) -> Result<KindRates, CaseMixError> {
    let width = kinds.first().map_or(0, |k| k.levels.len());
    let columns: Vec<Vec<&str>> = (0..width)
        .map(|column| kinds.iter().map(|k| k.levels[column]).collect())
        .collect();
    let n: Vec<u64> = kinds.iter().map(|k| k.tally.n).collect();
    let x = indicators(&columns, &n);
    if x.ncols() < 2 {
        return Err(CaseMixError::NothingToAdjust);
    }
    let tallies: Vec<Tally> = kinds.iter().map(|k| k.tally).collect();
    let likelihood = logistic_rates(&x, &tallies, 0.0);
    let penalised = likelihood.is_none();
    let rates = likelihood
        .or_else(|| logistic_rates(&x, &tallies, PRIOR_SD.powi(-2)))
        .ok_or(CaseMixError::NoFit)?;
    let whole: Tally = tallies.iter().copied().sum();
    let overall = whole.successes as f64 / whole.n as f64;
    let cases = whole.n as f64;
    let gain = log_likelihood(&tallies, &rates)
        - log_likelihood(&tallies, &Array1::from_elem(tallies.len(), overall));
    let null = log_likelihood(&[whole], &Array1::from_elem(1, overall));
    Ok(KindRates {
        rates: rates.to_vec(),
        levels: x.ncols() - 1,
        r2: (1.0 - (-2.0 * gain / cases).exp()) / (1.0 - (2.0 * null / cases).exp()),
        penalised,
    })
}

/// Log-likelihood of binomial outcomes, without the constant.
fn log_likelihood(tallies: &[Tally], rates: &Array1<f64>) -> f64 {
    let term = |count: u64, p: f64| {
        if count == 0 {
            0.0
        } else {
            count as f64 * p.ln()
        }
    };
    let tallies = tallies.iter().zip(rates);
    let of = |(t, p): (&Tally, &f64)| term(t.successes, *p) + term(t.n - t.successes, 1.0 - p);
    tallies.map(of).sum()
}

/// Fitted rates of a logistic regression, by Newton's method; `precision` is that of the effects'
/// prior around 0, which the intercept lacks. Returns `None` if there is no maximum.
fn logistic_rates(x: &Array2<f64>, tallies: &[Tally], precision: f64) -> Option<Array1<f64>> {
    /// Rates this close to 0 or 1 mean that a level predicts the outcome perfectly.
    const PERFECT: f64 = 1e-7;
    let n: Array1<f64> = tallies.iter().map(|t| t.n as f64).collect();
    let good: Array1<f64> = tallies.iter().map(|t| t.successes as f64).collect();
    let mut prior = Array1::from_elem(x.ncols(), precision);
    prior[0] = 0.0;
    let rates = |beta: &Array1<f64>| x.dot(beta).mapv(|eta| 1.0 / (1.0 + (-eta).exp()));
    let objective = |beta: &Array1<f64>| {
        let penalty = 0.5 * (&prior * beta * beta).sum();
        log_likelihood(tallies, &rates(beta)) - penalty
    };
    let overall = good.sum() / n.sum();
    if !(overall > 0.0 && overall < 1.0) {
        return None;
    }
    let mut beta = Array1::zeros(x.ncols());
    beta[0] = (overall / (1.0 - overall)).ln();
    for _ in 0..50 {
        let fitted = rates(&beta);
        let gradient = x.t().dot(&(&good - &(&n * &fitted))) - &prior * &beta;
        if gradient.iter().all(|g| g.abs() <= 1e-10 * n.sum()) {
            let perfect = |p: &f64| *p < PERFECT || *p > 1.0 - PERFECT;
            return (!fitted.iter().any(perfect)).then_some(fitted);
        }
        let weights = &n * &fitted * &fitted.mapv(|p| 1.0 - p);
        let weighted = x * &weights.insert_axis(Axis(1));
        let information = x.t().dot(&weighted) + Array2::from_diag(&prior);
        let step = Cholesky::of(&information)?.solve(&gradient);
        let before = objective(&beta);
        // A step that lowers the likelihood is halved.
        let mut factor = 1.0;
        beta = loop {
            let next = &beta + &(&step * factor);
            if objective(&next) >= before - 1e-9 * before.abs() {
                break next;
            }
            factor /= 2.0;
            if factor < 1e-6 {
                return None;
            }
        };
    }
    None
}

/// Expected outcomes by least squares on categorical columns, one cell per case.
///
/// # Errors
/// [`CaseMixError::NothingToAdjust`] if no column has two frequent levels; [`CaseMixError::NoFit`]
/// if the indicators are collinear.
pub fn expected_means(outcomes: &[f64], columns: &[&[String]]) -> Result<CaseMix, CaseMixError> {
    let columns: Vec<Vec<&str>> = columns
        .iter()
        .map(|column| column.iter().map(String::as_str).collect())
        .collect();
    let x = indicators(&columns, &vec![1; outcomes.len()]);
    if x.ncols() < 2 {
        return Err(CaseMixError::NothingToAdjust);
    }
    let fit =
        LeastSquares::fit(&x, &Array1::from(outcomes.to_vec()), None).ok_or(CaseMixError::NoFit)?;
    Ok(CaseMix {
        expected: x.dot(&fit.coefficients).to_vec(),
        levels: x.ncols() - 1,
        r2: fit.r_squared(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With one column, logistic regression predicts each level's own rate and least squares its
    /// mean. Ten fax cases are too few for a level, alone or pooled: they join the reference level.
    #[test]
    fn one_column_predicts_the_level_means() {
        let kind = |level: &'static str, successes, n| Kind {
            levels: vec![level],
            tally: Tally { successes, n },
        };
        let kinds = [
            kind("phone", 20, 60),
            kind("chat", 20, 40),
            kind("fax", 5, 10),
        ];
        let found = kind_rates(&kinds).expect("two frequent levels");
        let close = |a: f64, b: f64| (a - b).abs() < 1e-9;
        assert!(close(found.rates[1], 0.5), "{found:?}");
        assert!(close(found.rates[0], 25.0 / 70.0) && close(found.rates[2], 25.0 / 70.0));

        let mut column = Vec::new();
        let mut outcomes = Vec::new();
        for kind in &kinds {
            for i in 0..kind.tally.n {
                column.push(kind.levels[0].to_owned());
                outcomes.push(f64::from(u8::from(i < kind.tally.successes)));
            }
        }
        let linear = expected_means(&outcomes, &[&column]).expect("two frequent levels");
        assert!(close(linear.expected[70], 0.5));
        assert_eq!(
            expected_means(&outcomes, &[&vec!["same".to_owned(); 110]]),
            Err(CaseMixError::NothingToAdjust)
        );
    }

    /// Defining properties of the maximum: fitted and observed totals agree for each level, and the
    /// log-odds are additive.
    #[test]
    fn rates_of_kinds_solve_the_likelihood_equations() {
        let kind = |levels: [&'static str; 2], successes, n| Kind {
            levels: levels.to_vec(),
            tally: Tally { successes, n },
        };
        let kinds = [
            kind(["chat", "bill"], 45, 60),
            kind(["chat", "fault"], 30, 50),
            kind(["phone", "bill"], 70, 80),
            kind(["phone", "fault"], 25, 40),
        ];
        let found = kind_rates(&kinds).expect("a maximum");
        assert_eq!(found.levels, 2);
        for level in ["chat", "phone", "bill", "fault"] {
            let own = kinds.iter().zip(&found.rates);
            let own = own.filter(|(k, _)| k.levels.contains(&level));
            let off: f64 = own
                .map(|(k, rate)| k.tally.successes as f64 - k.tally.n as f64 * rate)
                .sum();
            assert!(off.abs() < 1e-6, "{level}: {off}");
        }
        let odds: Vec<f64> = found.rates.iter().map(|p| (p / (1.0 - p)).ln()).collect();
        let interaction = odds[0] - odds[1] - odds[2] + odds[3];
        assert!(interaction.abs() < 1e-9, "{interaction}");
    }

    /// A level without a failure pulls its rate towards the others instead of leaving all kinds
    /// without an adjustment.
    #[test]
    fn a_level_that_predicts_perfectly_is_held_back_by_the_prior() {
        let kind = |level: &'static str, successes| Kind {
            levels: vec![level],
            tally: Tally { successes, n: 40 },
        };
        let found = kind_rates(&[kind("a", 40), kind("b", 20)]).expect("a maximum");
        assert!(found.penalised);
        assert!(found.rates[0] > 0.9 && found.rates[0] < 1.0, "{found:?}");
        assert!((found.rates[1] - 0.5).abs() < 0.02, "{found:?}");
        assert_eq!(
            kind_rates(&[kind("a", 40), kind("b", 40)]),
            Err(CaseMixError::NoFit)
        );
    }
}
