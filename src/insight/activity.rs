//! Activity since a person's last visit to the overview, read from the audit log.

use serde::Serialize;

use super::error::Result;
use crate::{
    accounts::{self, Actor},
    audit,
    db::DbConnection,
    types::Instant,
};

/// Events of one kind.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Activity {
    pub action: &'static str,
    pub count: i64,
    pub said: String,
    /// Where to look.
    pub path: &'static str,
}

/// Activity and the time it is counted from.
#[derive(Clone, Debug, Serialize)]
pub struct ActivityFeed {
    /// `None` before the first visit.
    pub since: Option<Instant>,
    pub events: Vec<Activity>,
}

/// Action, one of them, several of them, and where to look.
const KINDS: [(&[&str], &str, &str, &str); 13] = [
    (
        &["feedback.import_started"],
        "import of feedback",
        "imports of feedback",
        "/feedback",
    ),
    (
        &["feedback.import_undone"],
        "import taken back",
        "imports taken back",
        "/feedback",
    ),
    (
        &["agent.moved"],
        "agent with another team or name",
        "agents with another team or name",
        "/agents",
    ),
    (&["agent.hired"], "agent hired", "agents hired", "/agents"),
    (
        &["department.updated", "department.spoke"],
        "word from a department",
        "words from departments",
        "/departments",
    ),
    (
        &["taxonomy.saved"],
        "edition of the themes' words",
        "editions of the themes' words",
        "/taxonomy",
    ),
    (
        &["clause.annotated", "clause.read"],
        "clause read by a person",
        "clauses read by people",
        "/taxonomy",
    ),
    (&["plan.created"], "plan made", "plans made", "/agents"),
    (&["plan.accepted"], "plan agreed", "plans agreed", "/agents"),
    (
        &["plan.acknowledged"],
        "plan read by its agent",
        "plans read by their agents",
        "/agents",
    ),
    (&["plan.disputed"], "dispute", "disputes", "/agents"),
    (&["plan.closed"], "plan closed", "plans closed", "/effect"),
    (
        &["practice.saved"],
        "edition of the practice library",
        "editions of the practice library",
        "/practice",
    ),
];

/// Activity since this person's last visit; before the first visit, that of the last week.
pub fn activity(c: &mut DbConnection, actor: &Actor, now: Instant) -> Result<ActivityFeed> {
    let since = accounts::last_overview_visit(c, actor)?;
    let from = since.unwrap_or_else(|| now.plus(chrono::Duration::days(-7)));
    let counts = audit::counts_since(c, actor.organisation, from)?;
    let events = KINDS.iter().filter_map(|(actions, one, many, path)| {
        let of_kind = counts.iter().filter(|(a, _)| actions.contains(&a.as_str()));
        let count: i64 = of_kind.map(|(_, n)| n).sum();
        (count > 0).then(|| Activity {
            action: actions[0],
            count,
            said: format!("{count} {}", if count == 1 { one } else { many }),
            path,
        })
    });
    Ok(ActivityFeed {
        since,
        events: events.collect(),
    })
}

/// Records that this person has seen the activity up to now.
pub fn mark_seen(c: &mut DbConnection, actor: &Actor, now: Instant) -> Result<()> {
    Ok(accounts::record_overview_visit(c, actor, now)?)
}
