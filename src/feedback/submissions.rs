//! Records that programs send: checked and stored like the rows of a file, within the request.

use chrono::NaiveTime;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    error::{FeedbackError, MOST_RECORDS, Result},
    import::{self, RejectedRow, Watcher},
    import_summary::Summary,
    json_value,
    mapping::Mapping,
    record::{self, Record},
    row_problem::{Reason, RowProblem, shorten},
    row_reader::{MappedRows, OpenError, RecordSource, SourceRow},
    score::ScoreScale,
    store::{self, DeliveryMessage, ImportRow, SourceRow as Sender},
    time_format::TimeFormat,
    upload::{Duplicates, abandon_upload, begin_day, begin_import, record_start},
};
use crate::{
    db::{Database, DbConnection, stored_message::StoredMessage, write_transaction},
    locale::Localised,
    msg,
    tables::TableError,
    types::{Id, Instant, Json},
};

/// One customer's answer, as sent to `POST /api/v1/feedback`.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRecord {
    /// The record's id in the sending system. A record whose id is stored is a duplicate.
    #[schema(example = "A-20931")]
    pub external_id: String,
    /// The agent's reference.
    #[schema(example = "NH-22")]
    pub agent: String,
    /// RFC 3339, or a day or time in UTC written as in the `standard` mapping.
    #[schema(example = "2026-03-04T10:00:00Z")]
    pub time: String,
    #[serde(default)]
    pub agent_name: Option<String>,
    #[serde(default)]
    pub team: Option<String>,
    #[serde(default)]
    pub channel: Option<String>,
    #[serde(default)]
    pub issue: Option<String>,
    #[serde(default)]
    #[schema(example = 5.0)]
    pub score: Option<f64>,
    /// Needed with a score: `csat_1_5`, `nps_0_10`, `ces_1_7`, `thumbs` or another scale.
    #[serde(default)]
    #[schema(example = "csat_1_5")]
    pub scale: Option<String>,
    #[serde(default)]
    pub comment: Option<String>,
    /// The wording of the question, or the name of its version.
    #[serde(default)]
    pub wording: Option<String>,
}

impl NewRecord {
    fn check(&self, time: &TimeFormat, now: Instant) -> std::result::Result<Record, RowProblem> {
        let problem = |column| move |reason| RowProblem::new(column, reason);
        let label = |text: &Option<String>| text.as_deref().and_then(record::label);
        let scale = self.scale.as_deref().filter(|s| !record::is_missing(s));
        let scale = scale.map(ScoreScale::parse).transpose();
        let score = match (self.score, scale.map_err(problem("scale"))?) {
            (None, _) => None,
            (Some(_), None) => return Err(RowProblem::new("score", Reason::NoScale)),
            (Some(value), Some(scale)) => Some(scale.score(value).map_err(problem("score"))?),
        };
        let agent = record::required(&self.agent).map_err(problem("agent"))?;
        Record {
            external_id: record::required(&self.external_id).map_err(problem("external_id"))?,
            agent_name: label(&self.agent_name).unwrap_or_else(|| agent.clone()),
            agent,
            team: label(&self.team),
            occurred_at: time.read(&self.time, now).map_err(problem("time"))?,
            channel: label(&self.channel).unwrap_or_default(),
            issue: label(&self.issue).unwrap_or_default(),
            score,
            comment: self.comment.as_deref().and_then(record::comment),
            wording: label(&self.wording),
        }
        .with_content("score")
    }
}

/// A record that was not accepted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RejectedRecord {
    pub external_id: String,
    /// The field at fault; empty when the whole record is.
    pub column: String,
    pub reason: StoredMessage,
}

/// The outcome of a submission.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Submission {
    /// The import that holds the records.
    pub id: Id,
    #[serde(flatten)]
    pub summary: Summary,
    pub rejections: Vec<RejectedRecord>,
}

/// Sent records as a source of an import.
struct Submitted {
    records: std::vec::IntoIter<serde_json::Value>,
    time: TimeFormat,
    number: u64,
}

/// The only cell of a submitted record that a rejection repeats.
const CELLS: [&str; 1] = ["external_id"];

impl RecordSource for Submitted {
    fn columns(&self) -> &[String] {
        &[]
    }

    fn next_row(&mut self, now: Instant) -> std::result::Result<Option<SourceRow>, TableError> {
        let Some(value) = self.records.next() else {
            return Ok(None);
        };
        self.number += 1;
        let id = value[CELLS[0]].as_str().unwrap_or_default().to_owned();
        let record = read(value).and_then(|new| new.check(&self.time, now));
        Ok(Some(SourceRow {
            number: self.number,
            cells: vec![id],
            record,
        }))
    }
}

fn read(value: serde_json::Value) -> std::result::Result<NewRecord, RowProblem> {
    let mut fields = value.as_object().into_iter().flatten();
    let twice = fields.find_map(|(name, value)| Some((name, json_value::repeated(value)?)));
    if let Some((name, values)) = twice {
        let reason = Reason::FieldTwice(shorten(&values.to_string()));
        return Err(RowProblem::new(name, reason));
    }
    serde_json::from_value(value)
        .map_err(|error| RowProblem::new("", Reason::Fields(error.to_string())))
}

struct Rejections {
    /// Position of the external id among the cells.
    id_cell: usize,
    list: Vec<RejectedRecord>,
}

impl Watcher for Rejections {
    fn rejected(&mut self, row: &RejectedRow<'_>) -> Result<()> {
        self.list.push(RejectedRecord {
            external_id: row.cells.get(self.id_cell).cloned().unwrap_or_default(),
            column: row.problem.column.clone(),
            reason: StoredMessage::of(&row.problem.reason.message()),
        });
        Ok(())
    }
}

/// Stores records in the form of [`NewRecord`]. One whose external id is stored is a duplicate.
///
/// # Errors
/// [`FeedbackError::RecordCount`], [`FeedbackError::RecordWithoutId`]. Any other problem rejects
/// only the record that has it.
pub fn submit(
    database: &Database,
    organisation: Id,
    by: &str,
    sent: Vec<serde_json::Value>,
    now: Instant,
) -> Result<Submission> {
    check_count(sent.len())?;
    let has_id = |value: &serde_json::Value| {
        let id = value["external_id"].as_str();
        id.is_some_and(|id| !id.trim().is_empty())
    };
    if let Some(at) = sent.iter().position(|value| !has_id(value)) {
        return Err(FeedbackError::RecordWithoutId(at + 1));
    }
    let mapping = Mapping::shipped("standard")?;
    let source = Submitted {
        records: sent.into_iter(),
        time: TimeFormat {
            formats: mapping.time.formats.clone(),
            ..TimeFormat::default()
        },
        number: 0,
    };
    let row = open_import(database, |c| {
        let duplicates = Duplicates::Skip;
        begin_import(c, organisation, by, "API", &mapping, duplicates, now)
    })?;
    run(database, row, || Ok(source))
}

/// A message from a source, whose signature has been checked.
#[derive(Clone, Debug)]
pub struct Message {
    /// Hash of the message's id.
    pub hash: String,
    /// Time by the sender's clock, in whole seconds.
    pub sent_at: Instant,
    pub records: Vec<serde_json::Value>,
}

/// Stores the records of a message in the import that takes its source's messages of the day (UTC),
/// in the caller's write transaction.
/// A stored record is corrected where it differs, unless a newer message brought it. A message that
/// was stored before changes nothing and has the same outcome.
///
/// # Errors
/// [`FeedbackError::RecordCount`], [`FeedbackError::NoSource`]. Any other problem rejects only the
/// record that has it.
pub fn submit_message(
    c: &mut DbConnection,
    source: &Sender,
    mapping: &Mapping,
    message: Message,
    now: Instant,
) -> Result<Submission> {
    check_count(message.records.len())?;
    let (organisation, id) = (source.organisation_id, source.id);
    if !store::lock_source(c, organisation, id)? {
        return Err(FeedbackError::NoSource);
    }
    if let Some(reply) = store::reply_to_message(c, organisation, id, &message.hash)? {
        return Ok(reply.read()?);
    }
    let submission = add(c, source, mapping, message.records, message.sent_at, now)?;
    let stored = DeliveryMessage {
        organisation_id: organisation,
        source_id: id,
        message_hash: message.hash,
        reply: Json::of(&submission)?,
        received_at: now,
    };
    store::insert_message(c, &stored)?;
    Ok(submission)
}

/// Adds records to the import of the day.
fn add(
    c: &mut DbConnection,
    source: &Sender,
    mapping: &Mapping,
    records: Vec<serde_json::Value>,
    sent_at: Instant,
    now: Instant,
) -> Result<Submission> {
    let day = Instant::from(now.date().and_time(NaiveTime::MIN).and_utc());
    let (organisation, id) = (source.organisation_id, source.id);
    let known = store::lock_import_of_day(c, organisation, id, day, now)?;
    let is_first = known.is_none();
    let mut row = match known {
        Some(row) => row,
        None => begin_day(c, source, mapping, day, now)?,
    };
    let mut rejections = Rejections {
        id_cell: id_cell(mapping),
        list: Vec::new(),
    };
    let mut rows = MappedRows::of_values(records, mapping)?;
    let summary = import::add_delivery(c, &mut row, &mut rows, sent_at, &mut rejections)?;
    if is_first {
        // Last, because it locks the organisation's audit log.
        record_start(c, &row, &row.created_by, now)?;
    }
    Ok(Submission {
        id: row.id,
        summary,
        rejections: rejections.list,
    })
}

/// Position of the external id among the columns of a mapping.
fn id_cell(mapping: &Mapping) -> usize {
    let (columns, id) = (mapping.columns(), &mapping.columns.external_id);
    columns.iter().position(|c| c == id).unwrap_or(0)
}

fn check_count(count: usize) -> Result<()> {
    if count == 0 || count > MOST_RECORDS {
        return Err(FeedbackError::RecordCount(count));
    }
    Ok(())
}

fn open_import(
    database: &Database,
    open: impl FnOnce(&mut DbConnection) -> Result<ImportRow>,
) -> Result<ImportRow> {
    let mut c = database.connect()?;
    write_transaction(&mut c, open)
}

fn run<S: RecordSource>(
    database: &Database,
    mut row: ImportRow,
    open: impl FnOnce() -> std::result::Result<S, OpenError>,
) -> Result<Submission> {
    let mut rejections = Rejections {
        id_cell: 0,
        list: Vec::new(),
    };
    match import::run_source(database, &mut row, open, &mut rejections) {
        Ok(summary) => Ok(Submission {
            id: row.id,
            summary,
            rejections: rejections.list,
        }),
        Err(error) => {
            // No job would ever finish this import.
            let mut c = database.connect()?;
            write_transaction(&mut c, |c| {
                abandon_upload(c, &row, &msg!("import-failed-request"), Instant::now())
            })?;
            Err(error)
        }
    }
}
