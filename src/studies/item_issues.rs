//! Items that make the figures of a scale impossible or doubtful.

use serde::Serialize;

use crate::psychometrics::responses::{MISSING, ResponseMatrix};

/// Complete cases from which two equal columns are duplicates and no coincidence.
const MIN_CASES: usize = 10;

/// Complete cases below which equal answers are no sign of a constant item.
const MIN_VARYING: usize = 3;

/// Items of a scale with a problem, in column order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ItemIssues {
    /// Items that nobody answered.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unanswered: Vec<String>,
    /// Items without variance: everybody with complete answers gave the same one.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub constant: Vec<String>,
    /// Pairs of items to which everybody gave the same answers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub duplicates: Vec<[String; 2]>,
}

impl ItemIssues {
    /// Finds the problems among the keyed answers to the items of one scale.
    pub fn find(answers: &ResponseMatrix) -> Self {
        let items = answers.items();
        let name = |item: usize| items[item].item.clone();
        let cases = answers.complete_cases();
        let all: Vec<usize> = (0..items.len()).collect();
        let varies = |item: &usize| {
            let mut given = cases.iter().map(|p| answers.code(*p, *item));
            let first = given.next();
            given.any(|code| Some(code) != first)
        };
        let answered = |item: &usize| answers.column(*item).iter().any(|c| *c != MISSING);
        let (answered, unanswered): (Vec<usize>, Vec<usize>) = all.into_iter().partition(answered);
        let (varying, constant): (Vec<usize>, Vec<usize>) = if cases.len() < MIN_VARYING {
            (answered, Vec::new())
        } else {
            answered.into_iter().partition(varies)
        };
        let same = |a: usize, b: usize| {
            items[a].categories == items[b].categories && answers.column(a) == answers.column(b)
        };
        let mut duplicates = Vec::new();
        for (i, first) in varying.iter().enumerate() {
            // An item is a duplicate of the first one like it.
            let earlier = varying[..i].iter().any(|e| same(*e, *first));
            let later = varying[i + 1..].iter().filter(|l| same(*first, **l));
            if !earlier && cases.len() >= MIN_CASES {
                duplicates.extend(later.map(|l| [name(*first), name(*l)]));
            }
        }
        Self {
            unanswered: unanswered.into_iter().map(name).collect(),
            constant: constant.into_iter().map(name).collect(),
            duplicates,
        }
    }

    /// Duplicates in words: "q1 and q4".
    pub fn duplicate_pairs(&self) -> Vec<String> {
        let words = |[a, b]: &[String; 2]| format!("{a} and {b}");
        self.duplicates.iter().map(words).collect()
    }
}

/// "it" for one item, "them" for several.
fn it(items: &[String]) -> &'static str {
    match items {
        [_] => "it",
        _ => "them",
    }
}

/// Reasons why a scale has no figures.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScaleError {
    #[error("nobody answered {}; leave {} out", .0.join(", "), it(.0))]
    Unanswered(Vec<String>),
    #[error("nobody answered all {0} items")]
    NoCompleteCases(usize),
    #[error("everybody with complete answers gave the same answer to {}; leave {} out", .0.join(", "), it(.0))]
    Constant(Vec<String>),
    #[error("everybody gave the same answers to {}; leave one of each pair out", .0.join(", "))]
    Duplicates(Vec<String>),
    #[error(transparent)]
    Reliability(#[from] crate::psychometrics::classical::ClassicalError),
    #[error("parallel analysis needs three different items and more complete cases than items")]
    TooFewForDimensions,
}

impl ScaleError {
    /// The problem that explains best why the figures of `answers` cannot be computed.
    pub fn of(issues: &ItemIssues, answers: &ResponseMatrix) -> Option<Self> {
        if !issues.unanswered.is_empty() {
            Some(Self::Unanswered(issues.unanswered.clone()))
        } else if answers.complete_cases().is_empty() {
            Some(Self::NoCompleteCases(answers.items().len()))
        } else if !issues.constant.is_empty() {
            Some(Self::Constant(issues.constant.clone()))
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matrix(columns: usize, answer: impl Fn(usize, usize) -> Option<i32>) -> ResponseMatrix {
        let row = |person| (0..columns).map(|item| answer(person, item)).collect();
        let rows: Vec<Vec<Option<i32>>> = (0..12).map(row).collect();
        ResponseMatrix::from_rows(&rows).expect("few values")
    }

    #[test]
    fn items_without_answers_variance_or_difference_are_named() {
        let answers = matrix(4, |person, item| match item {
            0 | 3 => Some(person as i32 % 5),
            1 => Some(person as i32 / 3),
            _ => Some(4),
        });
        let issues = ItemIssues::find(&answers);
        assert_eq!(issues.constant, ["i3"]);
        assert_eq!(issues.duplicates, [["i1".to_owned(), "i4".to_owned()]]);
        let empty = matrix(2, |person, item| (item == 0).then_some(person as i32));
        assert_eq!(ItemIssues::find(&empty).unanswered, ["i2"]);
    }

    #[test]
    fn an_item_may_be_constant_among_complete_cases_only() {
        // Item 2 varies, but only where item 1 is missing.
        let answers = matrix(2, |person, item| match item {
            0 => (person < 6).then_some(person as i32),
            _ => Some(i32::from(person >= 6)),
        });
        assert_eq!(ItemIssues::find(&answers).constant, ["i2"]);
    }
}
