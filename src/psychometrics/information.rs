//! How much a bank says about the trait, and where: information curves, reliability, and the sum score as an estimate.

use super::{
    bank::{Bank, BankItem},
    item_models::{ItemParameters, ResponseFunction},
    responses::MISSING,
};

/// Test information at `theta`: the sum of the items' Fisher information. Its inverse root is the standard error there.
pub fn test_information(items: &[ResponseFunction], theta: f64) -> f64 {
    items.iter().map(|i| i.information(theta)).sum()
}

/// The bank's items as response functions.
pub fn functions(bank: &Bank) -> Vec<ResponseFunction> {
    bank.item_parameters()
        .iter()
        .map(ItemParameters::function)
        .collect()
}

/// Marginal reliability: the mean over the trait's distribution of I v / (I v + 1), v its variance (Green et al. 1984).
/// With v = 1 this is I / (I + 1). By the trapezoid rule over ten standard deviations each side.
pub fn marginal_reliability(bank: &Bank) -> f64 {
    let items = functions(bank);
    let (mean, variance) = bank.prior();
    let (steps, reach) = (800, 10.0);
    let (mut sum, mut weights) = (0.0, 0.0);
    for step in 0..=steps {
        let z = reach * (2.0 * f64::from(step) / f64::from(steps) - 1.0);
        let weight = (-z * z / 2.0).exp();
        let signal = test_information(&items, mean + z * variance.sqrt()) * variance;
        sum += weight * signal / (signal + 1.0);
        weights += weight;
    }
    sum / weights
}

/// What a sum score says about the trait.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct SumScore {
    /// Sum of the category labels.
    pub score: i64,
    /// EAP of theta given the sum alone.
    pub theta: f64,
    pub se: f64,
    /// Share of persons expected to have this sum.
    pub expected: f64,
}

/// EAP by sum score, for persons who answered every item: the likelihood of each sum by the recursion of Lord & Wingersky
/// (1984), category by category so that labels may leave gaps.
pub fn sum_scores(bank: &Bank) -> Vec<SumScore> {
    let points = bank.quadrature.points();
    let (mean, variance) = bank.prior();
    let weights: Vec<f64> = bank
        .quadrature
        .ln_weights(mean, variance)
        .iter()
        .map(|l| l.exp())
        .collect();
    let lowest: i64 = bank
        .items
        .iter()
        .filter_map(|i| i.coding.categories.first())
        .map(|c| i64::from(*c))
        .sum();
    let likelihoods = sum_likelihoods(bank, &points);
    likelihoods
        .iter()
        .zip(lowest..)
        .filter_map(|(at_nodes, score)| {
            let joint: Vec<f64> = at_nodes.iter().zip(&weights).map(|(l, w)| l * w).collect();
            let total: f64 = joint.iter().sum();
            // Sums that no combination of labels gives.
            if total <= 0.0 {
                return None;
            }
            let theta = joint.iter().zip(&points).map(|(j, t)| j * t).sum::<f64>() / total;
            let square = joint
                .iter()
                .zip(&points)
                .map(|(j, t)| j * (t - theta).powi(2))
                .sum::<f64>()
                / total;
            Some(SumScore {
                score,
                theta,
                se: square.sqrt(),
                expected: total,
            })
        })
        .collect()
}

/// Likelihood of each sum of labels above the lowest (outer) at each node (inner).
pub type SumLikelihoods = Vec<Vec<f64>>;

/// An item's probabilities at each of some points, by its label's distance from the lowest.
fn steps(item: &BankItem, points: &[f64]) -> Vec<(usize, Vec<f64>)> {
    let function = item.parameters.function();
    let labels = &item.coding.categories;
    let at_points: Vec<Vec<f64>> = points.iter().map(|t| function.probabilities(*t)).collect();
    (0..labels.len())
        .map(|k| {
            (
                (labels[k] - labels[0]) as usize,
                at_points.iter().map(|p| p[k]).collect(),
            )
        })
        .collect()
}

/// The sums once an item is added.
fn add_item(sums: &SumLikelihoods, steps: &[(usize, Vec<f64>)]) -> SumLikelihoods {
    let nodes = sums.first().map_or(0, Vec::len);
    let reach = steps.iter().map(|(offset, _)| *offset).max().unwrap_or(0);
    let mut next = vec![vec![0.0; nodes]; sums.len() + reach];
    for (offset, probabilities) in steps {
        for (sum, before) in sums.iter().enumerate() {
            for ((n, p), b) in next[sum + offset].iter_mut().zip(probabilities).zip(before) {
                *n += p * b;
            }
        }
    }
    next
}

/// Likelihoods of the sums over all items at `points`.
pub fn sum_likelihoods(bank: &Bank, points: &[f64]) -> SumLikelihoods {
    let nothing = vec![vec![1.0; points.len()]];
    bank.items
        .iter()
        .fold(nothing, |sums, item| add_item(&sums, &steps(item, points)))
}

/// Calls `each` with every item and the likelihoods of the sums over all other items. By halves: going into one half adds
/// the items of the other, so that each item is added some log2(items) times and not once for every other item.
pub fn sum_likelihoods_without(
    bank: &Bank,
    points: &[f64],
    mut each: impl FnMut(usize, &SumLikelihoods),
) {
    let steps: Vec<_> = bank.items.iter().map(|i| steps(i, points)).collect();
    let mut open = vec![(0..steps.len(), vec![vec![1.0; points.len()]])];
    while let Some((range, sums)) = open.pop() {
        if range.len() < 2 {
            for item in range {
                each(item, &sums);
            }
            continue;
        }
        let middle = range.start + range.len() / 2;
        for (inside, outside) in [
            (middle..range.end, range.start..middle),
            (range.start..middle, middle..range.end),
        ] {
            let with_outside =
                outside.fold(sums.clone(), |sums, item| add_item(&sums, &steps[item]));
            open.push((inside, with_outside));
        }
    }
}

/// Sum of the labels above the lowest of one person's codes. `None` when an answer is missing.
pub fn sum_above_lowest(bank: &Bank, codes: &[u8]) -> Option<usize> {
    bank.items
        .iter()
        .zip(codes)
        .try_fold(0, |sum, (item, code)| {
            let labels = &item.coding.categories;
            (*code != MISSING).then(|| sum + (labels[usize::from(*code)] - labels[0]) as usize)
        })
}
