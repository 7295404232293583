//! Both databases have the same tables, and `schema.rs` describes them.

use std::{collections::BTreeMap, path::Path};

use diesel::{RunQueryDsl, backend::Backend};
use diesel_migrations::{FileBasedMigrations, MigrationHarness};
use rapport::db::{Database, DbConnection};

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

/// As `diesel migration redo --all` does, with the folders that `diesel.toml` and the documentation
/// name.
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
