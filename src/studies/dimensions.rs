//! Number of dimensions of scales, with names.

use serde::Serialize;

use super::{
    item_issues::{ItemIssues, ScaleError},
    reliability::complete,
};
use crate::psychometrics::{
    dimensionality::{Component, dimensionality},
    responses::ResponseMatrix,
};

/// Parallel analysis and one-factor fit of one scale on complete cases.
#[derive(Clone, Debug, Serialize)]
pub struct ScaleDimensions {
    pub scale: String,
    #[serde(flatten)]
    pub figures: Option<Figures>,
    /// Why there are no figures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(flatten)]
    pub issues: ItemIssues,
    pub loadings: Vec<Loading>,
    pub components: Vec<Component>,
}

/// Figures of the scale as a whole.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Figures {
    pub n: usize,
    /// Number of components above those of shuffled data.
    pub suggested: usize,
    pub first_to_second: f64,
    pub one_factor_srmr: f64,
}

/// Loading of an item on the single factor.
#[derive(Clone, Debug, Serialize)]
pub struct Loading {
    pub item: String,
    pub loading: f64,
}

/// Dimensions of `scale` from the keyed answers to its items. Where they cannot be computed, the
/// report says why.
pub fn scale_dimensions(
    scale: &str,
    answers: &ResponseMatrix,
    shuffles: usize,
    seed: u64,
) -> ScaleDimensions {
    let issues = ItemIssues::find(answers);
    let mut report = ScaleDimensions {
        scale: scale.to_owned(),
        figures: None,
        reason: None,
        loadings: Vec::new(),
        components: Vec::new(),
        issues,
    };
    let found = match ScaleError::of(&report.issues, answers) {
        Some(error) => Err(error),
        // A singular correlation matrix has no maximum likelihood factor.
        None if !report.issues.duplicates.is_empty() => {
            Err(ScaleError::Duplicates(report.issues.duplicate_pairs()))
        }
        None => dimensionality(&complete(answers), shuffles, seed)
            .ok_or(ScaleError::TooFewForDimensions),
    };
    match found {
        Err(error) => report.reason = Some(error.to_string()),
        Ok(found) => {
            let loadings = answers.items().iter().zip(&found.loadings);
            report.loadings = loadings
                .map(|(item, loading)| Loading {
                    item: item.item.clone(),
                    loading: *loading,
                })
                .collect();
            report.figures = Some(Figures {
                n: found.n,
                suggested: found.suggested,
                first_to_second: found.first_to_second,
                one_factor_srmr: found.one_factor_srmr,
            });
            report.components = found.components;
        }
    }
    report
}
