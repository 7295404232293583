//! The mood model of a file of comments, learned from the file's own scores.

use std::path::Path;

use clap::Args;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::Serialize;

use super::table;
use crate::{
    cli::outcome::Failure,
    tables::{
        Options,
        missing::Missing,
        number::{DecimalMark, parse},
    },
    text::{
        classifier::mood::{self, MOST_COMMENTS, MoodClassifier, MoodQuality, WeightedTerm},
        lexicon::Lexicon,
        mood_examples,
        normalise::tidy,
        redact::redact,
    },
};

/// Seed of the choice of comments to learn from, where there are more than [`MOST_COMMENTS`].
const SEED: u64 = 1;
/// Words shown that go with good scores, and with others.
const SHOWN_TERMS: usize = 25;

/// Scores to learn the mood from.
#[derive(Args, Debug)]
pub struct ScoreOptions {
    /// Column with the score: from 500 scores on, the words that go with good scores are learned
    #[arg(long, value_name = "COLUMN", requires = "good_from")]
    pub score: Option<String>,
    /// Lowest score that is good
    #[arg(long, value_name = "X", requires = "score")]
    pub good_from: Option<f64>,
}

/// Column with the scores of a file, and which of them are good.
#[derive(Clone, Copy, Debug)]
pub struct ScoreColumn {
    pub place: usize,
    pub good_from: f64,
}

impl ScoreColumn {
    /// Whether the score in a cell is good: a number, also in front of its label ("5 - Very good").
    ///
    /// # Errors
    /// `Failure::Usage`: neither a number nor missing.
    pub fn is_good(
        &self,
        (file, row): (&Path, u64),
        cell: &str,
        missing: &Missing,
    ) -> Result<Option<bool>, Failure> {
        let cell = cell.trim();
        if missing.is_missing(cell) {
            return Ok(None);
        }
        let leading = cell
            .split(|c: char| c.is_whitespace() || c == '-' || c == ':')
            .next();
        let number = parse(cell, DecimalMark::Dot)
            .or_else(|| parse(leading.unwrap_or_default(), DecimalMark::Dot));
        match number {
            Some(score) => Ok(Some(score >= self.good_from)),
            None => {
                let problem = format!("row {row}: the score \"{cell}\" is not a number");
                Err(Failure::Usage(format!("{}: {problem}", file.display())))
            }
        }
    }
}

/// Mood model that was learned, for the output.
#[derive(Serialize)]
pub struct MoodModelReport {
    /// Null without a model.
    quality: Option<MoodQuality>,
    /// Why there is no model.
    reason: Option<String>,
    /// Penalty chosen by cross-validation, and words and pairs with a weight.
    penalty: Option<f64>,
    terms: Option<usize>,
    /// Weights of the log odds of the model and of the words of praise and blame.
    model_weight: Option<f64>,
    lexicon_weight: Option<f64>,
    good: Vec<WeightedTerm>,
    poor: Vec<WeightedTerm>,
}

/// A file with comments and scores.
pub struct ScoredFile<'a> {
    pub file: &'a Path,
    pub options: &'a Options,
    pub text: usize,
    pub score: ScoreColumn,
    pub missing: &'a Missing,
}

impl ScoredFile<'_> {
    /// Learns from the file; reads it once, and keeps a random choice of comments.
    ///
    /// # Errors
    /// `Failure::Usage`: the file cannot be read, or a score is no number.
    pub fn learn(
        &self,
        lexicon: &Lexicon,
    ) -> Result<(Option<MoodClassifier>, MoodModelReport), Failure> {
        let chosen = self.choose()?;
        let redacted: Vec<(String, bool)> = chosen
            .into_par_iter()
            .map(|(text, good)| (redact(tidy(&text), &[]).text.to_string(), good))
            .collect();
        let comments = mood_examples::of(&redacted, lexicon);
        let model = match mood::train(&comments) {
            Ok(model) => model,
            Err(error) => return Ok((None, MoodModelReport::without(error.to_string()))),
        };
        let (good, poor) = model.strongest(SHOWN_TERMS);
        let report = MoodModelReport {
            quality: Some(model.quality),
            reason: None,
            penalty: Some(model.penalty),
            terms: Some(model.terms.len()),
            model_weight: Some(model.model_weight),
            lexicon_weight: Some(model.lexicon_weight),
            good,
            poor,
        };
        Ok((MoodClassifier::new(model), report))
    }

    /// A random choice of the comments with a score, each with the same probability.
    fn choose(&self) -> Result<Vec<(String, bool)>, Failure> {
        let mut table = table::open(self.file, self.options)?;
        let mut random = ChaCha8Rng::seed_from_u64(SEED);
        let mut chosen: Vec<(String, bool)> = Vec::new();
        let (mut read, mut scored) = (0, 0);
        while let Some(row) = table::next_row(&mut table, self.file)? {
            read += 1;
            let text = row.cell(self.text).trim();
            if self.missing.is_missing(text) {
                continue;
            }
            let cell = row.cell(self.score.place);
            let Some(good) = self.score.is_good((self.file, read), cell, self.missing)? else {
                continue;
            };
            scored += 1;
            if chosen.len() < MOST_COMMENTS {
                chosen.push((text.to_owned(), good));
                continue;
            }
            let place = random.random_range(0..scored);
            if let Some(replaced) = chosen.get_mut(place) {
                *replaced = (text.to_owned(), good);
            }
        }
        Ok(chosen)
    }
}

impl MoodModelReport {
    fn without(reason: String) -> Self {
        Self {
            quality: None,
            reason: Some(reason),
            penalty: None,
            terms: None,
            model_weight: None,
            lexicon_weight: None,
            good: Vec::new(),
            poor: Vec::new(),
        }
    }
}
