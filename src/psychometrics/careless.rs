//! Signals that a questionnaire was not read. None is proof: two independent ones make a note to talk to the
//! candidate, and no number of them rejects anybody.
//!
//! | signal | what it is | family |
//! |---|---|---|
//! | longstring | longest run of one answer, as given (Johnson 2005) | sameness |
//! | irv | standard deviation of a person's answers, as given (Dunn et al. 2018) | sameness |
//! | Mahalanobis D2 | distance from the others' pattern, chi-square with one degree of freedom an answer (Curran 2016) | outlier |
//! | even-odd | across scales, correlation of the means of even and odd items, stepped up (Jackson 1976) | inconsistency |
//! | psychometric synonyms | within a person, correlation over pairs of items that correlate in the sample (Meade & Craig 2012) | inconsistency |
//! | seconds | less than two an item is faster than reading (Huang et al. 2012) | speed |
//!
//! Signals of one family say the same thing, so that a note needs two families. Long strings and even-odd follow the
//! conventions of the R package careless 1.2, whose even-odd has the opposite sign.

use std::collections::{BTreeMap, BTreeSet};

use ndarray::{Array1, Array2};

use super::responses::{MISSING, ResponseMatrix};
use crate::stats::{correlation::pearson, distributions::chi_square_sf, linear::Cholesky};

/// At which values signals fire.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// Longest run as a share of the items, and at least this many answers (Curran 2016: half).
    pub longstring_share: f64,
    pub longstring_least: usize,
    /// Standard deviation of the answers as a share of the answer range.
    pub irv_share: f64,
    /// p of the Mahalanobis distance.
    pub mahalanobis_p: f64,
    /// Even-odd consistency, and how many scales it needs to be stable.
    pub even_odd: f64,
    pub even_odd_scales: usize,
    /// Items that correlate above this are synonyms; the person's correlation over at least so many pairs must be above 0.
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

/// What one person's answers show.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Signals {
    pub longstring: usize,
    /// `None` below two answers.
    pub irv: Option<f64>,
    pub mahalanobis_d2: Option<f64>,
    pub mahalanobis_p: Option<f64>,
    /// From -1 to 1, high is consistent. `None` where it is not defined.
    pub even_odd: Option<f64>,
    pub psychometric_synonyms: Option<f64>,
    pub seconds_per_item: Option<f64>,
    /// Signals that fired.
    pub flags: Vec<String>,
    /// Whether signals of two families fired: talk to the person.
    pub note: bool,
}

/// What a sample's answers show.
#[derive(Clone, Debug, PartialEq)]
pub struct Screening {
    pub persons: Vec<Signals>,
    /// Items that correlate above the threshold, by column.
    pub synonyms: Vec<(usize, usize)>,
    /// Why no Mahalanobis distance could be computed, if so.
    pub mahalanobis_missing: Option<&'static str>,
}

/// Screens a sample. `raw` holds answers as given, in the order of the questionnaire; `keyed` the same turned, for even-odd;
/// `scales` the columns of each scale in order; `seconds` the time each person took in all.
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
            let fired = [
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
            let fired: Vec<_> = fired.into_iter().filter(|(.., fired)| *fired).collect();
            let families: BTreeSet<&str> = fired.iter().map(|(_, family, _)| *family).collect();
            signals.note = families.len() >= 2;
            signals.flags = fired.iter().map(|(name, ..)| (*name).to_owned()).collect();
            signals
        })
        .collect();
    Screening {
        persons,
        synonyms,
        mahalanobis_missing: distances.err(),
    }
}

/// Means and covariances of the complete cases.
struct Distances {
    means: Array1<f64>,
    covariance: Array2<f64>,
}

/// For each set of answered items, the factor of their covariance; `None` where it is singular.
type Factors = BTreeMap<Vec<usize>, Option<Cholesky>>;

impl Distances {
    fn new(raw: &ResponseMatrix) -> Result<Self, &'static str> {
        let complete = raw.complete_cases();
        let items = raw.items().len();
        if complete.len() <= items {
            return Err("there are not more complete cases than items");
        }
        let answer = |p: usize, i: usize| raw.answer(complete[p], i).map_or(f64::NAN, f64::from);
        let answers = Array2::from_shape_fn((complete.len(), items), |(p, i)| answer(p, i));
        let means = answers
            .mean_axis(ndarray::Axis(0))
            .ok_or("there are no complete cases")?;
        let centred = &answers - &means;
        let covariance = centred.t().dot(&centred) / (complete.len() - 1) as f64;
        if Cholesky::of(&covariance).is_none() {
            return Err("items are constant or copies of each other");
        }
        Ok(Self { means, covariance })
    }

    /// Squared distance over the answered items, and how many they are.
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

/// Pairs of items (the earlier first) whose answers correlate above `threshold`, over persons who gave both.
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

/// Correlation over scales of the mean of the items in even and in odd places, stepped up by Spearman-Brown and kept above
/// -1; and over how many scales. `None` below two scales, or when the means do not vary.
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
    (r.map(|r| (2.0 * r / (1.0 + r)).max(-1.0)), even.len())
}

/// Longest run of equal answers, in the order given. 0 for no answers.
pub fn longstring(answers: &[i32]) -> usize {
    let (mut longest, mut run, mut last) = (0, 0, None);
    for &answer in answers {
        run = if last == Some(answer) { run + 1 } else { 1 };
        last = Some(answer);
        longest = longest.max(run);
    }
    longest
}

/// Standard deviation of one person's answers (intra-individual response variability), divisor n - 1.
/// `None` below two answers.
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
    fn runs_and_spread() {
        assert_eq!(longstring(&[1, 2, 2, 2, 3, 3]), 3);
        assert_eq!(longstring(&[]), 0);
        // R: sd(c(1, 5, 1, 5)) = 2.309401
        assert!((irv(&[1, 5, 1, 5]).expect("four") - 2.309_401).abs() < 1e-6);
        assert_eq!(irv(&[3]), None);
    }
}
