//! Correlations, their p values, and power analysis.

use super::distributions::{normal_cdf, normal_quantile, t_p};

/// Pearson's r of paired values. Returns `None` below three pairs or if either variable is
/// constant.
pub fn pearson(x: &[f64], y: &[f64]) -> Option<f64> {
    weighted_pearson(x, y, &vec![1.0; x.len()])
}

/// Pearson's r with non-negative case weights. Returns `None` below three pairs, if lengths differ,
/// or if either variable is constant.
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

/// Ranks from 1; ties get their mean rank.
pub fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    let mut start = 0;
    while start < order.len() {
        let tied = order[start..]
            .iter()
            .take_while(|i| values[**i] == values[order[start]])
            .count()
            .max(1);
        let rank = start as f64 + (tied as f64 + 1.0) / 2.0;
        for i in &order[start..start + tied] {
            ranks[*i] = rank;
        }
        start += tied;
    }
    ranks
}

/// Spearman's rank correlation: Pearson's r of the ranks, with mean ranks for ties. Returns `None`
/// as [`pearson`] does.
pub fn spearman(x: &[f64], y: &[f64]) -> Option<f64> {
    pearson(&ranks(x), &ranks(y))
}

/// Two-sided p of a correlation `r` of `n` pairs against 0, by t with n - 2 degrees of freedom.
/// Returns `None` below three pairs.
pub fn correlation_p(r: f64, n: usize) -> Option<f64> {
    let df = n.checked_sub(2).filter(|df| *df > 0)? as f64;
    Some(t_p(r * (df / (1.0 - r * r)).sqrt(), df)).filter(|p| p.is_finite())
}

/// Power of the two-sided test at .05 for a true correlation `rho` with `n` pairs, by Fisher's z.
pub fn correlation_power(rho: f64, n: usize) -> f64 {
    if n < 4 {
        return 0.0;
    }
    let shift = rho.abs().atanh() * (n as f64 - 3.0).sqrt();
    let critical = normal_quantile(0.975);
    normal_cdf(shift - critical) + normal_cdf(-shift - critical)
}

/// Smallest correlation that `n` pairs detect with the given `power`, two-sided at .05. Returns
/// `None` below four pairs.
pub fn detectable_correlation(n: usize, power: f64) -> Option<f64> {
    (n > 3).then(|| {
        ((normal_quantile(0.975) + normal_quantile(power)) / (n as f64 - 3.0).sqrt()).tanh()
    })
}

/// Pairs needed to detect a true correlation `rho` with the given `power` in a two-sided test at
/// .05, by Fisher's z: n = ((z_.975 + z_power) / atanh rho)^2 + 3, rounded up.
pub fn pairs_for_power(rho: f64, power: f64) -> u64 {
    let needed = ((normal_quantile(0.975) + normal_quantile(power)) / rho.atanh()).powi(2) + 3.0;
    needed.ceil() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The published table for power .80 and .90, two-sided .05.
    #[test]
    fn pairs_for_power_match_the_published_table() {
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

    /// R 4.2.2: `cor.test` on `psych::sat.act` rows 1 to 5 (ACT, SATQ), Pearson and Spearman.
    #[test]
    fn correlations_and_p_values_match_r() {
        let act = [24.0, 35.0, 21.0, 26.0, 31.0];
        let satq = [500.0, 600.0, 480.0, 550.0, 600.0];
        let r = pearson(&act, &satq).expect("varies");
        assert!((r - 0.948500954136321).abs() < 1e-13);
        assert!((correlation_p(r, 5).expect("five") - 0.0139203142539853).abs() < 1e-13);
        let rho = spearman(&act, &satq).expect("varies");
        assert!((rho - 0.974679434480896).abs() < 1e-13);
        assert!((correlation_p(rho, 5).expect("five") - 0.00481823046819854).abs() < 1e-13);
        assert_eq!(ranks(&[3.0, 1.0, 3.0]), [2.5, 1.0, 2.5]);
        assert_eq!(
            (correlation_p(0.5, 2), pearson(&[2.0; 5], &act)),
            (None, None)
        );
    }

    /// R pwr 1.3: `pwr.r.test`, which corrects z for bias, gives .8044 for r = .3, n = 85; Fisher's
    /// z alone gives .8003.
    #[test]
    fn power_matches_pwr_and_inverts_the_detectable_correlation() {
        assert!((correlation_power(0.3, 85) - 0.804).abs() < 5e-3);
        let found = detectable_correlation(85, 0.8).expect("enough");
        assert!((correlation_power(found, 85) - 0.8).abs() < 1e-3, "{found}");
        assert_eq!(
            (correlation_power(0.9, 3), detectable_correlation(3, 0.8)),
            (0.0, None)
        );
    }

    /// Anscombe's first set: r = .81642 (Anscombe 1973).
    #[test]
    fn pearson_matches_anscombes_first_set() {
        let x = [10.0, 8.0, 13.0, 9.0, 11.0, 14.0, 6.0, 4.0, 12.0, 7.0, 5.0];
        let y = [
            8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68,
        ];
        assert!((pearson(&x, &y).expect("varies") - 0.81642).abs() < 1e-5);
        assert_eq!(pearson(&x, &[1.0; 11]), None);
    }
}
