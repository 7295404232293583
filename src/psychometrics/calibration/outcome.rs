//! From where the search ended to a bank: items, errors, groups, warnings.

use ndarray::Array2;

use super::{
    COMFORTABLE_PERSONS, Groups, ValidCalibration,
    layout::{Layout, Place},
    optimise::Optimum,
};
use crate::psychometrics::{
    bank::{Bank, BankItem, ItemErrors, LatentGroup, Priors},
    item_models::{ItemModel, ItemParameters},
    patterns::Patterns,
    responses::ResponseMatrix,
};

/// What the search found, read by item and group.
pub(super) struct Fitted<'a> {
    pub(super) layout: &'a Layout,
    pub(super) found: &'a Optimum,
    /// W' with W'W the covariance of the free parameters: only few of its elements are ever asked for.
    pub(super) covariance_factor: Option<&'a Array2<f64>>,
}

impl Fitted<'_> {
    fn se(&self, place: Place) -> Option<f64> {
        match place {
            Place::Free(_) => self
                .covariance_factor
                .map(|_| self.covariance(place, place).sqrt()),
            Place::Held(_) => None,
        }
    }

    fn covariance(&self, a: Place, b: Place) -> f64 {
        match (a, b, self.covariance_factor) {
            (Place::Free(a), Place::Free(b), Some(w)) => w.row(a).dot(&w.row(b)),
            _ => 0.0,
        }
    }

    fn item(&self, group: usize, item: usize) -> (ItemParameters, Option<ItemErrors>) {
        let places = &self.layout.groups[group][item];
        let parameters = places.parameters(&self.found.psi);
        let p = &places.places;
        let errors = self.covariance_factor.map(|_| ItemErrors {
            slope: self.se(p[0]),
            intercepts: p[1..].iter().map(|place| self.se(*place)).collect(),
            difficulties: parameters
                .difficulties()
                .iter()
                .enumerate()
                .map(|(k, b)| {
                    // b a = -d (graded) or d_before - d (partial credit); its differential is a db + b da.
                    let mut parts = vec![(p[0], *b), (p[k + 1], 1.0)];
                    if k > 0 && parameters.model == ItemModel::PartialCredit {
                        parts.push((p[k], -1.0));
                    }
                    let variance: f64 = parts
                        .iter()
                        .flat_map(|x| parts.iter().map(move |y| (x, y)))
                        .map(|(x, y)| x.1 * y.1 * self.covariance(x.0, y.0))
                        .sum();
                    Some(variance.sqrt() / parameters.slope.abs()).filter(|se| se.is_finite())
                })
                .collect(),
        });
        (parameters, errors)
    }

    /// Mean and variance of a group's trait, each with its standard error.
    fn latent(&self, group: usize) -> ((f64, Option<f64>), (f64, Option<f64>)) {
        let latent = self.layout.latent[group];
        let read = |place: Place| (place.value(&self.found.psi), self.se(place));
        (read(latent.mean), read(latent.variance))
    }
}

impl ValidCalibration {
    pub(super) fn bank(
        &self,
        responses: &ResponseMatrix,
        groups: &Groups,
        design: &Patterns,
        fitted: &Fitted<'_>,
    ) -> Bank {
        let n: f64 = design.frequencies.iter().sum();
        let mut items = Vec::new();
        for (i, coding) in responses.items().iter().enumerate() {
            let own = self.free_between_groups.contains(&coding.item);
            let listed = if own { groups.labels.len() } else { 1 };
            for group in 0..listed {
                let fixed = self.fixed.iter().find(|f| f.coding.item == coding.item);
                let (parameters, se) = fitted.item(group, i);
                items.push(BankItem {
                    coding: coding.clone(),
                    keying: fixed.and_then(|f| f.keying),
                    group: own.then(|| groups.labels[group].clone()),
                    difficulties: parameters.difficulties(),
                    parameters,
                    se: fixed.map_or(se, |f| f.se.clone()),
                });
            }
        }
        // Items of the old bank that were not asked this time stay in it.
        let absent = |f: &&BankItem| !responses.items().iter().any(|i| i.item == f.coding.item);
        items.extend(self.fixed.iter().filter(absent).cloned());
        let latent = |(g, label): (usize, &String)| {
            let (mean, variance) = fitted.latent(g);
            LatentGroup {
                group: label.clone(),
                n: design.persons(g),
                mean: mean.0,
                variance: variance.0,
                se_mean: mean.1,
                se_variance: variance.1,
            }
        };
        let mut bank = Bank {
            model: self.model,
            scaling_d: 1.0,
            n,
            items,
            groups: groups.labels.iter().enumerate().map(latent).collect(),
            quadrature: self.quadrature.clone(),
            priors: self.priors,
            log_likelihood: fitted.found.expectation.ln_likelihood,
            parameters: fitted.layout.free,
            iterations: fitted.found.passes,
            max_gradient: fitted.found.largest_gradient(),
            converged: fitted.found.converged,
            warnings: Vec::new(),
        };
        bank.warnings = self.warnings(&bank, fitted);
        bank
    }

    fn warnings(&self, bank: &Bank, fitted: &Fitted<'_>) -> Vec<String> {
        let mut warnings = Vec::new();
        if !bank.converged {
            warnings.push(format!(
                "not converged: after {} steps the largest gradient is {:.1e}, above {:.1e}",
                bank.iterations, bank.max_gradient, self.tolerance
            ));
        }
        if self.standard_errors && fitted.covariance_factor.is_none() {
            warnings.push("no standard errors: the information is not positive definite, so the answers do not settle all parameters".to_owned());
        }
        if bank.n < COMFORTABLE_PERSONS && self.priors == Priors::None {
            warnings.push(format!(
                "{} persons: below {COMFORTABLE_PERSONS} a free calibration is unstable; weak priors help, and below 200 sum scores or published parameters are safer",
                bank.n
            ));
        }
        for item in &bank.items {
            let name = &item.coding.item;
            if item.parameters.slope < 0.0 {
                warnings.push(format!("item \"{name}\" has a negative slope ({:.2}): it is probably keyed the wrong way", item.parameters.slope));
            }
            if item.parameters.slope.abs() > 8.0 {
                warnings.push(format!("item \"{name}\" has a slope of {:.1}: it repeats another item, or the sample is too small", item.parameters.slope));
            }
            if !item.coding.unobserved.is_empty() {
                warnings.push(format!(
                    "item \"{name}\": nobody chose {}; the intercepts stand between the categories that were chosen",
                    item.coding.unobserved.iter().map(i32::to_string).collect::<Vec<_>>().join(", ")
                ));
            }
        }
        warnings
    }
}
