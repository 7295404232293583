//! A calibrated item bank: plain data that scores a new person without the calibration sample.

use super::{
    item_models::ItemParameters,
    quadrature::Quadrature,
    responses::{ItemCoding, ResponseMatrix, ResponsesError, Scale},
};

/// An item response model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Model {
    /// Graded response, a slope an item.
    #[serde(rename = "grm")]
    GradedResponse,
    /// Generalised partial credit, a slope an item.
    #[serde(rename = "gpcm")]
    GeneralizedPartialCredit,
    /// Two categories, a slope an item.
    #[serde(rename = "2pl")]
    TwoParameter,
    /// Two categories, one slope for all, variance of the trait 1.
    #[serde(rename = "1pl")]
    OneParameter,
    /// Two categories, slope 1, variance of the trait free: the one-parameter model in other units.
    #[serde(rename = "rasch")]
    Rasch,
    /// Partial credit, slope 1, variance of the trait free.
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

    /// Its short name: `grm`, `gpcm`, `2pl`, `1pl`, `rasch`, `pcm`.
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

/// Prior distributions of the item parameters: none, or weak ones that keep small samples sane. Estimates are then
/// posterior modes (marginal maximum a posteriori), and the bank says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priors {
    #[default]
    None,
    /// ln |a| ~ N(0, `ln_slope_sd`^2); intercepts (of partial credit: their steps) ~ N(0, `intercept_sd`^2).
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

/// Standard errors of one item's parameters, from the full observed information.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ItemErrors {
    /// `None` where the slope was not estimated.
    pub slope: Option<f64>,
    pub intercepts: Vec<Option<f64>>,
    /// Of the difficulties, by the delta method.
    pub difficulties: Vec<Option<f64>>,
}

/// How an item was turned before calibration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Keying {
    /// Answers offered.
    #[serde(flatten)]
    pub scale: Scale,
    /// Whether the item was turned: min + max - answer.
    pub reversed: bool,
}

/// One calibrated item.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct BankItem {
    #[serde(flatten)]
    pub coding: ItemCoding,
    /// Known where a key was given at calibration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub keying: Option<Keying>,
    /// The group these parameters belong to, where an item was left free between groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    #[serde(flatten)]
    pub parameters: ItemParameters,
    pub difficulties: Vec<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub se: Option<ItemErrors>,
}

/// The trait's distribution in one group.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct LatentGroup {
    pub group: String,
    /// Persons with at least one answer, by frequency.
    pub n: f64,
    pub mean: f64,
    pub variance: f64,
    /// `None` where it was fixed.
    pub se_mean: Option<f64>,
    pub se_variance: Option<f64>,
}

/// A calibrated bank and how it came about.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Bank {
    pub model: Model,
    /// The scaling constant in exp(D (a theta + d)); always 1 here, written so that nobody has to guess.
    pub scaling_d: f64,
    /// Persons with at least one answer, by frequency.
    pub n: f64,
    pub items: Vec<BankItem>,
    pub groups: Vec<LatentGroup>,
    pub quadrature: Quadrature,
    pub priors: Priors,
    pub log_likelihood: f64,
    /// Estimated parameters.
    pub parameters: usize,
    /// Expectation steps.
    pub iterations: usize,
    /// Largest absolute element of the gradient where the search ended.
    pub max_gradient: f64,
    pub converged: bool,
    /// What a person should know before using the figures.
    pub warnings: Vec<String>,
}

/// Why a bank cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BankError {
    #[error("item \"{0}\" has parameters that make no response function")]
    Improper(String),
    #[error("item \"{0}\" has not one category more than intercepts")]
    Categories(String),
    #[error(
        "item \"{0}\" has one set of parameters a group; scoring needs a bank with one set in all"
    )]
    GroupSpecific(String),
    #[error("the bank has no items")]
    Empty,
    #[error("the quadrature needs 3 to 1001 nodes on a finite interval")]
    Quadrature,
    #[error("the bank was made with D = {0}; only D = 1 is supported")]
    Scaling(String),
}

impl Bank {
    /// Checks a bank that came from outside.
    ///
    /// # Errors
    /// When an item or the grid cannot be computed with.
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
    pub fn annotations(&self) -> Vec<ItemCoding> {
        self.items.iter().map(|i| i.coding.clone()).collect()
    }

    /// Parameters of the items, in order.
    pub fn item_parameters(&self) -> Vec<ItemParameters> {
        self.items.iter().map(|i| i.parameters.clone()).collect()
    }

    /// `responses` in this bank's codes (see [`ResponseMatrix::coded_like`]).
    ///
    /// # Errors
    /// An item or an answer that the bank does not know.
    pub fn code(
        &self,
        responses: &ResponseMatrix,
    ) -> Result<(ResponseMatrix, usize), ResponsesError> {
        responses.coded_like(&self.annotations())
    }

    /// Mean and variance of the trait in the first group: the prior that scoring uses.
    pub fn prior(&self) -> (f64, f64) {
        self.groups
            .first()
            .map_or((0.0, 1.0), |g| (g.mean, g.variance))
    }
}
