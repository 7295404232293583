//! Texts cut into pieces once, from which any part of them can teach a vocabulary.

use super::{
    ngrams::Ngrams,
    vocabulary::{Block, Places, Vocabulary, frequency, to_length_one},
};
use crate::text::normalise::fold;

/// Most pieces of a block: the most frequent are kept.
const MOST: usize = 50_000;
/// Texts in which a piece must occur.
const FEWEST_TEXTS: u32 = 2;

/// One kind of pieces in many texts.
#[derive(Default)]
struct Counts {
    /// Sorted.
    pieces: Vec<Box<str>>,
    /// Of each text, pieces and how often they stand in it.
    texts: Vec<Vec<(u32, u32)>>,
}

/// [`Counts`] while texts are read: pieces in the order of their first appearance.
#[derive(Default)]
struct Counting {
    places: Places,
    /// By piece; all zero between texts.
    counts: Vec<u32>,
    text: Vec<(u32, u32)>,
    texts: Vec<Vec<(u32, u32)>>,
}

impl Counting {
    fn add(&mut self, piece: &str) {
        let place = if let Some(place) = self.places.get(piece) {
            *place
        } else {
            let place = self.counts.len() as u32;
            self.places.insert(piece.into(), place);
            self.counts.push(0);
            place
        };
        let count = &mut self.counts[place as usize];
        if *count == 0 {
            self.text.push((place, 0));
        }
        *count += 1;
    }

    fn end_text(&mut self) {
        for (place, count) in &mut self.text {
            *count = std::mem::take(&mut self.counts[*place as usize]);
        }
        self.texts.push(self.text.clone());
        self.text.clear();
    }

    fn sorted(self) -> Counts {
        let mut pieces: Vec<(Box<str>, u32)> = self.places.into_iter().collect();
        pieces.sort_unstable();
        let mut places = vec![0; pieces.len()];
        for (sorted, (_, place)) in (0..).zip(&pieces) {
            places[*place as usize] = sorted;
        }
        let mut texts = self.texts;
        for (place, _) in texts.iter_mut().flatten() {
            *place = places[*place as usize];
        }
        Counts {
            pieces: pieces.into_iter().map(|(piece, _)| piece).collect(),
            texts,
        }
    }
}

impl Counts {
    /// Which pieces count, as some of the texts teach.
    fn choose(&self, texts: &[usize]) -> Chosen {
        let mut with = vec![0_u32; self.pieces.len()];
        for (piece, _) in texts.iter().flat_map(|t| &self.texts[*t]) {
            with[*piece as usize] += 1;
        }
        let mut kept: Vec<usize> = (0..with.len())
            .filter(|p| with[*p] >= FEWEST_TEXTS)
            .collect();
        if kept.len() > MOST {
            kept.sort_unstable_by_key(|p| (std::cmp::Reverse(with[*p]), *p));
            kept.truncate(MOST);
            kept.sort_unstable();
        }
        let idf = |piece: &usize| {
            let share = (1.0 + texts.len() as f64) / (1.0 + f64::from(with[*piece]));
            (1.0 + share.ln()) as f32
        };
        let mut columns = vec![None; self.pieces.len()];
        for (column, piece) in (0..).zip(&kept) {
            columns[*piece] = Some(column);
        }
        Chosen {
            idf: kept.iter().map(idf).collect(),
            columns,
            kept,
        }
    }
}

/// The pieces chosen of some [`Counts`].
struct Chosen {
    kept: Vec<usize>,
    idf: Vec<f32>,
    /// By piece.
    columns: Vec<Option<u32>>,
}

impl Chosen {
    fn block(&self, counts: &Counts) -> Block {
        let term = |piece: &usize| counts.pieces[*piece].to_string();
        Block::new(self.kept.iter().map(term).collect(), self.idf.clone())
    }

    fn add(&self, counts: &Counts, text: usize, from: u32, row: &mut Vec<(u32, f32)>) {
        let start = row.len();
        let known = counts.texts[text].iter().filter_map(|(piece, count)| {
            let column = self.columns[*piece as usize]?;
            let value = frequency(*count) * self.idf[column as usize];
            Some((from + column, value))
        });
        row.extend(known);
        to_length_one(&mut row[start..]);
    }
}

/// Texts cut into pieces, once, from which any part of them can teach a vocabulary.
pub struct Corpus {
    words: Counts,
    runs: Counts,
}

impl Corpus {
    /// Cuts texts that are tidy and redacted.
    pub fn new<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let (mut words, mut runs) = (Counting::default(), Counting::default());
        let mut ngrams = Ngrams::default();
        for text in texts {
            ngrams.cut(&fold(text));
            ngrams.each_word(|piece| words.add(piece));
            ngrams.each_run(|piece| runs.add(piece));
            words.end_text();
            runs.end_text();
        }
        Self {
            words: words.sorted(),
            runs: runs.sorted(),
        }
    }

    /// What the texts `learn` teach: a vocabulary's columns, and the rows of all texts in them.
    pub fn taught_by(&self, learn: &[usize]) -> Taught<'_> {
        Taught {
            corpus: self,
            words: self.words.choose(learn),
            runs: self.runs.choose(learn),
        }
    }
}

/// A vocabulary of some texts of a corpus.
pub struct Taught<'a> {
    corpus: &'a Corpus,
    words: Chosen,
    runs: Chosen,
}

impl Taught<'_> {
    /// Number of columns.
    pub fn columns(&self) -> usize {
        self.words.kept.len() + self.runs.kept.len()
    }

    /// Adds the columns and values of a text to `row`, as
    /// [`RowReader::read`](super::row_reader::RowReader::read) does in another order.
    pub fn read(&self, text: usize, row: &mut Vec<(u32, f32)>) {
        self.words.add(&self.corpus.words, text, 0, row);
        let from = self.words.kept.len() as u32;
        self.runs.add(&self.corpus.runs, text, from, row);
    }

    /// The vocabulary itself.
    pub fn vocabulary(&self) -> Vocabulary {
        Vocabulary {
            words: self.words.block(&self.corpus.words),
            runs: self.runs.block(&self.corpus.runs),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_same_after_a_round_trip() {
        let corpus = Corpus::new(["one two", "two one", "two"]);
        let vocabulary = corpus.taught_by(&[0, 1, 2]).vocabulary();
        let json = serde_json::to_string(&vocabulary).expect("JSON");
        assert_eq!(
            serde_json::from_str::<Vocabulary>(&json).expect("reads"),
            vocabulary
        );
        let broken = json.replacen("\"idf\":[", "\"idf\":[1.0,", 1);
        assert!(serde_json::from_str::<Vocabulary>(&broken).is_err());
    }
}
