//! What the reader of a file assumed and rejected, on the pages and in the API.

use rapport::{
    accounts::Role,
    feedback,
    queue::{self, Claimed, Claims, Lease, Run},
    types::Instant,
};

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

#[test]
fn a_previewed_file_is_imported_without_choosing_it_again() {
    let scene = organisation();
    let analyst = scene.app.browser(&scene.org, Role::Analyst);
    let (_, page) = upload(&scene, &[("trial", "yes")]);
    let start = page
        .split('"')
        .find(|part| part.starts_with("/feedback/imports/") && part.ends_with("/start"))
        .expect("a form that imports the file");
    let address = start.trim_end_matches("/start");
    let listed = analyst.get("/feedback").text();
    assert!(listed.contains("Previewed, not imported"), "{listed}");
    let again = analyst.get(
        analyst
            .get(address)
            .header("location")
            .expect("the preview"),
    );
    assert!(again.text().contains(start), "{}", again.text());
    for _ in 0..2 {
        let reply = analyst.form(start, &[]);
        assert_eq!(reply.header("location"), Some(address), "{}", reply.text());
    }
    scene.app.run_jobs();
    let done = analyst.get(address).text();
    assert!(
        done.contains("Finished.") && done.contains("1 row was stored"),
        "{done}"
    );
    let import = scene
        .signed_in(Role::Analyst)
        .get(&format!("/api/v1{address}"))
        .json();
    assert_eq!(import["import"]["imported"], 1);
}

#[test]
fn a_previewed_file_is_deleted_when_nobody_imports_it() {
    let scene = organisation();
    let analyst = scene.app.browser(&scene.org, Role::Analyst);
    upload(&scene, &[("trial", "yes")]);
    let listed = scene
        .signed_in(Role::Analyst)
        .get("/api/v1/feedback/imports")
        .json();
    let import = listed["items"][0]["id"]
        .as_str()
        .expect("an id")
        .parse()
        .expect("an id");
    let discard = feedback::DiscardPreview { import };
    let tomorrow = Instant::now().plus(chrono::Duration::days(1));
    let mut c = scene.app.db.connect().expect("connects");
    let Ok(Some(Claimed::Run(job))) = queue::claim(&mut c, Claims::Every, tomorrow) else {
        panic!("no job is due");
    };
    drop(c);
    for _ in 0..2 {
        let lease = Lease::of(&job);
        discard
            .run(&scene.app.db, scene.org.id, &lease)
            .expect("deletes");
    }
    let late = analyst.form(&format!("/feedback/imports/{import}/start"), &[]);
    assert_eq!(late.status, 404);
    assert!(late.text().contains("no longer kept"), "{}", late.text());
    let listed = scene
        .signed_in(Role::Analyst)
        .get("/api/v1/feedback/imports")
        .json();
    assert_eq!(listed["items"], serde_json::json!([]));
}

#[test]
fn a_finished_import_leads_on_to_what_a_role_may_open() {
    let scene = organisation();
    let (_, address) = upload(&scene, &[]);
    let page = |role| scene.app.browser(&scene.org, role).get(&address).text();
    let of_admin = page(Role::Admin);
    for link in ["/overview", "/agents", "/vacancies"] {
        assert!(
            of_admin.contains(&format!("<li><a href=\"{link}\">")),
            "{of_admin}"
        );
    }
    let of_analyst = page(Role::Analyst);
    assert!(
        of_analyst.contains("A coach or an administrator can now create plans")
            && !of_analyst.contains("href=\"/agents\""),
        "{of_analyst}"
    );
    assert!(
        of_analyst.contains("The rows themselves are not stored"),
        "{of_analyst}"
    );
}

#[test]
fn a_file_without_column_names_is_told_so_without_its_comments() {
    let scene = organisation();
    let analyst = scene.app.browser(&scene.org, Role::Analyst);
    let file = b"r1,ann,2026-01-02,5,csat_1_5,She was rude and I felt ill\n\
        r2,ann,2026-01-03,5,csat_1_5,Fine\n";
    let fields = [("mapping", "standard"), ("trial", "yes")];
    let reply = analyst.upload("/feedback/imports", &fields, file);
    let page = reply.text();
    assert_eq!(reply.status, 422, "{page}");
    assert!(
        page.contains("must contain the names of the columns"),
        "{page}"
    );
    assert!(
        page.contains("external_id") && !page.contains("rude"),
        "{page}"
    );
}
