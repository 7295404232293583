//! Classical test theory: alpha with Feldt's and Duhachek's intervals, omega, lambda 6, split-half
//! reliability, corrected item-total correlations, standard errors and reliable change.

use linfa_linalg::cholesky::InverseC;
use ndarray::{Array1, Array2, Axis};
use serde::{Serialize, Serializer};

use crate::stats::{
    distributions::{f_quantile, normal_p, normal_quantile},
    intervals::Interval,
    shrinkage::spearman_brown,
};

/// Coefficient alpha of one scale.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Alpha {
    pub alpha: f64,
    /// 95 % interval by Feldt (1965): F quantiles with N - 1 and (N - 1)(k - 1) degrees of freedom.
    pub interval: Interval,
    /// Number of persons.
    pub n: usize,
}

/// Reasons why a reliability cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ClassicalError {
    #[error("reliability needs at least 2 items and 3 persons; there are {items} and {persons}")]
    TooSmall { items: usize, persons: usize },
    #[error("the scale score does not vary")]
    NoVariance,
    #[error("an item does not vary; leave it out")]
    ConstantItem,
    #[error("the inter-item correlation matrix is singular; leave out duplicate items")]
    Singular,
}

/// Coefficient alpha (Cronbach 1951) of complete keyed responses, persons x items:
/// k / (k - 1) (1 - sum of item variances / variance of the sum).
///
/// # Errors
/// [`ClassicalError::TooSmall`] below 2 items or 3 persons, [`ClassicalError::NoVariance`] if the
/// sum score is constant.
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

/// Classical reliability statistics of one scale on complete cases. Reports serialise the figures
/// of the scale and name its items themselves.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Reliability {
    pub n: usize,
    pub items: usize,
    pub alpha: f64,
    /// 95 % interval by Feldt.
    #[serde(rename = "alpha_ci", serialize_with = "as_pair")]
    pub interval: Interval,
    /// 95 % interval by Duhachek & Iacobucci (2004): alpha +/- 1.96 asymptotic standard errors. It
    /// differs from Feldt's in the third decimal.
    #[serde(rename = "alpha_ci_duhachek", serialize_with = "as_pair")]
    pub duhachek: Interval,
    /// Duhachek's asymptotic standard error.
    pub alpha_se: f64,
    /// Alpha of standardised items: k r / (1 + (k - 1) r), with r the mean inter-item correlation.
    pub alpha_standardized: f64,
    /// (sum of loadings)^2 / ((sum of loadings)^2 + sum of residual variances) of the one-factor
    /// maximum likelihood model; the denominator is the model-implied variance (McDonald 1999).
    pub omega_total: f64,
    /// Numerator of `omega_total` divided by the observed variance of the sum; differs from
    /// `omega_total` if one factor does not fit.
    pub omega_total_observed: f64,
    /// Guttman's lambda 6 on correlations: 1 - sum(1 - smc) / sum(R).
    pub guttman_lambda6: f64,
    /// Odd-even split-half reliability in column order, with the Spearman-Brown correction
    /// 2 r / (1 + r).
    pub split_half: f64,
    /// Mean over all equal splits (as equal as the number of items allows) of the Flanagan-Rulon
    /// coefficient 4 cov(A, B) / var(A + B). Equals alpha for an even number of items.
    pub split_half_mean: f64,
    pub mean_inter_item_r: f64,
    /// Standard deviation of the sum score.
    pub sd: f64,
    /// Standard error of measurement of the sum score: sd sqrt(1 - alpha).
    pub sem: f64,
    /// Columns of items with a negative corrected item-total correlation. The scale must not be
    /// used until their keys are corrected.
    #[serde(skip)]
    pub miskeyed: Vec<usize>,
    /// One per item, in column order.
    #[serde(skip)]
    pub item_stats: Vec<ItemStatistics>,
}

/// Serialises an interval as `[low, high]`.
fn as_pair<S: Serializer>(interval: &Interval, serializer: S) -> Result<S::Ok, S::Error> {
    [interval.low, interval.high].serialize(serializer)
}

/// Statistics of one item within its scale.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ItemStatistics {
    pub mean: f64,
    pub sd: f64,
    /// Corrected item-total correlation; negative if the item is probably miskeyed.
    pub r_corrected: f64,
    /// Alpha of the scale without this item; `None` with two items.
    pub alpha_if_deleted: Option<f64>,
}

/// Reliability statistics of complete keyed responses, persons x items.
///
/// # Errors
/// [`ClassicalError::TooSmall`] below 2 items or 3 persons, [`ClassicalError::NoVariance`] or
/// [`ClassicalError::ConstantItem`] if the sum score or an item is constant,
/// [`ClassicalError::Singular`] if the correlation matrix cannot be inverted.
pub fn reliability(keyed: &Array2<f64>) -> Result<Reliability, ClassicalError> {
    let found = alpha(keyed)?;
    let (n, k) = keyed.dim();
    let means = keyed.mean_axis(Axis(0)).ok_or(ClassicalError::NoVariance)?;
    let centred = keyed - &means;
    let covariance = centred.t().dot(&centred) / (n - 1) as f64;
    let deviations = covariance.diag().mapv(f64::sqrt);
    if deviations.iter().any(|sd| *sd <= 0.0) {
        return Err(ClassicalError::ConstantItem);
    }
    let correlation = Array2::from_shape_fn((k, k), |(i, j)| {
        covariance[(i, j)] / (deviations[i] * deviations[j])
    });
    let pairs = (k * (k - 1)) as f64;
    let mean_r = (correlation.sum() - k as f64) / pairs;
    let inverse = correlation
        .invc()
        .map_err(|_singular| ClassicalError::Singular)?;
    let residual: f64 = inverse.diag().iter().map(|d| 1.0 / d).sum();
    let factor = one_factor(&covariance);
    let common = factor.loadings.sum().powi(2);
    let total = covariance.sum();
    let k_of = k as f64;
    let pooled = (
        covariance.diag().sum(),
        covariance.mapv(|c| c * c).sum(),
        covariance.dot(&covariance).sum(),
    );
    let (trace, squares, cross) = pooled;
    // Duhachek & Iacobucci's Q: 1' V 1 = total, tr V = trace, tr V2 = squares, 1' V2 1 = cross.
    let q = 2.0 * k_of * k_of / ((k_of - 1.0).powi(2) * total.powi(3))
        * (total * (squares + trace * trace) - 2.0 * trace * cross);
    let alpha_se = (q / n as f64).sqrt();
    // Share of all splits into h and k - h items that separate two given items.
    let half = (k / 2) as f64;
    let separated = 2.0 * half * (k_of - half) / (k_of * (k_of - 1.0));
    let sd = total.sqrt();
    let item_stats: Vec<ItemStatistics> = (0..k)
        .map(|i| {
            let with_rest = covariance.row(i).sum() - covariance[(i, i)];
            let rest = total - 2.0 * covariance.row(i).sum() + covariance[(i, i)];
            ItemStatistics {
                mean: means[i],
                sd: deviations[i],
                r_corrected: with_rest / (deviations[i] * rest.sqrt()),
                alpha_if_deleted: (k > 2).then(|| {
                    let others = k_of - 1.0;
                    others / (others - 1.0) * (1.0 - (trace - covariance[(i, i)]) / rest)
                }),
            }
        })
        .collect();
    Ok(Reliability {
        n,
        items: k,
        alpha: found.alpha,
        interval: found.interval,
        duhachek: Interval::around(found.alpha, normal_quantile(0.975) * alpha_se),
        alpha_se,
        alpha_standardized: spearman_brown(mean_r, k as f64),
        omega_total: common / (common + factor.residuals.sum()),
        omega_total_observed: common / total,
        guttman_lambda6: 1.0 - residual / correlation.sum(),
        split_half: split_half(&covariance),
        split_half_mean: 2.0 * separated * (total - trace) / total,
        mean_inter_item_r: mean_r,
        sd,
        sem: standard_error_of_measurement(sd, found.alpha),
        miskeyed: (0..k)
            .filter(|i| item_stats[*i].r_corrected < 0.0)
            .collect(),
        item_stats,
    })
}

/// Odd-even split-half reliability with the Spearman-Brown correction.
fn split_half(covariance: &Array2<f64>) -> f64 {
    let k = covariance.nrows();
    let block = |a: usize, b: usize| -> f64 {
        (a..k)
            .step_by(2)
            .flat_map(|i| (b..k).step_by(2).map(move |j| (i, j)))
            .map(|at| covariance[at])
            .sum()
    };
    let r = block(0, 1) / (block(0, 0) * block(1, 1)).sqrt();
    spearman_brown(r, 2.0)
}

/// One-factor model: loadings and residual variances on the covariance scale.
pub struct OneFactor {
    pub loadings: Array1<f64>,
    pub residuals: Array1<f64>,
}

/// Maximum likelihood one-factor model by expectation-maximisation on the covariance matrix (Rubin
/// & Thayer 1982), until no parameter changes by more than 1e-12 of its size. Residual variances
/// are bounded below at 1e-6 of the item variance (Heywood cases).
pub fn one_factor(covariance: &Array2<f64>) -> OneFactor {
    let variances = covariance.diag().to_owned();
    let mut loadings = variances.mapv(|v| (0.5 * v).sqrt());
    let mut residuals = variances.mapv(|v| 0.5 * v);
    for _ in 0..50_000 {
        let weighted = &loadings / &residuals;
        let regression = &weighted / (1.0 + loadings.dot(&weighted));
        let with_items = covariance.dot(&regression);
        let factor_variance = 1.0 - regression.dot(&loadings) + regression.dot(&with_items);
        let next = &with_items / factor_variance;
        let next_residuals = Array1::from_shape_fn(next.len(), |i| {
            (variances[i] - next[i] * with_items[i]).max(1e-6 * variances[i])
        });
        let moved = next
            .iter()
            .zip(&loadings)
            .chain(next_residuals.iter().zip(&residuals))
            .map(|(a, b)| (a - b).abs() / (b.abs() + 1e-9))
            .fold(0.0, f64::max);
        (loadings, residuals) = (next, next_residuals);
        if moved < 1e-12 {
            break;
        }
    }
    OneFactor {
        loadings,
        residuals,
    }
}

/// Standard error of measurement: sd sqrt(1 - reliability), with `reliability` in \[0, 1\].
pub fn standard_error_of_measurement(sd: f64, reliability: f64) -> f64 {
    sd * (1.0 - reliability.clamp(0.0, 1.0)).sqrt()
}

/// Reliable change between two scores of one person.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ReliableChange {
    /// Difference divided by its standard error.
    pub index: f64,
    /// Two-sided p of no change.
    pub p: f64,
}

/// Reliable change index (Jacobson & Truax 1991) of two (score, standard error) pairs:
/// (after - before) / sqrt(se_before^2 + se_after^2). Classical scores have the standard error of
/// measurement; IRT scores have individual standard errors.
pub fn reliable_change(before: (f64, f64), after: (f64, f64)) -> ReliableChange {
    let index = (after.0 - before.0) / before.1.hypot(after.1);
    ReliableChange {
        index,
        p: normal_p(index),
    }
}

/// Standard error of estimation of the true score r x + (1 - r) mean: sd sqrt(r (1 - r)), with r
/// the reliability.
pub fn standard_error_of_estimation(sd: f64, reliability: f64) -> f64 {
    let r = reliability.clamp(0.0, 1.0);
    sd * (r * (1.0 - r)).sqrt()
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    /// numpy and scipy 1.17.1 on the same twelve rows: numpy.cov, scipy.stats.f.ppf.
    #[test]
    fn alpha_and_feldt_interval_match_numpy_and_scipy() {
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

    /// By hand: SD 10 and reliability .8 give SEM 4.472 and SEE 4; a change of 10 is 1.581 standard
    /// errors.
    #[test]
    fn standard_errors_and_reliable_change_match_hand_calculation() {
        let sem = standard_error_of_measurement(10.0, 0.8);
        assert!((sem - 4.472_136).abs() < 1e-6);
        assert!((standard_error_of_estimation(10.0, 0.8) - 4.0).abs() < 1e-12);
        let change = reliable_change((50.0, sem), (60.0, sem));
        assert!(
            (change.index - 1.581_139).abs() < 1e-6 && (change.p - 0.113_846).abs() < 1e-6,
            "{change:?}"
        );
    }

    /// Published: R psych on the bfi agreeableness items, alpha .703756 of 2,709 persons, Feldt's
    /// interval .685745 to .721036.
    #[test]
    fn feldt_interval_matches_psych() {
        let end = |p| 1.0 - (1.0 - 0.703_756) * f_quantile(p, 2708.0, 2708.0 * 4.0);
        assert!((end(0.975) - 0.685_745).abs() < 2e-6 && (end(0.025) - 0.721_036).abs() < 2e-6);
    }

    /// Responses with exactly the given covariance matrix: whitened noise times its Cholesky
    /// factor.
    fn answers_with(covariance: &[Vec<f64>], n: usize) -> Array2<f64> {
        use linfa_linalg::cholesky::Cholesky;
        let k = covariance.len();
        let wave = |row: usize, col: usize| ((row * (2 * col + 3) * 7919 + 13 * col) as f64).sin();
        let mut noise = Array2::from_shape_fn((n, k), |(row, col)| wave(row, col));
        noise -= &noise.mean_axis(Axis(0)).expect("rows");
        let present = noise.t().dot(&noise) / (n - 1) as f64;
        let white = present.cholesky().expect("positive").invc_lower();
        let colour = Array2::from_shape_fn((k, k), |at| covariance[at.0][at.1])
            .cholesky()
            .expect("positive");
        noise.dot(&white.t()).dot(&colour.t())
    }

    trait InverseLower {
        fn invc_lower(&self) -> Array2<f64>;
    }

    impl InverseLower for Array2<f64> {
        /// Inverse of a lower triangular matrix by forward substitution.
        fn invc_lower(&self) -> Array2<f64> {
            let k = self.nrows();
            let mut inverse = Array2::zeros((k, k));
            for col in 0..k {
                for row in col..k {
                    let known: f64 = (col..row).map(|j| self[(row, j)] * inverse[(j, col)]).sum();
                    let unit = if row == col { 1.0 } else { 0.0 };
                    inverse[(row, col)] = (unit - known) / self[(row, row)];
                }
            }
            inverse
        }
    }

    /// R 4.2.2: psych 2.2.9 `alpha` and `splitHalf`, lavaan 0.6-14 one-factor CFA (ML), on
    /// psychTools `bfi` agreeableness (A1 reversed, complete cases) and on mirt `Science`. All
    /// statistics follow from the covariance matrix, so the published matrices replace the data.
    /// The published omega with observed variance divides loadings of the n covariance by the n - 1
    /// variance; here both use one divisor, hence the factor.
    #[test]
    fn classical_statistics_match_psych_and_lavaan() {
        let cases = [
            (
                vec![
                    vec![
                        1.97283168474471,
                        0.564487159983708,
                        0.491584346287036,
                        0.309817022202375,
                        0.32371034131537,
                    ],
                    vec![
                        0.564487159983708,
                        1.38395157451528,
                        0.74701389263754,
                        0.586230290955309,
                        0.575542136747523,
                    ],
                    vec![
                        0.491584346287036,
                        0.74701389263754,
                        1.70186036696978,
                        0.702303253065851,
                        0.831433789550996,
                    ],
                    vec![
                        0.309817022202375,
                        0.586230290955309,
                        0.702303253065851,
                        2.20950843323829,
                        0.575154867003309,
                    ],
                    vec![
                        0.32371034131537,
                        0.575542136747523,
                        0.831433789550996,
                        0.575154867003309,
                        1.59164293429691,
                    ],
                ],
                [
                    2709.0,
                    0.703755894374836,
                    0.713501552634643,
                    0.683170316429441,
                    0.332480716458041,
                    0.704627171014067,
                    0.712128965485149,
                    0.713872324989149,
                ],
                vec![
                    0.311401300580162,
                    0.563015475492023,
                    0.588773078677353,
                    0.394793680111273,
                    0.487240867629001,
                ],
            ),
            (
                vec![
                    vec![
                        0.346201524087896,
                        0.0717874106164205,
                        0.126546270682186,
                        0.157732658280704,
                    ],
                    vec![
                        0.0717874106164205,
                        0.65138446683021,
                        0.245237225324913,
                        0.107938827704995,
                    ],
                    vec![
                        0.126546270682186,
                        0.245237225324913,
                        0.572785635993528,
                        0.190145623466778,
                    ],
                    vec![
                        0.157732658280704,
                        0.107938827704995,
                        0.190145623466778,
                        0.643352993371262,
                    ],
                ],
                [
                    392.0,
                    0.597724025643193,
                    0.602944523414399,
                    0.551402435716198,
                    0.275170573638863,
                    0.666393197739947,
                    0.613402395370132,
                    0.611925383399859,
                ],
                vec![
                    0.352086158036333,
                    0.332271560852761,
                    0.487898665475663,
                    0.362508345303312,
                ],
            ),
        ];
        for (
            covariance,
            [
                n,
                alpha,
                standardized,
                lambda6,
                mean_r,
                split,
                omega,
                observed,
            ],
            r_drop,
        ) in cases
        {
            let found = reliability(&answers_with(&covariance, 500)).expect("fine");
            for (name, ours, theirs, tolerance) in [
                ("alpha", found.alpha, alpha, 1e-9),
                (
                    "alpha_standardized",
                    found.alpha_standardized,
                    standardized,
                    1e-9,
                ),
                ("lambda6", found.guttman_lambda6, lambda6, 1e-9),
                ("mean r", found.mean_inter_item_r, mean_r, 1e-9),
                ("split half", found.split_half, split, 1e-9),
                ("omega", found.omega_total, omega, 1e-6),
                (
                    "omega observed",
                    found.omega_total_observed * (n - 1.0) / n,
                    observed,
                    2e-6,
                ),
            ] {
                assert!((ours - theirs).abs() < tolerance, "{name}: {ours} {theirs}");
            }
            for (item, r) in found.item_stats.iter().zip(r_drop) {
                assert!(
                    (item.r_corrected - r).abs() < 1e-9,
                    "{} {r}",
                    item.r_corrected
                );
            }
            assert!(found.miskeyed.is_empty());
            if covariance.len() == 4 {
                assert!(
                    (found.split_half_mean - found.alpha).abs() < 1e-12,
                    "alpha equals the mean over splits of an even number of items"
                );
            } else {
                // psych: alpha without A1, and Duhachek's standard error at the published n.
                let without = found.item_stats[0].alpha_if_deleted.expect("five items");
                assert!((without - 0.717972056565048).abs() < 1e-9, "{without}");
                let se = found.alpha_se * (500.0 / n).sqrt();
                assert!((se - 0.00907484359454393).abs() < 1e-10, "{se}");
                assert!((found.sem - 2.4507460994339).abs() < 1e-9, "{}", found.sem);
            }
        }
    }
}
