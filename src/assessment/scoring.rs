//! Provisional scoring: answers in, a score with complete provenance out. Pure.

use std::collections::{BTreeMap, BTreeSet};

use linfa::{
    DatasetBase, ParamGuard,
    traits::{Fit, Predict},
};
use ndarray::Array2;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::questionnaire::{ItemKind, Questionnaire};
use crate::{
    locale::{Localised, Message},
    msg,
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

/// Origin of a facet's reliability.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum ReliabilitySource {
    /// Stated by the questionnaire.
    Assumed,
    /// Measured on so many of the organisation's sittings.
    Sittings(usize),
}

impl From<ReliabilitySource> for String {
    fn from(source: ReliabilitySource) -> Self {
        match source {
            ReliabilitySource::Assumed => "assumed".to_owned(),
            ReliabilitySource::Sittings(n) => format!("measured on {n} sittings"),
        }
    }
}

impl TryFrom<String> for ReliabilitySource {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let number = |text: &str| {
            let n = text.strip_prefix("measured on ")?;
            n.strip_suffix(" sittings")?.parse().ok()
        };
        match text.as_str() {
            "assumed" => Ok(Self::Assumed),
            other => number(other)
                .map(Self::Sittings)
                .ok_or("unknown source of a reliability"),
        }
    }
}

impl Localised for ReliabilitySource {
    fn message(&self) -> Message {
        match self {
            Self::Assumed => msg!("reliability-assumed"),
            Self::Sittings(n) => msg!("reliability-measured", count = n),
        }
    }
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
    pub reliability_source: ReliabilitySource,
}

/// Kind of a signal of careless answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Signal {
    /// Wrong answers to statements that ask for a certain answer.
    Instructed,
    /// A long run of equal answers.
    Longstring,
    /// Nearly no variation between answers (intra-individual response variability).
    Irv,
    /// Answered faster than the statements can be read.
    Speed,
    /// A sequence of answers that is repeated again and again.
    RepeatedPattern,
    /// Identical answers to statements and to their opposites.
    Contradiction,
    /// Answers within facets scatter as if given at random.
    WithinScaleSd,
}

impl Signal {
    /// Signals of one family are redundant.
    fn family(self) -> u8 {
        match self {
            Self::Instructed => 0,
            Self::Longstring | Self::Irv | Self::RepeatedPattern => 1,
            Self::Speed => 2,
            Self::Contradiction | Self::WithinScaleSd => 3,
        }
    }
}

/// A signal of careless answers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct QualitySignal {
    pub signal: Signal,
    /// Number of wrong answers, or length of the run; absent for other signals and in scores stored
    /// before it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<usize>,
}

impl Localised for QualitySignal {
    fn message(&self) -> Message {
        match (self.signal, self.count) {
            (Signal::Instructed, Some(n)) => msg!("signal-instructed", count = n),
            (Signal::Instructed, None) => msg!("signal-instructed-some"),
            (Signal::Longstring, Some(n)) => msg!("signal-longstring", times = n),
            (Signal::Longstring, None) => msg!("signal-longstring-some"),
            (Signal::Irv, _) => msg!("signal-irv"),
            (Signal::Speed, _) => msg!("signal-speed"),
            (Signal::RepeatedPattern, _) => msg!("signal-repeated-pattern"),
            (Signal::Contradiction, _) => msg!("signal-contradiction"),
            (Signal::WithinScaleSd, _) => msg!("signal-within-scale-sd"),
        }
    }
}

/// How far a score rests on data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ScoreStage {
    /// Theoretical norm and rational weights.
    Provisional,
}

impl ScoreStage {
    /// Stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Provisional => "provisional",
        }
    }

    /// Requirement for the next stage.
    pub fn next(self) -> Message {
        match self {
            Self::Provisional => msg!("score-next-calibrated"),
        }
    }
}

impl Localised for ScoreStage {
    fn message(&self) -> Message {
        match self {
            Self::Provisional => msg!("score-provisional"),
        }
    }
}

/// Score of a finished sitting with its provenance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CandidateScore {
    pub method: String,
    pub stage: ScoreStage,
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
    /// Average with pauses capped at a minute.
    pub seconds_per_item: Option<f64>,
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
) -> Result<CandidateScore, ScoringError> {
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
            reliability_source: known.map_or(ReliabilitySource::Assumed, |m| {
                ReliabilitySource::Sittings(m.n)
            }),
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
    Ok(CandidateScore {
        method: METHOD.to_owned(),
        stage: ScoreStage::Provisional,
        questionnaire: questionnaire.slug.clone(),
        questionnaire_version: questionnaire.version,
        questionnaire_hash: questionnaire.content_hash()?,
        norm: questionnaire.norm.name.clone(),
        norm_source: questionnaire.norm.source.clone(),
        composite: t_score(composite_z),
        composite_se: 10.0 * model.standard_error(&errors),
        composite_percentile: percentile(composite_z),
        facets,
        quality_note: families(&signals) >= 2,
        signals,
        seconds_per_item,
    })
}

/// Number of independent kinds of signals.
fn families(signals: &[QualitySignal]) -> usize {
    let families: BTreeSet<u8> = signals.iter().map(|s| s.signal.family()).collect();
    families.len()
}

/// Standard deviation within facets, as a share of the response range, from which answers look
/// random: uniform answers have .35, and careful ones about .2.
const RANDOM_SD: f64 = 0.3;

/// Answers to statements and their opposites in a repeated pattern that make a contradiction.
const CONTRADICTING_ITEMS: usize = 3;

/// Adds signals of answers that do not depend on the statements or contradict each other.
fn content_signals(
    questionnaire: &Questionnaire,
    answers: &BTreeMap<String, Answer>,
    add: &mut impl FnMut(Signal, Option<usize>),
) {
    let mut values = Vec::new();
    let mut directions = Vec::new();
    let mut keyed = Vec::new();
    let mut facets: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for item in &questionnaire.items {
        let (ItemKind::Facet { facet, reversed }, Some(answer)) =
            (&item.kind, answers.get(&item.id))
        else {
            continue;
        };
        facets.entry(facet).or_default().push(values.len());
        values.push(answer.value);
        directions.push(*reversed);
        keyed.push(questionnaire.scale.keyed(answer.value, *reversed));
    }
    let run = careless::longstring(&values);
    let pattern = careless::RepeatedPattern::longest(&values);
    let same = run >= questionnaire.quality.longstring;
    let repeated = pattern.repetitions() >= (values.len() / 2).max(6);
    if same {
        add(Signal::Longstring, Some(run));
    }
    if repeated {
        add(Signal::RepeatedPattern, None);
    }
    if careless::irv(&values).is_some_and(|sd| sd < 0.3) {
        add(Signal::Irv, None);
    }
    if (same || repeated) && pattern.crosses_directions(&directions, CONTRADICTING_ITEMS) {
        add(Signal::Contradiction, None);
    }
    let facets: Vec<Vec<usize>> = facets.into_values().collect();
    let range = f64::from(questionnaire.scale.max - questionnaire.scale.min);
    let sd = careless::within_scale_sd(&keyed, &facets);
    if sd.is_some_and(|sd| sd > RANDOM_SD * range) {
        add(Signal::WithinScaleSd, None);
    }
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
    let mut add = |signal, count| signals.push(QualitySignal { signal, count });
    let wrong = in_order
        .iter()
        .filter(
            |(kind, a)| matches!(kind, ItemKind::Instructed { expected } if *expected != a.value),
        )
        .count();
    if wrong > 0 {
        add(Signal::Instructed, Some(wrong));
    }
    content_signals(questionnaire, answers, &mut add);
    let mut times: Vec<Instant> = in_order.iter().map(|(_, a)| a.at).collect();
    times.sort();
    let gaps: Vec<f64> = times
        .windows(2)
        .map(|pair| ((pair[1].0 - pair[0].0).num_milliseconds() as f64 / 1000.0).min(60.0))
        .collect();
    let seconds = (!gaps.is_empty()).then(|| gaps.iter().sum::<f64>() / gaps.len() as f64);
    if seconds.is_some_and(|s| s < questionnaire.quality.seconds_per_item) {
        add(Signal::Speed, None);
    }
    (signals, seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::assessment::questionnaire::SERVICE_ATTITUDE;

    fn answered(value: impl Fn(usize, &ItemKind) -> i32, seconds: i64) -> CandidateScore {
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

    /// Correct answers to the attention checks, at a careful pace.
    fn careful(value: impl Fn(usize) -> i32) -> CandidateScore {
        let answer = |i: usize, kind: &ItemKind| match kind {
            ItemKind::Instructed { expected } => *expected,
            ItemKind::Facet { .. } => value(i),
        };
        answered(answer, 7)
    }

    fn signals(score: &CandidateScore) -> Vec<Signal> {
        score.signals.iter().map(|s| s.signal).collect()
    }

    #[test]
    fn the_same_answer_to_everything_gives_a_note() {
        let same = careful(|_| 4);
        let expected = [
            Signal::Longstring,
            Signal::RepeatedPattern,
            Signal::Irv,
            Signal::Contradiction,
        ];
        assert_eq!(signals(&same), expected);
        assert!(same.quality_note);
    }

    #[test]
    fn alternating_answers_give_a_note() {
        let position = std::cell::Cell::new(0);
        let alternating = careful(|_| {
            position.set(position.get() + 1);
            if position.get() % 2 == 0 { 2 } else { 4 }
        });
        assert_eq!(
            signals(&alternating),
            [Signal::RepeatedPattern, Signal::Contradiction]
        );
        assert!(alternating.quality_note);
    }

    #[test]
    fn random_answers_give_a_note_in_four_of_five_sittings() {
        use rand::{RngExt, SeedableRng};
        let rng = std::cell::RefCell::new(rand_chacha::ChaCha8Rng::seed_from_u64(5));
        let random = |_: usize, _: &ItemKind| rng.borrow_mut().random_range(1..=5);
        let noted = (0..200)
            .filter(|_| answered(random, 7).quality_note)
            .count();
        assert!(noted >= 160, "{noted}");
    }

    #[test]
    fn one_signal_gives_no_note() {
        let quick = answered(
            |i, kind| match kind {
                ItemKind::Instructed { expected } => *expected,
                ItemKind::Facet { reversed, .. } => {
                    let keyed = 3 + i32::from(i % 5 < 2);
                    if *reversed { 6 - keyed } else { keyed }
                }
            },
            1,
        );
        assert_eq!(signals(&quick), [Signal::Speed]);
        assert!(!quick.quality_note);
    }

    /// Scores stored before signals were typed carry sentences, which are not read any more.
    #[test]
    fn older_stored_scores_are_read() {
        let score = answered(|_, _| 4, 1);
        let mut stored = serde_json::to_value(&score).expect("serialises");
        stored["missing_for_next_stage"] = "More sittings.".into();
        for signal in stored["signals"].as_array_mut().expect("signals") {
            *signal = serde_json::json!({ "signal": signal["signal"], "text": "a sentence" });
        }
        let read: CandidateScore = serde_json::from_value(stored).expect("reads");
        assert_eq!(read.facets, score.facets);
        assert!(read.signals.iter().all(|s| s.count.is_none()));
        assert_eq!(read.signals.len(), score.signals.len());
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
