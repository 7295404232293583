//! Two-by-two tables: exact and asymptotic tests of two rates, intervals of their ratio and
//! difference, and stratified tables.

use super::{
    distributions::{chi_square_sf, ln_choose, normal_p, normal_quantile},
    intervals::{Interval, wilson},
};

/// Numbers of successes and trials in two groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TwoRates {
    pub x1: u64,
    pub n1: u64,
    pub x2: u64,
    pub n2: u64,
}

impl TwoRates {
    /// Rate of the first group minus rate of the second. Returns `None` if a group is empty.
    pub fn difference(self) -> Option<f64> {
        (self.n1 > 0 && self.n2 > 0)
            .then(|| self.x1 as f64 / self.n1 as f64 - self.x2 as f64 / self.n2 as f64)
    }

    /// Fisher's exact two-sided p: the total probability of all tables with the same margins that
    /// are at most as likely as the observed one (with R's relative tolerance of 1e-7).
    pub fn fisher_p(self) -> f64 {
        let (n1, n2, successes) = (self.n1 as f64, self.n2 as f64, self.x1 + self.x2);
        let ln_p = |x: u64| ln_choose(n1, x as f64) + ln_choose(n2, (successes - x) as f64);
        let (low, high) = (successes.saturating_sub(self.n2), successes.min(self.n1));
        let observed = ln_p(self.x1);
        let (mut extreme, mut total) = (0.0, 0.0);
        let top = (low..=high).map(ln_p).fold(f64::NEG_INFINITY, f64::max);
        for x in low..=high {
            let l = ln_p(x);
            let p = (l - top).exp();
            total += p;
            if l <= observed + 1e-7_f64.ln_1p() {
                extreme += p;
            }
        }
        (extreme / total).min(1.0)
    }

    /// z statistic of the difference with pooled variance and without continuity correction, and
    /// its two-sided p. Returns `None` if the outcomes do not vary.
    pub fn z(self) -> Option<(f64, f64)> {
        let (n1, n2) = (self.n1 as f64, self.n2 as f64);
        let p = (self.x1 + self.x2) as f64 / (n1 + n2);
        let z = self.difference()? / (p * (1.0 - p) * (1.0 / n1 + 1.0 / n2)).sqrt();
        z.is_finite().then(|| (z, normal_p(z)))
    }

    /// Ratio of the first rate to the second, with a confidence interval on the log scale (Katz et
    /// al. 1978). Returns `None` if the second rate is 0; the interval is `None` if the first rate
    /// is 0.
    pub fn ratio(self, confidence: f64) -> Option<(f64, Option<Interval>)> {
        if self.n1 == 0 || self.n2 == 0 || self.x2 == 0 {
            return None;
        }
        let (x1, n1, x2, n2) = (
            self.x1 as f64,
            self.n1 as f64,
            self.x2 as f64,
            self.n2 as f64,
        );
        let ratio = (x1 / n1) / (x2 / n2);
        let se = (1.0 / x1 - 1.0 / n1 + 1.0 / x2 - 1.0 / n2).sqrt();
        let half = normal_quantile(0.5 + confidence / 2.0) * se;
        let interval = (self.x1 > 0).then(|| Interval {
            low: ratio * (-half).exp(),
            high: ratio * half.exp(),
        });
        Some((ratio, interval))
    }

    /// Confidence interval of the difference by Newcombe's (1998) method 10, from two Wilson
    /// intervals.
    pub fn difference_interval(self, confidence: f64) -> Option<Interval> {
        let (w1, w2) = (
            wilson(self.x1, self.n1, confidence)?,
            wilson(self.x2, self.n2, confidence)?,
        );
        let (p1, p2) = (
            self.x1 as f64 / self.n1 as f64,
            self.x2 as f64 / self.n2 as f64,
        );
        Some(Interval {
            low: p1 - p2 - (p1 - w1.low).hypot(w2.high - p2),
            high: p1 - p2 + (w1.high - p1).hypot(p2 - w2.low),
        })
    }

    /// Cohen's h: 2 asin sqrt p1 - 2 asin sqrt p2.
    pub fn cohens_h(self) -> Option<f64> {
        self.difference()?;
        let angle = |x: u64, n: u64| 2.0 * (x as f64 / n as f64).sqrt().asin();
        Some(angle(self.x1, self.n1) - angle(self.x2, self.n2))
    }
}

/// A two-by-two table of one stratum: successes and failures of the reference group (a, b) and of
/// the focal group (c, d).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Stratum {
    pub a: f64,
    pub b: f64,
    pub c: f64,
    pub d: f64,
}

impl Stratum {
    fn total(self) -> f64 {
        self.a + self.b + self.c + self.d
    }
}

/// Mantel-Haenszel test and common odds ratio.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct MantelHaenszel {
    pub chi2: f64,
    pub p: f64,
    /// Common odds ratio: sum(ad / t) / sum(bc / t).
    pub odds_ratio: f64,
    /// Standard error of the log odds ratio (Phillips & Holland 1987).
    pub se_ln: f64,
}

/// Mantel-Haenszel test (1959) over all strata with more than one person; `continuity` is the
/// continuity correction, .5 or 0. Returns `None` if no stratum is informative.
pub fn mantel_haenszel(strata: &[Stratum], continuity: f64) -> Option<MantelHaenszel> {
    let (mut ad, mut bc, mut a, mut expected, mut variance) = (0.0, 0.0, 0.0, 0.0, 0.0);
    let used = || strata.iter().filter(|s| s.total() > 1.0);
    for s in used() {
        let t = s.total();
        let (reference, focal, right, wrong) = (s.a + s.b, s.c + s.d, s.a + s.c, s.b + s.d);
        ad += s.a * s.d / t;
        bc += s.b * s.c / t;
        a += s.a;
        expected += reference * right / t;
        variance += reference * focal * right * wrong / (t * t * (t - 1.0));
    }
    let odds_ratio = ad / bc;
    let variance_sum: f64 = used()
        .map(|s| {
            let t = s.total();
            (s.a * s.d + odds_ratio * s.b * s.c) * (s.a + s.d + odds_ratio * (s.b + s.c)) / (t * t)
        })
        .sum();
    let chi2 = ((a - expected).abs() - continuity).powi(2) / variance;
    (chi2.is_finite() && variance > 0.0).then(|| MantelHaenszel {
        chi2,
        p: chi_square_sf(chi2, 1.0),
        odds_ratio,
        se_ln: (variance_sum / (2.0 * ad * ad)).sqrt(),
    })
}

/// Breslow & Day's (1980) test of homogeneous odds ratios: chi-square and degrees of freedom.
/// Strata with an empty margin are ignored. Returns `None` if fewer than two strata remain.
pub fn breslow_day(strata: &[Stratum], odds_ratio: f64) -> Option<(f64, usize)> {
    let (mut chi2, mut used) = (0.0, 0_usize);
    for s in strata {
        let (reference, right) = (s.a + s.b, s.a + s.c);
        let t = s.total();
        if [reference, t - reference, right, t - right]
            .iter()
            .any(|m| *m <= 0.0)
        {
            continue;
        }
        // The expected a solves
        // a (t - reference - right + a) / ((reference - a) (right - a)) = odds ratio.
        let (p, q) = (odds_ratio, t - reference - right);
        let (qa, qb, qc) = (1.0 - p, q + p * (reference + right), -p * reference * right);
        let a = if qa.abs() < 1e-12 {
            -qc / qb
        } else {
            let root = (qb * qb - 4.0 * qa * qc).sqrt();
            let first = (-qb + root) / (2.0 * qa);
            let inside = |a: f64| a > 0.0 && a < reference.min(right) && q + a > 0.0;
            if inside(first) {
                first
            } else {
                (-qb - root) / (2.0 * qa)
            }
        };
        let variance = 1.0 / (1.0 / a + 1.0 / (reference - a) + 1.0 / (right - a) + 1.0 / (q + a));
        if variance > 0.0 && variance.is_finite() {
            chi2 += (s.a - a).powi(2) / variance;
            used += 1;
        }
    }
    (used > 1).then(|| (chi2, used - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(ours: f64, theirs: f64) {
        assert!(
            (ours - theirs).abs() <= 1e-9 * theirs.abs().max(1e-300),
            "{ours} {theirs}"
        );
    }

    /// R 4.2.2: `fisher.test`, `prop.test(correct = FALSE)`; Katz and Newcombe by formula in R.
    #[test]
    fn two_rates_match_r() {
        let focal = TwoRates {
            x1: 12,
            n1: 40,
            x2: 48,
            n2: 80,
        };
        close(focal.fisher_p(), 0.00340922176784919);
        let (z, p) = focal.z().expect("varies");
        close(z, -3.09838667696593);
        close(p, 0.00194577369373915);
        let ci = focal.difference_interval(0.95).expect("n");
        close(ci.low, -0.455876304007221);
        close(ci.high, -0.11076804770825);
        close(
            TwoRates {
                x1: 1,
                n1: 100,
                x2: 99,
                n2: 100,
            }
            .fisher_p(),
            2.20898156926879e-55,
        );
        close(
            TwoRates {
                x1: 370,
                n1: 1000,
                x2: 500,
                n2: 1000,
            }
            .fisher_p(),
            5.64317968365992e-09,
        );
        close(
            TwoRates {
                x1: 0,
                n1: 10,
                x2: 5,
                n2: 10,
            }
            .fisher_p(),
            0.0325077399380805,
        );
        let (ratio, ci) = focal.ratio(0.95).expect("rate");
        let ci = ci.expect("both above 0");
        close(ratio, 0.5);
        close(ci.low, 0.301432941045597);
        close(ci.high, 0.829371863382984);
        assert_eq!(
            TwoRates {
                x1: 10,
                n1: 10,
                x2: 10,
                n2: 10
            }
            .z(),
            None
        );
        assert_eq!(
            TwoRates {
                x1: 1,
                n1: 10,
                x2: 0,
                n2: 10
            }
            .ratio(0.95),
            None
        );
        assert_eq!(
            TwoRates {
                x1: 0,
                n1: 10,
                x2: 1,
                n2: 10
            }
            .ratio(0.95),
            Some((0.0, None))
        );
    }

    /// R 4.2.2: `mantelhaen.test(UCBAdmissions)` (sex and admission by department) and the
    /// Breslow-Day formula of DescTools.
    #[test]
    fn stratified_tables_match_r() {
        let strata: Vec<Stratum> = [
            (512.0, 313.0, 89.0, 19.0),
            (353.0, 207.0, 17.0, 8.0),
            (120.0, 205.0, 202.0, 391.0),
            (138.0, 279.0, 131.0, 244.0),
            (53.0, 138.0, 94.0, 299.0),
            (22.0, 351.0, 24.0, 317.0),
        ]
        .map(|(a, b, c, d)| Stratum { a, b, c, d })
        .to_vec();
        let mh = mantel_haenszel(&strata, 0.5).expect("varies");
        close(mh.odds_ratio, 0.9046968282586231);
        close(mh.chi2, 1.426946228586688);
        close(mh.p, 0.2322634628170483);
        let (chi2, df) = breslow_day(&strata, mh.odds_ratio).expect("six");
        assert_eq!(df, 5);
        close(chi2, 18.82551370523599);
        assert_eq!(mantel_haenszel(&[Stratum::default()], 0.5), None);
    }
}
