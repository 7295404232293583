//! Calibrated item banks: plain data that scores new persons without the calibration sample.

use super::{
    item_models::ItemParameters,
    quadrature::Quadrature,
    responses::{ItemCoding, ResponseMatrix, ResponsesError, Scale},
};

/// An item response model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Model {
    /// Graded response model.
    #[serde(rename = "grm")]
    GradedResponse,
    /// Generalised partial credit model.
    #[serde(rename = "gpcm")]
    GeneralizedPartialCredit,
    /// Two-parameter logistic model.
    #[serde(rename = "2pl")]
    TwoParameter,
    /// One-parameter logistic model: a common slope and a trait variance of 1.
    #[serde(rename = "1pl")]
    OneParameter,
    /// Rasch model: slope 1 and a free trait variance; the one-parameter model in another metric.
    #[serde(rename = "rasch")]
    Rasch,
    /// Partial credit model: slope 1 and a free trait variance.
    #[serde(rename = "pcm")]
    PartialCredit,
}

impl Model {
    pub const ALL: [Self; 6] = [
        Self::GradedResponse,
        Self::GeneralizedPartialCredit,
        Self::TwoParameter,
        Self::OneParameter,
        Self::Rasch,
        Self::PartialCredit,
    ];

    /// Short name: `grm`, `gpcm`, `2pl`, `1pl`, `rasch`, `pcm`.
    pub fn name(self) -> &'static str {
        match self {
            Self::GradedResponse => "grm",
            Self::GeneralizedPartialCredit => "gpcm",
            Self::TwoParameter => "2pl",
            Self::OneParameter => "1pl",
            Self::Rasch => "rasch",
            Self::PartialCredit => "pcm",
        }
    }
}

/// Prior distributions of the item parameters. Weak priors stabilise small samples; estimates are
/// then marginal posterior modes (MMAP), which the bank records.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priors {
    #[default]
    None,
    /// ln |a| ~ N(0, `ln_slope_sd`^2); intercepts (steps in partial credit models) ~ N(0,
    /// `intercept_sd`^2).
    Weak { ln_slope_sd: f64, intercept_sd: f64 },
}

impl Priors {
    /// ln |a| ~ N(0, .5^2), d ~ N(0, 3^2).
    pub const fn weak() -> Self {
        Self::Weak {
            ln_slope_sd: 0.5,
            intercept_sd: 3.0,
        }
    }
}

/// Standard errors of one item's parameters, from the observed information matrix.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ItemErrors {
    /// `None` if the slope was not estimated.
    pub slope: Option<f64>,
    pub intercepts: Vec<Option<f64>>,
    /// Standard errors of the difficulties, by the delta method.
    pub difficulties: Vec<Option<f64>>,
}

/// Scoring direction of an item at calibration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Keying {
    /// Response options.
    #[serde(flatten)]
    pub scale: Scale,
    /// Whether the item is reverse-scored: min + max - response.
    pub reversed: bool,
}

/// One calibrated item.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct BankItem {
    #[serde(flatten)]
    pub coding: ItemCoding,
    /// `None` if no key was given at calibration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keying: Option<Keying>,
    /// Group of these parameters, if the item is free between groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    #[serde(flatten)]
    pub parameters: ItemParameters,
    pub difficulties: Vec<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub se: Option<ItemErrors>,
}

/// Trait distribution in one group.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct LatentGroup {
    pub group: String,
    /// Number of persons with at least one response, weighted by frequency.
    pub n: f64,
    pub mean: f64,
    pub variance: f64,
    /// `None` if the parameter was fixed.
    pub se_mean: Option<f64>,
    pub se_variance: Option<f64>,
}

/// A calibrated bank with a record of its calibration.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Bank {
    pub model: Model,
    /// The scaling constant in exp(D (a theta + d)); always 1, stored to make the metric explicit.
    pub scaling_d: f64,
    /// Number of persons with at least one response, weighted by frequency.
    pub n: f64,
    pub items: Vec<BankItem>,
    pub groups: Vec<LatentGroup>,
    pub quadrature: Quadrature,
    pub priors: Priors,
    pub log_likelihood: f64,
    /// Number of estimated parameters.
    pub parameters: usize,
    /// Number of expectation steps.
    pub iterations: usize,
    /// Largest absolute gradient element at the last iteration.
    pub max_gradient: f64,
    pub converged: bool,
    /// Limitations to consider when using the bank.
    pub warnings: Vec<String>,
}

/// Reasons why a bank cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BankError {
    #[error("item \"{0}\" has invalid parameters: they must be finite, with ordered intercepts")]
    Improper(String),
    #[error("item \"{0}\" must have one category more than intercepts")]
    Categories(String),
    #[error("item \"{0}\" has group-specific parameters; calibrate without free items to score")]
    GroupSpecific(String),
    #[error("the bank has no items")]
    Empty,
    #[error("the quadrature needs 3 to 1001 nodes on a finite interval")]
    Quadrature,
    #[error("the bank uses D = {0}; only D = 1 is supported")]
    Scaling(String),
}

impl Bank {
    /// Validates a bank from an external source.
    ///
    /// # Errors
    /// [`BankError`] if the scaling constant, the quadrature or an item is invalid.
    pub fn check(&self) -> Result<(), BankError> {
        if (self.scaling_d - 1.0).abs() > 1e-12 {
            return Err(BankError::Scaling(self.scaling_d.to_string()));
        }
        if !self.quadrature.is_proper() {
            return Err(BankError::Quadrature);
        }
        if self.items.is_empty() {
            return Err(BankError::Empty);
        }
        for item in &self.items {
            let name = || item.coding.item.clone();
            if !item.parameters.is_proper() {
                return Err(BankError::Improper(name()));
            }
            if item.coding.categories.len() != item.parameters.categories() {
                return Err(BankError::Categories(name()));
            }
            if item.group.is_some() {
                return Err(BankError::GroupSpecific(name()));
            }
        }
        Ok(())
    }

    /// Codings of the items, in order.
    pub fn codings(&self) -> Vec<ItemCoding> {
        self.items.iter().map(|i| i.coding.clone()).collect()
    }

    /// Parameters of the items, in order.
    pub fn item_parameters(&self) -> Vec<ItemParameters> {
        self.items.iter().map(|i| i.parameters.clone()).collect()
    }

    /// Recodes `responses` to the bank's category codes (see [`ResponseMatrix::coded_like`]).
    ///
    /// # Errors
    /// [`ResponsesError::UnknownItem`] or [`ResponsesError::UnknownCategory`] for an item or a
    /// response that the bank does not contain.
    pub fn code(
        &self,
        responses: &ResponseMatrix,
    ) -> Result<(ResponseMatrix, usize), ResponsesError> {
        responses.coded_like(&self.codings())
    }

    /// Mean and variance of the trait in the first group, used as the scoring prior.
    pub fn prior(&self) -> (f64, f64) {
        self.groups
            .first()
            .map_or((0.0, 1.0), |g| (g.mean, g.variance))
    }

    /// Normal weights of the scoring prior at the quadrature nodes.
    pub fn prior_weights(&self) -> Vec<f64> {
        let (mean, variance) = self.prior();
        self.quadrature.weights(mean, variance)
    }
}
