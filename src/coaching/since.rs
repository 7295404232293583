//! What is new since a person last said that they had seen everything: read from the log in which every change stands anyway.

use serde::Serialize;

use super::Result;
use crate::{
    accounts::{Actor, store as accounts_store},
    audit,
    db::DbConnection,
    types::Instant,
};

/// One kind of news.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct News {
    pub action: &'static str,
    pub count: i64,
    pub said: String,
    /// Where to look.
    pub path: &'static str,
}

/// News, and since when.
#[derive(Clone, Debug, Serialize)]
pub struct Since {
    /// None at the first look.
    pub since: Option<Instant>,
    pub news: Vec<News>,
}

/// Action, one of them, several of them, and where to look.
const KINDS: [(&str, &str, &str, &str); 13] = [
    (
        "feedback.import_started",
        "import of feedback",
        "imports of feedback",
        "/feedback",
    ),
    (
        "feedback.import_undone",
        "import taken back",
        "imports taken back",
        "/feedback",
    ),
    (
        "agent.moved",
        "agent with another team or name",
        "agents with another team or name",
        "/agents",
    ),
    ("agent.hired", "agent hired", "agents hired", "/agents"),
    (
        "department.spoke",
        "word from a department",
        "words from departments",
        "/departments",
    ),
    (
        "taxonomy.saved",
        "edition of the themes' words",
        "editions of the themes' words",
        "/taxonomy",
    ),
    (
        "clause.read",
        "clause read by a person",
        "clauses read by people",
        "/taxonomy",
    ),
    ("plan.created", "plan made", "plans made", "/agents"),
    ("plan.accepted", "plan agreed", "plans agreed", "/agents"),
    (
        "plan.acknowledged",
        "plan read by its agent",
        "plans read by their agents",
        "/agents",
    ),
    ("plan.disputed", "dispute", "disputes", "/agents"),
    ("plan.closed", "plan closed", "plans closed", "/effect"),
    (
        "practice.saved",
        "edition of the practice library",
        "editions of the practice library",
        "/practice",
    ),
];

/// What is new for this person; at the first look, the last week.
///
/// # Errors
/// Database errors.
pub fn since(c: &mut DbConnection, actor: &Actor, now: Instant) -> Result<Since> {
    let since = accounts_store::visited_at(c, actor.organisation, actor.person)?;
    let from = since.unwrap_or_else(|| now.plus(chrono::Duration::days(-7)));
    let counts = audit::counts_since(c, actor.organisation, from)?;
    let news = KINDS.iter().filter_map(|(action, one, many, path)| {
        let (_, count) = counts.iter().find(|(a, _)| a == action)?;
        Some(News {
            action,
            count: *count,
            said: format!("{count} {}", if *count == 1 { one } else { many }),
            path,
        })
    });
    Ok(Since {
        since,
        news: news.collect(),
    })
}

/// This person has seen what is new.
///
/// # Errors
/// Database errors.
pub fn seen(c: &mut DbConnection, actor: &Actor, now: Instant) -> Result<()> {
    Ok(accounts_store::keep_look(
        c,
        actor.organisation,
        actor.person,
        now,
    )?)
}
