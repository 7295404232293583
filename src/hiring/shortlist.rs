//! Order of a shortlist and the reasons behind it. Pure.
//!
//! Candidates are ranked by composite. A rank comes with the range that measurement error leaves
//! open: two candidates are too close to call if their scores differ by less than 1.96 standard
//! errors of the difference.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    decision::Decision,
    store::{Candidate, DecisionRow},
};
use crate::{
    assessment::{CandidateScore, FacetScore},
    locale::{Localised, Message, decimal},
    msg,
    psychometrics::norms::distinguishable,
    stats::intervals::Interval,
    types::{Id, Instant},
};

/// Stage of a candidate in the questionnaire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Invited,
    Started,
    Finished,
    Withdrawn,
}

impl Stage {
    /// Stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invited => "invited",
            Self::Started => "started",
            Self::Finished => "finished",
            Self::Withdrawn => "withdrawn",
        }
    }
}

impl Localised for Stage {
    fn message(&self) -> Message {
        match self {
            Self::Invited => msg!("stage-invited"),
            Self::Started => msg!("stage-started"),
            Self::Finished => msg!("stage-finished"),
            Self::Withdrawn => msg!("stage-withdrawn"),
        }
    }
}

/// Why a candidate has this score, or what to check about it.
#[derive(Clone, Debug, PartialEq)]
pub enum Reason {
    /// T points that a facet adds to the score or takes off it.
    Facet {
        name: String,
        t: f64,
        contribution: f64,
    },
    /// Two or more signals of careless answers.
    AnswerQuality,
}

impl Localised for Reason {
    fn message(&self) -> Message {
        match self {
            Self::Facet {
                name,
                t,
                contribution,
            } => {
                let (score, points) = (decimal(*t, 0), decimal(contribution.abs(), 1));
                if *contribution >= 0.0 {
                    msg!("reason-adds", facet = name, score = score, points = points)
                } else {
                    msg!(
                        "reason-takes-off",
                        facet = name,
                        score = score,
                        points = points
                    )
                }
            }
            Self::AnswerQuality => msg!("reason-answer-quality"),
        }
    }
}

/// One candidate of a vacancy.
#[derive(Clone, Debug)]
pub struct Entry {
    pub candidate_id: Id,
    pub name: String,
    pub email: String,
    pub stage: Stage,
    /// Rank by composite from 1; absent without a score.
    pub rank: Option<usize>,
    /// Best and worst rank that measurement error leaves open.
    pub rank_range: Option<[usize; 2]>,
    /// 95 % interval of the composite.
    pub interval: Option<Interval>,
    /// Composite plus and minus 1.39 standard errors: where two of these overlap, the difference is
    /// within 1.96 standard errors of itself (Goldstein & Healy 1995).
    pub comparison: Option<Interval>,
    /// True if the score is too close to the highest one to call.
    pub tied_with_top: bool,
    pub reasons: Vec<Reason>,
    /// Interview questions on the facets that need a closer look.
    pub interview: Vec<String>,
    pub score: Option<CandidateScore>,
    pub decision: Option<Decision>,
    pub decided_at: Option<Instant>,
}

/// A candidate before ranking.
pub struct UnrankedCandidate {
    pub candidate: Candidate,
    pub stage: Stage,
    pub score: Option<CandidateScore>,
    pub decision: Option<DecisionRow>,
}

/// Ranks candidates: those with a score by composite, highest first, equal ones in the order they
/// were added; then the others in that order.
pub fn rank(
    known: Vec<UnrankedCandidate>,
    interview_questions: impl Fn(&str) -> Option<String>,
) -> Vec<Entry> {
    let (mut scored, rest): (Vec<UnrankedCandidate>, Vec<UnrankedCandidate>) =
        known.into_iter().partition(|k| k.score.is_some());
    scored.sort_by(|a, b| {
        let composite =
            |k: &UnrankedCandidate| k.score.as_ref().map_or(f64::NEG_INFINITY, |s| s.composite);
        composite(b)
            .total_cmp(&composite(a))
            .then(a.candidate.id.cmp(&b.candidate.id))
    });
    let points: Vec<(f64, f64)> = scored
        .iter()
        .filter_map(|k| k.score.as_ref())
        .map(|s| (s.composite, s.composite_se))
        .collect();
    let ranked = scored.into_iter().enumerate().map(|(i, k)| {
        let (t, se) = points[i];
        let apart = |other: &(f64, f64)| distinguishable(t, se, other.0, other.1);
        let better = points.iter().filter(|p| p.0 > t && apart(p)).count();
        let worse = points.iter().filter(|p| p.0 < t && apart(p)).count();
        let mut entry = entry(k, &interview_questions);
        entry.rank = Some(i + 1);
        entry.rank_range = Some([better + 1, points.len() - worse]);
        entry.interval = Some(Interval::around(t, 1.96 * se));
        entry.comparison = Some(Interval::around(t, 1.96 / std::f64::consts::SQRT_2 * se));
        entry.tied_with_top = !apart(&points[0]);
        entry
    });
    let mut entries: Vec<Entry> = ranked.collect();
    entries.extend(rest.into_iter().map(|k| entry(k, &interview_questions)));
    entries
}

fn entry(known: UnrankedCandidate, interview_questions: &impl Fn(&str) -> Option<String>) -> Entry {
    let (reasons, interview) = known
        .score
        .as_ref()
        .map_or_else(Default::default, |s| explain(s, interview_questions));
    Entry {
        candidate_id: known.candidate.id,
        name: known.candidate.name,
        email: known.candidate.email,
        stage: known.stage,
        rank: None,
        rank_range: None,
        interval: None,
        comparison: None,
        tied_with_top: false,
        reasons,
        interview,
        score: known.score,
        decided_at: known.decision.as_ref().map(|d| d.decided_at),
        decision: known.decision.map(|d| d.decision),
    }
}

/// Reasons for a composite, largest contribution first, and interview questions.
fn explain(
    score: &CandidateScore,
    interview_questions: &impl Fn(&str) -> Option<String>,
) -> (Vec<Reason>, Vec<String>) {
    let mut facets: Vec<&FacetScore> = score.facets.iter().collect();
    facets.sort_by(|a, b| b.contribution.total_cmp(&a.contribution));
    facets.retain(|f| f.contribution.abs() >= 0.05);
    let reason = |f: &&FacetScore| Reason::Facet {
        name: f.name.clone(),
        t: f.t,
        contribution: f.contribution,
    };
    let mut reasons: Vec<Reason> = facets.iter().take(2).map(reason).collect();
    reasons.extend(facets.iter().skip(2).next_back().map(reason));
    if score.quality_note {
        reasons.push(Reason::AnswerQuality);
    }
    // The facets with the lowest upper bounds: at most two, the second only below the norm's mean.
    let mut facets: Vec<&FacetScore> = score.facets.iter().collect();
    facets.sort_by(|a, b| (a.t + a.se).total_cmp(&(b.t + b.se)));
    let interview = facets
        .iter()
        .enumerate()
        .filter(|(i, f)| *i == 0 || f.t < 50.0)
        .take(2)
        .filter_map(|(_, f)| interview_questions(&f.facet))
        .collect();
    (reasons, interview)
}
