//! Theme mentions of a comment, by the words of a lexicon.
//!
//! The score of a comment gives no polarity: it would turn "third complaint registered" under a
//! five into praise. A mood of the words against the score is reported instead.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::{
    calibration::Evidence,
    classifier::{mood::MoodClassifier, ngrams::Ngrams},
    clause_tagger::ClauseTagger,
    clauses,
    lexicon::Lexicon,
    matcher::Haystack,
    mention::{CommentState, TaggedComment},
    mood::{Mood, MoodEvidence},
    normalise::fold_into,
    words,
};

/// Words of English comments; one in ten words is enough.
const ENGLISH: [&str; 113] = [
    "the",
    "a",
    "an",
    "i",
    "my",
    "me",
    "we",
    "you",
    "your",
    "it",
    "is",
    "was",
    "are",
    "were",
    "be",
    "been",
    "has",
    "have",
    "had",
    "do",
    "did",
    "not",
    "no",
    "and",
    "but",
    "to",
    "of",
    "for",
    "in",
    "on",
    "with",
    "very",
    "so",
    "this",
    "that",
    "they",
    "he",
    "she",
    "him",
    "her",
    "them",
    "as",
    "at",
    "from",
    "will",
    "can",
    "could",
    "all",
    "good",
    "service",
    "help",
    "thank",
    "thanks",
    "please",
    "problem",
    "issue",
    "customer",
    "our",
    "what",
    "who",
    "when",
    "if",
    "or",
    "by",
    "would",
    "there",
    "their",
    "just",
    "got",
    "get",
    "about",
    "how",
    "after",
    "before",
    "every",
    "never",
    "nobody",
    "still",
    "than",
    "because",
    "which",
    "ever",
    "nothing",
    "off",
    "up",
    "out",
    "down",
    "again",
    "too",
    "over",
    "more",
    "much",
    "enough",
    "now",
    "then",
    "here",
    "even",
    "until",
    "without",
    "really",
    "someone",
    "everything",
    "everyone",
    "only",
    "such",
    "away",
    "back",
    "into",
    "other",
    "through",
    "where",
    "us",
    "like",
];
static ENGLISH_WORDS: LazyLock<FxHashSet<&str>> = LazyLock::new(|| ENGLISH.into_iter().collect());

/// Analyses a tidy, redacted comment. `good` is the score's side when there is a score. For many
/// comments see [`LexiconTagger`].
pub fn tag(text: &str, good: Option<bool>, lexicon: &Lexicon) -> TaggedComment {
    LexiconTagger::new(lexicon).tag(text, good)
}

/// Analyses comment after comment, reusing its memory.
pub struct LexiconTagger<'a> {
    lexicon: &'a Lexicon,
    clauses: ClauseTagger<'a>,
    folded: String,
    haystack: Haystack,
    mood_model: Option<&'a MoodClassifier>,
    ngrams: Ngrams,
}

impl<'a> LexiconTagger<'a> {
    pub fn new(lexicon: &'a Lexicon) -> Self {
        Self {
            lexicon,
            clauses: ClauseTagger::new(lexicon),
            folded: String::new(),
            haystack: Haystack::default(),
            mood_model: None,
            ngrams: Ngrams::default(),
        }
    }

    /// The same with a mood model.
    #[must_use]
    pub fn with_mood_model(self, mood_model: Option<&'a MoodClassifier>) -> Self {
        Self { mood_model, ..self }
    }

    /// The folded text of the last comment.
    pub fn folded(&self) -> &str {
        &self.folded
    }

    /// Evidence of each mention of the last comment; `None` without a polarity.
    pub fn evidence(&self) -> &[Option<Evidence>] {
        self.clauses.found()
    }

    /// Analyses a tidy, redacted comment. `good` is the score's side when there is a score.
    pub fn tag(&mut self, text: &str, good: Option<bool>) -> TaggedComment {
        fold_into(text, &mut self.folded);
        self.haystack.set(&self.folded, self.lexicon.is_plain());
        let mut comment = TaggedComment {
            state: state_of(&self.folded, &self.haystack, self.lexicon),
            mentions: Vec::new(),
            mood: 0,
            sentiment: Mood::default(),
            pleased: None,
            contradicts_score: false,
        };
        self.clauses.begin();
        if comment.state != CommentState::Analysed {
            if comment.state == CommentState::NotAnalysed {
                comment.pleased = self.mood(Mood::default(), good).pleased();
            }
            return comment;
        }
        for (number, clause) in clauses::clauses(text).iter().enumerate() {
            let own = self.clauses.tag(number, clause, &mut comment.mentions);
            comment.mood += own.balance;
            comment.sentiment += own.mood;
        }
        let sentiment = comment.sentiment;
        let evidence = self.mood(sentiment, good);
        comment.pleased = evidence.pleased();
        let mentions = &mut comment.mentions;
        self.clauses.calibrate(sentiment, &evidence, mentions);
        comment.contradicts_score = match good {
            Some(true) => comment.mood <= -2,
            Some(false) => comment.mood >= 2,
            None => false,
        };
        comment
    }

    /// What the last comment's words, the model and the score say about its mood.
    fn mood(&mut self, sentiment: Mood, good: Option<bool>) -> MoodEvidence {
        let lexicon = sentiment.log_odds();
        let text = match self.mood_model {
            Some(model) => {
                let evidence = sentiment.evidence();
                model.log_odds(&self.folded, evidence, &mut self.ngrams)
            }
            None => lexicon,
        };
        MoodEvidence {
            lexicon,
            text,
            good,
        }
    }
}

fn state_of(folded: &str, haystack: &Haystack, lexicon: &Lexicon) -> CommentState {
    let (letters, latin) = if folded.is_ascii() {
        let any = usize::from(folded.bytes().any(|b| b.is_ascii_alphabetic()));
        (any, any)
    } else {
        let letters = folded.chars().filter(|c| c.is_alphabetic());
        letters.fold((0, 0), |(all, latin), c| {
            (all + 1, latin + usize::from(c.is_ascii()))
        })
    };
    if letters == 0 && is_lost_script(folded) {
        return CommentState::NotAnalysed;
    }
    if letters == 0 && words::has_mood_symbol(folded) {
        return CommentState::Analysed;
    }
    if letters == 0 || lexicon.no_content().is_match(haystack) {
        return CommentState::NoContent;
    }
    // Short comments prove nothing about their language; long ones without a common English word
    // do.
    if latin * 2 < letters || !has_english(folded) {
        return CommentState::NotAnalysed;
    }
    CommentState::Analysed
}

/// Whether a text without letters is one in a script that the export lost: words of question marks.
/// Emoji leave two or four.
fn is_lost_script(folded: &str) -> bool {
    let mut words = folded.split_ascii_whitespace();
    let is_lost = |word: &&str| word.len() >= 3 && word.bytes().all(|b| b == b'?');
    words.clone().filter(is_lost).count() >= 2 && words.any(|word| word.len() != 4)
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
    use std::sync::Arc;

    use super::*;
    use crate::text::{lexicon::LexiconError, mention::Polarity, taxonomy::Taxonomy};

    fn compiled(source: &str) -> Result<Lexicon, LexiconError> {
        Lexicon::new(Arc::new(Taxonomy::parse(source).expect("parses")))
    }

    fn polarities(text: &str) -> Vec<(String, Polarity)> {
        tag(text, None, Lexicon::shipped())
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
    fn each_clause_has_its_own_polarity() {
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
        let comment = tag(
            "She listened carefully and was rude later.",
            None,
            Lexicon::shipped(),
        );
        let rude = comment
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
        let state = |text| tag(text, Some(true), Lexicon::shipped()).state;
        assert_eq!(state("N/A"), CommentState::NoContent);
        assert_eq!(state("🍕"), CommentState::NoContent);
        assert_eq!(state("👍👍"), CommentState::Analysed);
        for emoji in ["??", "???? ????", "??????"] {
            assert_eq!(state(emoji), CommentState::NoContent, "{emoji}");
        }
        assert_eq!(state("?????? ??? ?????"), CommentState::NotAnalysed);
        assert_eq!(state("It's ok"), CommentState::NoContent);
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
    fn an_aspect_takes_the_polarity_of_what_is_attached_and_no_score() {
        let polarity = |text| {
            tag(text, Some(true), Lexicon::shipped())
                .mentions
                .into_iter()
                .find(|t| t.theme == "resolution")
                .map(|t| t.polarity)
        };
        assert_eq!(
            polarity("third complaint registered"),
            Some(Polarity::Neutral)
        );
        for (text, expected) in [
            ("a terrible resolution", Polarity::Negative),
            ("the resolution was really great", Polarity::Positive),
            ("a terrible day, and my complaint", Polarity::Neutral),
        ] {
            assert_eq!(polarity(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn praise_under_a_bad_score_contradicts_it() {
        let lexicon = Lexicon::shipped();
        let text = "Excellent service, very polite and helpful. Thank you";
        assert!(tag(text, Some(false), lexicon).contradicts_score);
        assert!(!tag(text, Some(true), lexicon).contradicts_score);
    }

    /// One word with an accent, and every list must still know what a letter is.
    #[test]
    fn a_taxonomy_that_names_other_letters_reads_them_everywhere() {
        let with = |term: &str| {
            let mut taxonomy = Taxonomy::shipped().clone();
            let courtesy = taxonomy.themes.iter_mut().find(|t| t.id == "courtesy");
            courtesy.expect("theme").positive.push(term.to_owned());
            Lexicon::new(Arc::new(taxonomy)).expect("patterns")
        };
        assert!(Lexicon::shipped().is_plain());
        let wide = with("très poli");
        assert!(!wide.is_plain());
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
            let (plain, own) = (tag(text, None, Lexicon::shipped()), tag(text, None, &wide));
            assert_eq!(plain.state, own.state, "{text}");
            let told = |comment: &TaggedComment| -> Vec<(String, Polarity, String)> {
                let mentions = comment.mentions.iter();
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
        let error = compiled(&broken).expect_err("broken").to_string();
        assert!(
            error.contains("courtesy") && error.contains("hum(ble"),
            "{error}"
        );
    }
}
