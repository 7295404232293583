//! What an installation consists of, ready for use: the migrated database, and the secret, which is
//! not in it.

use anyhow::Context;

use crate::{
    accounts::new_token,
    audit,
    audit_key::AuditKey,
    config::Config,
    db::{Database, write_transaction},
    private_file,
};

/// Opens and migrates the database of the settings, and installs the key that signs the audit log.
///
/// # Errors
/// The first failing step, with its cause.
pub fn open(config: &Config) -> anyhow::Result<Database> {
    let database = Database::open(&config.database_url, config.database_connections)
        .context("the database cannot be opened")?;
    let key = AuditKey::derive(&secret(config).context("the secret cannot be read")?);
    anyhow::ensure!(
        key.install(),
        "one program cannot work with two secrets; start one for each"
    );
    // Read before migrating: only logs from before the signatures are signed as they are.
    let signed = database
        .has_migration(audit::SIGNED_SINCE)
        .context("the database cannot be migrated")?;
    database
        .migrate()
        .context("the database cannot be migrated")?;
    if !signed {
        let mut c = database.connect()?;
        write_transaction(&mut c, audit::sign_unsigned)?;
    }
    Ok(database)
}

/// Refuses to go on where another secret signed the audit log: entries signed with two keys could
/// not be told from forged ones.
///
/// # Errors
/// A sentence that says what to do.
pub fn check_key(database: &Database) -> anyhow::Result<()> {
    let mut c = database.connect()?;
    anyhow::ensure!(
        audit::is_our_key(&mut c)?,
        "the audit log is signed with another secret; set RAPPORT_SECRET or RAPPORT_DATA_DIR as before, \
         or accept the new secret with `rapport audit sign`"
    );
    Ok(())
}

/// The configured secret, or one that is generated at the first start and stored in the data
/// folder.
///
/// # Errors
/// Those of the file.
pub fn secret(config: &Config) -> std::io::Result<String> {
    if let Some(secret) = &config.secret {
        return Ok(secret.clone());
    }
    let path = config.data_dir.join("secret.key");
    match std::fs::read_to_string(&path) {
        Ok(secret) if secret.trim().len() >= 32 => Ok(secret.trim().to_owned()),
        Ok(_) => Err(std::io::Error::other(
            "secret.key is too short; delete it to make a new one",
        )),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            std::fs::create_dir_all(&config.data_dir)?;
            let secret = new_token();
            private_file::write(&path, secret.as_bytes())?;
            Ok(secret)
        }
        Err(e) => Err(e),
    }
}
