//! Does one number go with another?

use super::distributions::normal_quantile;

/// Pearson's r of paired values. `None` below three pairs or when either side does not vary.
pub fn pearson(x: &[f64], y: &[f64]) -> Option<f64> {
    weighted_pearson(x, y, &vec![1.0; x.len()])
}

/// Pearson's r with non-negative case weights. `None` below three pairs, on unequal lengths, or when either side
/// does not vary.
pub fn weighted_pearson(x: &[f64], y: &[f64], weights: &[f64]) -> Option<f64> {
    if x.len() != y.len() || x.len() != weights.len() || x.len() < 3 {
        return None;
    }
    let total: f64 = weights.iter().sum();
    let mean = |v: &[f64]| v.iter().zip(weights).map(|(v, w)| v * w).sum::<f64>() / total;
    let (mx, my) = (mean(x), mean(y));
    let (mut sxx, mut syy, mut sxy) = (0.0, 0.0, 0.0);
    for ((x, y), w) in x.iter().zip(y).zip(weights) {
        sxx += w * (x - mx) * (x - mx);
        syy += w * (y - my) * (y - my);
        sxy += w * (x - mx) * (y - my);
    }
    let r = sxy / (sxx * syy).sqrt();
    r.is_finite().then(|| r.clamp(-1.0, 1.0))
}

/// Pairs needed to find a true correlation `rho` with `power` in a two-sided test at .05, by Fisher's z:
/// n = ((z_.975 + z_power) / atanh rho)^2 + 3, rounded up.
pub fn pairs_for_power(rho: f64, power: f64) -> u64 {
    let needed = ((normal_quantile(0.975) + normal_quantile(power)) / rho.atanh()).powi(2) + 3.0;
    needed.ceil() as u64
}

/// `r` corrected for an unreliable criterion of reliability `r_yy` in (0, 1\]: r / sqrt(r_yy), at most 1 in size.
/// Operational validity corrects the criterion only, never the predictor.
pub fn correct_for_criterion(r: f64, r_yy: f64) -> f64 {
    (r / r_yy.sqrt()).clamp(-1.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published table for power .80 / .90, two-sided .05.
    #[test]
    fn pairs_needed_equal_the_published_table() {
        for (rho, at_80, at_90) in [
            (0.10, 783, 1047),
            (0.15, 347, 463),
            (0.20, 194, 259),
            (0.25, 124, 165),
            (0.30, 85, 113),
            (0.40, 47, 62),
        ] {
            assert!(pairs_for_power(rho, 0.8).abs_diff(at_80) <= 1, "{rho}");
            assert!(pairs_for_power(rho, 0.9).abs_diff(at_90) <= 1, "{rho}");
        }
    }

    /// Anscombe's first set: r = .81642 (Anscombe 1973).
    #[test]
    fn pearson_of_anscombes_first_set() {
        let x = [10.0, 8.0, 13.0, 9.0, 11.0, 14.0, 6.0, 4.0, 12.0, 7.0, 5.0];
        let y = [
            8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68,
        ];
        assert!((pearson(&x, &y).expect("varies") - 0.81642).abs() < 1e-5);
        assert_eq!(pearson(&x, &[1.0; 11]), None);
    }
}
