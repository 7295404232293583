//! Uniform spelling and spacing: NFKC, straight quotes, undone escapes, shortened runs of letters,
//! folded white space. A line break is kept: it ends a clause.

use std::{borrow::Cow, sync::LazyLock};

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

use super::{entered::is_hidden, matcher::static_regex};

/// A comment is read up to this many characters; the rest is cut, at a character.
pub const MAX_CHARS: usize = 8_000;

static ESCAPE: LazyLock<Regex> = LazyLock::new(|| static_regex(r"\\u([0-9a-fA-F]{4})"));

/// The comment as stored: readable, with its capitals and punctuation, at most [`MAX_CHARS`] long.
pub fn tidy(raw: &str) -> Cow<'_, str> {
    if is_tidy(raw) {
        return Cow::Borrowed(raw.trim());
    }
    let cut = raw.char_indices().nth(MAX_CHARS);
    let cut = &raw[..cut.map_or(raw.len(), |(at, _)| at)];
    // Some exports write the escape itself, "don\u2019t", instead of the character.
    let undone = ESCAPE.replace_all(cut, |found: &regex::Captures<'_>| {
        u32::from_str_radix(&found[1], 16)
            .ok()
            .and_then(char::from_u32)
            .map_or_else(String::new, String::from)
    });
    Cow::Owned(if undone.is_ascii() {
        readable(undone.chars())
    } else {
        readable(undone.nfkc())
    })
}

/// [Plain](plain) characters without control characters, with one space or line break between
/// words.
fn readable(composed: impl Iterator<Item = char>) -> String {
    let mut readable = String::new();
    let mut gap = None;
    for c in composed.map(plain) {
        if c.is_whitespace() {
            gap = gap.max(Some(if c == '\n' { Gap::Line } else { Gap::Space }));
        } else if !is_hidden(c) {
            match gap.take().filter(|_| !readable.is_empty()) {
                Some(Gap::Line) => readable.push('\n'),
                Some(Gap::Space) => readable.push(' '),
                None => {}
            }
            readable.push(c);
        }
    }
    readable
}

/// White space between words; one line break makes all of it one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    Space,
    Line,
}

/// Most comments are plain ASCII on one line: nothing to do.
fn is_tidy(raw: &str) -> bool {
    // Without branches, so that it is vectorised.
    let plain = |b: u8| (b' '..0x7f).contains(&b) & (b != b'\\') & (b != b'`');
    let bytes = raw.as_bytes();
    let pairs = bytes.iter().zip(bytes.iter().skip(1));
    raw.len() <= MAX_CHARS
        && bytes.iter().fold(true, |all, b| all & plain(*b))
        && !pairs.fold(false, |any, (a, b)| any | ((*a == b' ') & (*b == b' ')))
}

/// Text for the lexicon: [`tidy`] text in lower case, with at most two of the same letter in a row
/// ("sooo" becomes "soo").
pub fn fold(tidy: &str) -> String {
    let mut folded = String::new();
    fold_into(tidy, &mut folded);
    folded
}

/// [`fold`] into an existing string, reusing its memory.
pub fn fold_into(tidy: &str, folded: &mut String) {
    folded.clear();
    if tidy.is_ascii() {
        folded.push_str(tidy);
        folded.make_ascii_lowercase();
        if !has_run_of_three(folded.as_bytes()) {
            restore_apostrophes(folded);
            return;
        }
        folded.clear();
    }
    let (mut last, mut run) = ('\0', 0);
    for c in tidy.chars().flat_map(char::to_lowercase) {
        run = if c == last { run + 1 } else { 1 };
        last = c;
        if run <= 2 || !c.is_alphabetic() {
            folded.push(c);
        }
    }
    restore_apostrophes(folded);
}

/// Auxiliary verbs before the apostrophe of "not".
const AUXILIARIES: [&str; 15] = [
    "isn", "aren", "wasn", "weren", "don", "doesn", "didn", "hasn", "haven", "hadn", "won", "can",
    "couldn", "wouldn", "shouldn",
];

/// Replaces a question mark or bracket where the export lost an apostrophe: "hasn?t", "hasn(t".
fn restore_apostrophes(folded: &mut String) {
    let mut from = 0;
    while let Some(at) = memchr::memchr2(b'?', b'(', &folded.as_bytes()[from..]) {
        let place = from + at;
        let (before, after) = (&folded[..place], &folded[place + 1..]);
        let mut words = before.rsplit(|c: char| !c.is_ascii_lowercase());
        let word = words.next().unwrap_or_default();
        let ends = |c: char| !c.is_alphanumeric();
        let is_not = after
            .strip_prefix('t')
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(ends))
            || word.ends_with("sn") && folded[place..].starts_with("( ");
        if is_not && AUXILIARIES.contains(&word) {
            folded.replace_range(place..=place, "'");
        }
        from = place + 1;
    }
}

/// Whether some byte occurs three times in a row. Without branches, so that it is vectorised.
fn has_run_of_three(text: &[u8]) -> bool {
    let next = text.iter().skip(1).zip(text.iter().skip(2));
    text.iter()
        .zip(next)
        .fold(false, |any, (a, (b, c))| any | ((a == b) & (b == c)))
}

/// Straight quotes, and the digits of every script as 0 to 9: a telephone number in Devanagari is
/// one too.
fn plain(c: char) -> char {
    match c {
        '\u{660}'..='\u{669}' => digit(c, 0x660),
        '\u{6f0}'..='\u{6f9}' => digit(c, 0x6f0),
        '\u{966}'..='\u{96f}' => digit(c, 0x966),
        '\u{9e6}'..='\u{9ef}' => digit(c, 0x9e6),
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '`' | '\u{b4}' => '\'',
        '\u{201c}' | '\u{201d}' | '\u{201f}' => '"',
        '\u{2013}' | '\u{2014}' => '-',
        other => other,
    }
}

fn digit(c: char, zero: u32) -> char {
    char::from_digit(u32::from(c) - zero, 10).unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_is_made_uniform() {
        assert_eq!(
            tidy("  It\\u2019s \u{201c}fine\u{201d}\r\n\r\n now\u{0}\t, १२३ "),
            "It's \"fine\"\nnow , 123"
        );
        assert_eq!(tidy("ﬁne"), "fine");
        assert_eq!(fold("SOOOO Good!!!"), "soo good!!!");
        assert_eq!(fold("It hasn?t, don(t (good)?"), "it hasn't, don't (good)?");
        assert_eq!(fold("hasn( been éisn?t wasn?t"), "hasn' been éisn't wasn't");
        // The short way and the long way agree.
        for text in [
            "  Plain TEXT, soooo good!! ",
            "a  b",
            "line\nbreak",
            "back\\slash",
            "tick`s",
        ] {
            let long = tidy(&format!("{text}é")).replace('é', "");
            assert_eq!(tidy(text), long.trim(), "{text}");
            assert_eq!(
                fold(text),
                fold(&format!("{text}é")).replace('é', ""),
                "{text}"
            );
        }
        assert_eq!(tidy(&"é".repeat(20_000)).chars().count(), MAX_CHARS);
    }
}
