//! Scores and shortlist entries in replies.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    assessment::{CandidateScore, FacetScore, QualitySignal, ScoreStage, Signal},
    hiring::{Decision, Entry, Stage},
    locale::{Locale, Localised},
    stats::intervals::Interval,
    types::{Id, Instant},
};

/// A candidate's place on the shortlist, with reasons.
#[derive(Serialize, ToSchema)]
pub struct EntryReply {
    candidate_id: Id,
    name: String,
    email: String,
    stage: Stage,
    /// Rank by composite from 1; absent without a score.
    rank: Option<usize>,
    /// Best and worst rank that measurement error leaves open.
    rank_range: Option<[usize; 2]>,
    /// 95 % interval of the composite.
    interval: Option<IntervalReply>,
    /// Candidates whose comparison intervals overlap are too close to call.
    comparison: Option<IntervalReply>,
    /// True if the score is too close to the highest one to call.
    tied_with_top: bool,
    #[schema(example = json!(["Helpfulness (61) adds 2.9 points"]))]
    reasons: Vec<String>,
    /// Questions for the interview.
    interview: Vec<String>,
    score: Option<ScoreReply>,
    decision: Option<Decision>,
    decided_at: Option<Instant>,
}

impl EntryReply {
    pub(super) fn new(entry: Entry, locale: &Locale) -> Self {
        let reasons = entry.reasons.iter();
        Self {
            candidate_id: entry.candidate_id,
            name: entry.name,
            email: entry.email,
            stage: entry.stage,
            rank: entry.rank,
            rank_range: entry.rank_range,
            interval: entry.interval.map(IntervalReply::from),
            comparison: entry.comparison.map(IntervalReply::from),
            tied_with_top: entry.tied_with_top,
            reasons: reasons.map(|r| locale.format(&r.message())).collect(),
            interview: entry.interview,
            score: entry.score.map(|score| ScoreReply::new(score, locale)),
            decision: entry.decision,
            decided_at: entry.decided_at,
        }
    }
}

/// Lower and upper bound in T points.
#[derive(Serialize, ToSchema)]
struct IntervalReply {
    #[schema(example = 50.2)]
    low: f64,
    #[schema(example = 61.6)]
    high: f64,
}

impl From<Interval> for IntervalReply {
    fn from(interval: Interval) -> Self {
        Self {
            low: interval.low,
            high: interval.high,
        }
    }
}

/// A score with its provenance.
#[derive(Serialize, ToSchema)]
struct ScoreReply {
    /// Scoring method.
    #[schema(example = "rational-1")]
    method: String,
    stage: ScoreStage,
    /// Slug of the questionnaire.
    #[schema(example = "service-attitude")]
    questionnaire: String,
    questionnaire_version: i32,
    /// SHA-256 of the questionnaire's content.
    questionnaire_hash: String,
    norm: String,
    norm_source: String,
    /// Composite as a T score: mean 50 and standard deviation 10 in the norm.
    #[schema(example = 55.9)]
    composite: f64,
    /// Standard error of the composite.
    #[schema(example = 2.7)]
    composite_se: f64,
    /// Percentage of the norm population below.
    composite_percentile: f64,
    facets: Vec<FacetReply>,
    signals: Vec<SignalReply>,
    /// True with two or more signals of careless answers: a reason to ask, not to reject.
    quality_note: bool,
    /// Average seconds per statement, pauses capped at a minute.
    seconds_per_item: Option<f64>,
    missing_for_next_stage: String,
}

impl ScoreReply {
    fn new(score: CandidateScore, locale: &Locale) -> Self {
        let signals = score.signals.iter();
        Self {
            method: score.method,
            stage: score.stage,
            questionnaire: score.questionnaire,
            questionnaire_version: score.questionnaire_version,
            questionnaire_hash: score.questionnaire_hash,
            norm: score.norm,
            norm_source: score.norm_source,
            composite: score.composite,
            composite_se: score.composite_se,
            composite_percentile: score.composite_percentile,
            facets: score.facets.into_iter().map(FacetReply::from).collect(),
            signals: signals.map(|s| SignalReply::new(s, locale)).collect(),
            quality_note: score.quality_note,
            seconds_per_item: score.seconds_per_item,
            missing_for_next_stage: locale.format(&score.stage.next()),
        }
    }
}

/// Score of one facet.
#[derive(Serialize, ToSchema)]
struct FacetReply {
    #[schema(example = "helpfulness")]
    facet: String,
    #[schema(example = "Helpfulness")]
    name: String,
    /// Number of items answered.
    answered: usize,
    /// Keyed item mean on the answer scale.
    mean: f64,
    /// T score.
    t: f64,
    /// Standard error of `t`.
    se: f64,
    /// Percentage of the norm population below.
    percentile: f64,
    /// Points that the facet adds to the composite.
    contribution: f64,
    reliability: f64,
    /// `assumed`, or `measured on n sittings`.
    #[schema(example = "assumed")]
    reliability_source: String,
}

impl From<FacetScore> for FacetReply {
    fn from(facet: FacetScore) -> Self {
        Self {
            facet: facet.facet,
            name: facet.name,
            answered: facet.answered,
            mean: facet.mean,
            t: facet.t,
            se: facet.se,
            percentile: facet.percentile,
            contribution: facet.contribution,
            reliability: facet.reliability,
            reliability_source: facet.reliability_source.into(),
        }
    }
}

/// A signal of careless answers.
#[derive(Serialize, ToSchema)]
struct SignalReply {
    signal: Signal,
    #[schema(example = "Missed 1 attention check")]
    text: String,
}

impl SignalReply {
    fn new(signal: &QualitySignal, locale: &Locale) -> Self {
        Self {
            signal: signal.signal,
            text: locale.format(&signal.message()),
        }
    }
}

/// Name, T score and standard error of a facet, for charts.
pub fn facet_row(facet: &FacetScore) -> (String, f64, f64) {
    (facet.name.clone(), facet.t, facet.se)
}
