//! What a word announces: number plates, passwords and PINs, and handles of social networks.

use std::sync::LazyLock;

use regex::Regex;

use super::{draft::Draft, name_words::is_no_name};
use crate::text::matcher::static_regex;

/// A plate after the word for it, in capitals.
static PLATE: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(concat!(
        r"\b(?i:(?:number|licen[cs]e|registration) ?plates?|plates?|reg(?:istration)?|kennzeichen|",
        r"(?:vehicle|car|van|bike)(?: no| number| reg(?:istration)?| plate))\b",
        r"\.?(?: ?(?i:no|number|nr|mark)\b\.?)?(?: (?i:is|was|ist))? ?:? ?",
        r"(?P<value>[A-Z0-9]{1,4}(?:[ \-]?[A-Z0-9]{1,4}){1,3})\b",
    ))
});
/// Indian plates, which begin with the code of a state.
static INDIAN_PLATE: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(concat!(
        r"\b(?:A[NPRS]|BR|C[GH]|D[DLN]|G[AJ]|H[PR]|J[HK]|K[AL]|L[AD]|M[HLNPZ]|NL|OR|P[BY]|RJ|SK|T[NRS]|U[KP]|WB)",
        r"[ \-]?[0-9]{1,2}[ \-]?[A-Z]{1,3}[ \-]?[0-9]{4}\b",
    ))
});
/// A word with a digit after "password".
static PASSWORD: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(concat!(
        r"(?i)\b(?:pass ?word|passwort|pass ?code|pass ?phrase|pwd|pw)\b(?: (?:is|was|ist))?(?: ?[:=])? ?",
        r#"["']?(?P<value>[^\s"',;]*[0-9](?:[^\s"',;]*[^\s"',;.!?)])?)"#,
    ))
});
static PIN: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(concat!(
        r"(?i)\b(?:m?pin(?: ?code)?|otp|cvv|cvc|(?:security|verification) code)\b(?: (?:no|number)\b\.?)?",
        r"(?: (?:is|was|ist))?(?: ?[:=])? ?(?P<value>[0-9]{3,8})\b",
    ))
});
static NETWORK_HANDLE: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(concat!(
        r"(?i)\b(?:insta(?:gram)?|telegram|twitter|tiktok|snap(?:chat)?|skype|discord|facebook|fb|linkedin)",
        r"(?: (?:id|handle|user ?name|account))?(?: is)?(?: ?[:=])? ",
        r"(?P<value>[a-z]\w*(?:[._]\w+)+|[a-z]+[0-9]\w*)",
    ))
});
/// A handle that looks like any word needs the word "handle".
static NAMED_HANDLE: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(concat!(
        r"(?i)\b(?:insta(?:gram)?|telegram|twitter|tiktok|snap(?:chat)?|skype|discord|facebook|fb|linkedin)",
        r" (?:id|handle|user ?name)(?: is)?(?: ?[:=])? (?P<value>\w{4,})",
    ))
});

/// Replaces handles of social networks that are written without `@`.
pub fn handles(draft: &mut Draft<'_>) {
    draft.replace_value(&NETWORK_HANDLE, "[handle]", |_| true);
    draft.replace_value(&NAMED_HANDLE, "[handle]", |word| {
        !is_no_name(&word.to_lowercase())
    });
}

/// Replaces plates, passwords and PINs in a text with a digit.
pub fn secrets(draft: &mut Draft<'_>) {
    let is_plate = |value: &str| {
        let signs = value.chars().filter(char::is_ascii_alphanumeric).count();
        let has = |is: fn(&char) -> bool| value.chars().any(|c| is(&c));
        (5..=10).contains(&signs) && has(char::is_ascii_digit) && has(char::is_ascii_uppercase)
    };
    draft.replace_value(&PLATE, "[plate]", is_plate);
    draft.replace(&INDIAN_PLATE, "[plate]");
    draft.replace_value(&PASSWORD, "[password]", |value| value.chars().count() >= 4);
    draft.replace_value(&PIN, "[pin]", |_| true);
}
