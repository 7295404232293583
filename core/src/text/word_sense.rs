//! Words in another sense: "let me know" is no knowledge, "lying down" no lie, "cold drinks" no
//! cold manner.

use super::{
    cues::Cue,
    opinion::{Kind, Opinion},
    words::Words,
};

/// Words after "tried to" that are part of the attempt.
const TRIED: usize = 3;

/// Drops the opinions whose words mean something else here.
pub fn drop_other_senses(words: &Words, opinions: &mut [Opinion]) {
    for sense in words.cues(&[Cue::OtherSense]) {
        for opinion in opinions.iter_mut().filter(|o| o.overlaps(&sense.words)) {
            // A longer phrase of a theme knows better.
            opinion.is_dropped |= opinion.words.len() <= sense.words.len();
        }
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
