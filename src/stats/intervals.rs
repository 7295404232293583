//! Intervals for a rate, a mean and a correlation.

use super::distributions::{normal_quantile, t_quantile};

/// A closed interval, lower end first.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

impl Interval {
    /// `centre` minus and plus `half`.
    pub fn around(centre: f64, half: f64) -> Self {
        Self {
            low: centre - half,
            high: centre + half,
        }
    }

    /// Whether `x` lies inside, ends included.
    pub fn contains(&self, x: f64) -> bool {
        self.low <= x && x <= self.high
    }
}

/// Wilson's score interval for `x` successes of `n`, at two-sided `confidence`. `None` when `n` is 0.
///
/// Wilson (1927), without continuity correction.
pub fn wilson(x: u64, n: u64, confidence: f64) -> Option<Interval> {
    if n == 0 || x > n {
        return None;
    }
    let (n, p) = (n as f64, x as f64 / n as f64);
    let z = normal_quantile(0.5 + confidence / 2.0);
    let centre = (p + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z / (1.0 + z * z / n) * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
    Some(Interval::around(centre, half))
}

/// Student's t interval for the mean of `values`. `None` below two values.
pub fn mean_interval(values: &[f64], confidence: f64) -> Option<(f64, Interval)> {
    if values.len() < 2 {
        return None;
    }
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let half = t_quantile(0.5 + confidence / 2.0, n - 1.0) * (variance / n).sqrt();
    Some((mean, Interval::around(mean, half)))
}

/// Fisher's z interval for a correlation `r` of `n` pairs. `None` below four pairs or at |r| = 1.
pub fn fisher_z(r: f64, n: usize, confidence: f64) -> Option<Interval> {
    if n < 4 || r.is_nan() || r.abs() >= 1.0 {
        return None;
    }
    let half = normal_quantile(0.5 + confidence / 2.0) / (n as f64 - 3.0).sqrt();
    let z = r.atanh();
    Some(Interval {
        low: (z - half).tanh(),
        high: (z + half).tanh(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Textbook values: R `prop.test(correct = FALSE)` for 13 of 18; r = .25, n = 100 gives [.06, .43].
    #[test]
    fn intervals_equal_published_values() {
        let w = wilson(13, 18, 0.95).expect("n > 0");
        assert!(
            (w.low - 0.4913).abs() < 1e-4 && (w.high - 0.8750).abs() < 1e-4,
            "{w:?}"
        );
        let r = fisher_z(0.25, 100, 0.95).expect("n > 3");
        assert!(
            (r.low - 0.0564).abs() < 1e-4 && (r.high - 0.4255).abs() < 1e-3,
            "{r:?}"
        );
        assert_eq!((wilson(0, 0, 0.95), fisher_z(0.5, 3, 0.95)), (None, None));
    }
}
