//! The list of background jobs: who sees it, and what trying again and dropping do.

use std::process::Command;

use chrono::Duration;
use diesel::prelude::*;
use rapport::{
    accounts::Role,
    coaching,
    db::schema::{import_chunks, imports, jobs},
    feedback::{ImportRow, ImportState, upload},
    locale::Locale,
    types::{Id, Instant, Json},
    workforce,
};
use serde_json::{Value, json};

use crate::{
    jobs::{begin, bury, claim, find},
    support::{Client, Organisation, TestApp, some_coach},
};

fn listed(client: &Client) -> Vec<Value> {
    let items = client.get("/api/v1/jobs").json()["items"].clone();
    items.as_array().expect("a list").clone()
}

fn id(job: &Value) -> &str {
    job["id"].as_str().expect("an id")
}

fn pieces(app: &TestApp) -> i64 {
    let mut c = app.db.connect().expect("connects");
    let count = import_chunks::table.count().get_result(&mut *c);
    count.expect("counts")
}

fn audited(app: &TestApp, org: &Organisation, action: &str) -> usize {
    let entries = app.api(org, Role::Admin).get("/api/v1/audit").json();
    let entries = entries["items"].as_array().expect("a list");
    entries.iter().filter(|e| e["action"] == action).count()
}

/// An import whose six workers died.
fn failed_import(app: &TestApp, org: &Organisation) -> ImportRow {
    let import = begin(app, org, true);
    bury(app);
    import
}

#[test]
fn a_failed_import_is_listed_and_goes_on_when_tried_again() {
    let app = TestApp::start();
    let (org, other) = (app.organisation("Acme"), app.organisation("Else"));
    let import = failed_import(&app, &org);
    let admin = app.api(&org, Role::Admin);
    let jobs = listed(&admin);
    assert_eq!(jobs.len(), 1, "{jobs:?}");
    let job = &jobs[0];
    assert_eq!(
        (
            &job["name"],
            &job["status"],
            &job["due_at"],
            &job["attempts"]
        ),
        (
            &json!("Import of a feedback file"),
            &json!("failed"),
            &Value::Null,
            &json!(6)
        )
    );
    assert!(
        job["last_error"]
            .as_str()
            .is_some_and(|e| e.contains("worker stopped"))
    );
    let page = app.browser(&org, Role::Admin).get("/jobs").text();
    assert!(
        page.contains("Import of a feedback file") && page.contains("Failed"),
        "{page}"
    );
    // Nothing of another organisation.
    assert_eq!(listed(&app.api(&other, Role::Admin)), Vec::<Value>::new());
    let address = format!("/api/v1/jobs/{}/retry", id(job));
    assert_eq!(
        app.api(&other, Role::Admin)
            .post(&address, &json!({}))
            .status,
        404
    );
    assert_eq!(admin.post(&address, &json!({})).status, 204);
    assert_eq!(find(&app, org.id, import.id).state, ImportState::Waiting);
    let again = admin.post(&address, &json!({}));
    assert_eq!((again.status, again.code().as_str()), (409, "step_refused"));
    app.run_jobs();
    let done = find(&app, org.id, import.id);
    assert_eq!(
        (done.state, done.imported, done.problem),
        (ImportState::Finished, 1, None)
    );
    assert_eq!((pieces(&app), audited(&app, &org, "job.retried")), (0, 1));
}

/// Why a job failed is a message in the language of its reader; earlier versions stored English.
#[test]
fn the_reason_of_a_failure_is_shown_to_its_reader() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    failed_import(&app, &org);
    let (api, admin) = (app.api(&org, Role::Admin), app.browser(&org, Role::Admin));
    let stopped = "The server stopped while it ran this job.";
    assert_eq!(listed(&api)[0]["failure"], stopped);
    let page = admin.get("/jobs").text();
    assert!(
        page.contains(stopped) && page.contains("Technical details"),
        "{page}"
    );
    let store = |failure: Option<&str>| {
        app.write(|c| {
            let set = jobs::failure.eq(failure);
            diesel::update(jobs::table).set(set).execute(c)?;
            Ok(())
        });
    };
    let quoting = json!({ "id": "later", "args": [], "english": "No column \u{201c}Ann\u{201d}" });
    store(Some(&quoting.to_string()));
    assert_eq!(listed(&api)[0]["failure"], "No column \u{2026}");
    store(None);
    assert_eq!(listed(&api)[0]["failure"], Value::Null);
    let page = admin.get("/jobs").text();
    assert!(
        page.contains("the worker stopped") && !page.contains("Technical details"),
        "{page}"
    );
}

#[test]
fn the_page_of_a_failed_import_offers_to_try_again() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let import = failed_import(&app, &org);
    let analyst = app.browser(&org, Role::Analyst);
    let address = format!("/feedback/imports/{}", import.id);
    assert!(analyst.get(&address).text().contains("Try again"));
    assert_eq!(analyst.form(&format!("{address}/retry"), &[]).status, 303);
    app.run_jobs();
    let page = analyst.get(&address).text();
    assert!(
        page.contains("Finished.") && !page.contains("Try again"),
        "{page}"
    );
    let again = app.api(&org, Role::Analyst);
    let again = again.post(&format!("/api/v1{address}/retry"), &json!({}));
    assert_eq!(again.status, 409);
}

#[test]
fn dropping_a_job_deletes_its_file_and_stops_its_import() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let admin = app.browser(&org, Role::Admin);
    let api = app.api(&org, Role::Admin);
    let failed = failed_import(&app, &org);
    let waiting = begin(&app, &org, true);
    for job in listed(&api) {
        assert_eq!(
            admin.form(&format!("/jobs/{}/drop", id(&job)), &[]).status,
            303
        );
    }
    assert_eq!((listed(&api).len(), pieces(&app)), (0, 0));
    for import in [failed, waiting] {
        let stopped = find(&app, org.id, import.id);
        assert_eq!(stopped.state, ImportState::Stopped);
        let page = admin
            .get(&format!("/feedback/imports/{}", import.id))
            .text();
        assert!(!page.contains("Try again"), "{page}");
    }
    assert_eq!(audited(&app, &org, "job.dropped"), 2);
}

#[test]
fn running_jobs_and_deletions_cannot_be_dropped() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let api = app.api(&org, Role::Admin);
    begin(&app, &org, true);
    drop(claim(&mut app.db.connect().expect("connects"), 0));
    let file = b"external_id,agent,time,score,scale\ny1,a,2026-01-02,5,csat_1_5\n";
    let fields = [("mapping", "standard"), ("trial", "yes")];
    assert_eq!(
        app.browser(&org, Role::Analyst)
            .upload("/feedback/imports", &fields, file)
            .status,
        200
    );
    let jobs = listed(&api);
    let status = |kind: &str| {
        jobs.iter()
            .find(|j| j["kind"] == kind)
            .map(|j| j["status"].clone())
    };
    assert_eq!(status("feedback.import"), Some(json!("running")));
    assert_eq!(status("feedback.discard_preview"), Some(json!("waiting")));
    for job in &jobs {
        assert_eq!(job["can_be_dropped"], false, "{job}");
        let refused = api.post(&format!("/api/v1/jobs/{}/drop", id(job)), &json!({}));
        assert_eq!(
            (refused.status, refused.code().as_str()),
            (409, "step_refused")
        );
    }
    assert_eq!(listed(&api).len(), 2);
}

#[test]
fn an_undone_import_cannot_be_tried_again() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let import = failed_import(&app, &org);
    let address = format!("/feedback/imports/{}/undo", import.id);
    assert_eq!(
        app.browser(&org, Role::Analyst).form(&address, &[]).status,
        303
    );
    assert_eq!(
        (listed(&app.api(&org, Role::Admin)).len(), pieces(&app)),
        (0, 0)
    );
}

fn sweep(app: &TestApp, days: i64) -> usize {
    let now = Instant::now().plus(Duration::days(days));
    app.write(|c| Ok(upload::sweep(c, now, now)?))
}

#[test]
fn an_import_whose_job_is_gone_is_stopped() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let import = begin(&app, &org, true);
    app.write(|c| {
        upload::mark_running(c, import.clone())?;
        diesel::delete(jobs::table).execute(c)?;
        Ok(())
    });
    assert_eq!(sweep(&app, 0), 1);
    let stopped = find(&app, org.id, import.id);
    assert_eq!(stopped.state, ImportState::Stopped);
    assert!(
        stopped
            .problem
            .expect("a reason")
            .text(Locale::english())
            .contains("Import the file again")
    );
}

#[test]
fn a_dead_job_that_nobody_recorded_can_be_tried_again_for_a_week() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let import = failed_import(&app, &org);
    app.write(|c| {
        let running = imports::state.eq(ImportState::Running);
        let ended = imports::finished_at.eq(None::<Instant>);
        diesel::update(imports::table)
            .set((running, ended))
            .execute(c)?;
        Ok(())
    });
    assert_eq!((sweep(&app, 0), pieces(&app)), (1, 1));
    assert_eq!(find(&app, org.id, import.id).state, ImportState::Stopped);
    assert_eq!((sweep(&app, 6), pieces(&app)), (0, 1));
    assert_eq!((sweep(&app, 8), pieces(&app)), (0, 0));
    assert_eq!(listed(&app.api(&org, Role::Admin)).len(), 0);
}

#[test]
fn the_export_of_a_dropped_job_has_failed() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let actor = some_coach(org.id);
    let export: Id = app.write(|c| {
        let now = Instant::now();
        let team = workforce::ensure_team(c, org.id, "Blue", now)?.id;
        Ok(coaching::plan_export::request(
            c,
            &actor,
            team,
            Locale::english(),
            now,
        )?)
    });
    let api = app.api(&org, Role::Admin);
    let address = format!("/api/v1/jobs/{}/drop", id(&listed(&api)[0]));
    assert_eq!(api.post(&address, &json!({})).status, 204);
    let state = app
        .api(&org, Role::Coach)
        .get(&format!("/api/v1/exports/{export}"))
        .json()["state"]
        .clone();
    assert_eq!(state, "failed");
}

#[test]
fn plans_are_exported_in_the_language_of_who_requested_them() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let team = app.write(|c| Ok(workforce::ensure_team(c, org.id, "Blue", Instant::now())?.id));
    let coach = app.api(&org, Role::Coach);
    let request = || {
        let address = format!("/api/v1/teams/{team}/exports");
        let export = coach.post(&address, &json!({})).json()["id"].clone();
        format!("/api/v1/exports/{}", export.as_str().expect("an id"))
    };
    let payload = || -> Value {
        let mut c = app.db.connect().expect("connects");
        let newest = jobs::table
            .filter(jobs::kind.eq("coaching.export_plans"))
            .order(jobs::id.desc());
        let payload = newest.select(jobs::payload).first::<Json>(&mut *c);
        payload.expect("a job").0
    };
    request();
    assert_eq!(payload()["language"], "en");
    // Queued by an earlier version.
    let export = request();
    let mut earlier = payload();
    earlier.as_object_mut().expect("fields").remove("language");
    app.write(|c| {
        let set = jobs::payload.eq(Json(earlier));
        diesel::update(jobs::table.filter(jobs::kind.eq("coaching.export_plans")))
            .set(set)
            .execute(c)?;
        Ok(())
    });
    app.run_jobs();
    assert_eq!(coach.get(&export).json()["state"], "empty");
}

#[test]
fn the_command_line_sees_the_jobs_of_all_organisations() {
    let app = TestApp::start();
    let (org, other) = (app.organisation("Acme"), app.organisation("Else"));
    let import = failed_import(&app, &org);
    begin(&app, &other, true);
    let rapport = |args: &[&str]| {
        let output = Command::new(env!("CARGO_BIN_EXE_rapport"))
            .arg("jobs")
            .args(args)
            .env("DATABASE_URL", &app.database.url)
            .env("RAPPORT_DATA_DIR", app.database.folder.path())
            .output()
            .expect("runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code(), text)
    };
    let (code, list) = rapport(&["list"]);
    assert_eq!((code, list.lines().count()), (Some(0), 3), "{list}");
    let rows: Vec<Vec<&str>> = list
        .lines()
        .skip(1)
        .map(|l| l.split('\t').collect())
        .collect();
    assert_eq!(
        rows[0][1..5],
        ["Acme", "Import of a feedback file", "Failed", "6"]
    );
    assert_eq!(
        rows[1][1..4],
        ["Else", "Import of a feedback file", "Waiting"]
    );
    let (failed, waiting) = (rows[0][0], rows[1][0]);
    assert_eq!(rapport(&["retry", waiting]).0, Some(1));
    assert_eq!(rapport(&["retry", failed]).0, Some(0));
    assert_eq!(find(&app, org.id, import.id).state, ImportState::Waiting);
    assert_eq!(rapport(&["drop", waiting]).0, Some(0));
    assert_eq!(rapport(&["drop", waiting]).0, Some(1));
    assert_eq!(rapport(&["drop", "x"]).0, Some(2));
    assert_eq!(
        (
            audited(&app, &org, "job.retried"),
            audited(&app, &other, "job.dropped")
        ),
        (1, 1)
    );
}
