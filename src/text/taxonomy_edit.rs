//! Edits of a taxonomy one by one: a word more or less, another name. Pure.
//!
//! A word or phrase is entered as people write it and becomes a pattern; patterns that experts wrote
//! can be removed like any other. The edited taxonomy is written as TOML that means the same in
//! everything that was not edited.

use std::collections::HashSet;

use regex::Regex;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    normalise::{fold, tidy},
    taxonomy::{Control, Taxonomy, Theme},
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

/// A list of a theme's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum WordList {
    /// Praise.
    Positive,
    /// Complaints.
    Negative,
    /// Name the theme without a polarity.
    Aspect,
    /// Name what customers want: a complaint where it is missing.
    Wanted,
    /// Name what customers do not want: praise where it is missing.
    Trouble,
}

impl WordList {
    /// All lists, in the order of pages.
    pub const ALL: [Self; 5] = [
        Self::Positive,
        Self::Negative,
        Self::Aspect,
        Self::Wanted,
        Self::Trouble,
    ];

    /// Stable name: the key in TOML.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Positive => "positive",
            Self::Negative => "negative",
            Self::Aspect => "aspect",
            Self::Wanted => "wanted",
            Self::Trouble => "trouble",
        }
    }

    /// The list with this stable name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.as_str() == name)
    }

    /// The patterns of this list.
    pub fn of(self, theme: &Theme) -> &Vec<String> {
        match self {
            Self::Positive => &theme.positive,
            Self::Negative => &theme.negative,
            Self::Aspect => &theme.aspect,
            Self::Wanted => &theme.wanted,
            Self::Trouble => &theme.trouble,
        }
    }

    fn of_mut(self, theme: &mut Theme) -> &mut Vec<String> {
        match self {
            Self::Positive => &mut theme.positive,
            Self::Negative => &mut theme.negative,
            Self::Aspect => &mut theme.aspect,
            Self::Wanted => &mut theme.wanted,
            Self::Trouble => &mut theme.trouble,
        }
    }
}

impl Localised for WordList {
    fn message(&self) -> Message {
        match self {
            Self::Positive => msg!("word-list-positive"),
            Self::Negative => msg!("word-list-negative"),
            Self::Aspect => msg!("word-list-aspect"),
            Self::Wanted => msg!("word-list-wanted"),
            Self::Trouble => msg!("word-list-trouble"),
        }
    }
}

/// Name and descriptions of a theme.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ThemeTexts {
    #[schema(example = "Billing and payment")]
    pub name: String,
    /// What praise of the theme is about, for a sentence.
    #[schema(example = "clear bills")]
    pub said_well: String,
    /// What complaints about the theme are about, for a sentence.
    #[schema(example = "wrong or unclear bills")]
    pub said_badly: String,
    /// Department that owns a process theme; null for other themes.
    #[serde(default)]
    #[schema(example = "Billing")]
    pub owner: Option<String>,
}

impl ThemeTexts {
    /// The texts of a theme.
    pub fn of(theme: &Theme) -> Self {
        Self {
            name: theme.name.clone(),
            said_well: theme.said_well.clone(),
            said_badly: theme.said_badly.clone(),
            owner: theme.owner.clone(),
        }
    }
}

/// One edit of a theme.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum TaxonomyEdit {
    AddWord {
        theme: String,
        list: WordList,
        /// As in the taxonomy.
        #[schema(example = "refund\\w*")]
        pattern: String,
    },
    RemoveWord {
        theme: String,
        list: WordList,
        pattern: String,
    },
    /// Other texts.
    Describe { theme: String, texts: ThemeTexts },
}

impl TaxonomyEdit {
    /// Id of the edited theme.
    pub fn theme(&self) -> &str {
        match self {
            Self::AddWord { theme, .. }
            | Self::RemoveWord { theme, .. }
            | Self::Describe { theme, .. } => theme,
        }
    }

    /// Applies the edit. `false` if it has no effect: its theme or word is gone, or it was made
    /// already.
    pub fn apply(&self, taxonomy: &mut Taxonomy) -> bool {
        let theme = taxonomy.themes.iter_mut().find(|t| t.id == self.theme());
        let Some(theme) = theme else { return false };
        match self {
            Self::AddWord { list, pattern, .. } => {
                let words = list.of_mut(theme);
                let is_new = !words.contains(pattern);
                if is_new {
                    words.push(pattern.clone());
                }
                is_new
            }
            Self::RemoveWord { list, pattern, .. } => {
                let words = list.of_mut(theme);
                let before = words.len();
                words.retain(|word| word != pattern);
                words.len() < before
            }
            Self::Describe { texts, .. } => {
                if ThemeTexts::of(theme) == *texts {
                    return false;
                }
                theme.name.clone_from(&texts.name);
                theme.said_well.clone_from(&texts.said_well);
                theme.said_badly.clone_from(&texts.said_badly);
                if theme.control == Control::Process {
                    theme.owner.clone_from(&texts.owner);
                }
                true
            }
        }
    }
}

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
    static MARK: std::sync::LazyLock<Regex> =
        std::sync::LazyLock::new(|| super::matcher::static_regex(r"^\w$"));
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

/// A taxonomy as TOML. Comments at the head of `source`, which it was read from, stay; others are
/// lost.
pub fn write(taxonomy: &Taxonomy, source: &str) -> Result<String, toml::ser::Error> {
    let head = crate::toml_file::head(source);
    Ok(format!("{head}{}", toml::to_string_pretty(taxonomy)?))
}

/// Number of different words and phrases of a theme.
pub fn count_words(theme: &Theme) -> usize {
    let all: HashSet<&String> = theme.lists().into_iter().flatten().collect();
    all.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::{lexicon::Lexicon, tagger};

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

    #[test]
    fn an_edit_of_a_theme_that_is_gone_has_no_effect() {
        let mut taxonomy = shipped();
        let edit = TaxonomyEdit::RemoveWord {
            theme: "gone".to_owned(),
            list: WordList::Positive,
            pattern: "x".to_owned(),
        };
        assert!(!edit.apply(&mut taxonomy));
        assert_eq!(&taxonomy, Taxonomy::shipped());
    }

    fn edits() -> impl Strategy<Value = TaxonomyEdit> {
        let themes = shipped().themes;
        (
            prop::sample::select(themes),
            0..5_usize,
            "[a-z '\"\\\\é😀#]{0,12}",
            0..4_usize,
        )
            .prop_map(|(theme, list, text, kind)| {
                let (id, list) = (theme.id.clone(), WordList::ALL[list]);
                match (kind, list.of(&theme).first()) {
                    (0, Some(first)) => TaxonomyEdit::RemoveWord {
                        theme: id,
                        list,
                        pattern: first.clone(),
                    },
                    (1, _) => TaxonomyEdit::Describe {
                        theme: id,
                        texts: ThemeTexts {
                            name: text.clone(),
                            said_badly: text,
                            ..ThemeTexts::of(&theme)
                        },
                    },
                    _ => TaxonomyEdit::AddWord {
                        theme: id,
                        list,
                        pattern: regex::escape(&text),
                    },
                }
            })
    }

    proptest! {
        #[test]
        fn writing_and_parsing_keeps_everything(edits in prop::collection::vec(edits(), 0..6)) {
            let mut taxonomy = shipped();
            for edit in &edits {
                edit.apply(&mut taxonomy);
            }
            let written = write(&taxonomy, Taxonomy::SHIPPED_SOURCE).expect("written");
            prop_assert_eq!(&Taxonomy::parse(&written).expect("parsed"), &taxonomy);
            prop_assert!(written.starts_with("# The theme taxonomy"));
            // What no edit names is as it was.
            for theme in &Taxonomy::shipped().themes {
                if !edits.iter().any(|edit| edit.theme() == theme.id) {
                    prop_assert_eq!(taxonomy.theme(&theme.id), Some(theme));
                }
            }
            prop_assert_eq!(&taxonomy.general, &Taxonomy::shipped().general);
            prop_assert_eq!(&taxonomy.idioms, &Taxonomy::shipped().idioms);
        }
    }
}
