//! The learned model: which labels a text has, by a linear score of its pieces and of what the lexicon found in it.
//!
//! Plain data that reads back as it was written. [`Classifier`] makes it ready for use; [`super::training`] makes the
//! model.

use serde::{Deserialize, Serialize};

use super::{
    training::CrossValidation,
    vocabulary::{Pairs, Reader, Vocabulary, frequency},
};
use crate::{
    stats::distributions::logistic,
    text::{
        tagger::{Polarity, ThemeMention},
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

/// Places among [`lexicon_names`] of what the lexicon found, by place of the theme in the taxonomy; each once, ascending.
pub fn hits(found: impl IntoIterator<Item = (usize, Polarity)>) -> Vec<u32> {
    let mut hits: Vec<u32> = Vec::new();
    for (theme, polarity) in found {
        let theme = 3 * theme as u32;
        hits.push(theme);
        match polarity {
            Polarity::Positive => hits.push(theme + 1),
            Polarity::Negative => hits.push(theme + 2),
            Polarity::Neutral => {}
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

/// Columns and values of what the lexicon found: a block of length `LEXICON_LENGTH` behind `from` columns.
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
        let place = |label: &Label| taxonomy.place(&taxonomy.theme_named(&label.label)?.id);
        Ok(Self {
            weights,
            themes: model.labels.iter().map(place).collect(),
            pairs: model.vocabulary.pairs(),
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
            pieces: self.model.vocabulary.reader(&self.pairs),
            row: Vec::new(),
            scores: Vec::new(),
            sums: Vec::new(),
            forgotten: 0,
            seen: vec![0; self.model.vocabulary.len()],
            text: 0,
            again: Vec::new(),
            times: vec![0; self.model.vocabulary.len()],
        }
    }
}

/// Reads text after text, keeping its memory.
pub struct ClassifierReader<'a> {
    classifier: &'a Classifier,
    pieces: Reader<'a>,
    row: Vec<(u32, f32)>,
    scores: Vec<f32>,
    /// Of each word remembered, what its runs add to each label where none of them stands elsewhere in the text, and to the
    /// square of the length.
    sums: Vec<f32>,
    /// Of which memory the sums are.
    forgotten: u32,
    /// By column, the text that had it last.
    seen: Vec<u8>,
    /// Number of the text at hand.
    text: u8,
    /// Columns of runs that stood in the text before, and behind them room for as many as the text has.
    again: Vec<u32>,
    /// By column, how often it stood in the text before; all zero between texts.
    times: Vec<u32>,
}

impl<'a> ClassifierReader<'a> {
    pub fn model(&self) -> &'a ThemeModel {
        &self.classifier.model
    }

    /// Labels of a tidy, redacted and folded text, likeliest first. `hits` is what the lexicon found in it ([`hits`]).
    pub fn labels(&mut self, folded: &str, hits: &[u32]) -> Vec<Found<'a>> {
        let Classifier {
            model,
            weights,
            themes,
            ..
        } = self.classifier;
        let width = model.labels.len();
        self.row.clear();
        self.pieces.read_words(folded, &mut self.row);
        self.row
            .extend(lexicon_entries(hits, model.vocabulary.len()));
        self.score_runs();
        for (column, value) in &self.row {
            add(
                &mut self.scores,
                *value,
                &weights[*column as usize * width..][..width],
            );
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

    /// Scores of the character runs of the text read last. A word always adds the same, as long as no run stands in the text
    /// twice; for runs that do, the sum is put right.
    fn score_runs(&mut self) {
        let Classifier { model, weights, .. } = self.classifier;
        let width = model.labels.len();
        self.scores.clear();
        self.scores.resize(width, 0.0);
        if self.forgotten != self.pieces.forgotten() {
            self.forgotten = self.pieces.forgotten();
            self.sums.clear();
        }
        // A number comes again after 255 texts.
        self.text = self.text.checked_add(1).unwrap_or_else(|| {
            self.seen.fill(0);
            1
        });
        let own = |column: u32| &weights[column as usize * width..][..width];
        let (seen, again, mut repeats) = (&mut self.seen[..], &mut self.again, 0);
        let mut length = 0.0;
        for (word, columns) in self.pieces.words() {
            let place = word * (width + 1);
            if place == self.sums.len() {
                let mut squares = 0.0;
                self.sums.resize(place + width, 0.0);
                for column in columns {
                    let idf = model.vocabulary.idf(*column);
                    squares += idf * idf;
                    add(&mut self.sums[place..], idf, own(*column));
                }
                self.sums.push(squares);
            }
            let sums = &self.sums[place..=place + width];
            length += sums[width];
            add(&mut self.scores, 1.0, sums);
            if again.len() < repeats + columns.len() {
                again.resize(repeats + columns.len(), 0);
            }
            for column in columns {
                // Written in any case and kept only if it is one: a branch here could not be foreseen.
                again[repeats] = *column;
                let seen = &mut seen[*column as usize];
                repeats += usize::from(*seen == self.text);
                *seen = self.text;
            }
        }
        let again = &again[..repeats];
        for column in again {
            self.times[*column as usize] += 1;
        }
        for column in again {
            let before = std::mem::take(&mut self.times[*column as usize]);
            if before == 0 {
                continue;
            }
            let times = before + 1;
            let (worth, added) = (frequency(times), times as f32);
            let idf = model.vocabulary.idf(*column);
            length += (worth * worth - added) * idf * idf;
            add(&mut self.scores, (worth - added) * idf, own(*column));
        }
        if length > 0.0 {
            let scale = length.sqrt().recip();
            self.scores.iter_mut().for_each(|score| *score *= scale);
        }
    }

    /// Words of the text read last that speak most for a label found in it, a comma between them.
    pub fn reasons(&self, found: &Found<'_>) -> String {
        let Classifier { model, weights, .. } = self.classifier;
        let width = model.labels.len();
        // Of each a share above a column from the end: numbers in the order of the shares, and of columns where those are
        // alike, so that the largest are found without a branch.
        let mut most = [0_u64; REASONS];
        let words = self
            .row
            .iter()
            .take_while(|(c, _)| model.vocabulary.is_word(*c));
        for (column, value) in words {
            let share = value * weights[*column as usize * width + found.place];
            let share = if share > 0.0 { share.to_bits() } else { 0 };
            let mut next = u64::from(share) << 32 | u64::from(!column);
            for place in &mut most {
                (*place, next) = ((*place).max(next), (*place).min(next));
            }
        }
        let mut reasons = String::with_capacity(32);
        for number in most.iter().filter(|number| **number >> 32 > 0) {
            reasons.push_str(if reasons.is_empty() { "" } else { ", " });
            let word = model.vocabulary.word(!(*number as u32));
            reasons.push_str(word.unwrap_or_default());
        }
        reasons
    }
}

/// Adds `times` the first of `more` to each of `sums`.
fn add(sums: &mut [f32], times: f32, more: &[f32]) {
    for (sum, more) in sums.iter_mut().zip(more) {
        *sum += times * more;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::classifier::vocabulary::Corpus;

    /// Each text scored by the sums that its words remember, against its row of numbers times the weights.
    #[test]
    fn remembered_words_score_as_rows_do() {
        let texts = [
            "the other mother bothered her father",
            "no no no, the answer was no answer!!",
            "sssss banana bananas ananas",
            "other answer, banana the the",
            "",
            "nothing of this is known before: xyzzy",
        ];
        let corpus = Corpus::new(texts.iter().chain(&texts).copied());
        let vocabulary = corpus.taught_by(&[0, 1, 2, 3, 6, 7, 8, 9]).vocabulary();
        let taxonomy = Taxonomy::shipped();
        let lexicon = lexicon_names(taxonomy);
        let columns = vocabulary.len() + lexicon.len();
        let label = |name: &str, step: f32| Label {
            label: name.to_owned(),
            intercept: 0.1,
            threshold: f64::NEG_INFINITY,
            replaces_lexicon: true,
            weights: (0..columns).map(|c| (c as f32 * step).sin()).collect(),
        };
        let model = ThemeModel {
            format: FORMAT,
            taxonomy_version: taxonomy.version,
            several: true,
            texts: 8,
            cost: 1.0,
            labels: vec![label("a", 1.3), label("b", 0.7), label("c", 2.9)],
            cross_validation: CrossValidation::default(),
            vocabulary: vocabulary.clone(),
            lexicon,
        };
        let classifier = Classifier::new(model, taxonomy).expect("fits");
        let mut reader = classifier.reader();
        let pairs = vocabulary.pairs();
        let mut rows = vocabulary.reader(&pairs);
        let there_and_back = texts.iter().chain(texts.iter().rev());
        // So often that numbers of texts come again.
        for text in there_and_back.cycle().take(600) {
            let mut row = Vec::new();
            rows.read(text, &mut row);
            let found = reader.labels(text, &[]);
            assert_eq!(found.len(), 3);
            for found in found {
                let products = row.iter();
                let score: f32 = products
                    .map(|(c, v)| v * found.label.weights[*c as usize])
                    .sum();
                let expected = logistic(found.label.intercept + f64::from(score));
                assert!(
                    (found.probability - expected).abs() < 1e-5,
                    "{text}: {} {expected}",
                    found.probability
                );
            }
        }
    }
}
