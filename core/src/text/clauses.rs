//! Clauses: the smallest pieces of a comment that hold one opinion. "Kind agent, but I waited an
//! hour" has two.

use std::sync::LazyLock;

use regex::Regex;

use super::matcher::static_regex;

/// Sentence ends, semicolons, line breaks, dashes, contrast words, and commas before a new
/// statement.
static BREAK: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(concat!(
        r"(?i)[.!?]+(?:\s+|$)|[;\n]+|\s-\s",
        r"|,?\s+(?:but|however|although|though|except|yet|while|whereas|despite)\b(?:\s+that\b)?,?\s*",
        r"|,\s*(?:and|so|which|then)\s+",
    ))
});
/// What a clause ends with that goes on behind an insertion or "yet": "is not, despite five calls,
/// solved", "has not yet been solved", "a while".
static OPEN_END: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(
        r"(?i)(?:^|\W)(?:not|never|n't|dont|doesnt|didnt|isnt|wasnt|arent|werent|hasnt|havent|is|are|was|were|has|have|had|'ve|ive|a|no|anything|nothing|worth)$",
    )
});
/// A negation in what precedes "yet".
static NEGATED: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(concat!(
        r"(?i)\b(?:not|never|no|nothing|nobody|cannot",
        r"|(?:is|are|was|were|do|does|did|has|have|had|ca|wo|could|would|should)n[?(']?t)\b",
    ))
});
/// Words of contrast that follow the adverb "yet" and split.
const CONTRASTS: [&str; 5] = ["but ", "however", "although", "though", "and "];
/// What follows "cheap but".
const PRICES: [&str; 4] = ["you pay", "you get what", "you have to pay", "you will pay"];
/// What follows "nobody, and".
const EMPHASES: [&str; 2] = ["i mean", "I mean"];
/// What follows "great while".
const ENDS: [&str; 2] = ["it lasted", "they lasted"];
/// Denials of the question before them: "Polite? Not at all."
static DENIAL: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(
        r"(?i)^(?:no|nope|not|never|none|hardly|forget|anything but|far from|what|ha|i don'?t think|i doubt|they|she|he|it)\b(?:.{0,30}\b(?:not|never|n't|don'?t|no|none|nothing|zero|hardly|but)\b)?",
    )
});
/// Denial of the statement before it: "it was fixed, they said, it wasn't".
static ELLIPSIS: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(concat!(
        r"(?i)(?:^|,\s*)(?:it|they|she|he|that|this|nobody|no one)\s+(?:simply |still |really |certainly |clearly )?",
        r"(?:(?:was|were|did|does|do|is|are|has|had|have|would|could|wo|ca)(?:n't|nt| not| never)(?: so| either| at all)?",
        r"|never (?:did|was|were|has|have|does|do)|(?:nobody|no one) did)$",
    ))
});
const LONGEST_DENIAL: usize = 40;
/// Words that begin a sentence where a space or a line break was lost before them: "very kindThank
/// you".
const STARTERS: [&str; 18] = [
    "And", "But", "Good", "He", "I", "It", "My", "Nice", "Please", "She", "Thank", "Thanks", "The",
    "They", "This", "Very", "We", "You",
];

/// A clause and how it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Clause<'a> {
    pub text: &'a str,
    pub is_question: bool,
    /// It ends with several question marks. Exports in a code page without emoji write two of them
    /// for each emoji, so that they need not ask anything.
    pub has_several_marks: bool,
    /// It ends with one question mark behind a space, which may be what is left of an emoji too.
    pub has_spaced_mark: bool,
    /// What is excepted from the clause before: "everything was great, except the wait".
    pub is_exception: bool,
    /// The next clause answers this question with no.
    pub is_denied: bool,
    /// What follows denies this statement: "it was fixed, it wasn't".
    pub is_refuted: bool,
}

/// Splits tidy text into clauses. Empty clauses and the words that split are left out.
pub fn split(text: &str) -> impl Iterator<Item = &str> {
    clauses(text).into_iter().map(|clause| clause.text)
}

/// [`split`] with how each clause ends.
pub fn clauses(text: &str) -> Vec<Clause<'_>> {
    let mut clauses: Vec<Clause<'_>> = Vec::new();
    let mut start = 0;
    let mut is_exception = false;
    let mut push = |part: &'_ std::ops::Range<usize>, end: &str| {
        let written = &text[part.clone()];
        let clause = written.trim_matches([' ', ',', '.', '!', '?']);
        if clause.is_empty() {
            return;
        }
        if let Some(last) = clauses.last_mut().filter(|last| last.is_question) {
            last.is_denied =
                clause.len() <= LONGEST_DENIAL && DENIAL.is_match(clause) && is_denial(clause);
        }
        let refutation = refutation(clause);
        let refutes = refutation == Some(0) && clause.len() <= LONGEST_DENIAL;
        let statement = |last: &&mut Clause<'_>| refutes && !last.is_question;
        if let Some(last) = clauses.last_mut().filter(statement) {
            last.is_refuted = true;
        }
        let is_refuted = refutation.is_some_and(|at| at > 0);
        let clause = match refutation {
            Some(at) if at > 0 => &clause[..at],
            _ => clause,
        };
        clauses.push(Clause {
            text: clause,
            is_refuted,
            is_question: end.contains('?'),
            has_several_marks: end.contains("??"),
            has_spaced_mark: written.ends_with(' ') && end.trim_end() == "?",
            is_exception,
            is_denied: false,
        });
        is_exception = has_word(end, "except");
    };
    let mut breaks: Vec<std::ops::Range<usize>> = lost_spaces(text);
    breaks.extend(BREAK.find_iter(text).map(|found| found.range()));
    breaks.sort_unstable_by_key(|place| (place.start, place.end));
    for place in breaks {
        let separator = &text[place.clone()];
        let is_word = separator.bytes().any(|b| b.is_ascii_alphabetic());
        let is_open = || OPEN_END.is_match(text[start..place.start].trim_end());
        let goes_on = || is_lost_emoji(separator) && is_inside(text, &place);
        let is_idiom = || belongs(separator, text[place.end..].trim_start());
        let is_adverb = || is_adverbial_yet(&text[start..], separator, place.end - start);
        if place.start < start || is_word && (is_open() || is_adverb() || is_idiom()) || goes_on() {
            continue;
        }
        push(&(start..place.start), separator);
        start = place.end;
    }
    push(&(start..text.len()), "");
    clauses
}

/// Where a clause ends with a denial of what it says before.
fn refutation(clause: &str) -> Option<usize> {
    let last = *clause.as_bytes().last()?;
    let found = b"todslre".contains(&last.to_ascii_lowercase());
    let found = ELLIPSIS.find(clause).filter(|_| found)?;
    Some(found.start())
}

/// Whether a separator is this word.
fn has_word(separator: &str, word: &str) -> bool {
    let letters = separator.trim_matches(|c: char| !c.is_ascii_alphabetic());
    letters.eq_ignore_ascii_case(word)
}

/// Whether what follows a break belongs to the words before: "cheap but you pay for it", "great
/// while it lasted".
fn belongs(separator: &str, next: &str) -> bool {
    let begins = |with: &[&str]| with.iter().any(|words| next.starts_with(words));
    has_word(separator, "and") && begins(&EMPHASES)
        || has_word(separator, "but") && begins(&PRICES)
        || has_word(separator, "while") && begins(&ENDS)
}

/// Whether a break at "yet" is the adverb: "not received it yet", "yet to be solved". `end` is its
/// end in `text`, which begins with the clause.
fn is_adverbial_yet(text: &str, separator: &str, end: usize) -> bool {
    let is_yet = separator.trim().eq_ignore_ascii_case("yet");
    let next = text[end..].trim_start();
    let contrasts = || CONTRASTS.iter().any(|word| next.starts_with(word));
    let is_end = || !next.starts_with(|c: char| c.is_alphanumeric());
    is_yet
        && !contrasts()
        && (next.starts_with("another ")
            || next.starts_with("to ")
            || is_end()
            || NEGATED.is_match(&text[..end]))
}

/// Whether a break may be what is left of an emoji.
fn is_lost_emoji(separator: &str) -> bool {
    let marks = separator.trim_end();
    marks.len() >= 2 && marks.bytes().all(|b| b == b'?')
}

/// Whether the break has a space before it and the sentence goes on in lower case.
fn is_inside(text: &str, place: &std::ops::Range<usize>) -> bool {
    let next = text[place.end..].chars().next();
    text[..place.start].ends_with(' ') && next.is_some_and(char::is_lowercase)
}

/// Places of sentence ends without a space behind them ("to me.She was"), and between words that
/// were written together ("kindThank you"). Empty where there is no sign.
fn lost_spaces(text: &str) -> Vec<std::ops::Range<usize>> {
    let bytes = text.as_bytes();
    let mut places = Vec::new();
    for at in 1..bytes.len() {
        if !bytes[at].is_ascii_uppercase() {
            continue;
        }
        let word = |from: usize| {
            let letters = bytes[from..].iter();
            letters
                .take_while(|byte| byte.is_ascii_alphabetic())
                .count()
        };
        match bytes[at - 1] {
            b'.' | b'!' | b'?' => {
                let signs = bytes[..at].iter().rev();
                let signs = signs.take_while(|byte| matches!(byte, b'.' | b'!' | b'?'));
                let end = at - signs.count();
                let before = end.checked_sub(1).map(|at| bytes[at]);
                let is_end = before.is_some_and(|b| b.is_ascii_lowercase() || b == b']');
                let is_start = word(at) > 1 || bytes[at] == b'I';
                let is_sentence = !bytes[at + 1..at + word(at)]
                    .iter()
                    .any(u8::is_ascii_uppercase);
                if is_end && is_start && is_sentence {
                    places.push(end..at);
                }
            }
            before if before.is_ascii_lowercase() => {
                let word = &text[at..at + word(at)];
                if STARTERS.contains(&word) {
                    places.push(at..at);
                }
            }
            _ => {}
        }
    }
    places
}

/// Whether a clause that begins like a denial is one.
fn is_denial(clause: &str) -> bool {
    let lower = clause.to_ascii_lowercase();
    let mut words = lower.split(|c: char| !c.is_alphanumeric() && c != '\'');
    let first = words.next().unwrap_or_default();
    !matches!(first, "they" | "she" | "he" | "it" | "i" | "what")
        || words.any(|word| {
            word.ends_with("n't")
                || matches!(
                    word,
                    "not"
                        | "never"
                        | "no"
                        | "none"
                        | "nothing"
                        | "zero"
                        | "hardly"
                        | "dont"
                        | "doubt"
                )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_and_sentence_ends_split() {
        let text = "Kind agent, but I waited an hour! Solved; thanks, and the app works. 3.5 stars";
        assert_eq!(
            split(text).collect::<Vec<_>>(),
            [
                "Kind agent",
                "I waited an hour",
                "Solved",
                "thanks",
                "the app works",
                "3.5 stars"
            ]
        );
        let whole: Vec<_> = split("Although slow, they helped").collect();
        assert_eq!(whole, ["Although slow, they helped"]);
        assert_eq!(split(" ... !!! ").count(), 0);
    }

    #[test]
    fn sentences_without_a_space_between_them_split() {
        for (text, clauses) in [
            (
                "talking to me.She was kind",
                vec!["talking to me", "She was kind"],
            ),
            ("very helpfulThank you", vec!["very helpful", "Thank you"]),
            ("well doneI like it", vec!["well done", "I like it"]),
            ("on YouTube and PayPal", vec!["on YouTube and PayPal"]),
            ("at e.DE and example.COM", vec!["at e.DE and example.COM"]),
            ("the U.S. office", vec!["the U.S", "office"]),
            ("so slow...Very bad", vec!["so slow", "Very bad"]),
        ] {
            assert_eq!(split(text).collect::<Vec<_>>(), clauses);
        }
    }

    #[test]
    fn an_insertion_after_a_negation_does_not_split() {
        for text in [
            "is not, despite five calls, solved",
            "my issue is not yet resolved",
            "it took a while",
            "I have not received it yet",
            "not delivered yet my parcel",
            "I am yet to hear from you",
        ] {
            assert_eq!(split(text).collect::<Vec<_>>(), [text]);
        }
        assert_eq!(split("solved, though not yet paid").count(), 2);
        for text in [
            "quick yet careful",
            "the agent was good yet nothing was solved",
            "not paid yet but polite",
        ] {
            assert_eq!(split(text).count(), 2, "{text}");
        }
    }

    #[test]
    fn a_question_may_be_denied() {
        let ends = |text| -> Vec<(bool, bool)> {
            let clauses = clauses(text).into_iter();
            clauses.map(|c| (c.is_question, c.is_denied)).collect()
        };
        assert_eq!(ends("Polite? No."), [(true, true), (false, false)]);
        assert_eq!(
            ends("solved? they never did"),
            [(true, true), (false, false)]
        );
        assert_eq!(
            ends("Was it solved? They say so"),
            [(true, false), (false, false)]
        );
        assert_eq!(ends("Polite."), [(false, false)]);
    }
}
