//! Training of the learned model on texts that people labelled.
//!
//! One penalised logistic regression per label on words, character runs and lexicon hits. The
//! strength of the penalty, and the thresholds where a text may have several labels, come from an
//! inner cross-validation. The reported quality comes from an outer one: its test folds have no
//! part in the vocabulary, the penalty or the thresholds.

use linfa::ParamGuard;
use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::{
    corpus::{Corpus, Taught},
    model::{FORMAT, Label, ThemeModel, hits_of, lexicon_entries, lexicon_names},
    quality::{CrossValidation, LabelQuality, Tally, f1, surely_better},
};
use crate::stats::sparse_logistic::{
    SparseLogistic, SparseLogisticError, SparseRows, ValidSparseLogistic,
};
use crate::text::{mention::ThemeMention, taxonomy::Taxonomy};

/// Costs of a misfit that are tried.
const COSTS: [f64; 4] = [0.25, 1.0, 4.0, 16.0];
/// Largest change of log odds in the last pass of a fit.
const TOLERANCE: f64 = 0.03;
/// One part in so many is held back to choose the cost.
const CHOICE_FOLDS: usize = 5;
/// Folds of the inner cross-validation for thresholds.
const THRESHOLD_FOLDS: usize = 3;
/// Texts with a label from which the label has a threshold of its own.
const OWN_THRESHOLD: usize = 10;

/// A labelled text.
#[derive(Clone, Debug)]
pub struct Example {
    /// Tidy and redacted.
    pub text: String,
    /// What the lexicon found in it.
    pub mentions: Vec<ThemeMention>,
    /// Exactly one, or any number where a text may have several.
    pub labels: Vec<String>,
    /// Fold in which it is tested, where folds are given.
    pub fold: Option<usize>,
}

/// How to train.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    pub several: bool,
    pub folds: usize,
    pub seed: u64,
}

/// Why nothing can be trained.
#[derive(Debug, thiserror::Error)]
pub enum TrainingError {
    #[error("there are {0} labelled texts; training needs at least {1}")]
    TooFew(usize, usize),
    #[error("all texts have the same label; there is nothing to tell apart")]
    OneLabel,
    #[error("folds must be 2 to 20")]
    Folds,
    #[error(transparent)]
    Regression(#[from] SparseLogisticError),
}

/// Trains on `examples` and reports by cross-validation. `progress` gets the number of finished
/// rounds and of all rounds. The same input gives the same model.
///
/// # Errors
/// [`TrainingError::Folds`], [`TrainingError::TooFew`], [`TrainingError::OneLabel`], or
/// [`TrainingError::Regression`] if a regression does not converge.
pub fn train(
    examples: &[Example],
    taxonomy: &Taxonomy,
    options: Options,
    progress: impl Fn(usize, usize) + Sync,
) -> Result<ThemeModel, TrainingError> {
    if !(2..=20).contains(&options.folds) {
        return Err(TrainingError::Folds);
    }
    let least = 2 * options.folds;
    if examples.len() < least {
        return Err(TrainingError::TooFew(examples.len(), least));
    }
    let labelled = Labelled::new(examples, taxonomy, options.several);
    let most = labelled
        .targets
        .iter()
        .map(|t| t.iter().filter(|x| **x).count());
    let told_apart = if options.several {
        most.clone().any(|n| n > 0 && n < examples.len())
    } else {
        labelled.labels.len() > 1
    };
    if !told_apart {
        return Err(TrainingError::OneLabel);
    }
    let all: Vec<usize> = (0..examples.len()).collect();
    let folds = match examples.iter().map(|e| e.fold).collect::<Option<Vec<_>>>() {
        Some(given) => given,
        None => labelled.deal(&all, options.folds, options.seed),
    };
    let mut fold_names: Vec<usize> = folds.clone();
    fold_names.sort_unstable();
    fold_names.dedup();

    let done = std::sync::atomic::AtomicUsize::new(0);
    let rounds = fold_names.len() + 1;
    let round = |train: &[usize]| {
        let fitted = labelled.fit(train, options.seed);
        let done = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
        progress(done, rounds);
        fitted
    };
    let mut given = vec![Vec::new(); examples.len()];
    let tested: Vec<(Vec<usize>, Fitted<'_>)> = fold_names
        .par_iter()
        .map(|fold| {
            let (test, train): (Vec<usize>, Vec<usize>) =
                all.iter().partition(|row| folds[**row] == *fold);
            Ok((test, round(&train)?))
        })
        .collect::<Result<_, TrainingError>>()?;
    for (test, fitted) in &tested {
        for row in test {
            given[*row] = fitted.decide(*row, options.several);
        }
    }
    let cross_validation = labelled.report(&given, taxonomy, fold_names.len(), options.seed);
    let fitted = round(&all)?;
    let labels = labelled
        .labels
        .iter()
        .zip(fitted.models)
        .zip(&fitted.thresholds)
        .zip(&cross_validation.per_label)
        .map(|(((label, model), threshold), quality)| Label {
            label: label.clone(),
            intercept: model.intercept,
            threshold: *threshold,
            replaces_lexicon: quality.replaces_lexicon,
            weights: model.weights.iter().map(|w| *w as f32).collect(),
        })
        .collect();
    Ok(ThemeModel {
        format: FORMAT,
        taxonomy_version: taxonomy.version,
        several: options.several,
        texts: examples.len(),
        cost: fitted.cost,
        labels,
        cross_validation,
        vocabulary: fitted.taught.vocabulary(),
        lexicon: lexicon_names(taxonomy),
    })
}

/// The examples, ready for rounds of training.
struct Labelled<'a> {
    examples: &'a [Example],
    /// Sorted.
    labels: Vec<String>,
    /// By label, then by text.
    targets: Vec<Vec<bool>>,
    pieces: Corpus,
    /// Lexicon hits of each text.
    hits: Vec<Vec<u32>>,
    lexicon_columns: usize,
    several: bool,
}

/// Everything learned from some of the texts.
struct Fitted<'a> {
    taught: Taught<'a>,
    /// All texts, of the training and others.
    x: SparseRows,
    models: Vec<SparseLogistic>,
    thresholds: Vec<f64>,
    cost: f64,
}

impl Fitted<'_> {
    /// Labels given to a text.
    fn decide(&self, row: usize, several: bool) -> Vec<usize> {
        let scores = self.models.iter().map(|m| m.log_odds(self.x.row(row)));
        if several {
            scores
                .zip(&self.thresholds)
                .enumerate()
                .filter(|(_, (score, threshold))| score >= *threshold)
                .map(|(label, _)| label)
                .collect()
        } else {
            scores
                .enumerate()
                .max_by(|a, b| a.1.total_cmp(&b.1))
                .map(|(label, _)| label)
                .into_iter()
                .collect()
        }
    }
}

impl<'a> Labelled<'a> {
    fn new(examples: &'a [Example], taxonomy: &Taxonomy, several: bool) -> Self {
        let lexicon_columns = lexicon_names(taxonomy).len();
        let mut labels: Vec<String> = examples.iter().flat_map(|e| e.labels.clone()).collect();
        labels.sort_unstable();
        labels.dedup();
        let targets = labels
            .iter()
            .map(|label| examples.iter().map(|e| e.labels.contains(label)).collect())
            .collect();
        Self {
            examples,
            labels,
            targets,
            pieces: Corpus::new(examples.iter().map(|e| e.text.as_str())),
            hits: examples
                .iter()
                .map(|e| hits_of(&e.mentions, taxonomy))
                .collect(),
            lexicon_columns,
            several,
        }
    }

    /// A fold for each of `rows`: texts with the same rarest label are dealt evenly.
    fn deal(&self, rows: &[usize], folds: usize, seed: u64) -> Vec<usize> {
        let sizes: Vec<usize> = self
            .targets
            .iter()
            .map(|t| rows.iter().filter(|r| t[**r]).count())
            .collect();
        let rarest = |row: usize| {
            (0..self.labels.len())
                .filter(|l| self.targets[*l][row])
                .min_by_key(|l| sizes[*l])
                .unwrap_or(usize::MAX)
        };
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        order.sort_by_key(|i| rarest(rows[*i]));
        let mut dealt = vec![0; rows.len()];
        for (place, i) in order.into_iter().enumerate() {
            dealt[i] = place % folds;
        }
        dealt
    }

    /// Learns from the texts `train`.
    fn fit(&self, train: &[usize], seed: u64) -> Result<Fitted<'_>, TrainingError> {
        let taught = self.pieces.taught_by(train);
        let from = taught.columns();
        let mut x = SparseRows::new(from + self.lexicon_columns);
        let mut row = Vec::new();
        for (text, hits) in self.hits.iter().enumerate() {
            row.clear();
            taught.read(text, &mut row);
            row.extend(lexicon_entries(hits, from));
            x.push(row.iter().copied());
        }
        let cost = self.choose_cost(&x, train, seed)?;
        let thresholds = if self.several {
            self.thresholds(&x, train, cost, seed)?
        } else {
            vec![0.0; self.labels.len()]
        };
        let models = self.models(&x, train, &[cost])?.remove(0);
        Ok(Fitted {
            models,
            thresholds,
            cost,
            taught,
            x,
        })
    }

    /// Classifiers of all labels on some texts, for each of the ascending costs.
    fn models(
        &self,
        x: &SparseRows,
        rows: &[usize],
        costs: &[f64],
    ) -> Result<Vec<Vec<SparseLogistic>>, TrainingError> {
        let params = SparseLogistic::params()
            .costs(costs)
            .tolerance(TOLERANCE)
            .check()?;
        // Of two labels that exclude each other one says all.
        let mirrored = !self.several && self.labels.len() == 2;
        let fitted = if mirrored { 1 } else { self.labels.len() };
        let paths: Vec<Vec<SparseLogistic>> = self.targets[..fitted]
            .par_iter()
            .map(|targets| path_or_constant(&params, x, targets, rows, costs.len()))
            .collect::<Result<_, _>>()?;
        let by_cost = |c: usize| {
            let own = paths.iter().map(move |path| path[c].clone());
            let other = mirrored.then(|| paths[0][c].mirrored());
            own.chain(other).collect()
        };
        Ok((0..costs.len()).map(by_cost).collect())
    }

    /// The cost whose classifiers, fitted on most of the texts, have the lowest loss on the rest.
    fn choose_cost(
        &self,
        x: &SparseRows,
        train: &[usize],
        seed: u64,
    ) -> Result<f64, TrainingError> {
        let dealt = self.deal(train, CHOICE_FOLDS, seed);
        let (rest, most): (Vec<_>, Vec<_>) =
            train.iter().zip(&dealt).partition(|(_, fold)| **fold == 0);
        let most: Vec<usize> = most.into_iter().map(|(row, _)| *row).collect();
        let loss = |models: &[SparseLogistic]| -> f64 {
            let of = |(targets, model): (&Vec<bool>, &SparseLogistic)| -> f64 {
                rest.iter()
                    .map(|(row, _)| {
                        let score = model.log_odds(x.row(**row));
                        let margin = if targets[**row] { score } else { -score };
                        (-margin).exp().ln_1p()
                    })
                    .sum()
            };
            self.targets.iter().zip(models).map(of).sum()
        };
        let by_cost = self.models(x, &most, &COSTS)?;
        Ok(by_cost
            .iter()
            .map(|models| loss(models))
            .zip(COSTS)
            .min_by(|a, b| a.0.total_cmp(&b.0))
            .map_or(COSTS[0], |(_, cost)| cost))
    }

    /// Log odds from which a label is given: where its F1 is highest on texts that its classifier
    /// has not seen. For a rare label, where the F1 of all labels together is highest.
    fn thresholds(
        &self,
        x: &SparseRows,
        train: &[usize],
        cost: f64,
        seed: u64,
    ) -> Result<Vec<f64>, TrainingError> {
        let dealt = self.deal(train, THRESHOLD_FOLDS, seed);
        let mut scored = vec![Vec::with_capacity(train.len()); self.labels.len()];
        for fold in 0..THRESHOLD_FOLDS {
            let part = |test: bool| {
                let rows = train.iter().zip(&dealt);
                rows.filter(move |(_, f)| (**f == fold) == test)
                    .map(|(row, _)| *row)
            };
            let models = self
                .models(x, &part(false).collect::<Vec<_>>(), &[cost])?
                .remove(0);
            for ((scored, model), targets) in scored.iter_mut().zip(&models).zip(&self.targets) {
                scored.extend(part(true).map(|row| (model.log_odds(x.row(row)), targets[row])));
            }
        }
        let together = best_threshold(scored.concat());
        Ok(scored
            .into_iter()
            .map(|own| {
                if own.iter().filter(|(_, has)| *has).count() >= OWN_THRESHOLD {
                    best_threshold(own)
                } else {
                    together
                }
            })
            .collect())
    }

    fn report(
        &self,
        given: &[Vec<usize>],
        taxonomy: &Taxonomy,
        folds: usize,
        seed: u64,
    ) -> CrossValidation {
        let mut all = Tally::default();
        let per_label: Vec<LabelQuality> = self
            .labels
            .iter()
            .enumerate()
            .map(|(l, label)| {
                let has = &self.targets[l];
                let by_model: Vec<bool> = given.iter().map(|g| g.contains(&l)).collect();
                let mut tally = Tally::default();
                for (has, given) in has.iter().zip(&by_model) {
                    tally.add(*has, *given);
                    all.add(*has, *given);
                }
                let theme = taxonomy.theme_named(label).map(|t| t.id.as_str());
                let by_lexicon = theme.map(|theme| {
                    let tagged = |e: &Example| e.mentions.iter().any(|t| t.theme == theme);
                    self.examples.iter().map(tagged).collect::<Vec<bool>>()
                });
                let share = |part: usize, rest: usize| {
                    (part + rest > 0).then(|| part as f64 / (part + rest) as f64)
                };
                LabelQuality {
                    label: label.clone(),
                    n: tally.right + tally.missed,
                    precision: share(tally.right, tally.wrong),
                    recall: share(tally.right, tally.missed),
                    f1: tally.f1(),
                    lexicon_f1: by_lexicon.as_ref().map(|lexicon| f1(has, lexicon)),
                    replaces_lexicon: by_lexicon
                        .is_none_or(|lexicon| surely_better(has, &by_model, &lexicon, seed)),
                }
            })
            .collect();
        CrossValidation {
            macro_f1: per_label.iter().map(|l| l.f1).sum::<f64>() / per_label.len() as f64,
            micro_f1: all.f1(),
            folds,
            texts: self.examples.len(),
            per_label,
        }
    }
}

/// Classifiers for each cost; where the texts agree, one that says so of every text.
fn path_or_constant(
    params: &ValidSparseLogistic,
    x: &SparseRows,
    targets: &[bool],
    rows: &[usize],
    costs: usize,
) -> Result<Vec<SparseLogistic>, TrainingError> {
    match params.path(x, targets, rows, &[]) {
        Err(SparseLogisticError::OneClass) => {
            let have = rows.iter().filter(|r| targets[**r]).count() as f64;
            let constant = SparseLogistic {
                intercept: ((have + 0.5) / (rows.len() as f64 - have + 0.5)).ln(),
                weights: vec![0.0; x.columns()],
                passes: 0,
                converged: true,
            };
            Ok(vec![constant; costs])
        }
        path => Ok(path?),
    }
}

/// The score from which calling texts positive gives the highest F1, halfway to the next lower one.
fn best_threshold(mut scored: Vec<(f64, bool)>) -> f64 {
    scored.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    let positive = scored.iter().filter(|(_, has)| *has).count();
    let (mut right, mut best, mut threshold) = (0, 0.0, 0.0);
    for (i, (score, has)) in scored.iter().enumerate() {
        right += usize::from(*has);
        let next = scored.get(i + 1).map(|(next, _)| *next);
        if next == Some(*score) {
            continue;
        }
        let f1 = 2.0 * right as f64 / (positive + i + 1) as f64;
        if f1 > best {
            best = f1;
            threshold = next.map_or(*score, |next| 0.5 * (score + next));
        }
    }
    threshold
}
