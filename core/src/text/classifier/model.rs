//! The learned model: labels of a text by a linear score of its pieces and its lexicon hits.
//!
//! A [`ThemeModel`] is plain data, made by training. A [`Classifier`] is a model ready for use.

use serde::{Deserialize, Serialize};

use super::{
    quality::CrossValidation,
    row_reader::{Pairs, RowReader},
    vocabulary::Vocabulary,
};
use crate::{
    stats::distributions::logistic,
    text::{
        mention::{Polarity, ThemeMention},
        taxonomy::Taxonomy,
    },
};

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

/// Reasons to refuse a model.
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

/// Positions of lexicon hits among [`lexicon_names`], ascending, each once. `found` has the
/// position of each theme in the taxonomy.
pub fn hits(found: impl IntoIterator<Item = (usize, Polarity)>) -> Vec<u32> {
    let mut hits: Vec<u32> = Vec::new();
    for (theme, polarity) in found {
        let theme = 3 * theme as u32;
        hits.push(theme);
        match polarity {
            Polarity::Positive => hits.push(theme + 1),
            Polarity::Negative => hits.push(theme + 2),
            Polarity::Neutral | Polarity::Request => {}
        }
    }
    hits.sort_unstable();
    hits.dedup();
    hits
}

/// [`hits`] of mentions.
pub fn hits_of(mentions: &[ThemeMention], taxonomy: &Taxonomy) -> Vec<u32> {
    hits(
        mentions
            .iter()
            .filter_map(|tag| Some((taxonomy.place(&tag.theme)?, tag.polarity))),
    )
}

/// Columns and values of lexicon hits: a block of length `LEXICON_LENGTH` behind `from` columns.
pub(super) fn lexicon_entries(hits: &[u32], from: usize) -> impl Iterator<Item = (u32, f32)> {
    let value = LEXICON_LENGTH / (hits.len() as f32).sqrt();
    hits.iter().map(move |hit| (from as u32 + hit, value))
}

/// A label that a text has.
#[derive(Clone, Debug, PartialEq)]
pub struct Found<'a> {
    pub label: &'a Label,
    /// Place of its theme in the taxonomy, where it has one.
    pub theme: Option<usize>,
    /// Probability, by the model.
    pub probability: f64,
    /// Place among the model's labels.
    place: usize,
}

/// A model ready for use.
pub struct Classifier {
    model: ThemeModel,
    /// Weights by column and label, so that a piece of text finds all of its weights together.
    weights: Vec<f32>,
    /// By label, the place of its theme in the taxonomy.
    themes: Vec<Option<usize>>,
    pairs: Pairs,
}

impl Classifier {
    /// Checks a model and makes it ready.
    ///
    /// # Errors
    /// [`ModelError::Format`], [`ModelError::NoLabels`] and [`ModelError::Columns`] for an unusable
    /// model; [`ModelError::Taxonomy`] for a model of another taxonomy.
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
        let place = |label: &Label| taxonomy.place(&taxonomy.theme_named(&label.label)?.id);
        Ok(Self {
            weights,
            themes: model.labels.iter().map(place).collect(),
            pairs: Pairs::of(&model.vocabulary),
            model,
        })
    }

    pub fn model(&self) -> &ThemeModel {
        &self.model
    }

    /// Whether a label replaces the words on a theme, by its place in the taxonomy.
    pub fn replaces_words(&self, theme: usize) -> bool {
        let mut labels = self.themes.iter().zip(&self.model.labels);
        labels.any(|(own, label)| *own == Some(theme) && label.replaces_lexicon)
    }

    /// A reader of texts, for one thread.
    pub fn reader(&self) -> ClassifierReader<'_> {
        ClassifierReader {
            classifier: self,
            rows: RowReader::new(&self.model.vocabulary, &self.pairs),
            row: Vec::new(),
            scores: Vec::new(),
        }
    }
}

/// Scores text after text, reusing its memory.
pub struct ClassifierReader<'a> {
    classifier: &'a Classifier,
    rows: RowReader<'a>,
    row: Vec<(u32, f32)>,
    /// By label.
    scores: Vec<f32>,
}

impl<'a> ClassifierReader<'a> {
    pub fn model(&self) -> &'a ThemeModel {
        &self.classifier.model
    }

    /// Labels of a tidy, redacted and folded text, likeliest first. `hits`: its [lexicon
    /// hits](hits).
    pub fn labels(&mut self, folded: &str, hits: &[u32]) -> Vec<Found<'a>> {
        let Classifier {
            model,
            weights,
            themes,
            ..
        } = self.classifier;
        let width = model.labels.len();
        self.row.clear();
        self.rows.read(folded, &mut self.row);
        self.row
            .extend(lexicon_entries(hits, model.vocabulary.len()));
        self.scores.clear();
        self.scores.resize(width, 0.0);
        for (column, value) in &self.row {
            let weights = &weights[*column as usize * width..][..width];
            for (score, weight) in self.scores.iter_mut().zip(weights) {
                *score += value * weight;
            }
        }
        let log_odds = |l: usize| model.labels[l].intercept + f64::from(self.scores[l]);
        let found = |place: usize, probability: f64| Found {
            label: &model.labels[place],
            theme: themes[place],
            probability,
            place,
        };
        if model.several {
            let mut chosen: Vec<Found<'a>> = (0..width)
                .map(|l| (l, log_odds(l)))
                .filter(|(l, s)| *s >= model.labels[*l].threshold)
                .map(|(l, s)| found(l, logistic(s)))
                .collect();
            chosen.sort_by(|a, b| b.probability.total_cmp(&a.probability));
            return chosen;
        }
        let all: f64 = (0..width).map(|l| logistic(log_odds(l))).sum();
        let best = (0..width).max_by(|a, b| log_odds(*a).total_cmp(&log_odds(*b)));
        best.map(|l| found(l, logistic(log_odds(l)) / all))
            .into_iter()
            .collect()
    }

    /// Words of the last text that contribute most to a label found in it, separated by `, `.
    pub fn reasons(&self, found: &Found<'_>) -> String {
        let Classifier { model, weights, .. } = self.classifier;
        let width = model.labels.len();
        let words = self.row.iter().map_while(|(column, value)| {
            let word = model.vocabulary.word(*column)?;
            Some((
                value * weights[*column as usize * width + found.place],
                word,
            ))
        });
        let mut shares: Vec<(f32, &str)> = words.filter(|(share, _)| *share > 0.0).collect();
        // Words are in the order of the columns.
        shares.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        let most = shares.iter().take(REASONS).map(|(_, word)| *word);
        most.collect::<Vec<_>>().join(", ")
    }
}
