//! Confidence intervals of rates, means, correlations and net promoter scores.

use super::distributions::{normal_quantile, t_quantile};

/// A closed interval, lower end first.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Interval {
    pub low: f64,
    pub high: f64,
}

impl Interval {
    /// The interval `centre` +/- `half`.
    pub fn around(centre: f64, half: f64) -> Self {
        Self {
            low: centre - half,
            high: centre + half,
        }
    }

    /// Whether `x` lies in the interval, bounds included.
    pub fn contains(&self, x: f64) -> bool {
        self.low <= x && x <= self.high
    }
}

/// Wilson's (1927) score interval for `x` successes of `n` with two-sided `confidence`, without
/// continuity correction. Returns `None` if `n` is 0.
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

/// Mean of `values` with its t interval. Returns `None` below two values.
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

/// Fisher's z interval for a correlation `r` of `n` pairs. Returns `None` below four pairs or at
/// |r| = 1.
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

/// Counts of promoters (9, 10), passives (7, 8) and detractors (0 to 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recommendations {
    pub promoters: u64,
    pub passives: u64,
    pub detractors: u64,
}

/// A net promoter score, from -1 to 1.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct NetPromoter {
    pub score: f64,
    /// Standard error: sqrt((p + d - (p - d)^2) / n).
    pub se: f64,
    /// Wald interval: score +/- z standard errors.
    pub wald: Interval,
    /// Adjusted Wald interval (Rocks 2016), adding three quarters of an answer each to promoters
    /// and detractors and three answers to n: its coverage is close to nominal in small samples.
    pub adjusted: Interval,
}

/// Net promoter score with intervals of two-sided `confidence`. Returns `None` without answers.
pub fn net_promoter(answers: Recommendations, confidence: f64) -> Option<NetPromoter> {
    let n = (answers.promoters + answers.passives + answers.detractors) as f64;
    if n == 0.0 {
        return None;
    }
    let z = normal_quantile(0.5 + confidence / 2.0);
    let with = |extra: f64, total: f64| {
        let (p, d) = (
            (answers.promoters as f64 + extra) / total,
            (answers.detractors as f64 + extra) / total,
        );
        (p - d, ((p + d - (p - d).powi(2)) / total).sqrt())
    };
    let (score, se) = with(0.0, n);
    let (centre, adjusted_se) = with(0.75, n + 3.0);
    Some(NetPromoter {
        score,
        se,
        wald: Interval::around(score, z * se),
        adjusted: Interval::around(centre, z * adjusted_se),
    })
}

/// Interval of the difference of two independent net promoter scores.
pub fn net_promoter_difference(a: NetPromoter, b: NetPromoter, confidence: f64) -> Interval {
    Interval::around(
        a.score - b.score,
        normal_quantile(0.5 + confidence / 2.0) * a.se.hypot(b.se),
    )
}

/// Smallest difference of two rates around `p` that groups of `n1` and `n2` detect with `power`,
/// two-sided at .05. Clusters of `cluster` values with intraclass correlation `icc` multiply it by
/// the root of the design effect 1 + (cluster - 1) icc.
pub fn detectable_rate_difference(
    p: f64,
    n1: u64,
    n2: u64,
    power: f64,
    cluster: f64,
    icc: f64,
) -> f64 {
    let z = normal_quantile(0.975) + normal_quantile(power);
    let plain = z * (p * (1.0 - p) * (1.0 / n1 as f64 + 1.0 / n2 as f64)).sqrt();
    plain * (1.0 + (cluster - 1.0) * icc).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published: 50 promoters, 30 passives and 20 detractors give 30 +/- 15.3, adjusted 14.0 to
    /// 44.2; at a rate of .83, groups of 60 detect differences of 19.2 points, groups of 180 11.1
    /// and groups of 2,000 3.3.
    #[test]
    fn net_promoter_and_detectable_differences_match_published_values() {
        let nps = net_promoter(
            Recommendations {
                promoters: 50,
                passives: 30,
                detractors: 20,
            },
            0.95,
        )
        .expect("answers");
        assert!((nps.score - 0.3).abs() < 1e-12 && (nps.wald.high - 0.453).abs() < 5e-4);
        assert!(
            (nps.adjusted.low - 0.140).abs() < 6e-4 && (nps.adjusted.high - 0.442).abs() < 5e-4,
            "{nps:?}"
        );
        let none = Recommendations {
            promoters: 0,
            passives: 0,
            detractors: 0,
        };
        assert_eq!(net_promoter(none, 0.95), None);
        let same = net_promoter_difference(nps, nps, 0.95);
        assert!(
            (same.high - 1.959964 * nps.se * 2.0_f64.sqrt()).abs() < 1e-6 && same.contains(0.0)
        );
        for (n, published) in [(60, 0.192), (180, 0.111), (2000, 0.033)] {
            let found = detectable_rate_difference(0.83, n, n, 0.8, 1.0, 0.0);
            assert!((found - published).abs() < 6e-4, "{n}: {found}");
        }
        assert!(detectable_rate_difference(0.83, 60, 60, 0.8, 20.0, 0.05) > 0.25);
    }

    /// Published values: R `prop.test(correct = FALSE)` for 13 of 18; r = .25, n = 100 gives [.06,
    /// .43].
    #[test]
    fn intervals_match_published_values() {
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
