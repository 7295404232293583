//! Annotations: what people read in single clauses.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{
    error::{MIN_READ, MOST_THEMES, Result, TaggingError},
    jobs::TrainModel,
    sampling::Sampling,
    store, taxonomies,
};
use crate::{
    accounts::Actor,
    db::DbConnection,
    queue,
    text::{
        entered,
        mention::{Polarity, ThemeMention},
        normalise::fold,
        tagger,
    },
    types::{Id, Instant, Json, hex},
};

/// A model is trained again after so many more annotated clauses.
const EVERY: usize = 25;

/// A theme that a person annotated.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
pub struct AnnotatedTheme {
    pub theme: String,
    // `pole` in what was stored before 2026-11-26.
    #[serde(alias = "pole")]
    pub polarity: Polarity,
}

impl From<ThemeMention> for AnnotatedTheme {
    fn from(mention: ThemeMention) -> Self {
        Self {
            theme: mention.theme,
            polarity: mention.polarity,
        }
    }
}

/// The key of a clause, whatever its capitals, spaces and punctuation: the same words have the same
/// annotation.
pub fn clause_key(clause: &str) -> String {
    let folded = fold(clause);
    let words: Vec<&str> = folded
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|w| !w.is_empty())
        .collect();
    // Without a word ("👍") the characters themselves are the content.
    let content = if words.is_empty() {
        clause.trim().to_owned()
    } else {
        words.join(" ")
    };
    let digest = Sha256::digest(content.as_bytes());
    hex(&digest[..16])
}

/// A person's annotation of a clause.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAnnotation {
    pub clause: String,
    /// All themes in it; none where there are none.
    pub themes: Vec<AnnotatedTheme>,
    #[serde(default)]
    pub why: String,
    #[serde(default)]
    #[serde(alias = "sampled")]
    pub sampling: Option<Sampling>,
}

/// Stores an annotation. It is final for every clause with the same words; the caller has the
/// comments tagged again.
///
/// # Errors
/// [`TaggingError::Clause`], [`TaggingError::Themes`] or [`TaggingError::NoTheme`].
pub fn save_annotation(
    c: &mut DbConnection,
    actor: &Actor,
    new: &NewAnnotation,
    now: Instant,
) -> Result<()> {
    let lexicon = taxonomies::lexicon(c, actor.organisation)?;
    let clause = new.clause.replace('\0', "");
    let clause = clause.trim();
    if clause.is_empty() || clause.chars().count() > 8_000 {
        return Err(TaggingError::Clause);
    }
    let mut themes = new.themes.clone();
    themes.sort();
    if themes.len() > MOST_THEMES || themes.windows(2).any(|w| w[0].theme == w[1].theme) {
        return Err(TaggingError::Themes);
    }
    if let Some(unknown) = themes
        .iter()
        .find(|t| lexicon.taxonomy().theme(&t.theme).is_none())
    {
        return Err(TaggingError::NoTheme(
            unknown.theme.chars().take(100).collect(),
        ));
    }
    let shown: Vec<AnnotatedTheme> = tagger::tag(clause, None, &lexicon)
        .mentions
        .into_iter()
        .map(AnnotatedTheme::from)
        .collect();
    let id = Id::new();
    store::insert_annotation(
        c,
        &store::AnnotationRow {
            organisation_id: actor.organisation,
            id,
            clause_key: clause_key(clause),
            clause_text: clause.to_owned(),
            themes: Json::of(&themes)?,
            lexicon_themes: Json::of(&shown)?,
            sampling: new.sampling.unwrap_or(Sampling::Purposive),
            reason: entered::line(&new.why).chars().take(500).collect(),
            created_by: actor.label(),
            created_at: now,
        },
    )?;
    actor.record(c, "clause.read", ("taxonomy", id.to_string()), now)?;
    let read = store::annotated_clauses(c, actor.organisation)?;
    if read >= MIN_READ && read.is_multiple_of(EVERY) {
        queue::enqueue(c, actor.organisation, &TrainModel {}, now)?;
    }
    Ok(())
}

/// All annotations, oldest first.
pub fn annotations(c: &mut DbConnection, organisation: Id) -> Result<Vec<store::AnnotationRow>> {
    Ok(store::annotations(c, organisation)?)
}

/// Number of different clauses with an annotation.
pub fn annotated_clauses(c: &mut DbConnection, organisation: Id) -> Result<usize> {
    Ok(store::annotated_clauses(c, organisation)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_words_have_the_same_key() {
        assert_eq!(clause_key("She was  KIND!"), clause_key("she was kind"));
        assert_ne!(clause_key("she was kind"), clause_key("she was not kind"));
        assert_ne!(clause_key("can't"), clause_key("cant"));
        assert_ne!(clause_key("👍"), clause_key("👎"));
    }
}
