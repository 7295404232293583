//! What an installation consists of, ready for use: the migrated database, and the secret, which is
//! not in it.

use std::{
    fs::File,
    io::{self, Write},
    path::Path,
};

use anyhow::Context;

use crate::{
    accounts::new_token,
    audit,
    audit_key::AuditKey,
    backup,
    config::{Config, DatabaseUrl},
    db::{Database, write_transaction},
    types::Instant,
};

const NO_SECRET: &str =
    "there is no secret; set RAPPORT_SECRET or RAPPORT_DATA_DIR as for the server";

/// An opened database.
pub struct Opened {
    pub database: Database,
    /// Number of migrations run just now.
    pub migrations: usize,
}

/// Opens and migrates the database of the settings, and installs the key that signs the audit log.
/// The secret is created if there is none and the database is new or a file.
///
/// # Errors
/// The first failing step, with its cause; a secret that did not sign the audit log.
pub fn open(config: &Config) -> anyhow::Result<Opened> {
    let secret = match &config.database_url {
        DatabaseUrl::Sqlite(_) => secret(config)?,
        DatabaseUrl::Postgres(_) => match known_secret(config)? {
            Some(secret) => secret,
            // Several machines use one server: one without the secret must not sign with its own.
            None => {
                let database = Database::open(&config.database_url, 1)
                    .context("the database cannot be opened")?;
                anyhow::ensure!(database.is_new()?, NO_SECRET);
                secret(config)?
            }
        },
    };
    open_with(config, &secret)
}

/// Like [`open`], for the server itself: creates the secret if there is none.
///
/// # Errors
/// Errors of [`open`].
pub fn open_for_server(config: &Config) -> anyhow::Result<(Database, String)> {
    let secret = secret(config)?;
    Ok((open_with(config, &secret)?.database, secret))
}

fn open_with(config: &Config, secret: &str) -> anyhow::Result<Opened> {
    let database = connect(config, secret)?;
    if config.backup_before_upgrade {
        keep_copy(config, &database)?;
    }
    let migrated = database
        .migrate()
        .context("the database cannot be migrated")?;
    let mut c = database.connect()?;
    if migrated
        .iter()
        .any(|version| version == audit::SIGNED_SINCE)
    {
        write_transaction(&mut c, |c| audit::sign_unsigned(c, Instant::now()))?;
    }
    // Entries signed with two keys could not be told from forged ones.
    anyhow::ensure!(
        audit::is_our_key(&mut c)?,
        "another secret signed the audit log. If the secret was changed, set RAPPORT_SECRET or RAPPORT_DATA_DIR as before, \
         or run `rapport audit sign`; if it was not, somebody changed the database"
    );
    drop(c);
    Ok(Opened {
        database,
        migrations: migrated.len(),
    })
}

/// Keeps a copy of a database that is about to be migrated.
fn keep_copy(config: &Config, database: &Database) -> anyhow::Result<()> {
    let version = database
        .upgrades_from()
        .context("the database cannot be migrated")?;
    let Some(version) = version else {
        return Ok(());
    };
    let ending = match &config.database_url {
        DatabaseUrl::Sqlite(_) => "db",
        DatabaseUrl::Postgres(_) => "dump",
    };
    std::fs::create_dir_all(&config.data_dir)?;
    let file = config
        .data_dir
        .join(format!("before-upgrade-from-{version}.{ending}"));
    // One from an earlier attempt is from before the upgrade as well.
    backup::write(&config.database_url, &file).context(
        "no backup could be made before the upgrade; if you have one, set RAPPORT_BACKUP_BEFORE_UPGRADE=false",
    )?;
    tracing::info!(file = %file.display(), "A copy of the database was kept before the upgrade");
    Ok(())
}

/// Opens the database to look at its audit logs, whoever signed them. Changes nothing.
///
/// # Errors
/// The first failing step, with its cause; logs that were never signed.
pub fn open_for_audit(config: &Config) -> anyhow::Result<Database> {
    let secret = known_secret(config)?.context(NO_SECRET)?;
    let database = connect(config, &secret)?;
    anyhow::ensure!(
        database.has_migration(audit::SIGNED_SINCE)?,
        "the database is not up to date; run `rapport migrate` first"
    );
    Ok(database)
}

fn connect(config: &Config, secret: &str) -> anyhow::Result<Database> {
    let database = Database::open(&config.database_url, config.database_connections)
        .context("the database cannot be opened")?
        .with_mail_server(config.mail_server.clone());
    anyhow::ensure!(
        AuditKey::derive(secret).install(),
        "one program cannot work with two secrets; start one for each"
    );
    Ok(database)
}

/// The configured secret, or the one in the data folder.
fn known_secret(config: &Config) -> anyhow::Result<Option<String>> {
    if let Some(secret) = &config.secret {
        return Ok(Some(secret.clone()));
    }
    let path = config.data_dir.join("secret.key");
    match std::fs::read_to_string(&path) {
        Ok(secret) if secret.trim().len() >= 32 => Ok(Some(secret.trim().to_owned())),
        Ok(_) => anyhow::bail!(
            "{} is too short for a secret; restore it from a backup",
            path.display()
        ),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e).with_context(|| format!("{} cannot be read", path.display())),
    }
}

/// The secret, which is created in the data folder if there is none.
fn secret(config: &Config) -> anyhow::Result<String> {
    if let Some(secret) = known_secret(config)? {
        return Ok(secret);
    }
    create_secret(&config.data_dir)
        .with_context(|| format!("no secret can be kept in {}", config.data_dir.display()))?;
    // Another process may have been faster.
    known_secret(config)?.context("the secret is gone")
}

/// Writes a new secret as a whole and to the disk, unless there is one.
fn create_secret(folder: &Path) -> io::Result<()> {
    std::fs::create_dir_all(folder)?;
    // Created with mode 0600.
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(new_token().as_bytes())?;
    file.as_file().sync_all()?;
    match file.persist_noclobber(folder.join("secret.key")) {
        Ok(_) => File::open(folder)?.sync_all(),
        Err(e) if e.error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(e) => Err(e.error),
    }
}
