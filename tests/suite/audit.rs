//! The log says who did what, and shows when somebody changed it.

use diesel::{RunQueryDsl, connection::SimpleConnection, sql_query};
use rapport::{
    accounts::Role,
    audit::{self, Damage, Verdict},
    db::DbConnection,
    types::Instant,
};
use sha2::Digest;

use crate::support::{Client, Organisation, TestApp, invite};

fn run(c: &mut DbConnection, sql: &str) -> Result<usize, diesel::result::Error> {
    rapport::on_backend!(c, c => sql_query(sql).execute(c))
}

#[test]
fn every_change_is_on_record_and_the_chain_holds() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    invite(
        &app.api(&org, Role::Recruiter),
        &org,
        "kim@candidate.example",
    );
    let admin = app.api(&org, Role::Admin);
    let log = admin.get("/api/v1/audit").json();
    let actions: Vec<&str> = log["items"]
        .as_array()
        .expect("items")
        .iter()
        .filter_map(|e| e["action"].as_str())
        .collect();
    for action in [
        "organisation.created",
        "questionnaire.published",
        "person.signed_in",
        "vacancy.created",
        "candidate.added",
        "invitation.created",
    ] {
        assert!(actions.contains(&action), "{action} in {actions:?}");
    }
    let text = log.to_string();
    assert!(
        !text.contains("kim@") && !text.contains("Kim"),
        "no personal data in the log"
    );
    assert!(
        app.browser(&org, Role::Admin)
            .get("/audit")
            .text()
            .contains("The log is intact")
    );
}

/// An owner of the tables can drop what protects them.
fn drop_triggers(c: &mut DbConnection) {
    let is_postgres = matches!(c, DbConnection::Postgres(_));
    for (table, trigger) in [
        ("audit_entries", "audit_entries_append_only"),
        ("audit_entries", "audit_entries_no_update"),
        ("audit_entries", "audit_entries_no_delete"),
        ("audit_heads", "audit_heads_no_delete"),
        ("audit_heads", "audit_heads_forward"),
    ] {
        let on = if is_postgres {
            format!(" ON {table}")
        } else {
            String::new()
        };
        run(c, &format!("DROP TRIGGER IF EXISTS {trigger}{on}")).expect("dropped");
    }
}

/// The hash of the description of the API, computed without the program.
fn recomputed(organisation: &str, entry: &serde_json::Value) -> String {
    let text = |name: &str| entry[name].as_str().expect(name).to_owned();
    let fields = [
        text("previous_hash"),
        organisation.to_owned(),
        entry["sequence"].to_string(),
        text("at"),
        text("actor"),
        text("action"),
        text("object_kind"),
        text("object_id"),
        text("detail"),
    ];
    let mut bytes = Vec::new();
    for field in fields {
        bytes.extend(u64::try_from(field.len()).expect("small").to_be_bytes());
        bytes.extend(field.bytes());
    }
    let digest = sha2::Sha256::digest(&bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// All entries of the API, oldest first, with the organisation.
fn entries_of(client: &Client) -> (String, Vec<serde_json::Value>) {
    let log = client.get("/api/v1/audit").json();
    let organisation = log["organisation"].as_str().expect("a key").to_owned();
    let mut entries = log["items"].as_array().expect("items").clone();
    entries.reverse();
    (organisation, entries)
}

#[test]
fn anybody_can_recompute_the_chain_from_the_api() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let (organisation, entries) = entries_of(&app.api(&org, Role::Admin));
    assert!(entries.len() > 5);
    let mut previous = "0".repeat(64);
    for (entry, sequence) in entries.iter().zip(1..) {
        assert_eq!(entry["sequence"], sequence);
        assert_eq!(entry["previous_hash"], previous.as_str());
        assert_eq!(entry["hash"], recomputed(&organisation, entry).as_str());
        entry["hash"]
            .as_str()
            .expect("text")
            .clone_into(&mut previous);
    }
}

/// Writes the log anew from entry 3 on, with valid hashes, as anybody could who may write the
/// database.
fn write_anew(app: &TestApp, org: &Organisation) {
    let (organisation, entries) = entries_of(&app.api(org, Role::Admin));
    let mut c = app.db.connect().expect("connects");
    drop_triggers(&mut c);
    let mut previous = String::new();
    for mut entry in entries {
        if entry["sequence"].as_i64() >= Some(3) {
            entry["previous_hash"] = previous.into();
            if entry["sequence"] == 3 {
                entry["actor"] = "person:of another name".into();
            }
            let hash = recomputed(&organisation, &entry);
            let set = format!(
                "UPDATE audit_entries SET actor = '{}', previous_hash = '{}', hash = '{hash}' WHERE sequence = {}",
                entry["actor"].as_str().expect("text"),
                entry["previous_hash"].as_str().expect("text"),
                entry["sequence"]
            );
            run(&mut c, &set).expect("changes");
            previous = hash;
        } else {
            entry["hash"]
                .as_str()
                .expect("text")
                .clone_into(&mut previous);
        }
    }
    run(
        &mut c,
        &format!("UPDATE audit_heads SET hash = '{previous}'"),
    )
    .expect("changes");
}

#[test]
fn a_changed_removed_or_shortened_log_is_found() {
    let shortened = "UPDATE audit_heads SET sequence = 5, \
         hash = (SELECT hash FROM audit_entries WHERE sequence = 5)";
    for (tamper, expected) in [
        (
            &["UPDATE audit_entries SET actor = 'somebody else' WHERE sequence = 3"][..],
            (3, Damage::Changed),
        ),
        (
            &["UPDATE audit_entries SET detail = '{}' WHERE sequence = 1"],
            (1, Damage::Changed),
        ),
        (
            &["UPDATE audit_entries SET previous_hash = hash WHERE sequence = 2"],
            (2, Damage::Unlinked),
        ),
        (
            &["DELETE FROM audit_entries WHERE sequence = 4"],
            (4, Damage::Missing),
        ),
        (
            &["DELETE FROM audit_entries WHERE sequence > 5"],
            (6, Damage::Truncated),
        ),
        (
            &["DELETE FROM audit_entries WHERE sequence > 5", shortened],
            (5, Damage::Forged),
        ),
        (&["DELETE FROM audit_heads"], (8, Damage::NoHead)),
        (
            &["DELETE FROM audit_heads", "DELETE FROM audit_entries"],
            (1, Damage::Missing),
        ),
        (
            &["UPDATE audit_heads SET signature = NULL, key_id = NULL"],
            (8, Damage::Unsigned),
        ),
    ] {
        let app = TestApp::start();
        let org = app.organisation("Acme");
        let mut c = app.db.connect().expect("connects");
        let before = audit::verify(&mut c, org.id);
        assert!(matches!(before, Ok(Verdict::Intact { entries: 8 })));
        let is_protected = tamper[0].contains("audit_entries") || tamper[0].contains("DELETE");
        assert!(
            !is_protected || run(&mut c, tamper[0]).is_err(),
            "a trigger refuses: {tamper:?}"
        );
        drop_triggers(&mut c);
        for statement in tamper {
            run(&mut c, statement).expect("tampered");
        }
        match audit::verify(&mut c, org.id).expect("reads") {
            Verdict::Broken { sequence, damage } => {
                assert_eq!((sequence, damage), expected, "{tamper:?}");
            }
            other => panic!("{tamper:?}: {other:?}"),
        }
    }
}

#[test]
fn a_log_written_anew_without_the_key_is_found_also_after_the_next_entry() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    app.api(&org, Role::Admin);
    write_anew(&app, &org);
    let verdict = || {
        let mut c = app.db.connect().expect("connects");
        audit::verify(&mut c, org.id).expect("reads")
    };
    let damage = |verdict| match verdict {
        Verdict::Broken { damage, .. } => damage,
        other => panic!("{other:?}"),
    };
    assert_eq!(damage(verdict()), Damage::Forged);
    let note = || {
        app.write(|c| {
            let event = audit::Event::new(org.id, "system", "test.happened", ("test", 1));
            Ok(audit::record(c, event, Instant::now())?)
        });
    };
    note();
    assert_eq!(damage(verdict()), Damage::Unsigned);
    let page = app.browser(&org, Role::Admin).get("/audit").text();
    assert!(page.contains("The log may have been changed"));
}

#[test]
fn an_emptied_log_cannot_begin_again() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let mut c = app.db.connect().expect("connects");
    drop_triggers(&mut c);
    run(&mut c, "DELETE FROM audit_heads").expect("runs");
    run(&mut c, "DELETE FROM audit_entries").expect("runs");
    app.write(|c| {
        let event = audit::Event::new(org.id, "system", "person.signed_in", ("person", 1));
        Ok(audit::record(c, event, Instant::now())?)
    });
    let verdict = audit::verify(&mut c, org.id).expect("reads");
    let damage = Damage::Missing;
    assert_eq!(
        verdict,
        Verdict::Broken {
            sequence: 1,
            damage
        }
    );
}

#[test]
fn exported_heads_show_a_return_to_an_older_copy() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let heads = app.database.folder.path().join("heads.jsonl");
    let heads = heads.display().to_string();
    let rapport = |args: &[&str]| {
        let done = std::process::Command::new(env!("CARGO_BIN_EXE_rapport"))
            .args(args)
            .env("DATABASE_URL", &app.database.url)
            .env("RAPPORT_DATA_DIR", app.database.folder.path())
            .output()
            .expect("runs");
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        (done.status.code(), said)
    };
    let (code, said) = rapport(&["audit", "head", "--out", &heads]);
    assert_eq!(code, Some(0), "{said}");
    let check = || rapport(&["audit", "verify", "--against", &heads]);
    let (code, said) = check();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("still contains"), "{said}");
    // The head of five entries, signed by the program itself, as an older copy has it.
    let mut c = app.db.connect().expect("connects");
    drop_triggers(&mut c);
    let key = rapport::audit_key::AuditKey::installed().expect("a key");
    let entries = entries_of(&app.api(&org, Role::Admin)).1;
    let hash = entries[4]["hash"].as_str().expect("text");
    let signature = key.sign(&["audit head", &org.id.to_string(), "5", hash]);
    run(&mut c, "DELETE FROM audit_entries WHERE sequence > 5").expect("runs");
    let set =
        format!("UPDATE audit_heads SET sequence = 5, hash = '{hash}', signature = '{signature}'");
    run(&mut c, &set).expect("runs");
    let verdict = audit::verify(&mut c, org.id).expect("reads");
    assert_eq!(
        verdict,
        Verdict::Intact { entries: 5 },
        "nothing else shows it"
    );
    let (code, said) = check();
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("older copy"), "{said}");
    let text = std::fs::read_to_string(&heads).expect("reads");
    std::fs::write(&heads, text.replace("\"sequence\":8", "\"sequence\":5")).expect("writes");
    assert!(check().1.contains("the file was changed"));
}

#[test]
fn another_secret_is_refused_until_it_is_accepted() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let rapport = |args: &[&str]| {
        let done = std::process::Command::new(env!("CARGO_BIN_EXE_rapport"))
            .args(args)
            .env("DATABASE_URL", &app.database.url)
            .env("RAPPORT_DATA_DIR", app.database.folder.path())
            .env("RAPPORT_SECRET", "another secret, long enough to be taken")
            .output()
            .expect("runs");
        let said = [done.stdout, done.stderr].concat();
        let said = String::from_utf8_lossy(&said).into_owned();
        (done.status.code(), said)
    };
    let file = app.database.folder.path().join("plan.md");
    let file = file.display().to_string();
    let plan = ["plan", "--agent", "nobody", "--out", &file];
    let (code, said) = rapport(&plan);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("rapport audit sign"), "{said}");
    let (code, said) = rapport(&["audit", "verify"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("another secret"), "{said}");
    let (code, said) = rapport(&["audit", "sign"]);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("nothing shows"), "{said}");
    let wrong = app.database.folder.path().join("wrong.key");
    std::fs::write(&wrong, "a secret of somebody else, long enough").expect("writes");
    let wrong = wrong.display().to_string();
    assert_eq!(rapport(&["audit", "sign", "--former", &wrong]).0, Some(1));
    let former = app.database.folder.path().join("secret.key");
    let former = former.display().to_string();
    let (code, said) = rapport(&["audit", "sign", "--former", &former]);
    assert_eq!(code, Some(0), "{said}");
    let (code, said) = rapport(&["audit", "verify"]);
    assert_eq!(code, Some(0), "{said}");
    assert!(!rapport(&plan).1.contains("audit sign"));
    let mut c = app.db.connect().expect("connects");
    let verdict = audit::verify(&mut c, org.id).expect("reads");
    assert_eq!(verdict, Verdict::OtherKey { entries: 9 });
}

#[test]
fn a_command_without_the_secret_does_not_sign_with_its_own() {
    let app = TestApp::start();
    app.organisation("Acme");
    if app.database.url.starts_with("sqlite") {
        // The secret is beside the file.
        return;
    }
    let elsewhere = tempfile::tempdir().expect("a folder");
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_rapport"))
        .arg("migrate")
        .env("DATABASE_URL", &app.database.url)
        .env("RAPPORT_DATA_DIR", elsewhere.path())
        .output()
        .expect("runs");
    assert_eq!(done.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&done.stderr).contains("there is no secret"));
    assert!(!elsewhere.path().join("secret.key").exists());
}

#[test]
fn the_page_reads_what_is_new_and_all_on_request() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let admin = app.browser(&org, Role::Admin);
    let whole = "Check the whole log";
    assert!(!admin.get("/audit").text().contains(whole), "all is new");
    let mut c = app.db.connect().expect("connects");
    drop_triggers(&mut c);
    run(
        &mut c,
        "UPDATE audit_entries SET actor = 'x' WHERE sequence = 2",
    )
    .expect("runs");
    let part = admin.get("/audit").text();
    assert!(part.contains(whole) && part.contains("The log is intact"));
    let all = admin.get("/audit?check_all=true").text();
    assert!(all.contains("entry 2 was altered"), "{all}");
    assert!(admin.get("/audit").text().contains("entry 2 was altered"));
}

#[test]
fn the_page_remembers_what_it_saw_when_an_older_head_comes_back() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let admin = app.browser(&org, Role::Admin);
    let mut c = app.db.connect().expect("connects");
    let kept = "CREATE TABLE kept AS SELECT * FROM audit_heads";
    run(&mut c, kept).expect("runs");
    app.api(&org, Role::Coach);
    assert!(admin.get("/audit").text().contains("The log is intact"));
    drop_triggers(&mut c);
    for statement in [
        "DELETE FROM audit_entries WHERE sequence > (SELECT sequence FROM kept)",
        "DELETE FROM audit_heads",
        "INSERT INTO audit_heads SELECT * FROM kept",
    ] {
        run(&mut c, statement).expect("runs");
    }
    for page in ["/audit", "/audit", "/audit?check_all=true", "/audit"] {
        assert!(
            !admin.get(page).text().contains("The log is intact"),
            "{page}"
        );
    }
}

#[test]
fn an_upgrade_signs_the_log_and_records_it() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    let mut c = app.db.connect().expect("connects");
    let down = match &*c {
        DbConnection::Sqlite(_) => {
            include_str!("../../migrations/sqlite/2026-11-27-000230_audit_signatures/down.sql")
        }
        DbConnection::Postgres(_) => {
            include_str!("../../migrations/postgres/2026-11-27-000230_audit_signatures/down.sql")
        }
    };
    c.batch_execute(down).expect("reverts");
    let version = audit::SIGNED_SINCE;
    run(
        &mut c,
        &format!("DELETE FROM __diesel_schema_migrations WHERE version = '{version}'"),
    )
    .expect("runs");
    let rapport = |args: &[&str]| {
        std::process::Command::new(env!("CARGO_BIN_EXE_rapport"))
            .args(args)
            .env("DATABASE_URL", &app.database.url)
            .env("RAPPORT_DATA_DIR", app.database.folder.path())
            .output()
            .expect("runs")
    };
    let early = rapport(&["audit", "verify"]);
    assert!(String::from_utf8_lossy(&early.stderr).contains("rapport migrate"));
    let migrated = rapport(&["migrate"]);
    assert!(migrated.status.success(), "{migrated:?}");
    let verdict = audit::verify(&mut c, org.id).expect("reads");
    assert_eq!(verdict, Verdict::Intact { entries: 9 });
    let last = audit::recent(&mut c, org.id, None, 1).expect("reads");
    assert_eq!(last[0].action, "audit.signed");
}

#[test]
fn decisions_scores_and_plan_steps_are_append_only() {
    let app = TestApp::start();
    app.organisation("Acme");
    let mut c = app.db.connect().expect("connects");
    for table in ["decisions", "scores", "plan_steps", "audit_heads"] {
        let sql = match &*c {
            DbConnection::Postgres(_) => {
                format!(
                    "SELECT count(*) AS n FROM information_schema.triggers WHERE event_object_table = '{table}' AND event_manipulation IN ('UPDATE', 'DELETE')"
                )
            }
            DbConnection::Sqlite(_) => {
                format!(
                    "SELECT count(*) AS n FROM sqlite_master WHERE type = 'trigger' AND tbl_name = '{table}'"
                )
            }
        };
        let found: Count =
            rapport::on_backend!(&mut *c, c => sql_query(&sql).get_result(c)).expect("reads");
        assert_eq!(found.n, 2, "{table}: against changes and deletions");
    }
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = diesel::sql_types::BigInt)]
    n: i64,
}

#[test]
fn concurrent_writers_keep_one_chain() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..25 {
                    app.write(|c| {
                        let event =
                            audit::Event::new(org.id, "system", "test.happened", ("test", 1));
                        Ok(audit::record(c, event, Instant::now())?)
                    });
                }
            });
        }
    });
    let mut c = app.db.connect().expect("connects");
    assert!(
        matches!(audit::verify(&mut c, org.id), Ok(Verdict::Intact { entries }) if entries == 108),
        "8 of the start, 100 more"
    );
}
