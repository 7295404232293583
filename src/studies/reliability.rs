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
    pub figures: Option<Reliability>,
    /// Why there are no figures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(flatten)]
    pub issues: ItemIssues,
    pub item_stats: Vec<ItemReliability>,
}

/// One item against the others of its scale.
#[derive(Clone, Debug, Serialize)]
pub struct ItemReliability {
    pub item: String,
    pub n: usize,
    #[serde(flatten)]
    pub statistics: ItemStatistics,
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
            let statistics = found.item_stats.iter().enumerate();
            report.item_stats = statistics
                .map(|(i, statistics)| ItemReliability {
                    item: item(i),
                    n: found.n,
                    statistics: *statistics,
                })
                .collect();
            report.figures = Some(found);
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
