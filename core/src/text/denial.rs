//! Negations with another scope than the words behind them: one that only repeats another, the
//! denial of an explanation, "no" as an answer, what a negated subject is about, and praise that a
//! negation leaves in doubt.

use super::{
    cues::Cue,
    opinion::{Opinion, segment_end, segment_start},
    words::{CueMatch, Words},
};

/// Longest insertion between commas, in words.
const INSERTION: usize = 9;
/// Most words from a denied explanation to "just", and of a sub-clause that "no" answers.
const NEAR: usize = 3;

/// Whether a negation in an insertion only repeats the one before it: "nobody, and I mean nobody,
/// called back".
pub fn repeats(words: &Words, cue: &CueMatch) -> bool {
    let close = segment_end(words, cue.words.end);
    let open = segment_start(words, cue.words.start);
    let is_insertion = open > 0 && words.is_sign(open - 1, b',') && words.is_sign(close, b',');
    let has_negation = |c: &CueMatch| {
        let near = segment_end(words, c.words.start) + 1 == open;
        near && close <= open + INSERTION && words.is(c.words.start, &[Cue::Nothing, Cue::NoneOf])
    };
    is_insertion && words.cues(&[Cue::Not, Cue::No]).any(has_negation)
}

/// Drops what an explanation that is denied says before the true one: "it's not that they were
/// rude, they just did not care". False where there is no other: "it is not that he was rude".
pub fn deny_explanation(words: &Words, opinions: &mut [Opinion], cue: &CueMatch) -> bool {
    let denial = words.cues(&[Cue::NotThat]).find(|c| {
        let subject = [Cue::Pronoun, Cue::Customer, Cue::Determiner, Cue::NoneOf];
        c.words.contains(&cue.words.start) && words.is(c.words.end, &subject)
    });
    let Some(denial) = denial else { return false };
    let scope = denial.words.end..segment_end(words, denial.words.end);
    let goes_on = scope.end + 1..words.len().min(scope.end + NEAR);
    if !goes_on
        .into_iter()
        .any(|word| words.is(word, &[Cue::Merely]))
    {
        return false;
    }
    for opinion in opinions.iter_mut() {
        opinion.is_dropped |= scope.contains(&opinion.words.start);
    }
    true
}

/// Negates a short sub-clause that "no" answers: "efficient, yes, caring, no".
pub fn deny_answer(words: &Words, opinions: &mut [Opinion], cue: &CueMatch) {
    let start = cue.words.start;
    let is_alone = start > 1
        && words.is_sign(start - 1, b',')
        && words.is(start, &[Cue::None])
        && (cue.words.end == words.len() || words.is_stop(cue.words.end));
    let from = segment_start(words, start.saturating_sub(1));
    if is_alone && from > 0 && start - from <= NEAR {
        let praise = |o: &&mut Opinion| o.direction() > 0 && (from..start).contains(&o.words.start);
        let praise = opinions.iter_mut().filter(praise);
        praise.for_each(|opinion| opinion.is_negated = true);
    }
}

/// Whether a word is part of what a negated subject is about, before the predicate: "explanation"
/// in "nothing about her explanation was unclear".
pub fn is_topic(words: &Words, opinions: &[Opinion], cue: &CueMatch, word: usize) -> bool {
    let end = segment_end(words, word);
    let is_about = words.is(cue.words.end, &[Cue::Preposition]);
    let copula = || (word + 1..end).find(|w| words.is(*w, &[Cue::Copula]));
    let is_predicate = |copula: usize| {
        let states = |o: &Opinion| o.direction() != 0 && (copula..end).contains(&o.words.start);
        opinions.iter().any(states)
    };
    is_about && words.is(cue.words.start, &[Cue::Nothing]) && copula().is_some_and(is_predicate)
}

/// Marks praise before a negation of nothing else: "a smile is not something you get there".
pub fn find_doubts(words: &Words, opinions: &mut [Opinion], cue: &CueMatch) {
    // "A solution nobody had thought of": the negation has a statement of its own.
    if words.is(cue.words.start, &[Cue::Nothing]) {
        return;
    }
    let start = segment_start(words, cue.words.start);
    let is_before = |o: &&mut Opinion| {
        let mut between = o.words.end..cue.words.start;
        let limits = [
            Cue::Boundary,
            Cue::And,
            Cue::Or,
            Cue::Relative,
            Cue::Customer,
        ];
        o.words.start >= start
            && o.words.end <= cue.words.start
            && o.direction() > 0
            && !between.any(|word| words.is(word, &limits) || words.is_stop(word))
    };
    opinions
        .iter_mut()
        .filter(is_before)
        .for_each(|o| o.is_doubtful = true);
}
