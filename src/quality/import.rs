//! Imports of quality checks. A score is known by agent, day, contact and criterion: importing a
//! file again changes nothing, and another score for the same check replaces the earlier one.
//! Undoing an import restores what it replaced.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    error::{QualityError, Result},
    mapping::Mapping,
    reader::{FoundScore, RejectedRow, RejectionReason, Scorecards},
    store::{self, QualityImportRow, QualityScoreRow},
};
use crate::{
    accounts::Actor,
    audit,
    db::DbConnection,
    tagging,
    text::entered,
    types::{Id, Instant, Json},
    workforce,
};

/// Imports that are listed, the newest.
const LISTED: i64 = 100;
/// Rejected rows that are stored; the command line's file has all.
const KEPT_REJECTIONS: usize = 1_000;

/// An import of quality checks.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct QualityImport {
    pub id: Id,
    /// Name of the file.
    pub source: String,
    /// Rows of the file.
    pub rows_read: i64,
    /// Scores that are new.
    pub imported: i64,
    /// Scores that replaced an earlier one.
    pub corrected: i64,
    /// Scores that were stored already.
    pub duplicates: i64,
    /// Rows that were not imported.
    pub rejected: i64,
    pub uploaded_at: Instant,
    /// Absent while the columns of an upload are not mapped.
    pub imported_at: Option<Instant>,
    pub undone_at: Option<Instant>,
}

impl From<QualityImportRow> for QualityImport {
    fn from(row: QualityImportRow) -> Self {
        Self {
            id: row.id,
            source: row.source,
            rows_read: row.rows_read,
            imported: row.imported,
            corrected: row.corrected,
            duplicates: row.duplicates,
            rejected: row.rejected,
            uploaded_at: row.created_at,
            imported_at: row.imported_at,
            undone_at: row.undone_at,
        }
    }
}

/// Stores an uploaded file until its columns are mapped. Replaces the person's earlier upload that
/// was not mapped.
pub fn upload(
    c: &mut DbConnection,
    organisation: Id,
    by: &str,
    source: &str,
    file: &[u8],
    now: Instant,
) -> Result<Id> {
    store::delete_waiting(c, organisation, by)?;
    let row = new_import(organisation, by, source, now)?;
    store::insert_import(c, &row, Some(file))?;
    Ok(row.id)
}

fn new_import(organisation: Id, by: &str, source: &str, now: Instant) -> Result<QualityImportRow> {
    Ok(QualityImportRow {
        organisation_id: organisation,
        id: Id::new(),
        source: entered::line(source).chars().take(200).collect(),
        mapping: Json::of(&None::<Mapping>)?,
        rows_read: 0,
        imported: 0,
        corrected: 0,
        duplicates: 0,
        rejected: 0,
        rejections: Json::of(&Vec::<RejectedRow>::new())?,
        created_by: by.to_owned(),
        created_at: now,
        imported_at: None,
        undone_at: None,
    })
}

/// The newest imports, newest first, at most 100.
pub fn imports(c: &mut DbConnection, organisation: Id) -> Result<Vec<QualityImport>> {
    let rows = store::imports(c, organisation, LISTED)?;
    Ok(rows.into_iter().map(QualityImport::from).collect())
}

/// An import with its rejected rows, at most 1,000.
///
/// # Errors
/// [`QualityError::NoImport`].
pub fn import_with_rejections(
    c: &mut DbConnection,
    organisation: Id,
    id: Id,
) -> Result<(QualityImport, Vec<RejectedRow>)> {
    let row = store::find_import(c, organisation, id)?.ok_or(QualityError::NoImport)?;
    let rejections = row.rejections.clone().read()?;
    Ok((row.into(), rejections))
}

/// The mapping of the newest import that was not undone.
pub fn last_mapping(c: &mut DbConnection, organisation: Id) -> Result<Option<Mapping>> {
    for row in store::imports(c, organisation, LISTED)? {
        if row.imported_at.is_some() && row.undone_at.is_none() {
            return Ok(row.mapping.read()?);
        }
    }
    Ok(None)
}

/// An uploaded file whose columns are not mapped yet.
///
/// # Errors
/// [`QualityError::NoImport`], [`QualityError::AlreadyImported`].
pub fn waiting_file(c: &mut DbConnection, organisation: Id, id: Id) -> Result<Vec<u8>> {
    let row = store::find_import(c, organisation, id)?.ok_or(QualityError::NoImport)?;
    let file = store::file_of(c, organisation, id)?;
    file.filter(|_| row.imported_at.is_none())
        .ok_or(QualityError::AlreadyImported)
}

/// Imports what was read from an uploaded file.
///
/// # Errors
/// [`QualityError::NoImport`], [`QualityError::AlreadyImported`]; [`QualityError::Mapping`] for an
/// unknown theme.
pub fn import_waiting(
    c: &mut DbConnection,
    actor: &Actor,
    id: Id,
    mapping: &Mapping,
    found: Scorecards,
    now: Instant,
) -> Result<QualityImport> {
    let row = store::find_import(c, actor.organisation, id)?.ok_or(QualityError::NoImport)?;
    if row.imported_at.is_some() {
        return Err(QualityError::AlreadyImported);
    }
    Ok(keep(c, row, &actor.label(), mapping, found, now)?.0)
}

/// Imports what was read from a file, and returns every rejected row.
///
/// # Errors
/// [`QualityError::Mapping`] for an unknown theme.
pub fn import(
    c: &mut DbConnection,
    organisation: Id,
    by: &str,
    source: &str,
    mapping: &Mapping,
    found: Scorecards,
    now: Instant,
) -> Result<(QualityImport, Vec<RejectedRow>)> {
    let row = new_import(organisation, by, source, now)?;
    store::insert_import(c, &row, None)?;
    keep(c, row, by, mapping, found, now)
}

fn keep(
    c: &mut DbConnection,
    mut row: QualityImportRow,
    by: &str,
    mapping: &Mapping,
    found: Scorecards,
    now: Instant,
) -> Result<(QualityImport, Vec<RejectedRow>)> {
    let organisation = row.organisation_id;
    let taxonomy = tagging::taxonomy(c, organisation)?;
    mapping.check_themes(|theme| taxonomy.theme(theme).is_some())?;
    let (scores, rejected) = of_known_agents(c, organisation, row.id, found.scores)?;
    let mut rejections = found.rejected;
    rejections.extend(rejected);
    rejections.sort_by_key(|rejected| rejected.row);
    let rejected_rows = rejections.len();

    let mut fresh = Vec::new();
    let mut replaced = Vec::new();
    let mut stored = current(c, organisation, &scores)?;
    for score in scores {
        match stored.get(&key(&score)) {
            // The file names an agent by two references: the first score counts.
            Some(earlier) if earlier.import_id == row.id || same(earlier, &score) => {
                row.duplicates += 1;
                continue;
            }
            Some(earlier) => {
                row.corrected += 1;
                replaced.push(earlier.id);
            }
            None => row.imported += 1,
        }
        stored.insert(key(&score), score.clone());
        fresh.push(score);
    }
    store::set_replaced(c, organisation, &replaced, Some(row.id))?;
    store::insert_scores(c, &fresh)?;

    row.mapping = Json::of(&Some(mapping))?;
    row.rows_read = i64::try_from(found.rows_read).unwrap_or(i64::MAX);
    row.rejected = i64::try_from(rejected_rows).unwrap_or(i64::MAX);
    let kept = &rejections[..rejected_rows.min(KEPT_REJECTIONS)];
    row.rejections = Json::of(&kept)?;
    row.imported_at = Some(now);
    store::finish_import(c, &row)?;
    record_event(c, (organisation, by), "quality.imported", &row, now)?;
    Ok((row.into(), rejections))
}

/// The scores of agents who exist, and the rows of others.
fn of_known_agents(
    c: &mut DbConnection,
    organisation: Id,
    import: Id,
    found: Vec<FoundScore>,
) -> Result<(Vec<QualityScoreRow>, Vec<RejectedRow>)> {
    let agents = workforce::agents_by_reference(c, organisation)?;
    let mut unknown: BTreeMap<u64, String> = BTreeMap::new();
    let mut scores = Vec::new();
    for score in found {
        let Some(agent) = agents.get(&score.agent) else {
            unknown.insert(score.row, score.agent);
            continue;
        };
        scores.push(QualityScoreRow {
            organisation_id: organisation,
            id: Id::new(),
            import_id: import,
            agent_id: agent.id,
            checked_on: midnight(score.date),
            contact: score.contact,
            criterion: score.criterion,
            theme: score.theme,
            evaluator: score.evaluator,
            share: score.score.share,
            met: score.score.met,
            replaced_by: None,
        });
    }
    let rejected = |(row, reference)| RejectedRow {
        row,
        column: String::new(),
        reason: RejectionReason::UnknownAgent(reference),
    };
    Ok((scores, unknown.into_iter().map(rejected).collect()))
}

type Key = (Id, Instant, String, String);

fn key(score: &QualityScoreRow) -> Key {
    let (contact, criterion) = (score.contact.clone(), score.criterion.clone());
    (score.agent_id, score.checked_on, contact, criterion)
}

/// Whether two scores of the same check and criterion say the same.
fn same(earlier: &QualityScoreRow, later: &QualityScoreRow) -> bool {
    earlier.met == later.met
        && (earlier.share - later.share).abs() < 1e-9
        && earlier.theme == later.theme
        && earlier.evaluator == later.evaluator
}

/// Current scores of the days of these scores.
fn current(
    c: &mut DbConnection,
    organisation: Id,
    scores: &[QualityScoreRow],
) -> Result<BTreeMap<Key, QualityScoreRow>> {
    let days = scores.iter().map(|score| score.checked_on);
    let (Some(from), Some(to)) = (days.clone().min(), days.max()) else {
        return Ok(BTreeMap::new());
    };
    let stored = store::scores(c, organisation, None, (from, to))?;
    Ok(stored
        .into_iter()
        .map(|score| (key(&score), score))
        .collect())
}

/// Deletes the scores of an import and restores those that it replaced. Plans made from them keep
/// their figures.
///
/// # Errors
/// [`QualityError::NoImport`], [`QualityError::NotImported`], [`QualityError::AlreadyUndone`].
pub fn undo(c: &mut DbConnection, actor: &Actor, id: Id, now: Instant) -> Result<QualityImport> {
    let organisation = actor.organisation;
    let mut row = store::find_import(c, organisation, id)?.ok_or(QualityError::NoImport)?;
    if row.imported_at.is_none() {
        return Err(QualityError::NotImported);
    }
    if row.undone_at.is_some() {
        return Err(QualityError::AlreadyUndone);
    }
    // A later import may have replaced a score of this one: then it replaces the earlier one.
    let own = store::scores_of_import(c, organisation, id)?;
    let later: BTreeMap<Key, Option<Id>> = own
        .iter()
        .map(|score| (key(score), score.replaced_by))
        .collect();
    let mut restored: BTreeMap<Option<Id>, Vec<Id>> = BTreeMap::new();
    for score in store::replaced_by(c, organisation, id)? {
        let by = later.get(&key(&score)).copied().flatten();
        restored.entry(by).or_default().push(score.id);
    }
    store::delete_scores_of_import(c, organisation, id)?;
    for (by, ids) in restored {
        store::set_replaced(c, organisation, &ids, by)?;
    }
    row.undone_at = Some(now);
    store::finish_import(c, &row)?;
    let by = actor.label();
    record_event(c, (organisation, &by), "quality.import_undone", &row, now)?;
    Ok(row.into())
}

pub(super) fn midnight(day: NaiveDate) -> Instant {
    Instant(day.and_time(chrono::NaiveTime::MIN).and_utc())
}

fn record_event(
    c: &mut DbConnection,
    (organisation, by): (Id, &str),
    action: &str,
    row: &QualityImportRow,
    now: Instant,
) -> Result<()> {
    let event = audit::Event::new(organisation, by, action, ("quality_import", row.id)).detail(
        serde_json::json!({
            "imported": row.imported, "corrected": row.corrected, "rejected": row.rejected,
        }),
    );
    Ok(audit::record(c, event, now)?)
}
