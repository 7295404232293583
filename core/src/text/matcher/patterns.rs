//! Lists of patterns: parsed and checked one by one, combined as alternatives.

use regex::Regex;
use regex_automata::{
    nfa::thompson::{Compiler, NFA, WhichCaptures},
    util::syntax::{self, Config},
};
use regex_syntax::hir::{Hir, Look};

/// Compiled size of one pattern, in bytes: a few characters such as `(a{100}){100}` can otherwise
/// stand for an automaton that needs hours. The same pattern is much larger for every script.
const ASCII_PATTERN_BYTES: usize = 1 << 15;
const UNICODE_PATTERN_BYTES: usize = 1 << 20;

/// Why patterns cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PatternError {
    #[error("\"{pattern}\" is not a usable pattern")]
    Syntax {
        pattern: String,
        source: Box<regex_syntax::Error>,
    },
    #[error("\"{pattern}\" stands for too many texts")]
    PatternTooLarge { pattern: String },
    #[error("the patterns take more than {limit} bytes when compiled")]
    TooLarge { limit: usize },
}

/// Patterns of which any may match.
#[derive(Clone, Debug)]
pub struct PatternList {
    ascii: Hir,
    unicode: Option<Hir>,
}

impl PatternList {
    /// Parses a list. `whole_words`: it matches only between word boundaries. `plain`: this list
    /// and all others that search the same texts are [plain](is_plain). An empty list matches
    /// nothing.
    ///
    /// # Errors
    /// [`PatternError::Syntax`] or [`PatternError::PatternTooLarge`] for the first unusable
    /// pattern.
    pub fn parse(
        patterns: &[String],
        whole_words: bool,
        plain: bool,
    ) -> Result<Self, PatternError> {
        let parsed = |parse: fn(&str) -> Result<Hir, PatternError>, boundary: Look| {
            let parsed = patterns.iter().map(|pattern| parse(pattern));
            let any = Hir::alternation(parsed.collect::<Result<_, _>>()?);
            Ok(if whole_words {
                Hir::concat(vec![Hir::look(boundary), any, Hir::look(boundary)])
            } else {
                any
            })
        };
        Ok(Self {
            ascii: parsed(checked, Look::WordAscii)?,
            unicode: (!plain)
                .then(|| parsed(every_script, Look::WordUnicode))
                .transpose()?,
        })
    }

    pub(super) fn ascii(&self) -> &Hir {
        &self.ascii
    }

    pub(super) fn unicode(&self) -> Option<&Hir> {
        self.unicode.as_ref()
    }
}

/// Parses a pattern for ASCII, or for every script where it names other characters, and checks its
/// size.
fn checked(pattern: &str) -> Result<Hir, PatternError> {
    let ascii = Config::new().unicode(false).utf8(false);
    let (hir, most_bytes) = match syntax::parse_with(pattern, &ascii) {
        Ok(hir) => (hir, ASCII_PATTERN_BYTES),
        Err(_) => (every_script(pattern)?, UNICODE_PATTERN_BYTES),
    };
    // Without counted repetition the compiled size is proportional to the length.
    if pattern.contains('{') {
        let config = NFA::config()
            .which_captures(WhichCaptures::None)
            .nfa_size_limit(Some(most_bytes));
        let built = Compiler::new().configure(config).build_from_hir(&hir);
        built.map_err(|_problem| PatternError::PatternTooLarge {
            pattern: pattern.to_owned(),
        })?;
    }
    Ok(hir)
}

fn every_script(pattern: &str) -> Result<Hir, PatternError> {
    syntax::parse(pattern).map_err(|problem| PatternError::Syntax {
        pattern: pattern.to_owned(),
        source: Box::new(problem),
    })
}

/// Compiles a pattern that is a literal of this program.
#[expect(clippy::expect_used, reason = "own literals, each exercised by a test")]
pub fn static_regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("own pattern")
}

/// Whether a pattern means characters beyond ASCII, and capitals, only as any letter, space or
/// sign. ASCII matchers then find in a stand-in what matchers for every script find in the text
/// itself.
pub fn is_plain(pattern: &str) -> bool {
    let pattern = pattern.replace("(?:", "(");
    let small = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    let (mut escaped, mut in_class) = (false, false);
    let chars: Vec<char> = pattern.chars().collect();
    let own = chars.iter().enumerate().all(|(at, c)| {
        let beside = |at: Option<usize>| at.and_then(|at| chars.get(at)).copied().unwrap_or(']');
        let (before, after) = (beside(at.checked_sub(1)), beside(Some(at + 1)));
        let named = match c {
            'p' | 'P' | 'x' | 'u' | 'U' if escaped => true,
            _ if escaped => false,
            // A range of more than small letters or digits contains the stand-ins too.
            '-' if in_class => {
                !"[^".contains(before) && after != ']' && !(small(before) && small(after))
            }
            _ => c.is_ascii_uppercase(),
        };
        in_class = (in_class || (*c == '[' && !escaped)) && (*c != ']' || escaped);
        escaped = *c == '\\' && !escaped;
        c.is_ascii() && !named
    });
    own && !pattern.contains("(?") && !pattern.contains("[:")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_patterns_name_no_character_beyond_ascii() {
        let plain = [
            r"rude\w*",
            r"\W*(?:no|none)\s",
            "[^a-z]x",
            r"a\\b",
            "[- ]?a[x-]",
        ];
        for pattern in plain {
            assert!(is_plain(pattern), "{pattern}");
        }
        for pattern in [
            "höflich",
            r"\p{L}",
            r"\x41",
            "(?i)a",
            "Rude",
            r"\\Rude",
            "[[:alpha:]]",
            "[!-~]",
            "[!-z]",
        ] {
            assert!(!is_plain(pattern), "{pattern}");
        }
    }

    #[test]
    fn an_unusable_pattern_is_refused_by_name() {
        for pattern in ["a(b", "(a{100}){100}", r"(\p{L}{50}){50}"] {
            let list = ["fine".to_owned(), pattern.to_owned()];
            let error = PatternList::parse(&list, true, true).expect_err("unusable");
            assert!(error.to_string().contains(pattern), "{error}");
        }
        // Together they would be a pattern.
        let halves = ["a(b".to_owned(), "c)d".to_owned()];
        assert!(PatternList::parse(&halves, true, true).is_err());
    }
}
