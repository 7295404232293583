//! Words of which names are made: listed given names, words that are no names, and companies.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// Names that are also words: only a capital inside a sentence makes them a name.
pub static ORDINARY: LazyLock<FxHashSet<&str>> =
    LazyLock::new(|| listed(include_str!("ordinary_words.txt")));
/// Words that follow a title or thanks and are no name.
pub static STOP: LazyLock<FxHashSet<&str>> =
    LazyLock::new(|| listed(include_str!("stop_words.txt")));
/// Given names, without accents.
pub static GIVEN: LazyLock<FxHashSet<&str>> =
    LazyLock::new(|| listed(include_str!("given_names.txt")));
static COMPANIES: LazyLock<FxHashSet<&str>> =
    LazyLock::new(|| listed(include_str!("companies.txt")));
/// Endings of companies.
const COMPANY_ENDINGS: [&str; 22] = [
    "bank",
    "book",
    "cart",
    "express",
    "fone",
    "hub",
    "kart",
    "logistics",
    "market",
    "mart",
    "mobile",
    "net",
    "pay",
    "phone",
    "shop",
    "soft",
    "store",
    "tech",
    "tel",
    "telecom",
    "tronics",
    "zilla",
];
/// Parts of a family name that are written in lower case.
pub const PARTICLES: [&str; 29] = [
    "af", "al", "ap", "bin", "bint", "da", "dal", "das", "de", "del", "della", "den", "der", "di",
    "do", "dos", "du", "el", "ibn", "la", "las", "le", "los", "ten", "ter", "van", "von", "zu",
    "zur",
];

fn listed(words: &'static str) -> FxHashSet<&'static str> {
    words.split_whitespace().collect()
}

/// Whether a word in lower case is never a name after an announcement.
pub fn is_no_name(lower: &str) -> bool {
    STOP.contains(lower) || ORDINARY.contains(lower)
}

pub fn is_company(lower: &str, company: &str) -> bool {
    let folded = folded(lower);
    let is_own = || {
        let words = company.split(|c: char| !c.is_alphanumeric());
        words
            .filter(|word| word.chars().count() >= 4)
            .any(|word| word.to_lowercase() == lower)
    };
    let has_ending = || {
        let endings = COMPANY_ENDINGS.iter();
        endings
            .filter(|ending| folded.len() > ending.len())
            .any(|ending| folded.ends_with(ending))
    };
    !GIVEN.contains(folded.as_str())
        && (COMPANIES.contains(folded.as_str()) || has_ending() || is_own())
}

/// Marks are rare, and looking one up is slow.
pub fn is_mark(c: char) -> bool {
    !c.is_ascii() && is_combining_mark(c)
}

/// Whether a word in lower case has an ending that given names seldom have.
pub fn is_like_a_word(lower: &str) -> bool {
    lower.ends_with(['s'])
        || ["ing", "tion", "ment", "ed", "er", "ness", "ity", "ty", "ly"]
            .iter()
            .any(|end| lower.ends_with(end))
}

/// The word that begins at `at`, empty when none does; `None` past the end.
pub fn word_at(text: &str, at: usize) -> Option<&str> {
    let rest = text.get(at..)?;
    let inner = |c: char| matches!(c, '\'' | '’' | '-');
    let is_letter = |c: char| c.is_alphabetic() || is_mark(c);
    let mut end = 0;
    for (i, c) in rest.char_indices() {
        if is_letter(c) {
            end = i + c.len_utf8();
        } else if !(inner(c) && end == i && i > 0) {
            break;
        }
    }
    let word = &rest[..end];
    let stem = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s"));
    Some(stem.unwrap_or(word))
}

/// A word without accents, in lower case, in the letters of the English alphabet where there are
/// any.
pub fn folded(word: &str) -> String {
    let mut folded = String::new();
    for c in word
        .nfd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
    {
        match c {
            'ł' => folded.push('l'),
            'ø' => folded.push('o'),
            'đ' | 'ð' => folded.push('d'),
            'ı' => folded.push('i'),
            'ß' => folded.push_str("ss"),
            'æ' => folded.push_str("ae"),
            'œ' => folded.push_str("oe"),
            '’' => folded.push('\''),
            c => folded.push(c),
        }
    }
    folded
}
