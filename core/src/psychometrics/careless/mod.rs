//! Screening for careless responding. No index is proof: flags of two independent families suggest
//! a conversation with the candidate, and no number of flags rejects anybody.
//!
//! | family | index | flagged |
//! |---|---|---|
//! | sameness | longest run of identical raw responses (Johnson 2005) | half of the items (Curran 2016) |
//! | sameness | repeated pattern: responses equal to those 1 to 8 earlier | half of the items |
//! | sameness | irv: standard deviation of a person's raw responses (Dunn et al. 2018) | .075 of the range |
//! | outlier | Mahalanobis D2: distance from the sample | p < .001 (Curran 2016) |
//! | inconsistency | contradiction: reversed against other items of a scale | robust z > 3 |
//! | inconsistency | contradiction: a flagged run or pattern over items of both directions | 3 of each |
//! | inconsistency | within-scale standard deviation of keyed responses | robust z > 2.5 |
//! | inconsistency | even-odd: even against odd items across scales (Jackson 1976) | below .3 |
//! | inconsistency | psychometric synonyms: within-person correlation (Meade & Craig 2012) | below 0 |
//! | speed | seconds per item (Huang et al. 2012) | below 2 |
//!
//! D2 is chi-square distributed with one degree of freedom per response. Even-odd correlates the
//! means of even and odd items across scales, with the Spearman-Brown correction. Psychometric
//! synonyms are item pairs that correlate in the sample. Robust z is the distance from the sample's
//! median in units of its median absolute deviation.
//!
//! Indices of one family are redundant, so a note needs two families. Longstring and even-odd
//! follow the conventions of the R package careless 1.2, except that its even-odd has the opposite
//! sign. `examples/careless.rs` simulates error rates.

mod consistency;
mod distances;
mod patterns;

use std::collections::{BTreeMap, BTreeSet};

pub use consistency::within_scale_sd;
use distances::Distances;
pub use patterns::{RepeatedPattern, irv, longstring};

use super::responses::ResponseMatrix;
use crate::stats::{correlation::pearson, distributions::chi_square_sf};

/// Thresholds at which indices are flagged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// Longest run, and repetitions of a pattern, as a share of the items, and their minimum.
    pub longstring_share: f64,
    pub longstring_least: usize,
    /// Standard deviation of the responses as a share of the response range.
    pub irv_share: f64,
    /// p of the Mahalanobis distance.
    pub mahalanobis_p: f64,
    /// Robust z of the contradiction, and items of each direction in a contradicting run.
    pub contradiction_z: f64,
    pub contradiction_items: usize,
    /// Robust z of the within-scale standard deviation.
    pub within_scale_z: f64,
    /// Even-odd consistency, and the number of scales it needs to be stable.
    pub even_odd: f64,
    pub even_odd_scales: usize,
    /// Correlation above which two items are synonyms, and the number of pairs that the
    /// within-person correlation needs. A negative correlation is flagged.
    pub synonym_r: f64,
    pub synonym_pairs: usize,
    pub seconds_per_item: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            longstring_share: 0.5,
            longstring_least: 6,
            irv_share: 0.075,
            mahalanobis_p: 0.001,
            contradiction_z: 3.0,
            contradiction_items: 3,
            within_scale_z: 2.5,
            even_odd: 0.3,
            even_odd_scales: 8,
            synonym_r: 0.6,
            synonym_pairs: 5,
            seconds_per_item: 2.0,
        }
    }
}

/// Careless-responding indices of one person.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Signals {
    pub longstring: usize,
    /// Responses that equal the one a period earlier, in the longest such stretch.
    pub pattern_repetitions: usize,
    /// `None` below two responses.
    pub irv: Option<f64>,
    pub mahalanobis_d2: Option<f64>,
    pub mahalanobis_p: Option<f64>,
    /// Difference between keyed responses to reversed and to other items of a scale, in scale
    /// points; `None` without scales that have both.
    pub contradiction: Option<f64>,
    /// Standard deviation within scales, in scale points; `None` below 12 degrees of freedom.
    pub within_scale_sd: Option<f64>,
    /// -1 to 1, high if consistent; `None` if undefined.
    pub even_odd: Option<f64>,
    pub psychometric_synonyms: Option<f64>,
    pub seconds_per_item: Option<f64>,
    /// Flagged indices.
    pub flags: Vec<String>,
    /// Whether two families are flagged, which suggests a conversation.
    pub note: bool,
}

/// Screening results of a sample.
#[derive(Clone, Debug, PartialEq)]
pub struct Screening {
    pub persons: Vec<Signals>,
    /// Columns of item pairs that correlate above the threshold.
    pub synonyms: Vec<(usize, usize)>,
    /// Reason why Mahalanobis distances could not be computed.
    pub mahalanobis_missing: Option<&'static str>,
}

/// Screens a sample. `raw` holds responses as given, in questionnaire order, `keyed` the keyed
/// responses, `scales` the columns of each scale in order, and `seconds` each person's total time.
pub fn screen(
    raw: &ResponseMatrix,
    keyed: &ResponseMatrix,
    scales: &[Vec<usize>],
    seconds: Option<&[Option<f64>]>,
    thresholds: &Thresholds,
) -> Screening {
    let distances = Distances::new(raw);
    let synonyms = consistency::synonyms(raw, thresholds.synonym_r);
    let reversed = reversed_items(raw, keyed);
    let centred = consistency::centred(keyed);
    let mut factors = BTreeMap::new();
    let mut persons = Vec::new();
    for (person, responses) in centred.rows().into_iter().enumerate() {
        let responses = responses.to_vec();
        let (answers, directions) = answered(raw, person, &reversed);
        let pattern = RepeatedPattern::longest(&answers);
        let distance = distances.as_ref().ok();
        let distance = distance.and_then(|d| d.of(raw, person, &mut factors));
        let pairs = synonyms.iter().filter_map(|(a, b)| {
            Some((
                f64::from(raw.answer(person, *b)?),
                f64::from(raw.answer(person, *a)?),
            ))
        });
        let (x, y): (Vec<f64>, Vec<f64>) = pairs.unzip();
        let (even_odd, compared) = consistency::even_odd(keyed, person, scales);
        let seconds = seconds.and_then(|s| s.get(person).copied().flatten());
        let signals = Signals {
            longstring: longstring(&answers),
            pattern_repetitions: pattern.repetitions(),
            irv: irv(&answers),
            mahalanobis_d2: distance.map(|d| d.0),
            mahalanobis_p: distance.map(|(d2, df)| chi_square_sf(d2, df as f64)),
            contradiction: consistency::contradiction(&responses, scales, &reversed),
            within_scale_sd: consistency::within_scale_sd(&responses, scales),
            even_odd,
            psychometric_synonyms: pearson(&x, &y),
            seconds_per_item: seconds
                .filter(|_| !answers.is_empty())
                .map(|s| s / answers.len() as f64),
            ..Signals::default()
        };
        let evidence = Evidence {
            across: pattern.crosses_directions(&directions, thresholds.contradiction_items),
            even_odd: compared >= thresholds.even_odd_scales,
            synonyms: x.len() >= thresholds.synonym_pairs,
        };
        persons.push((signals, evidence));
    }
    Screening {
        persons: flag(persons, raw, thresholds),
        synonyms,
        mahalanobis_missing: distances.err(),
    }
}

/// Inputs of a person's flags besides the indices.
struct Evidence {
    /// The longest pattern has items of both directions.
    across: bool,
    /// Enough scales for even-odd, and enough pairs of synonyms.
    even_odd: bool,
    synonyms: bool,
}

/// Adds flags and notes, which depend on the whole sample.
fn flag(persons: Vec<(Signals, Evidence)>, raw: &ResponseMatrix, t: &Thresholds) -> Vec<Signals> {
    let z = |index: fn(&Signals) -> Option<f64>| {
        let values: Vec<Option<f64>> = persons.iter().map(|(s, _)| index(s)).collect();
        consistency::robust_z(&values)
    };
    let contradictions = z(|s| s.contradiction);
    let scatters = z(|s| s.within_scale_sd);
    let range = response_range(raw);
    let half = (t.longstring_share * raw.items().len() as f64).ceil() as usize;
    let run = t.longstring_least.max(half);
    let below = |value: Option<f64>, limit: f64| value.is_some_and(|v| v < limit);
    let above = |value: Option<f64>, limit: f64| value.is_some_and(|v| v > limit);
    let flagged = |(person, (mut signals, evidence)): (usize, (Signals, Evidence))| {
        let s = &signals;
        let same = s.longstring >= run;
        let pattern = s.pattern_repetitions >= run;
        let across = (same || pattern) && evidence.across;
        let contradiction = above(contradictions[person], t.contradiction_z);
        let indices = [
            ("longstring", "sameness", same),
            ("repeated_pattern", "sameness", pattern),
            ("irv", "sameness", below(s.irv, t.irv_share * range)),
            (
                "mahalanobis",
                "outlier",
                below(s.mahalanobis_p, t.mahalanobis_p),
            ),
            ("contradiction", "inconsistency", contradiction || across),
            (
                "within_scale_sd",
                "inconsistency",
                above(scatters[person], t.within_scale_z),
            ),
            (
                "even_odd",
                "inconsistency",
                evidence.even_odd && below(s.even_odd, t.even_odd),
            ),
            (
                "psychometric_synonyms",
                "inconsistency",
                evidence.synonyms && below(s.psychometric_synonyms, 0.0),
            ),
            (
                "speed",
                "speed",
                below(s.seconds_per_item, t.seconds_per_item),
            ),
        ];
        let flagged = indices.iter().filter(|(.., flagged)| *flagged);
        let families: BTreeSet<&str> = flagged.clone().map(|(_, family, _)| *family).collect();
        let flags = flagged.map(|(name, ..)| (*name).to_owned()).collect();
        signals.note = families.len() >= 2;
        signals.flags = flags;
        signals
    };
    persons.into_iter().enumerate().map(flagged).collect()
}

/// Responses of a person and directions of their items, without missing ones.
fn answered(raw: &ResponseMatrix, person: usize, reversed: &[bool]) -> (Vec<i32>, Vec<bool>) {
    let items = reversed.iter().enumerate();
    items
        .filter_map(|(i, reversed)| Some((raw.answer(person, i)?, *reversed)))
        .unzip()
}

/// Items whose keyed responses differ from the raw ones.
fn reversed_items(raw: &ResponseMatrix, keyed: &ResponseMatrix) -> Vec<bool> {
    let differs = |i: usize| (0..raw.persons()).any(|p| raw.answer(p, i) != keyed.answer(p, i));
    (0..raw.items().len()).map(differs).collect()
}

/// Highest minus lowest category of all items, at least 1.
fn response_range(raw: &ResponseMatrix) -> f64 {
    let categories = raw.items().iter();
    let categories = categories.flat_map(|i| i.categories.iter().chain(&i.unobserved));
    let (low, high) = categories.fold((i32::MAX, i32::MIN), |(l, h), c| (l.min(*c), h.max(*c)));
    f64::from(high.saturating_sub(low).max(1))
}
