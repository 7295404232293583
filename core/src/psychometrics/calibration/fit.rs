//! Calibration driver: validate, initialise, optimise, standard errors.

use std::borrow::Cow;

use linfa::{dataset::DatasetBase, traits::Fit};
use ndarray::Array1;

use super::{
    error::{CalibrationError, MAX_MODEL_CATEGORIES, MIN_PERSONS},
    fitted::Fitted,
    layout::{ItemLayout, LatentLayout, Layout, Parameter},
    likelihood::Likelihood,
    optimise::{self, Metric, Optimum, Stop},
    params::{Groups, ValidCalibration},
    starting_values::starting_values,
};
use crate::psychometrics::{
    bank::{Bank, Model},
    item_models::ItemModel,
    patterns::Patterns,
    posterior::Grid,
    responses::{ItemCoding, ResponseMatrix},
};

/// Minimum size of the subsample on which a large calibration starts.
const SAMPLE: usize = 3000;

impl Fit<ResponseMatrix, (), CalibrationError> for ValidCalibration {
    type Object = Bank;

    /// Calibrates the items of one group. Dataset weights, if any, are row frequencies.
    fn fit(&self, dataset: &DatasetBase<ResponseMatrix, ()>) -> Result<Bank, CalibrationError> {
        let groups = Groups::single(dataset.records.persons());
        self.calibrate(&dataset.records, &groups, &dataset.weights)
    }
}

impl Fit<ResponseMatrix, Groups, CalibrationError> for ValidCalibration {
    type Object = Bank;

    /// Calibrates the items of several groups together. Dataset weights, if any, are row
    /// frequencies.
    fn fit(&self, dataset: &DatasetBase<ResponseMatrix, Groups>) -> Result<Bank, CalibrationError> {
        self.calibrate(&dataset.records, &dataset.targets, &dataset.weights)
    }
}

/// Checks that there is one group, and at most one frequency, per person.
fn check_shapes(
    responses: &ResponseMatrix,
    groups: &Groups,
    weights: &Array1<f32>,
) -> Result<(), CalibrationError> {
    let persons = responses.persons();
    let known = groups.of.iter().all(|g| *g < groups.labels.len());
    let counted = weights.is_empty() || weights.len() == persons;
    if groups.of.len() != persons || !known || !counted {
        return Err(CalibrationError::Shape {
            persons,
            weights: weights.len(),
            groups: groups.of.len(),
        });
    }
    if weights.iter().any(|w| !w.is_finite() || *w < 0.0) {
        return Err(CalibrationError::Frequency);
    }
    Ok(())
}

impl ValidCalibration {
    fn item_model(&self) -> ItemModel {
        match self.model {
            Model::GeneralizedPartialCredit | Model::PartialCredit => ItemModel::PartialCredit,
            _ => ItemModel::Graded,
        }
    }

    fn calibrate(
        &self,
        responses: &ResponseMatrix,
        groups: &Groups,
        weights: &Array1<f32>,
    ) -> Result<Bank, CalibrationError> {
        let responses = &*self.coded(responses)?;
        check_shapes(responses, groups, weights)?;
        let layout = self.layout(responses, groups)?;
        // Patterns of every `stride`-th person.
        let design_of = |stride: usize| {
            Patterns::new(
                responses,
                (0..responses.persons()).step_by(stride),
                |p| groups.of[p],
                |p| weights.get(p).map_or(1.0, |w| f64::from(*w)),
                groups.labels.len(),
            )
        };
        let design = design_of(1);
        let n: f64 = design.frequencies.iter().sum();
        if n < MIN_PERSONS {
            return Err(CalibrationError::TooFewPersons { persons: n });
        }
        self.check_cells(responses, groups)?;

        let grid = Grid::new(&self.quadrature);
        let stride = self.sample_stride(responses, &design, &layout);
        let items = starting_values(responses, stride, self.item_model());
        let mut start = layout.starting_vector(&items);
        let (mut metric, mut before) = (None, 0);
        if stride > 1 {
            let sample = design_of(stride);
            let share = sample.frequencies.iter().sum::<f64>() / n;
            let likelihood = Likelihood {
                design: &sample,
                layout: &layout,
                grid: &grid,
            };
            let rough = Stop {
                gradient: 1e-3 * n * share,
                passes: 40,
            };
            let found = optimise::maximise(&likelihood, start, None, rough);
            let whole = |found: &Optimum| {
                optimise::observed_information(&likelihood, &found.psi, &found.expectation)
                    .filter(|(_, whole)| *whole)
                    .map(|(factor, _)| Metric::new(factor))
            };
            let fresh = if found.metric.is_none() {
                whole(&found)
            } else {
                None
            };
            (start, before) = (found.psi, found.passes);
            metric = found.metric.or(fresh).map(|m| m.rescaled(1.0 / share));
        }
        let stop = Stop {
            gradient: self.tolerance,
            passes: self.max_iterations,
        };
        let likelihood = Likelihood {
            design: &design,
            layout: &layout,
            grid: &grid,
        };
        let mut found = optimise::maximise(&likelihood, start, metric, stop);
        found.passes += before;
        if !layout.is_proper(&found.psi) || !found.expectation.ln_likelihood.is_finite() {
            return Err(CalibrationError::NoMaximum);
        }
        let covariance_factor = if self.standard_errors {
            optimise::observed_information(&likelihood, &found.psi, &found.expectation)
                .filter(|(_, whole)| *whole)
                .map(|(factor, _)| {
                    factor
                        .inverse_factor()
                        .reversed_axes()
                        .as_standard_layout()
                        .into_owned()
                })
        } else {
            None
        };
        let fitted = Fitted {
            layout: &layout,
            found: &found,
            covariance_factor: covariance_factor.as_ref(),
        };
        Ok(self.bank(responses, groups, &design, &fitted))
    }

    /// Responses in the codes of the fixed items, whose categories may not all occur in the sample.
    fn coded<'a>(
        &self,
        responses: &'a ResponseMatrix,
    ) -> Result<Cow<'a, ResponseMatrix>, CalibrationError> {
        if self.fixed.is_empty() {
            return Ok(Cow::Borrowed(responses));
        }
        let coding = |i: &ItemCoding| {
            let fixed = self.fixed.iter().find(|f| f.coding.item == i.item);
            fixed.map_or_else(|| i.clone(), |f| f.coding.clone())
        };
        let codings: Vec<_> = responses.items().iter().map(coding).collect();
        Ok(Cow::Owned(responses.coded_like(&codings)?.0))
    }

    /// Lays out all parameters and validates the items.
    fn layout(
        &self,
        responses: &ResponseMatrix,
        groups: &Groups,
    ) -> Result<Layout, CalibrationError> {
        let dichotomous = matches!(
            self.model,
            Model::TwoParameter | Model::OneParameter | Model::Rasch
        );
        let unit_slope = matches!(self.model, Model::Rasch | Model::PartialCredit);
        let fixed_item = |name: &str| self.fixed.iter().find(|f| f.coding.item == name);
        let linked = responses
            .items()
            .iter()
            .any(|i| fixed_item(&i.item).is_some());
        let items = responses.items().len();
        let needed = if linked {
            1
        } else if unit_slope || self.model == Model::OneParameter {
            2
        } else {
            3
        };
        if items < needed {
            return Err(CalibrationError::TooFewItems { items, needed });
        }
        for name in &self.free_between_groups {
            if !responses.items().iter().any(|i| i.item == *name) {
                return Err(CalibrationError::UnknownItem(name.clone()));
            }
        }
        let mut free = 0;
        let mut next = || {
            free += 1;
            Parameter::Free(free - 1)
        };
        let common = (self.model == Model::OneParameter).then(&mut next);
        let mut by_group: Vec<Vec<ItemLayout>> =
            vec![Vec::with_capacity(items); groups.labels.len()];
        for item in responses.items() {
            let categories = item.categories.len();
            let name = || item.item.clone();
            let fixed = fixed_item(&item.item);
            if categories < 2 {
                return Err(CalibrationError::ConstantItem(name()));
            }
            if categories > MAX_MODEL_CATEGORIES {
                return Err(CalibrationError::TooManyCategories {
                    item: name(),
                    categories,
                });
            }
            if dichotomous && categories != 2 {
                return Err(CalibrationError::NotDichotomous {
                    item: name(),
                    categories,
                });
            }
            let mut item_layout = || match fixed {
                Some(fixed) => ItemLayout {
                    model: fixed.parameters.model,
                    parameters: std::iter::once(&fixed.parameters.slope)
                        .chain(&fixed.parameters.intercepts)
                        .map(|v| Parameter::Fixed(*v))
                        .collect(),
                },
                None => {
                    let slope = match common {
                        Some(common) => common,
                        None if unit_slope => Parameter::Fixed(1.0),
                        None => next(),
                    };
                    ItemLayout {
                        model: self.item_model(),
                        parameters: std::iter::once(slope)
                            .chain((1..categories).map(|_| next()))
                            .collect(),
                    }
                }
            };
            let free_here = self.free_between_groups.contains(&item.item);
            let mut shared: Option<ItemLayout> = None;
            for group in &mut by_group {
                let item = match &shared {
                    Some(shared) if !free_here => shared.clone(),
                    _ => item_layout(),
                };
                shared = Some(item.clone());
                group.push(item);
            }
        }
        let latent = (0..groups.labels.len())
            .map(|group| LatentLayout {
                mean: if group == 0 && !linked {
                    Parameter::Fixed(0.0)
                } else {
                    next()
                },
                variance: if group == 0 && !linked && !unit_slope {
                    Parameter::Fixed(1.0)
                } else {
                    next()
                },
            })
            .collect();
        Ok(Layout {
            groups: by_group,
            latent,
            free,
            priors: self.priors,
        })
    }

    /// Checks that every group answered every item, and chose every category of free items.
    fn check_cells(
        &self,
        responses: &ResponseMatrix,
        groups: &Groups,
    ) -> Result<(), CalibrationError> {
        for (g, label) in groups.labels.iter().enumerate() {
            for (i, item) in responses.items().iter().enumerate() {
                let mut counts = vec![0_usize; item.categories.len()];
                for (code, group) in responses.column(i).iter().zip(&groups.of) {
                    if let Some(n) = counts.get_mut(usize::from(*code)).filter(|_| *group == g) {
                        *n += 1;
                    }
                }
                let fixed = self.fixed.iter().any(|f| f.coding.item == item.item);
                let free =
                    self.free_between_groups.contains(&item.item) || groups.labels.len() == 1;
                if free && counts.iter().all(|n| *n == 0) {
                    return Err(CalibrationError::EmptyCell {
                        group: label.clone(),
                        item: item.item.clone(),
                    });
                }
                if let Some(empty) = counts
                    .iter()
                    .position(|n| *n == 0)
                    .filter(|_| free && !fixed)
                {
                    return Err(CalibrationError::EmptyCategory {
                        group: label.clone(),
                        item: item.item.clone(),
                        category: item.categories[empty],
                    });
                }
            }
        }
        Ok(())
    }

    /// Stride of the subsample to start on; 1 if the sample is small, has several groups, or a
    /// subsample would miss a category.
    fn sample_stride(
        &self,
        responses: &ResponseMatrix,
        design: &Patterns,
        layout: &Layout,
    ) -> usize {
        let stride = design.count() / SAMPLE.max(4 * layout.free);
        if stride < 3 || layout.groups.len() > 1 {
            return 1;
        }
        let complete = (0..responses.items().len()).all(|item| {
            let mut counts = vec![0; responses.items()[item].categories.len()];
            for code in responses.column(item).iter().step_by(stride) {
                if let Some(n) = counts.get_mut(usize::from(*code)) {
                    *n += 1;
                }
            }
            counts.iter().all(|n| *n >= 5)
        });
        if complete { stride } else { 1 }
    }
}
