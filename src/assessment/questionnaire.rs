//! Questionnaire model. `questionnaire_file` parses it from TOML.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{psychometrics::responses::Scale, types::hex};

/// The questionnaire shipped with Rapport.
pub const SERVICE_ATTITUDE: &str = include_str!("../../questionnaires/service-attitude.toml");

/// A validated questionnaire, as stored when published.
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
    /// Items in presentation order, including instructed items.
    pub items: Vec<Item>,
    /// Translations by locale. Missing in versions published before translations existed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub translations: BTreeMap<String, Translation>,
}

/// All texts a candidate reads in another language; translations do not affect scores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Translation {
    pub title: String,
    pub labels: Vec<String>,
    pub text: Texts,
    /// Statement by item id, for every item including instructed ones.
    pub items: BTreeMap<String, String>,
    /// Texts by facet id, for every facet.
    pub facets: BTreeMap<String, FacetWords>,
}

/// Texts of a facet in another language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FacetWords {
    pub name: String,
    pub definition: String,
    pub low: String,
    pub middle: String,
    pub high: String,
}

/// Texts a candidate reads, in the questionnaire's locale.
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

/// Theoretical norm of provisional scores.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NormSource {
    pub name: String,
    pub source: String,
    /// Mean and standard deviation of the keyed item mean of a facet, on the answer scale.
    pub mean: f64,
    pub sd: f64,
    /// Assumed correlation between facets.
    pub facet_correlation: f64,
    /// Assumed reliability of a facet until it is estimated.
    pub reliability: f64,
}

/// Thresholds for flagging careless answers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quality {
    /// Average time below which the statements cannot have been read.
    pub seconds_per_item: f64,
    /// Length of a run of equal answers that is flagged.
    pub longstring: usize,
}

/// An attitude measured by the questionnaire.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facet {
    pub id: String,
    pub name: String,
    /// Rational weight in the composite.
    pub weight: f64,
    pub definition: String,
    /// Behaviour at work with low, middle and high scores.
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

/// Purpose of a statement.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemKind {
    /// Measures a facet, reverse-scored if `reversed`.
    Facet { facet: String, reversed: bool },
    /// Attention check; never scored.
    Instructed { expected: i32 },
}

impl Questionnaire {
    /// Translates the questionnaire to the first available of the requested `languages`, best first
    /// (`de-AT` matches `de`); otherwise returns it unchanged. Items, facets and scoring are the
    /// same.
    pub fn in_language(&self, languages: &[String]) -> Self {
        let mut translated = self.clone();
        let matches = |requested: &str, locale: &str| {
            let (requested, locale) = (requested.to_lowercase(), locale.to_lowercase());
            requested == locale || requested.split('-').next() == Some(locale.as_str())
        };
        for requested in languages {
            if matches(requested, &self.locale) {
                break;
            }
            let Some((locale, t)) = self
                .translations
                .iter()
                .find(|(locale, _)| matches(requested, locale))
            else {
                continue;
            };
            translated.locale.clone_from(locale);
            translated.title.clone_from(&t.title);
            translated.labels.clone_from(&t.labels);
            translated.text.clone_from(&t.text);
            for item in &mut translated.items {
                if let Some(text) = t.items.get(&item.id) {
                    item.text.clone_from(text);
                }
            }
            for facet in &mut translated.facets {
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
        translated
    }

    /// SHA-256 of the content: questionnaires with equal hashes are presented and scored alike.
    ///
    /// # Errors
    /// [`serde_json::Error`] if a number cannot be written as JSON.
    pub fn content_hash(&self) -> Result<String, serde_json::Error> {
        Ok(hex(&Sha256::digest(serde_json::to_vec(self)?)))
    }

    /// Number of pages.
    pub fn pages(&self) -> usize {
        self.items.len().div_ceil(self.items_per_page)
    }

    /// Statements of a one-based page; empty past the end.
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

    /// Statement by id.
    pub fn item(&self, id: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.id == id)
    }
}
