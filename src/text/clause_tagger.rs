//! Theme mentions of a clause, by the words of a lexicon.
//!
//! A negative word of a theme outweighs a positive one. A positive word under a negation becomes
//! negative ("not polite"), and one under a request counts for nothing ("kindly resolve it"). A
//! theme that is only named takes the mood of its clause, or stays neutral.

use std::ops::Range;

use super::{
    lexicon::{GeneralList, Lexicon},
    matcher::{Haystack, ListMatch, matches_of},
    mention::{Polarity, ThemeMention},
    normalise::fold_into,
};

/// Most words between a negation and the word that it negates.
const AFTER_NEGATION: usize = 2;
/// Most words between a request, wait or report and the word that it is about.
const AFTER_REQUEST: usize = 5;

/// Analyses clause after clause, reusing its memory.
pub struct ClauseTagger<'a> {
    lexicon: &'a Lexicon,
    folded: String,
    whole: Haystack,
    matches: Vec<ListMatch>,
    /// The clause without its idioms.
    rest: Haystack,
    rest_matches: Vec<ListMatch>,
}

impl<'a> ClauseTagger<'a> {
    pub fn new(lexicon: &'a Lexicon) -> Self {
        Self {
            lexicon,
            folded: String::new(),
            whole: Haystack::default(),
            matches: Vec::new(),
            rest: Haystack::default(),
            rest_matches: Vec::new(),
        }
    }

    /// Adds the mentions of a clause of a tidy, redacted comment; `number` is its position. Returns
    /// its mood: words of praise less words of blame.
    pub fn tag(&mut self, number: usize, clause: &str, mentions: &mut Vec<ThemeMention>) -> i32 {
        let lexicon = self.lexicon;
        fold_into(clause, &mut self.folded);
        self.whole.set(&self.folded, lexicon.is_plain());
        lexicon.matcher().find(&self.whole, &mut self.matches);
        if self.matches.is_empty() {
            return 0;
        }
        let has_idioms = self.remove_idioms();
        let (text, matches) = if has_idioms {
            (&self.rest, &self.rest_matches)
        } else {
            (&self.whole, &self.matches)
        };
        let general = |matches, list| matches_of(matches, lexicon.number(list));
        let context = Context {
            lexicon,
            folded: &self.folded,
            whole: &self.whole,
            text,
            negations: general(matches, GeneralList::Negation),
            requests: general(&self.matches, GeneralList::Request),
            waits: general(&self.matches, GeneralList::Wait),
        };
        let mut mood = 0;
        if has_idioms {
            mood += general(&self.matches, GeneralList::IdiomPositive).len() as i32;
        }
        let mut only_named = Vec::new();
        for matches in matches.chunk_by(|a, b| a.list / 3 == b.list / 3) {
            let number_of_theme = matches.first().map_or(0, |found| found.list / 3);
            let Some(theme) = lexicon.taxonomy().themes.get(number_of_theme) else {
                break;
            };
            let [negative, positive, aspect] =
                [0, 1, 2].map(|kind| matches_of(matches, 3 * number_of_theme + kind));
            let polar = context.polar(negative, positive);
            let Some((polarity, words, probability)) = polar.or_else(|| {
                let named = aspect.first()?;
                only_named.push(mentions.len());
                Some((Polarity::Neutral, context.words(*named), 0.5))
            }) else {
                continue;
            };
            mood += polarity.mood();
            mentions.push(ThemeMention {
                clause: number,
                clause_text: clause.to_owned(),
                theme: theme.id.clone(),
                polarity,
                words,
                probability,
            });
        }
        mood -= general(matches, GeneralList::Negative).len() as i32;
        let praise = general(matches, GeneralList::Positive).iter();
        mood += praise.filter(|word| !context.is_negated(**word)).count() as i32;
        for named in only_named {
            let mention = &mut mentions[named];
            mention.polarity = Polarity::of_mood(mood);
            if mood == 0 {
                mention.probability /= 2.0;
            }
        }
        mood
    }

    /// Removes the idioms, one kind after the other, and matches the rest. False where there is
    /// none.
    fn remove_idioms(&mut self) -> bool {
        let mut has_idioms = false;
        for list in [
            GeneralList::IdiomPositive,
            GeneralList::IdiomNeutral,
            GeneralList::Intensifier,
        ] {
            let matches = if has_idioms {
                &self.rest_matches
            } else {
                &self.matches
            };
            let idioms = matches_of(matches, self.lexicon.number(list));
            if idioms.is_empty() {
                continue;
            }
            if !has_idioms {
                has_idioms = true;
                self.rest.clone_from(&self.whole);
            }
            for idiom in idioms {
                self.rest.blank(idiom.range());
            }
            let matcher = self.lexicon.matcher();
            matcher.find(&self.rest, &mut self.rest_matches);
        }
        has_idioms
    }
}

/// A clause with the matches that change what others mean.
struct Context<'a> {
    lexicon: &'a Lexicon,
    folded: &'a str,
    whole: &'a Haystack,
    /// Without idioms.
    text: &'a Haystack,
    /// In `text`.
    negations: &'a [ListMatch],
    /// In `whole`: the words may be part of an idiom.
    requests: &'a [ListMatch],
    waits: &'a [ListMatch],
}

impl Context<'_> {
    fn words(&self, found: ListMatch) -> String {
        let words = self.text.slice(self.folded, found.range());
        words.into_owned()
    }

    /// Polarity, evidence words and probability of a theme with these matches.
    fn polar(
        &self,
        negative: &[ListMatch],
        positive: &[ListMatch],
    ) -> Option<(Polarity, String, f64)> {
        let mut blame: Vec<String> = negative.iter().map(|word| self.words(*word)).collect();
        let (mut praise, mut negated) = (Vec::new(), Vec::new());
        for word in positive.iter().filter(|word| !self.is_requested(**word)) {
            if self.is_negated(*word) {
                negated.push(format!("not {}", self.words(*word)));
            } else {
                praise.push(self.words(*word));
            }
        }
        if blame.is_empty() {
            blame = negated;
        }
        let certainty = if blame.is_empty() || praise.is_empty() {
            1.0
        } else {
            0.5
        };
        let (polarity, words) = if !blame.is_empty() {
            (Polarity::Negative, blame)
        } else if !praise.is_empty() {
            (Polarity::Positive, praise)
        } else {
            return None;
        };
        let probability = 1.0 - 0.5_f64.powi(words.len() as i32 + 1);
        Some((polarity, words.join(", "), certainty * probability))
    }

    fn is_negated(&self, word: ListMatch) -> bool {
        precedes(self.negations, word, AFTER_NEGATION, self.text)
    }

    fn is_requested(&self, word: ListMatch) -> bool {
        let follows = |matches| precedes(matches, word, AFTER_REQUEST, self.whole);
        follows(self.waits) || (follows(self.requests) && !self.is_reported(word))
    }

    fn is_reported(&self, word: ListMatch) -> bool {
        let start = word.range().start;
        let mut reports = self.lexicon.reports().find_iter(self.whole, 0..start);
        reports.any(|Range { end, .. }| self.whole.is_gap(end..start, AFTER_REQUEST))
    }
}

/// Whether one of `matches` precedes `word`, with at most `most` words between.
fn precedes(matches: &[ListMatch], word: ListMatch, most: usize, text: &Haystack) -> bool {
    let start = word.range().start;
    matches
        .iter()
        .any(|before| text.is_gap(before.range().end..start, most))
}
