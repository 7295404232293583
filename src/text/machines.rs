//! Lists of words and phrases, made into machines that find them.
//!
//! A machine that knows every script's letters is large: it takes ten times as long to build as one for ASCII, and beyond
//! ASCII it loses its fast way. But a pattern that names ASCII characters alone can mean any other character only as "some
//! letter", "some space" or "some sign". So a text is read through a stand-in with one byte for each such character
//! ([`Legible`]), by machines for ASCII. Only lists that name other scripts' characters themselves need the large ones, and
//! only for texts beyond ASCII.

use std::{borrow::Cow, ops::Range, sync::OnceLock};

use regex::{
    Error,
    bytes::{Regex, RegexBuilder, RegexSet, RegexSetBuilder, SetMatches},
};
use regex_syntax::ast::parse::Parser;

/// Compiled size of one pattern, of a list and of all lists: a few letters can otherwise stand for a machine that reads for
/// hours. The same machine for every script is much larger.
const PATTERN_BYTES: Limit = Limit {
    ascii: 1 << 15,
    unicode: 1 << 20,
};
const LIST_BYTES: Limit = Limit {
    ascii: 1 << 20,
    unicode: 8 << 20,
};
const SET_BYTES: usize = 64 << 20;

#[derive(Clone, Copy)]
struct Limit {
    ascii: usize,
    unicode: usize,
}

/// Memory of all lists together while they read.
const SET_CACHE_BYTES: usize = 16 << 20;

/// In place of a letter or digit beyond ASCII. Folded text has no capitals.
const LETTER: u8 = b'Z';
/// In place of any other sign beyond ASCII. Tidy text has no control characters.
const SIGN: u8 = 0x7f;

/// Why a list cannot be used.
#[derive(Debug)]
pub struct Unusable {
    /// The pattern, or the whole list where it is too long.
    pub pattern: String,
    pub source: Error,
}

/// A list of patterns.
#[derive(Clone, Debug)]
pub struct Words {
    /// As one pattern.
    pattern: String,
    ascii: Regex,
    /// For texts beyond ASCII, where a stand-in will not do.
    wide: Option<Regex>,
}

impl Words {
    /// A list. `whole_words` matches between word boundaries alone; `plain` when this list and all others that read the same
    /// texts are [`is_plain`]. An empty list matches nothing.
    ///
    /// # Errors
    /// The first pattern that is none.
    pub fn new(patterns: &[String], whole_words: bool, plain: bool) -> Result<Self, Unusable> {
        // Together they could be a pattern although none is one: "a(b" and "c)d".
        for pattern in patterns {
            Parser::new().parse(pattern).map_err(|problem| Unusable {
                pattern: pattern.clone(),
                source: Error::Syntax(problem.to_string()),
            })?;
            // A machine is about as long as its pattern, unless something is counted out.
            if pattern.contains('{') {
                ascii(pattern, PATTERN_BYTES).map_err(|source| Unusable {
                    pattern: pattern.clone(),
                    source,
                })?;
            }
        }
        let joined = if patterns.is_empty() {
            "[^\\s\\S]".to_owned()
        } else {
            patterns.join("|")
        };
        let pattern = if whole_words {
            format!(r"\b(?:{joined})\b")
        } else {
            format!("(?:{joined})")
        };
        let build = || {
            let ascii = ascii(&pattern, LIST_BYTES)?;
            let wide = (!plain).then(|| unicode(&pattern, LIST_BYTES));
            Ok((ascii, wide.transpose()?))
        };
        match build() {
            Ok((ascii, wide)) => Ok(Self {
                pattern,
                ascii,
                wide,
            }),
            Err(source) => {
                let alone = |p: &&String| ascii(p, PATTERN_BYTES).is_err();
                let pattern = patterns.iter().find(alone).cloned().unwrap_or(pattern);
                Err(Unusable { pattern, source })
            }
        }
    }

    /// Where words of the list stand, one after the other.
    pub fn places<'a>(&'a self, text: &'a Legible) -> impl Iterator<Item = Range<usize>> + 'a {
        self.machine(text)
            .find_iter(&text.bytes)
            .map(|found| found.range())
    }

    /// Whether a word of the list stands in `text`.
    pub fn is_in(&self, text: &Legible) -> bool {
        self.machine(text).is_match(&text.bytes)
    }

    fn machine(&self, text: &Legible) -> &Regex {
        match &self.wide {
            Some(wide) if text.kind == Kind::Unicode => wide,
            _ => &self.ascii,
        }
    }
}

/// Many lists, to see in one pass which of them have words in a text.
#[derive(Clone, Debug)]
pub struct Lists(RegexSet);

impl Lists {
    /// All of `lists`, in their order.
    ///
    /// # Errors
    /// When they are too large together.
    pub fn new<'a>(lists: impl Iterator<Item = &'a Words>) -> Result<Self, Error> {
        let patterns: Vec<&str> = lists.map(|l| l.pattern.as_str()).collect();
        let build = |unicode| {
            RegexSetBuilder::new(&patterns)
                .unicode(unicode)
                .size_limit(SET_BYTES)
                .dfa_size_limit(SET_CACHE_BYTES)
                .build()
        };
        build(false).or_else(|_| build(true)).map(Self)
    }

    /// Which lists have words in `text`. `None` where one pass costs more than one for each: Unicode machines beyond ASCII.
    pub fn present(&self, text: &Legible) -> Option<SetMatches> {
        (text.kind != Kind::Unicode).then(|| self.0.matches(&text.bytes))
    }
}

/// A pattern of this program's own; whether it compiles is not a question of input.
#[expect(clippy::expect_used, reason = "own literals, each exercised by a test")]
pub fn own(pattern: &str) -> regex::Regex {
    regex::Regex::new(pattern).expect("own pattern")
}

/// A pattern of this program's own for what stands before a place of a [`Legible`] text.
#[derive(Debug)]
pub struct Before {
    pattern: String,
    ascii: Regex,
    /// Made when a text asks for it.
    wide: OnceLock<Option<Regex>>,
}

impl Before {
    /// Texts that end in one of `words` and at most `more` words after it.
    #[expect(clippy::expect_used, reason = "own literals, each exercised by a test")]
    pub fn new(words: &str, more: u8) -> Self {
        let pattern = format!(r"\b(?:{words})\s+(?:\w+\s+){{0,{more}}}$");
        Self {
            ascii: ascii(&pattern, PATTERN_BYTES).expect("own pattern"),
            pattern,
            wide: OnceLock::new(),
        }
    }

    /// Whether such a text stands before `place`.
    pub fn is_before(&self, text: &Legible, place: usize) -> bool {
        let wide = || unicode(&self.pattern, PATTERN_BYTES).ok();
        let machine = match text.kind {
            Kind::Unicode => self.wide.get_or_init(wide).as_ref(),
            _ => Some(&self.ascii),
        };
        let before = text.bytes.get(..place).unwrap_or(&text.bytes);
        machine.is_some_and(|machine| machine.is_match(before))
    }
}

/// A machine for ASCII; for every script where the pattern asks for it.
fn ascii(pattern: &str, limit: Limit) -> Result<Regex, Error> {
    let built = RegexBuilder::new(pattern)
        .unicode(false)
        .size_limit(limit.ascii)
        .build();
    match built {
        Err(Error::Syntax(_)) => unicode(pattern, limit),
        built => built,
    }
}

fn unicode(pattern: &str, limit: Limit) -> Result<Regex, Error> {
    RegexBuilder::new(pattern).size_limit(limit.unicode).build()
}

/// Whether a pattern can mean characters beyond ASCII, and capitals, only as some letter, space or sign.
pub fn is_plain(pattern: &str) -> bool {
    let pattern = pattern.replace("(?:", "(");
    let small = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let (mut escaped, mut in_class) = (false, false);
    let chars: Vec<char> = pattern.chars().collect();
    let own = chars.iter().enumerate().all(|(at, c)| {
        let beside = |at: Option<usize>| at.and_then(|at| chars.get(at)).copied().unwrap_or(']');
        let (before, after) = (beside(at.checked_sub(1)), beside(Some(at + 1)));
        let named = match c {
            'p' | 'P' | 'x' | 'u' | 'U' if escaped => true,
            _ if escaped => false,
            // A range that takes in more than small letters or digits takes in the stand-ins too.
            '-' if in_class => {
                !"[^".contains(before) && after != ']' && !(small(before) && small(after))
            }
            _ => c.is_ascii_uppercase(),
        };
        in_class = (in_class || (*c == '[' && !escaped)) && (*c != ']' || escaped);
        escaped = *c == '\\' && !escaped;
        c.is_ascii() && !named
    });
    own && !pattern.contains("(?") && !pattern.contains("[:")
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    /// The text itself, all of it ASCII.
    #[default]
    Ascii,
    /// A stand-in with one byte a character.
    StandIn,
    /// The text itself.
    Unicode,
}

/// A folded text as the machines read it. Keeps its memory from text to text.
#[derive(Clone, Debug, Default)]
pub struct Legible {
    bytes: Vec<u8>,
    kind: Kind,
}

impl Legible {
    /// Takes in `folded`. `plain`: every list that will read it is [`is_plain`].
    pub fn set(&mut self, folded: &str, plain: bool) {
        self.bytes.clear();
        self.kind = match (folded.is_ascii(), plain) {
            (true, _) => Kind::Ascii,
            (false, true) => Kind::StandIn,
            (false, false) => Kind::Unicode,
        };
        if self.kind == Kind::StandIn {
            self.bytes.extend(folded.chars().map(stand_in));
        } else {
            self.bytes.extend_from_slice(folded.as_bytes());
        }
    }

    /// The same as `other`.
    pub fn copy(&mut self, other: &Self) {
        self.bytes.clone_from(&other.bytes);
        self.kind = other.kind;
    }

    /// Puts spaces there.
    pub fn blank(&mut self, place: Range<usize>) {
        if let Some(bytes) = self.bytes.get_mut(place) {
            bytes.fill(b' ');
        }
    }

    /// The words of `folded`, which was taken in, at a place.
    pub fn words<'a>(&self, folded: &'a str, place: Range<usize>) -> Cow<'a, str> {
        match self.kind {
            Kind::StandIn => folded.chars().skip(place.start).take(place.len()).collect(),
            _ => folded.get(place).unwrap_or_default().into(),
        }
    }
}

fn stand_in(c: char) -> u8 {
    match u8::try_from(c) {
        Ok(byte) if byte.is_ascii() => byte,
        _ if c.is_whitespace() => b' ',
        _ if c.is_alphanumeric() => LETTER,
        _ => SIGN,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn list(patterns: &[&str]) -> Words {
        let patterns: Vec<String> = patterns.iter().map(|p| (*p).to_owned()).collect();
        let plain = patterns.iter().all(|p| is_plain(p));
        Words::new(&patterns, true, plain).expect("usable")
    }

    fn found(words: &Words, text: &str) -> Vec<String> {
        let mut legible = Legible::default();
        legible.set(text, words.wide.is_none());
        let places: Vec<_> = words.places(&legible).collect();
        places
            .into_iter()
            .map(|place| legible.words(text, place).into_owned())
            .collect()
    }

    #[test]
    fn what_a_pattern_can_mean_beyond_ascii() {
        for plain in [
            r"rude\w*",
            r"\W*(?:no|none)\s",
            "[^a-z]x",
            r"a\\b",
            "[- ]?a[x-]",
        ] {
            assert!(is_plain(plain), "{plain}");
        }
        for own in [
            "höflich",
            r"\p{L}",
            r"\x41",
            "(?i)a",
            "Rude",
            r"\\Rude",
            "[[:alpha:]]",
            "[!-~]",
            "[!-z]",
        ] {
            assert!(!is_plain(own), "{own}");
        }
    }

    #[test]
    fn words_of_other_scripts_are_found_where_a_list_names_them() {
        let german = list(&["höflich", "unfreundlich"]);
        assert_eq!(found(&german, "sehr höflich 👍"), ["höflich"]);
        assert_eq!(found(&german, "überhöflich"), [""; 0]);
        assert_eq!(found(&list(&[r"\p{Greek}+"]), "say αβγ"), ["αβγ"]);
        assert_eq!(
            found(&list(&[r"disappoint\w*"]), "👎 disappointé!"),
            ["disappointé"]
        );
        assert_eq!(found(&list(&[]), "anything"), [""; 0]);
    }

    proptest! {
        /// The stand-in finds what a machine for all scripts finds in the text itself.
        #[test]
        fn a_stand_in_is_as_good(text in "[a-eéß \u{301}\u{200d}👍€½.!'-]{0,24}") {
            let patterns = [r"ab?c\w*", r"\w+e", "a b", "[^a-c]d", r"b\W+a", "c.e"];
            let words = list(&patterns);
            let wide = regex::Regex::new(&words.pattern).expect("pattern");
            let text = super::super::normalise::fold(&super::super::normalise::tidy(&text));
            let expected: Vec<&str> = wide.find_iter(&text).map(|m| m.as_str()).collect();
            prop_assume!(!text.contains(['\u{301}', '\u{200d}', '½']));
            prop_assert_eq!(found(&words, &text), expected);
        }
    }
}
