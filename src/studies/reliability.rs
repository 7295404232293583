//! Classical reliability of scales, with names.

use ndarray::Array2;
use serde::Serialize;

use super::item_issues::{ItemIssues, ScaleError};
use crate::psychometrics::{
    classical::{self, ClassicalError, ItemStatistics, Reliability},
    responses::ResponseMatrix,
};

/// Reliability of one scale on complete cases.
#[derive(Clone, Debug, Serialize)]
pub struct ScaleReliability {
    pub scale: String,
    /// True if an item correlates negatively with the others: it is probably keyed the wrong way,
    /// and the figures mean nothing until the key is settled.
    pub blocked: bool,
    pub miskeyed: Vec<String>,
    #[serde(flatten)]
    pub figures: Option<Figures>,
    /// Why there are no figures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(flatten)]
    pub issues: ItemIssues,
    pub item_stats: Vec<ItemReliability>,
}

/// Figures of [`Reliability`] about the scale as a whole.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    pub n: usize,
    pub items: usize,
    pub alpha: f64,
    pub alpha_ci: [f64; 2],
    pub alpha_ci_duhachek: [f64; 2],
    pub alpha_se: f64,
    pub alpha_standardized: f64,
    pub omega_total: f64,
    pub omega_total_observed: f64,
    pub guttman_lambda6: f64,
    pub split_half: f64,
    pub split_half_mean: f64,
    pub mean_inter_item_r: f64,
    /// Standard deviation of the sum score.
    pub sd: f64,
    pub sem: f64,
}

/// One item against the others of its scale.
#[derive(Clone, Debug, Serialize)]
pub struct ItemReliability {
    pub item: String,
    pub n: usize,
    #[serde(flatten)]
    pub statistics: ItemStatistics,
}

impl From<&Reliability> for Figures {
    fn from(r: &Reliability) -> Self {
        Self {
            n: r.n,
            items: r.items,
            alpha: r.alpha,
            alpha_ci: [r.interval.low, r.interval.high],
            alpha_ci_duhachek: [r.duhachek.low, r.duhachek.high],
            alpha_se: r.alpha_se,
            alpha_standardized: r.alpha_standardized,
            omega_total: r.omega_total,
            omega_total_observed: r.omega_total_observed,
            guttman_lambda6: r.guttman_lambda6,
            split_half: r.split_half,
            split_half_mean: r.split_half_mean,
            mean_inter_item_r: r.mean_inter_item_r,
            sd: r.sd,
            sem: r.sem,
        }
    }
}

/// Reliability of `scale` from the keyed answers to its items. Where it cannot be computed, the
/// report says why.
pub fn scale_reliability(scale: &str, answers: &ResponseMatrix) -> ScaleReliability {
    let issues = ItemIssues::find(answers);
    let found = match ScaleError::of(&issues, answers) {
        Some(error) => Err(error),
        None => classical::reliability(&complete(answers)).map_err(|error| match error {
            ClassicalError::Singular if !issues.duplicates.is_empty() => {
                ScaleError::Duplicates(issues.duplicate_pairs())
            }
            error => ScaleError::Reliability(error),
        }),
    };
    let item = |i: usize| answers.items()[i].item.clone();
    let mut report = ScaleReliability {
        scale: scale.to_owned(),
        blocked: false,
        miskeyed: Vec::new(),
        figures: None,
        reason: None,
        issues,
        item_stats: Vec::new(),
    };
    match found {
        Err(error) => report.reason = Some(error.to_string()),
        Ok(found) => {
            report.miskeyed = found.miskeyed.iter().map(|i| item(*i)).collect();
            report.blocked = !report.miskeyed.is_empty();
            report.figures = Some(Figures::from(&found));
            let statistics = found.item_stats.iter().enumerate();
            report.item_stats = statistics
                .map(|(i, statistics)| ItemReliability {
                    item: item(i),
                    n: found.n,
                    statistics: *statistics,
                })
                .collect();
        }
    }
    report
}

/// The complete cases as numbers, persons x items.
pub fn complete(answers: &ResponseMatrix) -> Array2<f64> {
    let cases = answers.complete_cases();
    Array2::from_shape_fn((cases.len(), answers.items().len()), |(p, i)| {
        answers.answer(cases[p], i).map_or(f64::NAN, f64::from)
    })
}
