//! Offensive clauses: insults, and remarks on origin, accent, sex or body. They are withheld from
//! the person they are about, and are evidence of nothing.

use std::sync::LazyLock;

use regex::Regex;

use super::{matcher::static_regex, normalise::fold};

static WITHHELD: LazyLock<Regex> = LazyLock::new(|| {
    static_regex(concat!(
        r"\b(?:accents?|foreigners?|foreign (?:person|guy|woman|man|voice)|nationality|racis\w*|ethnic\w*|skin colou?r|immigrants?",
        r"|(?:speak|learn|proper) english|native speaker|(?:typical|stupid|dumb|silly) (?:man|woman|girl|boy|male|female)",
        r"|idiot\w*|stupid|moron\w*|dumb|imbecile|retard\w*|bitch\w*|bastard\w*|asshole|arsehole|fuck\w*|f\*+k\w*|shit\w*|cunt|slut|whore|fat (?:cow|pig))\b",
    ))
});

/// Whether `clause` must not be shown to the person it speaks of.
pub fn is_offensive(clause: &str) -> bool {
    WITHHELD.is_match(&fold(clause))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn insults_and_remarks_on_origin_are_withheld() {
        for text in [
            "could not understand her accent",
            "what an IDIOT",
            "learn English first",
        ] {
            assert!(is_offensive(text), "{text}");
        }
        for text in [
            "he was rude",
            "I had to repeat myself",
            "the English version of the app",
        ] {
            assert!(!is_offensive(text), "{text}");
        }
    }
}
