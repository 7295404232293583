//! Predicates of absence: "sympathy was in short supply", "a fix is nowhere in sight", "the crashes
//! stopped", "expertise: zero". What is wanted and absent is blame, and trouble that is gone is
//! praise.

use super::{
    cues::Cue,
    opinion::{Kind, Opinion, segment_start},
    words::{CueMatch, Words},
};

/// Most words between the subject and the predicate: "the queues at the tills have disappeared".
const REACH: usize = 4;

/// Negates the subjects of predicates of absence.
pub fn find_absences(words: &Words, opinions: &mut [Opinion]) {
    for cue in words.cues(&[Cue::Absent, Cue::NotSomething]) {
        let is_denied = (1..=2).any(|back| {
            let before = cue.words.start.checked_sub(back);
            before.is_some_and(|word| words.is(word, &[Cue::Not, Cue::Would]))
        });
        let is_open = cue.cue == Cue::NotSomething;
        if !is_denied && (is_open || ends_statement(words, cue.words.end)) {
            deny_subject(words, opinions, cue);
        }
    }
    for cue in words.cues(&[Cue::None]) {
        let is_alone = cue.words.end == words.len() || words.is_stop(cue.words.end);
        let behind = |sign: u8| cue.words.start > 1 && words.is_sign(cue.words.start - 1, sign);
        if is_alone && [b':', b'=', b'-'].into_iter().any(behind) {
            let sign = cue.words.start - 1;
            negate(opinions, |o| o.words.end == sign);
        }
    }
}

/// Whether nothing that the predicate could govern follows: "stopped", not "stopped answering".
fn ends_statement(words: &Words, end: usize) -> bool {
    let goes_on = [
        Cue::Preposition,
        Cue::Boundary,
        Cue::Now,
        Cue::And,
        Cue::Adverb,
        Cue::NoMore,
        Cue::Again,
    ];
    end == words.len()
        || words.is_stop(end)
        || words.is_sign(end, b',')
        || words.is(end, &goes_on) && !words.is(end, &[Cue::Determiner])
}

fn deny_subject(words: &Words, opinions: &mut [Opinion], cue: &CueMatch) {
    let start = segment_start(words, cue.words.start);
    let first = start.max(cue.words.start.saturating_sub(REACH));
    let is_subject = |o: &Opinion| {
        let mut between = o.words.end..cue.words.start;
        let is_other = |word: usize| {
            words.is(word, &[Cue::Pronoun, Cue::Customer, Cue::And, Cue::Not])
                || words.is(word, &[Cue::Boundary]) && !words.is(word, &[Cue::Copula])
        };
        !o.is_dropped
            && o.direction() != 0
            && o.words.end <= cue.words.start
            && o.words.end > first
            && !between.any(is_other)
    };
    // "Patience clearly isn't her thing": the adverb is no subject.
    let is_noun = |o: &Opinion| matches!(o.kind, Kind::Wanted | Kind::Trouble) && is_subject(o);
    let noun = opinions.iter().rposition(is_noun);
    let Some(subject) = noun.or_else(|| opinions.iter().rposition(is_subject)) else {
        return;
    };
    let span = opinions[subject].words.clone();
    // "Missing", "stopped" and "is gone" say nothing of their own, but for trouble that "is gone".
    let is_trouble = opinions[subject].direction() < 0;
    for opinion in opinions.iter_mut().filter(|o| o.overlaps(&cue.words)) {
        let agrees = is_trouble && opinion.direction() > 0;
        opinion.is_dropped |= opinion.words.start >= span.end && !agrees;
    }
    negate(opinions, |o| o.overlaps(&span));
}

fn negate(opinions: &mut [Opinion], is_meant: impl Fn(&Opinion) -> bool) {
    for opinion in opinions.iter_mut().filter(|o| is_meant(o)) {
        opinion.is_negated |= opinion.kind != Kind::Aspect;
        opinion.is_requested = false;
    }
}
