//! Themes of a comment: which, said well or badly, and the words that say so.
//!
//! A mood of the words against the score is told. The score alone names no polarity: it would turn "third complaint registered"
//! under a five into praise.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;
use serde::{Deserialize, Serialize};

use super::{
    clauses,
    lexicon::{Vote, Voter},
    matcher::Haystack,
    normalise::fold_into,
    taxonomy::{Taxonomy, Theme},
};

/// How a theme was spoken of.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Polarity {
    Positive,
    Negative,
    Neutral,
}

impl Polarity {
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

    /// The polarity with this stable name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Positive, Self::Negative, Self::Neutral]
            .into_iter()
            .find(|polarity| polarity.as_str() == name)
    }
}

/// One theme in one clause.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ThemeMention {
    /// Position of the clause in the comment, from 0.
    pub clause: usize,
    pub clause_text: String,
    pub theme: String,
    pub polarity: Polarity,
    /// The words that fired: the reason shown.
    pub words: String,
    /// How much speaks for it, in (0, 1): an order for review, no probability. 1 - 0.5^(k + 1) for k words of a polarity, half
    /// of it where the clause has words of the other polarity too; for a mere mention 0.5, or 0.25 in a clause without a mood.
    pub probability: f64,
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

    /// The state with this stable name.
    pub fn parse(name: &str) -> Option<Self> {
        [
            Self::None,
            Self::NoContent,
            Self::NotAnalysed,
            Self::Analysed,
        ]
        .into_iter()
        .find(|state| state.as_str() == name)
    }
}

/// A comment read.
#[derive(Clone, Debug, PartialEq)]
pub struct TaggedComment {
    pub state: CommentState,
    pub mentions: Vec<ThemeMention>,
    /// Words of praise less words of blame, over all clauses.
    pub mood: i32,
    /// Mood of the words against the score: praise under a bad score or blame under a good one. Such comments are
    /// no evidence about an agent.
    pub contradicts_score: bool,
}

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

/// Reads a tidy, redacted comment. `good` is the score's side when there is a score. For many comments see [`Reader`].
pub fn read(text: &str, good: Option<bool>, taxonomy: &Taxonomy) -> TaggedComment {
    Reader::new(taxonomy).read(text, good)
}

/// A vote as [`Reader::visit`] shows it.
pub struct Heard<'a> {
    /// Position of the clause in the comment, from 0.
    pub clause: usize,
    pub clause_text: &'a str,
    pub theme: &'a Theme,
    pub vote: &'a Vote,
}

/// Reads comment after comment, reusing its memory.
pub struct Reader<'a> {
    taxonomy: &'a Taxonomy,
    voter: Voter,
    folded: String,
    haystack: Haystack,
}

impl<'a> Reader<'a> {
    pub fn new(taxonomy: &'a Taxonomy) -> Self {
        Self {
            taxonomy,
            voter: Voter::default(),
            folded: String::new(),
            haystack: Haystack::default(),
        }
    }

    /// The text read last, folded.
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// Reads a tidy, redacted comment. `good` is the score's side when there is a score.
    pub fn read(&mut self, text: &str, good: Option<bool>) -> TaggedComment {
        let mut mentions = Vec::new();
        let (state, mood) = self.visit(text, |heard| {
            mentions.push(ThemeMention {
                clause: heard.clause,
                clause_text: heard.clause_text.to_owned(),
                theme: heard.theme.id.clone(),
                polarity: heard.vote.polarity,
                words: heard.vote.words.clone(),
                probability: heard.vote.probability,
            });
        });
        let contradicts_score = match good {
            Some(true) => mood <= -2,
            Some(false) => mood >= 2,
            None => false,
        };
        TaggedComment {
            state,
            mentions,
            mood,
            contradicts_score,
        }
    }

    /// The same without a copy of anything: `take` is shown each vote. Gives the state and the mood.
    pub fn visit(&mut self, text: &str, mut take: impl FnMut(Heard<'_>)) -> (CommentState, i32) {
        fold_into(text, &mut self.folded);
        let taxonomy = self.taxonomy;
        self.haystack.set(&self.folded, taxonomy.plain);
        let state = state_of(&self.folded, &self.haystack, taxonomy);
        let mut mood = 0;
        if state != CommentState::Analysed {
            return (state, mood);
        }
        for (number, clause) in clauses::split(text).enumerate() {
            let read = self.voter.read(clause, taxonomy);
            mood += read.mood;
            for vote in &read.votes {
                take(Heard {
                    clause: number,
                    clause_text: clause,
                    theme: &taxonomy.themes[vote.theme],
                    vote,
                });
            }
        }
        (state, mood)
    }
}

fn state_of(folded: &str, haystack: &Haystack, taxonomy: &Taxonomy) -> CommentState {
    let (letters, latin) = if folded.is_ascii() {
        let any = usize::from(folded.bytes().any(|b| b.is_ascii_alphabetic()));
        (any, any)
    } else {
        let letters = folded.chars().filter(|c| c.is_alphabetic());
        letters.fold((0, 0), |(all, latin), c| {
            (all + 1, latin + usize::from(c.is_ascii()))
        })
    };
    if letters == 0 || taxonomy.no_content.is_match(haystack) {
        return CommentState::NoContent;
    }
    // Short comments prove nothing about their language; long ones without a common English word do.
    if latin * 2 < letters || !has_english(folded) {
        return CommentState::NotAnalysed;
    }
    CommentState::Analysed
}

/// Whether a tidy text of five words or more has one common English word in ten.
fn has_english(folded: &str) -> bool {
    let is_space = |b: &u8| u8::from((*b == b' ') | (*b == b'\n'));
    let spaces = folded.as_bytes().chunks(255);
    let spaces = spaces.map(|part| usize::from(part.iter().map(is_space).sum::<u8>()));
    let words = 1 + spaces.sum::<usize>();
    if words < 5 {
        return true;
    }
    let fewest = words.div_ceil(10);
    let words = folded.split(|c: char| !c.is_alphanumeric() && c != '_');
    let known = words.filter(|word| ENGLISH_WORDS.contains(word));
    known.take(fewest).count() == fewest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn polarities(text: &str) -> Vec<(String, Polarity)> {
        read(text, None, Taxonomy::shipped())
            .mentions
            .into_iter()
            .map(|t| (t.theme, t.polarity))
            .collect()
    }

    fn has(text: &str, theme: &str, polarity: Polarity) -> bool {
        polarities(text).contains(&(theme.to_owned(), polarity))
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
            let found = polarities(wish);
            assert!(
                found
                    .iter()
                    .all(|(_, polarity)| *polarity != Polarity::Positive),
                "{wish}: {found:?}"
            );
        }
        assert!(has(
            "she resolved my issue",
            "resolution",
            Polarity::Positive
        ));
        for praise in [
            "I must say she was very polite",
            "you should know that Maria was polite",
            "please be polite as she was polite",
            "took the time to explain and was very polite",
            "I called once and she was polite",
        ] {
            assert!(has(praise, "courtesy", Polarity::Positive), "{praise}");
        }
        assert!(has(
            "please thank Maria, she was very polite",
            "courtesy",
            Polarity::Positive
        ));
    }

    #[test]
    fn each_clause_has_its_own_pole() {
        let text = "The agent was very polite, but I was on hold for an hour";
        assert!(
            has(text, "courtesy", Polarity::Positive),
            "{:?}",
            polarities(text)
        );
        assert!(
            has(text, "access", Polarity::Negative),
            "{:?}",
            polarities(text)
        );
        assert!(!has(text, "access", Polarity::Positive));
    }

    #[test]
    fn negation_turns_and_idioms_are_read_whole() {
        assert!(has(
            "she was not polite to me",
            "courtesy",
            Polarity::Negative
        ));
        for text in [
            "he was not rude",
            "not rude at all, thank you",
            "I can't complain",
            "no problem at all with this agent",
        ] {
            assert!(
                polarities(text)
                    .iter()
                    .all(|(_, polarity)| *polarity != Polarity::Negative),
                "{text}: {:?}",
                polarities(text)
            );
        }
        assert!(has(
            "they couldn't have been more helpful",
            "resolution",
            Polarity::Positive
        ));
        assert!(has(
            "he could not have been ruder",
            "courtesy",
            Polarity::Negative
        ));
        assert!(!has("kindly update me", "courtesy", Polarity::Positive));
    }

    #[test]
    fn the_words_that_fired_are_kept() {
        let reading = read(
            "She listened carefully and was rude later.",
            None,
            Taxonomy::shipped(),
        );
        let rude = reading
            .mentions
            .iter()
            .find(|t| t.theme == "courtesy")
            .expect("fires");
        assert_eq!(
            (rude.words.as_str(), rude.polarity, rude.clause),
            ("rude", Polarity::Negative, 0)
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
        assert_eq!(
            state("Maria solved everything quickly thanks👍"),
            CommentState::Analysed
        );
    }

    #[test]
    fn a_mention_takes_the_mood_of_its_clause_and_no_score() {
        let polarity = |text| {
            read(text, Some(true), Taxonomy::shipped())
                .mentions
                .into_iter()
                .find(|t| t.theme == "resolution")
                .map(|t| t.polarity)
        };
        assert_eq!(
            polarity("third complaint registered"),
            Some(Polarity::Neutral)
        );
        assert_eq!(
            polarity("terrible handling of my complaint"),
            Some(Polarity::Negative)
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
        assert!(!has(text, "ownership", Polarity::Positive));
        let source = super::super::taxonomy::with_term(
            Taxonomy::SHIPPED_SOURCE,
            "ownership",
            Polarity::Positive,
            "Kept me posted",
        );
        let more = Taxonomy::parse(&source.expect("theme")).expect("parses");
        let mentions = read(text, None, &more).mentions;
        assert!(
            mentions
                .iter()
                .any(|t| t.theme == "ownership" && t.polarity == Polarity::Positive)
        );
        assert!(super::super::taxonomy::with_term("", "x", Polarity::Positive, "y").is_none());
    }

    /// One word with an accent, and every list must still know what a letter is.
    #[test]
    fn a_taxonomy_that_names_other_letters_reads_them_everywhere() {
        let with = |term: &str| {
            let source = super::super::taxonomy::with_term(
                Taxonomy::SHIPPED_SOURCE,
                "courtesy",
                Polarity::Positive,
                term,
            );
            Taxonomy::parse(&source.expect("theme")).expect("parses")
        };
        assert!(Taxonomy::shipped().plain);
        let wide = with("très poli");
        assert!(!wide.plain);
        for text in [
            "Il était très poli",
            "she was not très polite to me",
            "not rudeé but politeé, rude",
            "बहुत अच्छी सेवा",
            "Noé",
            "👍👍",
            "very polite 👍 and so quick, never waiting… no éclat",
            "please be polite, Zoë",
            "could not have been ruder – naïve",
        ] {
            let (plain, own) = (
                read(text, None, Taxonomy::shipped()),
                read(text, None, &wide),
            );
            assert_eq!(plain.state, own.state, "{text}");
            let told = |reading: &TaggedComment| -> Vec<(String, Polarity, String)> {
                let mentions = reading.mentions.iter();
                mentions
                    .map(|t| (t.theme.clone(), t.polarity, t.words.clone()))
                    .collect()
            };
            if text.contains("poli") && text.contains("Il") {
                assert!(told(&own).contains(&(
                    "courtesy".to_owned(),
                    Polarity::Positive,
                    "très poli".to_owned()
                )));
            } else {
                assert_eq!(told(&plain), told(&own), "{text}");
            }
        }
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
