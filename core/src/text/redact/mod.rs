//! Redaction of personal data before anything is stored: links with credentials, e-mail addresses,
//! handles, IBANs, card, telephone and long numbers, number plates, passwords and PINs, postal
//! addresses, birth dates, and names. Each is replaced by its kind in square brackets. Dates,
//! opening hours, prices, versions and "24/7" stay.

mod announced_names;
mod draft;
mod known_names;
mod name_words;
mod numbers;
mod secrets;

use std::{borrow::Cow, sync::LazyLock};

use regex::Regex;

use self::draft::Draft;
pub use self::draft::Piece;
use super::matcher::static_regex;

static LINK: LazyLock<Regex> = LazyLock::new(|| static_regex(r"(?i)\bhttps?://[^\s/@]+@\S+"));
static EMAIL: LazyLock<Regex> =
    LazyLock::new(|| static_regex(r#"(?:"[^"\n]{1,64}"|[\w.+\-']+)@[\w\-]+(?:\.[\w\-]+)*"#));
static HANDLE: LazyLock<Regex> = LazyLock::new(|| static_regex(r"@\w[\w.]*\w"));
static SPOKEN_EMAIL: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(r"(?i)\b[\w.]+ at \w+ dot (?:com|org|net|edu|co|in|uk|de|fr|io)\b")
});
static BIRTH: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(concat!(
        r"(?i)\b(?:born|date of birth|birth ?date|birthday|d\.?o\.?b|geboren|geburtsdatum|née?)\b[^0-9\n]{0,12}?",
        r"(?P<value>[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{1,2}[/.\- ][0-9]{1,2}[/.\- ](?:[0-9]{4}|[0-9]{2})|",
        r"[0-9]{1,2}(?:st|nd|rd|th)?\.? (?:of )?\p{L}{3,10}\.?,? [0-9]{4}|",
        r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* [0-9]{1,2}(?:st|nd|rd|th)?,? [0-9]{4})",
    ))
});
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    const FLAT: &str = r"(?:\b(?i:(?:flat|apartment|apt\.?|unit|suite|plot)(?: no\.?| number)?|house no\.?|h\.? ?no\.?) ?#?[0-9]+[A-Za-z]?,? )?";
    const ENGLISH: &str = concat!(
        r"\b[0-9]{1,5}[A-Za-z]?,? (?:(?:\p{Lu}[\p{L}'.]*|[0-9]{1,3}(?:st|nd|rd|th)) ){1,3}",
        r"(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Close|Court|Ct|Way|Place|Square|Sq|Boulevard|Blvd|",
        r"Crescent|Terrace|Gardens|Grove|Hill|Park|Row|Mews|Parade|Highway|Nagar|Marg|Colony|Layout)\b\.?",
        r"|\b[0-9]{1,5}[a-z]?,? (?:[a-z']+ ){1,2}(?:street|avenue|boulevard|crescent)\b",
        r"|\b[0-9]{1,5},? \p{Ll}{3,} (?:road|lane|drive)\b",
        r"|\b(?i:flat|apartment|apt\.?|house|door) (?i:no|number|nr)\.? ?#?[0-9]{1,5}[A-Za-z]?\b",
    );
    const OTHERS: &str = concat!(
        r"|\b\p{Lu}\p{L}*(?:straße|strasse|str\.|weg|platz|gasse|allee|laan|straat|gracht) [0-9]{1,4}[a-z]?\b",
        r"|\b[0-9]{1,4}(?: bis| ter)?,? (?i:rue|avenue|boulevard|place|chemin|allée|impasse) (?:(?:de la|de l'|du|des|de|la|le) ?)?\p{Lu}[\p{L}\-]+(?: \p{Lu}[\p{L}\-]+)?",
        r"|\b(?:[Cc]alle|[Aa]venida|[Vv]ia|[Rr]ua|[Pp]iazza|[Pp]laza) (?:\p{Ll}{1,4} )?\p{Lu}\p{L}+(?: \p{Lu}\p{L}+)?,? [0-9]{1,4}\b",
        r"|\b(?i:p\.? ?o\.? ?box) [0-9]+",
        r"|\b[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}\b",
    );
    const TOWN: &str = r"(?:,? (?:\p{Lu}\p{L}+,? )?(?:[A-Z]{1,2}[0-9][A-Z0-9]? [0-9][A-Z]{2}|[A-Z]{2} [0-9]{5}(?:-[0-9]{4})?)\b)?";
    static_regex(&format!("{FLAT}(?:{ENGLISH}{OTHERS}){TOWN}"))
});
static ADDRESSES: LazyLock<Regex> =
    LazyLock::new(|| static_regex(r"\[address\](?:,? \[address\])+"));
/// The parts of one name.
static AGENTS: LazyLock<Regex> =
    LazyLock::new(|| static_regex(r"(?:\[name\] )?\[agent\](?:,? \[agent\])+|\[name\] \[agent\]"));
/// Letters in the order of identity numbers: Indian tax, British national insurance.
static IDENTITY: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(r"\b(?:[A-Z]{5}[0-9]{4}[A-Z]|[A-CEGHJ-PR-TW-Z]{2}[0-9]{6}[A-D])\b")
});

/// Text without personal data, and the pieces that were taken out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redacted<'a> {
    pub text: Cow<'a, str>,
    /// In the order of their places.
    pub pieces: Vec<Piece>,
}

/// Who a comment is about, as far as it is known.
#[derive(Clone, Copy, Debug, Default)]
pub struct About<'a> {
    /// Names of the agent.
    pub agent: &'a [&'a str],
    /// Name of the company, which customers thank too.
    pub company: &'a str,
}

/// Words in lower case between a number and a street that make it no address.
const NO_STREET: [&str; 31] = [
    "a", "and", "at", "day", "days", "down", "feet", "foot", "from", "gig", "hour", "hours", "in",
    "km", "lane", "metre", "meter", "mile", "miles", "min", "mins", "minute", "minutes", "my",
    "of", "on", "our", "star", "the", "this", "way",
];

/// Whether a number before a street is a distance ("a 20 minute drive", "2 down the street").
fn is_way(address: &str) -> bool {
    let words: Vec<&str> = address.split([' ', ',']).collect();
    let between = words.get(1..words.len().saturating_sub(1));
    between.is_some_and(|words| words.iter().any(|word| NO_STREET.contains(word)))
}

/// Redacts `text`. `names` are the people it is known to be about (the agent): each word of a name
/// with three letters or more is replaced by `[agent]`, with or without its accents. A name that is
/// also a word stays in lower case and, unless a person must be meant, at the start of a sentence.
pub fn redact<'a>(text: impl Into<Cow<'a, str>>, names: &[&str]) -> Redacted<'a> {
    let about = About {
        agent: names,
        company: "",
    };
    redact_about(text, about)
}

/// [`redact`] of a comment about an agent of a company.
pub fn redact_about<'a>(text: impl Into<Cow<'a, str>>, about: About<'_>) -> Redacted<'a> {
    let mut draft = Draft::new(text.into());
    // Most comments have nothing that any pattern could begin with.
    let (mut at, mut digit) = (false, false);
    for byte in draft.text.bytes() {
        at |= byte == b'@';
        digit |= byte.is_ascii_digit();
    }
    if at {
        draft.replace(&LINK, "[link]");
        draft.replace(&EMAIL, "[email]");
        draft.replace(&HANDLE, "[handle]");
    }
    if draft.text.contains(" dot ") {
        draft.replace(&SPOKEN_EMAIL, "[email]");
    }
    secrets::handles(&mut draft);
    if digit || !draft.text.is_ascii() {
        draft.replace_value(&BIRTH, "[birth date]", |_| true);
        draft.put(numbers::ibans(&draft.text));
        secrets::secrets(&mut draft);
        draft.replace_if(&ADDRESS, "[address]", |found| !is_way(found));
        if draft.text.contains("[address]") {
            draft.replace(&ADDRESSES, "[address]");
        }
        draft.replace(&IDENTITY, "[number]");
        draft.put(numbers::runs(&draft.text));
    }
    numbers::in_words(&mut draft);
    let marked = |places: Vec<std::ops::Range<usize>>, mark| {
        let places = places.into_iter();
        places.map(|place| (place, mark)).collect::<Vec<_>>()
    };
    let people = known_names::of_people(&draft.text, about.agent);
    draft.put(marked(people, "[agent]"));
    let others = announced_names::announced(&draft.text, about.company);
    draft.put(marked(others, "[name]"));
    if draft.text.contains("[agent]") {
        draft.replace(&AGENTS, "[agent]");
    }
    Redacted {
        text: draft.text,
        pieces: draft.pieces,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(text: &str) -> String {
        redact(text, &["LOPEZ, Maria"]).text.into_owned()
    }

    /// Card and IBAN numbers are the published test numbers of their schemes.
    #[test]
    fn personal_data_goes() {
        for (raw, clean) in [
            (
                "write to jo.b+x@mail.example.org please",
                "write to [email] please",
            ),
            ("see https://me:pw@host.example/x now", "see [link] now"),
            (
                "card 4111 1111 1111 1111 was charged",
                "card [card] was charged",
            ),
            ("4111111111111111", "[card]"),
            ("378282246310005 amex", "[card] amex"),
            ("1234-5678-1234-5678", "[number]"),
            (
                "pay to DE89 3704 0044 0532 0130 00 today",
                "pay to [iban] today",
            ),
            ("ring me on +49 (0)151 2345 6789", "ring me on [phone]"),
            ("my number is 5551234", "my number is [phone]"),
            ("order 1705312800000", "order [number]"),
            (
                "MARIA and Maria Lopez were kind",
                "[agent] and [agent] were kind",
            ),
            (
                "maria was kind, so Lopez it is",
                "[agent] was kind, so [agent] it is",
            ),
            ("call 06.12.34.56.78", "call [phone]"),
            ("06-12-34-56-78 or 98-76-543210", "[phone] or [phone]"),
            ("Mrs. Jane Smith called", "Mrs. [name] called"),
        ] {
            assert_eq!(cleaned(raw), clean);
        }
    }

    #[test]
    fn dates_prices_and_idioms_stay() {
        for text in [
            "since 2024-01-15 12:30 nothing",
            "on 15/01/2024 09:12 I called",
            "it cost £1,299.00",
            "open 24/7, 10/10",
            "room 1234567",
            "I will be frank",
            "AB१२ABCD1234ABCD",
            "waited 45 minutes twice in 2023",
        ] {
            assert_eq!(
                redact(text, &["Frank Will"]),
                Redacted {
                    text: text.into(),
                    pieces: Vec::new()
                }
            );
        }
    }

    fn read_cases(file: &str) -> impl Iterator<Item = Vec<&str>> {
        file.lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.split('\t').collect())
    }

    fn wrong(file: &str) -> Vec<String> {
        let check = |case: Vec<&str>| {
            let [person, raw, clean] = case.as_slice() else {
                return Some(format!("{case:?}"));
            };
            let now = redact(crate::text::normalise::tidy(raw), &[person]).text;
            (now != *clean).then(|| format!("{raw} -> {now}, expected {clean}"))
        };
        read_cases(file).filter_map(check).collect()
    }

    #[test]
    fn each_case_is_redacted_as_expected() {
        let wrong = wrong(include_str!("cases.tsv"));
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }

    /// Cases that no rule was written for, though these tests ran while the rules were written.
    #[test]
    fn further_cases_are_redacted_as_expected() {
        let wrong = wrong(include_str!("held_out_cases.tsv"));
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
