//! Edits of a taxonomy one by one: a word more or less, another name. Pure.
//!
//! The edited taxonomy is written as TOML that means the same in everything that was not edited.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::taxonomy::{Control, Taxonomy, Theme};
use crate::{
    locale::{Localised, Message},
    msg,
};

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

    fn shipped() -> Taxonomy {
        Taxonomy::shipped().clone()
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
