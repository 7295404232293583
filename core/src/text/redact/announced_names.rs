//! Names of people that a title, an introduction, thanks or a person's deed announce.
//!
//! Customers thank people and companies alike. A word in capitals after thanks is a name unless it
//! is a word of the language or the name of a company: one that is listed, that has an ending of
//! companies ("-mart"), or that belongs to the organisation. In lower case, and after "by", "spoke
//! to" or "agent", it has to be a listed given name or to be followed by a family name.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::name_words::{
    GIVEN, ORDINARY, PARTICLES, STOP, folded, is_company, is_like_a_word, is_mark, is_no_name,
    word_at,
};
use crate::text::matcher::static_regex;

static TITLE: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(concat!(
        r"(?i)\b(mr|mrs|ms|miss|mx|dr|prof|professor|sir|madam|lady|lord|rev|herrn?|frau|monsieur|madame|mme|",
        r"mlle|señora?|senora?|sra?|shri|shrimati|smt|sri|kumari|г-н|г-жа|господин|госпожа|श्री|श्रीमती|",
        r"السيد|السيدة)(?:\. ?| )",
    ))
});
/// Titles that are also words: they need a capital, and a name with a capital.
const ALSO_WORDS: [&str; 8] = ["miss", "sir", "madam", "lady", "lord", "sr", "sra", "rev"];
/// What every name that is announced has near it, in ASCII text: a quick test.
static CUES: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(concat!(
        r"(?i-u)\b(?:m(?:rs?|s|iss|x|ada(?:me?)|'?am|me|lle|onsieur|y name|ein name|i nombre|e llamo|erci)|ma'am|dr|",
        r"prof|sir|lady|lord|rev|herr|frau|sen|sra|shr|smt|sri|kumari|ji|bhai|garu|saa|sah|didi|anna|akka|",
        r"than|thx|kudos|shout|cheers|props|credit|hats|well done|great job|good job|nice work|bravo|grateful|",
        r"gra[cz]i|danke|obrigad|name|ich hei|je m)",
    ))
});
static INTRODUCTION: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(concat!(
        r"(?i)\b(my name(?:'s| is| was)|mein name ist|ich hei(?:ß|ss)e|je m'appelle|mi nombre es|me llamo|",
        r"(?:his|her|their|whose|agent's|advisor's|executive's) name (?:is|was)) ",
    ))
});
/// "Name: Ann Lee", as forms have it.
static LABEL: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(concat!(
        r"(?i)(?:^|[\n.;,(!?] ?|\b(?:my|full|first|last|customer|agent|contact|his|her|your|executive|advisor) )",
        r"name ?[:=\-] ?",
    ))
});
/// A role before a name.
static ROLE: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(concat!(
        r"(?i)\b(?:agent|advis[eo]r|executive|representative|rep|colleague|operator|supervisor|manager|assistant)",
        r"(?: named| called| name| is| was|,)? [?!.,' ]{0,3}",
    ))
});
/// What only people do, after a name.
static DOER: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(concat!(
        r"\b(?P<name>\p{Lu}[\p{L}\p{M}'\-]+(?: \p{Lu}[\p{L}\p{M}'\-]+)?) ",
        r"(?:(?:really|always|also|then|kindly|quickly|patiently|has|have|had) )?",
        r"(?:helped|explained|listened|answered|solved|sorted|fixed|handled|understood|told|assisted|apologi[sz]ed|",
        r"guided|resolved|responded|promised)\b",
    ))
});
/// People who are spoken to or who dealt with something.
static CONTACT: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(concat!(
        r"(?i)\b(?:(?:spoke|spoken|speak|speaking|talk(?:ed|ing)?|chat(?:ted|ting)?|connected|dealt|conversation|",
        r"interaction|interacted) (?:to|with)(?: you,?)?|(?:helped|assisted|handled|served|attended|answered|solved|resolved|",
        r"fixed|guided|explained|treated|supported|response|reply) by) [?!.,' ]{0,3}",
    ))
});
/// What may announce other things than people too.
static DEED: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(
        r"(?i)\b(?:by|named|calls? me|(?:i am|i'?m|this is|my self|myself)(?: called)?,?) [?!.,' ]{0,3}",
    )
});
/// "for Anita's help".
static WHOSE: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(
        r"(?i)\b(?:for|with) (?P<name>\p{L}{3,})'s (?:help|support|assistance|patience|kindness|work|time|advice)\b",
    )
});
static THANKS: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(concat!(
        r"(?i)\b(?:thanks|(?:to|must|would like to) thank|thank you|thank u|thx|kudos|shout ?-?outs?|cheers|props|credit|hats off|well done|",
        r"great job|good job|nice work|bravo|grateful|gracias|merci|danke|grazie|obrigad[oa])",
        r"(?: so much| very much| a lot| a ton| a million| again| once again)?(?: for (?:your|the|all your) (?:help|support|assistance))?",
        r"(?P<to> (?:to|goes to|go to|à|a|an))?(?P<comma>,)? ",
    ))
});
/// A capitalised name before an Indian honorific.
static BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(
        r"\b(\p{Lu}[\p{L}\p{M}'\-]+(?: \p{Lu}[\p{L}\p{M}'\-]+)?) (?i:ji|sir|madam|ma'am|mam|bhai|bhaiya|garu|saab|saheb|sahib|didi)\b",
    )
});
/// A name before an honorific of Chinese or Japanese.
static BEFORE_CJK: LazyLock<Regex> =
    LazyLock::new(|| static_regex(r"([\p{Han}\p{Katakana}ー]{1,4}?)(?:さん|様|先生|小姐|女士)"));

/// How a name is announced.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    /// By a title or an introduction. In lower case too where the announcement leaves no doubt.
    Surely { lower: bool },
    /// By thanks, or by thanks "to" somebody.
    Thanks { to: bool },
    /// By what the person did or is, or by a label: a listed name or, where only people are
    /// announced so, two words with capitals.
    Listed { lower: bool, only_people: bool },
}

/// What is known of the text around a name.
#[derive(Clone, Copy)]
struct Announced<'a> {
    how: How,
    /// The text is in capitals, so that a capital says nothing.
    shouted: bool,
    company: &'a str,
}

/// Places of the names that a title, an introduction, thanks or a deed announce, in order. Thanks
/// to the `company` name nobody.
pub fn announced(text: &str, company: &str) -> Vec<Range<usize>> {
    let shouted = !text.chars().any(char::is_lowercase);
    let mut places = Vec::new();
    if !text.is_ascii() || CUES.is_match(text) {
        by_titles_and_thanks(text, company, shouted, &mut places);
    }
    if has_possible_name(text) {
        by_labels_and_deeds(text, company, shouted, &mut places);
    }
    merged(places)
}

/// Whether a text has a listed given name, or a word with a capital that does not begin it: a quick
/// test.
fn has_possible_name(text: &str) -> bool {
    let words = text.split(|c: char| !c.is_alphanumeric() && !is_mark(c));
    let mut words = words.filter(|word| !word.is_empty());
    let is_given = |word: &str| {
        let is_lower = word.bytes().all(|byte| byte.is_ascii_lowercase());
        GIVEN.contains(word) || !is_lower && GIVEN.contains(folded(word).as_str())
    };
    words.next().is_some_and(is_given)
        || words.any(|word| word.starts_with(char::is_uppercase) || is_given(word))
}

/// Names that a title, an introduction, thanks or an honorific announces.
fn by_titles_and_thanks(text: &str, company: &str, shouted: bool, places: &mut Vec<Range<usize>>) {
    for found in TITLE.captures_iter(text) {
        let (title, end) = (&found[1], found.get(0).map_or(0, |m| m.end()));
        let start = found.get(0).map_or(0, |m| m.start());
        let needs_capital = ALSO_WORDS.contains(&title.to_lowercase().as_str());
        let is_lower = title.starts_with(char::is_lowercase);
        // "500 ms".
        if (needs_capital && is_lower) || text[..start].trim_end().ends_with(char::is_numeric) {
            continue;
        }
        let in_capitals = shouted
            || (title.chars().count() > 1
                && title.is_ascii()
                && title.chars().all(char::is_uppercase));
        let how = Announced {
            how: How::Surely {
                lower: !needs_capital,
            },
            shouted: in_capitals,
            company,
        };
        places.extend(name_at(text, end, how));
    }
    for found in INTRODUCTION.captures_iter(text) {
        let end = found.get(0).map_or(0, |m| m.end());
        let lower = found[1].to_lowercase().starts_with('m') || found[1].starts_with("je ");
        let how = Announced {
            how: How::Surely { lower },
            shouted,
            company,
        };
        places.extend(name_at(text, end, how));
    }
    for found in THANKS.captures_iter(text) {
        let mut from = found.get(0).map_or(0, |m| m.end());
        let to = found.name("to").is_some();
        let how = Announced {
            how: How::Thanks { to },
            shouted,
            company,
        };
        while let Some(place) = name_at(text, from, how) {
            let rest = &text[place.end..];
            // "Thanks, delivery was quick" names nobody.
            let ends = rest
                .chars()
                .next()
                .is_none_or(|c| matches!(c, '.' | '!' | ',' | '\n' | ')'));
            let of_company = [" team", " customer", " support", " care", " service"]
                .iter()
                .any(|word| rest.starts_with(word));
            if of_company || found.name("comma").is_some() && !ends {
                break;
            }
            let next = [" and ", " & "]
                .iter()
                .find_map(|and| rest.strip_prefix(and));
            places.push(place);
            match next {
                Some(next) => from = text.len() - next.len(),
                None => break,
            }
        }
    }
    for found in BEFORE.captures_iter(text) {
        if let Some(name) = found.get(1) {
            let is_name = |word: &&str| {
                let lower = word.to_lowercase();
                let known = STOP.contains(lower.as_str()) || ORDINARY.contains(lower.as_str());
                !known && !TITLE.is_match(&format!("{lower} "))
            };
            let words: Vec<&str> = name.as_str().split(' ').rev().take_while(is_name).collect();
            if !words.is_empty() {
                places.push(name.end() - words.join(" ").len()..name.end());
            }
        }
    }
    if !text.is_ascii() {
        for found in BEFORE_CJK.captures_iter(text) {
            if let Some(name) = found.get(1)
                && !name.as_str().ends_with(['客', '皆', '者', '老'])
            {
                places.push(name.range());
            }
        }
    }
}

/// Names after a label, a role or a deed, and before one.
fn by_labels_and_deeds(text: &str, company: &str, shouted: bool, places: &mut Vec<Range<usize>>) {
    for (pattern, lower, only_people) in [
        (&LABEL, true, true),
        (&ROLE, true, true),
        (&CONTACT, false, true),
        (&DEED, false, false),
    ] {
        let how = Announced {
            how: How::Listed { lower, only_people },
            shouted,
            company,
        };
        let found = pattern.find_iter(text);
        places.extend(found.filter_map(|found| name_at(text, found.end(), how)));
    }
    for found in DOER.captures_iter(text) {
        let name = found.name("name");
        let is_given = |name: &str| {
            let first = folded(name.split(' ').next().unwrap_or_default());
            !shouted && GIVEN.contains(first.as_str()) && !is_no_name(&first)
        };
        places.extend(name.filter(|m| is_given(m.as_str())).map(|m| m.range()));
    }
    for found in WHOSE.captures_iter(text) {
        let name = found.name("name");
        let is_listed = |word: &str| {
            let lower = folded(word);
            GIVEN.contains(lower.as_str()) && !is_no_name(&lower)
        };
        places.extend(name.filter(|m| is_listed(m.as_str())).map(|m| m.range()));
    }
}

/// Places in order, each once; overlapping ones become one.
fn merged(mut places: Vec<Range<usize>>) -> Vec<Range<usize>> {
    places.sort_unstable_by_key(|place| (place.start, place.end));
    let mut merged: Vec<Range<usize>> = Vec::new();
    for place in places {
        match merged.last_mut() {
            Some(last) if place.start < last.end => last.end = last.end.max(place.end),
            _ => merged.push(place),
        }
    }
    merged
}

/// The name that begins at `from`: first names, initials, particles and family names.
fn name_at(text: &str, from: usize, announced: Announced<'_>) -> Option<Range<usize>> {
    let (how, shouted) = (announced.how, announced.shouted);
    let sure = matches!(how, How::Surely { .. });
    let (mut at, mut end, mut words, mut in_capitals) = (from, from, 0, false);
    loop {
        let word = word_at(text, at)?;
        if word.is_empty() {
            break;
        }
        let after = at + word.len();
        let lower = word.to_lowercase();
        let first = word.chars().next()?;
        let one_letter = word.chars().count() == 1;
        // "J. Smith", "J Smith", "A.B. Clarke".
        if one_letter && first.is_uppercase() && lower != "i" {
            let dot = usize::from(text[after..].starts_with('.'));
            at = after + dot;
            at += usize::from(text[at..].starts_with(' '));
            if word_at(text, at).is_some_and(str::is_empty) && dot == 0 {
                end = after;
            }
            continue;
        }
        if words > 0 && PARTICLES.contains(&lower.as_str())
            || words == 0 && is_particle(text, after, &lower)
        {
            at = after + usize::from(text[after..].starts_with(' '));
            continue;
        }
        let is_stop = STOP.contains(lower.as_str());
        let is_word = ORDINARY.contains(lower.as_str());
        let caseless = !first.is_uppercase() && !first.is_lowercase();
        let is_capital = first.is_uppercase();
        let is_name = match words {
            0 => match how {
                _ if caseless && !is_stop => true,
                How::Surely { lower } => !is_stop && (is_capital || lower),
                How::Thanks { to } => is_thanked(text, at..after, to, announced),
                How::Listed { lower, only_people } => {
                    let name = at..after;
                    is_listed(text, name, lower, announced)
                        || only_people && has_family_name(text, at..after, announced)
                }
            },
            _ if is_stop || is_word && !sure => false,
            1..4 if caseless => false,
            1..4 if is_capital && !shouted => true,
            // "solved by Madhukar katiyal".
            1 if matches!(how, How::Listed { .. }) && in_capitals && !is_capital => {
                ends_text(text, after) && lower.len() > 3 && !is_word && !is_like_a_word(&lower)
            }
            // A second name in the same case as everything else: only when a word follows that is
            // surely none.
            1 => {
                // After a role, a verb may follow: "agent ashish hung up".
                let ends = match how {
                    How::Surely { .. } => next_is_stop(text, after),
                    How::Listed { .. } => ends_text(text, after),
                    How::Thanks { .. } => false,
                };
                is_capital == in_capitals && ends
            }
            _ => false,
        };
        if !is_name {
            break;
        }
        in_capitals |= words == 0 && first.is_uppercase();
        words += 1;
        end = after;
        if !text[after..].starts_with(' ') {
            break;
        }
        at = after + 1;
    }
    (end > from).then_some(from..end)
}

/// Whether a word after thanks is the name of a person.
fn is_thanked(text: &str, word: Range<usize>, to: bool, announced: Announced<'_>) -> bool {
    let (rest, word) = (&text[word.end..], &text[word]);
    let lower = word.to_lowercase();
    let is_given = GIVEN.contains(folded(word).as_str());
    let is_capital = word.starts_with(char::is_uppercase) && !announced.shouted;
    if is_no_name(&lower) {
        // "Thanks Will, sorted" and "Thank you Joy for the refund", but not "Thanks will follow".
        let ends = rest.starts_with(['.', '!', ',', '?']) || rest.is_empty();
        return is_capital && is_given && (ends || rest.starts_with(" for "));
    }
    if is_given {
        return true;
    }
    let is_possible = is_capital || to && !announced.shouted && !is_like_a_word(&lower);
    is_possible && !is_company(&lower, announced.company)
}

/// Whether a word is a listed given name and no word of the language.
fn is_listed(text: &str, word: Range<usize>, lower: bool, announced: Announced<'_>) -> bool {
    let word = &text[word];
    let is_capital = word.starts_with(char::is_uppercase) && !announced.shouted;
    (is_capital || lower)
        && !is_no_name(&word.to_lowercase())
        && GIVEN.contains(folded(word).as_str())
}

/// Whether a word has a capital and another one after it that could be a family name.
fn has_family_name(text: &str, word: Range<usize>, announced: Announced<'_>) -> bool {
    let next = text[word.end..].strip_prefix(' ');
    let next = next.and_then(|rest| word_at(rest, 0)).unwrap_or_default();
    let could_be_name = |word: &str| {
        let lower = word.to_lowercase();
        word.len() > 1
            && word.starts_with(char::is_uppercase)
            && word.chars().any(char::is_lowercase)
            && !is_no_name(&lower)
            && !is_company(&lower, announced.company)
    };
    could_be_name(&text[word]) && could_be_name(next)
}

/// Whether `lower` is a particle with a capital after it or after the next one.
fn is_particle(text: &str, after: usize, lower: &str) -> bool {
    PARTICLES.contains(&lower)
        && text[after..]
            .split(' ')
            .skip(1)
            .take(2)
            .any(|next| next.starts_with(char::is_uppercase))
}

/// Whether nothing or a full stop follows.
fn ends_text(text: &str, after: usize) -> bool {
    let rest = &text[after..];
    rest.is_empty() || rest.starts_with(['.', '!', '?', '\n'])
}

fn next_is_stop(text: &str, after: usize) -> bool {
    let rest = &text[after..];
    let Some(rest) = rest.strip_prefix(' ') else {
        return true;
    };
    word_at(rest, 0).is_some_and(|next| STOP.contains(next.to_lowercase().as_str()))
}
