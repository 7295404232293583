//! Copies of the whole database: complete, readable by their owner alone, or not there.

use std::{path::Path, process::Command};

use anyhow::Context;
use percent_encoding::percent_decode_str;

use crate::{config::DatabaseUrl, db::Database};

/// Writes a copy of the database to `file`; returns whether it did, which it does not over a file.
/// SQLite is copied while it is in use, without migrating it; PostgreSQL by `pg_dump`.
///
/// # Errors
/// The first failing step, with its cause.
pub fn write(url: &DatabaseUrl, file: &Path) -> anyhow::Result<bool> {
    if file.exists() {
        return Ok(false);
    }
    let folder = file
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    // Created with mode 0600, and deleted unless it is kept.
    let copy = tempfile::NamedTempFile::new_in(folder.unwrap_or(Path::new(".")))
        .with_context(|| format!("{} cannot be written", file.display()))?;
    match url {
        DatabaseUrl::Sqlite(path) => {
            anyhow::ensure!(Path::new(path).exists(), "there is no database at {path}");
            Database::open(url, 1)
                .context("the database cannot be opened")?
                .copy_sqlite_to(&copy.path().display().to_string())
                .context("the database cannot be copied")?;
        }
        DatabaseUrl::Postgres(url) => dump_postgres(url, copy.path())?,
    }
    copy.as_file()
        .sync_all()
        .context("the copy cannot be completed")?;
    match copy.persist_noclobber(file) {
        Ok(_) => Ok(true),
        Err(e) if e.error.kind() == std::io::ErrorKind::AlreadyExists => Ok(false),
        Err(e) => Err(e.error.into()),
    }
}

/// Runs `pg_dump`. Everybody on the machine can read its arguments, so the password is not among
/// them.
fn dump_postgres(url: &str, target: &Path) -> anyhow::Result<()> {
    let (url, password) = without_password(url);
    let mut command = Command::new("pg_dump");
    command
        .arg("--format=custom")
        .arg("--file")
        .arg(target)
        .arg(url);
    if let Some(password) = password {
        command.env("PGPASSWORD", password);
    }
    let status = command
        .status()
        .context("pg_dump cannot be started; is it installed?")?;
    anyhow::ensure!(status.success(), "pg_dump failed");
    Ok(())
}

/// A database address without its password, and the password.
fn without_password(url: &str) -> (String, Option<String>) {
    let parts = || {
        let (scheme, rest) = url.split_once("://")?;
        let end = rest.find(['/', '?']).unwrap_or(rest.len());
        let (person, server) = rest[..end].rsplit_once('@')?;
        let (name, password) = person.split_once(':')?;
        let password = percent_decode_str(password).decode_utf8().ok()?;
        let url = format!("{scheme}://{name}@{server}{}", &rest[end..]);
        Some((url, password.into_owned()))
    };
    match parts() {
        Some((url, password)) => (url, Some(password)),
        None => (url.to_owned(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_taken_out_of_an_address() {
        for (url, rest, password) in [
            (
                "postgres://ann:p%40ss:w@db:5432/r?sslmode=require",
                "postgres://ann@db:5432/r?sslmode=require",
                Some("p@ss:w"),
            ),
            ("postgres://ann@db/r", "postgres://ann@db/r", None),
            (
                "postgres:///r?host=/run/pg",
                "postgres:///r?host=/run/pg",
                None,
            ),
            (
                "postgresql://a:b@[::1]/r",
                "postgresql://a@[::1]/r",
                Some("b"),
            ),
        ] {
            let expected = (rest.to_owned(), password.map(str::to_owned));
            assert_eq!(without_password(url), expected);
        }
    }
}
