//! Likelihood-ratio tests for differential item functioning.

use std::collections::BTreeMap;

use linfa::{DatasetBase, ParamGuard, traits::Fit};

use super::{
    comparison::Comparison,
    report::{Detail, DifError, DifReport, ItemDif, adjust},
};
use crate::{
    psychometrics::{
        bank::{Bank, Model},
        calibration::{CalibrationError, CalibrationParams, Groups},
        shared_categories::{Collapsed, share_categories},
    },
    stats::distributions::chi_square_sf,
};

impl Comparison<'_> {
    /// Likelihood-ratio tests under an item response model. The focal group's trait has a free mean
    /// and variance; anchors put both groups on one scale.
    ///
    /// With `anchors`, all other items are free between groups and the studied item is constrained
    /// in turn. Without, all items are constrained and the studied item is freed in turn
    /// (all-others-as-anchors).
    ///
    /// A category that one group lacks is collapsed into a neighbour for both groups, which
    /// [`Detail::collapsed`] tells. An item with fewer than two categories common to both groups
    /// has no statistics and counts as an anchor.
    ///
    /// # Errors
    /// [`DifError::UnknownAnchor`] if an anchor does not exist, [`DifError::Calibration`] if the
    /// items cannot be calibrated in both groups.
    pub fn likelihood_ratio(
        &self,
        model: Model,
        anchors: &[String],
    ) -> Result<DifReport, DifError> {
        let names: Vec<String> = (0..self.responses.items().len())
            .map(|i| self.name(i))
            .collect();
        if let Some(unknown) = anchors.iter().find(|a| !names.contains(a)) {
            return Err(DifError::UnknownAnchor(unknown.clone()));
        }
        let persons: Vec<usize> = self.reference.iter().chain(&self.focal).copied().collect();
        let groups = Groups {
            labels: self.names.to_vec(),
            of: persons
                .iter()
                .enumerate()
                .map(|(i, _)| usize::from(i >= self.reference.len()))
                .collect(),
        };
        let candidates: Vec<usize> = (0..names.len())
            .filter(|i| !anchors.contains(&names[*i]))
            .collect();
        let rows = self.responses.rows(&persons);
        let shared =
            share_categories(&rows, &groups.of, &candidates).map_err(CalibrationError::from)?;
        let mut collapsed: BTreeMap<String, Option<Vec<Collapsed>>> = candidates
            .iter()
            .map(|i| names[*i].clone())
            .zip(shared.collapsed)
            .collect();
        let dataset = DatasetBase::new(shared.responses, groups);
        let fit = |free: Vec<String>| -> Result<Bank, CalibrationError> {
            CalibrationParams::new(model)
                .standard_errors(false)
                .free_between_groups(free)
                .check()?
                .fit(&dataset)
        };
        let studied: Vec<String> = names
            .iter()
            .filter(|n| collapsed.get(*n).is_some_and(Option::is_some))
            .cloned()
            .collect();
        let baseline = if anchors.is_empty() {
            fit(Vec::new())?
        } else {
            fit(studied.clone())?
        };
        let mut items = Vec::new();
        for name in &studied {
            let other = if anchors.is_empty() {
                fit(vec![name.clone()])?
            } else {
                fit(studied.iter().filter(|s| *s != name).cloned().collect())?
            };
            let (constrained, free) = if anchors.is_empty() {
                (&baseline, &other)
            } else {
                (&other, &baseline)
            };
            let chi2 = (2.0 * (free.log_likelihood - constrained.log_likelihood)).max(0.0);
            let df = free.parameters - constrained.parameters;
            let (signed, unsigned) = expected_differences(free, name);
            let p = chi_square_sf(chi2, df as f64);
            items.push(ItemDif {
                item: name.clone(),
                method: "likelihood-ratio".to_owned(),
                chi2: Some(chi2),
                df,
                p: Some(p),
                effect: Some(signed),
                favours: self.favoured(signed),
                detail: Detail {
                    signed_difference: Some(signed),
                    unsigned_difference: Some(unsigned),
                    collapsed: collapsed.remove(name).flatten().unwrap_or_default(),
                    ..Detail::default()
                },
                ..ItemDif::default()
            });
        }
        let untested = collapsed.into_iter().filter(|(_, steps)| steps.is_none());
        items.extend(untested.map(|(item, _)| ItemDif {
            item,
            method: "likelihood-ratio".to_owned(),
            ..ItemDif::default()
        }));
        adjust(&mut items);
        let matching_items = if anchors.is_empty() { &names } else { anchors };
        Ok(DifReport {
            items,
            rounds: 0,
            purification: None,
            matching_items: matching_items.to_vec(),
        })
    }
}

/// Signed and unsigned difference of the expected scores of an item that is free between groups,
/// focal minus reference, over the focal group's trait distribution.
fn expected_differences(bank: &Bank, item: &str) -> (f64, f64) {
    let versions: Vec<_> = bank
        .items
        .iter()
        .filter(|i| i.coding.item == item)
        .collect();
    let ([reference, focal], Some(group)) = (versions.as_slice(), bank.groups.get(1)) else {
        return (f64::NAN, f64::NAN);
    };
    let labels = |k: usize| f64::from(reference.coding.categories[k]);
    let weights = bank.quadrature.weights(group.mean, group.variance);
    let (r, f) = (reference.parameters.function(), focal.parameters.function());
    let score = |p: Vec<f64>| -> f64 { p.iter().enumerate().map(|(k, p)| labels(k) * p).sum() };
    bank.quadrature.points().iter().zip(weights).fold(
        (0.0, 0.0),
        |(signed, unsigned), (theta, weight)| {
            let difference = score(f.probabilities(*theta)) - score(r.probabilities(*theta));
            (
                signed + weight * difference,
                unsigned + weight * difference.abs(),
            )
        },
    )
}
