//! A taxonomy compiled for search.

use std::sync::{Arc, LazyLock};

use super::{
    matcher::{ListMatcher, Matcher, PatternError, PatternList, is_plain},
    taxonomy::Taxonomy,
};

/// Lists of each theme: negative, positive, aspect, wanted and trouble.
pub(super) const THEME_LISTS: usize = 5;

/// Lists that belong to no theme.
#[derive(Clone, Copy, Debug)]
pub enum GeneralList {
    Positive,
    Negative,
    IdiomPositive,
    IdiomNeutral,
    Intensifier,
}

/// A taxonomy compiled for search.
#[derive(Debug)]
pub struct Lexicon {
    taxonomy: Arc<Taxonomy>,
    /// The [lists](THEME_LISTS) of each theme in turn, then each [`GeneralList`].
    matcher: Matcher,
    no_content: ListMatcher,
    /// See [`is_plain`].
    plain: bool,
}

/// Why a taxonomy cannot be compiled.
#[derive(Debug, thiserror::Error)]
pub enum LexiconError {
    /// `place` is the id of a theme or the key of another list.
    #[error("{place}: {problem}")]
    Pattern {
        place: String,
        problem: PatternError,
    },
}

#[expect(
    clippy::expect_used,
    reason = "the file is embedded and a test compiles it"
)]
static SHIPPED: LazyLock<Arc<Lexicon>> = LazyLock::new(|| {
    let lexicon = Lexicon::new(Taxonomy::shipped_shared());
    Arc::new(lexicon.expect("shipped taxonomy"))
});

impl Lexicon {
    /// Compiles a taxonomy.
    ///
    /// # Errors
    /// [`LexiconError::Pattern`] for the first unusable pattern.
    pub fn new(taxonomy: Arc<Taxonomy>) -> Result<Self, LexiconError> {
        let plain = taxonomy.patterns().all(|pattern| is_plain(pattern));
        let list = |place: &str, patterns: &[String], whole_words: bool| {
            PatternList::parse(patterns, whole_words, plain).map_err(at(place))
        };
        let mut lists = Vec::with_capacity(THEME_LISTS * taxonomy.themes.len() + 5);
        for theme in &taxonomy.themes {
            for patterns in theme.lists() {
                lists.push(list(&theme.id, patterns, true)?);
            }
        }
        let (general, idioms) = (&taxonomy.general, &taxonomy.idioms);
        lists.extend([
            list("general.positive", &general.positive, false)?,
            list("general.negative", &general.negative, true)?,
            list("idioms.positive", &idioms.positive, true)?,
            list("idioms.neutral", &idioms.neutral, true)?,
            list("idioms.intensifier", &idioms.intensifier, false)?,
        ]);
        let place = "general.no_content";
        let no_content = list(place, &general.no_content, false)?;
        Ok(Self {
            matcher: Matcher::new(&lists).map_err(at("themes"))?,
            no_content: ListMatcher::new(&no_content).map_err(at(place))?,
            plain,
            taxonomy,
        })
    }

    /// The shipped taxonomy, compiled.
    pub fn shipped() -> &'static Arc<Self> {
        &SHIPPED
    }

    pub fn taxonomy(&self) -> &Arc<Taxonomy> {
        &self.taxonomy
    }

    pub(super) fn matcher(&self) -> &Matcher {
        &self.matcher
    }

    /// Comments without content.
    pub(super) fn no_content(&self) -> &ListMatcher {
        &self.no_content
    }

    pub(super) fn is_plain(&self) -> bool {
        self.plain
    }

    /// Number of a list in the matcher.
    pub(super) fn number(&self, list: GeneralList) -> usize {
        THEME_LISTS * self.taxonomy.themes.len() + list as usize
    }
}

fn at(place: &str) -> impl FnOnce(PatternError) -> LexiconError {
    let place = place.to_owned();
    |problem| LexiconError::Pattern { place, problem }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::Regex;

    use super::*;
    use crate::text::{matcher::Haystack, taxonomy::Theme};

    /// One expression per list of the themes.
    static SEPARATE: LazyLock<Vec<Regex>> = LazyLock::new(|| {
        let themes = Taxonomy::shipped().themes.iter();
        let lists = themes.flat_map(Theme::lists);
        let regex = |list: &Vec<String>| {
            let any = list.join("|");
            // An empty alternative would match everywhere.
            let any = if any.is_empty() { r"[^\s\S]" } else { &any };
            Regex::new(&format!(r"\b(?:{any})\b"))
        };
        lists.map(|list| regex(list).expect("pattern")).collect()
    });

    const WORDS: &str = "very so not too the helpful unhelpful polite politeé rude kind slow slowly \
                         wait waiting on hold refund issue resolved solved quick explained clearly \
                         called back listen listened friendly patient knowledge é 👍 ,";

    proptest! {
        #[test]
        fn shipped_themes_match_as_separate_expressions_do(
            words in prop::collection::vec(
                prop::sample::select(WORDS.split_whitespace().collect::<Vec<_>>()),
                0..12,
            ),
        ) {
            let (text, lexicon) = (words.join(" "), Lexicon::shipped());
            let (mut haystack, mut matches) = (Haystack::default(), Vec::new());
            haystack.set(&text, lexicon.is_plain());
            lexicon.matcher().find(&haystack, &mut matches);
            let first_general = lexicon.number(GeneralList::Positive);
            let of_themes = matches.iter().filter(|found| found.list < first_general);
            let found: Vec<(usize, String)> = of_themes
                .map(|m| (m.list, haystack.slice(&text, m.range()).into_owned()))
                .collect();
            let expected: Vec<(usize, String)> = SEPARATE.iter().enumerate()
                .flat_map(|(list, regex)| regex.find_iter(&text).map(move |m| (list, m.as_str().to_owned())))
                .collect();
            prop_assert_eq!(found, expected);
        }
    }
}
