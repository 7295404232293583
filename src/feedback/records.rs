//! Feedback that programs send record by record: the same checks, keys and stages as a file, at once instead of by a job.

use serde::{Deserialize, Serialize};

use super::{
    FeedbackError, ImportRow, Mapping, Result, abandon_upload, begin_correcting_import,
    begin_import,
    import::{self, RejectedRow, Summary, Watcher},
    rows::lines_of,
};
use crate::{
    db::{Database, write_transaction},
    types::{Id, Instant},
};

/// Most records in one request.
pub const MOST_RECORDS: usize = 500;

/// One customer's answer. Names and forms are those of the `standard` mapping.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    pub external_id: String,
    pub agent: String,
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
    pub score: Option<f64>,
    #[serde(default)]
    pub scale: Option<String>,
    #[serde(default)]
    pub comment: Option<String>,
    /// The question as it was asked, or the name of its version.
    #[serde(default)]
    pub wording: Option<String>,
}

/// A record that was not taken.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RejectedRecord {
    pub external_id: String,
    pub column: String,
    pub reason: String,
}

/// What became of the records.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Taken {
    /// The import that holds them.
    pub id: Id,
    #[serde(flatten)]
    pub summary: Summary,
    pub rejections: Vec<RejectedRecord>,
}

const COLUMNS: [&str; 11] = [
    "external_id",
    "agent",
    "agent_name",
    "team",
    "time",
    "channel",
    "issue",
    "score",
    "scale",
    "comment",
    "wording",
];

impl Record {
    fn cells(&self) -> [String; 11] {
        let text = |cell: &Option<String>| cell.clone().unwrap_or_default();
        [
            self.external_id.clone(),
            self.agent.clone(),
            text(&self.agent_name),
            text(&self.team),
            self.time.clone(),
            text(&self.channel),
            text(&self.issue),
            self.score.map(|s| s.to_string()).unwrap_or_default(),
            text(&self.scale),
            text(&self.comment),
            text(&self.wording),
        ]
    }
}

struct Rejections {
    /// Where a row has its `external_id`.
    id_column: usize,
    list: Vec<RejectedRecord>,
}

impl Watcher for Rejections {
    fn rejected(&mut self, row: &RejectedRow<'_>) -> Result<()> {
        self.list.push(RejectedRecord {
            external_id: row.cells.get(self.id_column).cloned().unwrap_or_default(),
            column: row.column.to_owned(),
            reason: row.reason.to_owned(),
        });
        Ok(())
    }
}

/// Takes records; one that is stored already is a duplicate and changes nothing.
///
/// # Errors
/// None or too many records, one without an `external_id`, and database errors. A record with another mistake is rejected by its
/// `external_id`, and the others are taken.
pub fn take(
    database: &Database,
    organisation: Id,
    by: &str,
    sent: Vec<serde_json::Value>,
    now: Instant,
) -> Result<Taken> {
    if sent.is_empty() || sent.len() > MOST_RECORDS {
        return Err(FeedbackError::RecordCount(sent.len()));
    }
    let (mut records, mut unreadable) = (Vec::with_capacity(sent.len()), Vec::new());
    for (at, value) in sent.into_iter().enumerate() {
        let id = value.get("external_id").and_then(|id| id.as_str());
        let Some(id) = id
            .map(str::trim)
            .filter(|id| !id.is_empty())
            .map(str::to_owned)
        else {
            return Err(FeedbackError::RecordWithoutId(at + 1));
        };
        match serde_json::from_value::<Record>(value) {
            Ok(record) => records.push(record),
            Err(e) => unreadable.push(RejectedRecord {
                external_id: id,
                column: String::new(),
                reason: format!("the record cannot be read: {e}"),
            }),
        }
    }
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    let written = writer.write_record(COLUMNS).and_then(|()| {
        records
            .iter()
            .try_for_each(|record| writer.write_record(record.cells()))
    });
    written.map_err(crate::documents::csv::CsvError::from)?;
    let table = writer.into_inner().map_err(|e| e.into_error())?;
    let mapping = Mapping::shipped("standard")?;
    let mut c = database.connect()?;
    let row = write_transaction(&mut c, |c| {
        begin_import(c, organisation, by, "sent by a program", &mapping, now)
    })?;
    drop(c);
    let rejections = Rejections {
        id_column: 0,
        list: unreadable,
    };
    run(database, row, &mapping, &table, rejections)
}

/// Takes objects as a mapping reads them; those that are stored already are corrected where they differ.
///
/// # Errors
/// None or too many records, and database errors. A record with a mistake is rejected, and the others are taken.
pub fn take_by(
    database: &Database,
    organisation: Id,
    by: &str,
    source: &str,
    mapping: &Mapping,
    sent: &[serde_json::Value],
    now: Instant,
) -> Result<Taken> {
    if sent.is_empty() || sent.len() > MOST_RECORDS {
        return Err(FeedbackError::RecordCount(sent.len()));
    }
    let (objects, others): (Vec<_>, Vec<_>) = sent.iter().cloned().partition(|v| v.is_object());
    let lines = lines_of(&objects)?;
    let mut c = database.connect()?;
    let row = write_transaction(&mut c, |c| {
        begin_correcting_import(c, organisation, by, source, mapping, now)
    })?;
    drop(c);
    let id_column = mapping
        .columns()
        .iter()
        .position(|c| *c == mapping.columns.external_id);
    let rejections = Rejections {
        id_column: id_column.unwrap_or(0),
        list: others
            .iter()
            .map(|_| RejectedRecord {
                external_id: String::new(),
                column: String::new(),
                reason: "the record is no JSON object".to_owned(),
            })
            .collect(),
    };
    run(database, row, mapping, &lines, rejections)
}

/// Reads records into their import; those refused before are told and counted with the others.
fn run(
    database: &Database,
    mut row: ImportRow,
    mapping: &Mapping,
    input: &[u8],
    mut rejections: Rejections,
) -> Result<Taken> {
    let refused = rejections.list.len() as i64;
    let done = import::run(database, &mut row, mapping, input, &mut rejections);
    let mut c = database.connect()?;
    match done {
        Ok(mut summary) => {
            if refused > 0 {
                summary.rows_read += refused;
                summary.rejected += refused;
                row.rows_read = summary.rows_read;
                row.rejected = summary.rejected;
                write_transaction(&mut c, |c| super::import::store::update_import(c, &row))?;
            }
            Ok(Taken {
                id: row.id,
                rejections: rejections.list,
                summary,
            })
        }
        Err(error) => {
            // Nobody else would ever end it.
            write_transaction(&mut c, |c| {
                abandon_upload(
                    c,
                    &row,
                    "It failed; send the records again.",
                    Instant::now(),
                )
            })?;
            Err(error)
        }
    }
}
