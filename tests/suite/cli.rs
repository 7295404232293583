//! The command line as a script sees it: output, exit codes, files.

use std::{
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use diesel::{RunQueryDsl, connection::SimpleConnection};
use rapport::{accounts::Role, config::DatabaseUrl};

use crate::support::{PASSWORD, TestApp, TestDatabase, skip};

fn rapport(database: &TestDatabase, args: &[&str], stdin: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rapport"))
        .args(args)
        .env("DATABASE_URL", &database.url)
        .env("RAPPORT_DATA_DIR", database.folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("starts");
    // A command that does not read its input may be gone already.
    drop(
        child
            .stdin
            .take()
            .expect("piped")
            .write_all(stdin.as_bytes()),
    );
    child.wait_with_output().expect("ends")
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn from_an_empty_database_to_a_plan_by_commands_alone() {
    let database = TestDatabase::empty();
    let folder = database.folder.path();
    let at = |name: &str| folder.join(name).display().to_string();
    let create = [
        "admin",
        "create-user",
        "--organisation",
        "Acme",
        "--email",
        "ann@acme.example",
        "--name",
        "Ann",
        "--role",
        "admin",
    ];
    let made = rapport(&database, &create, &format!("{PASSWORD}\n"));
    assert_eq!(made.status.code(), Some(0), "{}", text(&made));
    assert!(text(&made).contains("Created the organisation"));
    assert_eq!(
        rapport(&database, &create, "short\n").status.code(),
        Some(2)
    );
    let again = [&create[..], &["--new"]].concat();
    let again = rapport(&database, &again, &format!("{PASSWORD}\n"));
    assert_eq!(again.status.code(), Some(1), "the organisation exists");
    let taken = rapport(&database, &create, &format!("{PASSWORD}\n"));
    assert_eq!(taken.status.code(), Some(1), "the address is taken");
    let mistyped: Vec<&str> = create
        .iter()
        .map(|a| if *a == "Acme" { "Acne" } else { *a })
        .collect();
    let unknown = rapport(&database, &mistyped, &format!("{PASSWORD}\n"));
    assert_eq!(unknown.status.code(), Some(1));
    assert!(text(&unknown).contains("no organisation \"Acne\""));

    let mut csv =
        String::from("id,channel,category,subcategory,remark,responded_at,agent,supervisor,csat\n");
    for i in 0..120 {
        csv.push_str(&format!("s{i},Chat,S,Question,\"very polite, thank you\",{:02}/09/2024 10:{:02},Agent {},Blue,{}\n", 1 + i % 28, i % 60, i % 4, if i % 7 == 0 { 2 } else { 5 }));
    }
    csv.push_str("bad,Chat,S,Question,=cmd(),31/02/2024 10:00,Agent 1,Blue,5\n");
    std::fs::write(at("export.csv"), &csv).expect("writes");
    let import = [
        "feedback",
        "import",
        &at("export.csv"),
        "--mapping",
        "contact-centre",
    ];
    let rehearsed = rapport(&database, &[&import[..], &["--dry-run"]].concat(), "");
    let said = text(&rehearsed);
    assert_eq!(rehearsed.status.code(), Some(0), "{said}");
    for words in [
        "nothing was stored",
        "121 rows read",
        "120 imported, 120 of them with a comment",
        "1 rejected",
        "Courtesy and respect (positive)",
        "not good",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let rejected = Path::new(&at("export.csv.rejected.csv")).to_owned();
    assert!(!rejected.exists(), "a preview writes no file unless asked");
    let first = rapport(&database, &import, "");
    assert_eq!(mode(&rejected), 0o600);
    assert_eq!(first.status.code(), Some(0), "{}", text(&first));
    for said in [
        "121 rows read",
        "120 imported",
        "0 duplicates",
        "1 rejected",
    ] {
        assert!(text(&first).contains(said), "{said}: {}", text(&first));
    }
    let rejected = std::fs::read_to_string(at("export.csv.rejected.csv")).expect("written");
    assert!(
        rejected
            .lines()
            .nth(1)
            .is_some_and(|l| l.starts_with("122,responded_at,") && l.contains("'=cmd()")),
        "{rejected}"
    );
    assert!(text(&rapport(&database, &import, "")).contains("120 duplicates"));
    assert_eq!(
        rapport(
            &database,
            &[
                "feedback",
                "import",
                &at("export.csv"),
                "--mapping",
                "none.toml"
            ],
            ""
        )
        .status
        .code(),
        Some(2)
    );
    assert_eq!(
        rapport(&database, &["feedback", "import", &at("missing.csv")], "")
            .status
            .code(),
        Some(1)
    );

    for ending in ["pdf", "docx", "html", "md", "json"] {
        let done = rapport(
            &database,
            &[
                "plan",
                "--agent",
                "Agent 1",
                "--out",
                &at(&format!("plan.{ending}")),
            ],
            "",
        );
        assert_eq!(done.status.code(), Some(0), "{}", text(&done));
        assert!(std::fs::metadata(at(&format!("plan.{ending}"))).is_ok_and(|m| m.len() > 500));
    }
    assert_eq!(
        rapport(
            &database,
            &["plan", "--agent", "Nobody", "--out", &at("x.pdf")],
            ""
        )
        .status
        .code(),
        Some(1)
    );
    assert_eq!(
        rapport(
            &database,
            &["plan", "--agent", "Agent 1", "--out", &at("x.txt")],
            ""
        )
        .status
        .code(),
        Some(2)
    );

    let audit = rapport(&database, &["audit", "verify"], "");
    assert!(
        audit.status.success() && text(&audit).contains("Acme: The log is intact"),
        "{}",
        text(&audit)
    );
    let migrated = rapport(&database, &["migrate"], "");
    assert!(
        text(&migrated).contains("migrations run: 0"),
        "{}",
        text(&migrated)
    );
}

/// Permissions of a file.
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    let metadata = std::fs::metadata(path).unwrap_or_else(|e| panic!("{path:?}: {e}"));
    metadata.permissions().mode() & 0o777
}

#[test]
fn a_database_and_its_log_are_their_owners_alone_and_forget_what_is_deleted() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rapport.db");
    let url = DatabaseUrl::Sqlite(path.display().to_string());
    rapport::db::Database::open(&url, 1)
        .expect("opens")
        .migrate()
        .expect("migrates");
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o644))
        .expect("sets");
    let database = rapport::db::Database::open(&url, 1).expect("opens");
    let mut c = database.connect().expect("connects");
    let rapport::db::DbConnection::Sqlite(c) = &mut *c else {
        panic!("an address of SQLite");
    };
    for statement in [
        "CREATE TABLE kept (text TEXT)",
        "INSERT INTO kept VALUES ('a secret of Jo Example')",
        "DELETE FROM kept",
    ] {
        diesel::sql_query(statement).execute(c).expect("runs");
    }
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(&path.with_extension("db-wal")), 0o600);
    diesel::sql_query("PRAGMA wal_checkpoint(TRUNCATE)")
        .execute(c)
        .expect("runs");
    let bytes = std::fs::read(&path).expect("reads");
    assert!(!bytes.windows(10).any(|part| part == b"Jo Example"));
}

/// Each of these would lose or damage data if the program went on.
#[test]
fn a_database_that_cannot_be_used_is_refused_with_a_reason() {
    let database = TestDatabase::migrated();
    let opened = rapport::db::Database::open(&database.config().database_url, 1).expect("opens");
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000000')";
    opened
        .connect()
        .expect("connects")
        .batch_execute(newer)
        .expect("runs");
    drop(opened);
    for command in ["serve", "migrate"] {
        let refused = rapport(&database, &[command], "");
        assert_eq!(refused.status.code(), Some(1), "{command}");
        let said = text(&refused);
        assert!(
            said.contains("newer version") && said.contains("29991231000000"),
            "{said}"
        );
    }
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("rapport.db");
    std::fs::write(&path, "").expect("writes");
    let url = format!("sqlite://{}", path.display());
    let empty = Command::new(env!("CARGO_BIN_EXE_rapport"))
        .arg("serve")
        .env("DATABASE_URL", &url)
        .env("RAPPORT_DATA_DIR", folder.path())
        .output()
        .expect("runs");
    assert_eq!(empty.status.code(), Some(1), "{}", text(&empty));
    assert!(text(&empty).contains("is empty"), "{}", text(&empty));
    assert_eq!(std::fs::metadata(&path).expect("there").len(), 0);
}

#[test]
fn a_failed_backup_leaves_no_file() {
    let app = TestApp::start();
    let folder = app.database.folder.path().join("missing");
    let copy = folder.join("copy.db").display().to_string();
    let done = rapport(&app.database, &["backup", &copy], "");
    assert_eq!(done.status.code(), Some(1), "{}", text(&done));
    assert!(!folder.exists());
}

#[test]
fn a_backup_is_a_whole_database() {
    let app = TestApp::start();
    let org = app.organisation("Acme");
    app.api(&org, Role::Recruiter);
    let copy = app.database.folder.path().join("copy.db");
    let is_sqlite = matches!(app.db.url(), DatabaseUrl::Sqlite(_));
    if !is_sqlite && Command::new("pg_dump").arg("--version").output().is_err() {
        return skip("backup of PostgreSQL: pg_dump is not installed");
    }
    let done = rapport(&app.database, &["backup", &copy.display().to_string()], "");
    assert_eq!(done.status.code(), Some(0), "{}", text(&done));
    assert_eq!(
        rapport(&app.database, &["backup", &copy.display().to_string()], "")
            .status
            .code(),
        Some(2),
        "never over a file"
    );
    assert_eq!(mode(&copy), 0o600);
    let names = std::fs::read_dir(app.database.folder.path()).expect("reads");
    let left: Vec<_> = names
        .map(|entry| entry.expect("reads").file_name())
        .collect();
    assert!(
        !left
            .iter()
            .any(|name| name.to_string_lossy().starts_with(".tmp")),
        "{left:?}"
    );
    if is_sqlite {
        let restored =
            rapport::db::Database::open(&DatabaseUrl::Sqlite(copy.display().to_string()), 1)
                .expect("opens");
        let mut c = restored.connect().expect("connects");
        assert_eq!(
            rapport::accounts::organisations(&mut c).expect("reads")[0].name,
            "Acme"
        );
    } else {
        assert!(std::fs::read(&copy).expect("reads").starts_with(b"PGDMP"));
    }
}

#[test]
fn a_questionnaire_is_checked_to_the_line() {
    let database = TestDatabase::empty();
    let shipped =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("questionnaires/service-attitude.toml");
    let fine = rapport(
        &database,
        &["questionnaire", "check", &shipped.display().to_string()],
        "",
    );
    assert!(
        fine.status.success() && text(&fine).contains("6 facets, 50 statements"),
        "{}",
        text(&fine)
    );
    let broken = std::fs::read_to_string(&shipped).expect("reads").replacen(
        "facet = \"patience\"",
        "facet = \"patients\"",
        1,
    );
    let line = broken
        .lines()
        .position(|l| l.contains("patients"))
        .expect("there")
        + 1;
    let file = database.folder.path().join("broken.toml");
    std::fs::write(&file, broken).expect("writes");
    let refused = rapport(
        &database,
        &["questionnaire", "check", &file.display().to_string()],
        "",
    );
    assert_eq!(refused.status.code(), Some(2));
    let said = text(&refused);
    let told: usize = said
        .split("broken.toml:")
        .nth(1)
        .and_then(|t| t.split(':').next())
        .and_then(|n| n.parse().ok())
        .expect("a line");
    assert!(
        told.abs_diff(line) <= 2 && said.contains("patients"),
        "{said}"
    );
}

#[test]
fn every_command_has_help_with_an_example() {
    let database = TestDatabase::empty();
    for command in [
        "demo",
        "serve",
        "worker",
        "migrate",
        "admin create-user",
        "admin remove-two-step",
        "admin set-working-days",
        "feedback import",
        "feedback invitations",
        "feedback mapping",
        "quality import",
        "quality mapping",
        "plan",
        "questionnaire check",
        "questionnaire publish",
        "audit verify",
        "analyse reliability",
        "analyse calibrate",
        "analyse score",
        "analyse fit",
        "analyse careless",
        "analyse dimensions",
        "analyse dif",
        "analyse adverse-impact",
        "analyse validity",
        "analyse bias",
        "analyse agents",
        "analyse drivers",
        "analyse themes",
        "analyse train-themes",
        "backup",
    ] {
        let args: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let help = text(&rapport(&database, &args, ""));
        assert!(help.contains("Example: "), "{command}: {help}");
    }
    let printed = rapport(&database, &["feedback", "mapping", "contact-centre"], "");
    assert!(text(&printed).contains("external_id = \"id\""));
}

#[test]
fn an_import_of_rejected_rows_alone_fails_and_groups_them() {
    let folder = tempfile::tempdir().expect("folder");
    let file = folder.path().join("x.csv");
    let rows = "1,a,31/31/2024,5,csat_1_5\n2,a,soon,5,csat_1_5\n3,a,2024-01-02,9,csat_1_5\n";
    std::fs::write(&file, format!("external_id,agent,time,score,scale\n{rows}")).expect("writes");
    let output = Command::new(env!("CARGO_BIN_EXE_rapport"))
        .args(["feedback", "import", "--mapping", "standard", "--dry-run"])
        .arg(&file)
        .output()
        .expect("runs");
    let said = text(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    for words in [
        "2 rejected from row 2 on: time: ",
        "1 rejected from row 4 on: score: ",
        "Every row was rejected",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

/// An organisation with the agent "ann", in a database of its own.
fn with_an_agent() -> TestDatabase {
    let database = TestDatabase::empty();
    let file = database.folder.path().join("feedback.csv");
    let rows = "external_id,agent,time,score,scale\n1,ann,2026-01-02T10:00:00Z,5,csat_1_5\n";
    std::fs::write(&file, rows).expect("writes");
    let create =
        "admin create-user --new --organisation Acme --email a@acme.example --name A --role admin";
    let create: Vec<&str> = create.split(' ').collect();
    let made = rapport(&database, &create, &format!("{PASSWORD}\n"));
    assert_eq!(made.status.code(), Some(0), "{}", text(&made));
    let file = file.display().to_string();
    let imported = rapport(&database, &["feedback", "import", &file], "");
    assert_eq!(imported.status.code(), Some(0), "{}", text(&imported));
    database
}

#[test]
fn quality_checks_are_imported_with_the_printed_mapping() {
    let database = with_an_agent();
    let at = |name: &str| database.folder.path().join(name).display().to_string();
    let mapping = rapport(&database, &["quality", "mapping"], "").stdout;
    std::fs::write(at("form.toml"), &mapping).expect("writes");
    let rows = "Agent,Date,Evaluator,Contact,Greeting,Listening,Solution,Data protection\n\
        ann,31.10.2025,Kim,C1,yes,4,no,yes\nbob,31.10.2025,Kim,C2,yes,4,no,yes\n";
    std::fs::write(at("checks.csv"), rows).expect("writes");
    let import = [
        "quality",
        "import",
        &at("checks.csv"),
        "--mapping",
        &at("form.toml"),
    ];
    let by_alias = ["qa", import[1], import[2], import[3], import[4]];
    for (import, counts) in [
        (&import, "4 scores imported"),
        (&by_alias, "4 scores stored already"),
    ] {
        let done = rapport(&database, import, "");
        assert_eq!(done.status.code(), Some(0), "{}", text(&done));
        assert!(text(&done).contains(counts), "{}", text(&done));
    }
    let rejected = std::fs::read_to_string(at("checks.csv.rejected.csv")).expect("a file");
    assert!(
        rejected.contains("3,,") && rejected.contains("bob"),
        "{rejected}"
    );
    let mistaken = String::from_utf8_lossy(&mapping).replace("\"Date\"", "\"Day\"");
    std::fs::write(at("form.toml"), mistaken).expect("writes");
    let refused = rapport(&database, &import, "");
    assert_eq!(refused.status.code(), Some(2), "{}", text(&refused));
}

#[test]
fn unusable_settings_are_said_with_their_name() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rapport"));
    let output = command
        .args(["audit", "verify"])
        .env("DATABASE_URL", "rapport.db")
        .output()
        .expect("runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("DATABASE_URL"), "{}", text(&output));
}

#[test]
fn reliability_from_files_alone() {
    let database = TestDatabase::empty();
    let at = |name: &str| database.folder.path().join(name).display().to_string();
    let rows = [
        "4,5,4,2", "3,3,2,3", "5,5,5,2", "2,1,2,4", "4,4,3,1", "3,4,3,3", "1,2,2,5", "5,4,4,1",
        "3,2,3,2", "4,4,5,2", "2,3,2,4", "4,3,4,3", "NA,3,4,3", ",1,1,1",
    ];
    std::fs::write(at("r.csv"), format!("a,b,c,d\n{}\n", rows.join("\n"))).expect("writes");
    std::fs::write(
        at("k.toml"),
        "min = 1\nmax = 5\nreverse = [\"d\"]\n[scales]\nall = [\"a\", \"b\", \"c\", \"d\"]\n",
    )
    .expect("writes");
    let analyse = |args: &[&str]| {
        let (file, key) = (at("r.csv"), at("k.toml"));
        let mut all = vec![
            "analyse",
            "reliability",
            file.as_str(),
            "--key",
            key.as_str(),
        ];
        all.extend(args);
        rapport(&database, &all, "")
    };
    let found = analyse(&["--format", "json"]);
    let json: serde_json::Value =
        serde_json::from_slice(&found.stdout).unwrap_or_else(|e| panic!("{e}: {}", text(&found)));
    let scale = &json["scales"][0];
    // Twelve complete cases; alpha and Feldt as numpy and scipy give them for the same answers, the
    // last one turned.
    assert_eq!(
        (
            scale["scale"].as_str(),
            scale["n"].as_i64(),
            scale["items"].as_i64()
        ),
        (Some("all"), Some(12), Some(4))
    );
    for key in [
        "alpha",
        "alpha_standardized",
        "omega_total",
        "guttman_lambda6",
        "split_half",
        "mean_inter_item_r",
    ] {
        assert!(
            scale[key].as_f64().is_some_and(|x| x > 0.5 && x < 1.0),
            "{key}: {scale}"
        );
    }
    assert_eq!(scale["item_stats"][3]["item"], "d");
    assert!(scale["alpha_ci"][0].as_f64() < scale["alpha"].as_f64());
    assert!(text(&analyse(&["--format", "table"])).contains("item_stats of all"));

    std::fs::write(
        at("k.toml"),
        "min = 1\nmax = 5\n[scales]\nall = [\"a\", \"b\", \"c\", \"d\"]\n",
    )
    .expect("writes");
    assert!(
        text(&analyse(&[])).contains("items correlate negatively with the others: d"),
        "a miskeyed item is named"
    );
    std::fs::write(at("r.csv"), "a,b,c,d\n1,2,3,4\n1,2,x,4\n").expect("writes");
    let broken = analyse(&[]);
    assert_eq!(broken.status.code(), Some(2));
    assert!(
        text(&broken).contains("r.csv: row 3, column \"c\": \"x\" is not a whole number"),
        "{}",
        text(&broken)
    );
    std::fs::write(at("r.csv"), "a,b,c,d\n1,2,3,4\n").expect("writes");
    assert_eq!(
        analyse(&[]).status.code(),
        Some(1),
        "one person supports no reliability"
    );
}
