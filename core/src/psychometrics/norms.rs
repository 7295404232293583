//! Norm-referenced scores: z, T (mean 50, standard deviation 10) and percentile.

use crate::stats::distributions::normal_cdf;

/// Mean and standard deviation of a score in a norm population.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Norm {
    pub mean: f64,
    pub sd: f64,
}

impl Norm {
    /// Standard score of `x`.
    pub fn z(self, x: f64) -> f64 {
        (x - self.mean) / self.sd
    }
}

/// T score: 50 + 10 z.
pub fn t_score(z: f64) -> f64 {
    50.0 + 10.0 * z
}

/// Percentage of a normal population below `z`, 0 to 100.
pub fn percentile(z: f64) -> f64 {
    100.0 * normal_cdf(z)
}

/// Whether two scores differ significantly at .05: |a - b| > 1.96 sqrt(se_a^2 + se_b^2).
pub fn distinguishable(a: f64, se_a: f64, b: f64, se_b: f64) -> bool {
    (a - b).abs() > 1.96 * (se_a * se_a + se_b * se_b).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tables of the standard normal: 84.13 % lie below z = 1, and 2.28 % below z = -2. Standard
    /// errors of 3 and 4 combine to 5, so differences above 9.8 are significant.
    #[test]
    fn scores_match_normal_tables() {
        let norm = Norm {
            mean: 3.75,
            sd: 0.5,
        };
        assert_eq!((norm.z(4.25), t_score(norm.z(4.25))), (1.0, 60.0));
        assert!((percentile(1.0) - 84.134).abs() < 1e-3);
        assert!((percentile(-2.0) - 2.275).abs() < 1e-3);
        assert!(distinguishable(60.0, 3.0, 50.1, 4.0));
        assert!(!distinguishable(60.0, 3.0, 50.3, 4.0));
    }
}
