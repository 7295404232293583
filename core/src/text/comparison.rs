//! Comparison with others: who is praised in "my old bank was quicker", "cheaper elsewhere" and "I
//! have seen friendlier staff" is somebody else, so that the words are blame here.
//!
//! A comparative with "than" and what it compares with ("faster than my bank") means what it says.

use super::{
    cues::Cue,
    opinion::{Opinion, segment_end, segment_start},
    words::Words,
};

/// Most words between a comparative and whom it is about.
const NEAR: usize = 4;
/// Most words between "have seen" and the comparative.
const SEEN: usize = 2;
/// Least strength of praise of others.
const STRENGTH: i32 = 2;

/// Reverses the praise of others.
pub fn compare(words: &Words, opinions: &mut [Opinion]) {
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

fn reverse(opinion: &mut Opinion) {
    opinion.is_dropped = false;
    opinion.is_reversed = true;
    opinion.strength = opinion.strength.max(STRENGTH);
}
