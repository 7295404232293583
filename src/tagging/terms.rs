//! New words for a theme, proposed from annotations; a person decides on them.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{annotation::AnnotatedTheme, error::Result, store, taxonomies};
use crate::{
    db::DbConnection,
    stats::log_odds::log_odds,
    text::{mention::Polarity, normalise::fold, tagger},
    types::Id,
};

/// Annotations that must share a term.
const MIN_READINGS: u64 = 3;
/// z of its log odds.
const MIN_Z: f64 = 2.0;
/// Weight of the prior: annotations are few and short.
const PRIOR_WORDS: f64 = 50.0;

/// A word or pair of words that is frequent where people annotated a theme that the words missed.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Proposed {
    pub theme: String,
    pub polarity: Polarity,
    pub term: String,
    /// Annotations that have the term.
    #[serde(rename = "readings")]
    pub annotations: u64,
    pub z: f64,
}

/// Terms that at least three annotations share in which a person saw a theme and polarity that the
/// words had missed, and that are more frequent there than in other annotations (z above 2).
pub fn proposed(c: &mut DbConnection, organisation: Id) -> Result<Vec<Proposed>> {
    let lexicon = taxonomies::lexicon(c, organisation)?;
    let mut annotations: BTreeMap<String, (Vec<AnnotatedTheme>, String)> = BTreeMap::new();
    for row in store::annotations(c, organisation)? {
        annotations.insert(row.clause_key, (row.themes.read()?, row.clause_text));
    }
    let grams: Vec<(Vec<AnnotatedTheme>, BTreeSet<String>, Vec<AnnotatedTheme>)> = annotations
        .into_values()
        .map(|(annotated, clause)| {
            let known = tagger::tag(&clause, None, &lexicon).mentions.into_iter();
            let known = known.map(AnnotatedTheme::from);
            (annotated, terms_of(&clause), known.collect())
        })
        .collect();
    let wanted: BTreeSet<AnnotatedTheme> = grams
        .iter()
        .flat_map(|(annotated, _, known)| annotated.iter().filter(|t| !known.contains(t)).cloned())
        .filter(|t| t.polarity.mood() != 0)
        .collect();
    let mut found = Vec::new();
    for want in wanted {
        let (mut inside, mut outside) = (BTreeMap::new(), BTreeMap::new());
        for (annotated, terms, known) in &grams {
            let missed = annotated.contains(&want) && !known.contains(&want);
            let counts = if missed { &mut inside } else { &mut outside };
            for term in terms {
                *counts.entry(term.clone()).or_default() += 1;
            }
        }
        let standing_out = log_odds(&outside, &inside, PRIOR_WORDS);
        found.extend(
            standing_out
                .into_iter()
                .filter(|t| t.after >= MIN_READINGS && t.z > MIN_Z)
                .map(|t| Proposed {
                    theme: want.theme.clone(),
                    polarity: want.polarity,
                    annotations: t.after,
                    term: t.word,
                    z: t.z,
                }),
        );
    }
    found.sort_by(|a, b| b.z.total_cmp(&a.z).then_with(|| a.term.cmp(&b.term)));
    found.truncate(30);
    Ok(found)
}

/// Words of three letters and more, and pairs of words, each once.
fn terms_of(clause: &str) -> BTreeSet<String> {
    let folded = fold(clause);
    let words: Vec<&str> = folded
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|w| !w.is_empty())
        .collect();
    let single = words
        .iter()
        .filter(|w| w.chars().count() >= 3)
        .map(|w| (*w).to_owned());
    let pairs = words.windows(2).map(|pair| pair.join(" "));
    single.chain(pairs).collect()
}
