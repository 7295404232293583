//! Rows of numbers of texts, in the columns of a vocabulary.
//!
//! The columns of a word are looked up once and remembered: a word has some ten character runs. On
//! one thread, a row and the scores of ten labels take 1.3 µs instead of 3.2 µs for the remarks of
//! a contact centre (2,752 texts, 8,787 columns), and 3.2 µs instead of 6.9 µs for tweets (4,200
//! texts, 22,557 columns).

use rustc_hash::FxHashMap;

use super::{
    ngrams,
    vocabulary::{Places, Vocabulary, frequency, to_length_one},
};

/// Most words, and columns of their runs, that are remembered. Longer words are not.
const MOST_WORDS: usize = 1 << 16;
const MOST_RUNS: usize = 1 << 20;
const LONGEST_WORD: usize = 32;

/// Pairs of words: a number for each word that is part of one, and the columns of the pairs.
#[derive(Debug, Default)]
pub struct Pairs {
    numbers: Places,
    columns: FxHashMap<[u32; 2], u32>,
}

impl Pairs {
    /// The pairs of a vocabulary.
    pub fn of(vocabulary: &Vocabulary) -> Self {
        let mut pairs = Self::default();
        for (column, term) in (0..).zip(&vocabulary.words.terms) {
            if let Some((first, second)) = term.split_once(' ') {
                let both = [pairs.number(first), pairs.number(second)];
                pairs.columns.insert(both, column);
            }
        }
        pairs
    }

    fn number(&mut self, word: &str) -> u32 {
        let next = self.numbers.len() as u32;
        *self.numbers.entry(word.into()).or_insert(next)
    }
}

/// What a word adds to a row.
#[derive(Clone, Copy)]
struct Word {
    column: Option<u32>,
    /// Number among the words of pairs.
    number: Option<u32>,
    /// Start and end in the list of runs.
    runs: (usize, usize),
}

/// Turns texts into rows, reusing its memory.
pub struct RowReader<'a> {
    vocabulary: &'a Vocabulary,
    pairs: &'a Pairs,
    /// The current word with a space at either end.
    padded: String,
    known: FxHashMap<Box<str>, Word>,
    /// Columns of the character runs of words.
    runs: Vec<u32>,
    /// Words of the current text.
    text: Vec<Word>,
    /// By column; all zero between texts.
    counts: Vec<u32>,
}

impl<'a> RowReader<'a> {
    /// `pairs`: those of `vocabulary`.
    pub fn new(vocabulary: &'a Vocabulary, pairs: &'a Pairs) -> Self {
        Self {
            vocabulary,
            pairs,
            padded: String::new(),
            known: FxHashMap::default(),
            runs: Vec::new(),
            text: Vec::new(),
            counts: vec![0; vocabulary.len()],
        }
    }

    /// Adds the columns and values of a tidy, redacted and folded text to `row`: words, pairs of
    /// words, then character runs.
    pub fn read(&mut self, folded: &str, row: &mut Vec<(u32, f32)>) {
        if self.known.len() >= MOST_WORDS || self.runs.len() >= MOST_RUNS {
            self.known.clear();
            self.runs.clear();
        }
        self.text.clear();
        for place in ngrams::words(folded) {
            let word = &folded[place];
            let known = self.known.get(word).copied();
            let word = known.unwrap_or_else(|| self.look_up(word));
            self.text.push(word);
        }
        let counts = &mut self.counts;
        let start = row.len();
        for column in self.text.iter().filter_map(|word| word.column) {
            count(column, counts, row);
        }
        for two in self.text.windows(2) {
            if let [Some(first), Some(second)] = [two[0].number, two[1].number]
                && let Some(column) = self.pairs.columns.get(&[first, second])
            {
                count(*column, counts, row);
            }
        }
        let end_of_words = row.len();
        for Word {
            runs: (from, to), ..
        } in &self.text
        {
            for column in &self.runs[*from..*to] {
                count(*column, counts, row);
            }
        }
        weigh(self.vocabulary, counts, &mut row[start..end_of_words]);
        weigh(self.vocabulary, counts, &mut row[end_of_words..]);
    }

    fn look_up(&mut self, text: &str) -> Word {
        let Vocabulary { words, runs } = self.vocabulary;
        let from = self.runs.len();
        let first = words.terms.len() as u32;
        self.padded.clear();
        self.padded.extend([" ", text, " "]);
        ngrams::runs(&self.padded, |run| {
            let known = runs.places.get(run);
            self.runs.extend(known.map(|column| first + column));
        });
        let word = Word {
            column: words.places.get(text).copied(),
            number: self.pairs.numbers.get(text).copied(),
            runs: (from, self.runs.len()),
        };
        if text.len() <= LONGEST_WORD {
            self.known.insert(text.into(), word);
        }
        word
    }
}

fn count(column: u32, counts: &mut [u32], row: &mut Vec<(u32, f32)>) {
    let count = &mut counts[column as usize];
    if *count == 0 {
        row.push((column, 0.0));
    }
    *count += 1;
}

/// Sets the values of a block from the counts, which become zero.
fn weigh(vocabulary: &Vocabulary, counts: &mut [u32], block: &mut [(u32, f32)]) {
    for (column, value) in block.iter_mut() {
        let count = std::mem::take(&mut counts[*column as usize]);
        *value = frequency(count) * vocabulary.idf(*column);
    }
    to_length_one(block);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{classifier::corpus::Corpus, normalise::fold};

    #[test]
    fn a_row_alone_is_the_row_among_others() {
        let texts = ["the agent was rude", "The agent was kind, kind!", "agent"];
        let corpus = Corpus::new(texts);
        let taught = corpus.taught_by(&[0, 1, 2]);
        let vocabulary = taught.vocabulary();
        let pairs = Pairs::of(&vocabulary);
        let mut reader = RowReader::new(&vocabulary, &pairs);
        let mut rows: Vec<Vec<(u32, f32)>> = Vec::new();
        for text in texts {
            let mut row = Vec::new();
            reader.read(&fold(text), &mut row);
            rows.push(row);
        }
        let mut alone = Vec::new();
        RowReader::new(&vocabulary, &pairs).read(&fold(texts[1]), &mut alone);
        assert_eq!(alone, rows[1]);
        let mut in_training = Vec::new();
        taught.read(1, &mut in_training);
        for row in [&mut alone, &mut in_training] {
            row.sort_by_key(|(column, _)| *column);
        }
        assert_eq!(in_training, alone);
        let known: Vec<&str> = rows[0]
            .iter()
            .filter_map(|(c, _)| vocabulary.word(*c))
            .collect();
        assert_eq!(known, ["the", "agent", "was", "the agent", "agent was"]);
        // idf of a term in two of three texts against one in all three.
        let value = |word: &str| {
            let place = |(c, _): &&(u32, f32)| vocabulary.word(*c) == Some(word);
            rows[0].iter().find(place).expect("known").1
        };
        let expected = (1.0 + (4.0_f32 / 3.0).ln()) / 1.0;
        assert!((value("was") / value("agent") - expected).abs() < 1e-6);
        for row in &rows[..2] {
            let squares: f32 = row.iter().map(|(_, v)| v * v).sum();
            assert!((squares - 2.0).abs() < 1e-5, "two blocks of length one");
        }
    }
}
