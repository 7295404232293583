//! Item parameters from responses: marginal maximum likelihood to the point where the gradient vanishes.
//!
//! The trait is integrated out over a grid ([`Quadrature`]), so that the likelihood speaks of items alone (Bock & Aitkin
//! 1981). What other programs leave at a loose change of parameters is finished here on the exact gradient:
//!
//! 1. `start`: moments give slopes and intercepts;
//! 2. a sample of some thousand persons brings both the parameters and their information near to the end, at a fraction
//!    of the cost (only where there are many more);
//! 3. `optimise`: a few EM steps, then quasi-Newton on the marginal likelihood until no element of the gradient exceeds the
//!    tolerance;
//! 4. `likelihood`: standard errors from the full observed information there (Louis 1982).
//!
//! The idiom is linfa's:
//!
//! ```
//! use linfa::{DatasetBase, ParamGuard, traits::{Fit, Predict}};
//! use rapport::psychometrics::{calibration::GradedResponse, responses::ResponseMatrix};
//!
//! // Four items, three categories, answers that hang together.
//! let rows: Vec<Vec<Option<i32>>> = (0..200)
//!     .map(|i| (0..4).map(|j| Some(1 + (i * 7 + j * i % 3) % 9 / 3)).collect())
//!     .collect();
//! let dataset = DatasetBase::new(ResponseMatrix::from_rows(&rows)?, ());
//! let bank = GradedResponse::params().tolerance(1e-5).check()?.fit(&dataset)?;
//! assert!(bank.converged && bank.max_gradient < 1e-5);
//! let theta = bank.predict(&dataset);
//! assert_eq!(theta.len(), 200);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Several groups ([`Groups`] as targets) share their items unless [`CalibrationParams::free_between_groups`] names them;
//! the first group's trait is N(0, 1), the others' mean and variance are estimated. [`CalibrationParams::fixed`] holds the
//! items of an old bank and puts new ones on its scale (fixed-parameter linking, Kim 2006).

mod layout;
mod likelihood;
mod optimise;
mod start;

use std::borrow::Cow;

use linfa::{
    ParamGuard,
    dataset::{DatasetBase, Records},
    traits::{Fit, PredictInplace},
};
use ndarray::{Array1, Array2};

use self::{
    layout::{ItemPlaces, LatentPlaces, Layout, Place},
    likelihood::Likelihood,
    optimise::{Metric, Optimum, Stop},
};
pub use super::bank::Priors;
use super::{
    ability,
    bank::{Bank, BankItem, ItemErrors, LatentGroup, Model},
    item_models::{ItemModel, ItemParameters},
    patterns::Patterns,
    posterior::Grid,
    quadrature::Quadrature,
    responses::{ResponseMatrix, ResponsesError},
};

/// Fewest persons with an answer; below, nothing can be said.
pub const MIN_PERSONS: f64 = 20.0;
/// From this many persons on, a free calibration is usual (Reise & Yu 1990).
pub const COMFORTABLE_PERSONS: f64 = 500.0;
/// Persons of the sample that a large calibration starts on.
const SAMPLE: usize = 3000;

/// Why items cannot be calibrated.
#[derive(Debug, thiserror::Error)]
pub enum CalibrationError {
    #[error("the quadrature needs 3 to 1001 nodes on a finite interval")]
    Quadrature,
    #[error("the tolerance must be positive; it is {0}")]
    Tolerance(f64),
    #[error("standard deviations of priors must be positive")]
    Priors,
    #[error("there are {persons} persons with an answer; at least {MIN_PERSONS} are needed")]
    TooFewPersons { persons: f64 },
    #[error("there are {items} items; at least {needed} are needed to tell slope from trait")]
    TooFewItems { items: usize, needed: usize },
    #[error("item \"{0}\" has the same answer from everybody; leave it out")]
    ConstantItem(String),
    #[error("item \"{item}\" has {categories} categories; the model is for two")]
    NotDichotomous { item: String, categories: usize },
    #[error("group \"{group}\" has nobody who answered item \"{item}\"")]
    EmptyCell { group: String, item: String },
    #[error("item \"{item}\" is free between groups, but nobody in \"{group}\" chose {category}")]
    EmptyCategory {
        group: String,
        item: String,
        category: i32,
    },
    #[error("there is no item \"{0}\"")]
    UnknownItem(String),
    #[error("there are {weights} weights and {groups} group labels for {persons} persons")]
    Shape {
        persons: usize,
        weights: usize,
        groups: usize,
    },
    #[error("a frequency is negative or not a number")]
    Frequency,
    #[error(
        "the likelihood has no maximum that can be found from here: the answers say too little about the items"
    )]
    NoMaximum,
    #[error(transparent)]
    Responses(#[from] ResponsesError),
    #[error(transparent)]
    Linfa(#[from] linfa::Error),
}

/// Which group each person belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Groups {
    /// Names; the first is the reference group, whose trait is N(0, 1).
    pub labels: Vec<String>,
    /// Index into `labels`, one a person.
    pub of: Vec<usize>,
}

impl Groups {
    fn single(persons: usize) -> Self {
        Self {
            labels: vec!["all".to_owned()],
            of: vec![0; persons],
        }
    }
}

/// Graded response model.
pub struct GradedResponse;
/// Generalised partial credit model.
pub struct GeneralizedPartialCredit;
/// Two-parameter logistic model.
pub struct TwoParameterLogistic;
/// Rasch model: slope 1, free variance.
pub struct Rasch;

macro_rules! starts_params {
    ($($name:ident => $model:expr),*) => {$(
        impl $name {
            /// Parameters of a calibration, with documented defaults.
            pub fn params() -> CalibrationParams {
                CalibrationParams::new($model)
            }
        }
    )*};
}

starts_params!(
    GradedResponse => Model::GradedResponse,
    GeneralizedPartialCredit => Model::GeneralizedPartialCredit,
    TwoParameterLogistic => Model::TwoParameter,
    Rasch => Model::Rasch
);

/// Parameters not yet checked.
#[derive(Clone, Debug)]
pub struct CalibrationParams(ValidCalibration);

/// Parameters that make sense.
#[derive(Clone, Debug)]
pub struct ValidCalibration {
    model: Model,
    quadrature: Quadrature,
    tolerance: f64,
    max_iterations: usize,
    priors: Priors,
    standard_errors: bool,
    fixed: Vec<BankItem>,
    free_between_groups: Vec<String>,
}

impl CalibrationParams {
    /// 61 nodes on \[-6, 6\], gradient below 1e-4, at most 500 expectation steps, no priors, standard errors.
    pub fn new(model: Model) -> Self {
        Self(ValidCalibration {
            model,
            quadrature: Quadrature::default(),
            tolerance: 1e-4,
            max_iterations: 500,
            priors: Priors::None,
            standard_errors: true,
            fixed: Vec::new(),
            free_between_groups: Vec::new(),
        })
    }

    /// The grid over which the trait is integrated.
    pub fn quadrature(mut self, quadrature: Quadrature) -> Self {
        self.0.quadrature = quadrature;
        self
    }

    /// Largest element of the gradient of the log-likelihood at which the search ends.
    pub fn tolerance(mut self, gradient: f64) -> Self {
        self.0.tolerance = gradient;
        self
    }

    /// Most expectation steps; the bank says when they were not enough.
    pub fn max_iterations(mut self, steps: usize) -> Self {
        self.0.max_iterations = steps;
        self
    }

    /// Prior distributions of the item parameters.
    pub fn priors(mut self, priors: Priors) -> Self {
        self.0.priors = priors;
        self
    }

    /// Whether standard errors are wanted; without them a calibration costs about half.
    pub fn standard_errors(mut self, wanted: bool) -> Self {
        self.0.standard_errors = wanted;
        self
    }

    /// Holds the items of an old bank that the responses share, and puts the other items on its scale; mean and
    /// variance of the trait are then free.
    pub fn fixed(mut self, bank: &Bank) -> Self {
        self.0.fixed = bank.items.clone();
        self
    }

    /// Items that have their own parameters in each group.
    pub fn free_between_groups(mut self, items: Vec<String>) -> Self {
        self.0.free_between_groups = items;
        self
    }
}

impl ParamGuard for CalibrationParams {
    type Checked = ValidCalibration;
    type Error = CalibrationError;

    fn check_ref(&self) -> Result<&ValidCalibration, CalibrationError> {
        let p = &self.0;
        if !p.quadrature.is_proper() {
            return Err(CalibrationError::Quadrature);
        }
        if p.tolerance.is_nan() || p.tolerance <= 0.0 {
            return Err(CalibrationError::Tolerance(p.tolerance));
        }
        match p.priors {
            Priors::Weak {
                ln_slope_sd,
                intercept_sd,
            } if !(ln_slope_sd > 0.0 && intercept_sd > 0.0) => Err(CalibrationError::Priors),
            _ => Ok(p),
        }
    }

    fn check(self) -> Result<ValidCalibration, CalibrationError> {
        self.check_ref()?;
        Ok(self.0)
    }
}

impl Fit<ResponseMatrix, (), CalibrationError> for ValidCalibration {
    type Object = Bank;

    /// Calibrates the items of one group. The dataset's weights, where set, are frequencies of rows.
    fn fit(&self, dataset: &DatasetBase<ResponseMatrix, ()>) -> Result<Bank, CalibrationError> {
        let groups = Groups::single(dataset.records.persons());
        self.calibrate(&dataset.records, &groups, &dataset.weights)
    }
}

impl Fit<ResponseMatrix, Groups, CalibrationError> for ValidCalibration {
    type Object = Bank;

    /// Calibrates the items of several groups together. The dataset's weights, where set, are frequencies of rows.
    fn fit(&self, dataset: &DatasetBase<ResponseMatrix, Groups>) -> Result<Bank, CalibrationError> {
        self.calibrate(&dataset.records, &dataset.targets, &dataset.weights)
    }
}

impl PredictInplace<ResponseMatrix, Array1<f64>> for Bank {
    /// EAP scores. Answers must be in the bank's own codes ([`Bank::code`]).
    fn predict_inplace<'a>(&'a self, x: &'a ResponseMatrix, y: &mut Array1<f64>) {
        let scores = ability::score(self, x, ability::Method::Eap);
        for (out, score) in y.iter_mut().zip(scores) {
            *out = score.theta.unwrap_or(f64::NAN);
        }
    }

    fn default_target(&self, x: &ResponseMatrix) -> Array1<f64> {
        Array1::zeros(x.nsamples())
    }
}

/// One group and at most one frequency a person.
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
        // Every so-many-th person, all of them at 1.
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
        let items = start::start(responses, stride, self.item_model());
        let mut start = layout.start(&items);
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
            metric = found.metric.or(fresh).map(|m| m.for_share(1.0 / share));
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

    /// Responses in the codes of the fixed items, which a sample may not show in full.
    fn coded<'a>(
        &self,
        responses: &'a ResponseMatrix,
    ) -> Result<Cow<'a, ResponseMatrix>, CalibrationError> {
        if self.fixed.is_empty() {
            return Ok(Cow::Borrowed(responses));
        }
        let coding = |i: &super::responses::ItemCoding| {
            let fixed = self.fixed.iter().find(|f| f.coding.item == i.item);
            fixed.map_or_else(|| i.clone(), |f| f.coding.clone())
        };
        let codings: Vec<_> = responses.items().iter().map(coding).collect();
        Ok(Cow::Owned(responses.coded_like(&codings)?.0))
    }

    /// Places of all parameters, and the checks on items that need no likelihood.
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
        let held = |name: &str| self.fixed.iter().find(|f| f.coding.item == name);
        let linked = responses.items().iter().any(|i| held(&i.item).is_some());
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
            Place::Free(free - 1)
        };
        let common = (self.model == Model::OneParameter).then(&mut next);
        let mut by_group: Vec<Vec<ItemPlaces>> =
            vec![Vec::with_capacity(items); groups.labels.len()];
        for item in responses.items() {
            let categories = item.categories.len();
            let name = || item.item.clone();
            let fixed = held(&item.item);
            if categories < 2 {
                return Err(CalibrationError::ConstantItem(name()));
            }
            if dichotomous && categories != 2 {
                return Err(CalibrationError::NotDichotomous {
                    item: name(),
                    categories,
                });
            }
            let mut places = || match fixed {
                Some(fixed) => ItemPlaces {
                    model: fixed.parameters.model,
                    places: std::iter::once(&fixed.parameters.slope)
                        .chain(&fixed.parameters.intercepts)
                        .map(|v| Place::Held(*v))
                        .collect(),
                },
                None => {
                    let slope = match common {
                        Some(common) => common,
                        None if unit_slope => Place::Held(1.0),
                        None => next(),
                    };
                    ItemPlaces {
                        model: self.item_model(),
                        places: std::iter::once(slope)
                            .chain((1..categories).map(|_| next()))
                            .collect(),
                    }
                }
            };
            let own = self.free_between_groups.contains(&item.item);
            let mut shared: Option<ItemPlaces> = None;
            for group in &mut by_group {
                let item = match &shared {
                    Some(shared) if !own => shared.clone(),
                    _ => places(),
                };
                shared = Some(item.clone());
                group.push(item);
            }
        }
        let latent = (0..groups.labels.len())
            .map(|group| LatentPlaces {
                mean: if group == 0 && !linked {
                    Place::Held(0.0)
                } else {
                    next()
                },
                variance: if group == 0 && !linked && !unit_slope {
                    Place::Held(1.0)
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

    /// Every group must answer every item, and every category of an item that is free there.
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
                let own = self.free_between_groups.contains(&item.item) || groups.labels.len() == 1;
                if own && counts.iter().all(|n| *n == 0) {
                    return Err(CalibrationError::EmptyCell {
                        group: label.clone(),
                        item: item.item.clone(),
                    });
                }
                if let Some(empty) = counts
                    .iter()
                    .position(|n| *n == 0)
                    .filter(|_| own && !fixed)
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

    /// Of how many persons one is in the sample to start on: some when that is a small part of all and shows every
    /// category, else 1.
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
        let shown = (0..responses.items().len()).all(|item| {
            let mut counts = vec![0; responses.items()[item].categories.len()];
            for code in responses.column(item).iter().step_by(stride) {
                if let Some(n) = counts.get_mut(usize::from(*code)) {
                    *n += 1;
                }
            }
            counts.iter().all(|n| *n >= 5)
        });
        if shown { stride } else { 1 }
    }

    fn bank(
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

impl Layout {
    /// The free vector that holds these items and standard normal traits.
    fn start(&self, items: &[ItemParameters]) -> Array1<f64> {
        let mut psi = Array1::zeros(self.free);
        let shared_slope: f64 =
            items.iter().map(|i| i.slope.abs()).sum::<f64>() / items.len() as f64;
        let mut seen = vec![0_usize; self.free];
        for places in &self.groups {
            for (item, places) in items.iter().zip(places) {
                for (place, value) in places
                    .places
                    .iter()
                    .zip(std::iter::once(&item.slope).chain(&item.intercepts))
                {
                    if let Place::Free(at) = *place {
                        psi[at] = *value;
                        seen[at] += 1;
                    }
                }
            }
        }
        // A slope that belongs to all items.
        if let Some(Place::Free(at)) = self
            .groups
            .first()
            .and_then(|g| g.first())
            .map(|i| i.places[0])
            && seen[at] > self.groups.len()
        {
            psi[at] = shared_slope;
        }
        for latent in &self.latent {
            if let Place::Free(at) = latent.variance {
                psi[at] = 1.0;
            }
        }
        psi
    }
}

/// What the search found, read by item and group.
struct Fitted<'a> {
    layout: &'a Layout,
    found: &'a Optimum,
    /// W' with W'W the covariance of the free parameters: only few of its elements are ever asked for.
    covariance_factor: Option<&'a Array2<f64>>,
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
