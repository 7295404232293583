//! Redaction of personal data before anything is stored: links with credentials, e-mail addresses,
//! IBANs, card, telephone and long numbers, and known names. Each is replaced by its kind in square
//! brackets. Dates, prices and "24/7" stay.

use std::{borrow::Cow, ops::Range, sync::LazyLock};

use regex::{Captures, Regex};

use super::matcher::static_regex;

static LINK: LazyLock<Regex> = LazyLock::new(|| static_regex(r"(?i)\bhttps?://[^\s/@]+@\S+"));
static EMAIL: LazyLock<Regex> = LazyLock::new(|| static_regex(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+"));
static IBAN: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(r"(?i)\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
});
// The longest run of digits and separators; only when all of it is a date does it stay.
static DIGITS: LazyLock<Regex> =
    LazyLock::new(|| static_regex(r"\+?\(?[0-9](?:[ .\-()/:T]{0,2}[0-9]){6,30}"));
static DATE: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(concat!(
        r"^(?:[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}[/.\-][0-9]{1,2}[/.\-][0-9]{2,4})",
        r"(?:[ T]{1,2}[0-9]{1,2}(?::[0-9]{2}){0,2})?$",
    ))
});
static HONORIFIC: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(r"\b(Mr|Mrs|Ms|Miss|Dr|Prof)(\.?) [A-Z][\w'\-]+(?: [A-Z][\w'\-]+)?")
});
static CALLS: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(
        r"(?i)\b(phone|call|mobile|tel|telephone|whatsapp|contact|number|no)\b[^0-9]{0,20}$",
    )
});
static CARD_WORD: LazyLock<Regex> =
    LazyLock::new(|| static_regex(r"(?i)\b(card|visa|mastercard|amex)\b[^0-9]{0,32}$"));

/// Text without personal data, and how many pieces were taken out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redacted<'a> {
    pub text: Cow<'a, str>,
    pub count: usize,
}

/// Redacts `text`. `names` are the people it is known to be about (the agent): each word of a name
/// with three letters or more is replaced by `[agent]`, however it is capitalised.
pub fn redact<'a>(text: impl Into<Cow<'a, str>>, names: &[&str]) -> Redacted<'a> {
    let mut count = 0;
    let mut text = text.into();
    // Most comments have nothing that any pattern could begin with.
    let (mut at, mut digit, mut capital) = (false, false, false);
    for byte in text.bytes() {
        at |= byte == b'@';
        digit |= byte.is_ascii_digit();
        capital |= matches!(byte, b'M' | b'D' | b'P');
    }
    if at {
        let mut replace = |text: &mut Cow<'a, str>, pattern: &Regex, with: &str| {
            let replaced = pattern.replace_all(text, |_: &Captures<'_>| {
                count += 1;
                with.to_owned()
            });
            *text = Cow::Owned(replaced.into_owned());
        };
        replace(&mut text, &LINK, "[link]");
        replace(&mut text, &EMAIL, "[email]");
    }
    if digit {
        text = Cow::Owned(numbers(&text, &mut count));
    }
    if capital && HONORIFIC.is_match(&text) {
        let replaced = HONORIFIC.replace_all(&text, |found: &Captures<'_>| {
            count += 1;
            format!("{}{} [name]", &found[1], &found[2])
        });
        text = Cow::Owned(replaced.into_owned());
    }
    let apart = |c: char| !c.is_alphanumeric() && c != '-' && c != '\'';
    for word in names
        .iter()
        .flat_map(|name| name.split(apart))
        .map(|word| word.trim_matches(['-', '\'']))
        .filter(|w| w.chars().count() >= 3)
    {
        // As in the roster, Capitalised, in CAPITALS; in lower case unless it is also an everyday
        // word.
        let lower = word.to_lowercase();
        let mut forms = vec![word.to_owned(), capitalised(&lower), word.to_uppercase()];
        if !EVERYDAY.contains(&lower.as_str()) {
            forms.push(lower);
        }
        let found = places(&text, &forms);
        count += found.len();
        for place in found.into_iter().rev() {
            text.to_mut().replace_range(place, "[agent]");
        }
    }
    if count > 0 && text.contains("[agent] [agent]") {
        text = Cow::Owned(text.replace("[agent] [agent]", "[agent]"));
    }
    Redacted { text, count }
}

/// Account, card and telephone numbers out; dates stay.
fn numbers(text: &str, count: &mut usize) -> String {
    let text = IBAN.replace_all(text, |found: &Captures<'_>| {
        if is_iban(&found[0]) {
            *count += 1;
            "[iban]".to_owned()
        } else {
            found[0].to_owned()
        }
    });
    let kept = DIGITS.replace_all(&text, |found: &Captures<'_>| {
        let (run, start) = (&found[0], found.get(0).map_or(0, |m| m.start()));
        match number_kind(run, &text[..start]).filter(|_| !DATE.is_match(run)) {
            Some(kind) => {
                *count += 1;
                kind.to_owned()
            }
            None => run.to_owned(),
        }
    });
    kept.into_owned()
}

/// Positions of `forms`, which differ only in case, as whole words. Names differ from comment to
/// comment, and compiling a pattern for each would cost more than all other work on it.
fn places(text: &str, forms: &[String]) -> Vec<Range<usize>> {
    let in_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut places: Vec<Range<usize>> = forms
        .iter()
        .flat_map(|form| {
            text.match_indices(form.as_str())
                .map(|(at, _)| at..at + form.len())
        })
        .filter(|place| {
            !text[..place.start].ends_with(in_word) && !text[place.end..].starts_with(in_word)
        })
        .collect();
    places.sort_unstable_by_key(|place| place.start);
    places.dedup();
    places
}

/// Names that are also words: in lower case they are left alone.
const EVERYDAY: [&str; 24] = [
    "agent",
    "art",
    "bill",
    "christian",
    "faith",
    "frank",
    "grace",
    "grant",
    "hope",
    "jack",
    "joy",
    "june",
    "king",
    "lane",
    "long",
    "mark",
    "may",
    "miles",
    "pat",
    "rich",
    "rose",
    "summer",
    "will",
    "young",
];

fn capitalised(lower: &str) -> String {
    let mut chars = lower.chars();
    chars
        .next()
        .map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// What a run of digits is, given the text before it; `None` leaves it alone.
fn number_kind(run: &str, before: &str) -> Option<&'static str> {
    let digits: Vec<u32> = run.chars().filter_map(|c| c.to_digit(10)).collect();
    let bare = run.chars().all(|c| c.is_ascii_digit());
    let grouped_as_card = own_card_grouping(run);
    let known_issuer = matches!(digits.first(), Some(3..=6));
    match digits.len() {
        13..=19
            if luhn(&digits)
                && (grouped_as_card || (bare && known_issuer) || CARD_WORD.is_match(before)) =>
        {
            Some("[card]")
        }
        8..=15 if run.starts_with('+') || (!bare && !grouped_as_card) || CALLS.is_match(before) => {
            Some("[phone]")
        }
        7 if CALLS.is_match(before) => Some("[phone]"),
        9.. => Some("[number]"),
        _ => None,
    }
}

fn own_card_grouping(run: &str) -> bool {
    let groups: Vec<usize> = run.split([' ', '-', '.']).map(str::len).collect();
    matches!(groups.as_slice(), [4, 4, 4, 1..=7] | [4, 6, 5] | [4, 6, 4])
}

fn luhn(digits: &[u32]) -> bool {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(i, &d)| {
            if i % 2 == 0 {
                d
            } else {
                d * 2 / 10 + d * 2 % 10
            }
        })
        .sum();
    sum.is_multiple_of(10)
}

fn is_iban(text: &str) -> bool {
    let compact: String = text
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect::<String>()
        .to_ascii_uppercase();
    if !compact.is_ascii() || !(15..=34).contains(&compact.len()) {
        return false;
    }
    let remainder = compact[4..]
        .chars()
        .chain(compact[..4].chars())
        .try_fold(0_u64, |rest, c| {
            let value = u64::from(c.to_digit(36)?);
            Some((rest * if value > 9 { 100 } else { 10 } + value) % 97)
        });
    remainder == Some(1)
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
                    count: 0
                }
            );
        }
    }
}
