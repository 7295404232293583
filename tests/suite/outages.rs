//! What happens while the database is silent, locked or read-only, and after it.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    thread::{self, JoinHandle},
    time::{Duration, Instant as Clock},
};

use diesel::{connection::SimpleConnection, prelude::*};
use rapport::{
    accounts::Role,
    assessment::writer::{AnswerWriter, NewAnswer},
    db::{Database, schema::jobs},
    feedback::refresh::RefreshStatistics,
    hiring,
    queue::{self, Job, JobState},
    types::Instant,
};
use serde_json::json;

use crate::support::{Client, Organisation, Proxy, Served, TestApp, TestDatabase, invite};

/// A server behind a proxy, and beside it one that reaches the same database directly.
struct Outage {
    served: Served,
    proxy: Proxy,
    coach: Client,
    token: String,
    org: Organisation,
    app: TestApp,
    // These tests measure time, so they do not run beside each other.
    _alone: MutexGuard<'static, ()>,
}

static ALONE: Mutex<()> = Mutex::new(());

impl Outage {
    /// `None` on SQLite, which has no server.
    fn prepare() -> Option<Self> {
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let app = TestApp::start();
        if app.database.url.starts_with("sqlite") {
            return None;
        }
        let org = app.organisation("Acme");
        let recruiter = app.api(&org, Role::Recruiter);
        let (_, _, token) = invite(&recruiter, &org, "kim@example.com");
        let consent = format!("/api/v1/sittings/{token}/consent");
        recruiter.post(&consent, &json!({ "agree": true }));
        let proxy = Proxy::before(&app.database.url);
        let served = Served::start_with(&app.database, &[("DATABASE_URL", &proxy.url)]);
        let mut coach = app.api(&org, Role::Coach);
        coach.base = served.base.clone();
        let outage = Self {
            served,
            proxy,
            coach,
            token,
            org,
            app,
            _alone: alone,
        };
        outage.until_it_works(1);
        Some(outage)
    }

    /// Status of a page that reads, and of one that writes an answer.
    fn statuses(&self, sequence: i64) -> (u16, u16) {
        let answer = answer(&self.coach, &self.token, sequence);
        (self.coach.get("/api/v1/agents").status, answer)
    }

    /// Time until everything works, with `/readyz` answering within a second all the while.
    fn until_it_works(&self, sequence: i64) -> Duration {
        let started = Clock::now();
        while ready(&self.coach) != 200 {
            assert!(started.elapsed() < Duration::from_secs(10), "not ready");
            thread::sleep(Duration::from_millis(100));
        }
        assert_eq!(self.statuses(sequence), (200, 204));
        started.elapsed()
    }

    /// More requests than there are connections, all of which wait.
    fn many_requests(&self) -> Vec<JoinHandle<u16>> {
        let request = |n: usize| {
            let (client, token) = (self.coach.clone(), self.token.clone());
            thread::spawn(move || match n {
                0 => answer(&client, &token, 2),
                _ => client.get("/api/v1/agents").status,
            })
        };
        (0..20).map(request).collect()
    }
}

fn answer(client: &Client, token: &str, sequence: i64) -> u16 {
    let path = format!("/api/v1/sittings/{token}/answers/patience1");
    let body = json!({ "value": 3, "sequence": sequence });
    client.put(&path, &body).status
}

/// Status of `/readyz`, which answers within a second. What a busy machine adds is the time that
/// `/healthz`, which waits for nothing, takes at the same moment. A cookie must not make it ask the
/// database.
fn ready(client: &Client) -> u16 {
    let timed = |path: &str| {
        let asked = Clock::now();
        let cookie = [("Cookie", "rapport=unknown")];
        let status = client.send("GET", path, "", None, &cookie).status;
        (status, asked.elapsed())
    };
    let ((status, took), (_, busy)) = thread::scope(|scope| {
        let healthz = scope.spawn(|| timed("/healthz"));
        (timed("/readyz"), healthz.join().expect("answered"))
    });
    let limit = Duration::from_secs(1) + busy;
    assert!(
        took < limit,
        "answered after {took:?}, /healthz after {busy:?}"
    );
    status
}

#[test]
fn after_a_silence_of_the_database_everything_works_again() {
    let Some(outage) = Outage::prepare() else {
        return;
    };
    // These open all connections of the pool.
    for request in outage.many_requests() {
        request.join().expect("answered");
    }
    outage.proxy.fall_silent();
    let waiting = outage.many_requests();
    let silent = Clock::now();
    while silent.elapsed() < Duration::from_secs(12) {
        let status = ready(&outage.coach);
        assert!(status == 503 || silent.elapsed() < Duration::from_secs(3));
        thread::sleep(Duration::from_millis(100));
    }
    for request in waiting {
        assert_eq!(request.join().expect("answered"), 503);
    }
    let answered = silent.elapsed();
    assert!(answered < Duration::from_secs(35), "{answered:?}");
    outage.proxy.answer_again();
    let took = outage.until_it_works(3);
    assert!(took < Duration::from_secs(10), "{took:?}");
    // The worker has recovered as well.
    let (org, now) = (outage.org.id, Instant::now());
    let job = RefreshStatistics {};
    outage.app.write(|c| Ok(queue::enqueue(c, org, &job, now)?));
    let until = Clock::now() + Duration::from_secs(20);
    while jobs_done(&outage.app) == 0 {
        assert!(Clock::now() < until, "the worker does not work");
        thread::sleep(Duration::from_millis(100));
    }
}

fn jobs_done(app: &TestApp) -> i64 {
    let done = jobs::table
        .filter(jobs::kind.eq(RefreshStatistics::KIND))
        .filter(jobs::state.eq(JobState::Done));
    let mut c = app.db.connect().expect("connects");
    done.count().get_result(&mut *c).expect("counts")
}

#[test]
fn answers_are_saved_again_after_a_silence() {
    let Some(outage) = Outage::prepare() else {
        return;
    };
    let guest = {
        let mut c = outage.app.db.connect().expect("connects");
        hiring::open_link(&mut c, &outage.token, Instant::now()).expect("a link")
    };
    let sitting = guest.sitting.expect("begun");
    let db = Database::open(&outage.proxy.url.parse().expect("an address"), 2).expect("opens");
    db.watch().expect("a thread");
    let writer = AnswerWriter::start(db).expect("a thread");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let save = |sequence| {
        let answer = NewAnswer {
            item: "patience1".to_owned(),
            value: 4,
            sequence,
        };
        runtime.block_on(writer.save(sitting.clone(), vec![answer]))
    };
    save(10).expect("saved");
    outage.proxy.fall_silent();
    assert!(save(11).is_err());
    outage.proxy.answer_again();
    let again = Clock::now();
    while save(12).is_err() {
        assert!(again.elapsed() < Duration::from_secs(10), "not saved");
    }
    assert!(again.elapsed() < Duration::from_secs(10));
}

#[test]
fn a_server_that_waits_for_a_silent_database_ends_when_told() {
    let Some(mut outage) = Outage::prepare() else {
        return;
    };
    outage.proxy.fall_silent();
    let _waiting = outage.many_requests();
    thread::sleep(Duration::from_secs(1));
    outage.served.terminate(Duration::from_secs(30));
}

#[test]
fn a_short_silence_is_noticed_as_well() {
    let Some(outage) = Outage::prepare() else {
        return;
    };
    outage.proxy.fall_silent();
    outage.proxy.answer_again();
    let until = Clock::now() + Duration::from_secs(10);
    // A request may wait for a connection that stays silent.
    while outage.coach.quickly("/api/v1/agents") != Some(200) || ready(&outage.coach) != 200 {
        assert!(Clock::now() < until, "no page");
        thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn readyz_says_when_a_database_is_read_only() {
    let Some(outage) = Outage::prepare() else {
        return;
    };
    let name = outage.app.database.url.rsplit('/').next().expect("a name");
    let turn = |state: &str| {
        let end = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = '{name}' AND pid <> pg_backend_pid()"
        );
        let url = outage.app.database.config().database_url;
        let own = Database::open(&url, 1).expect("opens");
        let mut c = own.connect().expect("connects");
        for sql in [
            "SET default_transaction_read_only = off",
            &format!("ALTER DATABASE {name} SET default_transaction_read_only = {state}"),
            &end,
        ] {
            c.batch_execute(sql).expect("turned");
        }
    };
    turn("on");
    let until = Clock::now() + Duration::from_secs(5);
    while ready(&outage.coach) == 200 {
        assert!(Clock::now() < until, "still ready");
        thread::sleep(Duration::from_millis(100));
    }
    turn("off");
    outage.until_it_works(2);
}

#[test]
fn readyz_says_when_a_file_is_locked() {
    let database = TestDatabase::migrated();
    if database.url.starts_with("postgres") {
        return;
    }
    let served = Served::start(&database);
    let client = served.anonymous();
    assert_eq!(ready(&client), 200);
    let other = Database::open(&database.config().database_url, 1).expect("opens");
    let mut c = other.connect().expect("connects");
    c.batch_execute("BEGIN IMMEDIATE").expect("locked");
    // For some seconds it may be a batch of an import.
    let locked = Clock::now();
    while ready(&client) == 200 {
        assert!(locked.elapsed() < Duration::from_secs(8), "still ready");
        thread::sleep(Duration::from_millis(100));
    }
    assert!(locked.elapsed() > Duration::from_secs(4), "too early");
    for _ in 0..20 {
        assert_eq!(ready(&client), 503);
        thread::sleep(Duration::from_millis(100));
    }
    c.batch_execute("ROLLBACK").expect("unlocked");
    let until = Clock::now() + Duration::from_secs(3);
    while ready(&client) != 200 {
        assert!(Clock::now() < until, "not ready");
        thread::sleep(Duration::from_millis(100));
    }
}
