//! The order of a shortlist and the reasons behind it. Pure.
//!
//! Candidates are ranked by composite, and each rank says how far it can be trusted: candidates whose scores do not
//! differ by more than measurement error explains are "not distinguishable", and a rank is a range.

use serde::Serialize;

use super::{
    decision::Decision,
    store::{Candidate, DecisionRow},
};
use crate::{
    assessment::Score,
    psychometrics::norms::distinguishable,
    stats::intervals::Interval,
    types::{Id, Instant},
};

/// How far a candidate has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    Invited,
    Started,
    Finished,
    Withdrawn,
}

impl Stage {
    /// The stage in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::Invited => "invited, not begun",
            Self::Started => "begun, not finished",
            Self::Finished => "finished",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// One candidate of a vacancy.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    pub candidate_id: Id,
    pub name: String,
    pub email: String,
    pub stage: Stage,
    /// Rank by composite from 1; absent without a score.
    pub rank: Option<usize>,
    /// Best and worst rank that measurement error leaves open.
    pub rank_range: Option<(usize, usize)>,
    /// 95 % interval of the composite.
    pub interval: Option<Interval>,
    /// The composite with 1.39 standard errors to each side: where two of these overlap, the difference is within
    /// 1.96 standard errors of itself, and the candidates are not distinguishable (Goldstein & Healy 1995).
    pub comparison: Option<Interval>,
    /// True when the score does not differ from the first one by more than measurement error explains.
    pub like_the_first: bool,
    pub reasons: Vec<String>,
    /// Questions for the interview, for the facets that need a closer look.
    pub interview: Vec<String>,
    pub score: Option<Score>,
    pub decision: Option<Decision>,
    pub decided_at: Option<Instant>,
}

/// What is known of a candidate before ranking.
pub struct Known {
    pub candidate: Candidate,
    pub stage: Stage,
    pub score: Option<Score>,
    pub decision: Option<DecisionRow>,
}

/// Ranks candidates: those with a score by composite, highest first, equal ones in the order they were added; then
/// the others in that order.
pub fn rank(known: Vec<Known>, interview_questions: impl Fn(&str) -> Option<String>) -> Vec<Entry> {
    let (mut scored, rest): (Vec<Known>, Vec<Known>) =
        known.into_iter().partition(|k| k.score.is_some());
    scored.sort_by(|a, b| {
        let composite = |k: &Known| k.score.as_ref().map_or(f64::NEG_INFINITY, |s| s.composite);
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
        entry.rank_range = Some((better + 1, points.len() - worse));
        entry.interval = Some(Interval::around(t, 1.96 * se));
        entry.comparison = Some(Interval::around(t, 1.96 / std::f64::consts::SQRT_2 * se));
        entry.like_the_first = !apart(&points[0]);
        entry
    });
    let mut entries: Vec<Entry> = ranked.collect();
    entries.extend(rest.into_iter().map(|k| entry(k, &interview_questions)));
    entries
}

fn entry(known: Known, interview_questions: &impl Fn(&str) -> Option<String>) -> Entry {
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
        like_the_first: false,
        reasons,
        interview,
        score: known.score,
        decided_at: known.decision.as_ref().map(|d| d.decided_at),
        decision: known.decision.map(|d| d.decision),
    }
}

/// Why a composite is what it is, largest contribution first, and what to ask about.
fn explain(
    score: &Score,
    interview_questions: &impl Fn(&str) -> Option<String>,
) -> (Vec<String>, Vec<String>) {
    let all: Vec<_> = score.facets.iter().collect();
    let mut facets = all.clone();
    facets.sort_by(|a, b| b.contribution.total_cmp(&a.contribution));
    let say = |f: &&crate::assessment::scoring::FacetScore| {
        let direction = if f.contribution >= 0.0 {
            "raises"
        } else {
            "lowers"
        };
        format!(
            "{} (T {:.0}) {direction} the score by {:.1}",
            f.name,
            f.t,
            f.contribution.abs()
        )
    };
    facets.retain(|f| f.contribution.abs() >= 0.05);
    let mut reasons: Vec<String> = facets.iter().take(2).map(say).collect();
    reasons.extend(facets.iter().skip(2).next_back().into_iter().map(say));
    if score.quality_note {
        reasons.push("Answers show more than one sign of not being read closely: talk about it, do not reject for it".to_owned());
    }
    let mut facets = all;
    // The facets that lie lowest, and those too uncertain to call: at most two, at least one question.
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
