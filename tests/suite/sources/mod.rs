//! Feedback that programs send by themselves, corrects itself, and moves with its people.

mod agents;
mod corrections;
mod deliveries;
mod file_formats;

use rapport::{
    accounts::Role,
    feedback::{
        self, FeedbackError, Mapping, Summary, import_report::ImportReport, sources,
        upload::Duplicates,
    },
    text::mention::Polarity,
    types::{Id, Instant},
    workforce,
};
use serde_json::{Value, json};

use crate::support::{Client, Organisation, Reply, TestApp};

fn read(
    app: &TestApp,
    org: &Organisation,
    mapping: &Mapping,
    text: &str,
    corrects: bool,
) -> (Id, Summary) {
    read_bytes(app, org, mapping, text.as_bytes(), corrects)
}

fn read_bytes(
    app: &TestApp,
    org: &Organisation,
    mapping: &Mapping,
    file: &[u8],
    corrects: bool,
) -> (Id, Summary) {
    let duplicates = match corrects {
        true => Duplicates::Correct,
        false => Duplicates::Skip,
    };
    let (id, summary) = app.import(org, mapping, duplicates, file);
    assert_eq!(
        summary.rows_read,
        summary.imported + summary.corrected + summary.duplicates + summary.rejected,
        "the counts add up"
    );
    (id, summary)
}

fn standard() -> Mapping {
    Mapping::shipped("standard").expect("shipped")
}

/// Score and comment of a record, where it is stored.
fn stored(
    app: &TestApp,
    org: &Organisation,
    external: &str,
) -> Option<(Option<f64>, Option<String>)> {
    let mut c = app.db.connect().expect("connects");
    let ids = [external.to_owned()];
    let rows = feedback::feedback_by_external_ids(&mut c, org.id, &ids).expect("reads");
    rows.into_iter().next().map(|row| (row.score, row.comment))
}

fn undo(app: &TestApp, org: &Organisation, import: Id) {
    let reply = app.api(org, Role::Analyst).post(
        &format!("/api/v1/feedback/imports/{import}/undo"),
        &json!({}),
    );
    assert_eq!(reply.status, 204, "{}", reply.text());
}
