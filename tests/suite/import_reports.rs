//! What the reader of a file assumed and rejected, on the pages and in the API.

use rapport::accounts::Role;

use crate::support::{Scene, organisation};

/// Windows-1252 with a title above the header, a missing score and two kinds of invalid rows.
fn file() -> Vec<u8> {
    let rows = "Survey of November\n\
        external_id,agent,time,score,scale,comment\n\
        1,ann,2026-01-02T10:00:00Z,5,csat_1_5,Caf\u{e9}\n\
        2,ann,2026-01-02T10:00:00Z,9,csat_1_5,\n\
        3,ann,2026-01-02T10:00:00Z,8,csat_1_5,\n\
        4,ann,yesterday,4,csat_1_5,\n";
    rows.chars()
        .map(|c| u8::try_from(c).expect("windows-1252"))
        .collect()
}

const NOTES: [&str; 2] = [
    "Skipped 1 row above the header.",
    "Text read as windows-1252, because it is not UTF-8.",
];

/// Uploads the file and returns the address of what came of it.
fn upload(scene: &Scene, more: &[(&str, &str)]) -> (u16, String) {
    let analyst = scene.app.browser(&scene.org, Role::Analyst);
    let fields = [&[("mapping", "standard")], more].concat();
    let reply = analyst.upload("/feedback/imports", &fields, &file());
    scene.app.run_jobs();
    match reply.header("location") {
        Some(address) => (reply.status, address.to_owned()),
        None => (reply.status, reply.text()),
    }
}

#[test]
fn an_import_tells_what_was_assumed_and_rejected() {
    let scene = organisation();
    let (status, address) = upload(&scene, &[]);
    assert_eq!(status, 303, "{address}");
    let page = scene.app.browser(&scene.org, Role::Analyst).get(&address);
    for text in NOTES {
        assert!(page.text().contains(text), "{text}: {}", page.text());
    }
    let api = scene.signed_in(Role::Analyst);
    let found = api.get(&format!("/api/v1{address}")).json();
    let report = &found["report"];
    assert_eq!(report["notes"], serde_json::json!(NOTES), "{report}");
    let groups = report["rejections"].as_array().expect("a list");
    let counted: Vec<_> = groups
        .iter()
        .map(|g| (&g["count"], &g["first_row"]))
        .collect();
    assert_eq!(counted, [(&2.into(), &4.into()), (&1.into(), &6.into())]);
    assert_eq!(groups[0]["column"], "score");
}

#[test]
fn a_preview_tells_the_same() {
    let scene = organisation();
    let (status, page) = upload(&scene, &[("trial", "yes")]);
    assert_eq!(status, 200, "{page}");
    for text in NOTES.iter().chain(&["Rejected rows by reason"]) {
        assert!(page.contains(text), "{text}: {page}");
    }
}
