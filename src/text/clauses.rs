//! Clauses: the smallest piece of a comment that has one opinion. "Kind agent, but I waited an hour" is two.

use std::sync::LazyLock;

use regex::Regex;

use super::taxonomy::own;

static BREAK: LazyLock<Regex> = LazyLock::new(|| {
    own(concat!(
        r"(?i)[.!?]+(?:\s+|$)|[;\n]+|\s-\s",
        r"|,?\s+(?:but|however|although|though|except|yet|while|whereas|despite)\b(?:\s+that\b)?,?\s*",
        r"|,\s*(?:and|so|which|then)\s+",
    ))
});

/// Splits tidy text at sentence ends, semicolons, contrast words, and commas before a new statement. Empty clauses
/// are dropped; the words that split are too.
pub fn split(text: &str) -> Vec<&str> {
    BREAK
        .split(text)
        .map(|clause| clause.trim_matches([' ', ',', '.', '!', '?']))
        .filter(|c| !c.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_and_sentence_ends_split() {
        assert_eq!(
            split("Kind agent, but I waited an hour! Solved; thanks, and the app works. 3.5 stars"),
            [
                "Kind agent",
                "I waited an hour",
                "Solved",
                "thanks",
                "the app works",
                "3.5 stars"
            ]
        );
        assert_eq!(
            split("Although slow, they helped"),
            ["Although slow, they helped"]
        );
        assert!(split(" ... !!! ").is_empty());
    }
}
