//! Utility of selection: success rates, mean performance, adverse impact and expectancy tables.

use super::{
    distributions::{bivariate_normal_sf, normal_pdf, normal_quantile, normal_sf},
    intervals::{Interval, wilson},
};

/// Taylor & Russell's (1939) success rate among the selected: P(x > xc, y > yc) / SR for a
/// bivariate normal predictor and criterion with correlation `r`. The best `selection_ratio` are
/// selected and `base_rate` of all applicants would succeed. Returns `None` unless both shares are
/// in (0, 1) and r is in \[-1, 1\].
pub fn taylor_russell(r: f64, selection_ratio: f64, base_rate: f64) -> Option<f64> {
    let share = |s: f64| s > 0.0 && s < 1.0;
    if !share(selection_ratio) || !share(base_rate) || !(-1.0..=1.0).contains(&r) {
        return None;
    }
    let (xc, yc) = (
        normal_quantile(1.0 - selection_ratio),
        normal_quantile(1.0 - base_rate),
    );
    Some(bivariate_normal_sf(xc, yc, r) / selection_ratio)
}

/// Mean standard score of the best `selection_ratio` in (0, 1) on the predictor: phi(zc) / SR
/// (Naylor & Shine 1965). Multiplied by the validity, it is the mean criterion score of the
/// selected.
pub fn mean_of_selected(selection_ratio: f64) -> f64 {
    normal_pdf(normal_quantile(1.0 - selection_ratio)) / selection_ratio
}

/// A selection programme, for utility analysis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Programme {
    /// People hired.
    pub hired: f64,
    pub selection_ratio: f64,
    pub validity: f64,
    /// Standard deviation of performance, in money per year.
    pub sd_y: f64,
    /// Mean tenure of the selected in years.
    pub years: f64,
    /// Total cost of the programme.
    pub cost: f64,
}

/// Brogden-Cronbach-Gleser utility gain over random selection: n T r SDy mean(z) - C.
pub fn brogden_cronbach_gleser(p: &Programme) -> f64 {
    let gain = p.hired * p.years * p.validity * p.sd_y * mean_of_selected(p.selection_ratio);
    gain - p.cost
}

/// Expected selection rates of two groups whose means differ by `d` standard deviations.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ExpectedImpact {
    /// Selection rate of the minority divided by that of the majority.
    pub ratio: f64,
    pub minority_rate: f64,
    pub majority_rate: f64,
    /// Cut score, in within-group standard deviations above the majority mean.
    pub cut: f64,
}

/// Expected adverse impact of selecting the best `selection_ratio` from a pool in which a share
/// `minority` scores `d` within-group standard deviations lower; both groups are normal. Returns
/// `None` unless the shares are in (0, 1).
pub fn expected_impact(d: f64, selection_ratio: f64, minority: f64) -> Option<ExpectedImpact> {
    let share = |s: f64| s > 0.0 && s < 1.0;
    if !share(selection_ratio) || !share(minority) || !d.is_finite() {
        return None;
    }
    let selected = |cut: f64| (1.0 - minority) * normal_sf(cut) + minority * normal_sf(cut + d);
    let (mut low, mut high) = (-40.0 - d.abs(), 40.0 + d.abs());
    for _ in 0..200 {
        let middle = (low + high) / 2.0;
        if selected(middle) > selection_ratio {
            low = middle
        } else {
            high = middle
        }
    }
    let cut = (low + high) / 2.0;
    let (majority_rate, minority_rate) = (normal_sf(cut), normal_sf(cut + d));
    Some(ExpectedImpact {
        ratio: minority_rate / majority_rate,
        minority_rate,
        majority_rate,
        cut,
    })
}

/// One score band of an expectancy table.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ExpectancyBand {
    /// Lowest and highest predictor score of the band.
    pub from: f64,
    pub to: f64,
    pub n: usize,
    /// Mean criterion; `None` if the band is below [`MIN_BAND`].
    pub mean: Option<f64>,
    /// Share of people whose criterion reaches the threshold.
    pub rate: Option<f64>,
    /// 95 % Wilson interval.
    pub rate_ci: Option<Interval>,
}

/// Minimum number of people for which a band's results are shown.
pub const MIN_BAND: usize = 10;

/// Expectancy table: criterion by predictor bands of about equal size (`bands` = 5: quintiles),
/// lowest first. Equal scores share a band. Bands below [`MIN_BAND`] people show only their size.
pub fn expectancy(x: &[f64], y: &[f64], bands: usize, threshold: f64) -> Vec<ExpectancyBand> {
    let n = x.len().min(y.len());
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|a, b| x[*a].total_cmp(&x[*b]));
    let mut table = Vec::new();
    let mut start = 0;
    for band in 1..=bands {
        let mut end = if band == bands {
            n
        } else {
            (n * band / bands).max(start)
        };
        while end > start && end < n && x[order[end]] == x[order[end - 1]] {
            end += 1;
        }
        if end == start {
            continue;
        }
        let rows = &order[start..end];
        let shown = rows.len() >= MIN_BAND;
        let above = rows.iter().filter(|r| y[**r] >= threshold).count();
        table.push(ExpectancyBand {
            from: x[rows[0]],
            to: x[rows[rows.len() - 1]],
            n: rows.len(),
            mean: shown.then(|| rows.iter().map(|r| y[*r]).sum::<f64>() / rows.len() as f64),
            rate: shown.then(|| above as f64 / rows.len() as f64),
            rate_ci: if shown {
                wilson(above as u64, rows.len() as u64, 0.95)
            } else {
                None
            },
        });
        start = end;
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R iopsych 0.90.1: `trModel`, `ux`, `utilityBcg`; Taylor & Russell also by numerical
    /// integration.
    #[test]
    fn utilities_match_iopsych() {
        for (r, sr, br, expected) in [
            (0.5, 0.5, 0.6, 0.7608728),
            (0.3, 0.2, 0.5, 0.6682367),
            (0.25, 0.1, 0.5, 0.673789),
            (0.35, 0.05, 0.1, 0.27686377175589),
            (0.8, 0.05, 0.1, 0.70581941292602),
            (0.2, 0.2, 0.1, 0.154428235523321),
            (0.0, 0.05, 0.1, 0.1),
        ] {
            let ours = taylor_russell(r, sr, br).expect("shares");
            assert!(
                (ours - expected).abs() < 6e-8,
                "{r} {sr} {br}: {ours} {expected}"
            );
        }
        assert!((mean_of_selected(0.3) - 1.158975).abs() < 1e-6);
        assert!((mean_of_selected(0.05) - 2.06271280750743).abs() < 1e-12);
        let programme = Programme {
            hired: 10.0,
            selection_ratio: 0.2,
            validity: 0.35,
            sd_y: 8000.0,
            years: 3.0,
            cost: 200.0,
        };
        assert!(
            (brogden_cronbach_gleser(&programme) - 117384.006571279).abs() < 1e-8,
            "{}",
            brogden_cronbach_gleser(&programme)
        );
        assert_eq!(
            (taylor_russell(0.3, 1.0, 0.5), taylor_russell(1.3, 0.5, 0.5)),
            (None, None)
        );
    }

    /// R iopsych `aiEst`, whose root finder stops at 1e-5.
    #[test]
    fn expected_impact_matches_iopsych() {
        for (d, sr, minority, ratio) in [
            (0.15, 0.25, 0.3, 0.823413956781953),
            (1.0, 0.3, 0.2, 0.239011665418936),
            (0.0, 0.5, 0.5, 1.0),
        ] {
            let found = expected_impact(d, sr, minority).expect("shares");
            assert!((found.ratio - ratio).abs() < 1e-5, "{found:?}");
        }
        assert_eq!(expected_impact(0.2, 0.0, 0.5), None);
    }

    #[test]
    fn equal_scores_share_a_band_and_small_bands_are_suppressed() {
        let x: Vec<f64> = (0..60).map(|i| f64::from(i / 20)).collect();
        let y: Vec<f64> = (0..60).map(f64::from).collect();
        let table = expectancy(&x, &y, 5, 30.0);
        assert_eq!(table.iter().map(|b| b.n).collect::<Vec<_>>(), [20, 20, 20]);
        assert_eq!(table[1].rate, Some(0.5));
        let few = expectancy(&x[..8], &y[..8], 2, 3.0);
        assert!(few.iter().all(|b| b.rate.is_none() && b.n > 0));
    }
}
