//! Clauses: the smallest piece of a comment that has one opinion. "Kind agent, but I waited an hour" is two.

use std::ops::Range;

use super::eights::next_sign;

/// Words that set what follows against what was said.
const CONTRASTS: [&str; 9] = [
    "but", "however", "although", "though", "except", "yet", "while", "whereas", "despite",
];
/// By first letter, a bit for each second and for each third letter that such a word has.
const NEXT_LETTERS: [[u32; 2]; 32] = {
    let mut letters = [[0; 2]; 32];
    let mut at = 0;
    while at < CONTRASTS.len() {
        if let [first, second, third, ..] = CONTRASTS[at].as_bytes() {
            let [seconds, thirds] = &mut letters[(*first & 31) as usize];
            *seconds |= 1 << (*second & 31);
            *thirds |= 1 << (*third & 31);
        }
        at += 1;
    }
    letters
};
/// Words that begin a new statement after a comma.
const JOINERS: [&str; 4] = ["and", "so", "which", "then"];

/// Splits tidy text at sentence ends, semicolons, contrast words, and commas before a new statement. Empty clauses
/// are dropped; the words that split are too.
pub fn split(text: &str) -> impl Iterator<Item = &str> {
    places(text).map(|place| &text[place])
}

/// Where the clauses of a tidy text stand, as [`split`] finds them.
pub fn places(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut from = Some(0);
    std::iter::from_fn(move || {
        while let Some(start) = from {
            let gap = next_break(bytes, start);
            from = gap.as_ref().map(|gap| gap.end);
            let place = trimmed(bytes, start..gap.map_or(bytes.len(), |gap| gap.start));
            if !place.is_empty() {
                return Some(place);
            }
        }
        None
    })
}

fn trimmed(text: &[u8], place: Range<usize>) -> Range<usize> {
    let edge = |byte: u8| matches!(byte, b' ' | b',' | b'.' | b'!' | b'?');
    let Range { mut start, mut end } = place;
    while start < end && edge(text[start]) {
        start += 1;
    }
    while start < end && edge(text[end - 1]) {
        end -= 1;
    }
    start..end
}

/// The first place from `from` on that splits. What splits is ASCII, so that both ends are character boundaries.
fn next_break(text: &[u8], from: usize) -> Option<Range<usize>> {
    let mut at = from;
    loop {
        at = next_sign(text, at);
        let sign = *text.get(at)?;
        if sign == b' ' && is_plain_word(text, at + 1) {
            at += 2;
            continue;
        }
        let end = match sign {
            b'.' | b'!' | b'?' => {
                let marks = skip(text, at, |b| matches!(b, b'.' | b'!' | b'?'));
                let after = skip_space(text, marks);
                if after > marks || after == text.len() {
                    return Some(at..after);
                }
                at = marks;
                continue;
            }
            b';' | b'\n' => Some(skip(text, at, |b| matches!(b, b';' | b'\n'))),
            b',' => contrast(text, at + 1).or_else(|| joiner(text, at + 1)),
            b if b.is_ascii_whitespace() => dash(text, at).or_else(|| contrast(text, at)),
            _ => None,
        };
        if let Some(end) = end {
            return Some(at..end);
        }
        at += 1;
    }
}

/// Whether a word stands here that cannot be a contrast, as one can tell at a glance.
fn is_plain_word(text: &[u8], at: usize) -> bool {
    let first = text.get(at..).and_then(<[u8]>::first_chunk);
    first.is_some_and(|[first, second, third]| {
        let [seconds, thirds] = NEXT_LETTERS[usize::from(*first & 31)];
        let contrasts = seconds >> (*second & 31) & thirds >> (*third & 31) & 1;
        *first > b'@' && contrasts == 0
    })
}

/// The end of " - " at `at`.
fn dash(text: &[u8], at: usize) -> Option<usize> {
    let is_dash = text.get(at + 1) == Some(&b'-');
    (is_dash && text.get(at + 2).is_some_and(u8::is_ascii_whitespace)).then_some(at + 3)
}

/// The end of a contrast word behind the space at `at`, with "that", a comma and space after it.
fn contrast(text: &[u8], at: usize) -> Option<usize> {
    let start = skip_space(text, at);
    if start == at || is_plain_word(text, start) {
        return None;
    }
    let mut end = start + CONTRASTS.iter().find(|w| is_word(text, start, w))?.len();
    let that = skip_space(text, end);
    if that > end && is_word(text, that, "that") {
        end = that + "that".len();
    }
    end += usize::from(text.get(end) == Some(&b','));
    Some(skip_space(text, end))
}

/// The end of a joining word behind the comma before `at`, with the space after it.
fn joiner(text: &[u8], at: usize) -> Option<usize> {
    let start = skip_space(text, at);
    let end = start + JOINERS.iter().find(|w| is_word(text, start, w))?.len();
    let after = skip_space(text, end);
    (after > end).then_some(after)
}

/// Whether this word, in upper or lower case, stands at `at` and ends there.
fn is_word(text: &[u8], at: usize, word: &str) -> bool {
    let end = at + word.len();
    let found = text.get(at..end);
    found.is_some_and(|found| found.eq_ignore_ascii_case(word.as_bytes()))
        && !char_at(text, end).is_some_and(|c| c.is_alphanumeric() || c == '_')
}

fn char_at(text: &[u8], at: usize) -> Option<char> {
    let bytes = &text[at..text.len().min(at + 4)];
    bytes.utf8_chunks().next()?.valid().chars().next()
}

fn skip(text: &[u8], from: usize, inside: impl Fn(u8) -> bool) -> usize {
    let length = text[from..].iter().take_while(|b| inside(**b)).count();
    from + length
}

fn skip_space(text: &[u8], from: usize) -> usize {
    skip(text, from, |b| b.is_ascii_whitespace())
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;
    use regex::Regex;

    use super::*;

    #[test]
    fn contrast_and_sentence_ends_split() {
        let text = "Kind agent, but I waited an hour! Solved; thanks, and the app works. 3.5 stars";
        assert_eq!(
            split(text).collect::<Vec<_>>(),
            [
                "Kind agent",
                "I waited an hour",
                "Solved",
                "thanks",
                "the app works",
                "3.5 stars"
            ]
        );
        let whole: Vec<_> = split("Although slow, they helped").collect();
        assert_eq!(whole, ["Although slow, they helped"]);
        assert_eq!(split(" ... !!! ").count(), 0);
    }

    /// What splits, as one pattern.
    static BREAK: LazyLock<Regex> = LazyLock::new(|| {
        let pattern = concat!(
            r"(?i)[.!?]+(?:\s+|$)|[;\n]+|\s-\s",
            r"|,?\s+(?:but|however|although|though|except|yet|while|whereas|despite)\b(?:\s+that\b)?,?\s*",
            r"|,\s*(?:and|so|which|then)\s+",
        );
        Regex::new(pattern).expect("pattern")
    });

    proptest! {
        #[test]
        fn it_splits_where_the_pattern_does(
            pieces in prop::collection::vec(
                prop::sample::select(vec![
                    "but", "BUT", "that", "while", "and", "so", "then", "buts", "a", "é", "3", "_", "'",
                    " ", " ", "  ", ",", ", ", ".", "!?", "-", " - ", ";", "\n", "👍",
                ]),
                0..14,
            )
        ) {
            let text = pieces.concat();
            let expected: Vec<&str> = BREAK
                .split(&text)
                .map(|clause| clause.trim_matches([' ', ',', '.', '!', '?']))
                .filter(|clause| !clause.is_empty())
                .collect();
            prop_assert_eq!(split(&text).collect::<Vec<_>>(), expected);
        }
    }
}
