//! The database and the organisation that a command works on.

use super::outcome::Failure;
use crate::{
    accounts,
    config::Config,
    db::{Database, DbConnection},
    installation, telemetry,
    types::Id,
};

/// Opens and migrates the database of the settings.
pub fn open(config: &Config) -> anyhow::Result<Database> {
    telemetry::start(config);
    Ok(installation::open(config)?.database)
}

/// Finds the organisation of this name, or the only one.
///
/// # Errors
/// [`Failure::Usage`] if there are several and none is named; [`Failure::Cannot`] if there is none.
pub fn organisation(c: &mut DbConnection, name: Option<&str>) -> Result<Id, Failure> {
    let all = accounts::organisations(c)?;
    match (name, all.as_slice()) {
        (None, [only]) => Ok(only.id),
        (None, []) => Err(Failure::Cannot(anyhow::anyhow!(
            "the database has no organisation yet; create one with `rapport admin create-user --new`"
        ))),
        (None, _) => Err(Failure::Usage(
            "the database has several organisations; choose one with --organisation".to_owned(),
        )),
        (Some(name), all) => all
            .iter()
            .find(|o| o.name == name)
            .map(|o| o.id)
            .ok_or_else(|| Failure::Cannot(anyhow::anyhow!("there is no organisation \"{name}\""))),
    }
}
