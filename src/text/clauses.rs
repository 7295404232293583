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

/// Splits tidy text into clauses. Empty clauses and the words that split are left out.
pub fn split(text: &str) -> impl Iterator<Item = &str> {
    BREAK
        .split(text)
        .map(|clause| clause.trim_matches([' ', ',', '.', '!', '?']))
        .filter(|clause| !clause.is_empty())
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
}
