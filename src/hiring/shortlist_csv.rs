//! A shortlist as CSV.

use super::{decision::Decision, error::Result, shortlist::Entry};
use crate::{
    assessment::CandidateScore,
    documents::csv,
    locale::{Localised, english},
};

const HEADER: [&str; 13] = [
    "rank",
    "rank_range",
    "name",
    "email",
    "stage",
    "composite_t",
    "low_95",
    "high_95",
    "status",
    "facets_t",
    "reasons",
    "response_quality",
    "decision",
];

/// A shortlist as CSV, one row per candidate. Reasons and quality signals are in English.
///
/// # Errors
/// [`super::HiringError::Write`].
pub fn shortlist_csv(entries: &[Entry]) -> Result<Vec<u8>> {
    Ok(csv::write(&HEADER, entries.iter().map(row))?)
}

fn row(e: &Entry) -> Vec<String> {
    let number = |x: Option<f64>| x.map_or_else(String::new, |x| format!("{x:.1}"));
    let of_score =
        |text: fn(&CandidateScore) -> String| e.score.as_ref().map_or_else(String::new, text);
    vec![
        e.rank.map_or_else(String::new, |r| r.to_string()),
        e.rank_range
            .map_or_else(String::new, |[best, worst]| format!("{best} to {worst}")),
        e.name.clone(),
        e.email.clone(),
        e.stage.as_str().to_owned(),
        number(e.score.as_ref().map(|s| s.composite)),
        number(e.interval.map(|i| i.low)),
        number(e.interval.map(|i| i.high)),
        of_score(|s| s.stage.as_str().to_owned()),
        of_score(|s| {
            let facets = s.facets.iter().map(|f| format!("{} {:.0}", f.facet, f.t));
            facets.collect::<Vec<_>>().join("; ")
        }),
        sentences(&e.reasons),
        of_score(|s| sentences(&s.signals)),
        e.decision.map_or("", Decision::as_str).to_owned(),
    ]
}

fn sentences(values: &[impl Localised]) -> String {
    values.iter().map(english).collect::<Vec<_>>().join("; ")
}
