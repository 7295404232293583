//! Both databases have the same tables, and `schema.rs` describes them.

use std::{collections::BTreeMap, path::Path};

use diesel::{RunQueryDsl, backend::Backend, connection::SimpleConnection, prelude::*};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use rapport::{
    config::DatabaseUrl,
    db::{
        Database, DbConnection,
        schema::{department_issue_changes, department_issues, feedback, jobs},
    },
    praise::{IssueStatus, departments},
};

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).expect(path)
}

fn migrations(backend: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("migrations")
        .join(backend);
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("folder")
        .filter_map(|e| e.ok()?.file_name().into_string().ok())
        .collect();
    names.sort();
    names
}

/// Table to its columns, each with whether it may be empty, from a live database of this test run.
type Columns = BTreeMap<String, Vec<(String, bool)>>;

#[derive(diesel::QueryableByName)]
struct Column {
    #[diesel(sql_type = diesel::sql_types::Text)]
    table_name: String,
    #[diesel(sql_type = diesel::sql_types::Text)]
    column_name: String,
    #[diesel(sql_type = diesel::sql_types::Bool)]
    nullable: bool,
}

fn live() -> Columns {
    let database = crate::support::TestDatabase::empty();
    let opened = Database::open(&database.config().database_url, 1).expect("opens");
    opened.migrate().expect("migrates");
    assert_eq!(
        opened.migrate().expect("migrates again"),
        Vec::<String>::new(),
        "migrating twice does nothing"
    );
    columns(&mut opened.connect().expect("connects"))
}

fn columns(c: &mut DbConnection) -> Columns {
    let rows: Vec<Column> = match c {
        DbConnection::Postgres(c) => diesel::sql_query(
            "SELECT table_name::text, column_name::text, is_nullable = 'YES' AS nullable FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position",
        )
        .load(c),
        DbConnection::Sqlite(c) => diesel::sql_query(
            "SELECT m.name AS table_name, p.name AS column_name, p.\"notnull\" = 0 AS nullable FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table' ORDER BY m.name, p.cid",
        )
        .load(c),
    }
    .expect("reads");
    let mut columns = Columns::new();
    for row in rows
        .into_iter()
        .filter(|r| !r.table_name.starts_with("__diesel") && !r.table_name.starts_with("sqlite_"))
    {
        columns
            .entry(row.table_name)
            .or_default()
            .push((row.column_name, row.nullable));
    }
    columns
}

fn described() -> Columns {
    let mut columns = Columns::new();
    let mut table = String::new();
    for line in read("src/db/schema.rs").lines().map(str::trim) {
        if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with('{')) {
            table = name.to_owned();
        } else if let Some((name, kind)) = line.split_once(" -> ") {
            columns
                .entry(table.clone())
                .or_default()
                .push((name.to_owned(), kind.starts_with("Nullable")));
        }
    }
    columns
}

#[test]
fn the_schema_file_describes_the_migrated_database() {
    assert_eq!(
        live(),
        described(),
        "run on SQLite and on PostgreSQL, this compares both with one file"
    );
}

fn redo_all<DB: Backend>(c: &mut impl MigrationHarness<DB>, backend: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("migrations")
        .join(backend);
    let migrations = FileBasedMigrations::from_path(folder).expect("migrations");
    let reverted = c
        .revert_all_migrations(migrations.clone())
        .expect("reverts")
        .len();
    let run = c.run_pending_migrations(migrations).expect("runs");
    assert_eq!(reverted, run.len());
}

/// Does what `diesel migration redo --all` does, with the folders that `diesel.toml` and the
/// documentation name.
#[test]
fn migrations_can_be_reverted_and_run_again() {
    let database = crate::support::TestDatabase::migrated();
    let opened = Database::open(&database.config().database_url, 1).expect("opens");
    let mut c = opened.connect().expect("connects");
    let before = columns(&mut c);
    match &mut *c {
        DbConnection::Sqlite(c) => redo_all(c, "sqlite"),
        DbConnection::Postgres(c) => redo_all(c, "postgres"),
    }
    let after = columns(&mut c);
    assert!(before.len() > 20 && before.keys().eq(after.keys()));
}

#[test]
fn both_databases_have_the_same_migrations_and_the_same_tables_in_them() {
    assert_eq!(migrations("sqlite"), migrations("postgres"));
    for name in migrations("sqlite") {
        let strip = |backend: &str| {
            read(&format!("migrations/{backend}/{name}/up.sql"))
                .split("CREATE FUNCTION")
                .next()
                .unwrap_or_default()
                .split("CREATE TRIGGER")
                .next()
                .unwrap_or_default()
                .replace("append_only ON department_updates;", "append_only;")
                .replace("UUID", "TEXT")
                .replace("JSONB", "TEXT")
                .replace("TIMESTAMPTZ", "TEXT")
                .replace("DOUBLE PRECISION", "DOUBLE")
                .replace("BYTEA", "BLOB")
                .trim()
                .to_owned()
        };
        assert_eq!(
            strip("sqlite"),
            strip("postgres"),
            "{name}: apart from types and triggers the same text, keys included"
        );
    }
}

#[test]
fn tables_of_an_organisation_carry_it_in_key_and_references() {
    let all: String = migrations("postgres")
        .iter()
        .map(|name| read(&format!("migrations/postgres/{name}/up.sql")))
        .collect();
    for block in all.split("CREATE TABLE ").skip(1) {
        let (name, body) = block.split_once(" (").expect("a table");
        if ["organisations", "audit_heads", "heartbeats"].contains(&name) {
            continue;
        }
        assert!(body.contains("PRIMARY KEY (organisation_id, "), "{name}");
        for reference in body.split("FOREIGN KEY (").skip(1) {
            assert!(
                reference.starts_with("organisation_id, "),
                "{name}: {reference}"
            );
        }
    }
}

/// Runs the first `count` migrations, and fills some tables after the first one.
fn early<DB: Backend>(
    c: &mut (impl MigrationHarness<DB> + SimpleConnection),
    backend: &str,
    count: usize,
) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("migrations")
        .join(backend);
    let migrations = FileBasedMigrations::from_path(folder).expect("migrations");
    for number in 0..count {
        c.run_next_migration(migrations.clone()).expect("runs");
        if number == 0 {
            c.batch_execute(ROWS).expect("fills");
        }
    }
}

/// What an installation of the first version may hold.
const ROWS: &str = "
    INSERT INTO organisations VALUES
      ('00000000-0000-0000-0000-000000000001', 'Acme', false, '2026-01-02T03:04:05.000000Z');
    INSERT INTO teams VALUES
      ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000002', 'Blue', '2026-01-02T03:04:05.000000Z');
    INSERT INTO agents (organisation_id, id, reference, name, team_id, created_at) VALUES
      ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000003', 'A-1', 'Ann', '00000000-0000-0000-0000-000000000002', '2026-01-02T03:04:05.000000Z');
    INSERT INTO people (organisation_id, id, email, name, role, password_hash, agent_id, failed_attempts, locked_until, created_at) VALUES
      ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000006', 'kim@acme.example', 'Kim', 'coach', '', NULL, 0, NULL, '2026-01-02T03:04:05.000000Z');
    INSERT INTO tokens (organisation_id, id, person_id, kind, token_hash, family_id, created_at, expires_at, used_at, revoked_at) VALUES
      ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000007', '00000000-0000-0000-0000-000000000006', 'refresh', 'a', '00000000-0000-0000-0000-000000000010', '2026-01-02T03:04:05.000000Z', '2026-02-02T03:04:05.000000Z', '2026-01-03T03:04:05.000000Z', NULL),
      ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000008', '00000000-0000-0000-0000-000000000006', 'refresh', 'b', '00000000-0000-0000-0000-000000000010', '2026-01-03T03:04:05.000000Z', '2026-02-03T03:04:05.000000Z', NULL, NULL),
      ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000009', '00000000-0000-0000-0000-000000000006', 'browser', 'c', '00000000-0000-0000-0000-000000000011', '2026-01-04T03:04:05.000000Z', '2026-01-04T15:04:05.000000Z', NULL, '2026-01-04T04:04:05.000000Z');
    INSERT INTO imports (organisation_id, id, source, mapping, state, rows_read, imported, duplicates, rejected, comments, redactions, created_by, started_at, finished_at) VALUES
      ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000004', 'file.csv', '{}', 'finished', 1, 1, 0, 0, 1, 0, 'system', '2026-01-02T03:04:05.000000Z', '2026-01-02T03:04:06.000000Z');
    INSERT INTO feedback (organisation_id, id, import_id, external_id, agent_id, team_id, occurred_at, channel, issue, scale, score, good, comment, comment_state) VALUES
      ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000005', '00000000-0000-0000-0000-000000000004', 'r1', '00000000-0000-0000-0000-000000000003', '00000000-0000-0000-0000-000000000002', '2026-01-01T10:00:00.000000Z', 'phone', 'billing', 'csat_1_5', 5, true, 'very polite', 'analysed');
";

/// The person has their role, and of their sessions only the one that was not revoked goes on.
fn assert_person_and_session(c: &mut DbConnection, organisation: rapport::types::Id) {
    let people = rapport::accounts::people(c, organisation).expect("reads");
    assert!(people[0].roles.contains(rapport::accounts::Role::Coach));
    assert!(people[0].is_active());
    let time = |text: &str| rapport::types::Instant(text.parse().expect("a time"));
    let now = time("2026-01-04T12:00:00Z");
    let sessions = rapport::accounts::sessions(c, organisation, people[0].id, now);
    let [session] = sessions.expect("reads").try_into().expect("one session");
    let times = [session.started_at, session.last_used_at, session.expires_at];
    let expected = [
        "2026-01-02T03:04:05Z",
        "2026-01-03T03:04:05Z",
        "2026-02-03T03:04:05Z",
    ];
    assert_eq!(times, expected.map(time));
    assert_eq!(people[0].signed_in_at, Some(time("2026-01-04T03:04:05Z")));
}

/// Whoever skips versions upgrades from any of them.
#[test]
fn every_earlier_schema_upgrades_with_its_data() {
    let names = migrations("sqlite");
    for count in 1..names.len() {
        let database = crate::support::TestDatabase::empty();
        let url = database.config().database_url;
        {
            let opened = Database::open(&url, 1).expect("opens");
            match &mut *opened.connect().expect("connects") {
                DbConnection::Sqlite(c) => early(c, "sqlite", count),
                DbConnection::Postgres(c) => early(c, "postgres", count),
            }
        }
        let opened = Database::open(&url, 1).expect("opens");
        assert!(opened.upgrades_from().expect("reads").is_some());
        let run = opened
            .migrate()
            .unwrap_or_else(|e| panic!("{count}: {e:?}"));
        assert_eq!(run.len(), names.len() - count);
        assert_eq!(opened.upgrades_from().expect("reads"), None);
        let mut c = opened.connect().expect("connects");
        let organisation = rapport::accounts::organisations(&mut c).expect("reads")[0].id;
        let agents = rapport::workforce::agents_by_reference(&mut c, organisation).expect("reads");
        assert_eq!(agents["A-1"].name, "Ann", "{count}");
        assert_person_and_session(&mut c, organisation);
        let rows: Vec<(String, Option<f64>, Option<String>)> = feedback::table
            .select((feedback::external_id, feedback::score, feedback::comment))
            .load(&mut *c)
            .expect("reads");
        let expected = ("r1".to_owned(), Some(5.0), Some("very polite".to_owned()));
        assert_eq!(rows, [expected], "{count}");
        let waits = jobs::kind
            .eq("feedback.retag")
            .and(jobs::state.eq("waiting"));
        let again = jobs::table.filter(waits).count().get_result(&mut *c);
        assert_eq!(again, Ok(1_i64), "{count}: comments are read again");
    }
}

/// Issues and updates with the statuses that they had before both had the same.
const STATUSES: &str = "
    INSERT INTO department_issues (organisation_id, id, theme, title, owner, status, action_taken, created_by, created_at, changed_at) VALUES
      ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000011', 'access', 'a', '', 'open', '', 'system', '2026-01-02T03:04:05.000000Z', '2026-01-02T03:04:05.000000Z'),
      ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000012', 'access', 'b', '', 'solved', '', 'system', '2026-01-02T03:04:05.000000Z', '2026-01-02T03:04:05.000000Z'),
      ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000013', 'access', 'c', '', 'will_not_be_done', 'd', 'system', '2026-01-02T03:04:05.000000Z', '2026-01-02T03:04:05.000000Z');
    INSERT INTO department_issue_changes (organisation_id, id, issue_id, title, owner, status, action_taken, changed_by, changed_at)
      SELECT organisation_id, id, id, title, owner, status, action_taken, created_by, created_at FROM department_issues;
    INSERT INTO department_updates (organisation_id, id, theme, status, note, created_by, created_at) VALUES
      ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000021', 'access', 'acknowledged', '', 'system', '2026-01-02T03:04:05.000000Z'),
      ('00000000-0000-0000-0000-000000000001', '00000000-0000-0000-0000-000000000022', 'billing', 'wont_fix', 'd', 'system', '2026-01-02T03:04:05.000000Z');
";

#[test]
fn an_upgrade_gives_issues_and_updates_the_same_statuses() {
    let names = migrations("sqlite");
    let merged = names
        .iter()
        .position(|name| name.ends_with("_issue_status"));
    let merged = merged.expect("a migration");
    let database = crate::support::TestDatabase::empty();
    let opened = Database::open(&database.config().database_url, 1).expect("opens");
    match &mut *opened.connect().expect("connects") {
        DbConnection::Sqlite(c) => {
            early(c, "sqlite", merged);
            c.batch_execute(STATUSES).expect("fills");
        }
        DbConnection::Postgres(c) => {
            early(c, "postgres", merged);
            c.batch_execute(STATUSES).expect("fills");
        }
    }
    opened.migrate().expect("migrates");
    let mut c = opened.connect().expect("connects");
    let expected = ["open", "fixed", "wont_fix"].map(str::to_owned);
    let issues: Vec<String> = department_issues::table
        .order(department_issues::id)
        .select(department_issues::status)
        .load(&mut *c)
        .expect("reads");
    assert_eq!(issues, expected);
    let changes: Vec<String> = department_issue_changes::table
        .order(department_issue_changes::id)
        .select(department_issue_changes::status)
        .load(&mut *c)
        .expect("reads");
    assert_eq!(changes, expected);
    let organisation = rapport::accounts::organisations(&mut c).expect("reads")[0].id;
    let updates = departments::latest_updates(&mut c, organisation).expect("reads");
    assert_eq!(updates["access"].status, IssueStatus::Open);
    assert_eq!(updates["billing"].status, IssueStatus::WontFix);
    let edit = diesel::sql_query("UPDATE department_updates SET note = 'x'");
    let edit = rapport::on_backend!(&mut *c, c => edit.execute(c));
    assert!(edit.is_err(), "updates are append-only again");
}

#[test]
fn an_upgrade_keeps_a_copy_from_before() {
    let database = crate::support::TestDatabase::empty();
    let url = database.config().database_url;
    if matches!(url, DatabaseUrl::Postgres(_))
        && std::process::Command::new("pg_dump")
            .arg("--version")
            .output()
            .is_err()
    {
        return crate::support::skip("a copy of PostgreSQL: pg_dump is not installed");
    }
    match &mut *Database::open(&url, 1)
        .expect("opens")
        .connect()
        .expect("connects")
    {
        DbConnection::Sqlite(c) => early(c, "sqlite", 3),
        DbConnection::Postgres(c) => early(c, "postgres", 3),
    }
    let migrate = || {
        let done = std::process::Command::new(env!("CARGO_BIN_EXE_rapport"))
            .arg("migrate")
            .env("DATABASE_URL", &database.url)
            .env("RAPPORT_DATA_DIR", database.folder.path())
            .output()
            .expect("runs");
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
    };
    let copies = || {
        let files = std::fs::read_dir(database.folder.path()).expect("reads");
        let paths = files.map(|file| file.expect("reads").path());
        let is_copy = |path: &std::path::PathBuf| {
            path.file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with("before-upgrade-from-"))
        };
        paths.filter(is_copy).collect::<Vec<_>>()
    };
    migrate();
    let [copy] = copies().try_into().expect("one copy");
    match url {
        DatabaseUrl::Sqlite(_) => {
            let earlier = DatabaseUrl::Sqlite(copy.display().to_string());
            let earlier = Database::open(&earlier, 1).expect("opens");
            assert!(earlier.upgrades_from().expect("reads").is_some());
        }
        DatabaseUrl::Postgres(_) => {
            assert!(std::fs::read(&copy).expect("reads").starts_with(b"PGDMP"));
        }
    }
    migrate();
    assert_eq!(copies(), [copy], "nothing to do, no other copy");
}
