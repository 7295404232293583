//! Published questionnaires.

use serde::Serialize;
use utoipa::ToSchema;

use super::{
    error::{AssessmentError, Result},
    questionnaire::Questionnaire,
    store,
};
use crate::{
    audit,
    db::DbConnection,
    types::{Id, Instant, Json},
};

/// Publishes a questionnaire for an organisation. Publishing the same content again returns the
/// same id.
///
/// # Errors
/// [`AssessmentError::VersionTaken`] when this version exists with other content.
pub fn publish(
    c: &mut DbConnection,
    organisation: Id,
    q: &Questionnaire,
    by: &str,
    now: Instant,
) -> Result<Id> {
    let content_hash = q.content_hash()?;
    if let Some(existing) = store::find_version(c, organisation, &q.slug, q.version)? {
        if existing.content_hash == content_hash {
            return Ok(existing.id);
        }
        return Err(AssessmentError::VersionTaken {
            slug: q.slug.clone(),
            version: q.version,
        });
    }
    let row = store::PublishedRow {
        organisation_id: organisation,
        id: Id::new(),
        slug: q.slug.clone(),
        version: q.version,
        title: q.title.clone(),
        content: Json::of(q)?,
        content_hash,
        published_at: now,
    };
    store::insert_questionnaire(c, &row)?;
    let event = audit::Event::new(
        organisation,
        by,
        "questionnaire.published",
        ("questionnaire", row.id),
    )
    .detail(
        serde_json::json!({ "slug": row.slug, "version": row.version, "hash": row.content_hash }),
    );
    audit::record(c, event, now)?;
    Ok(row.id)
}

/// A published questionnaire in a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PublishedTitle {
    pub id: Id,
    #[schema(example = "Service attitude questionnaire")]
    pub title: String,
    #[schema(example = 1)]
    pub version: i32,
}

/// Published questionnaires by slug, newest version first.
pub fn published(c: &mut DbConnection, organisation: Id) -> Result<Vec<PublishedTitle>> {
    let rows = store::questionnaires(c, organisation)?;
    Ok(rows
        .into_iter()
        .map(|r| PublishedTitle {
            id: r.id,
            title: r.title,
            version: r.version,
        })
        .collect())
}

/// Content of a published questionnaire.
///
/// # Errors
/// [`AssessmentError::NoQuestionnaire`].
pub fn questionnaire(c: &mut DbConnection, organisation: Id, id: Id) -> Result<Questionnaire> {
    let row =
        store::find_questionnaire(c, organisation, id)?.ok_or(AssessmentError::NoQuestionnaire)?;
    Ok(row.content.read()?)
}
