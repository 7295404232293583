//! From texts to rows of numbers: which pieces of text count, and how much each is worth.
//!
//! A piece must stand in two texts at least: rarer ones teach nothing and may name a person. Its worth in a text is
//! (1 + ln count) × idf, idf = 1 + ln((1 + texts) / (1 + texts with it)) (Salton & Buckley 1988, smoothed), as learned and
//! never from the text at hand, so that one text alone gets the row it has among others. Words and character runs are
//! two blocks, each of length one.

use std::{collections::HashMap, ops::Range};

use rustc_hash::{FxBuildHasher, FxHashMap};
use serde::{Deserialize, Serialize};

use super::ngrams::{self, Ngrams};
use crate::text::normalise::fold;

/// Most pieces of a block: the most frequent are kept.
const MOST: usize = 50_000;
/// Texts a piece must stand in.
const FEWEST_TEXTS: u32 = 2;

type Places = HashMap<Box<str>, u32, FxBuildHasher>;

/// Pieces of one kind, sorted, with their idf.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "StoredBlock")]
struct Block {
    terms: Vec<String>,
    idf: Vec<f32>,
    #[serde(skip)]
    places: Places,
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
    fn new(terms: Vec<String>, idf: Vec<f32>) -> Self {
        let places = (0..)
            .zip(&terms)
            .map(|(place, term)| (term.as_str().into(), place))
            .collect();
        Self { terms, idf, places }
    }
}

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

    /// Adds the columns and values of a text to `row`: what [`Reader::read`] finds, in another order.
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

/// The pieces that count, and their worth.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Vocabulary {
    words: Block,
    runs: Block,
}

impl Vocabulary {
    /// Number of pieces.
    pub fn len(&self) -> usize {
        self.words.terms.len() + self.runs.terms.len()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// What a column is worth in a text that has it once, before the length of the text.
    pub fn idf(&self, column: u32) -> f32 {
        let column = column as usize;
        let words = self.words.terms.len();
        if column < words {
            self.words.idf[column]
        } else {
            self.runs.idf[column - words]
        }
    }

    /// Whether a column is that of a word or a pair of words.
    pub fn is_word(&self, column: u32) -> bool {
        (column as usize) < self.words.terms.len()
    }

    /// The word or pair of words of a column; `None` for a character run.
    pub fn word(&self, column: u32) -> Option<&str> {
        self.words.terms.get(column as usize).map(String::as_str)
    }

    /// What readers need to find pairs of words.
    pub fn pairs(&self) -> Pairs {
        let mut pairs = Pairs::default();
        for (column, term) in (0..).zip(&self.words.terms) {
            if let Some((first, second)) = term.split_once(' ') {
                let both = [pairs.number(first), pairs.number(second)];
                pairs.columns.insert(both, column);
            }
        }
        pairs
    }

    /// A reader of texts, with [`Vocabulary::pairs`] of this vocabulary.
    pub fn reader<'a>(&'a self, pairs: &'a Pairs) -> Reader<'a> {
        Reader {
            vocabulary: self,
            pairs,
            padded: String::new(),
            remembered: Remembered::default(),
            runs: Vec::new(),
            forgotten: 0,
            keys: Vec::new(),
            text: Vec::new(),
            counts: vec![0; self.len()],
        }
    }
}

/// Pairs of words: a number for each word that stands in one, and the columns of the pairs.
#[derive(Debug, Default)]
pub struct Pairs {
    numbers: Places,
    columns: FxHashMap<[u32; 2], u32>,
}

impl Pairs {
    fn number(&mut self, word: &str) -> u32 {
        let next = self.numbers.len() as u32;
        *self.numbers.entry(word.into()).or_insert(next)
    }
}

/// Most words, long words, and columns of their runs that a reader remembers.
const REMEMBERED: usize = 1 << 16;
const LONG_REMEMBERED: usize = 1 << 10;
const RUNS_REMEMBERED: usize = 1 << 20;

/// A word of a text.
struct Key {
    place: Range<usize>,
    /// Its bytes and zeros behind them; a word has none. `None` for a long word.
    short: Option<u128>,
}

impl Key {
    fn of(folded: &str, place: Range<usize>) -> Self {
        const BITS: usize = u128::BITS as usize;
        let bits = 8 * place.len();
        let ahead = folded.as_bytes()[place.start..].first_chunk();
        let short = (1..=BITS).contains(&bits).then(|| match ahead {
            Some(bytes) => u128::from_le_bytes(*bytes) & (u128::MAX >> (BITS - bits)),
            None => {
                let bytes = folded[place.clone()].bytes().rev();
                bytes.fold(0, |key, byte| key << 8 | u128::from(byte))
            }
        });
        Self { place, short }
    }
}

/// What is known of words. Most are short, and found without a look elsewhere in memory.
#[derive(Default)]
struct Remembered {
    short: FxHashMap<u128, Word>,
    long: FxHashMap<Box<str>, Word>,
}

impl Remembered {
    fn get(&self, folded: &str, key: &Key) -> Option<&Word> {
        match &key.short {
            Some(short) => self.short.get(short),
            None => self.long.get(&folded[key.place.clone()]),
        }
    }

    fn insert(&mut self, folded: &str, key: &Key, word: Word) {
        match key.short {
            Some(short) => self.short.insert(short, word),
            None => self.long.insert(folded[key.place.clone()].into(), word),
        };
    }

    fn len(&self) -> usize {
        self.short.len() + self.long.len()
    }

    fn is_full(&self) -> bool {
        self.len() >= REMEMBERED || self.long.len() >= LONG_REMEMBERED
    }
}

/// Turns texts into rows, keeping its memory from one to the next. A word's pieces are always the same: they are looked up
/// once.
pub struct Reader<'a> {
    vocabulary: &'a Vocabulary,
    pairs: &'a Pairs,
    /// The word at hand with a space at either end.
    padded: String,
    remembered: Remembered,
    /// Columns of the runs of words remembered.
    runs: Vec<u32>,
    forgotten: u32,
    /// Words of the text at hand, as they stand there and as they are known.
    keys: Vec<Key>,
    text: Vec<Word>,
    /// By column; all zero between texts.
    counts: Vec<u32>,
}

/// What a word adds to a text.
#[derive(Clone, Copy)]
struct Word {
    column: Option<u32>,
    /// Among words that stand in pairs.
    number: Option<u32>,
    /// Its number among the words remembered.
    remembered: u32,
    /// Its place in the list of runs.
    runs: (u32, u32),
}

impl Word {
    fn columns<'a>(&self, runs: &'a [u32]) -> &'a [u32] {
        &runs[self.runs.0 as usize..self.runs.1 as usize]
    }
}

impl Reader<'_> {
    /// Adds the columns and values of a tidy, redacted and folded text to `row`: words, pairs of words, then character runs.
    pub fn read(&mut self, folded: &str, row: &mut Vec<(u32, f32)>) {
        self.read_words(folded, row);
        let start = row.len();
        for word in &self.text {
            for column in word.columns(&self.runs) {
                count(*column, &mut self.counts, row);
            }
        }
        let from = self.vocabulary.words.terms.len() as u32;
        let idf = &self.vocabulary.runs.idf;
        weigh(idf, from, &mut self.counts, &mut row[start..]);
    }

    /// The words of the text read last: each one's number among those remembered, and the columns of its character runs.
    pub fn words(&self) -> impl Iterator<Item = (usize, &[u32])> {
        let columns = |word: &Word| (word.remembered as usize, word.columns(&self.runs));
        self.text.iter().map(columns)
    }

    /// How often all words remembered were forgotten, so that their numbers begin anew.
    pub fn forgotten(&self) -> u32 {
        self.forgotten
    }

    /// [`Reader::read`] without the character runs.
    pub fn read_words(&mut self, folded: &str, row: &mut Vec<(u32, f32)>) {
        if self.remembered.is_full() || self.runs.len() >= RUNS_REMEMBERED {
            self.remembered = Remembered::default();
            self.runs.clear();
            self.forgotten += 1;
        }
        self.text.clear();
        // Where words end cannot be foreseen, and memory is slow to answer: one after the other, so that neither waits for both.
        self.keys.clear();
        let keys = ngrams::words(folded).map(|place| Key::of(folded, place));
        self.keys.extend(keys);
        for at in 0..self.keys.len() {
            let word = match self.remembered.get(folded, &self.keys[at]) {
                Some(word) => *word,
                None => self.look_up(folded, at),
            };
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
        weigh(&self.vocabulary.words.idf, 0, counts, &mut row[start..]);
    }

    /// A word of the text at hand that is not remembered yet, by its place among those.
    fn look_up(&mut self, folded: &str, at: usize) -> Word {
        let Vocabulary { words, runs } = self.vocabulary;
        let key = &self.keys[at];
        let text = &folded[key.place.clone()];
        let from = self.runs.len() as u32;
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
            remembered: self.remembered.len() as u32,
            runs: (from, self.runs.len() as u32),
        };
        self.remembered.insert(folded, key, word);
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

fn weigh(idf: &[f32], from: u32, counts: &mut [u32], row: &mut [(u32, f32)]) {
    for (column, value) in row.iter_mut() {
        let count = std::mem::take(&mut counts[*column as usize]);
        *value = frequency(count) * idf[(*column - from) as usize];
    }
    to_length_one(row);
}

/// 1 + ln count.
pub(super) fn frequency(count: u32) -> f32 {
    const OF_FEW: [f32; 4] = [0.0, 1.0, 1.0 + std::f32::consts::LN_2, 2.098_612_3];
    let few = OF_FEW.get(count as usize).copied();
    few.unwrap_or_else(|| 1.0 + (count as f32).ln())
}

fn to_length_one(row: &mut [(u32, f32)]) {
    let length = row.iter().map(|(_, v)| v * v).sum::<f32>().sqrt();
    for (_, value) in row {
        *value /= length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_alone_is_the_row_among_others() {
        let texts = ["the agent was rude", "The agent was kind, kind!", "agent"];
        let corpus = Corpus::new(texts);
        let taught = corpus.taught_by(&[0, 1, 2]);
        let vocabulary = taught.vocabulary();
        let pairs = vocabulary.pairs();
        let mut reader = vocabulary.reader(&pairs);
        let mut rows: Vec<Vec<(u32, f32)>> = Vec::new();
        for text in texts {
            let mut row = Vec::new();
            reader.read(&fold(text), &mut row);
            rows.push(row);
        }
        let mut alone = Vec::new();
        vocabulary.reader(&pairs).read(&fold(texts[1]), &mut alone);
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
