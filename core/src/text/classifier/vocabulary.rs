//! Pieces of text that a learned model counts, and their weights.
//!
//! A piece must occur in two texts at least: rarer ones teach nothing and may name a person. Its
//! weight in a text is (1 + ln count) × idf, idf = 1 + ln((1 + texts) / (1 + texts with it))
//! (Salton & Buckley 1988, smoothed). The idf is learned and never depends on the text at hand, so
//! that a text has the same row alone as among others. Words and character runs are two blocks,
//! each of length one.

use std::collections::HashMap;

use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

pub(super) type Places = HashMap<Box<str>, u32, FxBuildHasher>;

/// Pieces of one kind, sorted, with their idf.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "StoredBlock")]
pub(super) struct Block {
    pub(super) terms: Vec<String>,
    pub(super) idf: Vec<f32>,
    #[serde(skip)]
    pub(super) places: Places,
}

#[derive(Deserialize)]
struct StoredBlock {
    terms: Vec<String>,
    idf: Vec<f32>,
}

impl TryFrom<StoredBlock> for Block {
    type Error = String;

    fn try_from(stored: StoredBlock) -> Result<Self, String> {
        if stored.terms.len() != stored.idf.len() {
            return Err(format!(
                "there are {} terms and {} idf",
                stored.terms.len(),
                stored.idf.len()
            ));
        }
        Ok(Self::new(stored.terms, stored.idf))
    }
}

impl Block {
    pub(super) fn new(terms: Vec<String>, idf: Vec<f32>) -> Self {
        let places = (0..)
            .zip(&terms)
            .map(|(place, term)| (term.as_str().into(), place))
            .collect();
        Self { terms, idf, places }
    }
}

/// The pieces that count, and their weight.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Vocabulary {
    pub(super) words: Block,
    pub(super) runs: Block,
}

impl Vocabulary {
    /// Number of pieces.
    pub fn len(&self) -> usize {
        self.words.terms.len() + self.runs.terms.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Weight of a column in a text that has it once, before normalisation.
    pub fn idf(&self, column: u32) -> f32 {
        let column = column as usize;
        let words = self.words.terms.len();
        if column < words {
            self.words.idf[column]
        } else {
            self.runs.idf[column - words]
        }
    }

    /// The word or pair of words of a column; `None` for a character run.
    pub fn word(&self, column: u32) -> Option<&str> {
        self.words.terms.get(column as usize).map(String::as_str)
    }
}

/// 1 + ln count.
pub(super) fn frequency(count: u32) -> f32 {
    const OF_FEW: [f32; 4] = [0.0, 1.0, 1.0 + std::f32::consts::LN_2, 2.098_612_3];
    let few = OF_FEW.get(count as usize).copied();
    few.unwrap_or_else(|| 1.0 + (count as f32).ln())
}

/// Scales values to a vector of length 1.
pub(super) fn to_length_one(row: &mut [(u32, f32)]) {
    let length = row.iter().map(|(_, v)| v * v).sum::<f32>().sqrt();
    for (_, value) in row {
        *value /= length;
    }
}
