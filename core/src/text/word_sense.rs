//! Words in another sense: "let me know" is no knowledge, "lying down" no lie, "cold drinks" no
//! cold manner. An adjective of goods, food or weather is no manner either: "the soup was warm".

use super::{
    cues::Cue,
    opinion::{Kind, Opinion},
    words::Words,
};

/// Words after "tried to" that are part of the attempt.
const TRIED: usize = 3;

/// Most words from the name of a thing to what is said of it.
const FAR: usize = 4;

/// Drops the opinions whose words mean something else here.
///
/// `by_agent` tells whether a theme is about what people do, by its position in the taxonomy.
pub fn drop_other_senses(
    words: &Words,
    opinions: &mut [Opinion],
    by_agent: impl Fn(usize) -> bool,
) {
    let of_agents = |o: &Opinion| o.theme.is_some_and(|found| by_agent(found.theme));
    for sense in words.cues(&[Cue::OtherSense]) {
        for opinion in opinions.iter_mut().filter(|o| o.overlaps(&sense.words)) {
            // A longer phrase of a theme knows better.
            opinion.is_dropped |= opinion.words.len() <= sense.words.len();
        }
    }
    for opinion in opinions.iter_mut() {
        opinion.is_dropped |= of_agents(opinion) && is_of_thing(words, opinion);
    }
    // "tried to solve it" names what was wanted.
    for attempt in words.cues(&[Cue::Attempt]) {
        let near = attempt.words.end..attempt.words.end + TRIED;
        let tried = opinions.iter_mut().filter(|o| o.kind == Kind::Praise);
        for opinion in tried.filter(|o| near.contains(&o.words.start)) {
            opinion.kind = Kind::Aspect;
        }
    }
    // "quickly hung up": the adverb is no praise.
    for at in 0..opinions.len() {
        let adverb = &opinions[at];
        // "solving problems" is no adverb with what it describes.
        let is_object = |o: &Opinion| {
            let mut troubles = opinions.iter().filter(|t| t.kind == Kind::Trouble);
            troubles.any(|trouble| trouble.overlaps(&o.words))
        };
        let modifies = |o: &Opinion| {
            o.words.start == adverb.words.end
                && o.kind == Kind::Blame
                && !o.is_dropped
                && !is_object(o)
        };
        if adverb.kind == Kind::Praise
            && adverb.theme.is_some()
            && opinions.iter().any(modifies)
            && !words.is(adverb.words.start, &[Cue::Copula])
        {
            opinions[at].is_dropped = true;
        }
    }
}

/// Whether one word describes goods, food or weather: "warm soup", "the charger is fast".
fn is_of_thing(words: &Words, opinion: &Opinion) -> bool {
    let (start, end) = (opinion.words.start, opinion.words.end);
    if opinion.words.len() > 1 || !matches!(opinion.kind, Kind::Praise | Kind::Blame) {
        return false;
    }
    let is_thing = |word: usize| words.is(word, &[Cue::Thing]);
    if is_thing(end) && !words.is(end, &[Cue::Boundary]) {
        return true;
    }
    let is_between = |word: usize| words.is(word, &[Cue::Copula, Cue::Adverb]);
    let subject = (0..start).rev().find(|word| !is_between(*word));
    subject.is_some_and(|word| is_thing(word) && word + 1 < start && word + FAR >= start)
}
