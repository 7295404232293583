//! Pieces of a text that a learned model counts: words, pairs of words, and runs of three and four
//! characters inside a word, which allow for misspelling and inflection.

use std::ops::Range;

/// Lengths of the character runs; a word counts with a space at either end.
const RUNS: [usize; 2] = [3, 4];

/// A folded text cut into words, a space between them: every piece is a slice of it.
#[derive(Debug, Default)]
pub struct Ngrams {
    line: String,
    words: Vec<Range<usize>>,
}

impl Ngrams {
    /// Cuts `folded` into [`words`], reusing the memory.
    pub fn cut(&mut self, folded: &str) {
        self.line.clear();
        self.words.clear();
        self.line.push(' ');
        for word in words(folded) {
            let from = self.line.len();
            self.line.push_str(&folded[word]);
            self.words.push(from..self.line.len());
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
    fn runs_of<'a>(&'a self, place: usize, take: impl FnMut(&'a str)) {
        let word = &self.words[place];
        runs(&self.line[word.start - 1..word.end + 1], take);
    }
}

/// Positions of the words of a [folded](crate::text::normalise::fold) text: runs of letters, digits
/// and apostrophes. A run of exclamation or question marks is a word, and so is every other sign
/// (an emoji).
pub fn words(folded: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = folded.as_bytes();
    let kind_at = move |at: usize| match bytes.get(at)? {
        byte @ ..0x80 => Some((Kind::of_ascii(*byte), 1)),
        _ => {
            let c = folded.get(at..)?.chars().next()?;
            Some((Kind::of(c), c.len_utf8()))
        }
    };
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let (kind, length) = kind_at(at)?;
            let from = at;
            at += length;
            match kind {
                Kind::Space => continue,
                Kind::Sign => return Some(from..at),
                Kind::Word | Kind::Mark => {}
            }
            while let Some((next, length)) = kind_at(at)
                && next == kind
            {
                at += length;
            }
            return Some(from..at);
        }
    })
}

/// Character runs of a word, which has a space at either end.
pub fn runs<'a>(padded: &'a str, mut take: impl FnMut(&'a str)) {
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

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Space,
    Word,
    Mark,
    Sign,
}

impl Kind {
    fn of_ascii(byte: u8) -> Self {
        match byte {
            b'!' | b'?' => Self::Mark,
            b'\'' => Self::Word,
            _ if byte.is_ascii_alphanumeric() => Self::Word,
            _ => Self::Space,
        }
    }

    /// Of a character beyond ASCII.
    fn of(c: char) -> Self {
        if c.is_alphanumeric() {
            Self::Word
        } else if c.is_whitespace() {
            Self::Space
        } else {
            Self::Sign
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
