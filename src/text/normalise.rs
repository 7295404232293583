//! One way of writing: NFKC, straight quotes, escapes undone, shouting letters shortened, white space folded.

use std::sync::LazyLock;

use regex::Regex;
use unicode_normalization::UnicodeNormalization;

use super::taxonomy::own;

/// A comment is read up to this many characters; the rest is cut, at a character.
pub const MAX_CHARS: usize = 8_000;

static ESCAPE: LazyLock<Regex> = LazyLock::new(|| own(r"\\u([0-9a-fA-F]{4})"));
static SPACE: LazyLock<Regex> = LazyLock::new(|| own(r"\s+"));

/// The comment as it will be kept: readable, with its capitals and punctuation, at most [`MAX_CHARS`] long.
pub fn tidy(raw: &str) -> String {
    let cut: String = raw.chars().take(MAX_CHARS).collect();
    // Some exports write the escape itself, "don\u2019t", instead of the character.
    let undone = ESCAPE.replace_all(&cut, |found: &regex::Captures<'_>| {
        u32::from_str_radix(&found[1], 16)
            .ok()
            .and_then(char::from_u32)
            .map_or_else(String::new, String::from)
    });
    let composed: String = undone
        .nfkc()
        .map(plain_quote)
        .filter(|c| !c.is_control() || c.is_whitespace())
        .collect();
    SPACE.replace_all(composed.trim(), " ").into_owned()
}

/// What the lexicon reads: [`tidy`] text in lower case, a letter repeated more than twice cut to two ("sooo" to
/// "soo").
pub fn fold(tidy: &str) -> String {
    let mut out = String::with_capacity(tidy.len());
    let (mut last, mut run) = ('\0', 0);
    for c in tidy.chars().flat_map(char::to_lowercase) {
        run = if c == last { run + 1 } else { 1 };
        last = c;
        if run <= 2 || !c.is_alphabetic() {
            out.push(c);
        }
    }
    out
}

fn plain_quote(c: char) -> char {
    match c {
        '\u{2018}' | '\u{2019}' | '\u{201b}' | '\u{2032}' | '`' | '\u{b4}' => '\'',
        '\u{201c}' | '\u{201d}' | '\u{201f}' => '"',
        '\u{2013}' | '\u{2014}' => '-',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writing_is_made_uniform() {
        assert_eq!(
            tidy("  It\\u2019s \u{201c}fine\u{201d}\r\n now\u{0} "),
            "It's \"fine\" now"
        );
        assert_eq!(tidy("ﬁne"), "fine");
        assert_eq!(fold("SOOOO Good!!!"), "soo good!!!");
        assert_eq!(tidy(&"é".repeat(20_000)).chars().count(), MAX_CHARS);
    }
}
