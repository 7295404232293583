//! Feedback that programs send record by record: the same checks, keys and stages as a file, at once instead of by a job.

use serde::{Deserialize, Serialize};

use super::{
    FeedbackError, Mapping, Result, abandon_upload, begin_import,
    import::{self, RejectedRow, Summary, Watcher},
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

impl Taken {
    /// Adds records that were no records.
    fn with(mut self, unreadable: Vec<RejectedRecord>) -> Self {
        let n = unreadable.len() as i64;
        self.summary.rows_read += n;
        self.summary.rejected += n;
        self.rejections.extend(unreadable);
        self
    }
}

const COLUMNS: [&str; 10] = [
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
];

impl Record {
    fn cells(&self) -> [String; 10] {
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
        ]
    }
}

#[derive(Default)]
struct Rejections(Vec<RejectedRecord>);

impl Watcher for Rejections {
    fn rejected(&mut self, row: &RejectedRow<'_>) -> Result<()> {
        self.0.push(RejectedRecord {
            external_id: row.cells.first().cloned().unwrap_or_default(),
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
    let mut row = write_transaction(&mut c, |c| {
        begin_import(c, organisation, by, "sent by a program", &mapping, now)
    })?;
    drop(c);
    let mut rejections = Rejections::default();
    let summary = match import::run(
        database,
        &mut row,
        &mapping,
        table.as_slice(),
        &mut rejections,
    ) {
        Ok(summary) => summary,
        Err(error) => {
            // Nobody else would ever end it.
            let mut c = database.connect()?;
            write_transaction(&mut c, |c| {
                abandon_upload(c, &row, "It failed; send the records again.", now)
            })?;
            return Err(error);
        }
    };
    Ok(Taken {
        id: row.id,
        rejections: rejections.0,
        summary,
    }
    .with(unreadable))
}
