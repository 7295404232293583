//! What a clause says of each theme: the votes of the words.
//!
//! Pole of a theme in a clause: a negative word outweighs a positive one; a positive word under a negation turns
//! ("not polite"), and one under a request says nothing ("kindly resolve it"); a theme only mentioned takes the mood of its
//! clause, else it stays neutral.

use std::{ops::Range, sync::LazyLock};

use super::{
    machines::{Before, Legible, Unusable, Words},
    normalise::fold_into,
    taxonomy::{Other, Present, Taxonomy, Theme},
    themes::Pole,
};

/// Words that turn praise when it follows: "not polite".
const NEGATORS: &str = "not|never|no|hardly|barely|cannot|without|neither|nor|isn't|wasn't|aren't|weren't|don't|doesn't|didn't|can't|couldn't|won't|wouldn't|hasn't|haven't|isnt|wasnt|didnt|dont";
/// What is asked for has not been had: "kindly resolve my issue" praises nobody.
const REQUESTS: &str = "kindly|please|pls|plz|should|must|need|needs|want|wants|wish|hope|expect|request|requesting|requested|could you|can you";
/// Nor has what is waited for: "so much time to resolve it", "once it is resolved".
const WAITS: &str = "once (?:this|my|it|that)|until|till|unless|(?:much|more|enough|long|lot of) time to|(?:days?|weeks?|months?|hours?|long|ages|forever) to";
/// Nor is it a request where somebody tells what was: "I must say she was very polite".
const TELLING: &str = "was|were|is|are|has|have|had|been|did|say|admit|mention|know|thank";

static NEGATED: LazyLock<Before> = LazyLock::new(|| Before::new(NEGATORS, 2));
static REQUESTED: LazyLock<Before> = LazyLock::new(|| Before::new(REQUESTS, 5));
static WAITED: LazyLock<Before> = LazyLock::new(|| Before::new(WAITS, 5));
static TOLD: LazyLock<Before> = LazyLock::new(|| Before::new(TELLING, 5));

/// The lists of words that bear on those after them, in the order of [`Other`].
pub(super) fn bearing(plain: bool) -> Result<[Words; 3], Unusable> {
    let list = |words: &str| Words::new(&[words.to_owned()], true, plain);
    Ok([list(NEGATORS)?, list(REQUESTS)?, list(WAITS)?])
}

/// One theme in a clause.
#[derive(Clone, Debug, PartialEq)]
pub struct Vote {
    /// Place in the taxonomy.
    pub theme: usize,
    pub pole: Pole,
    /// The words that fired, a comma between them.
    pub words: String,
    /// See [`super::themes::Tag::confidence`].
    pub confidence: f64,
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
    whole: Legible,
    /// Without idioms.
    rest: Legible,
}

impl Voter {
    /// Reads a clause of a tidy, redacted comment.
    pub fn read(&mut self, clause: &str, taxonomy: &Taxonomy) -> ClauseVotes {
        let mut folded = std::mem::take(&mut self.folded);
        fold_into(clause, &mut folded);
        let votes = self.read_folded(&folded, taxonomy);
        self.folded = folded;
        votes
    }

    /// Reads a clause that is folded already.
    pub fn read_folded(&mut self, folded: &str, taxonomy: &Taxonomy) -> ClauseVotes {
        self.whole.set(folded, taxonomy.plain);
        let mut present = taxonomy.present(&self.whole);
        let mut heard = &self.whole;
        let asks = has(present.as_ref(), Other::Request);
        let waits = has(present.as_ref(), Other::Wait);
        let mut mood = 0;
        if IDIOMS.iter().any(|kind| has(present.as_ref(), *kind)) {
            mood += taxonomy.idiom_positive.places(&self.whole).count() as i32;
            self.rest.copy(&self.whole);
            for idioms in [
                &taxonomy.idiom_positive,
                &taxonomy.idiom_neutral,
                &taxonomy.intensifier,
            ] {
                let places: Vec<_> = idioms.places(&self.rest).collect();
                places.into_iter().for_each(|place| self.rest.blank(place));
            }
            present = taxonomy.present(&self.rest);
            heard = &self.rest;
        }
        let present = present.as_ref();
        if present.is_some_and(Present::nothing) {
            let votes = Vec::new();
            return ClauseVotes { votes, mood };
        }
        let clause = Clause {
            folded,
            whole: &self.whole,
            heard,
            negates: has(present, Other::Negation),
            asks,
            waits,
        };
        let mut votes: Vec<(usize, Fired)> = Vec::new();
        for (i, theme) in taxonomy.themes.iter().enumerate() {
            let lists = present.map_or([true; 3], |p| p.of(i));
            if lists != [false; 3] {
                votes.extend(clause.fired(theme, lists).map(|fired| (i, fired)));
            }
        }
        for (_, fired) in &votes {
            mood += match fired.pole {
                Some(Pole::Positive) => 1,
                Some(Pole::Negative) => -1,
                _ => 0,
            };
        }
        if has(present, Other::GeneralNegative) {
            mood -= taxonomy.general_negative.places(heard).count() as i32;
        }
        if has(present, Other::GeneralPositive) {
            let places = taxonomy.general_positive.places(heard);
            mood += places.filter(|place| !clause.is_negated(place)).count() as i32;
        }
        let leaning = Pole::of_mood(mood);
        let vote = |(theme, fired): (usize, Fired)| Vote {
            theme,
            words: fired.words,
            confidence: if fired.pole.is_none() && leaning == Pole::Neutral {
                fired.confidence / 2.0
            } else {
                fired.confidence
            },
            pole: fired.pole.unwrap_or(leaning),
        };
        ClauseVotes {
            votes: votes.into_iter().map(vote).collect(),
            mood,
        }
    }
}

const IDIOMS: [Other; 3] = [
    Other::IdiomPositive,
    Other::IdiomNeutral,
    Other::Intensifier,
];

fn has(present: Option<&Present>, kind: Other) -> bool {
    present.is_none_or(|p| p.other(kind))
}

/// What fired for a theme; no pole where it is only mentioned.
struct Fired {
    pole: Option<Pole>,
    words: String,
    confidence: f64,
}

/// Words of one pole.
#[derive(Default)]
struct Said {
    /// A comma between them.
    words: String,
    count: i32,
}

impl Said {
    fn add(&mut self, sign: &str, clause: &Clause<'_>, place: Range<usize>) {
        if self.count > 0 {
            self.words.push_str(", ");
        }
        self.count += 1;
        self.words.push_str(sign);
        self.words
            .push_str(&clause.heard.words(clause.folded, place));
    }
}

/// A clause as it is heard.
struct Clause<'a> {
    folded: &'a str,
    whole: &'a Legible,
    heard: &'a Legible,
    /// Whether there are words at all that negate, ask or wait.
    negates: bool,
    asks: bool,
    waits: bool,
}

impl Clause<'_> {
    /// What speaks for a theme. `lists`: whether its negative words, positive words and mentions can be there at all.
    fn fired(&self, theme: &Theme, [bad, good, mentioned]: [bool; 3]) -> Option<Fired> {
        let (mut negative, mut positive, mut turned) = <(Said, Said, Said)>::default();
        if bad {
            for place in theme.negative.places(self.heard) {
                negative.add("", self, place);
            }
        }
        if good {
            for place in theme.positive.places(self.heard) {
                if self.is_asked_for(&place) {
                    continue;
                }
                if self.is_negated(&place) {
                    turned.add("not ", self, place);
                } else {
                    positive.add("", self, place);
                }
            }
        }
        if negative.count == 0 {
            negative = turned;
        }
        let both = negative.count > 0 && positive.count > 0;
        let voted = |pole: Pole, said: Said| {
            let of_pole = 1.0 - 0.5_f64.powi(said.count + 1);
            Fired {
                pole: Some(pole),
                words: said.words,
                confidence: if both { of_pole / 2.0 } else { of_pole },
            }
        };
        if negative.count > 0 {
            Some(voted(Pole::Negative, negative))
        } else if positive.count > 0 {
            Some(voted(Pole::Positive, positive))
        } else {
            let mention = mentioned.then(|| theme.aspect.places(self.heard).next());
            mention.flatten().map(|place| Fired {
                pole: None,
                words: self.heard.words(self.folded, place).into_owned(),
                confidence: 0.5,
            })
        }
    }

    fn is_negated(&self, place: &Range<usize>) -> bool {
        self.negates && NEGATED.is_before(self.heard, place.start)
    }

    /// In the clause as it was: the words that ask may be among the idioms.
    fn is_asked_for(&self, place: &Range<usize>) -> bool {
        let stands = |words: &Before| words.is_before(self.whole, place.start);
        (self.waits && stands(&WAITED)) || (self.asks && stands(&REQUESTED) && !stands(&TOLD))
    }
}
