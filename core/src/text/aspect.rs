//! Polarity of an aspect that a clause names: that of the adjective or verb attached to it ("poor
//! explanation", "the quality is great", "love the app"). The mood of the rest of the clause says
//! nothing about it.

use super::{
    cues::Cue,
    opinion::{Kind, Opinion},
    words::{EMOJI, Words},
};

/// Most words between an aspect and its copula ("quality of the room was"), and from there to the
/// adjective.
const TO_COPULA: usize = 5;
const TO_ADJECTIVE: usize = 4;
/// Most words and signs that an emoji sums up.
const FEW: usize = 8;
/// Most words of a participle before its adverb: "has been done up nicely".
const PARTICIPLES: usize = 2;

/// Least strength of what gives an aspect its polarity.
const CLEAR: i32 = 2;

/// Sign of what is attached to an aspect, and its position among the opinions.
pub fn attached(words: &Words, opinions: &[Opinion], aspect: &Opinion) -> Option<(i32, usize)> {
    before(words, opinions, aspect)
        .or_else(|| after(words, opinions, aspect))
        .or_else(|| by_emoji(words, opinions))
}

/// The emoji of a few words: "the new app 👎".
fn by_emoji(words: &Words, opinions: &[Opinion]) -> Option<(i32, usize)> {
    let said = || opinions.iter().filter(|o| o.sign() != 0);
    let is_emoji = |o: &Opinion| words.is_sign(o.words.start, EMOJI);
    let at = opinions.iter().position(|o| o.sign() != 0 && is_emoji(o))?;
    let sign = opinions[at].sign();
    (words.len() <= FEW && said().all(|o| o.sign() == sign)).then_some((sign, at))
}

fn general(opinions: &[Opinion], covers: impl Fn(&Opinion) -> bool) -> Option<(i32, usize)> {
    let at = opinions.iter().position(|o| {
        o.theme.is_none()
            && o.strength >= CLEAR
            && matches!(o.kind, Kind::Praise | Kind::Blame)
            && o.sign() != 0
            && covers(o)
    })?;
    Some((opinions[at].sign(), at))
}

fn before(words: &Words, opinions: &[Opinion], aspect: &Opinion) -> Option<(i32, usize)> {
    let mut word = aspect.words.start;
    for distance in 0..3 {
        word = word.checked_sub(1)?;
        if let Some(found) = general(opinions, |o| o.words.end == word + 1) {
            return Some(found);
        }
        if words.is(word, &[Cue::Towards]) {
            return felt_towards(words, opinions, word);
        }
        let is_link = words.is(word, &[Cue::Determiner, Cue::Adverb]);
        let is_other = words.is(
            word,
            &[
                Cue::Pronoun,
                Cue::Customer,
                Cue::Copula,
                Cue::And,
                Cue::Boundary,
                Cue::Preposition,
            ],
        );
        let is_word = !words.is_stop(word) && !words.is_sign(word, b',');
        if !is_word || (is_other && !is_link) || (!is_link && distance > 0) {
            return None;
        }
    }
    None
}

/// The feeling before a preposition: "grateful for her patience", "not happy with the explanation".
fn felt_towards(words: &Words, opinions: &[Opinion], preposition: usize) -> Option<(i32, usize)> {
    let is_degree = |word: usize| words.is(word, &[Cue::Adverb, Cue::So, Cue::Pronoun]);
    let degrees = (0..preposition).rev().take_while(|word| is_degree(*word));
    let end = preposition - degrees.count();
    general(opinions, |o| {
        o.words.end >= end && o.words.end <= preposition
    })
}

fn after(words: &Words, opinions: &[Opinion], aspect: &Opinion) -> Option<(i32, usize)> {
    let start = aspect.words.end;
    let is_end = |word: usize| {
        words.is_stop(word) || words.is_sign(word, b',') || words.is(word, &[Cue::Boundary])
    };
    let end = (start..words.len())
        .find(|word| is_end(*word))
        .unwrap_or(words.len());
    // A verb of praise or blame may take the place of the copula: "the app crashed".
    if let Some(found) = general(opinions, |o| o.words.start == start && o.words.end <= end) {
        return Some(found);
    }
    let copula =
        (start..end.min(start + TO_COPULA)).find(|word| words.is(*word, &[Cue::Copula]))?;
    if (start..copula).any(|word| words.is(word, &[Cue::Pronoun, Cue::Customer])) {
        return None;
    }
    let mut participles = 0;
    for word in copula + 1..end.min(copula + 1 + TO_ADJECTIVE) {
        if let Some(found) = general(opinions, |o| o.words.start == word) {
            // "Was cooked perfectly", not "was a man with good": the adverb ends the statement.
            let is_last = opinions[found.1].words.end == end;
            return (participles == 0 || is_last).then_some(found);
        }
        if words.is(word, &[Cue::Adverb, Cue::Copula, Cue::Determiner, Cue::Not]) {
            continue;
        }
        let others = [
            Cue::Pronoun,
            Cue::Customer,
            Cue::Preposition,
            Cue::And,
            Cue::Or,
        ];
        participles += 1;
        if participles > PARTICIPLES || words.is(word, &others) {
            return None;
        }
    }
    None
}
