//! Builds the bank from the optimum: items, standard errors, groups, warnings.

use ndarray::Array2;

use super::{
    layout::{Layout, Parameter},
    optimise::Optimum,
    params::{COMFORTABLE_PERSONS, Groups, ValidCalibration},
};
use crate::psychometrics::{
    bank::{Bank, BankItem, ItemErrors, LatentGroup, Priors},
    item_models::{ItemModel, ItemParameters},
    patterns::Patterns,
    responses::ResponseMatrix,
};

/// Parameter estimates by item and group.
pub(super) struct Fitted<'a> {
    pub(super) layout: &'a Layout,
    pub(super) found: &'a Optimum,
    /// W' with W'W the covariance matrix of the free parameters, of which few elements are needed.
    pub(super) covariance_factor: Option<&'a Array2<f64>>,
}

impl Fitted<'_> {
    fn se(&self, parameter: Parameter) -> Option<f64> {
        match parameter {
            Parameter::Free(_) => self
                .covariance_factor
                .map(|_| self.covariance(parameter, parameter).sqrt()),
            Parameter::Fixed(_) => None,
        }
    }

    fn covariance(&self, a: Parameter, b: Parameter) -> f64 {
        match (a, b, self.covariance_factor) {
            (Parameter::Free(a), Parameter::Free(b), Some(w)) => w.row(a).dot(&w.row(b)),
            _ => 0.0,
        }
    }

    fn item(&self, group: usize, item: usize) -> (ItemParameters, Option<ItemErrors>) {
        let layout = &self.layout.groups[group][item];
        let parameters = layout.item(&self.found.psi);
        let p = &layout.parameters;
        let errors = self.covariance_factor.map(|_| ItemErrors {
            slope: self.se(p[0]),
            intercepts: p[1..].iter().map(|p| self.se(*p)).collect(),
            difficulties: parameters
                .difficulties()
                .iter()
                .enumerate()
                .map(|(k, b)| {
                    // b a = -d (graded) or d_before - d (partial credit); its differential is a db
                    // + b da.
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
        let read = |p: Parameter| (p.value(&self.found.psi), self.se(p));
        (read(latent.mean), read(latent.variance))
    }
}

impl ValidCalibration {
    /// The calibrated bank, with warnings.
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
            let free = self.free_between_groups.contains(&coding.item);
            let listed = if free { groups.labels.len() } else { 1 };
            for group in 0..listed {
                let fixed = self.fixed.iter().find(|f| f.coding.item == coding.item);
                let (parameters, se) = fitted.item(group, i);
                items.push(BankItem {
                    coding: coding.clone(),
                    keying: fixed.and_then(|f| f.keying),
                    group: free.then(|| groups.labels[group].clone()),
                    difficulties: parameters.difficulties(),
                    parameters,
                    se: fixed.map_or(se, |f| f.se.clone()),
                });
            }
        }
        // Fixed items without responses remain in the bank.
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
                "not converged: after {} iterations the largest gradient element is {:.1e}, above {:.1e}",
                bank.iterations, bank.max_gradient, self.tolerance
            ));
        }
        if self.standard_errors && fitted.covariance_factor.is_none() {
            warnings.push(
                "no standard errors: the information matrix is not positive definite, so the \
                 responses do not identify all parameters"
                    .to_owned(),
            );
        }
        if bank.n < COMFORTABLE_PERSONS && self.priors == Priors::None {
            warnings.push(format!(
                "{} persons: below {COMFORTABLE_PERSONS} an unconstrained calibration is unstable; use weak priors, and below 200 persons sum scores or published parameters",
                bank.n
            ));
        }
        for item in &bank.items {
            let name = &item.coding.item;
            if item.parameters.slope < 0.0 {
                warnings.push(format!(
                    "item \"{name}\" has a negative slope ({:.2}); it is probably miskeyed",
                    item.parameters.slope
                ));
            }
            if item.parameters.slope.abs() > 8.0 {
                warnings.push(format!(
                    "item \"{name}\" has a slope of {:.1}; it duplicates another item, or the sample is too small",
                    item.parameters.slope
                ));
            }
            if !item.coding.unobserved.is_empty() {
                warnings.push(format!(
                    "item \"{name}\": nobody chose {}; the intercepts separate the categories that were chosen",
                    item.coding.unobserved.iter().map(i32::to_string).collect::<Vec<_>>().join(", ")
                ));
            }
        }
        warnings
    }
}
