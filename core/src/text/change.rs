//! Change over time: what was so before is not so now. "Used to be friendly" is blame, and what was
//! wrong before ("was slow before, now quick") is none of today.
//!
//! Praise of another time is reversed unless the present is praised too. Blame of another time is
//! left out, or reversed where the clause says that it is over ("used to crash, not any more").
//! What was so only at first is left out, and so is praise of what broke then. What is wanted and
//! "finally" there is praise.

use std::ops::Range;

use super::{
    cues::Cue,
    opinion::{Kind, Opinion, segment_end, segment_start},
    words::{CueMatch, Words},
};

/// Most words between "once a" and its praise.
const NEAR: usize = 1;
/// Most words between "at first" and what was so, on either side.
const REACH: usize = 6;
/// Most words between what was so and how long "ago".
const AGO: usize = 2;
/// Least strength of blame that ends what was good before.
const CLEAR: i32 = 2;
/// Most words between "went from" and what was so.
const SHORT: usize = 3;

/// Reverses or drops the opinions about another time.
pub fn find_changes(words: &Words, opinions: &mut [Opinion]) {
    find_turns(words, opinions);
    find_arrivals(words, opinions);
    find_ends(words, opinions);
    let cues = [
        Cue::Formerly,
        Cue::Once,
        Cue::InThePast,
        Cue::LastTime,
        Cue::AtFirst,
        Cue::ForAWhile,
        Cue::UntilRecently,
        Cue::Before,
        Cue::OldOne,
    ];
    for cue in words.cues(&cues) {
        let Some(scope) = scope(words, opinions, cue) else {
            continue;
        };
        // "Were better before" as a phrase knows about the change.
        let is_past = |o: &Opinion| scope.contains(&o.words.start) && !o.overlaps(&cue.words);
        let mut present = opinions.iter().filter(|o| !is_past(o));
        let praised = present.clone().any(|o| o.sign() > 0);
        let blamed = present.clone().any(|o| o.sign() < 0);
        let praised_alone = !blamed && present.any(|o| o.sign() > 0 && o.theme.is_none());
        let is_no_more = words.cues(&[Cue::NoMore]).next().is_some();
        let is_over = praised_alone || !blamed && is_no_more;
        let is_at_first = matches!(cue.cue, Cue::AtFirst | Cue::ForAWhile);
        // Praise of the last time says nothing of this time, unless this time is blamed.
        let is_over_for_praise = blamed || !praised && cue.cue != Cue::LastTime;
        for opinion in opinions
            .iter_mut()
            .filter(|o| is_past(o) && !o.is_requested)
        {
            match opinion.sign() {
                1 if !is_at_first && is_over_for_praise => opinion.is_reversed = true,
                1 if is_at_first && is_no_more && !praised => opinion.is_reversed = true,
                -1 if !is_at_first && is_over => opinion.is_reversed = true,
                0 if opinion.kind == Kind::Wanted && cue.cue == Cue::Formerly && !praised => {
                    opinion.kind = Kind::Blame;
                }
                0 if opinion.kind == Kind::Aspect => {}
                _ => opinion.is_dropped = true,
            }
        }
    }
}

/// Reverses what was so until this time: "they were reliable for years, not this time".
fn find_ends(words: &Words, opinions: &mut [Opinion]) {
    for cue in words.cues(&[Cue::Not]) {
        let start = segment_start(words, cue.words.start);
        let end = segment_end(words, cue.words.end);
        let is_end = start > 0
            && cue.words.start == start
            && words.is(
                cue.words.end.min(end.saturating_sub(1)),
                &[Cue::Now, Cue::NoMore],
            )
            && end - start <= SHORT
            && !opinions
                .iter()
                .any(|o| o.words.start >= start && o.sign() != 0);
        let before = |o: &&mut Opinion| o.words.end < start && o.sign() > 0;
        let before = opinions.iter_mut().filter(|o| is_end && before(o));
        before.for_each(|opinion| opinion.is_reversed = true);
    }
}

/// Makes praise of what is wanted and there at last: "they finally answer the phone".
fn find_arrivals(words: &Words, opinions: &mut [Opinion]) {
    let is_waiting = |o: &&mut Opinion| {
        o.kind == Kind::Wanted && !o.is_negated && !o.is_requested && !o.is_dropped
    };
    for opinion in opinions.iter_mut().filter(is_waiting) {
        let start = opinion.words.start;
        let is_there = start > 0 && words.is(start - 1, &[Cue::Finally]);
        let first = segment_start(words, start);
        let denied = [
            Cue::Not,
            Cue::No,
            Cue::Would,
            Cue::If,
            Cue::Request,
            Cue::Wish,
        ];
        if is_there && !(first..start).any(|word| words.is(word, &denied)) {
            opinion.kind = Kind::Praise;
        }
    }
}

/// Drops what was good before something broke: "the oven worked fine, then it broke".
fn find_turns(words: &Words, opinions: &mut [Opinion]) {
    for cue in words.cues(&[Cue::Now]) {
        let start = segment_start(words, cue.words.start);
        let end = segment_end(words, cue.words.end);
        let is_turn = start > 0
            && cue.words.start <= start + 1
            && words.is(cue.words.start, &[Cue::Boundary]);
        let after = |o: &&Opinion| o.words.start >= start && o.words.start < end && o.sign() != 0;
        let mut after = opinions.iter().filter(after);
        let is_worse = after.clone().any(|o| o.strength >= CLEAR) && after.all(|o| o.sign() < 0);
        if !is_turn || !is_worse {
            continue;
        }
        let before = |o: &&mut Opinion| o.words.end < start && o.sign() > 0 && o.theme.is_none();
        let before = opinions.iter_mut().filter(before);
        before.for_each(|opinion| opinion.is_dropped = true);
    }
}

/// The words that a cue puts in the past.
fn scope(words: &Words, opinions: &[Opinion], cue: &CueMatch) -> Option<Range<usize>> {
    let (start, end) = (cue.words.start, cue.words.end);
    let is_now = |word: usize| words.is(word, &[Cue::Now]);
    let segment = segment_start(words, start)..segment_end(words, end);
    let until_now = (end..segment.end)
        .find(|w| is_now(*w))
        .unwrap_or(segment.end);
    match cue.cue {
        // "I am used to good service" is about the present.
        Cue::Formerly => {
            let is_accustomed = start > 0 && words.is(start - 1, &[Cue::Copula, Cue::Determiner]);
            (!is_accustomed).then_some(end..until_now)
        }
        Cue::Once => {
            let near = end..end + NEAR + 1;
            let praise = opinions
                .iter()
                .find(|o| o.sign() > 0 && near.contains(&o.words.start))?;
            Some(end..praise.words.end)
        }
        Cue::Before => {
            let is_last = end == segment.end;
            // "We were here a year ago" compares nothing, "was wonderful ten years ago" does.
            let is_word = cue.words.len() == 1;
            let is_more = |word: usize| words.is(word, &[Cue::More]);
            let is_then = |o: &Opinion| {
                let before = o.words.start.checked_sub(1);
                o.sign() > 0
                    && o.theme.is_none()
                    && o.words.end <= start
                    && o.words.end + AGO >= start
                    && !words.is(start - 1, &[Cue::Boundary])
                    && before.is_some_and(|word| words.is(word, &[Cue::Report, Cue::Adverb]))
            };
            let is_then = || opinions.iter().any(is_then);
            if !is_word && !(segment.start..start).any(is_more) && !is_then() {
                return None;
            }
            let compares = [Cue::Than, Cue::Not, Cue::So, Cue::Highest];
            let mut own = segment.start..start;
            let was = own.clone().any(|word| words.is(word, &[Cue::Report]));
            (is_last && was && !own.any(|word| words.is(word, &compares)))
                .then_some(segment.start..start)
        }
        Cue::UntilRecently => Some(segment.start..start),
        // "The old manager was polite, the new one is not."
        Cue::OldOne => {
            let was = (end..segment.end).any(|word| words.is(word, &[Cue::Report]));
            let denied = |c: &CueMatch| {
                let is_last = c.words.end == words.len() || words.is_stop(c.words.end);
                c.words.start > segment.end && is_last
            };
            let is_denied = words.cues(&[Cue::Not, Cue::NoMore]).any(denied);
            (start == segment.start && was && is_denied).then_some(end..segment.end)
        }
        // "I bought it years ago and it works" says nothing about a change.
        Cue::InThePast => {
            let end = (end..until_now)
                .find(|word| words.is(*word, &[Cue::And]))
                .unwrap_or(until_now);
            (start == segment.start).then_some(cue.words.end..behind_comma(words, cue, end))
        }
        Cue::LastTime => {
            let scope = segment.start..behind_comma(words, cue, until_now);
            (scope.end..words.len()).any(is_now).then_some(scope)
        }
        Cue::ForAWhile => {
            let is_praise =
                |o: &&Opinion| o.sign() > 0 && o.theme.is_none() && o.words.end == start;
            let praise = &opinions.iter().find(is_praise)?.words;
            let was = praise.len() > 1
                || praise.start > 0 && words.is(praise.start - 1, &[Cue::Report, Cue::Adverb]);
            was.then_some(praise.clone())
        }
        // "went from good to bad"
        Cue::AtFirst if cue.words.len() == 2 && words.is(end - 1, &[Cue::Preposition]) => {
            let near = end..end + SHORT;
            let first = opinions.iter().find(|o| near.contains(&o.words.start))?;
            Some(end..first.words.end)
        }
        _ => {
            let now = (segment.start..start).rev().find(|w| is_now(*w));
            let from = now.map_or(segment.start, |w| w + 1);
            let from = from.max(start.saturating_sub(REACH));
            Some(from..behind_comma(words, cue, until_now.min(end + REACH)))
        }
    }
}

/// End of the next sub-clause where a cue fills its own: "at first, she was cold".
fn behind_comma(words: &Words, cue: &CueMatch, end: usize) -> usize {
    let fills = end == cue.words.end && segment_start(words, cue.words.start) == cue.words.start;
    if fills && words.is_sign(end, b',') {
        segment_end(words, end + 1)
    } else {
        end
    }
}
