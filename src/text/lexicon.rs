//! What a clause says of each theme: the votes of the words.
//!
//! Polarity of a theme in a clause: a negative word outweighs a positive one; a positive word under a negation turns
//! ("not polite"), and one under a request says nothing ("kindly resolve it"); a theme only mentioned takes the mood of its
//! clause, else it stays neutral.

use std::ops::Range;

use super::{
    matcher::{Haystack, ListMatch, ListMatcher, PatternError, PatternList, matches_of},
    normalise::fold_into,
    tagger::Polarity,
    taxonomy::{Other, Taxonomy},
};

/// Words that turn praise when it follows: "not polite".
const NEGATORS: &str = "not|never|no|hardly|barely|cannot|without|neither|nor|isn't|wasn't|aren't|weren't|don't|doesn't|didn't|can't|couldn't|won't|wouldn't|hasn't|haven't|isnt|wasnt|didnt|dont";
/// What is asked for has not been had: "kindly resolve my issue" praises nobody.
const REQUESTS: &str = "kindly|please|pls|plz|should|must|need|needs|want|wants|wish|hope|expect|request|requesting|requested|could you|can you";
/// Nor has what is waited for: "so much time to resolve it", "once it is resolved".
const WAITS: &str = "once (?:this|my|it|that)|until|till|unless|(?:much|more|enough|long|lot of) time to|(?:days?|weeks?|months?|hours?|long|ages|forever) to";
/// Nor is it a request where somebody tells what was: "I must say she was very polite".
const TELLING: &str = "was|were|is|are|has|have|had|been|did|say|admit|mention|know|thank";

/// How many words may stand between a word of these lists and what it bears on.
const AFTER_NEGATION: usize = 2;
const AFTER_REQUEST: usize = 5;

/// The lists of words that bear on those after them, in the order of [`Other`], and those that tell.
pub(super) fn bearing(plain: bool) -> Result<([PatternList; 3], ListMatcher), PatternError> {
    let list = |words: &str| PatternList::parse(&[words.to_owned()], true, plain);
    let bearing = [list(NEGATORS)?, list(REQUESTS)?, list(WAITS)?];
    Ok((bearing, ListMatcher::new(&list(TELLING)?)?))
}

/// One theme in a clause.
#[derive(Clone, Debug, PartialEq)]
pub struct Vote {
    /// ListMatch in the taxonomy.
    pub theme: usize,
    pub polarity: Polarity,
    /// The words that fired, a comma between them.
    pub words: String,
    /// See [`super::tagger::ThemeMention::probability`].
    pub probability: f64,
}

/// All that a clause says.
#[derive(Clone, Debug, PartialEq)]
pub struct ClauseVotes {
    pub votes: Vec<Vote>,
    /// Words of praise less words of blame.
    pub mood: i32,
}

/// Reads clause after clause, keeping its memory.
#[derive(Debug, Default)]
pub struct Voter {
    folded: String,
    /// The clause as it was.
    whole: Haystack,
    words: Vec<ListMatch>,
    /// Without idioms.
    rest: Haystack,
    words_of_rest: Vec<ListMatch>,
}

impl Voter {
    /// Reads a clause of a tidy, redacted comment.
    pub fn read(&mut self, clause: &str, taxonomy: &Taxonomy) -> ClauseVotes {
        fold_into(clause, &mut self.folded);
        let mut read = ClauseVotes {
            votes: Vec::new(),
            mood: 0,
        };
        self.whole.set(&self.folded, taxonomy.plain);
        taxonomy.matcher.find(&self.whole, &mut self.words);
        if self.words.is_empty() {
            return read;
        }
        let has_idioms = self.leave_idioms_out(taxonomy);
        let (heard, words) = if has_idioms {
            (&self.rest, &self.words_of_rest)
        } else {
            (&self.whole, &self.words)
        };
        let other = |words, kind| matches_of(words, taxonomy.list_of(kind));
        let clause = Clause {
            folded: &self.folded,
            whole: &self.whole,
            heard,
            negations: other(words, Other::Negation),
            requests: other(&self.words, Other::Request),
            waits: other(&self.words, Other::Wait),
            telling: &taxonomy.telling,
        };
        if has_idioms {
            read.mood += other(&self.words, Other::IdiomPositive).len() as i32;
        }
        let mut leaning = Vec::new();
        let of_theme = |a: &ListMatch, b: &ListMatch| a.list / 3 == b.list / 3;
        for words in words.chunk_by(of_theme) {
            let theme = words.first().map_or(0, |place| place.list / 3);
            if theme >= taxonomy.themes.len() {
                break;
            }
            let Some(fired) = clause.fired(words, 3 * theme) else {
                continue;
            };
            match fired.polarity {
                Some(Polarity::Positive) => read.mood += 1,
                Some(Polarity::Negative) => read.mood -= 1,
                Some(Polarity::Neutral) => {}
                None => leaning.push(read.votes.len()),
            }
            read.votes.push(Vote {
                theme,
                polarity: fired.polarity.unwrap_or(Polarity::Neutral),
                words: fired.words,
                probability: fired.probability,
            });
        }
        read.mood -= other(words, Other::GeneralNegative).len() as i32;
        let praise = other(words, Other::GeneralPositive).iter();
        read.mood += praise.filter(|word| !clause.is_negated(**word)).count() as i32;
        let mood = Polarity::of_mood(read.mood);
        for vote in leaning {
            let vote = &mut read.votes[vote];
            vote.polarity = mood;
            if mood == Polarity::Neutral {
                vote.probability /= 2.0;
            }
        }
        read
    }

    /// Takes idioms out of the clause, one kind after the other, and reads the rest. False where there is none.
    fn leave_idioms_out(&mut self, taxonomy: &Taxonomy) -> bool {
        let mut has_idioms = false;
        for kind in [
            Other::IdiomPositive,
            Other::IdiomNeutral,
            Other::Intensifier,
        ] {
            let words = if has_idioms {
                &self.words_of_rest
            } else {
                &self.words
            };
            let idioms = matches_of(words, taxonomy.list_of(kind));
            if idioms.is_empty() {
                continue;
            }
            if !has_idioms {
                has_idioms = true;
                self.rest.copy(&self.whole);
            }
            idioms
                .iter()
                .for_each(|idiom| self.rest.blank(idiom.range()));
            taxonomy.matcher.find(&self.rest, &mut self.words_of_rest);
        }
        has_idioms
    }
}

/// What fired for a theme; no polarity where it is only mentioned.
struct Fired {
    polarity: Option<Polarity>,
    words: String,
    probability: f64,
}

/// Words of one polarity.
#[derive(Default)]
struct Said {
    /// A comma between them.
    words: String,
    count: i32,
}

impl Said {
    fn add(&mut self, sign: &str, clause: &Clause<'_>, word: ListMatch) {
        if self.count > 0 {
            self.words.push_str(", ");
        }
        self.count += 1;
        self.words.push_str(sign);
        self.words
            .push_str(&clause.heard.slice(clause.folded, word.range()));
    }
}

/// A clause as it is heard.
struct Clause<'a> {
    folded: &'a str,
    whole: &'a Haystack,
    heard: &'a Haystack,
    /// In the clause as it is heard.
    negations: &'a [ListMatch],
    /// In the clause as it was: the words that ask may be among the idioms.
    requests: &'a [ListMatch],
    waits: &'a [ListMatch],
    telling: &'a ListMatcher,
}

impl Clause<'_> {
    /// What speaks for a theme. `words` are those of the theme; `negative` is the number of the first of its lists.
    fn fired(&self, words: &[ListMatch], negative: usize) -> Option<Fired> {
        let [bad, good, mentions] = [0, 1, 2].map(|kind| matches_of(words, negative + kind));
        let (mut negative, mut positive, mut turned) = <(Said, Said, Said)>::default();
        for word in bad {
            negative.add("", self, *word);
        }
        for word in good {
            if self.is_asked_for(*word) {
                continue;
            }
            if self.is_negated(*word) {
                turned.add("not ", self, *word);
            } else {
                positive.add("", self, *word);
            }
        }
        if negative.count == 0 {
            negative = turned;
        }
        let both = negative.count > 0 && positive.count > 0;
        let voted = |polarity: Polarity, said: Said| {
            let of_polarity = 1.0 - 0.5_f64.powi(said.count + 1);
            Fired {
                polarity: Some(polarity),
                words: said.words,
                probability: if both { of_polarity / 2.0 } else { of_polarity },
            }
        };
        if negative.count > 0 {
            Some(voted(Polarity::Negative, negative))
        } else if positive.count > 0 {
            Some(voted(Polarity::Positive, positive))
        } else {
            mentions.first().map(|word| Fired {
                polarity: None,
                words: self.heard.slice(self.folded, word.range()).into_owned(),
                probability: 0.5,
            })
        }
    }

    fn is_negated(&self, word: ListMatch) -> bool {
        bears(self.negations, word, AFTER_NEGATION, self.heard)
    }

    fn is_asked_for(&self, word: ListMatch) -> bool {
        let stands = |words| bears(words, word, AFTER_REQUEST, self.whole);
        stands(self.waits) || (stands(self.requests) && !self.is_told(word))
    }

    fn is_told(&self, word: ListMatch) -> bool {
        let before = 0..word.range().start;
        let mut telling = self.telling.find_iter(self.whole, before);
        telling.any(|place| bears_from(place.end, word, AFTER_REQUEST, self.whole))
    }
}

/// Whether one of `bearing` stands before `word`, with at most `most` words between.
fn bears(bearing: &[ListMatch], word: ListMatch, most: usize, text: &Haystack) -> bool {
    bearing
        .iter()
        .any(|before| bears_from(before.range().end, word, most, text))
}

fn bears_from(end: usize, word: ListMatch, most: usize, text: &Haystack) -> bool {
    let start = word.range().start;
    text.is_gap(
        Range {
            start: end,
            end: start,
        },
        most,
    )
}
