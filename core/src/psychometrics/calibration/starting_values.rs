//! Starting values: slopes from corrected item-total correlations, intercepts from category shares.

use crate::psychometrics::{
    item_models::{ItemModel, ItemParameters},
    responses::{MISSING, ResponseMatrix},
};

/// Starting parameters of every item, from every `stride`-th person.
pub fn starting_values(
    responses: &ResponseMatrix,
    stride: usize,
    model: ItemModel,
) -> Vec<ItemParameters> {
    let items = responses.items().len();
    let column = |item: usize| responses.column(item).iter().copied().step_by(stride);
    // Responses are scaled to the range of their item, so that items have equal weight, and
    // centred.
    let range = |item: usize| (responses.items()[item].categories.len() - 1).max(1) as f64;
    let mean: Vec<f64> = (0..items)
        .map(|item| {
            let known = || column(item).filter(|c| *c != MISSING);
            known().map(|c| f64::from(c) / range(item)).sum::<f64>() / known().count().max(1) as f64
        })
        .collect();
    let share = |item: usize, code: u8| f64::from(code) / range(item) - mean[item];
    let mut sums = vec![(0.0, 0_u32); responses.persons().div_ceil(stride)];
    for item in 0..items {
        for (code, (sum, n)) in column(item).zip(&mut sums) {
            if code != MISSING {
                *sum += share(item, code);
                *n += 1;
            }
        }
    }
    (0..items)
        .map(|item| {
            let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
            for (code, (sum, n)) in column(item).zip(&sums) {
                if code != MISSING && *n > 1 {
                    let x = share(item, code);
                    let y = (sum - x) / f64::from(n - 1);
                    (xx, yy, xy) = (xx + x * x, yy + y * y, xy + x * y);
                }
            }
            let r = xy / f64::sqrt(xx * yy);
            let r = if r.is_finite() {
                r.clamp(-0.85, 0.85)
            } else {
                0.3
            };
            let mut counts = vec![0.5; responses.items()[item].categories.len()];
            for code in column(item).filter(|c| *c != MISSING) {
                counts[usize::from(code)] += 1.0;
            }
            item_starting_values(&counts, model, r)
        })
        .collect()
}

/// Starting parameters of one item from its category counts and item-rest correlation `r`.
fn item_starting_values(counts: &[f64], model: ItemModel, r: f64) -> ItemParameters {
    let k = counts.len();
    let total: f64 = counts.iter().sum();
    // A loading somewhat above the correlation with the fallible rest score, as a logistic slope.
    let loading = (r.abs().powf(0.8)).clamp(0.1, 0.9).copysign(r);
    let slope = 1.7 * loading / (1.0 - loading * loading).sqrt();
    match model {
        ItemModel::Graded => {
            let expansion = (1.0 + slope * slope / 2.9).sqrt();
            let mut above = total;
            let intercepts = counts[..k - 1]
                .iter()
                .map(|n| {
                    above -= n;
                    (above / (total - above)).ln() * expansion
                })
                .collect();
            ItemParameters {
                model,
                slope,
                intercepts,
            }
        }
        ItemModel::PartialCredit => ItemParameters {
            model,
            slope: slope * 2.0 / k as f64,
            intercepts: counts[1..].iter().map(|n| (n / counts[0]).ln()).collect(),
        },
    }
}
