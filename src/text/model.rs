//! The learned model: which labels a text has, by a linear score of its pieces and of what the lexicon found in it.
//!
//! Plain data that reads back as it was written. [`Classifier`] makes it ready for use; [`super::training`] makes the
//! model.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::{
    taxonomy::Taxonomy,
    themes::{Pole, Tag},
    training::CrossValidation,
    vocabulary::{Reader, Vocabulary},
};
use crate::stats::distributions::logistic;

/// Shape of the file; a reader refuses others.
pub const FORMAT: u32 = 1;
/// Length of the lexicon's block of a row; words and runs have one each.
const LEXICON_LENGTH: f32 = 0.7;
/// Most words given as the reason of a label.
const REASONS: usize = 3;

/// A trained model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ThemeModel {
    pub format: u32,
    /// Version of the taxonomy whose hits are predictors.
    pub taxonomy_version: i32,
    /// A text has any number of labels; otherwise it has the likeliest one.
    pub several: bool,
    /// Texts it was trained on.
    pub texts: usize,
    /// C of the penalised regression, chosen by cross-validation.
    pub cost: f64,
    pub labels: Vec<Label>,
    pub cross_validation: CrossValidation,
    pub vocabulary: Vocabulary,
    /// Lexicon hits, as [`hits`] names them, in the order of their columns behind the vocabulary's.
    pub lexicon: Vec<String>,
}

/// A label and how it is scored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Label {
    pub label: String,
    pub intercept: f64,
    /// Log odds from which a text has the label, where it may have several.
    pub threshold: f64,
    /// False while the lexicon does better on the theme of this name.
    pub replaces_lexicon: bool,
    /// By column.
    pub weights: Vec<f32>,
}

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    #[error("the model has format {0}; this program reads format {FORMAT}")]
    Format(u32),
    #[error("the model has no labels")]
    NoLabels,
    #[error("label \"{label}\" has {found} weights for {expected} columns")]
    Columns {
        label: String,
        found: usize,
        expected: usize,
    },
    #[error(
        "the model was trained with version {trained} of the taxonomy, this is version {present}: train it again"
    )]
    Taxonomy { trained: i32, present: i32 },
}

/// Names of the lexicon hits of a taxonomy: each theme, and each theme spoken well or badly of.
pub fn lexicon_names(taxonomy: &Taxonomy) -> Vec<String> {
    taxonomy
        .themes
        .iter()
        .flat_map(|t| [t.id.clone(), format!("{} +", t.id), format!("{} -", t.id)])
        .collect()
}

/// Places among [`lexicon_names`] of what the lexicon found, each once, ascending.
pub fn hits(tags: &[Tag], names: &HashMap<String, u32>) -> Vec<u32> {
    let mut hits: Vec<u32> = tags
        .iter()
        .flat_map(|tag| {
            let poled = match tag.pole {
                Pole::Positive => names.get(&format!("{} +", tag.theme)),
                Pole::Negative => names.get(&format!("{} -", tag.theme)),
                Pole::Neutral => None,
            };
            [names.get(&tag.theme), poled]
        })
        .flatten()
        .copied()
        .collect();
    hits.sort_unstable();
    hits.dedup();
    hits
}

/// Columns and values of what the lexicon found: a block of length `LEXICON_LENGTH` behind `from` columns.
pub(super) fn lexicon_entries(hits: &[u32], from: usize) -> impl Iterator<Item = (u32, f32)> {
    let value = LEXICON_LENGTH / (hits.len() as f32).sqrt();
    hits.iter().map(move |hit| (from as u32 + hit, value))
}

/// A label that a text has.
#[derive(Clone, Debug, PartialEq)]
pub struct Found<'a> {
    pub label: &'a Label,
    /// Probability, by the model.
    pub confidence: f64,
    /// Words that speak most for it.
    pub words: Vec<&'a str>,
}

/// A model ready for use.
pub struct Classifier {
    model: ThemeModel,
    /// Weights by column and label, so that a piece of text finds all of its weights together.
    weights: Vec<f32>,
    lexicon: HashMap<String, u32>,
}

impl Classifier {
    /// Checks a model and makes it ready.
    ///
    /// # Errors
    /// When its parts do not fit together, or not with this taxonomy.
    pub fn new(model: ThemeModel, taxonomy: &Taxonomy) -> Result<Self, ModelError> {
        if model.format != FORMAT {
            return Err(ModelError::Format(model.format));
        }
        if model.labels.is_empty() {
            return Err(ModelError::NoLabels);
        }
        if model.taxonomy_version != taxonomy.version || model.lexicon != lexicon_names(taxonomy) {
            return Err(ModelError::Taxonomy {
                trained: model.taxonomy_version,
                present: taxonomy.version,
            });
        }
        let columns = model.vocabulary.len() + model.lexicon.len();
        let width = model.labels.len();
        let mut weights = vec![0.0; columns * width];
        for (l, label) in model.labels.iter().enumerate() {
            if label.weights.len() != columns {
                return Err(ModelError::Columns {
                    label: label.label.clone(),
                    found: label.weights.len(),
                    expected: columns,
                });
            }
            for (c, weight) in label.weights.iter().enumerate() {
                weights[c * width + l] = *weight;
            }
        }
        let lexicon = (0..).zip(&model.lexicon).map(|(i, n)| (n.clone(), i));
        Ok(Self {
            weights,
            lexicon: lexicon.collect(),
            model,
        })
    }

    pub fn model(&self) -> &ThemeModel {
        &self.model
    }

    /// A reader of texts, for one thread.
    pub fn reader(&self) -> ClassifierReader<'_> {
        ClassifierReader {
            classifier: self,
            pieces: self.model.vocabulary.reader(),
            row: Vec::new(),
            scores: Vec::new(),
        }
    }
}

/// Reads text after text, keeping its memory.
pub struct ClassifierReader<'a> {
    classifier: &'a Classifier,
    pieces: Reader<'a>,
    row: Vec<(u32, f32)>,
    scores: Vec<f32>,
}

impl<'a> ClassifierReader<'a> {
    pub fn model(&self) -> &'a ThemeModel {
        &self.classifier.model
    }

    /// Labels of a tidy, redacted text, likeliest first. `tags` is what the lexicon found in it.
    pub fn labels(&mut self, text: &str, tags: &[Tag]) -> Vec<Found<'a>> {
        let Classifier {
            model,
            weights,
            lexicon,
        } = self.classifier;
        self.row.clear();
        self.pieces.read(text, &mut self.row);
        let hits = hits(tags, lexicon);
        self.row
            .extend(lexicon_entries(&hits, model.vocabulary.len()));

        let width = model.labels.len();
        self.scores.clear();
        self.scores.resize(width, 0.0);
        for (column, value) in &self.row {
            let own = &weights[*column as usize * width..][..width];
            for (score, weight) in self.scores.iter_mut().zip(own) {
                *score += value * weight;
            }
        }
        let log_odds = |l: usize| model.labels[l].intercept + f64::from(self.scores[l]);
        let mut chosen: Vec<(usize, f64)> = if model.several {
            (0..width)
                .map(|l| (l, log_odds(l)))
                .filter(|(l, s)| *s >= model.labels[*l].threshold)
                .map(|(l, s)| (l, logistic(s)))
                .collect()
        } else {
            let all: f64 = (0..width).map(|l| logistic(log_odds(l))).sum();
            let best = (0..width).max_by(|a, b| log_odds(*a).total_cmp(&log_odds(*b)));
            best.map(|l| (l, logistic(log_odds(l)) / all))
                .into_iter()
                .collect()
        };
        chosen.sort_by(|a, b| b.1.total_cmp(&a.1));
        chosen
            .into_iter()
            .map(|(l, confidence)| Found {
                label: &model.labels[l],
                confidence,
                words: self.reasons(l),
            })
            .collect()
    }

    fn reasons(&self, label: usize) -> Vec<&'a str> {
        let model = &self.classifier.model;
        let mut speaking: Vec<(f32, &str)> = self
            .row
            .iter()
            .filter_map(|(c, v)| {
                let share = v * model.labels[label].weights[*c as usize];
                (share > 0.0).then_some((share, model.vocabulary.word(*c)?))
            })
            .collect();
        speaking.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        speaking.into_iter().take(REASONS).map(|(_, w)| w).collect()
    }
}
