//! Irony: praise that the rest of the clause mocks is blame. "Great, another hour in the queue",
//! "thanks for ignoring me", `so "helpful"`, "love how nobody answers", "yeah right, quick".
//!
//! An opening word of praise is mocked only by blame that comes again, is still there or counts
//! hours, or of the highest degree by any clear blame: "great, she fixed it" and "nice, but slow"
//! mean what they say. Mocked is also praise that closes a clause of blame that goes on ("the tap
//! still drips, impressive") and praise of what befell the customer ("being shouted at made my
//! day").

use super::{
    cues::Cue,
    opinion::{Kind, Opinion, segment_end, segment_start},
    words::{EMOJI, Words},
};

/// Least strength of praise that can be mocked by what follows.
const CLEAR: i32 = 2;
/// Most words between thanks or praise and the misdeed.
const NEAR: usize = 3;
/// Fewest words behind an exclamation of praise that mock it.
const EXCLAIMED: usize = 3;
/// Most words of praise that closes a clause.
const CLOSING: usize = 4;

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
    find_how(words, opinions);
    find_closing(words, opinions);
    find_befallen(words, opinions);
    if let Some(end) = opening(words, opinions) {
        let goes_on = (end..words.len()).any(|word| words.is(word, &[Cue::Again]));
        // "Fantastic, the screen is cracked": the highest praise alone is no opinion of its own.
        let is_exclaimed = words.is_sign(end, b',')
            && words.len() > end + EXCLAIMED
            && opinions
                .iter()
                .any(|o| o.words.end == end && o.strength > CLEAR && o.words.len() == 1)
            && opinions
                .iter()
                .any(|o| o.words.start > end && o.sign() < 0 && o.strength >= CLEAR);
        if (goes_on || is_exclaimed) && is_blamed(opinions, end) {
            mock(opinions, 0, end);
        }
    }
}

/// "Thanks for sending the wrong parcel", "excellent service, not".
fn find_thanks(words: &Words, opinions: &mut [Opinion]) {
    for at in 0..opinions.len() {
        let (start, end) = (opinions[at].words.start, opinions[at].words.end);
        let is_praise = opinions[at].sign() > 0 && opinions[at].theme.is_none();
        let is_thanks = words.is(start, &[Cue::Thanks])
            && (words.is(end, &[Cue::Towards, Cue::Preposition])
                || words.is(start, &[Cue::Misdeed]));
        let sentence = end..segment_end(words, end);
        let follows = |o: &&Opinion| sentence.contains(&o.words.start) && o.sign() != 0;
        let mut rest = opinions.iter().filter(follows);
        let is_clear = |o: &Opinion| o.strength >= CLEAR;
        let is_blamed = rest.clone().any(is_clear) && rest.all(|o| o.sign() < 0);
        // "Thanks for sorting out the wrong order" is praise of what was done.
        let is_deed = |o: &Opinion| {
            o.theme.is_some() && o.sign() > 0 && (o.words.start..o.words.end).contains(&end)
        };
        if is_praise && is_thanks && is_blamed && !opinions.iter().any(is_deed) {
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
        // "If you enjoy being ignored, this is the shop for you."
        let is_advice = words.is(cue.words.start, &[Cue::If]);
        for opinion in opinions
            .iter_mut()
            .filter(|o| is_advice && o.direction() < 0)
        {
            opinion.is_requested = false;
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

/// Reverses praise of a degree of blame, "impressive how slow you are", and of what comes again,
/// "another brilliant update that breaks everything".
fn find_how(words: &Words, opinions: &mut [Opinion]) {
    for at in 0..opinions.len() {
        let (start, end) = (opinions[at].words.start, opinions[at].words.end);
        let is_praise = opinions[at].theme.is_none() && opinions[at].sign() > 0;
        let is_degree = words.is(end, &[Cue::How]);
        let is_again = start > 0
            && words.is(start - 1, &[Cue::Again])
            && (end..end + NEAR).any(|word| words.is(word, &[Cue::Relative]));
        let reach = if is_degree {
            end + NEAR
        } else {
            segment_end(words, end)
        };
        let follows = |o: &&Opinion| o.words.start > end && o.words.start < reach && o.sign() != 0;
        let mut rest = opinions.iter().filter(follows);
        let is_mocked = rest.clone().next().is_some() && rest.all(|o| o.sign() < 0);
        if is_praise && (is_degree || is_again) && is_mocked {
            let span = opinions[at].words.clone();
            let same = opinions
                .iter_mut()
                .filter(|o| o.overlaps(&span) && o.sign() > 0);
            same.for_each(reverse);
        }
    }
}

/// Reverses praise that closes a clause of nothing but blame that comes again or goes on: "third
/// visit and the boiler still leaks, impressive".
fn find_closing(words: &Words, opinions: &mut [Opinion]) {
    let end = words.len();
    let start = segment_start(words, end);
    let is_filler = |word: usize| {
        words.is(
            word,
            &[
                Cue::Interjection,
                Cue::Determiner,
                Cue::Question,
                Cue::Adverb,
                Cue::Pronoun,
            ],
        )
    };
    let is_praise = |o: &Opinion, word: usize| {
        o.theme.is_none() && o.sign() > 0 && o.strength >= CLEAR && o.words.contains(&word)
    };
    let is_closing = |word: usize| opinions.iter().any(|o| is_praise(o, word)) || is_filler(word);
    let is_short = start > 1 && end > start && end - start <= CLOSING;
    if !is_short || !words.is_sign(start - 1, b',') || !(start..end).all(is_closing) {
        return;
    }
    let before = |o: &&Opinion| o.words.start < start && o.sign() != 0;
    let mut before = opinions.iter().filter(before);
    let goes_on = (0..start).any(|word| words.is(word, &[Cue::Again]));
    if goes_on && before.clone().next().is_some() && before.all(|o| o.sign() < 0) {
        mock(opinions, start, end);
    }
}

/// Reverses the praise of what befell the customer: "being shouted at really made my day".
fn find_befallen(words: &Words, opinions: &mut [Opinion]) {
    let Some(cue) = words
        .cues(&[Cue::Befallen])
        .find(|cue| cue.words.start == 0)
    else {
        return;
    };
    // "The waiting room was clean."
    if words.is(cue.words.end, &[Cue::Thing]) {
        return;
    }
    // Waiting is blame if it is counted.
    let goes_on = (0..words.len()).any(|word| words.is(word, &[Cue::Duration, Cue::Again]));
    let blamed = |o: &&Opinion| {
        let is_blame = o.sign() < 0 || o.kind == Kind::Trouble && goes_on;
        o.words.start >= cue.words.start && is_blame && !o.is_dropped
    };
    let Some(blame) = opinions.iter().find(blamed).map(|o| o.words.end) else {
        return;
    };
    let sentence = blame..segment_end(words, blame);
    let is_contrast = |word: usize| words.is(word, &[Cue::Boundary, Cue::Not, Cue::No, Cue::Worth]);
    let is_praise =
        |o: &Opinion| o.theme.is_none() && o.sign() > 0 && sentence.contains(&o.words.start);
    if sentence.clone().any(is_contrast) || !opinions.iter().any(is_praise) {
        return;
    }
    opinions
        .iter_mut()
        .filter(|o| is_praise(o))
        .for_each(reverse);
    for trouble in opinions.iter_mut().filter(|o| o.kind == Kind::Trouble) {
        trouble.kind = Kind::Blame;
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
