//! Screening for careless responding. No index is proof: flags of two independent families suggest
//! a conversation with the candidate, and no number of flags rejects anybody.
//!
//! | family | index | definition |
//! |---|---|---|
//! | sameness | longstring | longest run of identical raw responses (Johnson 2005) |
//! | sameness | irv | standard deviation of a person's raw responses (Dunn et al. 2018) |
//! | outlier | Mahalanobis D2 | distance from the sample (Curran 2016) |
//! | inconsistency | even-odd | even against odd items across scales (Jackson 1976) |
//! | inconsistency | psychometric synonyms | within-person correlation (Meade & Craig 2012) |
//! | speed | seconds | less than two per item is faster than reading (Huang et al. 2012) |
//!
//! D2 is chi-square distributed with one degree of freedom per response. Even-odd correlates the
//! means of even and odd items across scales, with the Spearman-Brown correction. Psychometric
//! synonyms are item pairs that correlate in the sample.
//!
//! Indices of one family are redundant, so a note needs two families. Longstring and even-odd
//! follow the conventions of the R package careless 1.2, except that its even-odd has the opposite
//! sign.

use std::collections::{BTreeMap, BTreeSet};

use ndarray::{Array1, Array2};

use super::responses::{MISSING, ResponseMatrix};
use crate::stats::{
    correlation::pearson, distributions::chi_square_sf, linear::Cholesky, shrinkage::spearman_brown,
};

/// Thresholds at which indices are flagged.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// Longest run as a share of the items (Curran 2016: half), and the minimum run.
    pub longstring_share: f64,
    pub longstring_least: usize,
    /// Standard deviation of the responses as a share of the response range.
    pub irv_share: f64,
    /// p of the Mahalanobis distance.
    pub mahalanobis_p: f64,
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
    /// `None` below two responses.
    pub irv: Option<f64>,
    pub mahalanobis_d2: Option<f64>,
    pub mahalanobis_p: Option<f64>,
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
/// responses for even-odd, `scales` the columns of each scale in order, and `seconds` each person's
/// total time.
pub fn screen(
    raw: &ResponseMatrix,
    keyed: &ResponseMatrix,
    scales: &[Vec<usize>],
    seconds: Option<&[Option<f64>]>,
    thresholds: &Thresholds,
) -> Screening {
    let items = raw.items().len();
    let (low, high) = raw
        .items()
        .iter()
        .flat_map(|i| i.categories.iter().chain(&i.unobserved))
        .fold((i32::MAX, i32::MIN), |(l, h), c| (l.min(*c), h.max(*c)));
    let range = f64::from(high.saturating_sub(low).max(1));
    let distances = Distances::new(raw);
    let synonyms = synonyms(raw, thresholds.synonym_r);
    let run = thresholds
        .longstring_least
        .max((thresholds.longstring_share * items as f64).ceil() as usize);
    let mut factors = BTreeMap::new();
    let persons = (0..raw.persons())
        .map(|person| {
            let answers: Vec<i32> = (0..items).filter_map(|i| raw.answer(person, i)).collect();
            let distance = distances
                .as_ref()
                .ok()
                .and_then(|d| d.of(raw, person, &mut factors));
            let pairs: Vec<(f64, f64)> = synonyms
                .iter()
                .filter_map(|(a, b)| {
                    Some((
                        f64::from(raw.answer(person, *b)?),
                        f64::from(raw.answer(person, *a)?),
                    ))
                })
                .collect();
            let (x, y): (Vec<f64>, Vec<f64>) = pairs.iter().copied().unzip();
            let (even_odd, compared) = even_odd(keyed, person, scales);
            let mut signals = Signals {
                longstring: longstring(&answers),
                irv: irv(&answers),
                mahalanobis_d2: distance.map(|d| d.0),
                mahalanobis_p: distance.map(|(d2, df)| chi_square_sf(d2, df as f64)),
                even_odd,
                psychometric_synonyms: pearson(&x, &y),
                seconds_per_item: seconds
                    .and_then(|s| s.get(person).copied().flatten())
                    .filter(|_| !answers.is_empty())
                    .map(|s| s / answers.len() as f64),
                ..Signals::default()
            };
            let indices = [
                ("longstring", "sameness", signals.longstring >= run),
                (
                    "irv",
                    "sameness",
                    signals
                        .irv
                        .is_some_and(|s| s < thresholds.irv_share * range),
                ),
                (
                    "mahalanobis",
                    "outlier",
                    signals
                        .mahalanobis_p
                        .is_some_and(|p| p < thresholds.mahalanobis_p),
                ),
                (
                    "even_odd",
                    "inconsistency",
                    compared >= thresholds.even_odd_scales
                        && signals.even_odd.is_some_and(|r| r < thresholds.even_odd),
                ),
                (
                    "psychometric_synonyms",
                    "inconsistency",
                    pairs.len() >= thresholds.synonym_pairs
                        && signals.psychometric_synonyms.is_some_and(|r| r < 0.0),
                ),
                (
                    "speed",
                    "speed",
                    signals
                        .seconds_per_item
                        .is_some_and(|s| s < thresholds.seconds_per_item),
                ),
            ];
            let flagged: Vec<_> = indices.into_iter().filter(|(.., flag)| *flag).collect();
            let families: BTreeSet<&str> = flagged.iter().map(|(_, family, _)| *family).collect();
            signals.note = families.len() >= 2;
            signals.flags = flagged
                .iter()
                .map(|(name, ..)| (*name).to_owned())
                .collect();
            signals
        })
        .collect();
    Screening {
        persons,
        synonyms,
        mahalanobis_missing: distances.err(),
    }
}

/// Means and covariance matrix of the complete cases.
struct Distances {
    means: Array1<f64>,
    covariance: Array2<f64>,
}

/// Cholesky factor of the covariance matrix by set of answered items; `None` if singular.
type Factors = BTreeMap<Vec<usize>, Option<Cholesky>>;

impl Distances {
    fn new(raw: &ResponseMatrix) -> Result<Self, &'static str> {
        let complete = raw.complete_cases();
        let items = raw.items().len();
        if complete.len() <= items {
            return Err("they need more complete cases than items");
        }
        let answer = |p: usize, i: usize| raw.answer(complete[p], i).map_or(f64::NAN, f64::from);
        let answers = Array2::from_shape_fn((complete.len(), items), |(p, i)| answer(p, i));
        let means = answers
            .mean_axis(ndarray::Axis(0))
            .ok_or("there are no complete cases")?;
        let centred = &answers - &means;
        let covariance = centred.t().dot(&centred) / (complete.len() - 1) as f64;
        if Cholesky::of(&covariance).is_none() {
            return Err("items are constant or duplicates of each other");
        }
        Ok(Self { means, covariance })
    }

    /// Squared distance over the answered items, and their number.
    fn of(
        &self,
        raw: &ResponseMatrix,
        person: usize,
        factors: &mut Factors,
    ) -> Option<(f64, usize)> {
        let answered: Vec<usize> = (0..raw.items().len())
            .filter(|i| raw.column(*i)[person] != MISSING)
            .collect();
        let n = answered.len();
        if n == 0 {
            return None;
        }
        let centred: Array1<f64> = answered
            .iter()
            .map(|i| raw.answer(person, *i).map_or(0.0, f64::from) - self.means[*i])
            .collect();
        let factor = factors.entry(answered).or_insert_with_key(|answered| {
            Cholesky::of(&Array2::from_shape_fn((n, n), |(i, j)| {
                self.covariance[(answered[i], answered[j])]
            }))
        });
        Some((centred.dot(&factor.as_ref()?.solve(&centred)), n))
    }
}

/// Item pairs whose responses correlate above `threshold`, over persons who answered both; the
/// earlier item comes first.
fn synonyms(raw: &ResponseMatrix, threshold: f64) -> Vec<(usize, usize)> {
    let items = raw.items().len();
    let mut pairs = Vec::new();
    for a in 0..items {
        for b in a + 1..items {
            let both = (0..raw.persons())
                .filter_map(|p| Some((f64::from(raw.answer(p, a)?), f64::from(raw.answer(p, b)?))));
            let (x, y): (Vec<f64>, Vec<f64>) = both.unzip();
            if pearson(&x, &y).is_some_and(|r| r > threshold) {
                pairs.push((a, b));
            }
        }
    }
    pairs
}

/// Spearman-Brown corrected correlation across scales between the means of even and odd items,
/// bounded below at -1, and the number of scales. The correlation is `None` below two scales or if
/// the means do not vary.
fn even_odd(keyed: &ResponseMatrix, person: usize, scales: &[Vec<usize>]) -> (Option<f64>, usize) {
    let mean = |columns: &mut dyn Iterator<Item = &usize>| {
        let answers: Vec<f64> = columns
            .filter_map(|c| keyed.answer(person, *c))
            .map(f64::from)
            .collect();
        (!answers.is_empty()).then(|| answers.iter().sum::<f64>() / answers.len() as f64)
    };
    let halves = scales.iter().filter_map(|s| {
        Some((
            mean(&mut s.iter().skip(1).step_by(2))?,
            mean(&mut s.iter().step_by(2))?,
        ))
    });
    let (even, odd): (Vec<f64>, Vec<f64>) = halves.unzip();
    let r = pearson(&even, &odd);
    (r.map(|r| spearman_brown(r, 2.0).max(-1.0)), even.len())
}

/// Longest run of identical responses in the given order; 0 without responses.
pub fn longstring(answers: &[i32]) -> usize {
    let (mut longest, mut run, mut last) = (0, 0, None);
    for &answer in answers {
        run = if last == Some(answer) { run + 1 } else { 1 };
        last = Some(answer);
        longest = longest.max(run);
    }
    longest
}

/// Intra-individual response variability: the standard deviation of one person's responses, with
/// divisor n - 1. Returns `None` below two responses.
pub fn irv(answers: &[i32]) -> Option<f64> {
    if answers.len() < 2 {
        return None;
    }
    let n = answers.len() as f64;
    let mean = answers.iter().map(|&a| f64::from(a)).sum::<f64>() / n;
    Some(
        (answers
            .iter()
            .map(|&a| (f64::from(a) - mean).powi(2))
            .sum::<f64>()
            / (n - 1.0))
            .sqrt(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn longstring_and_irv_match_hand_calculation() {
        assert_eq!(longstring(&[1, 2, 2, 2, 3, 3]), 3);
        assert_eq!(longstring(&[]), 0);
        // R: sd(c(1, 5, 1, 5)) = 2.309401
        assert!((irv(&[1, 5, 1, 5]).expect("four") - 2.309_401).abs() < 1e-6);
        assert_eq!(irv(&[3]), None);
    }
}
