//! Mood models of an organisation, learned from its comments with a score.
//!
//! From 500 such comments a job trains a model ([`mood::train`]), and again when their number has
//! changed by a quarter or the words have changed. Each training is a new version. A model is used
//! only if it predicts unseen scores better than the words of praise and blame alone.

use std::sync::Arc;

use super::{cache::Cache, error::Result, store, taxonomies};
use crate::{
    db::DbConnection,
    text::{
        classifier::mood::{self, MoodClassifier, MoodModel, MoodQuality, WeightedTerm},
        mood_examples,
    },
    types::{Id, Instant},
};

/// Relative change in the number of scored comments from which the model is trained again.
const CHANGE: f64 = 0.25;
/// Words shown that go with good scores, and with others.
const SHOWN_TERMS: usize = 15;

/// Models ready for use, by organisation and version; `None` where words alone are used.
static READY: Cache<(Id, i32), Option<Arc<MoodClassifier>>> = Cache::new();

/// A version of the mood model, for pages and the API.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
pub struct MoodModelSummary {
    pub version: i32,
    pub trained_at: Instant,
    /// Comments with a score that there were.
    pub scored_comments: i64,
    /// Quality on unseen comments; null where there were too few.
    pub quality: Option<MoodQuality>,
    /// Whether moods follow from it: it predicts scores better than words alone.
    pub is_used: bool,
    /// Words and pairs of words that go most with good scores, and with others.
    pub good: Vec<WeightedTerm>,
    pub poor: Vec<WeightedTerm>,
}

fn is_better(quality: &MoodQuality) -> bool {
    quality.auc > quality.lexicon_auc
}

/// The model in use.
pub(super) fn classifier(
    c: &mut DbConnection,
    organisation: Id,
) -> Result<Option<Arc<MoodClassifier>>> {
    let Some(version) = store::newest_mood_version(c, organisation)? else {
        return Ok(None);
    };
    if let Some(known) = READY.get(&(organisation, version)) {
        return Ok(known.as_ref().clone());
    }
    let row = store::newest_mood_model(c, organisation)?;
    let model = row.as_ref().map_or(Ok(None), read)?;
    let ready = model
        .filter(|model| is_better(&model.quality))
        .and_then(MoodClassifier::new)
        .map(Arc::new);
    let version = row.map_or(version, |row| row.version);
    READY.insert((organisation, version), &Arc::new(ready.clone()));
    Ok(ready)
}

fn read(row: &store::MoodModelRow) -> Result<Option<MoodModel>> {
    let content = row.content.as_deref().map(serde_json::from_str);
    Ok(content.transpose()?)
}

/// The newest version; `None` before the first training.
pub fn summary(c: &mut DbConnection, organisation: Id) -> Result<Option<MoodModelSummary>> {
    let Some(row) = store::newest_mood_model(c, organisation)? else {
        return Ok(None);
    };
    let model = read(&row)?;
    let (good, poor) = model
        .as_ref()
        .map(|model| model.strongest(SHOWN_TERMS))
        .unwrap_or_default();
    let quality = model.map(|model| model.quality);
    Ok(Some(MoodModelSummary {
        version: row.version,
        trained_at: row.created_at,
        scored_comments: row.scored_comments,
        is_used: quality.as_ref().is_some_and(is_better),
        quality,
        good,
        poor,
    }))
}

/// Whether a training is due, given the number of comments with a score.
pub fn is_due(c: &mut DbConnection, organisation: Id, scored_comments: i64) -> Result<bool> {
    let taxonomy_version = taxonomies::taxonomy(c, organisation)?.version;
    Ok(match store::newest_mood_model(c, organisation)? {
        None => scored_comments >= mood::MIN_COMMENTS as i64,
        Some(last) => {
            let change = (scored_comments - last.scored_comments).abs() as f64;
            let too_few = scored_comments < mood::MIN_COMMENTS as i64 && last.content.is_none();
            !too_few
                && (change >= CHANGE * last.scored_comments.max(1) as f64
                    || taxonomy_version != last.taxonomy_version)
        }
    })
}

/// Result of a training.
#[derive(Debug)]
pub struct Trained {
    taxonomy_version: i32,
    model: Option<MoodModel>,
}

/// Trains a model on redacted comments, each with whether its score is good. Takes long and needs
/// no transaction.
pub fn train(
    c: &mut DbConnection,
    organisation: Id,
    comments: &[(String, bool)],
) -> Result<Trained> {
    let lexicon = taxonomies::lexicon(c, organisation)?;
    let examples = mood_examples::of(comments, &lexicon);
    Ok(Trained {
        taxonomy_version: lexicon.taxonomy().version,
        // Without a model the words decide.
        model: mood::train(&examples).ok(),
    })
}

/// Stores what a training gave as a new version. Returns whether comments may now get other moods.
pub fn save(
    c: &mut DbConnection,
    organisation: Id,
    trained: &Trained,
    scored_comments: i64,
    now: Instant,
) -> Result<bool> {
    let is_used = |model: &MoodModel| is_better(&model.quality);
    let last = store::newest_mood_model(c, organisation)?;
    let used_before = match &last {
        Some(row) => read(row)?.as_ref().is_some_and(is_used),
        None => false,
    };
    let content = trained.model.as_ref().map(serde_json::to_string);
    let row = store::MoodModelRow {
        organisation_id: organisation,
        version: last.map_or(0, |last| last.version) + 1,
        taxonomy_version: trained.taxonomy_version,
        scored_comments,
        content: content.transpose()?,
        created_at: now,
    };
    store::insert_mood_model(c, &row)?;
    Ok(used_before || trained.model.as_ref().is_some_and(is_used))
}
