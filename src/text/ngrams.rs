//! Pieces of a text that a learned model counts: words, pairs of words, and runs of three and four characters inside a
//! word, which forgive misspelling and inflection.

use std::{ops::Range, sync::LazyLock};

/// Lengths of the character runs; a word counts with a space at either end.
const RUNS: [usize; 2] = [3, 4];

/// A folded text cut into words, a space between them: every piece is a slice of it.
#[derive(Debug, Default)]
pub struct Ngrams {
    line: String,
    words: Vec<Range<usize>>,
}

impl Ngrams {
    /// Cuts `folded` anew (see [`super::normalise::fold`]), keeping the memory. A word is a run of letters, digits and
    /// apostrophes; marks of exclamation and question are one, and so is each sign that is neither (an emoji).
    pub fn cut(&mut self, folded: &str) {
        self.line.clear();
        self.words.clear();
        self.line.push(' ');
        if folded.is_ascii() {
            return self.cut_ascii(folded);
        }
        let mut last = Kind::Space;
        for c in folded.chars() {
            let kind = Kind::of(c);
            if kind != last || kind == Kind::Sign {
                self.close(last);
            }
            if kind != Kind::Space {
                if kind != last || kind == Kind::Sign {
                    self.words.push(self.line.len()..self.line.len());
                }
                self.line.push(c);
            }
            last = kind;
        }
        self.close(last);
    }

    fn cut_ascii(&mut self, folded: &str) {
        let bytes = folded.as_bytes();
        let kinds = &*ASCII_KINDS;
        let mut at = 0;
        while at < bytes.len() {
            let kind = kinds[usize::from(bytes[at] & 0x7f)];
            let same = |b: &&u8| kinds[usize::from(**b & 0x7f)] == kind;
            let end = at + bytes[at..].iter().take_while(same).count();
            if kind != Kind::Space {
                let from = self.line.len();
                self.line.push_str(&folded[at..end]);
                self.words.push(from..self.line.len());
                self.line.push(' ');
            }
            at = end;
        }
    }

    fn close(&mut self, kind: Kind) {
        if let Some(word) = self.words.last_mut().filter(|_| kind != Kind::Space) {
            word.end = self.line.len();
            self.line.push(' ');
        }
    }

    /// Words and pairs of neighbours.
    pub fn each_word<'a>(&'a self, mut take: impl FnMut(&'a str)) {
        for (i, word) in self.words.iter().enumerate() {
            take(&self.line[word.clone()]);
            if let Some(next) = self.words.get(i + 1) {
                take(&self.line[word.start..next.end]);
            }
        }
    }

    /// Character runs of every word.
    pub fn each_run<'a>(&'a self, mut take: impl FnMut(&'a str)) {
        (0..self.len()).for_each(|place| self.runs_of(place, &mut take));
    }

    /// Number of words.
    pub fn len(&self) -> usize {
        self.words.len()
    }

    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// A word, by its place.
    pub fn word(&self, place: usize) -> &str {
        &self.line[self.words[place].clone()]
    }

    /// Character runs of the word at a place.
    pub fn runs_of<'a>(&'a self, place: usize, mut take: impl FnMut(&'a str)) {
        let word = &self.words[place];
        let padded = &self.line[word.start - 1..word.end + 1];
        for length in RUNS {
            if padded.is_ascii() {
                for from in 0..(padded.len() + 1).saturating_sub(length) {
                    take(&padded[from..from + length]);
                }
                continue;
            }
            let ends = padded
                .char_indices()
                .skip(length)
                .map(|(at, _)| at)
                .chain([padded.len()]);
            let starts = padded.char_indices().map(|(at, _)| at);
            if padded.chars().nth(length - 1).is_some() {
                for (start, end) in starts.zip(ends) {
                    take(&padded[start..end]);
                }
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Space,
    Word,
    Mark,
    Sign,
}

/// [`Kind::of`] the ASCII characters.
static ASCII_KINDS: LazyLock<[Kind; 128]> =
    LazyLock::new(|| std::array::from_fn(|at| Kind::of(char::from(at as u8))));

impl Kind {
    fn of(c: char) -> Self {
        match c {
            '!' | '?' => Self::Mark,
            '\'' => Self::Word,
            _ if c.is_alphanumeric() => Self::Word,
            _ if c.is_ascii() || c.is_whitespace() => Self::Space,
            _ => Self::Sign,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces(text: &str) -> (Vec<String>, Vec<String>) {
        let mut ngrams = Ngrams::default();
        ngrams.cut(text);
        let (mut words, mut runs) = (Vec::new(), Vec::new());
        ngrams.each_word(|w| words.push(w.to_owned()));
        ngrams.each_run(|r| runs.push(r.to_owned()));
        (words, runs)
    }

    #[test]
    fn words_pairs_and_runs() {
        let (words, runs) = pieces("didn't help!! \u{1f621}");
        assert_eq!(
            words,
            [
                "didn't",
                "didn't help",
                "help",
                "help !!",
                "!!",
                "!! \u{1f621}",
                "\u{1f621}"
            ]
        );
        assert_eq!(
            runs[6..],
            [
                " did",
                "didn",
                "idn'",
                "dn't",
                "n't ",
                " he",
                "hel",
                "elp",
                "lp ",
                " hel",
                "help",
                "elp ",
                " !!",
                "!! ",
                " !! ",
                " \u{1f621} "
            ]
        );
        assert_eq!(runs[..6], [" di", "did", "idn", "dn'", "n't", "'t "]);
        assert_eq!(pieces(" ,; ").0, Vec::<String>::new());
        assert_eq!(pieces("é").1, [" é "]);
        assert_eq!(pieces("né").1, [" né", "né ", " né "]);
    }
}
