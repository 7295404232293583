//! What tests share: a database each, the real server, clients, and builders.

mod app;
mod builders;
mod client;
mod database;
mod proxy;
mod served;
mod sittings;
mod smtp;

pub use app::{HASH, Organisation, PASSWORD, TestApp};
pub use builders::{Scene, organisation, person, shared_plan, some_coach};
pub use client::{Client, Reply};
pub use database::TestDatabase;
pub use proxy::Proxy;
pub use served::Served;
pub use sittings::{add, invite, take};
pub use smtp::{Authority, Rules, Smtp};

/// Standard output of another program, or `None` if it is not installed.
pub fn tool(name: &str, args: &[&str]) -> Option<String> {
    let output = std::process::Command::new(name).args(args).output().ok()?;
    assert!(
        output.status.success(),
        "{name}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    Some(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Says that something is not tested here, or fails where skips are forbidden.
pub fn skip(what: &str) {
    assert!(
        std::env::var_os("RAPPORT_FORBID_SKIPS").is_none(),
        "skips are forbidden here: {what}"
    );
    eprintln!("SKIPPED: {what}");
}
