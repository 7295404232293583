//! Do two people see the same? Agreement beyond chance.

use std::collections::{BTreeMap, BTreeSet};

/// Cohen's kappa (1960) of yes-or-no judgements by two coders: (p_o - p_e) / (1 - p_e). `None` without pairs, or when both say the
/// same of everything and chance alone would agree.
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

/// Rolling's agreement of two sets of tags: 2 C / (A + B), with C common ones. Two empty sets agree.
pub fn rolling<T: Ord>(a: &BTreeSet<T>, b: &BTreeSet<T>) -> f64 {
    let all = a.len() + b.len();
    if all == 0 {
        return 1.0;
    }
    2.0 * a.intersection(b).count() as f64 / all as f64
}

/// Krippendorff's alpha (2004) of nominal values by any number of coders: 1 - D_o / D_e over all pairs within units. A unit with
/// one value says nothing. `None` when no unit has two values, or all values are the same.
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

    /// The usual textbook table: 20 yes-yes, 5 yes-no, 10 no-yes, 15 no-no has kappa .4.
    #[test]
    fn kappa_of_the_textbook_table() {
        let mut pairs = vec![(true, true); 20];
        pairs.extend(vec![(true, false); 5]);
        pairs.extend(vec![(false, true); 10]);
        pairs.extend(vec![(false, false); 15]);
        assert!((cohen_kappa(&pairs).expect("pairs") - 0.4).abs() < 1e-12);
        assert_eq!(cohen_kappa(&[]), None);
        assert_eq!(cohen_kappa(&[(true, true)]), None);
    }

    /// Krippendorff's own example of three coders with gaps: .691 for nominal values.
    #[test]
    fn alpha_of_krippendorffs_example() {
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
    fn rolling_counts_common_tags_twice() {
        let set =
            |tags: &[&str]| -> BTreeSet<String> { tags.iter().map(|t| (*t).to_owned()).collect() };
        assert_eq!(rolling(&set(&["a", "b"]), &set(&["b"])), 2.0 / 3.0);
        assert_eq!(rolling(&set(&[]), &set(&[])), 1.0);
    }
}
