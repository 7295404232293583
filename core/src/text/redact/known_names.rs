//! Names of people who are known: the agent that a comment is about.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;
use unicode_normalization::char::is_combining_mark;

use super::name_words::{GIVEN, ORDINARY, folded, is_mark, word_at};
use crate::text::matcher::static_regex;

/// What only people do, with which a sentence can go on after a name; and what a given name needs.
static HUMAN: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(concat!(
        r"(?i-u)^(?:[.,] ?(?:he|she)\b| (?:(?:really|always|also|then|kindly|quickly|patiently) )?",
        r"(?:helped|explained|listened|answered|solved|sorted|fixed|handled|understood|told|said|rang|spoke|",
        r"assisted|apologi[sz]ed|guided|resolved|responded|promised|walked|stayed)\b)",
    ))
});
static STATE: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(r"(?i-u)^ (?:was|is|has|had|took|did|made|gave|went|knew|got|and i)\b")
});

/// Places of the words of `names`, however they are accented and capitalised. A name that is also a
/// word is left alone in lower case, at the start of a sentence and where everything is
/// capitalised.
pub fn of_people(text: &str, names: &[&str]) -> Vec<Range<usize>> {
    let apart =
        |c: char| !c.is_alphanumeric() && !is_combining_mark(c) && !matches!(c, '-' | '\'' | '’');
    let mut parts: Vec<String> = names
        .iter()
        .flat_map(|name| name.split(apart))
        .map(|part| folded(part.trim_matches(['-', '\'', '’'])))
        .filter(|part| part.chars().count() >= 3)
        .collect();
    parts.sort_unstable();
    parts.dedup();
    if parts.is_empty() {
        return Vec::new();
    }
    let words = words_of(text);
    let is_part = |word: &str| {
        if word.is_ascii() {
            parts.iter().any(|part| part.eq_ignore_ascii_case(word))
        } else {
            let word = folded(word);
            parts.contains(&word)
        }
    };
    let hits: Vec<usize> = (0..words.len())
        .filter(|&i| {
            text[words[i].clone()].split('-').all(is_part) || is_part(&text[words[i].clone()])
        })
        .collect();
    if hits.is_empty() {
        return Vec::new();
    }
    let is_ordinary = |i: usize| ORDINARY.contains(folded(&text[words[i].clone()]).as_str());
    let capital = |i: usize| text[words[i].clone()].starts_with(char::is_uppercase);
    let capitals = (0..words.len()).filter(|&i| capital(i)).count();
    let all_capitalised = words.len() > 2 && capitals * 3 >= words.len() * 2;
    let beside = |i: usize, j: usize| {
        let (i, j) = (i.min(j), i.max(j));
        j < words.len()
            && hits.contains(&i)
            && hits.contains(&j)
            && matches!(&text[words[i].end..words[j].start], " " | ", ")
    };
    let has_beside = |i: usize, is: &dyn Fn(usize) -> bool| {
        (i > 0 && beside(i - 1, i) && is(i - 1)) || (beside(i, i + 1) && is(i + 1))
    };
    hits.iter()
        .copied()
        .filter(|&i| {
            if !is_ordinary(i) || has_beside(i, &|j| !is_ordinary(j)) {
                return true;
            }
            if !capital(i) {
                return false;
            }
            let before = text[..words[i].start].trim_end();
            let starts =
                before.is_empty() || before.ends_with(['.', '!', '?', ':', '\n', '-', '(', '"']);
            let starts = starts && !is_person(&text[words[i].clone()], &text[words[i].end..]);
            !all_capitalised && (!starts || has_beside(i, &capital))
        })
        .map(|i| words[i].clone())
        .collect()
}

/// Whether a word at the start of a sentence, which `rest` continues, is a person.
fn is_person(word: &str, rest: &str) -> bool {
    HUMAN.is_match(rest) || GIVEN.contains(folded(word).as_str()) && STATE.is_match(rest)
}

fn words_of(text: &str) -> Vec<Range<usize>> {
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..) {
        let Some(skipped) = rest.find(char::is_alphanumeric) else {
            break;
        };
        at += skipped;
        let in_word = |c: char| c.is_alphanumeric() || c == '_' || is_mark(c);
        // A digit or an underscore makes it a reference, not a name.
        let run = text[at..]
            .find(|c: char| !in_word(c))
            .unwrap_or(text.len() - at);
        let word = word_at(text, at).unwrap_or_default();
        if word.len() >= run {
            words.push(at..at + word.len());
        }
        at += run.max(word.len());
    }
    words
}
