//! Outcome of a command, and the lines it writes.

/// Reason why a command ended without its result.
#[derive(Debug)]
pub enum Failure {
    /// Exit code 2: an argument or a file cannot be used.
    Usage(String),
    /// Exit code 1: the data or the system does not allow it.
    Cannot(anyhow::Error),
}

impl<E: Into<anyhow::Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Cannot(error.into())
    }
}

/// Result of a command.
pub type Outcome = Result<(), Failure>;

/// Writes one line to standard output.
///
/// # Errors
/// The output is closed.
pub fn say(line: impl std::fmt::Display) -> std::io::Result<()> {
    use std::io::Write;
    writeln!(std::io::stdout(), "{line}")
}

/// Writes one line to standard error.
pub fn complain(line: &str) {
    use std::io::Write;
    // With standard error closed the message has no reader.
    drop(writeln!(std::io::stderr(), "{line}"));
}
