//! Large files of candidates, and what other people notice of them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    sync::{Arc, Mutex, mpsc},
    time::Duration,
};

use rapport::{
    accounts::Role,
    audit,
    db::{Database, DbError, shares},
    types::{Id, Instant},
};
use serde_json::{Value, json};

use crate::support::{Client, Organisation, TestApp, TestDatabase, add, invite};

const PAGE: &str = "/api/v1/vacancies";

/// A CSV file with a row for each address.
fn file<'a>(emails: impl IntoIterator<Item = &'a str>) -> String {
    let mut file = "name,email\n".to_owned();
    for email in emails {
        writeln!(file, "Kim Test,{email}").expect("written");
    }
    file
}

fn addresses(count: usize) -> Vec<String> {
    (0..count)
        .map(|i| format!("c{i}@candidate.example"))
        .collect()
}

fn import(client: &Client, vacancy: &str, file: &str) -> Value {
    let address = format!("/api/v1/vacancies/{vacancy}/candidates/import");
    let reply = client.upload(&address, &[], file.as_bytes());
    assert_eq!(reply.status, 201, "{}", reply.text());
    reply.json()
}

fn emails(done: &Value) -> Vec<&str> {
    let added = done["added"].as_array().expect("added");
    added.iter().filter_map(|a| a["email"].as_str()).collect()
}

fn rejected(done: &Value) -> BTreeMap<u64, &str> {
    let rows = done["rejected"].as_array().expect("rejected");
    let row = |r: &'_ Value| r["row"].as_u64().expect("a row");
    let reason = |r: &'_ Value| r["reason"].as_str().map(str::len);
    assert!(rows.iter().all(|r| reason(r) > Some(0)));
    assert!(rows.iter().map(row).is_sorted());
    rows.iter()
        .map(|r| (row(r), r["reason"].as_str().unwrap_or_default()))
        .collect()
}

/// Rows of three batches: a repeated address, a known one and a bad one far from each other.
#[test]
fn every_valid_row_of_a_long_file_is_added_once() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let recruiter = app.api(&org, Role::Recruiter);
    let (vacancy, _, _) = invite(&recruiter, &org, "kim@candidate.example");
    add(&recruiter, &vacancy, "c700@candidate.example");
    let valid = addresses(1_201);
    let mut rows: Vec<&str> = valid.iter().map(String::as_str).collect();
    // Row 1 is the header, so the row of index i is i + 2.
    rows.insert(600, "no address");
    rows.insert(1_100, "C3@candidate.example");
    rows.push("KIM@candidate.example");
    let done = import(&recruiter, &vacancy, &file(rows));
    let expected = valid.iter().filter(|e| *e != "c700@candidate.example");
    assert_eq!(emails(&done), expected.collect::<Vec<_>>());
    let rejected = rejected(&done);
    assert_eq!(
        rejected.keys().copied().collect::<Vec<_>>(),
        [602, 703, 1_102, 1_205]
    );
    let duplicate = "This address is already in the vacancy.";
    assert_ne!(rejected[&602], duplicate);
    assert!(
        [703, 1_102, 1_205]
            .iter()
            .all(|row| rejected[row] == duplicate)
    );
    for i in [0, 499, 500, 1_199] {
        let token = done["added"][i]["token"].as_str().expect("a token");
        let sitting = app.anonymous().get(&format!("/api/v1/sittings/{token}"));
        assert_eq!(sitting.status, 200, "{}", sitting.text());
    }
    let list = recruiter.get(&format!("{PAGE}/{vacancy}/shortlist")).json();
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1_202));
    // The known address is in the second batch.
    assert_eq!(audited(&app, &org), [500, 499, 201]);
    let again = import(
        &recruiter,
        &vacancy,
        &file(valid.iter().map(String::as_str)),
    );
    assert!(emails(&again).is_empty());
    assert_eq!(audited(&app, &org).len(), 3);
}

/// Candidates in each audit entry about a file, oldest first.
fn audited(app: &TestApp, org: &Organisation) -> Vec<u64> {
    let mut c = app.db.connect().expect("connects");
    let entries = audit::recent(&mut c, org.id, None, 100).expect("reads");
    let own = entries.iter().rev();
    own.filter(|entry| entry.action == "candidates.imported")
        .map(|entry| serde_json::from_str::<Value>(&entry.detail).expect("JSON"))
        .map(|detail| detail["count"].as_u64().expect("a count"))
        .collect()
}

#[test]
fn two_imports_at_once_add_each_address_once() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let recruiter = app.api(&org, Role::Recruiter);
    let (vacancy, _, _) = invite(&recruiter, &org, "kim@candidate.example");
    let all = addresses(1_200);
    let forwards = file(all.iter().map(String::as_str));
    let backwards = file(all.iter().rev().map(String::as_str));
    let (one, two) = std::thread::scope(|s| {
        let one = s.spawn(|| import(&recruiter, &vacancy, &forwards));
        let two = import(&recruiter, &vacancy, &backwards);
        (one.join().expect("imports"), two)
    });
    let (one, two) = (emails(&one), emails(&two));
    assert_eq!(one.len() + two.len(), all.len());
    let both: BTreeSet<&str> = one.into_iter().chain(two).collect();
    assert_eq!(both.len(), all.len());
}

#[test]
fn everybody_is_served_during_an_import() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let other = app.organisation("Elsewhere");
    let recruiter = app.api(&org, Role::Recruiter);
    let elsewhere = app.api(&other, Role::Recruiter);
    let (vacancy, _, _) = invite(&recruiter, &org, "kim@candidate.example");
    let all = addresses(5_000);
    let file = file(all.iter().map(String::as_str));
    std::thread::scope(|s| {
        let running = s.spawn(|| import(&recruiter, &vacancy, &file));
        while !running.is_finished() {
            assert_eq!(elsewhere.get(PAGE).status, 200);
            // Writes to the audit log of the organisation that imports.
            invite(&recruiter, &org, "another@candidate.example");
            invite(&elsewhere, &other, "another@candidate.example");
        }
        let done = running.join().expect("imports");
        assert_eq!(emails(&done).len(), all.len());
    });
}

/// Requests of one organisation wait for its lock, as many as there are connections.
#[test]
fn an_organisation_that_waits_keeps_nobody_else_waiting() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let other = app.organisation("Elsewhere");
    let recruiter = app.api(&org, Role::Recruiter);
    let elsewhere = app.api(&other, Role::Recruiter);
    let vacancy = json!({ "title": "Adviser", "questionnaire_id": org.questionnaire });
    std::thread::scope(|s| {
        let waiting: Vec<_> = app.write(|c| {
            let event = audit::Event::new(org.id, "system", "test.happened", ("test", 1));
            audit::record(c, event, Instant::now())?;
            let post = || s.spawn(|| recruiter.post(PAGE, &vacancy).status);
            let waiting = (0..8).map(|_| post()).collect();
            std::thread::sleep(Duration::from_millis(500));
            for _ in 0..5 {
                assert_eq!(elsewhere.get(PAGE).status, 200);
            }
            Ok(waiting)
        });
        for request in waiting {
            assert_eq!(request.join().expect("answered"), 201);
        }
    });
}

#[test]
fn an_organisation_takes_all_connections_but_two() {
    let database = TestDatabase::migrated();
    let url = database.url.parse().expect("a database URL");
    let db = Database::open(&url, 4).expect("opens");
    let (open, gate) = mpsc::channel::<()>();
    let gate = Arc::new(Mutex::new(gate));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_time()
        .build();
    runtime.expect("a runtime").block_on(async {
        let (one, another) = (Some(Id::new()), Some(Id::new()));
        let mut stuck = tokio::task::JoinSet::new();
        for _ in 0..4 {
            let (db, gate) = (db.clone(), Arc::clone(&gate));
            let wait = async move {
                db.read(move |_| {
                    drop(gate.lock().map(|gate| gate.recv()));
                    Ok::<_, DbError>(())
                })
                .await
            };
            stuck.spawn(shares::on_behalf_of(one, wait));
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        for organisation in [another, None] {
            let read = db.read(|_| Ok::<_, DbError>(1));
            let read = shares::on_behalf_of(organisation, read).await;
            assert!(matches!(read, Ok(1)), "{read:?}");
        }
        drop(open);
        let done = stuck.join_all().await;
        assert!(done.iter().all(Result::is_ok), "{done:?}");
    });
}
