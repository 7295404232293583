//! Words and texts that people enter for a theme: checks, and the patterns that words become. Pure.
//!
//! A word or phrase is entered as people write it and becomes a pattern; patterns that experts
//! wrote are shown the same way where they can be read.

use regex::Regex;

use super::{
    matcher::static_regex,
    normalise::{fold, tidy},
    taxonomy::{Control, Taxonomy, Theme},
    taxonomy_edit::{ThemeTexts, WordList},
};
use crate::{
    locale::{Localised, Message, english},
    msg,
};

/// Fewest and most characters of a word or phrase.
const SHORTEST_WORD: usize = 2;
pub const LONGEST_WORD: usize = 60;
/// Most characters of a theme's name, of its owner and of its other texts.
pub const LONGEST_NAME: usize = 60;
pub const LONGEST_TEXT: usize = 160;
/// Most patterns of a list.
const MOST_WORDS: usize = 500;

/// Why an edit is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", english(self))]
pub enum EditError {
    NoWord,
    WordTooShort,
    WordTooLong,
    /// A sign that no pattern is made of, or nothing but signs.
    Signs,
    /// Another entry of the theme finds the word already.
    Known {
        word: String,
        list: WordList,
        entry: String,
    },
    /// An entry of another theme finds the word.
    Elsewhere {
        word: String,
        theme: String,
        list: WordList,
    },
    ListFull,
    NameMissing,
    /// The name of another theme.
    NameTaken(String),
    NameTooLong,
    DescriptionMissing,
    DescriptionTooLong,
    OwnerMissing,
}

impl EditError {
    /// Field of a form that the problem is about.
    pub fn field(&self) -> &'static str {
        match self {
            Self::NameMissing | Self::NameTaken(_) | Self::NameTooLong => "name",
            Self::DescriptionMissing | Self::DescriptionTooLong => "said_well",
            Self::OwnerMissing => "owner",
            _ => "word",
        }
    }
}

impl Localised for EditError {
    fn message(&self) -> Message {
        match self {
            Self::NoWord => msg!("error-word-missing"),
            Self::WordTooShort => msg!("error-word-too-short", fewest = SHORTEST_WORD),
            Self::WordTooLong => msg!("error-word-too-long", most = LONGEST_WORD),
            Self::Signs => msg!("error-word-signs"),
            Self::Known { word, list, entry } => msg!(
                "error-word-known",
                word = word,
                list = list.message(),
                entry = entry
            ),
            Self::Elsewhere { word, theme, list } => msg!(
                "error-word-elsewhere",
                word = word,
                theme = theme,
                list = list.message()
            ),
            Self::ListFull => msg!("error-word-list-full", most = MOST_WORDS),
            Self::NameMissing => msg!("error-theme-name-missing"),
            Self::NameTaken(name) => msg!("error-theme-name-taken", name = name),
            Self::NameTooLong => msg!("error-theme-name-too-long", most = LONGEST_NAME),
            Self::DescriptionMissing => msg!("error-theme-description-missing"),
            Self::DescriptionTooLong => {
                msg!("error-theme-description-too-long", most = LONGEST_TEXT)
            }
            Self::OwnerMissing => msg!("error-theme-owner-missing"),
        }
    }
}

/// A word or phrase as people write it.
struct Entered {
    /// Without the star.
    plain: String,
    /// With any ending.
    is_stem: bool,
}

impl Entered {
    fn read(word: &str) -> Result<Self, EditError> {
        let folded = fold(&tidy(&word.replace('\n', " ")));
        let (plain, is_stem) = match folded.strip_suffix('*') {
            Some(stem) => (stem.trim_end().to_owned(), true),
            None => (folded, false),
        };
        let length = plain.chars().count();
        if plain.is_empty() {
            return Err(EditError::NoWord);
        }
        if length > LONGEST_WORD {
            return Err(EditError::WordTooLong);
        }
        let usable = |c: char| c.is_ascii_alphanumeric() || !c.is_ascii() || " '-&/".contains(c);
        let bounded = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || is_mark(c));
        let ends = bounded(plain.chars().next()) && bounded(plain.chars().next_back());
        if !ends || !plain.chars().all(usable) {
            return Err(EditError::Signs);
        }
        if length < SHORTEST_WORD {
            return Err(EditError::WordTooShort);
        }
        Ok(Self { plain, is_stem })
    }

    /// Apostrophes may be missing, and hyphens may be spaces.
    fn pattern(&self) -> String {
        let mut pattern = String::new();
        for c in self.plain.chars() {
            match c {
                '\'' => pattern.push_str("'?"),
                '-' => pattern.push_str("[- ]?"),
                other => pattern.push(other),
            }
        }
        if self.is_stem {
            pattern.push_str("\\w*");
        }
        pattern
    }
}

/// Whether a character is part of a word in front of or after its letters: vowel signs of Indian
/// scripts are.
fn is_mark(c: char) -> bool {
    static MARK: std::sync::LazyLock<Regex> = std::sync::LazyLock::new(|| static_regex(r"^\w$"));
    MARK.is_match(c.encode_utf8(&mut [0; 4]))
}

/// Checks a word or phrase that is to be added to a list and returns its pattern. A star at the end
/// stands for any ending. `also_elsewhere`: the word may be one of another theme too.
///
/// # Errors
/// [`EditError`] about the word, the theme's other words or other themes' words.
pub fn pattern_of(
    taxonomy: &Taxonomy,
    theme: &Theme,
    list: WordList,
    word: &str,
    also_elsewhere: bool,
) -> Result<String, EditError> {
    let entered = Entered::read(word)?;
    let pattern = entered.pattern();
    let word = readable(&pattern);
    let own = WordList::ALL.into_iter().find_map(|list| {
        let entry = finding(list.of(theme), &entered, &pattern)?;
        Some((list, readable(entry)))
    });
    if let Some((list, entry)) = own {
        return Err(EditError::Known { word, list, entry });
    }
    if list.of(theme).len() >= MOST_WORDS {
        return Err(EditError::ListFull);
    }
    let others = taxonomy.themes.iter().filter(|t| t.id != theme.id);
    for other in others.filter(|_| !also_elsewhere) {
        let mut lists = WordList::ALL.into_iter();
        if let Some(list) = lists.find(|l| finding(l.of(other), &entered, &pattern).is_some()) {
            let theme = other.name.clone();
            return Err(EditError::Elsewhere { word, theme, list });
        }
    }
    Ok(pattern)
}

/// The pattern of a list that finds all of an entered word. A stem is compared only as a whole.
fn finding<'a>(list: &'a [String], entered: &Entered, pattern: &str) -> Option<&'a String> {
    let same = list.iter().find(|known| *known == pattern);
    if same.is_some() || entered.is_stem || list.is_empty() {
        return same;
    }
    let whole = |patterns: &str| Regex::new(&format!("^(?:{patterns})$"));
    let finds = |patterns: &str| whole(patterns).is_ok_and(|r| r.is_match(&entered.plain));
    if !finds(&list.join("|")) {
        return None;
    }
    list.iter().find(|known| finds(known))
}

/// Checks the texts of a theme.
///
/// # Errors
/// [`EditError`] about the name, the descriptions or the owner.
pub fn check_texts(
    taxonomy: &Taxonomy,
    theme: &Theme,
    texts: &ThemeTexts,
) -> Result<ThemeTexts, EditError> {
    let clean = |text: &str| tidy(&text.replace('\n', " ")).into_owned();
    let owner = texts.owner.as_deref().map(clean).unwrap_or_default();
    let clean = ThemeTexts {
        name: clean(&texts.name),
        said_well: clean(&texts.said_well),
        said_badly: clean(&texts.said_badly),
        owner: (theme.control == Control::Process).then_some(owner),
    };
    let length = |text: &str| text.chars().count();
    if clean.name.is_empty() {
        return Err(EditError::NameMissing);
    }
    if length(&clean.name) > LONGEST_NAME {
        return Err(EditError::NameTooLong);
    }
    let same = |t: &&Theme| t.id != theme.id && t.name.to_lowercase() == clean.name.to_lowercase();
    if let Some(other) = taxonomy.themes.iter().find(same) {
        return Err(EditError::NameTaken(other.name.clone()));
    }
    let descriptions = [&clean.said_well, &clean.said_badly];
    if descriptions.iter().any(|text| text.is_empty()) {
        return Err(EditError::DescriptionMissing);
    }
    if descriptions.iter().any(|text| length(text) > LONGEST_TEXT) {
        return Err(EditError::DescriptionTooLong);
    }
    match &clean.owner {
        Some(owner) if owner.is_empty() => Err(EditError::OwnerMissing),
        Some(owner) if length(owner) > LONGEST_NAME => Err(EditError::NameTooLong),
        _ => Ok(ThemeTexts {
            // What the form does not offer stays.
            owner: clean.owner.or_else(|| theme.owner.clone()),
            ..clean
        }),
    }
}

/// Whether a pattern is a word or phrase that somebody can read as it is, perhaps with any ending.
pub fn is_readable(pattern: &str) -> bool {
    !readable(pattern).contains(['\\', '(', ')', '[', ']', '|', '?', '+', '{', '^', '$', '.'])
}

/// A pattern for people: a star for any ending, hyphens and apostrophes as they are written.
pub fn readable(pattern: &str) -> String {
    pattern
        .replace("\\w*", "*")
        .replace("'?", "'")
        .replace("[- ]?", "-")
        .replace("[- ]", "-")
        .replace("\\-", "-")
        .replace("\\ ", " ")
        .replace("\\.", ".")
        .replace("\\&", "&")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{lexicon::Lexicon, tagger, taxonomy_edit::TaxonomyEdit};

    fn shipped() -> Taxonomy {
        Taxonomy::shipped().clone()
    }

    fn add(theme: &str, list: WordList, word: &str) -> Result<String, EditError> {
        let taxonomy = shipped();
        let theme = taxonomy.theme(theme).expect("theme");
        pattern_of(&taxonomy, theme, list, word, false)
    }

    #[test]
    fn words_become_patterns_and_stay_readable() {
        for (word, pattern, shown) in [
            (" Cup  Of TEA ", "cup of tea", "cup of tea"),
            ("teapot*", "teapot\\w*", "teapot*"),
            (
                "couldn\u{2019}t bother",
                "couldn'?t bother",
                "couldn't bother",
            ),
            ("half-hearted", "half[- ]?hearted", "half-hearted"),
            ("उत्तम सेवा", "उत्तम सेवा", "उत्तम सेवा"),
        ] {
            let made = add("warmth", WordList::Positive, word).expect(word);
            assert_eq!((made.as_str(), readable(&made).as_str()), (pattern, shown));
            assert!(is_readable(&made), "{made}");
        }
        assert!(!is_readable("polit(e\\w*|er)"));
    }

    #[test]
    fn unusable_words_are_refused_with_the_reason() {
        for (word, error) in [
            ("  ", EditError::NoWord),
            ("*", EditError::NoWord),
            ("x", EditError::WordTooShort),
            ("(a|b)", EditError::Signs),
            ("good.", EditError::Signs),
            ("re*fund", EditError::Signs),
            ("👍", EditError::Signs),
        ] {
            assert_eq!(
                add("warmth", WordList::Positive, word),
                Err(error),
                "{word}"
            );
        }
        let long = "long ".repeat(20);
        assert_eq!(
            add("warmth", WordList::Aspect, &long),
            Err(EditError::WordTooLong)
        );
    }

    #[test]
    fn a_word_that_is_found_already_names_where() {
        let known = add("courtesy", WordList::Positive, "politest");
        let EditError::Known { list, entry, .. } = known.expect_err("known") else {
            panic!("another error");
        };
        assert_eq!(
            (list, entry.as_str()),
            (WordList::Positive, "polit(e*|er|est)")
        );
        let elsewhere = add("warmth", WordList::Negative, "arrogant").expect_err("elsewhere");
        let expected = EditError::Elsewhere {
            word: "arrogant".to_owned(),
            theme: "Courtesy and respect".to_owned(),
            list: WordList::Negative,
        };
        assert_eq!(elsewhere, expected);
        let taxonomy = shipped();
        let warmth = taxonomy.theme("warmth").expect("theme");
        let both = pattern_of(&taxonomy, warmth, WordList::Negative, "arrogant", true);
        assert_eq!(both.as_deref(), Ok("arrogant"));
    }

    #[test]
    fn texts_are_checked() {
        let taxonomy = shipped();
        let theme = taxonomy.theme("warmth").expect("theme");
        let texts = |change: fn(&mut ThemeTexts)| {
            let mut texts = ThemeTexts::of(theme);
            change(&mut texts);
            check_texts(&taxonomy, theme, &texts)
        };
        assert_eq!(texts(|t| t.name = " ".into()), Err(EditError::NameMissing));
        assert_eq!(
            texts(|t| t.name = "x".repeat(61)),
            Err(EditError::NameTooLong)
        );
        assert!(matches!(
            texts(|t| t.name = "courtesy AND respect".into()),
            Err(EditError::NameTaken(_))
        ));
        assert_eq!(
            texts(|t| t.said_well = String::new()),
            Err(EditError::DescriptionMissing)
        );
        // Agents' themes have no owner.
        let owned = texts(|t| t.owner = Some("Billing".into())).expect("taken");
        assert_eq!(owned.owner, None);
    }

    #[test]
    fn an_added_word_is_found_in_comments() {
        for (word, comment) in [
            ("teapot*", "they sent me teapots"),
            ("couldn't bother", "she couldnt bother"),
            ("half-hearted", "a half hearted try"),
        ] {
            let mut taxonomy = shipped();
            let pattern = add("warmth", WordList::Negative, word).expect(word);
            let edit = TaxonomyEdit::AddWord {
                theme: "warmth".to_owned(),
                list: WordList::Negative,
                pattern,
            };
            assert!(edit.apply(&mut taxonomy));
            assert!(!edit.apply(&mut taxonomy), "a second time has no effect");
            let lexicon = Lexicon::new(taxonomy.into()).expect("compiles");
            let found = tagger::tag(comment, None, &lexicon).mentions;
            assert!(
                found.iter().any(|m| m.theme == "warmth"),
                "{comment}: {found:?}"
            );
        }
    }
}
