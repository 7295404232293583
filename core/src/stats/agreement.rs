//! Inter-annotator agreement: Cohen's kappa, Krippendorff's alpha, Rolling's consistency.

use std::collections::{BTreeMap, BTreeSet};

/// Cohen's kappa (1960) for binary judgements of two annotators: (p_o - p_e) / (1 - p_e). Returns
/// `None` if there are no pairs or if expected agreement is 1 because both annotators use the same
/// single category throughout.
pub fn cohen_kappa(pairs: &[(bool, bool)]) -> Option<f64> {
    let n = pairs.len() as f64;
    let share = |yes: &dyn Fn(&(bool, bool)) -> bool| {
        pairs.iter().filter(|pair| yes(pair)).count() as f64 / n
    };
    let (first, second) = (share(&|p| p.0), share(&|p| p.1));
    let observed = share(&|p| p.0 == p.1);
    let expected = first * second + (1.0 - first) * (1.0 - second);
    (n > 0.0 && expected < 1.0).then(|| (observed - expected) / (1.0 - expected))
}

/// Rolling's (1981) consistency of two label sets: 2 C / (A + B), where C is the number of shared
/// labels (the Sørensen-Dice coefficient). Two empty sets agree perfectly.
pub fn rolling<T: Ord>(a: &BTreeSet<T>, b: &BTreeSet<T>) -> f64 {
    let all = a.len() + b.len();
    if all == 0 {
        return 1.0;
    }
    2.0 * a.intersection(b).count() as f64 / all as f64
}

/// Krippendorff's alpha (2004) for nominal data and any number of annotators: 1 - D_o / D_e over
/// all pairs of values within a unit. Units with fewer than two values are ignored. Returns `None`
/// if no unit has two values or if all values are equal.
pub fn krippendorff_nominal(units: &[Vec<u32>]) -> Option<f64> {
    let pairable = || units.iter().filter(|unit| unit.len() > 1);
    let mut totals: BTreeMap<u32, f64> = BTreeMap::new();
    let mut disagreement = 0.0;
    for unit in pairable() {
        let m = unit.len() as f64;
        let mut counts: BTreeMap<u32, f64> = BTreeMap::new();
        for value in unit {
            *counts.entry(*value).or_default() += 1.0;
            *totals.entry(*value).or_default() += 1.0;
        }
        let same: f64 = counts.values().map(|k| k * (k - 1.0)).sum();
        disagreement += (m * (m - 1.0) - same) / (m - 1.0);
    }
    let n: f64 = totals.values().sum();
    let expected = (n * n - totals.values().map(|k| k * k).sum::<f64>()) / (n - 1.0);
    (n > 0.0 && expected > 0.0).then(|| 1.0 - disagreement / expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Textbook table: 20 yes-yes, 5 yes-no, 10 no-yes and 15 no-no judgements have kappa .4.
    #[test]
    fn kappa_matches_the_textbook_table() {
        let mut pairs = vec![(true, true); 20];
        pairs.extend(vec![(true, false); 5]);
        pairs.extend(vec![(false, true); 10]);
        pairs.extend(vec![(false, false); 15]);
        assert!((cohen_kappa(&pairs).expect("pairs") - 0.4).abs() < 1e-12);
        assert_eq!(cohen_kappa(&[]), None);
        assert_eq!(cohen_kappa(&[(true, true)]), None);
    }

    /// Krippendorff's own example with three annotators and missing values: .691 for nominal data.
    #[test]
    fn alpha_matches_krippendorffs_example() {
        let units = [
            vec![1],
            vec![],
            vec![2, 2],
            vec![1, 1],
            vec![3, 3],
            vec![3, 3, 4],
            vec![4, 4, 4],
            vec![1, 3],
            vec![2, 2],
            vec![1, 1],
            vec![1, 1],
            vec![3, 3],
            vec![3, 3],
            vec![],
            vec![3, 4],
        ];
        let alpha = krippendorff_nominal(&units).expect("pairs");
        assert!((alpha - 0.691).abs() < 5e-4, "{alpha}");
    }

    #[test]
    fn rolling_counts_shared_labels_twice() {
        let set =
            |tags: &[&str]| -> BTreeSet<String> { tags.iter().map(|t| (*t).to_owned()).collect() };
        assert_eq!(rolling(&set(&["a", "b"]), &set(&["b"])), 2.0 / 3.0);
        assert_eq!(rolling(&set(&[]), &set(&[])), 1.0);
    }
}
