//! Contrast within a clause: the exception from praise is blame. "The only problem was the queue",
//! "the product is great, the delivery is not", "I like the shop, not the prices", "everything was
//! great except the wait", "friendly staff, the returns policy less so".

use super::{
    clauses::Clause,
    cues::Cue,
    opinion::{Kind, Opinion, segment_end, segment_start},
    words::Words,
};

/// Most words between "the only problem was" and what it was, and between "not" and its object.
const NEAR: usize = 3;

/// Turns names of themes that are excepted from praise into blame.
///
/// `is_praised` says whether the clause before has more praise than blame.
pub fn find_exceptions(
    clause: &Clause<'_>,
    is_praised: bool,
    words: &Words,
    opinions: &mut [Opinion],
) {
    if clause.is_exception && is_praised && !opinions.iter().any(|o| o.sign() > 0) {
        blame(opinions, 0, words.len());
    }
    for cue in words.cues(&[Cue::OnlyProblem]) {
        let end = segment_end(words, cue.words.end).min(cue.words.end + NEAR);
        blame(opinions, cue.words.end, end);
    }
    for cue in words.cues(&[Cue::Not]) {
        let start = segment_start(words, cue.words.start);
        let end = segment_end(words, cue.words.end);
        let praised = opinions.iter().any(|o| o.sign() > 0 && o.words.end < start);
        // "I love the shop but not the prices": the clause before is praise.
        let is_first = start == 0 && is_praised && cue.words.start == 0;
        if !is_first && (start == 0 || !words.is_sign(start - 1, b',') || !praised) {
            continue;
        }
        // "…, not the prices"
        let is_object = cue.words.start == start
            && words.is(cue.words.end, &[Cue::Determiner])
            && end <= cue.words.end + NEAR;
        // "…, the delivery is not"
        let is_predicate = cue.words.end == end && words.is(cue.words.start, &[Cue::Copula])
            || cue.words.end == end
                && cue.words.start > start
                && words.is(cue.words.start - 1, &[Cue::Copula]);
        if is_object || is_predicate {
            blame(opinions, start, end);
        }
    }
    // "…, the returns policy less so"
    for cue in words.cues(&[Cue::LessSo]) {
        let start = segment_start(words, cue.words.start);
        let praised = opinions.iter().any(|o| o.sign() > 0 && o.words.end < start);
        let is_last = cue.words.end == words.len() || words.is_stop(cue.words.end);
        if start > 0 && is_last && (praised || is_praised) {
            blame(opinions, start, cue.words.start);
        }
    }
}

/// Makes blame of what only names a theme.
fn blame(opinions: &mut [Opinion], from: usize, end: usize) {
    let names = |o: &&mut Opinion| {
        o.words.start >= from
            && o.words.start < end
            && !o.is_dropped
            && matches!(o.kind, Kind::Aspect | Kind::Wanted | Kind::Trouble)
    };
    for opinion in opinions.iter_mut().filter(names) {
        opinion.kind = Kind::Blame;
        opinion.is_negated = false;
        opinion.is_requested = false;
    }
}
