//! Mood of comments, learned from scores instead of labels.
//!
//! Scored comments show how words relate to scores. A sparse logistic model of words and pairs of
//! neighbours predicts a good score in any language; words that say little about scores have no
//! weight. Its log odds and those of the [words of praise and blame](crate::text::mood) are then
//! weighted against each other, by the scores too.
//!
//! Comments are parted into folds by their text, and each fold is predicted by a model that was
//! trained on the others. So no comment, nor any with the same text, has a part in the prediction
//! of its own mood, today or when it is read again, and the reported quality is that of
//! predictions.

use std::collections::BTreeMap;

use linfa::ParamGuard;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::ngrams::Ngrams;
use crate::stats::{
    lasso_logistic::{BinaryColumns, LassoLogistic, Outcomes, largest_penalty, lasso_path},
    sparse_logistic::{SparseLogistic, SparseRows},
};

/// Version of the content of a model.
pub const FORMAT: u32 = 1;
/// Fewest comments with a score that a model is trained on, and fewest of them with either outcome.
pub const MIN_COMMENTS: usize = 500;
pub const MIN_OF_EACH: usize = 30;
/// Most comments that a model is trained on.
pub const MOST_COMMENTS: usize = 30_000;
const FOLDS: usize = 5;
/// Comments that must contain a word or pair for it to be a predictor, and most predictors.
const MIN_WITH_TERM: f64 = 4.0;
const MOST_TERMS: usize = 20_000;
/// Penalties tried, and the smallest as a share of the largest.
const PENALTIES: usize = 14;
const SMALLEST: f64 = 0.01;
/// Smallest log odds, for or against, that count as evidence of a mood.
const LEAST_EVIDENCE: f64 = 0.5;

/// A comment to learn from.
#[derive(Clone, Debug)]
pub struct ScoredComment {
    /// [Folded](crate::text::normalise::fold).
    pub folded: String,
    /// Log odds of a good mood by the words of praise and blame, if there are any.
    pub lexicon: Option<f64>,
    /// Whether the score is good.
    pub good: bool,
}

/// Why no model is trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoodModelError {
    #[error("{comments} comments have a score; a mood model needs {MIN_COMMENTS}")]
    TooFew { comments: usize },
    #[error(
        "{good} comments have a good score and {poor} another; a mood model needs {MIN_OF_EACH} of each"
    )]
    OneSided { good: usize, poor: usize },
}

/// Quality of the predictions of scores, each by a model that has not seen the comment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct MoodQuality {
    /// Comments with a score, and those of them with a good score.
    pub comments: usize,
    pub good: usize,
    /// Share of comments whose score is predicted right, and share if every comment were predicted
    /// the commoner score.
    pub accuracy: f64,
    pub commoner: f64,
    /// Probability that a comment with a good score is predicted higher than one without.
    pub auc: f64,
    /// The same with the words of praise and blame alone.
    pub lexicon_auc: f64,
}

/// A trained model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MoodModel {
    pub format: u32,
    pub penalty: f64,
    pub quality: MoodQuality,
    /// Log odds of a good score without evidence, and weights of the log odds by the model and by
    /// the words of praise and blame.
    pub intercept: f64,
    pub model_weight: f64,
    pub lexicon_weight: f64,
    /// Of each word or pair, the weight in each fold's model.
    pub terms: BTreeMap<String, [f32; FOLDS]>,
}

/// A word or pair of words with its mean weight over the folds, in log odds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct WeightedTerm {
    pub term: String,
    pub weight: f64,
}

impl MoodModel {
    /// The terms that speak most for a good score, and those that speak most against it, at most
    /// `most` each.
    pub fn strongest(&self, most: usize) -> (Vec<WeightedTerm>, Vec<WeightedTerm>) {
        let mean = |weights: &[f32; FOLDS]| weights.iter().map(|w| f64::from(*w)).sum::<f64>();
        let term = |(term, weights): (&String, &[f32; FOLDS])| WeightedTerm {
            term: term.clone(),
            weight: mean(weights) / FOLDS as f64,
        };
        let (mut good, mut poor): (Vec<_>, Vec<_>) =
            self.terms.iter().map(term).partition(|t| t.weight > 0.0);
        for terms in [&mut good, &mut poor] {
            terms.sort_by(|a, b| {
                let larger = b.weight.abs().total_cmp(&a.weight.abs());
                larger.then_with(|| a.term.cmp(&b.term))
            });
            terms.truncate(most);
        }
        (good, poor)
    }
}

/// Trains a model. The same comments give the same model.
///
/// # Errors
/// [`MoodModelError`] if there are too few comments.
pub fn train(comments: &[ScoredComment]) -> Result<MoodModel, MoodModelError> {
    let good = comments.iter().filter(|c| c.good).count();
    let poor = comments.len() - good;
    if comments.len() < MIN_COMMENTS {
        let comments = comments.len();
        return Err(MoodModelError::TooFew { comments });
    }
    if good.min(poor) < MIN_OF_EACH {
        return Err(MoodModelError::OneSided { good, poor });
    }
    let one_sided = MoodModelError::OneSided { good, poor };
    let texts = Texts::new(comments);
    let (terms, x) = texts.predictors();
    let largest = largest_penalty(&x, &texts.outcomes).ok_or(one_sided)?;
    let step = SMALLEST.powf(1.0 / (PENALTIES - 1) as f64);
    let penalties: Vec<f64> = (0..PENALTIES)
        .map(|n| largest * step.powi(n as i32))
        .collect();
    let paths: Vec<Vec<LassoLogistic>> = (0..FOLDS)
        .into_par_iter()
        .map(|fold| lasso_path(&x, &texts.without(fold), &penalties))
        .collect::<Option<_>>()
        .ok_or(one_sided)?;
    let by_row = texts.predictions(&x, &paths);
    let chosen = (0..PENALTIES)
        .min_by(|a, b| texts.loss(&by_row[*a]).total_cmp(&texts.loss(&by_row[*b])))
        .unwrap_or(0);
    let fits: Vec<&LassoLogistic> = paths.iter().map(|path| &path[chosen]).collect();
    // The fold's own intercept is not evidence.
    let own: Vec<f64> = by_row[chosen]
        .iter()
        .zip(&texts.folds)
        .map(|(eta, fold)| eta - fits[*fold].intercept)
        .collect();
    let [intercept, model_weight, lexicon_weight] = texts.weigh(&own).ok_or(one_sided)?;
    let combined: Vec<f64> = own
        .iter()
        .zip(&texts.lexicon)
        .map(|(model, lexicon)| intercept + model_weight * model + lexicon_weight * lexicon)
        .collect();
    let mut weights: BTreeMap<String, [f32; FOLDS]> = BTreeMap::new();
    for (fold, fit) in fits.iter().enumerate() {
        for (column, weight) in &fit.weights {
            let term = terms[*column as usize].to_owned();
            weights.entry(term).or_default()[fold] = *weight as f32;
        }
    }
    Ok(MoodModel {
        format: FORMAT,
        penalty: penalties[chosen],
        quality: texts.quality(&combined),
        intercept,
        model_weight,
        lexicon_weight,
        terms: weights,
    })
}

/// Comments with the same text together.
struct Texts<'a> {
    texts: Vec<&'a str>,
    folds: Vec<usize>,
    outcomes: Vec<Outcomes>,
    /// Log odds by the words of praise and blame; 0 without any.
    lexicon: Vec<f64>,
}

impl<'a> Texts<'a> {
    fn new(comments: &'a [ScoredComment]) -> Self {
        let mut by_text: BTreeMap<&str, (Outcomes, f64)> = BTreeMap::new();
        for comment in comments {
            let (outcomes, lexicon) = by_text.entry(&comment.folded).or_default();
            outcomes.n += 1.0;
            outcomes.successes += f64::from(u8::from(comment.good));
            *lexicon = comment.lexicon.unwrap_or_default();
        }
        Self {
            folds: by_text.keys().map(|text| fold_of(text)).collect(),
            texts: by_text.keys().copied().collect(),
            outcomes: by_text.values().map(|(outcomes, _)| *outcomes).collect(),
            lexicon: by_text.values().map(|(_, lexicon)| *lexicon).collect(),
        }
    }

    /// The terms that enough comments contain, and which text has which.
    fn predictors(&self) -> (Vec<String>, BinaryColumns) {
        let mut ngrams = Ngrams::default();
        let mut counts: FxHashMap<String, (f64, usize)> = FxHashMap::default();
        for (row, text) in self.texts.iter().enumerate() {
            each_term(text, &mut ngrams, |term| {
                let (count, last) = match counts.get_mut(term) {
                    Some(found) => (&mut found.0, &mut found.1),
                    None => {
                        let found = counts.entry(term.to_owned()).or_insert((0.0, 0));
                        (&mut found.0, &mut found.1)
                    }
                };
                if *last != row + 1 {
                    *last = row + 1;
                    *count += self.outcomes[row].n;
                }
            });
        }
        let enough = counts.into_iter().filter(|(_, (n, _))| *n >= MIN_WITH_TERM);
        let mut terms: Vec<(f64, String)> = enough.map(|(term, (n, _))| (n, term)).collect();
        // Of terms that always come together, the shortest gets the weight.
        terms.sort_by(|a, b| {
            let commoner = b.0.total_cmp(&a.0);
            commoner.then_with(|| (a.1.len(), &a.1).cmp(&(b.1.len(), &b.1)))
        });
        terms.truncate(MOST_TERMS);
        let terms: Vec<String> = terms.into_iter().map(|(_, term)| term).collect();
        let columns: FxHashMap<&str, u32> = terms.iter().map(String::as_str).zip(0..).collect();
        let mut x = BinaryColumns::new(terms.len());
        let mut row = Vec::new();
        for text in &self.texts {
            row.clear();
            each_term(text, &mut ngrams, |term| row.extend(columns.get(term)));
            row.sort_unstable();
            row.dedup();
            x.push(row.iter().copied());
        }
        (terms, x)
    }

    /// Outcomes of all folds but one.
    fn without(&self, fold: usize) -> Vec<Outcomes> {
        let rows = self.outcomes.iter().zip(&self.folds);
        rows.map(|(outcomes, of)| {
            if *of == fold {
                Outcomes::default()
            } else {
                *outcomes
            }
        })
        .collect()
    }

    /// By penalty, the log odds of each text by the model that has not seen it.
    fn predictions(&self, x: &BinaryColumns, paths: &[Vec<LassoLogistic>]) -> Vec<Vec<f64>> {
        (0..PENALTIES)
            .map(|penalty| {
                let fits = paths.iter().map(|path| &path[penalty]);
                let by_fold: Vec<Vec<f64>> = fits.map(|fit| fit.log_odds(x)).collect();
                let rows = self.folds.iter().enumerate();
                rows.map(|(row, fold)| by_fold[*fold][row]).collect()
            })
            .collect()
    }

    fn loss(&self, eta: &[f64]) -> f64 {
        let rows = eta.iter().zip(&self.outcomes);
        rows.map(|(eta, o)| {
            // ln(1 + exp(eta)) without overflow.
            let log = eta.max(0.0) + (-eta.abs()).exp().ln_1p();
            o.n * log - o.successes * eta
        })
        .sum()
    }

    /// Intercept, and weights of the model and of the words of praise and blame, none below 0.
    /// Where hardly any comment has such words, scores say nothing about them and their weight
    /// stays 1.
    fn weigh(&self, model: &[f64]) -> Option<[f64; 3]> {
        let (mut x, mut targets, mut weights) = (SparseRows::new(2), Vec::new(), Vec::new());
        for (row, outcomes) in self.outcomes.iter().enumerate() {
            let entries = [(0, model[row] as f32), (1, self.lexicon[row] as f32)];
            for (good, n) in [
                (true, outcomes.successes),
                (false, outcomes.n - outcomes.successes),
            ] {
                if n > 0.0 {
                    x.push(entries);
                    targets.push(good);
                    weights.push(n);
                }
            }
        }
        let with_words = self.lexicon.iter().filter(|odds| **odds != 0.0).count();
        let rows: Vec<usize> = (0..targets.len()).collect();
        let params = SparseLogistic::params().cost(1.0).check().ok()?;
        let fit = params.path(&x, &targets, &rows, &weights).ok()?.pop()?;
        Some([
            fit.intercept,
            fit.weights[0].max(0.0),
            if with_words < MIN_OF_EACH {
                1.0
            } else {
                fit.weights[1].max(0.0)
            },
        ])
    }

    fn quality(&self, eta: &[f64]) -> MoodQuality {
        let n: f64 = self.outcomes.iter().map(|o| o.n).sum();
        let good: f64 = self.outcomes.iter().map(|o| o.successes).sum();
        let right: f64 = eta
            .iter()
            .zip(&self.outcomes)
            .map(|(eta, o)| {
                if *eta > 0.0 {
                    o.successes
                } else {
                    o.n - o.successes
                }
            })
            .sum();
        MoodQuality {
            comments: n as usize,
            good: good as usize,
            accuracy: right / n,
            commoner: good.max(n - good) / n,
            auc: auc(eta, &self.outcomes),
            lexicon_auc: auc(&self.lexicon, &self.outcomes),
        }
    }
}

/// Probability that a success is predicted higher than a failure, ties counting half.
fn auc(eta: &[f64], outcomes: &[Outcomes]) -> f64 {
    let mut order: Vec<usize> = (0..eta.len()).collect();
    order.sort_unstable_by(|a, b| eta[*a].total_cmp(&eta[*b]));
    let (mut below, mut pairs, mut successes) = (0.0, 0.0, 0.0);
    for tied in order.chunk_by(|a, b| eta[*a] == eta[*b]) {
        let good: f64 = tied.iter().map(|row| outcomes[*row].successes).sum();
        let all: f64 = tied.iter().map(|row| outcomes[*row].n).sum();
        pairs += good * (below + (all - good) / 2.0);
        below += all - good;
        successes += good;
    }
    pairs / (below * successes)
}

/// The fold of a text (FNV-1a).
fn fold_of(folded: &str) -> usize {
    let hash = folded
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
    ((hash >> 32) % FOLDS as u64) as usize
}

/// Words and pairs of neighbours; of words in a script without spaces, characters and pairs of
/// them.
fn each_term(folded: &str, ngrams: &mut Ngrams, mut take: impl FnMut(&str)) {
    ngrams.cut(folded);
    ngrams.each_word(&mut take);
    if folded.is_ascii() {
        return;
    }
    for place in 0..ngrams.len() {
        let word = ngrams.word(place);
        if !word.chars().any(is_unspaced) {
            continue;
        }
        let starts: Vec<usize> = word.char_indices().map(|(at, _)| at).collect();
        for (n, start) in starts.iter().enumerate() {
            for end in [n + 1, n + 2] {
                if let Some(end) = starts
                    .get(end)
                    .or((end == starts.len()).then_some(&word.len()))
                {
                    take(&word[*start..*end]);
                }
            }
        }
    }
}

/// Letters of Thai, Lao, Burmese, Khmer, Japanese and Chinese.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}'
        | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}')
}

/// A model ready for use.
#[derive(Debug)]
pub struct MoodClassifier {
    model: MoodModel,
    terms: FxHashMap<Box<str>, [f32; FOLDS]>,
}

impl MoodClassifier {
    /// `None` for a model of another format.
    pub fn new(model: MoodModel) -> Option<Self> {
        let terms = model.terms.iter();
        let terms = terms
            .map(|(term, weights)| (term.as_str().into(), *weights))
            .collect();
        (model.format == FORMAT).then_some(Self { model, terms })
    }

    pub fn model(&self) -> &MoodModel {
        &self.model
    }

    /// Log odds that the customer was pleased, by the words of a folded comment and what its words
    /// of praise and blame say; `None` where neither says enough.
    pub fn log_odds(&self, folded: &str, lexicon: Option<f64>, ngrams: &mut Ngrams) -> Option<f64> {
        let fold = fold_of(folded);
        let mut sum = 0.0;
        let mut known: Vec<&[f32; FOLDS]> = Vec::new();
        each_term(folded, ngrams, |term| {
            if let Some(weights) = self.terms.get(term)
                // A term counts once.
                && !known.iter().any(|other| std::ptr::eq(*other, weights))
            {
                known.push(weights);
                sum += f64::from(weights[fold]);
            }
        });
        let model = &self.model;
        let evidence =
            model.model_weight * sum + model.lexicon_weight * lexicon.unwrap_or_default();
        let is_told = lexicon.is_some() || evidence.abs() >= LEAST_EVIDENCE;
        is_told.then_some(model.intercept + evidence)
    }
}

#[cfg(test)]
mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;

    /// Comments in an invented language: "bim" is said by the pleased, "zork" by others, "la" and
    /// "mo" by everybody, and numbers make texts different.
    fn invented(n: usize) -> Vec<ScoredComment> {
        let mut random = ChaCha8Rng::seed_from_u64(3);
        (0..n)
            .map(|_| {
                let good = random.random_bool(0.7);
                let said = if random.random_bool(if good { 0.8 } else { 0.1 }) {
                    "bim"
                } else if random.random_bool(if good { 0.1 } else { 0.8 }) {
                    "zork"
                } else {
                    "la"
                };
                let number = random.random_range(0..10_000_u32);
                ScoredComment {
                    folded: format!("mo {said} {number}"),
                    lexicon: None,
                    good,
                }
            })
            .collect()
    }

    #[test]
    fn words_that_go_with_scores_are_found_in_any_language() {
        let model = train(&invented(1_500)).expect("enough");
        assert!(model.terms["bim"].iter().all(|w| *w > 0.5));
        assert!(model.terms["zork"].iter().all(|w| *w < -0.5));
        assert!(!model.terms.contains_key("mo"));
        assert!(model.quality.accuracy > model.quality.commoner + 0.05);
        assert!(model.quality.auc > 0.8, "{:?}", model.quality);
        assert_eq!(train(&invented(1_500)), Ok(model.clone()));
        let ready = MoodClassifier::new(model).expect("format");
        let mut ngrams = Ngrams::default();
        let mut log_odds = |text| ready.log_odds(text, None, &mut ngrams);
        assert!(log_odds("bim bim").is_some_and(|odds| odds > 1.0));
        assert!(log_odds("zork").is_some_and(|odds| odds < 0.0));
        assert_eq!(log_odds("unknown words"), None);
    }

    /// Scores that have nothing to do with the words: each comment has a word of its own, which a
    /// model that saw the comment would learn by heart.
    #[test]
    fn comments_are_not_predicted_by_models_that_saw_them() {
        let mut random = ChaCha8Rng::seed_from_u64(5);
        let comments: Vec<ScoredComment> = (0..2_000)
            .map(|n| ScoredComment {
                folded: format!("word{}", n % 400),
                lexicon: None,
                good: random.random_bool(0.5),
            })
            .collect();
        let quality = train(&comments).expect("enough").quality;
        assert!((quality.auc - 0.5).abs() < 0.06, "{quality:?}");
    }

    #[test]
    fn too_few_comments_make_no_model() {
        let few = invented(MIN_COMMENTS - 1);
        let error = MoodModelError::TooFew {
            comments: MIN_COMMENTS - 1,
        };
        assert_eq!(train(&few), Err(error));
        let mut pleased = invented(800);
        pleased.iter_mut().for_each(|c| c.good = true);
        let error = MoodModelError::OneSided { good: 800, poor: 0 };
        assert_eq!(train(&pleased), Err(error));
    }

    /// By hand: three successes and a failure are three pairs; two of them tied, or one tied and
    /// one in order.
    #[test]
    fn ties_count_half() {
        let outcomes = [(1.0, 1.0), (2.0, 1.0), (1.0, 1.0)];
        let outcomes = outcomes.map(|(n, successes)| Outcomes { n, successes });
        assert_eq!(auc(&[0.5, 0.5, 0.2], &outcomes), 1.0 / 3.0);
        assert_eq!(auc(&[0.1, 0.2, 0.3], &outcomes), 1.5 / 3.0);
    }

    #[test]
    fn scripts_without_spaces_are_read_by_characters() {
        let mut terms = Vec::new();
        each_term("很好", &mut Ngrams::default(), |term| {
            terms.push(term.to_owned())
        });
        assert_eq!(terms, ["很好", "很", "很好", "好"]);
    }
}
