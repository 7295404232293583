//! Irony: praise that the rest of the clause mocks is blame. "Great, another hour in the queue",
//! "thanks for ignoring me", `so "helpful"`, "love how nobody answers", "yeah right, quick".
//!
//! An opening word of praise is mocked only by blame that comes again, is still there or counts
//! hours: "great, she fixed it" and "nice, but slow" mean what they say.

use super::{
    cues::Cue,
    opinion::{Kind, Opinion, segment_end},
    words::{EMOJI, Words},
};

/// Least strength of praise that can be mocked by what follows.
const CLEAR: i32 = 2;
/// Most words between thanks or praise and the misdeed.
const NEAR: usize = 3;

/// Reverses the praise that is mocked.
pub fn find_irony(words: &Words, opinions: &mut [Opinion]) {
    find_disbelief(words, opinions);
    if !opinions.iter().any(|o| o.sign() > 0) {
        return;
    }
    for cue in words.cues(&[Cue::Misdeed]) {
        let mocked = |o: &&mut Opinion| {
            o.sign() > 0
                && o.theme.is_none()
                && o.words.end <= cue.words.start
                && o.words.end + NEAR >= cue.words.start
        };
        opinions.iter_mut().filter(mocked).for_each(reverse);
    }
    find_thanks(words, opinions);
    for cue in words.cues(&[Cue::LoveHow]) {
        if is_blamed(opinions, cue.words.start + 1) {
            let start = cue.words.start;
            mock(opinions, start.saturating_sub(1), cue.words.end);
        }
    }
    find_quoted(words, opinions);
    if let Some(end) = opening(words, opinions) {
        let goes_on = (end..words.len()).any(|word| words.is(word, &[Cue::Again]));
        if goes_on && is_blamed(opinions, end) {
            mock(opinions, 0, end);
        }
    }
}

/// "Thanks for sending the wrong parcel", "excellent service, not".
fn find_thanks(words: &Words, opinions: &mut [Opinion]) {
    for at in 0..opinions.len() {
        let (start, end) = (opinions[at].words.start, opinions[at].words.end);
        let is_praise = opinions[at].sign() > 0 && opinions[at].theme.is_none();
        let is_thanks = words.is(start, &[Cue::Boundary]) && words.is(end, &[Cue::Towards]);
        let sentence = end..segment_end(words, end);
        let follows = |o: &&Opinion| sentence.contains(&o.words.start) && o.sign() != 0;
        let mut rest = opinions.iter().filter(follows);
        let is_blame = |o: &Opinion| o.sign() < 0 && o.strength >= CLEAR;
        if is_praise && is_thanks && rest.clone().next().is_some() && rest.all(is_blame) {
            reverse(&mut opinions[at]);
        }
    }
    let last = words.len().saturating_sub(1);
    let ends = last > 0 && words.is_sign(last - 1, b',') && words.is(last, &[Cue::Not]);
    let is_before = |o: &&mut Opinion| o.sign() > 0 && o.words.end < last;
    if ends {
        opinions.iter_mut().filter(is_before).for_each(reverse);
    }
}

/// "So much for friendly staff", "excellent service my foot".
fn find_disbelief(words: &Words, opinions: &mut [Opinion]) {
    for cue in words.cues(&[Cue::Mockery, Cue::SoMuchFor]) {
        let is_whole = cue.cue == Cue::Mockery;
        if !is_whole && cue.words.start > 0 {
            continue;
        }
        for opinion in opinions.iter_mut().filter(|o| !o.is_dropped) {
            let follows = opinion.words.start >= cue.words.end;
            if opinion.sign() > 0 && (is_whole || follows) {
                reverse(opinion);
            } else if !is_whole && follows && matches!(opinion.kind, Kind::Aspect | Kind::Wanted) {
                opinion.kind = Kind::Blame;
            }
        }
    }
}

/// End of the praise that opens a clause and has no object: "oh great, …".
fn opening(words: &Words, opinions: &[Opinion]) -> Option<usize> {
    let starts = |o: &&Opinion| {
        o.theme.is_none()
            && o.sign() > 0
            && o.strength >= CLEAR
            && (0..o.words.start).all(|word| words.is(word, &[Cue::Interjection]))
    };
    let end = opinions.iter().find(starts)?.words.end;
    let end =
        end + usize::from(words.is(end, &[Cue::Towards]) && words.is(end + 1, &[Cue::Misdeed]));
    let has_no_object = [b',', b'-', b':', EMOJI]
        .iter()
        .any(|sign| words.is_sign(end, *sign))
        || words.is(end, &[Cue::Again]);
    has_no_object.then_some(end)
}

/// Whether what follows is blamed, or trouble, and nothing in it is praised.
fn is_blamed(opinions: &[Opinion], from: usize) -> bool {
    let mut rest = opinions
        .iter()
        .filter(|o| o.words.start >= from && !o.is_dropped && !o.is_requested);
    let praised = rest.clone().any(|o| o.sign() > 0 && o.strength >= CLEAR);
    !praised && rest.any(|o| o.sign() < 0 || o.kind == Kind::Trouble && !o.is_negated)
}

/// Reverses the praise within some words; the trouble behind them is blame.
fn mock(opinions: &mut [Opinion], from: usize, end: usize) {
    for opinion in opinions.iter_mut() {
        if opinion.sign() > 0 && opinion.words.start >= from && opinion.words.start < end {
            reverse(opinion);
        } else if opinion.kind == Kind::Trouble && !opinion.is_negated && opinion.words.start >= end
        {
            opinion.kind = Kind::Blame;
        }
    }
}

/// Reverses one word of praise in quotation marks that a word of degree introduces.
fn find_quoted(words: &Words, opinions: &mut [Opinion]) {
    for opinion in opinions.iter_mut().filter(|o| o.sign() > 0) {
        let (start, end) = (opinion.words.start, opinion.words.end);
        let is_quoted = start > 0 && words.is_sign(start - 1, b'"') && words.is_sign(end, b'"');
        let introduced = start > 1
            && (words.is(start - 2, &[Cue::So, Cue::Adverb]) || words.is(0, &[Cue::Interjection]));
        if is_quoted && introduced {
            reverse(opinion);
        }
    }
}

fn reverse(opinion: &mut Opinion) {
    opinion.is_reversed = true;
}
