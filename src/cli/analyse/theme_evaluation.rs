//! Precision and recall of theme mentions and moods against labels of people.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::{stats::intervals::wilson, text::mention::Polarity};

/// Label of the mood of a whole comment.
const MOOD: &str = "mood";
/// A comment without themes, as people may write it.
const NO_THEME: &str = "none";
const CONFIDENCE: f64 = 0.95;

/// A theme, or [`MOOD`], and a polarity.
pub type Label = (String, Polarity);

#[derive(Clone, Copy, Default)]
struct Count {
    labelled: u64,
    found: u64,
    right: u64,
}

/// Counts comments by label.
#[derive(Default)]
pub struct Evaluation {
    counts: BTreeMap<Label, Count>,
    comments: u64,
    unknown: BTreeSet<String>,
}

/// A share with its Wilson interval at 95 %.
#[derive(Serialize)]
pub struct Share {
    share: f64,
    low: f64,
    high: f64,
}

/// Accuracy of one theme with one polarity.
#[derive(Serialize)]
pub struct Quality {
    theme: String,
    polarity: Polarity,
    labelled: u64,
    found: u64,
    right: u64,
    /// Precision.
    precision: Option<Share>,
    /// Recall.
    recall: Option<Share>,
}

/// The whole comparison.
#[derive(Serialize)]
pub struct EvaluationReport {
    /// Comments with labels.
    comments: u64,
    /// Parts of labels that name no polarity.
    unknown_labels: Vec<String>,
    themes: Vec<Quality>,
}

impl Evaluation {
    /// Compares what was found in a comment with its labels: `theme:polarity`, several separated by
    /// `;`, or a polarity alone for the mood, or `none`. A comment without labels is left out.
    pub fn add(&mut self, labels: &str, found: impl IntoIterator<Item = Label>) {
        let mut labelled = BTreeSet::new();
        let parts = labels
            .split(';')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        for part in parts.clone().filter(|part| *part != NO_THEME) {
            let (theme, polarity) = part.rsplit_once(':').unwrap_or((MOOD, part));
            match Polarity::parse(polarity.trim()) {
                Some(polarity) => drop(labelled.insert((theme.trim().to_owned(), polarity))),
                None => drop(self.unknown.insert(part.to_owned())),
            }
        }
        if parts.count() == 0 {
            return;
        }
        self.comments += 1;
        // The mood is judged where it is labelled.
        let has_mood = labelled.iter().any(|(theme, _)| theme == MOOD);
        let found: BTreeSet<Label> = found
            .into_iter()
            .filter(|(theme, _)| has_mood || theme != MOOD)
            .collect();
        for label in labelled.union(&found) {
            let count = self.counts.entry(label.clone()).or_default();
            let (is_labelled, is_found) = (labelled.contains(label), found.contains(label));
            count.labelled += u64::from(is_labelled);
            count.found += u64::from(is_found);
            count.right += u64::from(is_labelled && is_found);
        }
    }

    /// Adds the counts of another part of the comments.
    pub fn merge(&mut self, other: Self) {
        self.comments += other.comments;
        self.unknown.extend(other.unknown);
        for (label, more) in other.counts {
            let own = self.counts.entry(label).or_default();
            own.labelled += more.labelled;
            own.found += more.found;
            own.right += more.right;
        }
    }

    pub fn report(self) -> EvaluationReport {
        let share = |x: u64, n: u64| {
            let interval = wilson(x, n, CONFIDENCE)?;
            Some(Share {
                share: x as f64 / n as f64,
                low: interval.low,
                high: interval.high,
            })
        };
        let quality = |((theme, polarity), count): (Label, Count)| Quality {
            theme,
            polarity,
            labelled: count.labelled,
            found: count.found,
            right: count.right,
            precision: share(count.right, count.found),
            recall: share(count.right, count.labelled),
        };
        EvaluationReport {
            comments: self.comments,
            unknown_labels: self.unknown.into_iter().collect(),
            themes: self.counts.into_iter().map(quality).collect(),
        }
    }
}

/// The mood of a comment as a label.
pub fn mood_label(mood: Polarity) -> Label {
    (MOOD.to_owned(), mood)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn precision_and_recall_count_comments() {
        let mut evaluation = Evaluation::default();
        let polite = || ("courtesy".to_owned(), Polarity::Positive);
        let slow = || ("pace".to_owned(), Polarity::Negative);
        evaluation.add("courtesy:positive; pace : negative", [polite()]);
        evaluation.add("none", [polite()]);
        evaluation.add("", [slow()]);
        evaluation.add("positive; nonsense", [mood_label(Polarity::Positive)]);
        let report = evaluation.report();
        assert_eq!(report.comments, 3);
        assert_eq!(report.unknown_labels, ["nonsense"]);
        let counts: Vec<(&str, u64, u64, u64)> = report
            .themes
            .iter()
            .map(|t| (t.theme.as_str(), t.labelled, t.found, t.right))
            .collect();
        assert_eq!(
            counts,
            [("courtesy", 1, 2, 1), ("mood", 1, 1, 1), ("pace", 1, 0, 0)]
        );
        let precision = report.themes[0].precision.as_ref().expect("found twice");
        assert!(precision.low < 0.5 && 0.5 < precision.high);
        assert!(report.themes[2].precision.is_none());
    }
}
