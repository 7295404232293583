//! Files that only their owner can read and write (mode 0600): the secret, the database, backups,
//! and rows of customers' data.

use std::{
    fs::{File, OpenOptions, Permissions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

/// Creates or empties a file.
pub fn create(path: &Path) -> io::Result<File> {
    let file = options().truncate(true).open(path)?;
    restrict(&file)?;
    Ok(file)
}

/// Writes a whole file.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    create(path)?.write_all(bytes)
}

/// Makes sure that a file exists and that only its owner can use it; its content stays.
pub fn ensure(path: &Path) -> io::Result<()> {
    restrict(&options().truncate(false).open(path)?)
}

/// Takes the file from others; one that was there keeps its mode otherwise. Devices such as
/// `/dev/null` stay as they are.
fn restrict(file: &File) -> io::Result<()> {
    let metadata = file.metadata()?;
    if metadata.is_file() && metadata.permissions().mode() & 0o077 != 0 {
        file.set_permissions(Permissions::from_mode(0o600))?;
    }
    Ok(())
}

fn options() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create(true).mode(0o600);
    options
}
