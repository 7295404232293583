//! Customer feedback from a file: streamed, in batches of one short transaction each, idempotent by external id.
//!
//! Every record of the file ends as exactly one of imported, duplicate or rejected. A file that breaks off keeps
//! what came before, and importing it again adds only what is missing.

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    hash::BuildHasher,
    io::Read,
};

use serde::Serialize;

use super::{
    FeedbackError,
    mapping::{Mapping, Reading, RowProblem},
    store::{self, Agent, FeedbackRow, ImportRow, Rejection, Team, ThemeRow},
};
use crate::{
    db::{Database, DbConnection, write_transaction},
    documents::csv::{CsvError, CsvRow, CsvRows},
    text::{normalise::tidy, redact::redact, taxonomy::Taxonomy, themes},
    types::{Id, Instant},
};

/// Rows in one transaction.
const BATCH: usize = 5_000;
/// Rows in one statement: fourteen columns each, below what either database takes.
const STATEMENT: usize = 2_000;
/// Rejections kept in the database for the page; the command line's file keeps all.
const KEPT_REJECTIONS: i64 = 10_000;

/// Counts that add up: rows_read = imported + duplicates + rejected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    pub rows_read: i64,
    pub imported: i64,
    pub duplicates: i64,
    pub rejected: i64,
    /// Imported rows with a comment.
    pub comments: i64,
    /// Pieces of personal data taken out of comments.
    pub redactions: i64,
    /// Why reading stopped before the end of the file, if it did.
    pub problem: Option<String>,
}

/// A row that was not taken, with its cells, for the file of rejections.
pub struct RejectedRow<'a> {
    pub number: u64,
    pub column: &'a str,
    pub reason: &'a str,
    pub cells: &'a [String],
}

/// Who is told how the import goes.
pub trait Watcher {
    /// The header of the file, once.
    fn header(&mut self, _columns: &[String]) -> Result<(), FeedbackError> {
        Ok(())
    }
    /// A row that is not taken.
    fn rejected(&mut self, _row: &RejectedRow<'_>) -> Result<(), FeedbackError> {
        Ok(())
    }
    /// After each batch.
    fn progress(&mut self, _so_far: &Summary) {}
}

/// Nobody watches.
pub struct Unwatched;
impl Watcher for Unwatched {}

/// Reads `input` by `mapping` into the import `row`, which must be stored already. Errors that belong to the file
/// end in the summary's `problem`; the database holds all batches before it.
///
/// # Errors
/// Database errors, and what `watcher` returns.
pub fn run(
    database: &Database,
    row: &mut ImportRow,
    mapping: &Mapping,
    input: impl Read,
    watcher: &mut dyn Watcher,
) -> Result<Summary, FeedbackError> {
    // Counts are stored in the transaction of their rows: an import that was cut off goes on exactly behind them.
    let mut summary = Summary {
        rows_read: row.rows_read,
        imported: row.imported,
        duplicates: row.duplicates,
        rejected: row.rejected,
        comments: row.comments,
        redactions: row.redactions,
        problem: None,
    };
    let outcome = read_all(database, row, mapping, input, watcher, &mut summary);
    let state = match outcome {
        Ok(()) => "finished",
        Err(e @ (FeedbackError::Csv(_) | FeedbackError::Mapping(_))) if !is_io(&e) => {
            summary.problem = Some(e.to_string());
            "stopped"
        }
        Err(e) => return Err(e),
    };
    state.clone_into(&mut row.state);
    row.finished_at = Some(Instant::now());
    row.problem.clone_from(&summary.problem);
    write_counts(row, &summary);
    let mut c = database.connect()?;
    write_transaction(&mut c, |c| {
        store::delete_chunks(c, row.organisation_id, row.id)?;
        store::update_import(c, row)
    })?;
    Ok(summary)
}

/// A row as it would be stored.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Preview {
    pub external_id: String,
    pub agent: String,
    pub at: Instant,
    /// As given, and whether it counts as good.
    pub score: Option<(f64, bool)>,
    /// Without personal data.
    pub comment: Option<String>,
    /// Theme and pole.
    pub themes: Vec<String>,
}

/// Reads a file as [`run`] does and stores nothing: counts, rejections, and how the first `most` rows would look. Duplicates are
/// those within the file; what is stored already is not looked up.
///
/// # Errors
/// When the mapping does not fit the file, and what `watcher` returns; a file that breaks off ends in the summary's `problem`.
pub fn rehearse(
    mapping: &Mapping,
    input: impl Read,
    watcher: &mut dyn Watcher,
    most: usize,
) -> Result<(Summary, Vec<Preview>), FeedbackError> {
    let mut rows = CsvRows::open(input)?;
    watcher.header(rows.columns())?;
    let columns = rows.columns().to_vec();
    let bound = mapping.bind(&columns)?;
    let now = Instant::now();
    let (mut summary, mut first) = (Summary::default(), Vec::new());
    let mut seen: HashSet<u64> = HashSet::new();
    let hasher = std::hash::RandomState::new();
    loop {
        let row = match rows.next_row() {
            Ok(Some(row)) => row,
            Ok(None) => break,
            Err(error) => {
                summary.problem = Some(error.to_string());
                break;
            }
        };
        summary.rows_read += 1;
        match bound.read(&row.cells, now) {
            Ok(reading) if seen.insert(hasher.hash_one(&reading.external_id)) => {
                summary.imported += 1;
                let redacted = reading
                    .comment
                    .as_ref()
                    .map(|raw| redact(&tidy(raw), &[&reading.agent_name]));
                summary.redactions += redacted.as_ref().map_or(0, |r| r.count as i64);
                let comment = redacted.map(|r| r.text).filter(|text| !text.is_empty());
                summary.comments += i64::from(comment.is_some());
                if first.len() < most {
                    first.push(preview(&reading, comment));
                }
            }
            Ok(_) => summary.duplicates += 1,
            Err(problem) => {
                summary.rejected += 1;
                watcher.rejected(&RejectedRow {
                    number: row.number,
                    column: &problem.column,
                    reason: &problem.reason,
                    cells: &row.cells,
                })?;
            }
        }
        if summary.rows_read % BATCH as i64 == 0 {
            watcher.progress(&summary);
        }
    }
    Ok((summary, first))
}

fn preview(reading: &Reading, comment: Option<String>) -> Preview {
    let good = reading.score.map(|(_, _, good)| good);
    let tags = comment
        .as_ref()
        .map(|text| themes::read(text, good, Taxonomy::shipped()).tags)
        .unwrap_or_default();
    Preview {
        external_id: reading.external_id.clone(),
        agent: reading.agent_name.clone(),
        at: reading.occurred_at,
        score: reading.score.map(|(_, value, good)| (value, good)),
        themes: tags
            .iter()
            .map(|t| format!("{} {}", t.theme, t.pole.as_str()))
            .collect(),
        comment,
    }
}

/// Trouble with reading, not with what was read: the file is not at fault, and the job is tried again.
fn is_io(error: &FeedbackError) -> bool {
    match error {
        FeedbackError::Csv(CsvError::Io(_)) => true,
        FeedbackError::Csv(CsvError::Csv(e)) => matches!(e.kind(), csv::ErrorKind::Io(_)),
        _ => false,
    }
}

fn write_counts(row: &mut ImportRow, summary: &Summary) {
    row.rows_read = summary.rows_read;
    row.imported = summary.imported;
    row.duplicates = summary.duplicates;
    row.rejected = summary.rejected;
    row.comments = summary.comments;
    row.redactions = summary.redactions;
}

fn read_all(
    database: &Database,
    row: &mut ImportRow,
    mapping: &Mapping,
    input: impl Read,
    watcher: &mut dyn Watcher,
    summary: &mut Summary,
) -> Result<(), FeedbackError> {
    let mut rows = CsvRows::open(input)?;
    watcher.header(rows.columns())?;
    let columns = rows.columns().to_vec();
    let bound = mapping.bind(&columns)?;
    let mut session = Session::open(database, row.organisation_id, row.id)?;
    let now = Instant::now();
    let mut stopped: Option<CsvError> = None;
    for _ in 0..summary.rows_read {
        rows.next_row()?;
    }
    while stopped.is_none() {
        let (mut batch, mut rejected) = (Vec::with_capacity(BATCH), Vec::new());
        while batch.len() + rejected.len() < BATCH {
            match rows.next_row() {
                Ok(Some(csv_row)) => {
                    summary.rows_read += 1;
                    match bound.read(&csv_row.cells, now) {
                        Ok(reading) => batch.push(reading),
                        Err(problem) => rejected.push((csv_row, problem)),
                    }
                }
                Ok(None) => break,
                Err(error) => {
                    stopped = Some(error);
                    break;
                }
            }
        }
        if batch.is_empty() && rejected.is_empty() {
            break;
        }
        for (csv_row, problem) in &rejected {
            let told = RejectedRow {
                number: csv_row.number,
                column: &problem.column,
                reason: &problem.reason,
                cells: &csv_row.cells,
            };
            watcher.rejected(&told)?;
        }
        session.store(row, batch, &rejected, summary)?;
        watcher.progress(summary);
    }
    stopped.map_or(Ok(()), |error| Err(error.into()))
}

/// What an import remembers between batches: the agents and teams met so far.
struct Session<'a> {
    database: &'a Database,
    organisation: Id,
    import: Id,
    agents: BTreeMap<String, (Id, String)>,
    teams: BTreeMap<String, Id>,
}

impl<'a> Session<'a> {
    fn open(database: &'a Database, organisation: Id, import: Id) -> Result<Self, FeedbackError> {
        let mut c = database.connect()?;
        let agents = store::agents(&mut c, organisation)?;
        let teams = store::teams(&mut c, organisation)?;
        Ok(Self {
            database,
            organisation,
            import,
            agents: agents
                .into_iter()
                .map(|a| (a.reference, (a.id, a.name)))
                .collect(),
            teams: teams.into_iter().map(|t| (t.name, t.id)).collect(),
        })
    }

    fn store(
        &mut self,
        row: &mut ImportRow,
        batch: Vec<Reading>,
        rejected: &[(CsvRow, RowProblem)],
        summary: &mut Summary,
    ) -> Result<(), FeedbackError> {
        let database = self.database;
        let mut c = database.connect()?;
        write_transaction(&mut c, |c| {
            let ids: Vec<String> = batch.iter().map(|r| r.external_id.clone()).collect();
            let mut seen: BTreeSet<String> = store::known_external_ids(c, self.organisation, &ids)?
                .into_iter()
                .collect();
            let (mut feedback, mut tags) = (Vec::new(), Vec::new());
            for reading in batch {
                if seen.insert(reading.external_id.clone()) {
                    let (row, themes, redactions) = self.row(c, reading)?;
                    summary.comments += i64::from(row.comment.is_some());
                    summary.redactions += redactions;
                    feedback.push(row);
                    tags.extend(themes);
                } else {
                    summary.duplicates += 1;
                }
            }
            summary.imported += feedback.len() as i64;
            for some in feedback.chunks(STATEMENT) {
                store::insert_feedback(c, some)?;
            }
            for some in tags.chunks(STATEMENT) {
                store::insert_themes(c, some)?;
            }
            if summary.rejected < KEPT_REJECTIONS {
                let kept: Vec<Rejection> =
                    rejected.iter().map(|(r, p)| self.rejection(r, p)).collect();
                store::insert_rejections(c, &kept)?;
            }
            summary.rejected += rejected.len() as i64;
            write_counts(row, summary);
            Ok::<(), FeedbackError>(store::update_import(c, row)?)
        })
    }

    fn rejection(&self, row: &CsvRow, problem: &RowProblem) -> Rejection {
        Rejection {
            organisation_id: self.organisation,
            import_id: self.import,
            row_number: i64::try_from(row.number).unwrap_or(i64::MAX),
            column_name: problem.column.clone(),
            reason: problem.reason.clone(),
        }
    }

    fn row(
        &mut self,
        c: &mut DbConnection,
        reading: Reading,
    ) -> Result<(FeedbackRow, Vec<ThemeRow>, i64), FeedbackError> {
        let taxonomy = Taxonomy::shipped();
        let team_id = reading.team.map(|name| self.team(c, name)).transpose()?;
        let (agent_id, agent_name) = self.agent(c, reading.agent, reading.agent_name, team_id)?;
        let redacted = reading
            .comment
            .map(|raw| redact(&tidy(&raw), &[&agent_name]));
        let redactions = redacted.as_ref().map_or(0, |r| r.count as i64);
        let comment = redacted.map(|r| r.text).filter(|text| !text.is_empty());
        let good = reading.score.map(|(_, _, good)| good);
        let (state, found, contradicts_score) = match &comment {
            None => (themes::CommentState::None, Vec::new(), false),
            Some(text) => {
                let read = themes::read(text, good, taxonomy);
                (read.state, read.tags, read.contradicts_score)
            }
        };
        let id = Id::new();
        let tags = found.into_iter().map(|tag| ThemeRow {
            organisation_id: self.organisation,
            id: Id::new(),
            feedback_id: id,
            agent_id,
            occurred_at: reading.occurred_at,
            clause: i32::try_from(tag.clause).unwrap_or(i32::MAX),
            clause_text: tag.clause_text,
            theme: tag.theme,
            pole: tag.pole.as_str().to_owned(),
            words: tag.words,
            contradicts_score,
            taxonomy_version: taxonomy.version,
        });
        let row = FeedbackRow {
            organisation_id: self.organisation,
            id,
            import_id: self.import,
            external_id: reading.external_id,
            agent_id,
            team_id,
            occurred_at: reading.occurred_at,
            channel: reading.channel,
            issue: reading.issue,
            scale: reading.score.map(|(scale, _, _)| scale.as_str().to_owned()),
            score: reading.score.map(|(_, value, _)| value),
            good,
            comment,
            comment_state: state.as_str().to_owned(),
        };
        Ok((row, tags.collect(), redactions))
    }

    fn team(&mut self, c: &mut DbConnection, name: String) -> Result<Id, FeedbackError> {
        if let Some(id) = self.teams.get(&name) {
            return Ok(*id);
        }
        let team = super::ensure_team(c, self.organisation, &name, Instant::now())?;
        let Team { id, .. } = team;
        self.teams.insert(name, id);
        Ok(id)
    }

    fn agent(
        &mut self,
        c: &mut DbConnection,
        reference: String,
        name: String,
        team: Option<Id>,
    ) -> Result<(Id, String), FeedbackError> {
        if let Some(known) = self.agents.get(&reference) {
            return Ok(known.clone());
        }
        let known = match store::find_agent_by_reference(c, self.organisation, &reference)? {
            Some(agent) => (agent.id, agent.name),
            None => {
                let agent = Agent {
                    organisation_id: self.organisation,
                    id: Id::new(),
                    reference: reference.clone(),
                    name,
                    team_id: team,
                    candidate_id: None,
                    hired_at: None,
                    created_at: Instant::now(),
                };
                store::insert_agent(c, &agent)?;
                (agent.id, agent.name)
            }
        };
        self.agents.insert(reference, known.clone());
        Ok(known)
    }
}
