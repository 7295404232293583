//! What was taken out of comments: kept for a time, seen and restored by administrators.

use diesel::prelude::*;
use rapport::{
    accounts::Role,
    db::schema::redactions,
    feedback::{self, Mapping, redactions::KEPT_DAYS, upload::Duplicates},
    types::Instant,
};
use serde_json::{Value, json};

use crate::support::{Organisation, TestApp};

const COMMENT: &str = "Thanks to Quickserve, mail jo@customer.example or ann@customer.example";

fn send(app: &TestApp, org: &Organisation, external_id: &str, comment: &str) -> Value {
    let mapping = Mapping::shipped("standard").expect("shipped");
    let record = json!({
        "external_id": external_id, "agent": "A-1", "time": "2026-01-02 10:00:00", "comment": comment,
    });
    let record = record.to_string();
    let (_, summary) = app.import(org, &mapping, Duplicates::Correct, record.as_bytes());
    json!(summary)
}

fn comment(app: &TestApp, org: &Organisation, external_id: &str) -> String {
    let mut c = app.db.connect().expect("connects");
    let ids = [external_id.to_owned()];
    let rows = feedback::feedback_by_external_ids(&mut c, org.id, &ids).expect("reads");
    rows[0].comment.clone().expect("a comment")
}

fn kept(app: &TestApp, org: &Organisation) -> Vec<Value> {
    let listed = app.api(org, Role::Admin).get("/api/v1/redactions").json();
    listed["items"].as_array().expect("a list").clone()
}

#[test]
fn a_false_hit_is_restored_and_stays_restored() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    send(&app, &org, "1", COMMENT);
    let redacted = "Thanks to [name], mail [email] or [email]";
    assert_eq!(comment(&app, &org, "1"), redacted);
    let found = kept(&app, &org);
    let name = found.iter().find(|r| r["mark"] == "[name]").expect("kept");
    assert_eq!(name["original"], "Quickserve");
    assert_eq!(name["comment"], redacted);
    let path = format!(
        "/api/v1/redactions/{}/restore",
        name["id"].as_str().expect("id")
    );
    let admin = app.api(&org, Role::Admin);
    assert_eq!(admin.post(&path, &json!({})).status, 204);
    assert_eq!(admin.post(&path, &json!({})).status, 404);
    let restored = "Thanks to Quickserve, mail [email] or [email]";
    assert_eq!(comment(&app, &org, "1"), restored);
    // The same record again changes nothing, and the others can still be restored.
    assert_eq!(send(&app, &org, "1", COMMENT)["duplicates"], 1);
    let rest = kept(&app, &org);
    assert_eq!(rest.len(), 2);
    let last = rest
        .iter()
        .find(|r| r["original"] == "ann@customer.example")
        .expect("kept");
    let path = format!(
        "/api/v1/redactions/{}/restore",
        last["id"].as_str().expect("id")
    );
    assert_eq!(admin.post(&path, &json!({})).status, 204);
    assert_eq!(
        comment(&app, &org, "1"),
        "Thanks to Quickserve, mail [email] or ann@customer.example"
    );
    let log = admin.get("/api/v1/audit").text();
    assert!(log.contains("redaction.restored") && log.contains("redactions.viewed"));
    assert!(!log.contains("Quickserve"));
}

#[test]
fn originals_are_deleted_after_a_time_and_with_their_comment() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    for id in ["1", "2"] {
        send(&app, &org, id, COMMENT);
    }
    let mut c = app.db.connect().expect("connects");
    let old = Instant::now().plus(-chrono::Duration::days(KEPT_DAYS + 1));
    let oldest: rapport::types::Id = redactions::table
        .select(redactions::id)
        .order(redactions::id)
        .first(&mut *c)
        .expect("is there");
    diesel::update(redactions::table.filter(redactions::id.eq(oldest)))
        .set(redactions::created_at.eq(old))
        .execute(&mut *c)
        .expect("updates");
    feedback::redactions::forget(&mut c, org.id, Instant::now()).expect("deletes");
    drop(c);
    assert_eq!(kept(&app, &org).len(), 5);
    // A corrected comment replaces what was taken out of the old one.
    send(&app, &org, "2", "Mail bo@customer.example");
    let originals: Vec<Value> = kept(&app, &org)
        .iter()
        .map(|r| r["original"].clone())
        .collect();
    assert_eq!(originals.len(), 3);
    assert!(originals.contains(&json!("bo@customer.example")));
}

#[test]
fn only_administrators_see_the_page_and_only_of_their_organisation() {
    let app = TestApp::start();
    let (ours, theirs) = (app.organisation("Ours"), app.organisation("Theirs"));
    send(&app, &ours, "1", COMMENT);
    let page = app.browser(&ours, Role::Admin).get("/redactions");
    assert!(page.text().contains("Quickserve"));
    assert_eq!(
        app.browser(&ours, Role::Analyst).get("/redactions").status,
        403
    );
    let other = app.browser(&theirs, Role::Admin).get("/redactions");
    assert!(!other.text().contains("Quickserve"));
}

#[test]
fn a_comment_that_somebody_withholds_stays_withheld_after_a_restoration() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    send(&app, &org, "1", COMMENT);
    let admin = app.api(&org, Role::Admin);
    let found = kept(&app, &org);
    let comment = found[0]["feedback_id"].as_str().expect("an id").to_owned();
    let decision = json!({ "released": "no", "reason": "unfair" });
    let path = format!("/api/v1/comments/{comment}/moderation");
    assert_eq!(admin.post(&path, &decision).status, 204);
    for redaction in found {
        let id = redaction["id"].as_str().expect("an id");
        let path = format!("/api/v1/redactions/{id}/restore");
        assert_eq!(admin.post(&path, &json!({})).status, 204);
    }
    assert_eq!(self::comment(&app, &org, "1"), COMMENT);
    let mut c = app.db.connect().expect("connects");
    let rows = feedback::feedback_by_external_ids(&mut c, org.id, &["1".to_owned()]);
    let rows = rows.expect("reads");
    let held = rapport::praise::moderation::withheld(&mut c, org.id, &rows).expect("reads");
    assert!(held.contains(&rows[0].id));
}
