//! Differential prediction: Cleary's (1968) nested regressions.
//!
//! With x centred: M1 y ~ x; M2 adds the groups; M3 adds group slopes. An omnibus F test compares
//! M1 with M3. If it is significant, slopes are tested by M2 against M3, otherwise intercepts
//! (assuming equal slopes) by M1 against M2. What matters in practice is how far predictions differ
//! over the range of scores in use, so that difference is reported with its interval, not only p.
//!
//! Unreliable predictors and selection bias the intercept test (Culpepper 2012), slope tests have
//! little power (Aguinis et al. 2010), and a biased criterion can make a fair predictor look biased
//! or hide bias.

use ndarray::{Array1, Array2};

use super::{
    distributions::{f_sf, t_quantile},
    intervals::Interval,
    linear::LeastSquares,
};

/// F test of two nested regressions.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct FTest {
    pub f: f64,
    pub df1: usize,
    pub df2: usize,
    pub p: f64,
}

/// Regression within one group.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct GroupRegression {
    pub n: usize,
    pub mean_x: f64,
    pub mean_y: f64,
    /// Intercept with x uncentred.
    pub intercept: f64,
    pub slope: f64,
}

/// Predicted criterion of one group minus that of the reference group, at one predictor score.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct PredictedDifference {
    /// Index of the group.
    pub group: usize,
    pub x: f64,
    pub difference: f64,
    /// 95 % confidence interval.
    pub interval: Interval,
}

/// Results of the nested regressions.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct DifferentialPrediction {
    pub n: usize,
    pub r2: [f64; 3],
    pub omnibus: FTest,
    pub slope: FTest,
    pub intercept: FTest,
    /// The reference group comes first.
    pub groups: Vec<GroupRegression>,
    /// Predicted differences at the 10th, 50th and 90th percentile of x, from M3.
    pub differences: Vec<PredictedDifference>,
    /// Slope difference detectable with power .8, two-sided at .05; the largest over the groups.
    pub detectable_slope: f64,
}

/// Reasons why the regressions cannot be compared.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DifferentialError {
    #[error("there are {0} groups; at least two are needed")]
    OneGroup(usize),
    #[error("a group has {0} people; at least three are needed")]
    SmallGroup(usize),
    #[error("the predictor is constant within a group")]
    Constant,
}

/// Compares the regressions of `y` on `x` between `groups` groups. `of` holds each person's group;
/// group 0 is the reference.
///
/// # Errors
/// [`DifferentialError::OneGroup`] below two groups, [`DifferentialError::SmallGroup`] if a group
/// has fewer than three people, [`DifferentialError::Constant`] if the predictor is constant within
/// a group.
pub fn differential_prediction(
    x: &[f64],
    y: &[f64],
    of: &[usize],
    groups: usize,
) -> Result<DifferentialPrediction, DifferentialError> {
    if groups < 2 {
        return Err(DifferentialError::OneGroup(groups));
    }
    let n = x.len();
    let members = |g: usize| (0..n).filter(move |i| of[*i] == g);
    if let Some(small) = (0..groups).map(|g| members(g).count()).find(|m| *m < 3) {
        return Err(DifferentialError::SmallGroup(small));
    }
    let centre = x.iter().sum::<f64>() / n as f64;
    let y_all = Array1::from(y.to_vec());
    // Columns 1, x, groups, groups x: each model uses a prefix of them.
    let cell = |i: usize, j: usize| match j {
        0 => 1.0,
        1 => x[i] - centre,
        j if j <= groups => f64::from(u8::from(of[i] == j - 1)),
        j => f64::from(u8::from(of[i] == j - groups)) * (x[i] - centre),
    };
    let fit = |columns: usize| {
        let design = Array2::from_shape_fn((n, columns), |(i, j)| cell(i, j));
        LeastSquares::fit(&design, &y_all, None).ok_or(DifferentialError::Constant)
    };
    let [m1, m2, m3] = [fit(2)?, fit(groups + 1)?, fit(2 * groups)?];
    let test = |small: &LeastSquares, large: &LeastSquares| {
        let df1 = small.residual_df - large.residual_df;
        let f = (small.rss - large.rss) / df1 as f64 / (large.rss / large.residual_df as f64);
        FTest {
            f,
            df1,
            df2: large.residual_df,
            p: f_sf(f, df1 as f64, large.residual_df as f64),
        }
    };
    let line = |g: usize| {
        let size = members(g).count() as f64;
        let (mx, my) = (
            members(g).map(|i| x[i]).sum::<f64>() / size,
            members(g).map(|i| y[i]).sum::<f64>() / size,
        );
        let (sxx, sxy) = members(g).fold((0.0, 0.0), |(a, b), i| {
            (a + (x[i] - mx).powi(2), b + (x[i] - mx) * (y[i] - my))
        });
        GroupRegression {
            n: size as usize,
            mean_x: mx,
            mean_y: my,
            slope: sxy / sxx,
            intercept: my - sxy / sxx * mx,
        }
    };
    let mut sorted = x.to_vec();
    sorted.sort_by(f64::total_cmp);
    let t = t_quantile(0.975, m3.residual_df as f64);
    let difference = |g: usize, at: f64| {
        let (a, b, c) = (g + 1, g + groups, at - centre);
        let difference = m3.coefficients[a] + m3.coefficients[b] * c;
        let v = &m3.covariance;
        let variance = v[(a, a)] + 2.0 * c * v[(a, b)] + c * c * v[(b, b)];
        PredictedDifference {
            group: g,
            x: at,
            difference,
            interval: Interval::around(difference, t * variance.sqrt()),
        }
    };
    let percentiles = [0.1, 0.5, 0.9].map(|p| sorted[((n - 1) as f64 * p).round() as usize]);
    let power = t + t_quantile(0.8, m3.residual_df as f64);
    Ok(DifferentialPrediction {
        n,
        r2: [m1.r_squared(), m2.r_squared(), m3.r_squared()],
        omnibus: test(&m1, &m3),
        slope: test(&m2, &m3),
        intercept: test(&m1, &m2),
        groups: (0..groups).map(line).collect(),
        differences: (1..groups)
            .flat_map(|g| percentiles.map(|at| difference(g, at)))
            .collect(),
        detectable_slope: (1..groups)
            .map(|g| power * m3.standard_errors[g + groups])
            .fold(0.0, f64::max),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R 4.2.2, `mtcars`, mpg on wt by am: pairwise `anova(lm(mpg ~ wt), lm(mpg ~ wt + am), lm(mpg
    /// ~ wt * am))`, and the difference by `predict`.
    #[test]
    fn nested_regressions_match_lm() {
        let weight = [
            2.620, 2.875, 2.320, 3.215, 3.440, 3.460, 3.570, 3.190, 3.150, 3.440, 3.440, 4.070,
            3.730, 3.780, 5.250, 5.424, 5.345, 2.200, 1.615, 1.835, 2.465, 3.520, 3.435, 3.840,
            3.845, 1.935, 2.140, 1.513, 3.170, 2.770, 3.570, 2.780,
        ];
        let mpg = [
            21.0, 21.0, 22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8, 16.4, 17.3, 15.2,
            10.4, 10.4, 14.7, 32.4, 30.4, 33.9, 21.5, 15.5, 15.2, 13.3, 19.2, 27.3, 26.0, 30.4,
            15.8, 19.7, 15.0, 21.4,
        ];
        let manual = [
            1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 1, 1, 1, 1,
            1, 1, 1,
        ];
        let found = differential_prediction(&weight, &mpg, &manual, 2).expect("two groups");
        for (test, (f, p)) in [found.omnibus, found.slope, found.intercept].iter().zip([
            (6.725_256_641_339_087_5, 0.00411901771355476),
            (13.450_179_631_467_654, 0.001017147815570021),
            (0.0002334340934383654, 0.987_914_585_548_494_8),
        ]) {
            assert!(
                (test.f - f).abs() < 1e-7 * f.abs() && (test.p - p).abs() < 1e-9,
                "{test:?} {f} {p}"
            );
        }
        for (ours, r) in found.r2.iter().zip([
            0.7528327936582645,
            0.752_834_783_202_689,
            0.8330374890566026,
        ]) {
            assert!((ours - r).abs() < 1e-12, "{ours} {r}");
        }
        let at = &found.differences[1];
        assert!(
            (at.x - 3.435).abs() < 1e-12 && (at.difference + 3.321445785458679).abs() < 1e-9,
            "{at:?}"
        );
        assert!(
            (at.interval.low + 6.547_301_573_791_18).abs() < 1e-8
                && (at.interval.high + 0.09558999712617844).abs() < 1e-8,
            "{at:?}"
        );
        assert!((found.groups[1].slope + 9.084268024753086).abs() < 1e-10);
        assert_eq!(
            differential_prediction(&weight, &mpg, &[0; 32], 1),
            Err(DifferentialError::OneGroup(1))
        );
        assert_eq!(
            differential_prediction(&[1.0; 32], &mpg, &manual, 2),
            Err(DifferentialError::Constant)
        );
    }
}
