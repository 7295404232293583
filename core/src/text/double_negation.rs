//! Two negations in one statement that are not about the same word, so that they do not cancel by
//! themselves: "no problem she couldn't solve", "not one call that didn't end in a transfer",
//! "never without a smile". Both leave what they enclose as it is: all is so.

use super::{
    cues::Cue,
    opinion::{Kind, Opinion, segment_end},
    words::{CueMatch, Words},
};

/// Most words between the two negations.
const REACH: usize = 9;
/// Most words between the second one and what is so.
const NEAR: usize = 5;

/// Two negations that make one statement about all.
pub struct Pair {
    /// Where the first begins.
    pub first: usize,
    /// Where the second begins.
    pub second: usize,
}

/// Finds the pairs of a clause.
pub fn pairs(words: &Words) -> Vec<Pair> {
    let mut negations = words.cues(&[Cue::Not, Cue::No]);
    let (Some(mut first), mut pairs) = (negations.next(), Vec::new()) else {
        return Vec::new();
    };
    for second in negations {
        if is_pair(words, first, second) {
            let (first, second) = (first.words.start, second.words.start);
            pairs.push(Pair { first, second });
        }
        first = second;
    }
    pairs
}

/// What is wanted and never missing is praise, and trouble that is never missing is blame: "never
/// without respect", "nothing ever happens without problems".
pub fn assert_enclosed(words: &Words, opinions: &mut [Opinion], pair: &Pair) {
    let end = segment_end(words, pair.second);
    let near = pair.second..end.min(pair.second + NEAR);
    for opinion in opinions
        .iter_mut()
        .filter(|o| near.contains(&o.words.start))
    {
        opinion.kind = match opinion.kind {
            Kind::Wanted => Kind::Praise,
            Kind::Trouble => Kind::Blame,
            other => other,
        };
    }
}

fn is_pair(words: &Words, first: &CueMatch, second: &CueMatch) -> bool {
    let between = first.words.end..second.words.start;
    let ends = |word: usize| words.is(word, &[Cue::And, Cue::Or]) || words.is_stop(word);
    if between.len() > REACH
        || segment_end(words, first.words.end) < second.words.start
        || between.clone().any(ends)
    {
        return false;
    }
    if words.is(second.words.start, &[Cue::Without]) {
        return true;
    }
    if between.is_empty() {
        // "There is never not a queue."
        let is_not = |c: &CueMatch| words.is(c.words.start, &[Cue::Not]);
        return is_not(first)
            && is_not(second)
            && !words.is(first.words.start, &[Cue::NoneOf])
            && !words.is(second.words.start, &[Cue::CouldNot]);
    }
    let is_none = words
        .cues(&[Cue::NoneOf])
        .any(|c| c.words.start <= first.words.start && c.words.end >= first.words.end);
    let subject = between.end - 1;
    let is_relative = words.is(subject, &[Cue::Relative])
        || words.is(subject, &[Cue::Pronoun])
            && between.clone().any(|w| words.is(w, &[Cue::Relative]));
    let is_verb = words.is(second.words.start, &[Cue::Copula, Cue::CouldNot]);
    let names_task = || (first.words.start..between.end).any(|word| words.is(word, &[Cue::Task]));
    // "No problem she couldn't solve", "nothing this man doesn't know".
    let has_subject = || {
        words.is(subject, &[Cue::Pronoun])
            || subject > between.start && words.is(subject - 1, &[Cue::Determiner])
    };
    is_none && is_verb && (is_relative || names_task() && has_subject())
}
