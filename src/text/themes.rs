//! Themes of a comment: which, said well or badly, and the words that say so.
//!
//! Pole of a theme in a clause: a negative word outweighs a positive one; a positive word under a negation turns
//! ("not polite"), and one under a request says nothing ("kindly resolve it"); a theme only mentioned takes the mood of its clause, else it stays neutral. The score alone names no
//! pole: it would turn "third complaint registered" under a five into praise.

use std::{borrow::Cow, sync::LazyLock};

use regex::Regex;
use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::{
    clauses,
    normalise::fold,
    taxonomy::{Other, Present, Taxonomy, own},
};

/// How a theme was spoken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pole {
    Positive,
    Negative,
    Neutral,
}

impl Pole {
    /// Where the mood of a text leans.
    pub fn of_mood(mood: i32) -> Self {
        match mood.signum() {
            1 => Self::Positive,
            -1 => Self::Negative,
            _ => Self::Neutral,
        }
    }

    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Positive => "positive",
            Self::Negative => "negative",
            Self::Neutral => "neutral",
        }
    }
}

/// One theme in one clause.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Tag {
    /// Position of the clause in the comment, from 0.
    pub clause: usize,
    pub clause_text: String,
    pub theme: String,
    pub pole: Pole,
    /// The words that fired: the reason shown.
    pub words: String,
    /// How much speaks for it, in (0, 1): an order for review, no probability. 1 - 0.5^(k + 1) for k words of a pole, half
    /// of it where the clause has words of the other pole too; for a mere mention 0.5, or 0.25 in a clause without a mood.
    pub confidence: f64,
}

/// What could be made of a comment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CommentState {
    /// There was no comment.
    None,
    /// Nothing was said ("none", "ok").
    NoContent,
    /// Kept, but in a language the lexicon does not know.
    NotAnalysed,
    /// Read; it may still have no theme.
    Analysed,
}

impl CommentState {
    /// Stable name, as stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::NoContent => "no_content",
            Self::NotAnalysed => "not_analysed",
            Self::Analysed => "analysed",
        }
    }
}

/// A comment read.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    pub state: CommentState,
    pub tags: Vec<Tag>,
    /// Words of praise less words of blame, over all clauses.
    pub mood: i32,
    /// Mood of the words against the score: praise under a bad score or blame under a good one. Such comments are
    /// no evidence about an agent.
    pub contradicts_score: bool,
}

static NEGATION: LazyLock<Regex> = LazyLock::new(|| {
    own(
        r"\b(?:not|never|no|hardly|barely|cannot|without|neither|nor|isn't|wasn't|aren't|weren't|don't|doesn't|didn't|can't|couldn't|won't|wouldn't|hasn't|haven't|isnt|wasnt|didnt|dont)\s+(?:\w+\s+){0,2}$",
    )
});
/// What is asked for has not been had: "kindly resolve my issue" praises nobody.
static REQUEST: LazyLock<Regex> = LazyLock::new(|| {
    own(
        r"\b(?:kindly|please|pls|plz|should|must|need|needs|want|wants|wish|hope|expect|request|requesting|requested|could you|can you)\s+(?:\w+\s+){0,5}$",
    )
});
/// Nor has what is waited for: "so much time to resolve it", "once it is resolved".
static WAITED: LazyLock<Regex> = LazyLock::new(|| {
    own(
        r"\b(?:once (?:this|my|it|that)|until|till|unless|(?:much|more|enough|long|lot of) time to|(?:days?|weeks?|months?|hours?|long|ages|forever) to)\s+(?:\w+\s+){0,5}$",
    )
});
/// Nor is it a request where somebody tells what was: "I must say she was very polite".
static TOLD: LazyLock<Regex> = LazyLock::new(|| {
    own(
        r"\b(?:was|were|is|are|has|have|had|been|did|say|admit|mention|know|thank)\s+(?:\w+\s+){0,5}$",
    )
});
/// Words that English comments have; one in ten words is enough.
const ENGLISH: [&str; 71] = [
    "the", "a", "an", "i", "my", "me", "we", "you", "your", "it", "is", "was", "are", "were", "be",
    "been", "has", "have", "had", "do", "did", "not", "no", "and", "but", "to", "of", "for", "in",
    "on", "with", "very", "so", "this", "that", "they", "he", "she", "him", "her", "them", "as",
    "at", "from", "will", "can", "could", "all", "good", "service", "help", "thank", "thanks",
    "please", "problem", "issue", "customer", "our", "what", "who", "when", "if", "or", "by",
    "would", "there", "their", "just", "got", "get", "about",
];
static ENGLISH_WORDS: LazyLock<FxHashSet<&str>> = LazyLock::new(|| ENGLISH.into_iter().collect());

/// Reads a tidy, redacted comment. `good` is the score's side when there is a score.
pub fn read(text: &str, good: Option<bool>, taxonomy: &Taxonomy) -> Reading {
    let folded = fold(text);
    let state = state_of(&folded, taxonomy);
    if state != CommentState::Analysed {
        return Reading {
            state,
            tags: Vec::new(),
            mood: 0,
            contradicts_score: false,
        };
    }
    let (mut tags, mut mood) = (Vec::new(), 0_i32);
    for (clause, original) in clauses::split(text).into_iter().enumerate() {
        let (found, clause_mood) = read_clause(original, taxonomy);
        mood += clause_mood;
        tags.extend(found.into_iter().map(|found| Tag {
            clause,
            clause_text: original.to_owned(),
            theme: taxonomy.themes[found.theme].id.clone(),
            pole: found.pole,
            words: found.words.join(", "),
            confidence: found.confidence,
        }));
    }
    let contradicts_score = match good {
        Some(true) => mood <= -2,
        Some(false) => mood >= 2,
        None => false,
    };
    Reading {
        state,
        tags,
        mood,
        contradicts_score,
    }
}

fn state_of(folded: &str, taxonomy: &Taxonomy) -> CommentState {
    let letters = folded.chars().filter(|c| c.is_alphabetic()).count();
    let latin = folded.chars().filter(char::is_ascii_alphabetic).count();
    if letters == 0 || taxonomy.no_content.is_match(folded) {
        return CommentState::NoContent;
    }
    let words = folded.split_whitespace().count();
    let known = if words < 5 {
        0
    } else {
        let all = folded.split(|c: char| !c.is_alphanumeric() && c != '_');
        all.filter(|word| ENGLISH_WORDS.contains(word)).count()
    };
    // Short comments prove nothing about their language; long ones without a common English word do.
    if latin * 2 < letters || (words >= 5 && known * 10 < words) {
        return CommentState::NotAnalysed;
    }
    CommentState::Analysed
}

/// A theme in a clause.
struct Found {
    /// Place in the taxonomy.
    theme: usize,
    pole: Pole,
    words: Vec<String>,
    confidence: f64,
}

/// Themes of a clause, and its mood: words of praise less words of blame.
fn read_clause(original: &str, taxonomy: &Taxonomy) -> (Vec<Found>, i32) {
    let folded = fold(original);
    let mut present = taxonomy.present(&folded);
    let has = |present: &Option<Present>, kind| present.as_ref().is_none_or(|p| p.other(kind));
    let idioms = [
        Other::IdiomPositive,
        Other::IdiomNeutral,
        Other::Intensifier,
    ];
    let mut whole_idioms = 0;
    let mut text = Cow::Borrowed(folded.as_str());
    if idioms.into_iter().any(|kind| has(&present, kind)) {
        whole_idioms = taxonomy.idiom_positive.find_iter(&folded).count() as i32;
        for idiom in [
            &taxonomy.idiom_positive,
            &taxonomy.idiom_neutral,
            &taxonomy.intensifier,
        ] {
            text = Cow::Owned(idiom.replace_all(&text, " ").into_owned());
        }
        present = taxonomy.present(&text);
    }

    let mut votes: Vec<(usize, Option<Pole>, Vec<String>, f64)> = Vec::new();
    // In the clause as it was: the words that ask are among those taken out above.
    let asked_for = |words: &str| {
        folded.rfind(words).is_some_and(|at| {
            let before = &folded[..at];
            WAITED.is_match(before) || (REQUEST.is_match(before) && !TOLD.is_match(before))
        })
    };
    for (i, theme) in taxonomy.themes.iter().enumerate() {
        let [bad, good, mentioned] = present.as_ref().map_or([true; 3], |p| p.of(i));
        if !(bad || good || mentioned) {
            continue;
        }
        let mut negative: Vec<String> = if bad {
            words(theme.negative.find_iter(&text))
        } else {
            Vec::new()
        };
        let (turned, positive): (Vec<_>, Vec<_>) = good
            .then(|| theme.positive.find_iter(&text))
            .into_iter()
            .flatten()
            .filter(|m| !asked_for(m.as_str()))
            .partition(|m| NEGATION.is_match(&text[..m.start()]));
        if negative.is_empty() {
            negative.extend(turned.iter().map(|m| format!("not {}", m.as_str())));
        }
        let both = !negative.is_empty() && !positive.is_empty();
        let sure = |words: &[String]| {
            let of_pole = 1.0 - 0.5_f64.powi(words.len() as i32 + 1);
            if both { of_pole / 2.0 } else { of_pole }
        };
        if !negative.is_empty() {
            let confidence = sure(&negative);
            votes.push((i, Some(Pole::Negative), negative, confidence));
        } else if !positive.is_empty() {
            let positive = words(positive.into_iter());
            let confidence = sure(&positive);
            votes.push((i, Some(Pole::Positive), positive, confidence));
        } else if let Some(mention) = mentioned.then(|| theme.aspect.find(&text)).flatten() {
            votes.push((i, None, vec![mention.as_str().to_owned()], 0.5));
        }
    }
    let said = |pole: Pole| votes.iter().filter(|v| v.1 == Some(pole)).count() as i32;
    let count_bad = || taxonomy.general_negative.find_iter(&text).count() as i32;
    let general_bad = if has(&present, Other::GeneralNegative) {
        count_bad()
    } else {
        0
    };
    let count_good = || {
        let found = taxonomy.general_positive.find_iter(&text);
        found
            .filter(|m| !NEGATION.is_match(&text[..m.start()]))
            .count() as i32
    };
    let general_good = whole_idioms
        + if has(&present, Other::GeneralPositive) {
            count_good()
        } else {
            0
        };
    let mood = said(Pole::Positive) + general_good - said(Pole::Negative) - general_bad;
    let leaning = Pole::of_mood(mood);
    let found = votes
        .into_iter()
        .map(|(theme, pole, words, confidence)| Found {
            theme,
            words,
            confidence: if pole.is_none() && leaning == Pole::Neutral {
                confidence / 2.0
            } else {
                confidence
            },
            pole: pole.unwrap_or(leaning),
        })
        .collect();
    (found, mood)
}

fn words<'a>(matches: impl Iterator<Item = regex::Match<'a>>) -> Vec<String> {
    matches.map(|m| m.as_str().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn poles(text: &str) -> Vec<(String, Pole)> {
        read(text, None, Taxonomy::shipped())
            .tags
            .into_iter()
            .map(|t| (t.theme, t.pole))
            .collect()
    }

    fn has(text: &str, theme: &str, pole: Pole) -> bool {
        poles(text).contains(&(theme.to_owned(), pole))
    }

    #[test]
    fn a_request_is_no_praise() {
        for wish in [
            "kindly resolve my issue",
            "please be polite to your customers",
            "I want a quick answer",
            "he should be more patient",
            "taking so much time to resolve an issue",
            "will stop using this app once this issue is resolved",
            "it took weeks to resolve my problem",
        ] {
            let found = poles(wish);
            assert!(
                found.iter().all(|(_, pole)| *pole != Pole::Positive),
                "{wish}: {found:?}"
            );
        }
        assert!(has("she resolved my issue", "resolution", Pole::Positive));
        for praise in [
            "I must say she was very polite",
            "you should know that Maria was polite",
            "please be polite as she was polite",
            "took the time to explain and was very polite",
            "I called once and she was polite",
        ] {
            assert!(has(praise, "courtesy", Pole::Positive), "{praise}");
        }
        assert!(has(
            "please thank Maria, she was very polite",
            "courtesy",
            Pole::Positive
        ));
    }

    #[test]
    fn each_clause_has_its_own_pole() {
        let text = "The agent was very polite, but I was on hold for an hour";
        assert!(has(text, "courtesy", Pole::Positive), "{:?}", poles(text));
        assert!(has(text, "access", Pole::Negative), "{:?}", poles(text));
        assert!(!has(text, "access", Pole::Positive));
    }

    #[test]
    fn negation_turns_and_idioms_are_read_whole() {
        assert!(has("she was not polite to me", "courtesy", Pole::Negative));
        for text in [
            "he was not rude",
            "not rude at all, thank you",
            "I can't complain",
            "no problem at all with this agent",
        ] {
            assert!(
                poles(text).iter().all(|(_, pole)| *pole != Pole::Negative),
                "{text}: {:?}",
                poles(text)
            );
        }
        assert!(has(
            "they couldn't have been more helpful",
            "resolution",
            Pole::Positive
        ));
        assert!(has(
            "he could not have been ruder",
            "courtesy",
            Pole::Negative
        ));
        assert!(!has("kindly update me", "courtesy", Pole::Positive));
    }

    #[test]
    fn the_words_that_fired_are_kept() {
        let reading = read(
            "She listened carefully and was rude later.",
            None,
            Taxonomy::shipped(),
        );
        let rude = reading
            .tags
            .iter()
            .find(|t| t.theme == "courtesy")
            .expect("fires");
        assert_eq!(
            (rude.words.as_str(), rude.pole, rude.clause),
            ("rude", Pole::Negative, 0)
        );
    }

    #[test]
    fn nothing_said_and_other_languages_are_not_neutral() {
        let state = |text| read(text, Some(true), Taxonomy::shipped()).state;
        assert_eq!(state("N/A"), CommentState::NoContent);
        assert_eq!(state("👍👍"), CommentState::NoContent);
        assert_eq!(state("बहुत अच्छी सेवा"), CommentState::NotAnalysed);
        assert_eq!(
            state("bahut acha laga aap logon se baat karke dhanyavaad"),
            CommentState::NotAnalysed
        );
        assert_eq!(state("Good"), CommentState::Analysed);
    }

    #[test]
    fn a_mention_takes_the_mood_of_its_clause_and_no_score() {
        let pole = |text| {
            read(text, Some(true), Taxonomy::shipped())
                .tags
                .into_iter()
                .find(|t| t.theme == "resolution")
                .map(|t| t.pole)
        };
        assert_eq!(pole("third complaint registered"), Some(Pole::Neutral));
        assert_eq!(
            pole("terrible handling of my complaint"),
            Some(Pole::Negative)
        );
    }

    #[test]
    fn praise_under_a_bad_score_contradicts_it() {
        let taxonomy = Taxonomy::shipped();
        let text = "Excellent service, very polite and helpful. Thank you";
        assert!(read(text, Some(false), taxonomy).contradicts_score);
        assert!(!read(text, Some(true), taxonomy).contradicts_score);
    }

    #[test]
    fn a_term_is_taken_in_literally() {
        let text = "she kept me posted (daily)";
        assert!(!has(text, "ownership", Pole::Positive));
        let source = super::super::taxonomy::with_term(
            Taxonomy::SHIPPED_SOURCE,
            "ownership",
            Pole::Positive,
            "Kept me posted",
        );
        let more = Taxonomy::parse(&source.expect("theme")).expect("parses");
        let tags = read(text, None, &more).tags;
        assert!(
            tags.iter()
                .any(|t| t.theme == "ownership" && t.pole == Pole::Positive)
        );
        assert!(super::super::taxonomy::with_term("", "x", Pole::Positive, "y").is_none());
    }

    #[test]
    fn a_broken_taxonomy_names_the_place() {
        let shipped = include_str!("taxonomy.toml");
        let broken = shipped.replacen("'humble'", "'hum(ble'", 1);
        let error = Taxonomy::parse(&broken).expect_err("broken").to_string();
        assert!(
            error.contains("courtesy") && error.contains("hum(ble"),
            "{error}"
        );
    }
}
