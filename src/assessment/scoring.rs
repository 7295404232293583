//! Provisional scoring: answers in, a score with complete provenance out. Pure.

use std::collections::BTreeMap;

use linfa::{
    DatasetBase, ParamGuard,
    traits::{Fit, Predict},
};
use ndarray::Array2;
use serde::{Deserialize, Serialize};

use super::questionnaire::{ItemKind, Questionnaire};
use crate::{
    psychometrics::{
        careless,
        classical::standard_error_of_measurement,
        composite::{CompositeError, RationalComposite},
        norms::{Norm, percentile, t_score},
        responses::keyed_mean,
    },
    types::Instant,
};

/// Name of the scoring method, stored with every score.
pub const METHOD: &str = "rational-1";

/// Newest answer to an item, with the time it was first answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    pub value: i32,
    pub at: Instant,
}

/// Reliability of a facet estimated from the organisation's sittings.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MeasuredReliability {
    pub facet: String,
    pub alpha: f64,
    /// Standard deviation of the facet mean in the same sittings.
    pub sd: f64,
    pub n: usize,
}

/// Score of one facet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FacetScore {
    pub facet: String,
    pub name: String,
    pub answered: usize,
    /// Keyed item mean on the answer scale.
    pub mean: f64,
    /// T score: mean 50 and standard deviation 10 in the norm.
    pub t: f64,
    /// Standard error of `t`.
    pub se: f64,
    /// Percentage of the norm population below.
    pub percentile: f64,
    /// Contribution to the composite in T points.
    pub contribution: f64,
    pub reliability: f64,
    /// "assumed", or "measured on n sittings".
    pub reliability_source: String,
}

/// An indication of careless answers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QualitySignal {
    /// Stable identifier.
    pub signal: String,
    /// Description in plain words.
    pub text: String,
}

/// Score of a finished sitting with its provenance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Score {
    pub method: String,
    pub stage: String,
    pub questionnaire: String,
    pub questionnaire_version: i32,
    pub questionnaire_hash: String,
    pub norm: String,
    pub norm_source: String,
    /// Composite as a T score, and its standard error.
    pub composite: f64,
    pub composite_se: f64,
    pub composite_percentile: f64,
    pub facets: Vec<FacetScore>,
    pub signals: Vec<QualitySignal>,
    /// True with two or more independent signals, which suggest a conversation; never a reason for
    /// rejection.
    pub quality_note: bool,
    pub seconds_per_item: Option<f64>,
    /// Requirement for the next scoring stage.
    pub missing_for_next_stage: String,
}

/// Reasons why a sitting cannot be scored.
#[derive(Debug, thiserror::Error)]
pub enum ScoringError {
    #[error("facet \"{0}\" has too few answers; at least half of its items are needed")]
    TooFewAnswers(String),
    #[error(transparent)]
    Composite(#[from] CompositeError),
    #[error("the questionnaire cannot be hashed")]
    Hash(#[from] serde_json::Error),
}

/// Scores one sitting.
///
/// # Errors
/// [`ScoringError::TooFewAnswers`] if fewer than half of a facet's items are answered.
pub fn score(
    questionnaire: &Questionnaire,
    answers: &BTreeMap<String, Answer>,
    measured: &[MeasuredReliability],
) -> Result<Score, ScoringError> {
    let norm = Norm {
        mean: questionnaire.norm.mean,
        sd: questionnaire.norm.sd,
    };
    let (mut facets, mut z_scores, mut errors) = (Vec::new(), Vec::new(), Vec::new());
    for facet in &questionnaire.facets {
        let keyed: Vec<(bool, Option<f64>)> = questionnaire
            .items
            .iter()
            .filter_map(|item| match &item.kind {
                ItemKind::Facet { facet: f, reversed } if *f == facet.id => Some((
                    *reversed,
                    answers
                        .get(&item.id)
                        .map(|a| questionnaire.scale.keyed(a.value, *reversed)),
                )),
                _ => None,
            })
            .collect();
        let given: Vec<f64> = keyed.iter().filter_map(|(_, value)| *value).collect();
        let mean = keyed_mean(&given, keyed.len().div_ceil(2))
            .ok_or_else(|| ScoringError::TooFewAnswers(facet.id.clone()))?;
        let known = measured.iter().find(|m| m.facet == facet.id);
        let (reliability, sd) = known.map_or((questionnaire.norm.reliability, norm.sd), |m| {
            (m.alpha, m.sd)
        });
        let se_z = standard_error_of_measurement(sd, reliability) / norm.sd;
        let z = norm.z(mean);
        z_scores.push(z);
        errors.push(se_z);
        facets.push(FacetScore {
            facet: facet.id.clone(),
            name: facet.name.clone(),
            answered: given.len(),
            mean,
            t: t_score(z),
            se: 10.0 * se_z,
            percentile: percentile(z),
            contribution: 0.0,
            reliability,
            reliability_source: known.map_or_else(
                || "assumed".to_owned(),
                |m| format!("measured on {} sittings", m.n),
            ),
        });
    }
    let model = RationalComposite::params(questionnaire.facets.iter().map(|f| f.weight).collect())
        .facet_correlation(questionnaire.norm.facet_correlation)
        .check()?
        .fit(&DatasetBase::new(
            Array2::<f64>::zeros((0, z_scores.len())),
            (),
        ))?;
    for (facet, contribution) in facets.iter_mut().zip(model.contributions(&z_scores)) {
        facet.contribution = 10.0 * contribution;
    }
    let records = Array2::from_shape_fn((1, z_scores.len()), |(_, i)| z_scores[i]);
    let composite_z = model.predict(&records)[0];
    let (signals, seconds_per_item) = quality(questionnaire, answers);
    Ok(Score {
        method: METHOD.to_owned(),
        stage: "provisional".to_owned(),
        questionnaire: questionnaire.slug.clone(),
        questionnaire_version: questionnaire.version,
        questionnaire_hash: questionnaire.content_hash()?,
        norm: questionnaire.norm.name.clone(),
        norm_source: questionnaire.norm.source.clone(),
        composite: t_score(composite_z),
        composite_se: 10.0 * model.standard_error(&errors),
        composite_percentile: percentile(composite_z),
        facets,
        quality_note: signals.len() >= 2,
        signals,
        seconds_per_item,
        missing_for_next_stage: "Calibrated scores need 200 complete sittings of this version."
            .to_owned(),
    })
}

/// Signals of careless answering, and average seconds per item with pauses capped at a minute.
fn quality(
    questionnaire: &Questionnaire,
    answers: &BTreeMap<String, Answer>,
) -> (Vec<QualitySignal>, Option<f64>) {
    let in_order: Vec<(&ItemKind, Answer)> = questionnaire
        .items
        .iter()
        .filter_map(|i| Some((&i.kind, *answers.get(&i.id)?)))
        .collect();
    let mut signals = Vec::new();
    let mut signal = |name: &str, text: String| {
        signals.push(QualitySignal {
            signal: name.to_owned(),
            text,
        })
    };
    let wrong = in_order
        .iter()
        .filter(
            |(kind, a)| matches!(kind, ItemKind::Instructed { expected } if *expected != a.value),
        )
        .count();
    if wrong > 0 {
        signal(
            "instructed",
            format!("{wrong} of the statements that only ask for a certain answer got another one"),
        );
    }
    let values: Vec<i32> = in_order
        .iter()
        .filter(|(kind, _)| matches!(kind, ItemKind::Facet { .. }))
        .map(|(_, a)| a.value)
        .collect();
    let run = careless::longstring(&values);
    if run >= questionnaire.quality.longstring {
        signal(
            "longstring",
            format!("the same answer was given {run} times in a row"),
        );
    }
    if careless::irv(&values).is_some_and(|sd| sd < 0.3) {
        signal(
            "irv",
            "nearly all answers are the same, reversed statements included".to_owned(),
        );
    }
    let mut times: Vec<Instant> = in_order.iter().map(|(_, a)| a.at).collect();
    times.sort();
    let gaps: Vec<f64> = times
        .windows(2)
        .map(|pair| ((pair[1].0 - pair[0].0).num_milliseconds() as f64 / 1000.0).min(60.0))
        .collect();
    let seconds = (!gaps.is_empty()).then(|| gaps.iter().sum::<f64>() / gaps.len() as f64);
    if let Some(s) = seconds.filter(|s| *s < questionnaire.quality.seconds_per_item) {
        signal(
            "speed",
            format!("{s:.1} seconds a statement on average is faster than reading"),
        );
    }
    (signals, seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assessment::questionnaire::SERVICE_ATTITUDE;

    fn answered(value: impl Fn(usize, &ItemKind) -> i32, seconds: i64) -> Score {
        let q = Questionnaire::parse(SERVICE_ATTITUDE).expect("shipped");
        let start = Instant::now();
        let answers = q.items.iter().enumerate().map(|(i, item)| {
            let at = start.plus(chrono::Duration::seconds(seconds * i as i64));
            (
                item.id.clone(),
                Answer {
                    value: value(i, &item.kind),
                    at,
                },
            )
        });
        score(&q, &answers.collect(), &[]).expect("complete")
    }

    /// By hand, with a keyed answer of 4 to every item: z = (4 - 3.75) / .55 = .4545; the weights 3
    /// 3 2 3 2 2 of 15 have squares 39 / 225 = .17333; w'Rw = .17333 + .5 x .82667 = .58667;
    /// composite z = .4545 / .76594 = .59344.
    #[test]
    fn score_matches_hand_calculation() {
        let keyed_four = |_: usize, kind: &ItemKind| match kind {
            ItemKind::Facet { reversed, .. } => {
                if *reversed {
                    2
                } else {
                    4
                }
            }
            ItemKind::Instructed { expected } => *expected,
        };
        let s = answered(keyed_four, 7);
        assert!(
            (s.facets[0].t - 54.5455).abs() < 1e-3 && (s.facets[0].se - 5.0).abs() < 1e-9,
            "{:?}",
            s.facets[0]
        );
        assert!((s.composite - 55.9344).abs() < 1e-3, "{}", s.composite);
        // sqrt(sum w^2) x .5 / .76594 x 10.
        assert!(
            (s.composite_se - 10.0 * 0.5 * 0.173_333_f64.sqrt() / 0.765_942).abs() < 1e-3,
            "{}",
            s.composite_se
        );
        assert!(s.signals.is_empty() && !s.quality_note);
        let sum: f64 = s.facets.iter().map(|f| f.contribution).sum();
        assert!((50.0 + sum - s.composite).abs() < 1e-9);
    }

    #[test]
    fn one_signal_gives_no_note_and_two_do() {
        let same = answered(|_, _| 4, 1);
        let names: Vec<&str> = same.signals.iter().map(|s| s.signal.as_str()).collect();
        assert_eq!(names, ["instructed", "longstring", "irv", "speed"]);
        assert!(same.quality_note);
        let quick = answered(
            |i, kind| match kind {
                ItemKind::Instructed { expected } => *expected,
                ItemKind::Facet { .. } => 2 + i32::try_from(i % 3).unwrap_or(0),
            },
            1,
        );
        assert!(
            quick.signals.len() == 1 && !quick.quality_note,
            "{:?}",
            quick.signals
        );
    }

    #[test]
    fn sittings_with_too_few_answers_are_not_scored() {
        let q = Questionnaire::parse(SERVICE_ATTITUDE).expect("shipped");
        assert!(matches!(
            score(&q, &BTreeMap::new(), &[]),
            Err(ScoringError::TooFewAnswers(_))
        ));
    }
}
