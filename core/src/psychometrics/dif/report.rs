//! Results of tests for differential item functioning, and errors.

use crate::{
    psychometrics::{calibration::CalibrationError, shared_categories::Collapsed},
    stats::multiplicity::{benjamini_hochberg, holm},
};

/// Minimum number of complete cases per group; below 100, results need a warning.
pub const MIN_GROUP: usize = 20;

/// Effect size class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Class {
    /// Negligible.
    A,
    /// Moderate.
    B,
    /// Large.
    C,
}

/// Reasons why items cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum DifError {
    #[error(
        "the groups have {reference} and {focal} complete cases; each needs at least {MIN_GROUP}"
    )]
    TooFew { reference: usize, focal: usize },
    #[error("matching persons on the sum score needs at least two items")]
    TooFewItems,
    #[error(transparent)]
    Calibration(#[from] CalibrationError),
    #[error("the anchor item \"{0}\" does not exist")]
    UnknownAnchor(String),
}

/// DIF result of one item. Statistics are `None` if the item is not informative (too few strata).
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ItemDif {
    pub item: String,
    /// `mantel-haenszel`, `mantel`, `logistic` or `likelihood-ratio`.
    pub method: String,
    pub chi2: Option<f64>,
    pub df: usize,
    pub p: Option<f64>,
    pub p_holm: Option<f64>,
    pub p_bh: Option<f64>,
    /// Effect size of the method (see the module's table); `favours` gives its direction.
    pub effect: Option<f64>,
    pub class: Option<Class>,
    /// Group with the higher expected score among matched persons.
    pub favours: Option<String>,
    #[serde(flatten)]
    pub detail: Detail,
}

/// Statistics of individual methods.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Detail {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alpha_mh: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub d_dif: Option<f64>,
    /// Standard error of D-DIF.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub se: Option<f64>,
    /// Standardised mean difference, focal minus reference, in response units.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smd: Option<f64>,
    /// `smd` divided by the item's standard deviation in both groups combined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smd_over_sd: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strata: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chi2_uniform: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p_uniform: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub chi2_nonuniform: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p_nonuniform: Option<f64>,
    /// Nagelkerke's R2 with group and interaction minus that with the sum score alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delta_r2: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delta_r2_uniform: Option<f64>,
    /// Expected score of the focal group minus that of the reference group, over the focal group's
    /// trait distribution.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signed_difference: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unsigned_difference: Option<f64>,
    /// Categories that one group lacks, collapsed for both groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub collapsed: Vec<Collapsed>,
}

/// Results of one method for all items.
#[derive(Clone, Debug, PartialEq)]
pub struct DifReport {
    pub items: Vec<ItemDif>,
    /// Number of purification rounds; 0 without purification.
    pub rounds: usize,
    /// Outcome of purification; `None` without purification.
    pub purification: Option<Purification>,
    /// Items that make up the matching score, or the anchors of a likelihood-ratio test.
    pub matching_items: Vec<String>,
}

/// Outcome of the purification of the matching score.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purification {
    /// The items without a flag are those of the matching score.
    Stable,
    /// At most one item was left without a flag, so the score of the round before was kept.
    NoItemsLeft,
    /// The flags were not stable after the maximum number of rounds.
    Unstable,
}

impl Purification {
    /// Why the matching score is not free of flagged items, if it is not.
    pub fn problem(self) -> Option<&'static str> {
        match self {
            Self::Stable => None,
            Self::NoItemsLeft => Some("too few items are left without a flag"),
            Self::Unstable => Some("the flags did not become stable"),
        }
    }
}

/// Adjusts the p values of all items for multiple testing.
pub fn adjust(items: &mut [ItemDif]) {
    let p: Vec<f64> = items.iter().map(|i| i.p.unwrap_or(f64::NAN)).collect();
    let (holm, bh) = (holm(&p), benjamini_hochberg(&p));
    for ((item, holm), bh) in items.iter_mut().zip(holm).zip(bh) {
        item.p_holm = Some(holm).filter(|p| p.is_finite());
        item.p_bh = Some(bh).filter(|p| p.is_finite());
    }
}
