//! `rapport quality`: import of quality checks from a file.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use anyhow::Context;

use super::{
    database::{open, organisation},
    outcome::{Failure, Outcome, say},
};
use crate::{
    config::Config,
    db::write_transaction,
    documents::csv,
    locale::english,
    private_file,
    quality::{
        QualityError,
        import::{self, QualityImport},
        mapping::{EXAMPLE, Mapping},
        reader::{self, RejectedRow},
    },
    types::Instant,
};

/// Imports `file`; see the command's help.
///
/// # Errors
/// Exit code 2 for an unusable mapping, 1 when the file or database cannot be read, or when every
/// row was rejected.
pub fn import(
    config: &Config,
    file: &Path,
    mapping: &Path,
    rejected: Option<PathBuf>,
    name: Option<&str>,
) -> Outcome {
    let mapping = read_mapping(mapping)?;
    let input = File::open(file).with_context(|| format!("{} cannot be opened", file.display()))?;
    let now = Instant::now();
    let found = reader::read(input, &mapping, now).map_err(usage)?;
    for note in &found.notes {
        say(format!("Note: {}", english(note)))?;
    }
    let database = open(config)?;
    let mut c = database.connect()?;
    let organisation = organisation(&mut c, name)?;
    let source = file.file_name().unwrap_or_default().to_string_lossy();
    let imported = write_transaction(&mut c, |c| {
        import::import(c, organisation, "system", &source, &mapping, found, now)
    });
    let (import, rejections) = imported.map_err(usage)?;
    report(&import)?;
    if !rejections.is_empty() {
        let target =
            rejected.unwrap_or_else(|| PathBuf::from(format!("{}.rejected.csv", file.display())));
        write_rejections(&target, &rejections)?;
    }
    if import.rejected > 0 && import.rejected == import.rows_read {
        let text = "Every row was rejected. Check the mapping.";
        return Err(Failure::Cannot(anyhow::anyhow!(text)));
    }
    Ok(())
}

fn read_mapping(path: &Path) -> Result<Mapping, Failure> {
    let text = std::fs::read_to_string(path).map_err(|e| {
        let path = path.display();
        Failure::Usage(format!("{path} is not a readable mapping file: {e}"))
    })?;
    Mapping::parse(&text).map_err(|e| Failure::Usage(e.to_string()))
}

/// A mapping that does not fit is a mistake of the command, not of the data.
fn usage(error: QualityError) -> Failure {
    match error {
        QualityError::Mapping(e) => Failure::Usage(e.to_string()),
        e => Failure::Cannot(e.into()),
    }
}

fn report(import: &QualityImport) -> std::io::Result<()> {
    say(format!("{:>9} rows read", import.rows_read))?;
    say(format!("{:>9} scores imported", import.imported))?;
    say(format!(
        "{:>9} scores replaced (already stored, with other values)",
        import.corrected
    ))?;
    say(format!(
        "{:>9} scores stored already and unchanged",
        import.duplicates
    ))?;
    say(format!("{:>9} rows rejected", import.rejected))
}

fn write_rejections(target: &Path, rejections: &[RejectedRow]) -> Outcome {
    let row = |rejected: &RejectedRow| {
        let reason = english(&rejected.reason);
        vec![rejected.row.to_string(), rejected.column.clone(), reason]
    };
    let bytes = csv::write(&["row", "column", "reason"], rejections.iter().map(row))?;
    private_file::write(target, &bytes)
        .with_context(|| format!("{} cannot be written", target.display()))?;
    Ok(say(format!("All rejected rows: {}", target.display()))?)
}

/// Prints an example of a mapping.
///
/// # Errors
/// If standard output is closed.
pub fn mapping() -> Outcome {
    Ok(say(EXAMPLE.trim_end())?)
}
