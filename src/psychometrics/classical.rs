//! Classical test theory: coefficient alpha with Feldt's interval, and the standard error of measurement.

use ndarray::{Array2, Axis};

use crate::stats::{distributions::f_quantile, intervals::Interval};

/// Coefficient alpha of one scale.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Alpha {
    pub alpha: f64,
    /// 95 % interval by Feldt (1965): F quantiles with N - 1 and (N - 1)(k - 1) degrees of freedom.
    pub interval: Interval,
    /// Persons.
    pub n: usize,
}

/// Why a reliability cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClassicalError {
    #[error("reliability needs at least 2 items and 3 persons; there are {items} and {persons}")]
    TooSmall { items: usize, persons: usize },
    #[error("the scale score does not vary")]
    NoVariance,
}

/// Coefficient alpha (Cronbach 1951) of keyed answers, persons in rows, items in columns, without gaps:
/// k / (k - 1) (1 - sum of item variances / variance of the sum).
///
/// # Errors
/// Too few rows or columns, or a sum that does not vary.
pub fn alpha(keyed: &Array2<f64>) -> Result<Alpha, ClassicalError> {
    let (persons, items) = keyed.dim();
    if items < 2 || persons < 3 {
        return Err(ClassicalError::TooSmall { items, persons });
    }
    let item_variances = keyed.var_axis(Axis(0), 1.0).sum();
    let total_variance = keyed.sum_axis(Axis(1)).var(1.0);
    if total_variance <= 0.0 {
        return Err(ClassicalError::NoVariance);
    }
    let k = items as f64;
    let alpha = k / (k - 1.0) * (1.0 - item_variances / total_variance);
    let (d1, d2) = ((persons - 1) as f64, ((persons - 1) * (items - 1)) as f64);
    let end = |p| 1.0 - (1.0 - alpha) * f_quantile(p, d1, d2);
    Ok(Alpha {
        alpha,
        interval: Interval {
            low: end(0.975),
            high: end(0.025),
        },
        n: persons,
    })
}

/// Standard error of measurement of a score with standard deviation `sd` and `reliability` in \[0, 1\]:
/// sd sqrt(1 - reliability).
pub fn standard_error_of_measurement(sd: f64, reliability: f64) -> f64 {
    sd * (1.0 - reliability.clamp(0.0, 1.0)).sqrt()
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    /// numpy and scipy 1.17.1 on the same twelve rows: numpy.cov, scipy.stats.f.ppf.
    #[test]
    fn alpha_and_feldt_equal_numpy_and_scipy() {
        let answers = array![
            [4.0, 5.0, 4.0, 4.0],
            [3.0, 3.0, 2.0, 3.0],
            [5.0, 5.0, 5.0, 4.0],
            [2.0, 1.0, 2.0, 2.0],
            [4.0, 4.0, 3.0, 5.0],
            [3.0, 4.0, 3.0, 3.0],
            [1.0, 2.0, 2.0, 1.0],
            [5.0, 4.0, 4.0, 5.0],
            [3.0, 2.0, 3.0, 4.0],
            [4.0, 4.0, 5.0, 4.0],
            [2.0, 3.0, 2.0, 2.0],
            [4.0, 3.0, 4.0, 3.0],
        ];
        let found = alpha(&answers).expect("varies");
        for (ours, theirs) in [
            (found.alpha, 0.921968787515006),
            (found.interval.low, 0.8117680447287122),
            (found.interval.high, 0.9748068238144015),
        ] {
            assert!((ours - theirs).abs() < 1e-9, "{ours} {theirs}");
        }
        let constant = Array2::from_elem((5, 3), 2.0);
        assert_eq!(alpha(&constant), Err(ClassicalError::NoVariance));
    }

    /// Published: R psych on the bfi agreeableness items, alpha .703756 of 2,709 persons, Feldt .685745 to .721036.
    #[test]
    fn feldt_interval_equals_psych() {
        let end = |p| 1.0 - (1.0 - 0.703_756) * f_quantile(p, 2708.0, 2708.0 * 4.0);
        assert!((end(0.975) - 0.685_745).abs() < 2e-6 && (end(0.025) - 0.721_036).abs() < 2e-6);
    }
}
