//! Random split-half validation: regression to the mean and the error of shrunken estimates.
//!
//! Each group's values are split at random. Nothing happens between the halves, so any gain of the
//! lowest decile in the other half is regression to the mean, and the mean squared error of
//! predicting the other half shows which estimate of a group is most accurate.

use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::variance_components::{Group, one_way_anova};

/// Minimum number of values per group.
pub const MIN_VALUES: usize = 10;
/// Minimum number of groups.
pub const MIN_GROUPS: usize = 20;
/// Random splits over which results are averaged.
const SPLITS: usize = 20;

/// Mean of the same groups in both halves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Decile {
    /// Mean in the half by which the groups were selected.
    pub picked: f64,
    pub other: f64,
}

/// Results averaged over the random splits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SplitHalfValidation {
    /// Groups with enough values.
    pub groups: usize,
    /// Lowest and highest decile of groups in the selecting half.
    pub lowest: Decile,
    pub highest: Decile,
    /// Mean squared errors of predicting a group's mean in the other half: by its own mean, by the
    /// grand mean, and by its own mean shrunk towards the grand mean.
    pub mse_raw: f64,
    pub mse_grand_mean: f64,
    pub mse_shrunk: f64,
}

/// Splits the groups with at least [`MIN_VALUES`] values. Returns `None` if there are fewer than
/// [`MIN_GROUPS`] of them.
pub fn split_half_validation(groups: &[Vec<f64>], seed: u64) -> Option<SplitHalfValidation> {
    let mut groups: Vec<Vec<f64>> = groups
        .iter()
        .filter(|g| g.len() >= MIN_VALUES)
        .cloned()
        .collect();
    let n = groups.len();
    if n < MIN_GROUPS {
        return None;
    }
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut sums = [0.0; 7];
    for _ in 0..SPLITS {
        let split: Vec<(Group, Group)> = groups
            .iter_mut()
            .map(|values| {
                values.shuffle(&mut rng);
                let (a, b) = values.split_at(values.len() / 2);
                (Group::of(a), Group::of(b))
            })
            .collect();
        let first: Vec<Group> = split.iter().map(|p| p.0).collect();
        let grand = first.iter().map(|g| g.sum).sum::<f64>()
            / first.iter().map(|g| g.n as f64).sum::<f64>();
        let icc = one_way_anova(&first).map_or(0.0, |a| a.icc1.max(0.0));
        let shrunk = |g: &Group| {
            let k = g.n as f64;
            grand + (g.mean() - grand) * k * icc / (1.0 + (k - 1.0) * icc)
        };
        let error = |estimate: &dyn Fn(&Group) -> f64| {
            split
                .iter()
                .map(|(a, b)| (estimate(a) - b.mean()).powi(2))
                .sum::<f64>()
                / n as f64
        };
        let mut order: Vec<(f64, f64)> = split.iter().map(|(a, b)| (a.mean(), b.mean())).collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0));
        let decile = (n / 10).max(1);
        let mean = |pairs: &[(f64, f64)]| {
            let k = pairs.len() as f64;
            let (a, b) = pairs.iter().fold((0.0, 0.0), |s, p| (s.0 + p.0, s.1 + p.1));
            (a / k, b / k)
        };
        let (low, high) = (mean(&order[..decile]), mean(&order[n - decile..]));
        let found = [
            low.0,
            low.1,
            high.0,
            high.1,
            error(&|g| g.mean()),
            error(&|_| grand),
            error(&shrunk),
        ];
        for (sum, x) in sums.iter_mut().zip(found) {
            *sum += x / SPLITS as f64;
        }
    }
    let [
        low,
        low_other,
        high,
        high_other,
        mse_raw,
        mse_grand_mean,
        mse_shrunk,
    ] = sums;
    Some(SplitHalfValidation {
        groups: n,
        lowest: Decile {
            picked: low,
            other: low_other,
        },
        highest: Decile {
            picked: high,
            other: high_other,
        },
        mse_raw,
        mse_grand_mean,
        mse_shrunk,
    })
}

#[cfg(test)]
mod tests {
    use rand::RngExt;

    use super::*;

    /// Known truth: 400 groups of 24 binary values, true rates uniform within .15 of .8. The lowest
    /// decile rises by about the error share of a half's mean, and shrunken means predict better
    /// than raw means and the grand mean.
    #[test]
    fn extreme_deciles_regress_and_shrinkage_predicts_best() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let groups: Vec<Vec<f64>> = (0..400)
            .map(|_| {
                let p = 0.8 + 0.15 * (2.0 * rng.random::<f64>() - 1.0);
                (0..24)
                    .map(|_| f64::from(u8::from(rng.random::<f64>() < p)))
                    .collect()
            })
            .collect();
        let found = split_half_validation(&groups, 1).expect("enough");
        assert_eq!(found.groups, 400);
        assert!(found.lowest.other - found.lowest.picked > 0.12, "{found:?}");
        assert!(
            found.highest.picked - found.highest.other > 0.05,
            "{found:?}"
        );
        assert!(
            found.mse_shrunk < found.mse_grand_mean && found.mse_shrunk < found.mse_raw,
            "{found:?}"
        );
        // The other half's sampling variance, p (1 - p) / 12, plus the between-group variance
        // .0075.
        assert!(
            (found.mse_grand_mean - (0.1525 / 12.0 + 0.0075)).abs() < 0.002,
            "{found:?}"
        );
        assert_eq!(split_half_validation(&groups[..19], 1), None);
        assert_eq!(
            split_half_validation(&groups, 1),
            split_half_validation(&groups, 1)
        );
    }
}
