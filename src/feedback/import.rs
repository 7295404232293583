//! Customer feedback from a file: streamed, in batches of one short transaction each, idempotent by external id.
//!
//! Every record of the file ends as exactly one of imported, duplicate or rejected. A file that breaks off keeps
//! what came before, and importing it again adds only what is missing.

pub mod rehearsal;
pub mod store;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Read,
};

use serde::Serialize;

pub use rehearsal::{Preview, rehearse};
use store::{ImportRow, Rejection};

use super::{
    Agent, FeedbackError, FeedbackRow, Team, ThemeRow,
    mapping::{Mapping, Reading, RowProblem},
    measuring, retag,
    rows::Rows,
    undo::store::VersionRow,
};
use crate::{
    db::{Database, DbConnection, write_transaction},
    documents::csv::{CsvError, CsvRow},
    tagging::Tagger,
    text::{normalise::tidy, redact::redact},
    types::{Id, Instant, Json},
};

/// Rows in one transaction.
const BATCH: usize = 5_000;
/// Rows in one statement: fourteen columns each, below what either database takes.
const STATEMENT: usize = 2_000;
/// Rejections kept in the database for the page; the command line's file keeps all.
const KEPT_REJECTIONS: i64 = 10_000;

/// Counts that add up: rows_read = imported + corrected + duplicates + rejected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    pub rows_read: i64,
    pub imported: i64,
    /// Rows stored before that now read otherwise; only where the import corrects.
    pub corrected: i64,
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
        corrected: row.corrected,
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
        let changed = summary.imported + summary.corrected;
        measuring::ask(c, row.organisation_id, changed, Instant::now())?;
        store::update_import(c, row)
    })?;
    Ok(summary)
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
    row.corrected = summary.corrected;
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
    let mut rows = Rows::open(input, mapping)?;
    watcher.header(rows.columns())?;
    let columns = rows.columns().to_vec();
    let bound = mapping.bind(&columns)?;
    let mut session = Session::open(database, row)?;
    let now = Instant::now();
    let mut stopped: Option<CsvError> = None;
    for _ in 0..summary.rows_read {
        rows.next_row()?;
    }
    while stopped.is_none() {
        let (mut batch, mut rejected) = (Vec::with_capacity(BATCH), Vec::new());
        while batch.len() + rejected.len() < BATCH {
            match rows.next_row() {
                Ok(Some(found)) => {
                    summary.rows_read += 1;
                    let read = found.and_then(|csv_row| {
                        let read = bound.read(&csv_row.cells, now);
                        read.map_err(|problem| (csv_row, problem))
                    });
                    match read {
                        Ok(reading) => batch.push(reading),
                        Err(refused) => rejected.push(refused),
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

/// An agent as the database has them.
#[derive(Clone)]
struct Known {
    id: Id,
    name: String,
    team: Option<Id>,
}

/// What an import remembers between batches: the agents and teams met so far.
struct Session<'a> {
    database: &'a Database,
    organisation: Id,
    import: Id,
    by: String,
    agents: BTreeMap<String, Known>,
    teams: BTreeMap<String, Id>,
}

/// A batch on its way into the database.
#[derive(Default)]
struct Batch {
    feedback: Vec<FeedbackRow>,
    tags: Vec<ThemeRow>,
    /// New contents of stored rows, with their themes.
    corrected: Vec<(FeedbackRow, Vec<ThemeRow>)>,
    versions: Vec<VersionRow>,
    /// By reference: where the newest row of the batch that differs from what is known puts an agent.
    moves: BTreeMap<String, Move>,
}

struct Move {
    at: Instant,
    name: String,
    team: Option<Id>,
}

impl<'a> Session<'a> {
    fn open(database: &'a Database, row: &ImportRow) -> Result<Self, FeedbackError> {
        let mut c = database.connect()?;
        let agents = super::roster::store::agents(&mut c, row.organisation_id)?;
        let teams = super::roster::store::teams(&mut c, row.organisation_id)?;
        let also = super::references::store::all(&mut c, row.organisation_id)?;
        let known = |a: &Agent| Known {
            id: a.id,
            name: a.name.clone(),
            team: a.team_id,
        };
        let by_id: BTreeMap<Id, &Agent> = agents.iter().map(|a| (a.id, a)).collect();
        let also = also.into_iter().filter_map(|row| {
            let agent = by_id.get(&row.agent_id)?;
            Some((row.reference, known(agent)))
        });
        let own = agents.iter().map(|a| (a.reference.clone(), known(a)));
        Ok(Self {
            database,
            organisation: row.organisation_id,
            import: row.id,
            by: row.created_by.clone(),
            agents: own.chain(also).collect(),
            teams: teams.into_iter().map(|t| (t.name, t.id)).collect(),
        })
    }

    fn store(
        &mut self,
        row: &mut ImportRow,
        readings: Vec<Reading>,
        rejected: &[(CsvRow, RowProblem)],
        summary: &mut Summary,
    ) -> Result<(), FeedbackError> {
        let database = self.database;
        let mut c = database.connect()?;
        write_transaction(&mut c, |c| {
            let batch = self.sort(c, row.corrects, readings, summary)?;
            for some in batch.feedback.chunks(STATEMENT) {
                super::store::insert_feedback(c, some)?;
            }
            for some in batch.tags.chunks(STATEMENT) {
                super::store::insert_themes(c, some)?;
            }
            for (changed, themes) in &batch.corrected {
                super::store::replace_feedback(c, changed, themes)?;
            }
            for some in batch.versions.chunks(STATEMENT) {
                super::undo::store::insert_versions(c, some)?;
            }
            self.follow(c, batch.moves)?;
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

    /// What is new, what is a correction, and what is stored already.
    fn sort(
        &mut self,
        c: &mut DbConnection,
        corrects: bool,
        readings: Vec<Reading>,
        summary: &mut Summary,
    ) -> Result<Batch, FeedbackError> {
        // Asked anew for each batch: somebody may correct a tag while a long file is read.
        let tagger = Tagger::of(c, self.organisation)?;
        let mut reader = tagger.reader();
        let ids: Vec<String> = readings.iter().map(|r| r.external_id.clone()).collect();
        let mut batch = Batch::default();
        let mut stored: BTreeMap<String, FeedbackRow> = BTreeMap::new();
        let mut seen: BTreeSet<String> = BTreeSet::new();
        if corrects {
            for old in super::store::feedback_by_external_ids(c, self.organisation, &ids)? {
                stored.insert(old.external_id.clone(), old);
            }
        } else {
            seen.extend(super::store::known_external_ids(
                c,
                self.organisation,
                &ids,
            )?);
        }
        // Where rows correct, the last word on an id counts; elsewhere the first.
        let mut newest: BTreeMap<String, usize> = BTreeMap::new();
        if corrects {
            let ids = readings.iter().enumerate();
            newest = ids.map(|(i, r)| (r.external_id.clone(), i)).collect();
        }
        for (at, reading) in readings.into_iter().enumerate() {
            let last = newest.get(&reading.external_id);
            if last.is_some_and(|last| *last != at) {
                summary.duplicates += 1;
                continue;
            }
            if !seen.insert(reading.external_id.clone()) {
                summary.duplicates += 1;
                continue;
            }
            let old = stored.get(&reading.external_id);
            let id = old.map_or_else(Id::new, |old| old.id);
            let mut read = self.row(c, id, reading, &mut batch.moves)?;
            let themes = retag::tag(&mut reader, &tagger.taxonomy, &mut read.row);
            match old {
                Some(old) if same_content(old, &read.row) => summary.duplicates += 1,
                Some(old) => {
                    summary.corrected += 1;
                    batch.versions.push(VersionRow {
                        organisation_id: self.organisation,
                        id: Id::new(),
                        feedback_id: id,
                        import_id: self.import,
                        content: Json::of(old)?,
                        replaced_at: Instant::now(),
                    });
                    batch.corrected.push((read.row, themes));
                }
                None => {
                    summary.imported += 1;
                    summary.comments += i64::from(read.row.comment.is_some());
                    summary.redactions += read.redactions;
                    batch.feedback.push(read.row);
                    batch.tags.extend(themes);
                }
            }
        }
        Ok(batch)
    }

    /// Agents go where their newest record puts them; older files move nobody back. Feedback keeps the team of its time.
    fn follow(
        &mut self,
        c: &mut DbConnection,
        moves: BTreeMap<String, Move>,
    ) -> Result<(), FeedbackError> {
        for (reference, to) in moves {
            let Some(known) = self.agents.get_mut(&reference) else {
                continue;
            };
            let newest = super::store::newest_of_agent(c, self.organisation, known.id)?;
            if newest.is_some_and(|newest| newest > to.at) {
                continue;
            }
            let detail = serde_json::json!({
                "renamed": known.name != to.name,
                "from_team": known.team,
                "to_team": to.team,
            });
            let (organisation, by, id) = (self.organisation, &self.by, known.id);
            super::roster::store::update_agent(c, organisation, id, &to.name, to.team)?;
            // Under each reference that the agent has.
            for known in self.agents.values_mut().filter(|known| known.id == id) {
                known.name.clone_from(&to.name);
                known.team = to.team;
            }
            let now = Instant::now();
            super::record(c, organisation, by, "agent.moved", "agent", id, detail, now)?;
        }
        Ok(())
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
        id: Id,
        reading: Reading,
        moves: &mut BTreeMap<String, Move>,
    ) -> Result<ReadRow, FeedbackError> {
        let team_id = reading.team.map(|name| self.team(c, name)).transpose()?;
        // A file without names calls an agent by the reference; that renames nobody.
        let named = (reading.agent_name != reading.agent).then_some(&reading.agent_name);
        let known = self.agent(c, &reading.agent, &reading.agent_name, team_id)?;
        let name = named.unwrap_or(&known.name);
        if *name != known.name || (team_id.is_some() && team_id != known.team) {
            let to = Move {
                at: reading.occurred_at,
                name: name.clone(),
                team: team_id.or(known.team),
            };
            match moves.get(&reading.agent) {
                Some(other) if other.at > to.at => {}
                _ => drop(moves.insert(reading.agent.clone(), to)),
            }
        }
        let redacted = reading
            .comment
            .as_ref()
            .map(|raw| redact(tidy(raw), &[&known.name, name, &reading.agent_name]));
        let redactions = redacted.as_ref().map_or(0, |r| r.count as i64);
        let comment = redacted
            .map(|r| r.text.into_owned())
            .filter(|text| !text.is_empty());
        let row = FeedbackRow {
            organisation_id: self.organisation,
            id,
            import_id: self.import,
            external_id: reading.external_id,
            agent_id: known.id,
            team_id,
            occurred_at: reading.occurred_at,
            channel: reading.channel,
            issue: reading.issue,
            scale: reading.score.map(|(scale, _, _)| scale.as_str().to_owned()),
            score: reading.score.map(|(_, value, _)| value),
            good: reading.score.map(|(_, _, good)| good),
            comment,
            comment_state: String::new(),
            wording: reading.wording,
        };
        Ok(ReadRow { row, redactions })
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
        reference: &str,
        name: &str,
        team: Option<Id>,
    ) -> Result<Known, FeedbackError> {
        if let Some(known) = self.agents.get(reference) {
            return Ok(known.clone());
        }
        let found = super::roster::store::find_agent_by_reference(c, self.organisation, reference)?;
        let agent = match found {
            Some(agent) => agent,
            None => {
                let agent = Agent {
                    organisation_id: self.organisation,
                    id: Id::new(),
                    reference: reference.to_owned(),
                    name: name.to_owned(),
                    team_id: team,
                    candidate_id: None,
                    hired_at: None,
                    created_at: Instant::now(),
                };
                super::roster::store::insert_agent(c, &agent)?;
                agent
            }
        };
        let known = Known {
            id: agent.id,
            name: agent.name,
            team: agent.team_id,
        };
        self.agents.insert(reference.to_owned(), known.clone());
        Ok(known)
    }
}

/// A row as it will be stored, before its comment is read.
struct ReadRow {
    row: FeedbackRow,
    redactions: i64,
}

/// Whether two records say the same, whichever import brought them.
fn same_content(old: &FeedbackRow, new: &FeedbackRow) -> bool {
    let mut new = new.clone();
    new.import_id = old.import_id;
    // How a comment is read may have changed since; what the customer sent has not.
    new.comment_state.clone_from(&old.comment_state);
    *old == new
}
