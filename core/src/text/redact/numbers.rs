//! Numbers of people: accounts, cards, telephones. Dates, times, ranges, versions, prices, ratings
//! and sizes stay.

use std::sync::LazyLock;

use regex::Regex;

use super::draft::{Draft, Place};
use crate::text::matcher::static_regex;

static IBAN: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(r"(?i)(?:\b|IBAN)([A-Z]{2}[0-9]{2}(?:[ .\-\n]?[A-Z0-9]){11,30})")
});
/// Length of an IBAN by country, from the registry of ISO 13616.
const IBAN_LENGTHS: &str = concat!(
    "AD24AE23AL28AT20AZ28BA20BE16BG22BH22BI27BR29BY28CH21CR22CY28CZ24DE22DJ27DK18DO28EE20EG29ES24FI18FK18FO18",
    "FR27GB22GE22GI23GL18GR27GT28HR21HU28IE22IL23IQ23IS26IT27JO30KW30KZ20LB28LC32LI21LT20LU20LV21LY25MC27",
    "MD24ME22MK19MN20MR27MT31MU30NI28NL18NO15OM23PK24PL28PS29PT25QA29RO24RS22RU33SA24SC31SD18SE24SI19SK24",
    "SM27SO23ST25SV28TL23TN24TR26UA29VA22VG24XK20YE30",
);
// The longest run of digits and separators.
static DIGITS: LazyLock<Regex> =
    LazyLock::new(|| static_regex(r"\+?\(?\p{Nd}(?:[ .\-–()/:T]{0,2}\p{Nd}){6,30}"));
/// Dates, times, years and ratings, and lists and ranges of them.
static PLAIN: LazyLock<Regex> = LazyLock::new(|| {
    const DATE: &str = r"[0-9]{4}[\-/.][0-9]{1,2}[\-/.][0-9]{1,2}|[0-9]{1,2}[/.\-][0-9]{1,2}[/.\-](?:[0-9]{4}|[0-9]{2})";
    const TIME: &str = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?";
    const DAY: &str = r"(?:0?[1-9]|[12][0-9]|3[01])[/.](?:0?[1-9]|[12][0-9]|3[01])";
    const YEAR: &str = r"(?:19|20)[0-9]{2}";
    const RATING: &str = r"[0-9]{1,2}/(?:5|10|100)";
    let one = format!(
        "(?:(?:{DATE})(?:[ T]{{1,2}}(?:{TIME}|[0-9]{{1,2}}))?|{TIME}|{DAY}|{YEAR}|{RATING})"
    );
    static_regex(&format!("^{one}(?:[ \\-–/]{{1,2}}{one})*$"))
});
static THOUSANDS: LazyLock<Regex> =
    LazyLock::new(|| static_regex(r"^[1-9][0-9]{0,2}(?:[ .][0-9]{3})+(?:\.[0-9]{2})?$"));
static MONEY_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(
        r"(?i)(?:[€$£₹¥]|\b(?:paid|pay|costs?|price|total|rs|inr|eur|usd|gbp|charged|worth|of))\.? ?$",
    )
});
static MONEY_AFTER: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(
        r"(?i)^(?:,[0-9]{2}\b)?,? ?(?:[€$£₹¥]|(?:kr|eur|euros?|usd|gbp|inr|rs|rupees|dollars|pounds|pesos|points|miles|in total|people|customers|users|views)\b)",
    )
});
static VERSION_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(
        r"(?i)\b(?:app|versions?|ver\.?|v|build|release|update|firmware|software|ios|android|windows|chrome) ?$",
    )
});
static SIZE_BEFORE: LazyLock<Regex> =
    LazyLock::new(|| static_regex(r"(?i)\b(?:sizes?|rooms?|flights?|pages?|channels?) $"));
static FLIGHT_BEFORE: LazyLock<Regex> = LazyLock::new(|| static_regex(r"\b[A-Z][A-Z0-9] $"));
static CALLS: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(concat!(
        r"(?i)\b(?:phone|call|ring|text|sms|dial|fax|mobile|cell|cellphone|tel|telephone|whatsapp|contact|reach|",
        r"number|no|handy|anrufen|numéro|appelle|appeler|bel|llámame|teléfono|telefon|ph|mob)\b[^0-9]{0,20}$",
        r"|(?:電話|اتصل|هاتف|फोन|телефон)[^0-9]{0,8}$",
    ))
});
/// A number of something else, although a word before could announce a telephone.
static REFERENCE: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(
        r"(?i)\b(?:order|case|ticket|ref|reference|invoice|booking|tracking|policy|serial|room)\b[^0-9]{0,12}$",
    )
});
/// What comes before the number of an account.
static ACCOUNT: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(concat!(
        r"(?i)\b(?:it is|it's|its|id|account|acct|a/c|member(?:ship)?|customer|client|policy)",
        r"(?: ?(?:is|was|no|number|nr)\b)*\.?[ :#]{0,3}$",
    ))
});
/// A day without separators.
static COMPACT_DAY: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(r"^(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])$")
});
static CARD_WORD: LazyLock<Regex> =
    LazyLock::new(|| static_regex(r"(?i)\b(card|visa|mastercard|amex)\b[^0-9]{0,32}$"));
static IN_WORDS: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(concat!(
        r"(?i)\b(?:(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple)[ ,\-]+){4,}",
        r"(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)\b",
    ))
});

/// Places of account numbers, whatever separates their characters.
pub fn ibans(text: &str) -> Vec<Place> {
    let mut places = Vec::new();
    let mut from = 0;
    while let Some(found) = IBAN.captures_at(text, from) {
        let Some(number) = found.get(1) else { break };
        from = number.start() + 1;
        if let Some(length) = iban_length(number.as_str()) {
            places.push((number.start()..number.start() + length, "[iban]"));
            from = number.start() + length;
        }
    }
    places
}

/// Bytes that an IBAN at the start of `text` takes, separators included.
fn iban_length(text: &str) -> Option<usize> {
    let country = text.get(..2)?.to_ascii_uppercase();
    let at = (0..IBAN_LENGTHS.len())
        .step_by(4)
        .find(|&at| IBAN_LENGTHS[at..].starts_with(&country))?;
    let characters: usize = IBAN_LENGTHS[at + 2..at + 4].parse().ok()?;
    let (last, c) = text
        .char_indices()
        .filter(|(_, c)| c.is_ascii_alphanumeric())
        .nth(characters - 1)?;
    let end = last + c.len_utf8();
    let compact: String = text[..end]
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let closed = !text[end..].starts_with(|c: char| c.is_ascii_alphanumeric());
    (closed && is_iban(&compact)).then_some(end)
}

/// Places of card, telephone and other long numbers.
pub fn runs(text: &str) -> Vec<Place> {
    let runs = DIGITS.find_iter(text);
    runs.filter_map(|run| {
        let (before, after) = (&text[..run.start()], &text[run.end()..]);
        let digits: String = run.as_str().chars().map(western).collect();
        let kind = number_kind(&digits, before)?;
        (!is_plain(&digits, before, after)).then_some((run.range(), kind))
    })
    .collect()
}

/// Replaces telephone numbers that are written in words.
pub fn in_words(draft: &mut Draft<'_>) {
    if ["zero", "seven", "eight", "double", "three", "nine"]
        .iter()
        .any(|word| draft.text.contains(word))
    {
        draft.replace(&IN_WORDS, "[phone]");
    }
}

/// A digit of Arabic, Persian or Indian writing as 0 to 9.
fn western(c: char) -> char {
    let zero = match u32::from(c) {
        code @ 0x660..=0x669 => code - 0x660,
        code @ 0x6f0..=0x6f9 => code - 0x6f0,
        code @ 0x966..=0x96f => code - 0x966,
        _ => return c,
    };
    char::from_digit(zero, 10).unwrap_or(c)
}

/// Whether a run of digits and separators is plainly no number of a person.
fn is_plain(run: &str, before: &str, after: &str) -> bool {
    if PLAIN.is_match(run) {
        return true;
    }
    let groups: Vec<&str> = run.split(|c: char| !c.is_ascii_digit()).collect();
    let calls = CALLS.is_match(before);
    if THOUSANDS.is_match(run) {
        let short = groups.first().is_some_and(|first| first.len() < 3);
        let round = groups.last() == Some(&"000");
        let money = MONEY_BEFORE.is_match(before) || MONEY_AFTER.is_match(after);
        return money || (!calls && (short || round));
    }
    let dotted = run.contains('.') && !run.contains([' ', '-', '/', '(', '+']);
    let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
    if dotted && (VERSION_BEFORE.is_match(before) || (lengths.contains(&1) && lengths.len() > 2)) {
        return true;
    }
    if calls {
        return false;
    }
    // "<33333333": one key held down.
    let first = run.chars().next();
    if run.chars().all(|c| Some(c) == first) {
        return true;
    }
    // "5 5 5 4 5 5 5": ratings, one after the other.
    let is_rating = |group: &&str| matches!(*group, "1" | "2" | "3" | "4" | "5");
    if groups.iter().all(is_rating) {
        return true;
    }
    // "sizes 38 39 40": each a little more than the one before.
    let values: Vec<u32> = groups
        .iter()
        .filter_map(|group| group.parse().ok())
        .collect();
    let rising = values.len() > 2
        && lengths.iter().all(|&length| length <= 2)
        && values
            .windows(2)
            .all(|pair| pair[0] < pair[1] && pair[1] - pair[0] <= 2);
    // "open 9-17 10-18": hours or days from one to another, after a hyphen each time.
    let spans = groups.len().is_multiple_of(2)
        && groups.len() > 2
        && lengths.iter().all(|&length| length <= 2)
        && values.chunks(2).all(|pair| pair[0] < pair[1])
        && run
            .split(' ')
            .all(|span| span.matches(['-', '–']).count() == 1);
    if spans {
        return true;
    }
    let range = lengths == [4, 4]
        && run.contains(['-', '–'])
        && values[0] < values[1]
        && values.iter().all(|value| value % 10 == 0);
    let listed = run.contains(' ')
        && lengths.iter().all(|&length| length <= 4)
        && (SIZE_BEFORE.is_match(before) || FLIGHT_BEFORE.is_match(before))
        && lengths.len() < 4;
    rising || range || listed || (SIZE_BEFORE.is_match(before) && lengths.iter().all(|&l| l <= 3))
}

/// What a run of digits is, given the text before it; `None` leaves it alone.
fn number_kind(run: &str, before: &str) -> Option<&'static str> {
    let digits: Vec<u32> = run.chars().filter_map(|c| c.to_digit(10)).collect();
    let bare = run.chars().all(|c| c.is_ascii_digit());
    let grouped_as_card = own_card_grouping(run);
    let known_issuer = matches!(digits.first(), Some(3..=6));
    let calls = CALLS.is_match(before) && !REFERENCE.is_match(before);
    match digits.len() {
        13..=19
            if luhn(&digits)
                && (grouped_as_card || (bare && known_issuer) || CARD_WORD.is_match(before)) =>
        {
            Some("[card]")
        }
        8..=15 if run.starts_with('+') || (!bare && !grouped_as_card) || calls => Some("[phone]"),
        7 if calls => Some("[phone]"),
        8 if bare && is_account(run, before) => Some("[number]"),
        9.. => Some("[number]"),
        _ => None,
    }
}

/// Whether eight digits are the number of an account rather than a day or an amount.
fn is_account(run: &str, before: &str) -> bool {
    ACCOUNT.is_match(before) && !COMPACT_DAY.is_match(run) && !run.ends_with("0000")
}

fn own_card_grouping(run: &str) -> bool {
    let groups: Vec<usize> = run.split([' ', '-', '.', '/']).map(str::len).collect();
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
