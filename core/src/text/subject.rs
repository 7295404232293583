//! Whose doing an opinion is about. What the customer did or was ("I was patient") and what others
//! did ("the other guests were rude") says nothing about the organisation.

use super::{
    cues::Cue,
    opinion::{Kind, Opinion, segment_end, segment_start},
    words::Words,
};

/// Most words of a subject with an apposition.
const NAME: usize = 3;
/// Most words between an opinion and the page that says it.
const NEAR: usize = 3;

/// Drops the opinions about the customer and about others. `by_agent` tells whether a theme is
/// about what an agent does, by its position in the taxonomy; the rest is also about what befalls a
/// customer ("I waited").
pub fn drop_others(
    words: &Words,
    opinions: &mut [Opinion],
    text: &[u8],
    by_agent: impl Fn(usize) -> bool,
) {
    if opinions.is_empty() {
        return;
    }
    for cue in words.cues(&[Cue::Other]) {
        // "A customer service with patience" is this one's, and so is "patient with my mother".
        let before = cue.words.start.checked_sub(1);
        let is_treated = words.is(cue.words.start, &[Cue::Family])
            && before.is_some_and(|word| words.is(word, &[Cue::Preposition]));
        if words.is(cue.words.end, &[Cue::Staff]) || is_treated {
            continue;
        }
        let mut end = end_with_apposition(words, cue.words.start);
        // "No other shop is as helpful" is about this one.
        let compares = |word: usize| words.is(word, &[Cue::As, Cue::More, Cue::So]);
        let is_unequalled = words.is(cue.words.start, &[Cue::NoOther]);
        if is_unequalled && (cue.words.end..end).any(compares) {
            continue;
        }
        // "Compared to the others you are expensive" is about you.
        if words.is(cue.words.start, &[Cue::Compared, Cue::Unlike]) {
            let is_subject = |word: &usize| words.is(*word, &[Cue::Pronoun]);
            end = (cue.words.end..end).find(is_subject).unwrap_or(end);
        }
        let is_standard = cue.words.start > 0 && words.is(cue.words.start - 1, &[Cue::Than]);
        for opinion in opinions.iter_mut() {
            let follows = opinion.words.start >= cue.words.start && opinion.words.start < end;
            let near = !is_standard
                && opinion.words.end <= cue.words.start
                && opinion.words.end + 4 >= cue.words.start
                && cue.words.start < 3;
            opinion.is_dropped |= follows || near;
        }
    }
    for cue in words.cues(&[Cue::Courier, Cue::Medium]) {
        let end = end_with_relative_clause(words, cue.words.start);
        for opinion in opinions.iter_mut() {
            let about_agent = opinion.theme.is_some_and(|found| by_agent(found.theme));
            let before = opinion.words.end <= cue.words.start;
            let gap = cue.words.start.saturating_sub(opinion.words.end);
            let (reach, counts) = match cue.cue {
                Cue::Courier => (1, true),
                _ => (NEAR, opinion.kind == Kind::Blame),
            };
            let follows = opinion.words.start >= cue.words.end && opinion.words.start < end;
            opinion.is_dropped |= about_agent && counts && (follows || before && gap <= reach);
        }
    }
    for opinion in opinions.iter_mut() {
        let about_agent = opinion.theme.is_some_and(|found| by_agent(found.theme));
        // What customers have trouble with is not their doing.
        let is_deed = !matches!(opinion.kind, Kind::Aspect | Kind::Trouble);
        if about_agent && is_deed && is_customers(words, opinion, text) {
            opinion.is_dropped = true;
        }
    }
    for alone in words.cues(&[Cue::Alone]) {
        let from = segment_start(words, alone.words.start);
        let mut before = (from..alone.words.start).rev();
        let Some(customer) = before.find(|word| words.is(*word, &[Cue::Customer])) else {
            continue;
        };
        for opinion in opinions.iter_mut().filter(|o| o.theme.is_some()) {
            let follows = opinion.words.start >= customer;
            opinion.is_dropped |= follows && opinion.words.end <= alone.words.start;
        }
    }
}

/// End of the sub-clause of a word, with what tells more about a subject at the start: "my
/// neighbour, a very friendly man, told me".
fn end_with_apposition(words: &Words, from: usize) -> usize {
    let end = segment_end(words, from);
    let close = segment_end(words, end + 1);
    let is_name = segment_start(words, from) == 0 && end <= NAME && words.is_sign(end, b',');
    if is_name && words.is(end + 1, &[Cue::Determiner]) && words.is_sign(close, b',') {
        close
    } else {
        end
    }
}

/// End of the sub-clause of a word, with a relative or indirect clause behind it: "your sellers,
/// who shout at people".
fn end_with_relative_clause(words: &Words, from: usize) -> usize {
    let end = segment_end(words, from);
    let goes_on = words.is_sign(end, b',') && words.is(end + 1, &[Cue::Question]);
    if goes_on {
        segment_end(words, end + 1)
    } else {
        end
    }
}

/// Whether the customer is the subject: only auxiliaries and adverbs lie between.
fn is_customers(words: &Words, opinion: &Opinion, text: &[u8]) -> bool {
    let part = words.part(opinion.words.clone());
    let is_passive = text[part].ends_with(b"ed");
    let mut word = opinion.words.start;
    let mut passive = false;
    while word > 0 {
        word -= 1;
        if words.is(word, &[Cue::Customer]) {
            // "Not once was I helped."
            passive |= word > 0 && words.is(word - 1, &[Cue::Copula]);
            return !(is_passive && passive);
        }
        passive |= words.is(word, &[Cue::Copula]);
        if !words.is(word, &[Cue::Filler]) {
            return false;
        }
    }
    false
}
