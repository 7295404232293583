//! Corrections of validity coefficients for criterion unreliability and range restriction.
//!
//! The order matters: first the unreliability of the criterion as observed among the selected, then
//! range restriction (Sackett, Laczo & Arvey 2002; Stauffer & Mendoza 2001). Operational validity
//! is corrected for the criterion only, never for the predictor. Every correction is strictly
//! monotone in r, so interval bounds can be corrected in the same way.

use ndarray::{Array2, Axis, Slice};

use super::linear::Cholesky;

/// Correction of `r` for a criterion with reliability `r_yy` in (0, 1\]: r / sqrt(r_yy). Values
/// above 1 are not truncated, because they reveal a wrong reliability or correlation.
pub fn correct_for_criterion(r: f64, r_yy: f64) -> f64 {
    r / r_yy.sqrt()
}

/// Thorndike's Case II: direct selection on the predictor. `u` is the standard deviation among the
/// selected divided by that among all applicants. R = r U / sqrt(1 - r^2 + r^2 U^2), U = 1 / u.
pub fn case_ii(r: f64, u: f64) -> f64 {
    let ratio = 1.0 / u;
    r * ratio / (1.0 - r * r + r * r * ratio * ratio).sqrt()
}

/// Thorndike's Case III: selection on a third variable z that is observed for all applicants. `u_z`
/// is its standard deviation among the selected divided by that among all applicants. The other
/// correlations are those among the selected.
pub fn case_iii(r_xy: f64, r_xz: f64, r_yz: f64, u_z: f64) -> f64 {
    let expansion = 1.0 / (u_z * u_z) - 1.0;
    (r_xy + r_xz * r_yz * expansion)
        / ((1.0 + r_xz * r_xz * expansion) * (1.0 + r_yz * r_yz * expansion)).sqrt()
}

/// Case IV (Hunter, Schmidt & Le 2006): indirect selection on an unmeasured variable whose effect
/// on the predictor is mediated by the predictor's true score.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct IndirectSelection {
    /// Standard deviation of the predictor among the selected divided by that among all applicants.
    pub u_x: f64,
    /// Reliability of the predictor among the selected.
    pub r_xx: f64,
}

impl IndirectSelection {
    /// Reliability of the predictor among all applicants: 1 - u_x^2 (1 - r_xx).
    pub fn unrestricted_reliability(self) -> f64 {
        1.0 - self.u_x * self.u_x * (1.0 - self.r_xx)
    }

    /// Operational validity among all applicants. `r` is the correlation among the selected,
    /// already corrected for criterion unreliability.
    ///
    /// The true score is corrected for range restriction (u_T^2 = (u_x^2 - 1 + r_xxa) / r_xxa),
    /// then attenuated by the predictor's unreliability. Returns `None` if the restriction exceeds
    /// what measurement error allows.
    pub fn correct(self, r: f64) -> Option<f64> {
        let reliability = self.unrestricted_reliability();
        let u_t = ((self.u_x * self.u_x - (1.0 - reliability)) / reliability).sqrt();
        let true_score_validity = case_ii(r / self.r_xx.sqrt(), u_t);
        Some(true_score_validity * reliability.sqrt()).filter(|r| r.is_finite())
    }
}

/// Lawley's (1943) multivariate correction: the covariance matrix among all applicants.
///
/// `restricted` holds the covariances among the selected, selection variables first; `unrestricted`
/// those of the selection variables among all applicants. With P the restricted and Q the
/// unrestricted block of the selection variables, cov(sel, other) = Q P^-1 P_so and cov(other) =
/// P_oo + P_os (P^-1 Q P^-1 - P^-1) P_so. Returns `None` if the selection variables are collinear
/// or the shapes do not match.
pub fn lawley(restricted: &Array2<f64>, unrestricted: &Array2<f64>) -> Option<Array2<f64>> {
    let (all, selected) = (restricted.nrows(), unrestricted.nrows());
    if restricted.ncols() != all
        || unrestricted.ncols() != selected
        || selected == 0
        || selected > all
    {
        return None;
    }
    let block = |rows: Slice, columns: Slice| {
        restricted
            .slice_axis(Axis(0), rows)
            .slice_axis_move(Axis(1), columns)
            .to_owned()
    };
    let (first, rest) = (Slice::from(0..selected), Slice::from(selected..all));
    let factor = Cholesky::of(&block(first, first))?;
    let cross = block(first, rest);
    // P^-1 P_so: regression of the others on the selection variables, invariant under selection.
    let weights = factor.solve_many(&cross);
    let corrected_cross = unrestricted.dot(&weights);
    let corrected_rest = block(rest, rest) + weights.t().dot(&(&corrected_cross - &cross));
    Some(Array2::from_shape_fn((all, all), |(i, j)| {
        match (i < selected, j < selected) {
            (true, true) => unrestricted[(i, j)],
            (true, false) => corrected_cross[(i, j - selected)],
            (false, true) => corrected_cross[(j, i - selected)],
            (false, false) => corrected_rest[(i - selected, j - selected)],
        }
    }))
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    /// R psych 2.2.9 `rangeCorrection` (Case II), iopsych 0.90.1 `lMvrrc` (Case III), psychmeta
    /// 2.7.0 `correct_r` (uvirr: Case IV, `rxpa`); attenuation by formula.
    #[test]
    fn corrections_match_psych_iopsych_and_psychmeta() {
        for (ours, theirs) in [
            (case_ii(0.2, 0.7), 0.279946255477927),
            (case_ii(0.1, 0.25), 0.373001923296126),
            (case_ii(-0.25, 0.6), -0.395284707521047),
            (case_iii(0.25, 0.5, 0.4, 0.6), 0.444575892562868),
            (case_iii(0.3, 0.0, 0.3, 0.5), 0.266206952824834),
            (correct_for_criterion(0.3, 0.52), 0.416025147168922),
            (correct_for_criterion(0.7, 0.7), 0.836660026534075),
        ] {
            assert!((ours - theirs).abs() < 1e-9, "{ours} {theirs}");
        }
        // Published with seven digits.
        assert!((case_ii(0.33, 48.19 / 100.32) - 0.5884233).abs() < 5e-8);
        for (r, u_x, r_xx, r_yy, operational) in [
            (0.25, 0.7, 0.8, 0.5, 0.519145826361681),
            (0.2, 0.8, 0.7, 0.8, 0.313753877709975),
            (0.15, 0.5, 0.75, 0.55, 0.458135416336145),
        ] {
            let selection = IndirectSelection { u_x, r_xx };
            let ours = selection
                .correct(correct_for_criterion(r, r_yy))
                .expect("possible");
            assert!((ours - operational).abs() < 1e-12, "{ours} {operational}");
        }
        // u_T^2 equals u_x^2 r_xx / r_xxa, so restricted reliabilities never make it negative.
        assert!(
            IndirectSelection {
                u_x: 0.3,
                r_xx: 0.1
            }
            .correct(0.2)
            .is_some()
        );
    }

    /// iopsych `lMvrrc` on the first Case III example (order z, x, y): with one selection variable,
    /// Lawley's correction is Case III.
    #[test]
    fn lawley_with_one_selection_variable_is_case_iii() {
        let restricted = array![[0.36, 0.3, 0.24], [0.3, 1.0, 0.25], [0.24, 0.25, 1.0]];
        let corrected = lawley(&restricted, &array![[1.0]]).expect("regular");
        let r =
            |i: usize, j: usize| corrected[(i, j)] / (corrected[(i, i)] * corrected[(j, j)]).sqrt();
        assert!((r(1, 2) - 0.444575892562868).abs() < 1e-12);
        assert!(
            (r(0, 1) - 0.693375245281536).abs() < 1e-12
                && (r(0, 2) - 0.588235294117647).abs() < 1e-12
        );
        assert!(lawley(&restricted, &Array2::zeros((4, 4))).is_none());
    }
}
