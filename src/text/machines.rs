//! Lists of words and phrases, made into machines that find them.
//!
//! A machine that knows every script's letters is large: it takes ten times as long to build as one for ASCII, and beyond
//! ASCII it loses its fast way. But a pattern that names ASCII characters alone can mean any other character only as "some
//! letter", "some space" or "some sign". So a text is read through a stand-in with one byte for each such character
//! ([`Legible`]), by machines for ASCII. Only lists that name other scripts' characters themselves need the large ones, and
//! only for texts beyond ASCII.

use std::{borrow::Cow, ops::Range, sync::OnceLock};

use regex::Error;
use regex_automata::{
    Input,
    meta::{BuildError, Config, Regex},
    util::syntax,
};
use regex_syntax::{ast::parse::Parser, hir::Hir};

/// Compiled size of one pattern and of a list: a few letters can otherwise stand for a machine that reads for hours. The same
/// machine for every script is much larger.
const PATTERN_BYTES: Limit = Limit {
    ascii: 1 << 15,
    unicode: 1 << 20,
};
const LIST_BYTES: usize = 8 << 20;

/// Compiled size of all lists together, and so of each.
pub(super) const TOGETHER_BYTES: usize = 64 << 20;

#[derive(Clone, Copy)]
struct Limit {
    ascii: usize,
    unicode: usize,
}

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
    /// As one pattern for ASCII, or for every script where it asks for it.
    pattern: Hir,
    /// Made when a text asks for it: of many lists, few ever read on their own.
    machine: OnceLock<Option<Regex>>,
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
                alone(pattern).map_err(|source| Unusable {
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
        let read = || {
            let wide = (!plain).then(|| machine(&every_script(&pattern)?, LIST_BYTES));
            Ok((parse(&pattern)?, wide.transpose()?))
        };
        let (parsed, wide) = read().map_err(|source| {
            let unusable = |p: &&String| alone(p).is_err();
            let pattern = patterns.iter().find(unusable).cloned().unwrap_or(pattern);
            Unusable { pattern, source }
        })?;
        Ok(Self {
            pattern: parsed,
            machine: OnceLock::new(),
            wide,
        })
    }

    /// The same with its machine made, for a list that reads texts on its own.
    ///
    /// # Errors
    /// When it is too large.
    pub fn ready(self) -> Result<Self, Unusable> {
        let machine = machine(&self.pattern, LIST_BYTES).map_err(|source| Unusable {
            pattern: self.pattern.to_string(),
            source,
        })?;
        Ok(Self {
            machine: Some(machine).into(),
            ..self
        })
    }

    /// The list as the machine for ASCII reads it.
    pub(super) fn pattern(&self) -> &Hir {
        &self.pattern
    }

    /// Where words of the list stand within a part of a text, one after the other. A pattern that can match nothing at all is
    /// found only where it matches something.
    pub fn places<'a>(
        &'a self,
        text: &'a Legible,
        part: Range<usize>,
    ) -> impl Iterator<Item = Range<usize>> + 'a {
        let found = self
            .machine(text)
            .map(|machine| machine.find_iter(Input::new(&text.bytes).range(part)));
        found
            .into_iter()
            .flatten()
            .map(|found| found.range())
            .filter(|place| !place.is_empty())
    }

    /// Whether a word of the list stands in `text`.
    pub fn is_in(&self, text: &Legible) -> bool {
        self.machine(text)
            .is_some_and(|machine| machine.is_match(&text.bytes))
    }

    /// `None` only where it is too large, which those who make lists make sure of.
    fn machine(&self, text: &Legible) -> Option<&Regex> {
        match &self.wide {
            Some(wide) if text.kind == Kind::Unicode => Some(wide),
            _ => self
                .machine
                .get_or_init(|| machine(&self.pattern, TOGETHER_BYTES).ok())
                .as_ref(),
        }
    }
}

/// A pattern of this program's own; whether it compiles is not a question of input.
#[expect(clippy::expect_used, reason = "own literals, each exercised by a test")]
pub fn own(pattern: &str) -> regex::Regex {
    regex::Regex::new(pattern).expect("own pattern")
}

/// A pattern for ASCII; for every script where it asks for it.
fn parse(pattern: &str) -> Result<Hir, Error> {
    for_ascii(pattern).map_or_else(|| every_script(pattern), Ok)
}

fn for_ascii(pattern: &str) -> Option<Hir> {
    let ascii = syntax::Config::new().unicode(false).utf8(false);
    syntax::parse_with(pattern, &ascii).ok()
}

fn every_script(pattern: &str) -> Result<Hir, Error> {
    syntax::parse(pattern).map_err(|problem| Error::Syntax(problem.to_string()))
}

/// A pattern's machine, where it is not too large.
fn alone(pattern: &str) -> Result<Regex, Error> {
    match for_ascii(pattern) {
        Some(parsed) => machine(&parsed, PATTERN_BYTES.ascii),
        None => machine(&every_script(pattern)?, PATTERN_BYTES.unicode),
    }
}

fn machine(parsed: &Hir, limit: usize) -> Result<Regex, Error> {
    let config = Config::new()
        .utf8_empty(false)
        .nfa_size_limit(Some(limit))
        .hybrid_cache_capacity(2 << 20);
    let built = Regex::builder().configure(config).build_from_hir(parsed);
    let too_big =
        |problem: BuildError| Error::CompiledTooBig(problem.size_limit().unwrap_or(limit));
    built.map_err(too_big)
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

    /// Its bytes, if all of them are ASCII.
    pub(super) fn as_ascii(&self) -> Option<&[u8]> {
        (self.kind != Kind::Unicode).then_some(&self.bytes)
    }

    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there is space at either end of a part, and at most `most` words, with nothing but space between them.
    pub(super) fn is_gap(&self, part: Range<usize>, most: usize) -> bool {
        let Some(gap) = self
            .bytes
            .get(part)
            .and_then(|part| str::from_utf8(part).ok())
        else {
            return false;
        };
        let in_word = |c: char| c.is_alphanumeric() || c == '_';
        gap.starts_with(char::is_whitespace)
            && gap.ends_with(char::is_whitespace)
            && gap.split_whitespace().take(most + 1).count() <= most
            && gap.chars().all(|c| c.is_whitespace() || in_word(c))
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
        let places: Vec<_> = words.places(&legible, 0..legible.len()).collect();
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
            let wide = regex::Regex::new(&format!(r"\b(?:{})\b", patterns.join("|"))).expect("pattern");
            let text = super::super::normalise::fold(&super::super::normalise::tidy(&text));
            let expected: Vec<&str> = wide.find_iter(&text).map(|m| m.as_str()).collect();
            prop_assume!(!text.contains(['\u{301}', '\u{200d}', '½']));
            prop_assert_eq!(found(&words, &text), expected);
        }
    }
}
