//! Background jobs whose workers die, freeze or are told to stop.

use std::time::Duration as Wait;

use chrono::Duration;
use diesel::prelude::*;
use rapport::{
    accounts::Role,
    db::{DbConnection, schema::jobs},
    feedback::{self, FeedbackError, ImportRow, ImportState, Mapping, upload},
    locale::Locale,
    msg,
    queue::{self, Claimed, Claims, Lease, QueuedJob},
    types::{Id, Instant},
    worker,
};

use crate::support::{Organisation, Served, TestApp};

const FILE: &str = "external_id,agent,team,time,channel,issue,score,scale,comment\n\
                    r1,Ann,Blue,2026-01-05T10:00:00Z,phone,question,5,csat_1_5,very polite\n";

/// An upload that began an hour ago; its file may have arrived.
pub fn begin(app: &TestApp, org: &Organisation, is_complete: bool) -> ImportRow {
    let at = Instant::now().plus(-Duration::hours(1));
    let mapping = Mapping::shipped("standard").expect("shipped");
    app.write(|c| {
        let skip = upload::Duplicates::Skip;
        let row = upload::begin_import(c, org.id, "system", "t.csv", &mapping, skip, at)?;
        upload::keep_chunk(c, &row, 0, FILE.as_bytes())?;
        if is_complete {
            upload::upload_complete(c, &row, 1, at)?;
        }
        Ok(row)
    })
}

pub fn claim(c: &mut DbConnection, minutes_ago: i64) -> QueuedJob {
    let at = Instant::now().plus(-Duration::minutes(minutes_ago));
    match queue::claim(c, Claims::Every, at).expect("reads") {
        Some(Claimed::Run(job)) => job,
        other => panic!("{other:?}"),
    }
}

pub fn find(app: &TestApp, org: Id, import: Id) -> ImportRow {
    let mut c = app.db.connect().expect("connects");
    let (row, _) = feedback::import_with_rejections(&mut c, org, import, 1).expect("reads");
    row
}

/// Lets six workers die while they run the job that is due.
pub fn bury(app: &TestApp) {
    let mut c = app.db.connect().expect("connects");
    for minutes_ago in [50, 40, 30, 20, 10, 5] {
        claim(&mut c, minutes_ago);
    }
    drop(c);
    let outcome = worker::run_next(&app.db).expect("reads");
    assert_eq!(outcome, worker::Outcome::Failed);
}

/// Six workers died while they read a file: its page says so, and the import can be undone.
#[test]
fn an_import_whose_workers_died_is_stopped_with_a_reason() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let import = begin(&app, &org, true);
    bury(&app);
    let stopped = find(&app, org.id, import.id);
    assert_eq!(stopped.state, ImportState::Stopped);
    assert!(
        stopped
            .problem
            .expect("a reason")
            .text(Locale::english())
            .contains("import the file again")
    );
    let analyst = app.browser(&org, Role::Analyst);
    let address = format!("/feedback/imports/{}", import.id);
    assert!(
        analyst
            .get(&address)
            .text()
            .contains("import the file again")
    );
    assert_eq!(analyst.form(&format!("{address}/undo"), &[]).status, 303);
}

#[test]
fn progress_gives_a_job_its_attempts_back() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    begin(&app, &org, true);
    let mut c = app.db.connect().expect("connects");
    for minutes_ago in [55, 50, 45, 40, 35, 30, 25, 20] {
        let job = claim(&mut c, minutes_ago);
        Lease::of(&job).progressed(&mut c).expect("writes");
        let attempts = jobs::table
            .filter(jobs::id.eq(job.id))
            .select(jobs::attempts)
            .first::<i32>(&mut *c);
        assert_eq!(attempts, Ok(1), "{minutes_ago} minutes ago");
    }
}

/// A worker froze, another took its job over, and the first goes on.
#[test]
fn a_worker_that_lost_its_lease_changes_the_job_no_more() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    begin(&app, &org, true);
    let mut c = app.db.connect().expect("connects");
    let (frozen, other) = (claim(&mut c, 50), claim(&mut c, 10));
    let now = Instant::now();
    assert!(!queue::renew(&mut c, &frozen, now).expect("writes"));
    queue::finish(&mut c, &frozen, now).expect("writes");
    queue::release(&mut c, &frozen, now).expect("writes");
    let late = (&msg!("job-panicked"), "late");
    assert!(!queue::fail(&mut c, &frozen, late, now).expect("writes"));
    assert_eq!(queue::open_jobs(&mut c).expect("reads"), 1);
    assert!(queue::renew(&mut c, &other, now).expect("writes"));
    queue::finish(&mut c, &other, now).expect("writes");
    assert_eq!(queue::open_jobs(&mut c).expect("reads"), 0);
}

/// The counts of an import come from one worker alone.
#[test]
fn an_import_that_another_worker_took_over_stores_nothing() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let mut frozen = begin(&app, &org, false);
    let mut other = frozen.clone();
    let mapping = Mapping::shipped("standard").expect("shipped");
    let run = |row: &mut ImportRow, file: &str| {
        let watcher = &mut feedback::import::Unwatched;
        feedback::import::run(&app.db, row, &mapping, file.as_bytes(), watcher)
    };
    run(&mut other, FILE).expect("reads the file");
    let late = run(&mut frozen, &FILE.replace("r1", "r2"));
    assert!(matches!(late, Err(FeedbackError::ImportTaken)), "{late:?}");
    let stored = find(&app, org.id, other.id);
    assert_eq!((stored.rows_read, stored.imported), (1, 1));
}

#[test]
fn uploads_that_never_arrived_are_stopped_and_their_pieces_deleted() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let (abandoned, queued) = (begin(&app, &org, false), begin(&app, &org, true));
    let now = Instant::now();
    let swept = app.write(|c| Ok(upload::sweep(c, now.plus(-Duration::hours(6)), now)?));
    assert_eq!(swept, 0, "it may still be arriving");
    let swept = app.write(|c| Ok(upload::sweep(c, now, now)?));
    assert_eq!(swept, 1);
    let stopped = find(&app, org.id, abandoned.id);
    assert_eq!(stopped.state, ImportState::Stopped);
    assert!(
        stopped
            .problem
            .expect("a reason")
            .text(Locale::english())
            .contains("did not arrive in full")
    );
    app.run_jobs();
    assert_eq!(find(&app, org.id, queued.id).imported, 1);
}

/// A worker that is told to stop in the middle of a file gives the job back, and another one goes
/// on within fifteen seconds.
#[test]
fn a_stopped_worker_gives_its_job_back() {
    // More than a quiet machine reads in the five seconds that a running job has to end.
    const ROWS: i64 = 60_000;
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let mut file = FILE.lines().next().expect("a header").to_owned();
    for row in 0..ROWS {
        file += &format!("\nr{row},Ann,Blue,2026-01-05T10:00:00Z,phone,question,5,csat_1_5,");
        file += &format!("call {row}: I waited for an hour and she was very polite");
    }
    let mapping = Mapping::shipped("standard").expect("shipped");
    let now = Instant::now();
    let import = app.write(|c| {
        let skip = upload::Duplicates::Skip;
        let row = upload::begin_import(c, org.id, "system", "t.csv", &mapping, skip, now)?;
        upload::keep_chunk(c, &row, 0, file.as_bytes())?;
        upload::upload_complete(c, &row, 1, now)?;
        Ok(row)
    });
    let wait_until = |seconds: u64, what: &str, is_so: &dyn Fn() -> bool| {
        let until = std::time::Instant::now() + Wait::from_secs(seconds);
        while !is_so() {
            assert!(
                std::time::Instant::now() < until,
                "{what} after {seconds} s"
            );
            std::thread::sleep(Wait::from_millis(50));
        }
    };
    let mut first = Served::start(&app.database);
    wait_until(120, "no rows", &|| {
        find(&app, org.id, import.id).rows_read > 0
    });
    first.terminate(Wait::from_secs(20));
    let before = find(&app, org.id, import.id);
    assert!(
        before.finished_at.is_none(),
        "the file is too short for this test"
    );
    // Where a batch holds SQLite's write lock, the job cannot be given back, and its lease runs
    // out.
    let given_back = lease(&app);
    let _second = Served::start(&app.database);
    wait_until(20, "no new claim", &|| {
        lease(&app).is_some_and(|lease| Some(lease) != given_back)
    });
    wait_until(300, "not finished", &|| {
        find(&app, org.id, import.id).finished_at.is_some()
    });
    let done = find(&app, org.id, import.id);
    assert_eq!(
        (done.rows_read, done.imported, done.duplicates),
        (ROWS, ROWS, 0)
    );
}

/// The claim under which the job runs.
fn lease(app: &TestApp) -> Option<Id> {
    let mut c = app.db.connect().expect("connects");
    let leases: Vec<Option<Id>> = jobs::table
        .filter(jobs::kind.eq("feedback.import"))
        .select(jobs::lease)
        .load(&mut *c)
        .expect("reads");
    leases.into_iter().next().flatten()
}
