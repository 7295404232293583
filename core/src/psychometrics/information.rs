//! Test information, marginal reliability, and EAP estimates from sum scores.

use super::{
    bank::{Bank, BankItem},
    item_models::{ItemParameters, ResponseFunction},
    responses::MISSING,
};

/// Test information at `theta`: the sum of the items' Fisher information, whose inverse root is the
/// standard error.
pub fn test_information(items: &[ResponseFunction], theta: f64) -> f64 {
    items.iter().map(|i| i.information(theta)).sum()
}

/// Response functions of the bank's items.
pub fn functions(bank: &Bank) -> Vec<ResponseFunction> {
    bank.item_parameters()
        .iter()
        .map(ItemParameters::function)
        .collect()
}

/// Marginal reliability (Green et al. 1984): the mean of I v / (I v + 1) over the trait
/// distribution with variance v, which for v = 1 is I / (I + 1). Integrated by the trapezoidal rule
/// over ten standard deviations on each side.
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

/// EAP estimate for one sum score.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct SumScore {
    /// Sum of the category labels.
    pub score: i64,
    /// EAP estimate of theta given the sum score.
    pub theta: f64,
    pub se: f64,
    /// Expected share of persons with this sum score.
    pub expected: f64,
}

/// EAP estimates by sum score for complete responses. The likelihood of each sum is computed by the
/// Lord & Wingersky (1984) recursion, by category, so that labels may have gaps.
pub fn sum_scores(bank: &Bank) -> Vec<SumScore> {
    let points = bank.quadrature.points();
    let weights = bank.prior_weights();
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
            // Sums that no combination of labels produces.
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

/// Likelihood of each sum score above the lowest (outer index) at each node (inner index).
pub type SumLikelihoods = Vec<Vec<f64>>;

/// Category probabilities of an item at `points`, by distance of the label from the lowest one.
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

/// Adds an item to the sum score recursion.
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

/// Likelihoods of the sum scores over all items at `points`.
pub fn sum_likelihoods(bank: &Bank, points: &[f64]) -> SumLikelihoods {
    let empty = vec![vec![1.0; points.len()]];
    bank.items
        .iter()
        .fold(empty, |sums, item| add_item(&sums, &steps(item, points)))
}

/// Calls `each` with every item and the sum score likelihoods over all other items. Divide and
/// conquer: descending into one half adds the items of the other, so each item is added about
/// log2(items) times instead of once per other item.
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

/// Sum of one person's labels above the lowest. Returns `None` if a response is missing.
pub fn sum_above_lowest(bank: &Bank, codes: &[u8]) -> Option<usize> {
    bank.items
        .iter()
        .zip(codes)
        .try_fold(0, |sum, (item, code)| {
            let labels = &item.coding.categories;
            (*code != MISSING).then(|| sum + (labels[usize::from(*code)] - labels[0]) as usize)
        })
}
