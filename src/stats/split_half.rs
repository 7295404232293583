//! What would have happened anyway: each group's values are parted at random, and one half is asked what it says of the other.
//!
//! Nothing happens between the halves, so whatever the lowest tenth of one half gains in the other is regression to the mean;
//! and the mean squared error of predicting the other half says which estimate of a group deserves to be shown.

use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::variance_components::{Group, anova};

/// Fewest values of a group, and fewest groups.
pub const MIN_VALUES: usize = 10;
pub const MIN_GROUPS: usize = 20;
/// Random partings over which figures are averaged.
const PARTINGS: usize = 20;

/// Mean of the same groups in both halves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Tenth {
    /// In the half that picked them.
    pub picked: f64,
    pub other: f64,
}

/// Averages over the partings.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Halves {
    /// Groups with enough values.
    pub groups: usize,
    /// The lowest and the highest tenth of groups.
    pub lowest: Tenth,
    pub highest: Tenth,
    /// Mean squared error of predicting a group's mean in the other half, by its own mean, by everybody's, and by its own
    /// pulled towards everybody's.
    pub mse_raw: f64,
    pub mse_grand_mean: f64,
    pub mse_shrunk: f64,
}

/// Parts groups with at least [`MIN_VALUES`] values. `None` with fewer than [`MIN_GROUPS`] of them.
pub fn halves(groups: &[Vec<f64>], seed: u64) -> Option<Halves> {
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
    for _ in 0..PARTINGS {
        let parted: Vec<(Group, Group)> = groups
            .iter_mut()
            .map(|values| {
                values.shuffle(&mut rng);
                let (a, b) = values.split_at(values.len() / 2);
                (Group::of(a), Group::of(b))
            })
            .collect();
        let first: Vec<Group> = parted.iter().map(|p| p.0).collect();
        let grand = first.iter().map(|g| g.sum).sum::<f64>()
            / first.iter().map(|g| g.n as f64).sum::<f64>();
        let icc = anova(&first).map_or(0.0, |a| a.icc1.max(0.0));
        let shrunk = |g: &Group| {
            let k = g.n as f64;
            grand + (g.mean() - grand) * k * icc / (1.0 + (k - 1.0) * icc)
        };
        let error = |estimate: &dyn Fn(&Group) -> f64| {
            parted
                .iter()
                .map(|(a, b)| (estimate(a) - b.mean()).powi(2))
                .sum::<f64>()
                / n as f64
        };
        let mut order: Vec<(f64, f64)> = parted.iter().map(|(a, b)| (a.mean(), b.mean())).collect();
        order.sort_by(|a, b| a.0.total_cmp(&b.0));
        let tenth = (n / 10).max(1);
        let mean = |pairs: &[(f64, f64)]| {
            let k = pairs.len() as f64;
            let (a, b) = pairs.iter().fold((0.0, 0.0), |s, p| (s.0 + p.0, s.1 + p.1));
            (a / k, b / k)
        };
        let (low, high) = (mean(&order[..tenth]), mean(&order[n - tenth..]));
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
            *sum += x / PARTINGS as f64;
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
    Some(Halves {
        groups: n,
        lowest: Tenth {
            picked: low,
            other: low_other,
        },
        highest: Tenth {
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

    /// Known truth: 400 groups of 24 yes/no values, true rates uniform within .15 of .8. The lowest tenth rises by about the
    /// share of noise in a half's mean, and shrinking beats both the raw mean and everybody's.
    #[test]
    fn the_lowest_rise_without_anybody_doing_anything() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let groups: Vec<Vec<f64>> = (0..400)
            .map(|_| {
                let p = 0.8 + 0.15 * (2.0 * rng.random::<f64>() - 1.0);
                (0..24)
                    .map(|_| f64::from(u8::from(rng.random::<f64>() < p)))
                    .collect()
            })
            .collect();
        let found = halves(&groups, 1).expect("enough");
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
        // The noise of the other half, p (1 - p) / 12, is in all three; .0076 is the variance between groups.
        assert!(
            (found.mse_grand_mean - (0.1525 / 12.0 + 0.0075)).abs() < 0.002,
            "{found:?}"
        );
        assert_eq!(halves(&groups[..19], 1), None);
        assert_eq!(halves(&groups, 1), halves(&groups, 1));
    }
}
