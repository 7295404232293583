//! Models trained on an organisation's annotations.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    annotation::AnnotatedTheme,
    cache::Cache,
    error::{MIN_READ, Result, TaggingError},
    store, taxonomies,
};
use crate::{
    db::DbConnection,
    text::{
        classifier::{
            model::{Classifier, ThemeModel},
            training::{self, Example, Options},
        },
        lexicon::Lexicon,
        tagger,
        taxonomy::Taxonomy,
    },
    types::{Id, Instant},
};

/// Models ready for use, by organisation, version of the model and of the taxonomy.
static READY: Cache<(Id, i32, i32), Classifier> = Cache::new();

/// The model in force, ready for this taxonomy.
pub(super) fn classifier(
    c: &mut DbConnection,
    organisation: Id,
    taxonomy: &Taxonomy,
) -> Result<Option<Arc<Classifier>>> {
    let Some(version) = store::newest_model_version(c, organisation)? else {
        return Ok(None);
    };
    let key = (organisation, version, taxonomy.version);
    if let Some(known) = READY.get(&key) {
        return Ok(Some(known));
    }
    let Some(content) = store::find_model(c, organisation, version)? else {
        return Ok(None);
    };
    let model: ThemeModel = serde_json::from_str(&content)?;
    // Until a model of other words is trained again, the words decide alone.
    let Ok(ready) = Classifier::new(model, taxonomy) else {
        return Ok(None);
    };
    let ready = Arc::new(ready);
    READY.insert(key, &ready);
    Ok(Some(ready))
}

/// The newest annotation of each clause, as training examples.
fn examples(c: &mut DbConnection, organisation: Id, lexicon: &Lexicon) -> Result<Vec<Example>> {
    let mut newest: BTreeMap<String, store::AnnotationRow> = BTreeMap::new();
    for row in store::annotations(c, organisation)? {
        newest.insert(row.clause_key.clone(), row);
    }
    newest
        .into_values()
        .map(|row| {
            let themes: Vec<AnnotatedTheme> = row.themes.read()?;
            Ok(Example {
                mentions: tagger::tag(&row.clause_text, None, lexicon).mentions,
                labels: themes.into_iter().map(|t| t.theme).collect(),
                text: row.clause_text,
                fold: None,
            })
        })
        .collect()
}

/// Trains a model and puts it in force; it decides on the themes where it beats the words. Takes
/// long and holds no transaction.
///
/// # Errors
/// [`TaggingError::TooFew`].
pub fn learn(c: &mut DbConnection, organisation: Id, now: Instant) -> Result<ThemeModel> {
    let lexicon = taxonomies::lexicon(c, organisation)?;
    let examples = examples(c, organisation, &lexicon)?;
    if examples.len() < MIN_READ {
        return Err(TaggingError::TooFew(examples.len()));
    }
    let options = Options {
        several: true,
        folds: 5,
        seed: 1,
    };
    let model = training::train(&examples, lexicon.taxonomy(), options, |_, _| {})
        .map_err(|_e| TaggingError::TooFew(examples.len()))?;
    let version = store::newest_model_version(c, organisation)?.unwrap_or(0) + 1;
    store::insert_model(
        c,
        organisation,
        version,
        &serde_json::to_string(&model)?,
        now,
    )?;
    Ok(model)
}

/// The model in force.
pub fn model(c: &mut DbConnection, organisation: Id) -> Result<Option<ThemeModel>> {
    let Some(version) = store::newest_model_version(c, organisation)? else {
        return Ok(None);
    };
    let content = store::find_model(c, organisation, version)?;
    Ok(content
        .map(|text| serde_json::from_str(&text))
        .transpose()?)
}
