//! A batch of records on its way into the database: what is new, what corrects a stored record,
//! where agents moved.

use std::collections::BTreeMap;

use super::{
    error::FeedbackError,
    import_report::ImportReport,
    import_summary::Summary,
    record::Record,
    redactions, retag,
    row_problem::RowProblem,
    score::Score,
    store::{self, FeedbackRow, ImportRow, RedactionRow, Rejection, ThemeMentionRow, VersionRow},
};
use crate::{
    accounts, audit,
    db::{DbConnection, stored_message::StoredMessage, write_transaction},
    locale::Localised,
    tagging::Tagger,
    text::{
        mention::CommentState,
        normalise::tidy,
        redact::{About, Piece, redact_about},
    },
    types::{Id, Instant, Json},
    workforce::{self, Agent, NewAgent},
};

/// Rows handed to the store at a time.
const STATEMENT: usize = 2_000;
/// Rejections kept in the database for the page; the command line's file keeps all.
const KEPT_REJECTIONS: i64 = 10_000;

/// Stores how far an import got, unless another worker has taken it over meanwhile.
pub(super) fn advance(
    c: &mut DbConnection,
    row: &ImportRow,
    before: i64,
) -> Result<(), FeedbackError> {
    if store::advance_import(c, row, before)? {
        Ok(())
    } else {
        Err(FeedbackError::ImportTaken)
    }
}

/// An agent as stored.
#[derive(Clone)]
struct Known {
    id: Id,
    name: String,
    team: Option<Id>,
}

impl From<Agent> for Known {
    fn from(agent: Agent) -> Self {
        Self {
            id: agent.id,
            name: agent.name,
            team: agent.team_id,
        }
    }
}

/// What an import remembers between batches: the agents and teams met so far.
pub(super) struct Session {
    organisation: Id,
    import: Id,
    by: String,
    /// Name of the organisation, which customers thank too.
    company: String,
    agents: BTreeMap<String, Known>,
    teams: BTreeMap<String, Id>,
    /// When the delivery was sent that is being stored.
    pub(super) sent_at: Option<Instant>,
}

/// A batch on its way into the database.
#[derive(Default)]
struct Batch {
    feedback: Vec<FeedbackRow>,
    mentions: Vec<ThemeMentionRow>,
    /// New contents of stored rows, with the import that they are of and their themes.
    corrected: Vec<(Id, FeedbackRow, Vec<ThemeMentionRow>)>,
    versions: Vec<VersionRow>,
    /// Stored rows that a newer delivery confirms.
    confirmed: Vec<Id>,
    /// What was taken out of the comments of new and corrected rows.
    redactions: Vec<RedactionRow>,
    /// By reference: where the newest row of the batch that differs from what is known puts an
    /// agent.
    moves: BTreeMap<String, Move>,
}

pub(super) struct Move {
    at: Instant,
    name: String,
    team: Option<Id>,
}

impl Session {
    pub(super) fn open(c: &mut DbConnection, row: &ImportRow) -> Result<Self, FeedbackError> {
        let organisation = row.organisation_id;
        let agents = workforce::agents_by_reference(c, organisation)?;
        let teams = workforce::teams(c, organisation)?;
        Ok(Self {
            organisation,
            import: row.id,
            by: row.created_by.clone(),
            company: accounts::organisation(c, organisation)?.name,
            agents: agents
                .into_iter()
                .map(|(reference, agent)| (reference, Known::from(agent)))
                .collect(),
            teams: teams.into_iter().map(|t| (t.name, t.id)).collect(),
            sent_at: None,
        })
    }

    pub(super) fn store(
        &mut self,
        c: &mut DbConnection,
        row: &mut ImportRow,
        records: Vec<(u64, Record)>,
        rejected: &[(u64, RowProblem)],
        summary: &mut Summary,
    ) -> Result<(), FeedbackError> {
        write_transaction(c, |c| {
            let moves = self.write(c, row, records, rejected, summary)?;
            let stored = row.rows_read;
            summary.write_to(row);
            advance(c, row, stored)?;
            // Last: everybody in the organisation waits for whoever writes to the audit log.
            self.follow(c, moves)
        })
    }

    /// Stores records and rejections, counts them, and puts the rejections into the row's report.
    /// Returns where agents moved, for [`follow`](Self::follow).
    pub(super) fn write(
        &mut self,
        c: &mut DbConnection,
        row: &mut ImportRow,
        records: Vec<(u64, Record)>,
        rejected: &[(u64, RowProblem)],
        summary: &mut Summary,
    ) -> Result<BTreeMap<String, Move>, FeedbackError> {
        let mut report = ImportReport::stored(row.report.as_ref())?;
        for (number, problem) in rejected {
            report.reject(*number, problem);
        }
        let batch = self.sort(c, row.corrects, records, summary, &mut report)?;
        store::insert_feedback(c, batch.feedback)?;
        store::insert_mentions(c, batch.mentions)?;
        for (of, changed, themes) in batch.corrected {
            store::replace_feedback(c, of, &changed, themes)?;
            store::delete_redactions_of(c, self.organisation, changed.id)?;
        }
        if let Some(sent_at) = self.sent_at {
            store::set_sent_at(c, self.organisation, &batch.confirmed, sent_at)?;
        }
        store::insert_redactions(c, &batch.redactions)?;
        if !batch.redactions.is_empty() {
            redactions::schedule(c, self.organisation, Instant::now())?;
        }
        for some in batch.versions.chunks(STATEMENT) {
            store::insert_versions(c, some)?;
        }
        if row.rejected < KEPT_REJECTIONS {
            let kept: Vec<Rejection> = rejected
                .iter()
                .map(|(row, p)| self.rejection(*row, p))
                .collect();
            store::insert_rejections(c, &kept)?;
        }
        summary.rejected += rejected.len() as i64;
        row.report = Some(Json::of(&report)?);
        Ok(batch.moves)
    }

    /// What is new, what is a correction, and what is stored already.
    fn sort(
        &mut self,
        c: &mut DbConnection,
        corrects: bool,
        records: Vec<(u64, Record)>,
        summary: &mut Summary,
        report: &mut ImportReport,
    ) -> Result<Batch, FeedbackError> {
        // Asked anew for each batch: somebody may correct a tag while a long file is read.
        let tagger = Tagger::of(c, self.organisation)?;
        let mut reader = tagger.reader();
        let ids = records.iter().map(|(_, record)| record.external_id.clone());
        let known = store::known_external_ids(c, self.organisation, &ids.collect::<Vec<_>>())?;
        let mut batch = Batch::default();
        let mut stored: BTreeMap<String, FeedbackRow> = BTreeMap::new();
        for old in store::feedback_by_external_ids(c, self.organisation, &known)? {
            stored.insert(old.external_id.clone(), old);
        }
        // Places in the batch.
        let mut new: BTreeMap<String, usize> = BTreeMap::new();
        let mut restored: BTreeMap<Id, Vec<RedactionRow>> = BTreeMap::new();
        let old: Vec<Id> = stored.values().map(|row| row.id).collect();
        for known in store::restored_redactions(c, self.organisation, &old)? {
            restored.entry(known.feedback_id).or_default().push(known);
        }
        // Where rows correct, the last word on an id counts; elsewhere the first.
        let mut newest: BTreeMap<String, usize> = BTreeMap::new();
        if corrects {
            let ids = records.iter().enumerate();
            newest = ids
                .map(|(i, (_, record))| (record.external_id.clone(), i))
                .collect();
        }
        for (at, (number, record)) in records.into_iter().enumerate() {
            let last = newest.get(&record.external_id);
            if last.is_some_and(|last| *last != at) {
                summary.duplicates += 1;
                continue;
            }
            let old = stored.get(&record.external_id);
            let met = || Some(&batch.feedback[*new.get(&record.external_id)?]);
            if !corrects && let Some(first) = old.or_else(met) {
                summary.duplicates += 1;
                if self.differs(first, &record, restored.contains_key(&first.id)) {
                    report.differ(number);
                }
                continue;
            }
            if old.is_some_and(|old| self.is_outdated(old)) {
                summary.duplicates += 1;
                continue;
            }
            let id = old.map_or_else(Id::new, |old| old.id);
            let mut read = self.row(c, id, record, &mut batch.moves)?;
            if let (None, Some(old)) = (self.sent_at, old) {
                read.row.sent_at = old.sent_at;
            }
            if let (Some(comment), Some(known)) = (&mut read.row.comment, restored.get(&id)) {
                redactions::restore_again(comment, &mut read.pieces, known);
            }
            let themes = retag::tag(&mut reader, tagger.taxonomy(), &mut read.row);
            match old {
                Some(old) if same_content(old, &read.row) => {
                    summary.duplicates += 1;
                    if read.row.sent_at > old.sent_at {
                        batch.confirmed.push(id);
                    }
                }
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
                    let now = Instant::now();
                    batch
                        .redactions
                        .extend(redactions::rows_of(&read.row, read.pieces, now));
                    batch.corrected.push((old.import_id, read.row, themes));
                }
                None => {
                    summary.imported += 1;
                    summary.comments += i64::from(read.row.comment.is_some());
                    summary.redactions += read.pieces.len() as i64;
                    let now = Instant::now();
                    batch
                        .redactions
                        .extend(redactions::rows_of(&read.row, read.pieces, now));
                    if !corrects {
                        new.insert(read.row.external_id.clone(), batch.feedback.len());
                    }
                    batch.feedback.push(read.row);
                    batch.mentions.extend(themes);
                }
            }
        }
        Ok(batch)
    }

    /// Moves agents where their newest record puts them; older files move nobody back. Feedback
    /// keeps the team of its time.
    pub(super) fn follow(
        &mut self,
        c: &mut DbConnection,
        moves: BTreeMap<String, Move>,
    ) -> Result<(), FeedbackError> {
        for (reference, to) in moves {
            let Some(known) = self.agents.get_mut(&reference) else {
                continue;
            };
            let newest = store::newest_of_agent(c, self.organisation, known.id)?;
            if newest.is_some_and(|newest| newest > to.at) {
                continue;
            }
            let detail = serde_json::json!({
                "renamed": known.name != to.name,
                "from_team": known.team,
                "to_team": to.team,
            });
            let (organisation, by, id) = (self.organisation, &self.by, known.id);
            workforce::update_agent(c, organisation, id, &to.name, to.team)?;
            // Under each reference that the agent has.
            for known in self.agents.values_mut().filter(|known| known.id == id) {
                known.name.clone_from(&to.name);
                known.team = to.team;
            }
            let now = Instant::now();
            let event =
                audit::Event::new(organisation, by, "agent.moved", ("agent", id)).detail(detail);
            audit::record(c, event, now)?;
        }
        Ok(())
    }

    fn rejection(&self, number: u64, problem: &RowProblem) -> Rejection {
        Rejection {
            organisation_id: self.organisation,
            import_id: self.import,
            row_number: i64::try_from(number).unwrap_or(i64::MAX),
            column_name: problem.column.clone(),
            reason: StoredMessage::of(&problem.reason.message()),
        }
    }

    fn row(
        &mut self,
        c: &mut DbConnection,
        id: Id,
        record: Record,
        moves: &mut BTreeMap<String, Move>,
    ) -> Result<ReadRow, FeedbackError> {
        let team_id = record.team.map(|name| self.team(c, name)).transpose()?;
        // A file without names calls an agent by the reference; that renames nobody.
        let named = (record.agent_name != record.agent).then_some(&record.agent_name);
        let known = self.agent(c, &record.agent, &record.agent_name, team_id)?;
        let name = named.unwrap_or(&known.name);
        if *name != known.name || (team_id.is_some() && team_id != known.team) {
            let to = Move {
                at: record.occurred_at,
                name: name.clone(),
                team: team_id.or(known.team),
            };
            match moves.get(&record.agent) {
                Some(other) if other.at > to.at => {}
                _ => drop(moves.insert(record.agent.clone(), to)),
            }
        }
        let names = [&*known.name, name, &record.agent_name];
        let (comment, pieces) = self.redacted(record.comment.as_deref(), &names);
        let row = FeedbackRow {
            organisation_id: self.organisation,
            id,
            import_id: self.import,
            external_id: record.external_id,
            agent_id: known.id,
            team_id,
            occurred_at: record.occurred_at,
            channel: record.channel,
            issue: record.issue,
            scale: record.score.map(|s| s.scale.as_str().to_owned()),
            score: record.score.map(|s| s.value),
            good: record.score.map(Score::is_good),
            comment,
            comment_state: CommentState::None,
            wording: record.wording,
            mood: None,
            mood_probability: None,
            good_from: record.score.map(|s| s.good_from),
            sent_at: self.sent_at,
        };
        Ok(ReadRow { row, pieces })
    }

    /// A comment without personal data, and what was taken out.
    fn redacted(&self, comment: Option<&str>, names: &[&str]) -> (Option<String>, Vec<Piece>) {
        let about = About {
            agent: names,
            company: &self.company,
        };
        let redacted = comment.map(|raw| redact_about(tidy(raw), about));
        let (comment, pieces) = redacted.map_or_else(Default::default, |redacted| {
            (Some(redacted.text.into_owned()), redacted.pieces)
        });
        (comment.filter(|text| !text.is_empty()), pieces)
    }

    /// Whether a newer message than the present one brought a record.
    fn is_outdated(&self, stored: &FeedbackRow) -> bool {
        self.sent_at.is_some() && self.sent_at < stored.sent_at
    }

    /// Whether a record says something else than the one with its id. A comment into which people
    /// put personal data back is not compared.
    fn differs(&self, first: &FeedbackRow, record: &Record, is_restored: bool) -> bool {
        let agent = self.agents.get(&record.agent);
        let comment = || {
            let known = agent.map_or("", |agent| &agent.name);
            let names = [known, &record.agent_name];
            self.redacted(record.comment.as_deref(), &names).0
        };
        let score = record.score.map(|s| (s.scale.as_str(), s.value));
        agent.is_none_or(|agent| agent.id != first.agent_id)
            || first.scale.as_deref().zip(first.score) != score
            || first.occurred_at != record.occurred_at
            || first.channel != record.channel
            || first.issue != record.issue
            || !is_restored && first.comment != comment()
    }

    fn team(&mut self, c: &mut DbConnection, name: String) -> Result<Id, FeedbackError> {
        if let Some(id) = self.teams.get(&name) {
            return Ok(*id);
        }
        let team = workforce::ensure_team(c, self.organisation, &name, Instant::now())?;
        self.teams.insert(name, team.id);
        Ok(team.id)
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
        let found = workforce::find_by_reference(c, self.organisation, reference)?;
        let agent = match found {
            Some(agent) => agent,
            None => {
                let new = NewAgent {
                    reference,
                    name,
                    team,
                    hired: None,
                };
                workforce::add_agent(c, self.organisation, &new, Instant::now())?
            }
        };
        let known = Known::from(agent);
        self.agents.insert(reference.to_owned(), known.clone());
        Ok(known)
    }
}

/// A row as it will be stored, before its comment is read.
struct ReadRow {
    row: FeedbackRow,
    /// What was taken out of the comment.
    pieces: Vec<Piece>,
}

/// Whether two records say the same, whichever import brought them.
fn same_content(old: &FeedbackRow, new: &FeedbackRow) -> bool {
    let mut new = new.clone();
    new.import_id = old.import_id;
    // How a comment is read may have changed since; what the customer sent has not.
    new.comment_state = old.comment_state;
    new.mood = old.mood;
    new.mood_probability = old.mood_probability;
    new.sent_at = old.sent_at;
    *old == new
}
