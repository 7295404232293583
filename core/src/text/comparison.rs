//! Comparison with others: who is praised in "my old bank was quicker", "cheaper elsewhere" and "I
//! have seen friendlier staff" is somebody else, so that the words are blame here.
//!
//! A comparative with "than" and what it compares with ("faster than my bank") means what it says,
//! unless the organisation comes behind "than": "the leaflet was clearer than she was". A
//! comparative without "than" is about its subject, be it "the old website" or "even the post
//! office".

use super::{
    cues::Cue,
    opinion::{Kind, Opinion, segment_end, segment_start},
    words::{CueMatch, Words},
};

/// Most words between a comparative and whom it is about.
const NEAR: usize = 4;
/// Most words between "have seen" and the comparative.
const SEEN: usize = 2;
/// Most words of the name of those who are behind "than".
const NAME: usize = 3;
/// Least strength of praise of others.
const STRENGTH: i32 = 2;

/// Reverses the praise of others.
pub fn compare(words: &Words, opinions: &mut [Opinion]) {
    for cue in words.cues(&[Cue::Than]) {
        find_worse(words, opinions, cue);
    }
    for cue in words.cues(&[Cue::OldOne, Cue::Even, Cue::Any]) {
        find_better_subject(words, opinions, cue);
    }
    for cue in words.cues(&[Cue::Standard, Cue::Seen, Cue::UnlikeYou]) {
        let segment = segment_start(words, cue.words.start)..segment_end(words, cue.words.end);
        if cue.cue == Cue::UnlikeYou {
            let others = opinions.iter_mut().filter(|o| o.direction() > 0);
            others.for_each(reverse);
            continue;
        }
        let denied = (segment.start..cue.words.start).any(|word| {
            words.is(
                word,
                &[Cue::Not, Cue::No, Cue::Highest, Cue::Than, Cue::Attempt],
            )
        });
        if denied {
            continue;
        }
        for opinion in opinions.iter_mut() {
            let (start, end) = (opinion.words.start, opinion.words.end);
            if opinion.direction() < 1 || opinion.is_negated || opinion.is_requested {
                continue;
            }
            let is_comparative = (start.saturating_sub(1)..end).any(|w| words.is(w, &[Cue::More]));
            let follows = start >= cue.words.end && start < segment.end;
            let precedes = end <= cue.words.start && start >= segment.start;
            let between = if follows {
                cue.words.end..start
            } else {
                end..cue.words.start
            };
            let near = match cue.cue {
                Cue::Seen => follows && between.len() <= SEEN,
                _ => (follows || precedes) && between.len() <= NEAR,
            };
            let other_subject = between
                .clone()
                .any(|word| words.is(word, &[Cue::Pronoun, Cue::Customer, Cue::Boundary]));
            let than = (end..segment.end).find(|word| words.is(*word, &[Cue::Than]));
            let is_ours = than.is_none_or(|than| follows && words.is(than + 1, &[Cue::Pronoun]));
            if is_comparative && near && !other_subject && is_ours {
                reverse(opinion);
            }
        }
    }
}

/// Reverses the comparative before "than" where the organisation comes behind it: "a parking meter
/// has more charm than your receptionist", "the leaflet explained it better than she did".
fn find_worse(words: &Words, opinions: &mut [Opinion], than: &CueMatch) {
    let (start, end) = (segment_start(words, than.words.start), than.words.end);
    let is_end =
        |word: usize| word >= words.len() || words.is_stop(word) || words.is_sign(word, b',');
    let is_verb = |word: usize| words.is(word, &[Cue::Copula]);
    let is_named = words.is(end, &[Cue::You])
        && !words.is(end, &[Cue::Determiner])
        && (is_end(end + 1) || is_verb(end + 1) && is_end(end + 2));
    let is_your = words.is(end, &[Cue::You]) && words.is(end, &[Cue::Determiner]);
    let is_staff = words.is(end, &[Cue::Determiner])
        && !words.is(end, &[Cue::OldOne])
        && (is_your || (end + 1..end + 1 + NAME).any(|w| words.is(w, &[Cue::Staff])))
        && !(end..end + NAME).any(|w| words.is(w, &[Cue::Other, Cue::Standard, Cue::OldOne]));
    if !is_named && !is_staff {
        return;
    }
    for opinion in opinions.iter_mut() {
        let (first, last) = (opinion.words.start, opinion.words.end);
        let is_comparative = (first.saturating_sub(1)..last + 1).any(|w| words.is(w, &[Cue::More]));
        let is_ours = (start..first).any(|word| words.is(word, &[Cue::Pronoun, Cue::Not, Cue::No]));
        // "Knows more than the manager" is about whom the comment is about.
        let is_filler = |word: usize| {
            words.is(word, &[Cue::Adverb, Cue::Copula, Cue::Boundary, Cue::And])
                && !words.is(word, &[Cue::Determiner])
        };
        let has_subject = (start..first).any(|word| !is_filler(word));
        let near = has_subject
            && first >= start
            && last <= than.words.start
            && last + NEAR >= than.words.start;
        if opinion.direction() < 1 || opinion.is_negated || !is_comparative || is_ours || !near {
            continue;
        }
        if opinion.kind == Kind::Wanted {
            opinion.kind = Kind::Blame;
            opinion.is_dropped = false;
        } else {
            reverse(opinion);
        }
    }
}

/// Reverses the comparative of a subject that is not the organisation of today: "the old website
/// was easier", "even the post office is better organised".
fn find_better_subject(words: &Words, opinions: &mut [Opinion], cue: &CueMatch) {
    let start = segment_start(words, cue.words.start);
    let end = segment_end(words, cue.words.end);
    let predicate =
        (cue.words.end..end.min(cue.words.end + NEAR)).find(|word| words.is(*word, &[Cue::Copula]));
    // "A bit better", "my problem was solved quicker"
    let first = if cue.cue == Cue::Any {
        start
    } else {
        start + 1
    };
    let is_degree = cue.cue == Cue::Any && words.is(cue.words.end, &[Cue::Adverb, Cue::Task]);
    let Some(predicate) = predicate.filter(|_| cue.words.start <= first && !is_degree) else {
        return;
    };
    let subject = cue.words.end..predicate;
    let is_ours = cue.cue != Cue::OldOne
        && opinions
            .iter()
            .any(|o| o.theme.is_some() && o.overlaps(&subject));
    let limits = [Cue::Than, Cue::Now, Cue::Not, Cue::Boundary];
    if is_ours || (predicate..end).any(|word| words.is(word, &limits)) {
        return;
    }
    for opinion in opinions.iter_mut() {
        let (first, last) = (opinion.words.start, opinion.words.end);
        let is_comparative = (first.saturating_sub(1)..last).any(|w| words.is(w, &[Cue::More]));
        let follows = first > predicate && last <= end && first <= predicate + SEEN + 1;
        let is_asserted = !opinion.is_requested && !opinion.is_negated;
        if follows && is_comparative && opinion.kind == Kind::Praise && is_asserted {
            reverse(opinion);
        }
    }
}

fn reverse(opinion: &mut Opinion) {
    opinion.is_dropped = false;
    opinion.is_reversed = true;
    opinion.strength = opinion.strength.max(STRENGTH);
}
