//! Where a calibration begins: slopes from the correlation of each item with the person's other answers, intercepts from
//! the share of persons in each category.

use crate::psychometrics::{
    item_models::{ItemModel, ItemParameters},
    responses::{MISSING, ResponseMatrix},
};

/// Starting parameters of every item, in the direction in which most items agree.
pub fn start(
    responses: &ResponseMatrix,
    persons: &[usize],
    model: ItemModel,
) -> Vec<ItemParameters> {
    let items = responses.items().len();
    // Each answer as a share of its item's range, so that items weigh alike, less the item's mean.
    let share = |item: usize, code: u8| {
        f64::from(code) / (responses.items()[item].categories.len() - 1).max(1) as f64
    };
    let mean: Vec<f64> = (0..items)
        .map(|item| {
            let known = || {
                persons
                    .iter()
                    .map(|p| responses.column(item)[*p])
                    .filter(|c| *c != MISSING)
            };
            known().map(|c| share(item, c)).sum::<f64>() / known().count().max(1) as f64
        })
        .collect();
    let mut sums = vec![(0.0, 0_u32); persons.len()];
    for (item, mean) in mean.iter().enumerate() {
        for (p, (sum, n)) in persons.iter().zip(&mut sums) {
            let code = responses.column(item)[*p];
            if code != MISSING {
                *sum += share(item, code) - mean;
                *n += 1;
            }
        }
    }
    (0..items)
        .map(|item| {
            let (mut xx, mut yy, mut xy) = (0.0, 0.0, 0.0);
            for (p, (sum, n)) in persons.iter().zip(&sums) {
                let code = responses.column(item)[*p];
                if code != MISSING && *n > 1 {
                    let x = share(item, code) - mean[item];
                    let y = (sum - x) / f64::from(n - 1);
                    (xx, yy, xy) = (xx + x * x, yy + y * y, xy + x * y);
                }
            }
            let r = xy / (xx * yy).sqrt();
            let r = if r.is_finite() {
                r.clamp(-0.85, 0.85)
            } else {
                0.3
            };
            item_start(responses, persons, item, model, r)
        })
        .collect()
}

/// One item's start from its correlation `r` with the rest.
fn item_start(
    responses: &ResponseMatrix,
    persons: &[usize],
    item: usize,
    model: ItemModel,
    r: f64,
) -> ItemParameters {
    let k = responses.items()[item].categories.len();
    let mut counts = vec![0.5; k];
    for p in persons {
        let code = responses.column(item)[*p];
        if code != MISSING {
            counts[usize::from(code)] += 1.0;
        }
    }
    let total: f64 = counts.iter().sum();
    // A loading somewhat above the correlation (the rest is not the trait), as a logistic slope.
    let loading = (r.abs().powf(0.8)).clamp(0.1, 0.9).copysign(r);
    let slope = 1.7 * loading / (1.0 - loading * loading).sqrt();
    match model {
        ItemModel::Graded => {
            let widening = (1.0 + slope * slope / 2.9).sqrt();
            let mut above = total;
            let intercepts = counts[..k - 1]
                .iter()
                .map(|n| {
                    above -= n;
                    (above / (total - above)).ln() * widening
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
