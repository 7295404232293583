//! Funnel plots: groups outside the control limits of a common rate, allowing for over-dispersion.
//!
//! Spiegelhalter (2005): limits around the overall rate narrow with n. If groups vary more than the
//! limits allow, the estimated over-dispersion widens them for all groups, so that common extra
//! variance is not attributed to the outliers.

use super::{
    distributions::{binomial_cdf, normal_p, normal_quantile},
    intervals::Interval,
    shrinkage::Tally,
};

/// One group on the plot.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct FunnelPoint {
    pub n: u64,
    pub rate: f64,
    /// Standardised deviation from the overall rate, including over-dispersion.
    pub z: f64,
    pub p: f64,
    /// 95 % and 99.8 % control limits at this n, including over-dispersion.
    pub limits_95: Interval,
    pub limits_998: Interval,
}

/// A funnel plot.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Funnel {
    /// Overall rate.
    pub rate: f64,
    /// Mean squared z after 10 % winsorising at each end; about 1 without over-dispersion.
    pub dispersion: f64,
    /// Between-group variance added to the sampling variance of each group.
    pub tau2: f64,
    /// Points in input order; `None` for an empty group.
    pub points: Vec<Option<FunnelPoint>>,
}

/// Funnel plot of group rates. Returns `None` if fewer than two groups have outcomes or if all
/// outcomes are equal.
///
/// phi = sum(z^2) / k of winsorised z. If phi > 1, then with w = 1 / s^2
/// tau^2 = (k phi - (k - 1)) / (sum w - sum w^2 / sum w), and z = (y - P) / sqrt(s^2 + tau^2).
pub fn funnel(groups: &[Tally]) -> Option<Funnel> {
    let used: Vec<Tally> = groups.iter().copied().filter(|g| g.n > 0).collect();
    let (x, n) = used
        .iter()
        .fold((0, 0), |(x, n), g| (x + g.successes, n + g.n));
    let rate = x as f64 / n as f64;
    if used.len() < 2 || rate.is_nan() || rate <= 0.0 || rate >= 1.0 {
        return None;
    }
    let k = used.len() as f64;
    let variance = |n: u64| rate * (1.0 - rate) / n as f64;
    let mut z: Vec<f64> = used
        .iter()
        .map(|g| (g.successes as f64 / g.n as f64 - rate) / variance(g.n).sqrt())
        .collect();
    winsorise(&mut z, 0.1);
    let dispersion = z.iter().map(|z| z * z).sum::<f64>() / k;
    let weights: Vec<f64> = used.iter().map(|g| 1.0 / variance(g.n)).collect();
    let (sum, squares): (f64, f64) = weights
        .iter()
        .fold((0.0, 0.0), |(s, q), w| (s + w, q + w * w));
    let tau2 = if dispersion > 1.0 {
        ((k * dispersion - (k - 1.0)) / (sum - squares / sum)).max(0.0)
    } else {
        0.0
    };
    let point = |g: &Tally| {
        (g.n > 0).then(|| {
            let (sampling, y) = (variance(g.n), g.successes as f64 / g.n as f64);
            let z = (y - rate) / (sampling + tau2).sqrt();
            let limits = |confidence: f64| {
                if tau2 == 0.0 && g.n < 200 {
                    return exact_limits(rate, g.n, confidence);
                }
                let half = normal_quantile(0.5 + confidence / 2.0) * (sampling + tau2).sqrt();
                Interval {
                    low: (rate - half).max(0.0),
                    high: (rate + half).min(1.0),
                }
            };
            FunnelPoint {
                n: g.n,
                rate: y,
                z,
                p: normal_p(z),
                limits_95: limits(0.95),
                limits_998: limits(0.998),
            }
        })
    };
    Some(Funnel {
        rate,
        dispersion,
        tau2,
        points: groups.iter().map(point).collect(),
    })
}

/// Winsorises the lowest and highest `share` of the values to the nearest remaining value.
fn winsorise(values: &mut [f64], share: f64) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let cut = (share * sorted.len() as f64).floor() as usize;
    let (low, high) = (sorted[cut], sorted[sorted.len() - 1 - cut]);
    for v in values {
        *v = v.clamp(low, high);
    }
}

/// Exact control limits of a rate among `n`, from binomial quantiles interpolated between counts
/// (Spiegelhalter's appendix); used where the normal approximation is poor.
fn exact_limits(rate: f64, n: u64, confidence: f64) -> Interval {
    let quantile = |p: f64| {
        let (mut low, mut high) = (0, n);
        while low < high {
            let middle = (low + high) / 2;
            if binomial_cdf(middle, n, rate) >= p {
                high = middle
            } else {
                low = middle + 1
            }
        }
        let at = binomial_cdf(low, n, rate);
        let before = if low == 0 {
            0.0
        } else {
            binomial_cdf(low - 1, n, rate)
        };
        let share = (at - p) / (at - before);
        ((low as f64 - share) / n as f64).clamp(0.0, 1.0)
    };
    let tail = (1.0 - confidence) / 2.0;
    Interval {
        low: quantile(tail),
        high: quantile(1.0 - tail),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: four groups of 100 at .9, .8, .8 and .7 around .8; s = .04, z = 2.5, 0, 0, -2.5,
    /// phi = 3.125 (10 % of four groups winsorises none), w = 625, tau2 = (12.5 - 3) / (2500 - 625)
    /// = .0050667.
    #[test]
    fn over_dispersion_matches_hand_calculation() {
        let groups = [90, 80, 80, 70].map(|successes| Tally { successes, n: 100 });
        let f = funnel(&groups).expect("varies");
        assert!((f.rate - 0.8).abs() < 1e-15 && (f.dispersion - 3.125).abs() < 1e-12);
        assert!((f.tau2 - 9.5 / 1875.0).abs() < 1e-12);
        let first = f.points[0].expect("n");
        assert!((first.z - 0.1 / (0.0016 + 9.5 / 1875.0_f64).sqrt()).abs() < 1e-12);
        assert!(first.limits_95.contains(0.9), "limits include tau2");
    }

    /// R 4.2.2 `pbinom`: at n = 20 and .8 the 2.5 % quantile is at 12 of 20 (P(X <= 12) = .0321427,
    /// P(X <= 11) = .0099818), interpolated 12 - (.0321427 - .025) / (.0321427 - .0099818).
    #[test]
    fn small_groups_have_exact_limits() {
        let groups = [16, 16].map(|successes| Tally { successes, n: 20 });
        let f = funnel(&groups).expect("varies");
        let low = f.points[0].expect("n").limits_95.low;
        assert!(
            (low - (12.0
                - (0.03214266308087514 - 0.025) / (0.03214266308087514 - 0.00998178632072431))
                / 20.0)
                .abs()
                < 1e-6,
            "{low}"
        );
        let tally = |successes, n| Tally { successes, n };
        assert_eq!(funnel(&[tally(0, 5), tally(0, 9)]), None);
        let with_empty = funnel(&[tally(3, 5), tally(2, 9), tally(0, 0)]).expect("two");
        assert_eq!(with_empty.points[2], None);
    }
}
