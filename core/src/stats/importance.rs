//! Relative importance of correlated predictors in a regression.
//!
//! Johnson's (2000) relative weights: with R = V D V' the correlations of the predictors and Lambda
//! = V D^(1/2) V', the weights are eps = Lambda^2 (Lambda^-1 r)^2, which sum to R2. LMG (Lindeman,
//! Merenda & Gold 1980), the Shapley value of R2: the gain in R2 averaged over all orders of entry.
//! The two agree closely, but LMG needs 2^p regressions.

use linfa_linalg::eigh::Eigh;
use ndarray::{Array1, Array2, Axis};

use super::{bootstrap::bootstrap, intervals::Interval, linear::Cholesky};

/// Maximum number of predictors for LMG.
pub const MAX_LMG: usize = 14;

/// Importance of one predictor.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Importance {
    pub relative_weight: f64,
    /// Relative weight divided by R2.
    pub share: f64,
    /// LMG share of R2; `None` above [`MAX_LMG`] predictors.
    pub lmg: Option<f64>,
    /// Standardised regression coefficient.
    pub beta: f64,
    /// Zero-order correlation with the outcome.
    pub r: f64,
}

/// Importance of all predictors of one regression.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Drivers {
    pub n: usize,
    pub r2: f64,
    pub predictors: Vec<Importance>,
}

/// Reasons why importance cannot be computed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ImportanceError {
    #[error("{rows} complete rows are too few for {predictors} drivers")]
    TooFewRows { rows: usize, predictors: usize },
    #[error("driver {0} or the outcome is constant; leave it out")]
    Constant(usize),
    #[error("the drivers are collinear; leave one out")]
    Collinear,
}

/// Importance of the columns of `x` (rows x predictors) for `y`.
///
/// # Errors
/// [`ImportanceError::TooFewRows`] below two rows more than predictors,
/// [`ImportanceError::Constant`] if a column or `y` is constant, [`ImportanceError::Collinear`] if
/// the columns are collinear.
pub fn drivers(x: &Array2<f64>, y: &Array1<f64>) -> Result<Drivers, ImportanceError> {
    let (rows, predictors) = x.dim();
    if rows < predictors + 2 || y.len() != rows {
        return Err(ImportanceError::TooFewRows { rows, predictors });
    }
    let all: Vec<u32> = (0..rows as u32).collect();
    let (r_xx, r_xy) = correlations(x, y, &all)?;
    let (weights, r2) = relative_weights(&r_xx, &r_xy).ok_or(ImportanceError::Collinear)?;
    let beta = Cholesky::of(&r_xx)
        .ok_or(ImportanceError::Collinear)?
        .solve(&r_xy);
    let lmg = (predictors <= MAX_LMG).then(|| lmg(&r_xx, &r_xy));
    Ok(Drivers {
        n: rows,
        r2,
        predictors: (0..predictors)
            .map(|j| Importance {
                relative_weight: weights[j],
                share: weights[j] / r2,
                lmg: lmg.as_ref().map(|l| l[j]),
                beta: beta[j],
                r: r_xy[j],
            })
            .collect(),
    })
}

/// Resamples of the intervals, and their seed, unless others are asked for.
pub const SHARE_RESAMPLES: usize = 200;
pub const SHARE_SEED: u64 = 1;

/// Bootstrap percentile intervals of the shares, one per predictor; seeded.
pub fn share_intervals(
    x: &Array2<f64>,
    y: &Array1<f64>,
    resamples: usize,
    seed: u64,
    confidence: f64,
) -> Vec<Option<Interval>> {
    let shares = bootstrap(x.nrows(), resamples, seed, |rows| {
        let (r_xx, r_xy) = correlations(x, y, rows).ok()?;
        let (weights, r2) = relative_weights(&r_xx, &r_xy)?;
        Some(weights / r2)
    });
    (0..x.ncols())
        .map(|j| {
            let mut values: Vec<f64> = shares.iter().map(|s| s[j]).collect();
            values.sort_by(f64::total_cmp);
            let at = |p: f64| {
                values
                    .get(((values.len() as f64 - 1.0) * p).round() as usize)
                    .copied()
            };
            let tail = (1.0 - confidence) / 2.0;
            Some(Interval {
                low: at(tail)?,
                high: at(1.0 - tail)?,
            })
        })
        .collect()
}

/// Correlations of the predictors and of each predictor with the outcome, over the given rows.
fn correlations(
    x: &Array2<f64>,
    y: &Array1<f64>,
    rows: &[u32],
) -> Result<(Array2<f64>, Array1<f64>), ImportanceError> {
    let p = x.ncols();
    let mut z = Array2::from_shape_fn((rows.len(), p + 1), |(i, j)| {
        let row = rows[i] as usize;
        if j < p { x[(row, j)] } else { y[row] }
    });
    for (j, mut column) in z.axis_iter_mut(Axis(1)).enumerate() {
        let mean = column.sum() / rows.len() as f64;
        column -= mean;
        let size = column.dot(&column).sqrt();
        if size.is_nan() || size <= 1e-12 * mean.abs().max(1e-300) {
            return Err(ImportanceError::Constant(j));
        }
        column /= size;
    }
    let r = z.t().dot(&z);
    let r_xy = (0..p).map(|j| r[(j, p)]).collect();
    Ok((Array2::from_shape_fn((p, p), |at| r[at]), r_xy))
}

/// Johnson's relative weights and R2. Returns `None` if the predictors are collinear.
fn relative_weights(r_xx: &Array2<f64>, r_xy: &Array1<f64>) -> Option<(Array1<f64>, f64)> {
    let (values, vectors) = r_xx.eigh().ok()?;
    if values.iter().any(|d| d.is_nan() || *d <= 1e-10) {
        return None;
    }
    let power = |exponent: f64| (&vectors * &values.mapv(|d| d.powf(exponent))).dot(&vectors.t());
    let lambda = power(0.5);
    let squared = power(-0.5).dot(r_xy).mapv(|b| b * b);
    let weights = lambda.mapv(|l| l * l).dot(&squared);
    let r2 = weights.sum();
    Some((weights, r2))
}

/// Mean gain in R2 of each predictor over all orders of entry.
fn lmg(r_xx: &Array2<f64>, r_xy: &Array1<f64>) -> Vec<f64> {
    let p = r_xy.len();
    let r2: Vec<f64> = (0..1_usize << p)
        .map(|set| {
            let members: Vec<usize> = (0..p).filter(|j| set >> j & 1 == 1).collect();
            let k = members.len();
            let r = Array1::from_iter(members.iter().map(|j| r_xy[*j]));
            let block = Array2::from_shape_fn((k, k), |(i, j)| r_xx[(members[i], members[j])]);
            Cholesky::of(&block).map_or(0.0, |f| r.dot(&f.solve(&r)))
        })
        .collect();
    // k given predictors come first in k! (p - k - 1)! of the p! orders.
    let mut share = vec![0.0; p];
    for (k, share) in share.iter_mut().enumerate() {
        *share = (1..=p).map(|i| i as f64).product::<f64>().recip()
            * (1..=k).map(|i| i as f64).product::<f64>()
            * (1..p - k).map(|i| i as f64).product::<f64>();
    }
    (0..p)
        .map(|j| {
            let without = (0..1_usize << p).filter(|set| set >> j & 1 == 0);
            without
                .map(|set| share[set.count_ones() as usize] * (r2[set | 1 << j] - r2[set]))
                .sum()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Chatterjee & Price's survey of 30 departments: rating, complaints, privileges, learning,
    /// raises, critical, advance.
    const ATTITUDE: [&str; 30] = [
        "43 51 30 39 61 92 45",
        "63 64 51 54 63 73 47",
        "71 70 68 69 76 86 48",
        "61 63 45 47 54 84 35",
        "81 78 56 66 71 83 47",
        "43 55 49 44 54 49 34",
        "58 67 42 56 66 68 35",
        "71 75 50 55 70 66 41",
        "72 82 72 67 71 83 31",
        "67 61 45 47 62 80 41",
        "64 53 53 58 58 67 34",
        "67 60 47 39 59 74 41",
        "69 62 57 42 55 63 25",
        "68 83 83 45 59 77 35",
        "77 77 54 72 79 77 46",
        "81 90 50 72 60 54 36",
        "74 85 64 69 79 79 63",
        "65 60 65 75 55 80 60",
        "65 70 46 57 75 85 46",
        "50 58 68 54 64 78 52",
        "50 40 33 34 43 64 33",
        "64 61 52 62 66 80 41",
        "53 66 52 50 63 80 37",
        "40 37 42 58 50 57 49",
        "63 54 42 48 66 75 33",
        "66 77 66 63 88 76 72",
        "78 75 58 74 80 78 49",
        "48 57 44 45 51 83 38",
        "85 85 71 71 77 74 55",
        "82 82 39 59 64 78 39",
    ];

    /// R 4.2.2, `datasets::attitude`, rating on the six others: Johnson's formula by `eigen`, LMG
    /// over all subsets of regressions, R2 of `lm`.
    #[test]
    fn weights_and_lmg_match_r() {
        let rows: Vec<Vec<f64>> = ATTITUDE
            .iter()
            .map(|line| {
                line.split(' ')
                    .map(|v| v.parse().expect("a number"))
                    .collect()
            })
            .collect();
        let x = Array2::from_shape_fn((30, 6), |(i, j)| rows[i][j + 1]);
        let y = Array1::from_iter(rows.iter().map(|r| r[0]));
        let found = drivers(&x, &y).expect("regular");
        assert!((found.r2 - 0.732601992531149).abs() < 1e-12, "{}", found.r2);
        for (ours, (weight, lmg)) in found.predictors.iter().zip([
            (0.36276019965813083, 0.370_816_194_319_328_5),
            (0.05600227877885369, 0.05090379297154431),
            (0.16361091075053377, 0.15576599016914142),
            (0.12178039968821702, 0.12034507940362697),
            (0.00825546649643794, 0.00658872254586085),
            (0.02019273715897577, 0.02818221312164712),
        ]) {
            assert!(
                (ours.relative_weight - weight).abs() < 1e-12,
                "{ours:?} {weight}"
            );
            assert!(
                (ours.lmg.expect("six") - lmg).abs() < 1e-12,
                "{ours:?} {lmg}"
            );
        }
        let intervals = share_intervals(&x, &y, 200, 1, 0.95);
        for (interval, p) in intervals.iter().zip(&found.predictors) {
            assert!(interval.is_some_and(|i| i.contains(p.share)));
        }
        let mut copy = x.clone();
        copy.column_mut(1).assign(&x.column(0));
        assert_eq!(drivers(&copy, &y), Err(ImportanceError::Collinear));
        copy.column_mut(1).fill(3.0);
        assert_eq!(drivers(&copy, &y), Err(ImportanceError::Constant(1)));
    }
}
