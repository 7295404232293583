//! A database for each test.

use std::{path::PathBuf, sync::LazyLock};

use diesel::{Connection, PgConnection, connection::SimpleConnection};
use rapport::{
    config::{Config, DatabaseUrl},
    db::Database,
    types::Id,
};

/// The PostgreSQL server to test on; SQLite without one.
fn server() -> Option<String> {
    let url = std::env::var("TEST_DATABASE_URL").ok();
    url.filter(|url| !url.is_empty())
}

fn url_of(server: &str, database: &str) -> String {
    let (base, _) = server.rsplit_once('/').expect("a database name at the end");
    format!("{base}/{database}")
}

fn create(server: &str, name: &str, template: &str) {
    let mut c = PgConnection::establish(server).expect("TEST_DATABASE_URL answers");
    c.batch_execute(&format!(
        "CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'"
    ))
    .expect("may create databases");
}

fn migrate(url: &str) {
    let url: DatabaseUrl = url.parse().expect("a database URL");
    let database = Database::open(&url, 1).expect("opens");
    database.migrate().expect("migrates");
    database.checkpoint().expect("checkpoints");
}

static SQLITE_TEMPLATE: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = tempfile::tempdir().expect("temporary folder").keep();
    let file = folder.join("template.db");
    migrate(&format!("sqlite://{}", file.display()));
    file
});

/// Name of the migrated database. It stays on the server for the next run, which replaces it.
static POSTGRES_TEMPLATE: LazyLock<String> = LazyLock::new(|| {
    let server = server().expect("a server");
    let name = "rapport_test_template".to_owned();
    let mut c = PgConnection::establish(&server).expect("TEST_DATABASE_URL answers");
    c.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
        .expect("dropped");
    create(&server, &name, "template0");
    migrate(&url_of(&server, &name));
    name
});

/// A folder with the secret of all tests: one process has one secret.
fn data_folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("temporary folder");
    let secret = "the secret of all tests, not of anybody else";
    std::fs::write(folder.path().join("secret.key"), secret).expect("writes");
    folder
}

/// A fresh database, gone when this is dropped.
pub struct TestDatabase {
    pub url: String,
    pub folder: tempfile::TempDir,
    admin: Option<(String, String)>,
}

impl TestDatabase {
    /// A migrated database: a copy of one that is migrated once per test run.
    pub fn migrated() -> Self {
        let folder = data_folder();
        match server() {
            None => {
                let file = folder.path().join("test.db");
                std::fs::copy(&*SQLITE_TEMPLATE, &file).expect("copies");
                Self::sqlite(folder)
            }
            Some(server) => Self::postgres(folder, &server, &POSTGRES_TEMPLATE),
        }
    }

    /// A database without tables.
    pub fn empty() -> Self {
        let folder = data_folder();
        match server() {
            None => Self::sqlite(folder),
            Some(server) => Self::postgres(folder, &server, "template0"),
        }
    }

    fn sqlite(folder: tempfile::TempDir) -> Self {
        Self {
            url: format!("sqlite://{}", folder.path().join("test.db").display()),
            folder,
            admin: None,
        }
    }

    fn postgres(folder: tempfile::TempDir, server: &str, template: &str) -> Self {
        let name = format!("rapport_test_{}", Id::new().0.simple());
        create(server, &name, template);
        Self {
            url: url_of(server, &name),
            folder,
            admin: Some((server.to_owned(), name)),
        }
    }

    pub fn config(&self) -> Config {
        let data = self.folder.path().display().to_string();
        let lookup = |name: &str| match name {
            "DATABASE_URL" => Some(self.url.clone()),
            "RAPPORT_DATA_DIR" => Some(data.clone()),
            "RAPPORT_LISTEN" => Some("127.0.0.1:0".to_owned()),
            "RAPPORT_RUN_WORKER" => Some("false".to_owned()),
            "RAPPORT_HTTP_THREADS" => Some("2".to_owned()),
            "RAPPORT_UPLOAD_LIMIT_MB" => Some("3".to_owned()),
            _ => None,
        };
        Config::from_lookup(lookup).expect("test settings")
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if let Some((admin, name)) = &self.admin {
            let mut c = PgConnection::establish(admin).expect("answers");
            c.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))
                .expect("dropped");
        }
    }
}
