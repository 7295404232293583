//! A questionnaire as a plain value that can be frozen; `reading` beside it makes it from a file.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{audit::hex, psychometrics::responses::Scale};

/// The questionnaire that ships with the program.
pub const SERVICE_ATTITUDE: &str = include_str!("../../questionnaires/service-attitude.toml");

/// A checked questionnaire. What is stored when it is published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Questionnaire {
    pub slug: String,
    pub version: i32,
    pub locale: String,
    pub title: String,
    pub minutes: u32,
    pub items_per_page: usize,
    pub scale: Scale,
    pub labels: Vec<String>,
    pub text: Texts,
    pub norm: NormSource,
    pub quality: Quality,
    pub facets: Vec<Facet>,
    /// In the order asked, instructed items among them.
    pub items: Vec<Item>,
    /// The same questionnaire in other languages, by locale. Absent from versions published before there were any.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub translations: BTreeMap<String, Translation>,
}

/// Everything a candidate reads, in another language. Nothing of it changes a score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Translation {
    pub title: String,
    pub labels: Vec<String>,
    pub text: Texts,
    /// Statement by item id; every item, instructed ones too.
    pub items: BTreeMap<String, String>,
    /// Words by facet id; every facet.
    pub facets: BTreeMap<String, FacetWords>,
}

/// A facet in another language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FacetWords {
    pub name: String,
    pub definition: String,
    pub low: String,
    pub middle: String,
    pub high: String,
}

/// The sentences a candidate reads, in the questionnaire's locale.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Texts {
    pub intro: String,
    pub measures: String,
    #[serde(rename = "use")]
    pub usage: String,
    pub rights: String,
    pub instruction: String,
    pub done: String,
}

/// The norm of stage 1: expected by theory, and said to be so.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NormSource {
    pub name: String,
    pub source: String,
    /// Mean and standard deviation of a facet's keyed item mean, on the answer scale.
    pub mean: f64,
    pub sd: f64,
    /// Assumed correlation between facets.
    pub facet_correlation: f64,
    /// Reliability assumed for a facet until it has been measured.
    pub reliability: f64,
}

/// When an answering pattern is worth a second look.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quality {
    /// Faster than this on average cannot have been read.
    pub seconds_per_item: f64,
    /// A run of equal answers this long.
    pub longstring: usize,
}

/// One of the attitudes measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facet {
    pub id: String,
    pub name: String,
    /// Rational weight in the composite.
    pub weight: f64,
    pub definition: String,
    /// What low, middle and high look like at work.
    pub low: String,
    pub middle: String,
    pub high: String,
    pub interview: Vec<String>,
}

/// One statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    pub id: String,
    pub text: String,
    pub kind: ItemKind,
}

/// What an answer to a statement says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// More or, reversed, less of a facet.
    Facet { facet: String, reversed: bool },
    /// Whether the statement was read; never scored.
    Instructed { expected: i32 },
}

impl Questionnaire {
    /// The questionnaire as somebody reads it who asks for `languages`, best first (`de-AT` takes `de`): the first
    /// there is, else its own. Items, facets and scoring stay what they are.
    pub fn in_language(&self, languages: &[String]) -> Self {
        let mut shown = self.clone();
        let is = |asked: &str, locale: &str| {
            let (asked, locale) = (asked.to_lowercase(), locale.to_lowercase());
            asked == locale || asked.split('-').next() == Some(locale.as_str())
        };
        for asked in languages {
            if is(asked, &self.locale) {
                break;
            }
            let Some((locale, t)) = self
                .translations
                .iter()
                .find(|(locale, _)| is(asked, locale))
            else {
                continue;
            };
            shown.locale.clone_from(locale);
            shown.title.clone_from(&t.title);
            shown.labels.clone_from(&t.labels);
            shown.text.clone_from(&t.text);
            for item in &mut shown.items {
                if let Some(text) = t.items.get(&item.id) {
                    item.text.clone_from(text);
                }
            }
            for facet in &mut shown.facets {
                if let Some(words) = t.facets.get(&facet.id) {
                    facet.name.clone_from(&words.name);
                    facet.definition.clone_from(&words.definition);
                    facet.low.clone_from(&words.low);
                    facet.middle.clone_from(&words.middle);
                    facet.high.clone_from(&words.high);
                }
            }
            break;
        }
        shown
    }

    /// SHA-256 of the checked content: two files of one hash ask and score the same.
    ///
    /// # Errors
    /// When a number in it cannot be written as JSON.
    pub fn content_hash(&self) -> Result<String, serde_json::Error> {
        Ok(hex(&Sha256::digest(serde_json::to_vec(self)?)))
    }

    /// Number of pages.
    pub fn pages(&self) -> usize {
        self.items.len().div_ceil(self.items_per_page)
    }

    /// The statements of page `page`, from 1. Empty past the end.
    pub fn page(&self, page: usize) -> &[Item] {
        let start = page
            .saturating_sub(1)
            .saturating_mul(self.items_per_page)
            .min(self.items.len());
        let end = start
            .saturating_add(self.items_per_page)
            .min(self.items.len());
        if page == 0 {
            &[]
        } else {
            &self.items[start..end]
        }
    }

    /// The statement with this id.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }
}
