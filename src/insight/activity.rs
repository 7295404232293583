//! Activity since a person's last visit to the overview, read from the audit log.

use super::error::Result;
use crate::{
    accounts::{self, Actor},
    audit,
    db::DbConnection,
    locale::{Localised, Message},
    types::Instant,
};

/// Events of one kind.
#[derive(Clone, Debug, PartialEq)]
pub struct Activity {
    /// Name of the kind in the audit log.
    pub action: &'static str,
    pub count: i64,
    text: &'static str,
    /// The page with these events.
    pub path: &'static str,
}

impl Localised for Activity {
    fn message(&self) -> Message {
        Message::new(self.text).with("count", self.count)
    }
}

/// Activity and the time it is counted from.
#[derive(Clone, Debug)]
pub struct ActivityFeed {
    /// `None` before the first visit.
    pub since: Option<Instant>,
    pub events: Vec<Activity>,
}

/// Actions in the audit log, the text of their count, and the page with them. Names that older
/// entries use are listed second.
const KINDS: [(&[&str], &str, &str); 13] = [
    (
        &["feedback.import_started"],
        "activity-imports",
        "/feedback",
    ),
    (&["feedback.import_undone"], "activity-undone", "/feedback"),
    (&["agent.moved"], "activity-moved", "/agents"),
    (&["agent.hired"], "activity-hired", "/agents"),
    (
        &[
            "department.updated",
            "department.spoke",
            "issue.created",
            "issue.changed",
        ],
        "activity-departments",
        "/departments",
    ),
    (&["taxonomy.saved"], "activity-taxonomy", "/taxonomy"),
    (
        &["clause.annotated", "clause.read"],
        "activity-annotations",
        "/taxonomy",
    ),
    (&["plan.created"], "activity-plans", "/agents"),
    (&["plan.accepted"], "activity-accepted", "/agents"),
    (&["plan.acknowledged"], "activity-acknowledged", "/agents"),
    (&["plan.disputed"], "activity-disputes", "/agents"),
    (&["plan.closed"], "activity-closed", "/effect"),
    (&["practice.saved"], "activity-practice", "/practice"),
];

/// Activity since this person's last visit; before the first visit, that of the last week.
pub fn activity(c: &mut DbConnection, actor: &Actor, now: Instant) -> Result<ActivityFeed> {
    let since = accounts::last_overview_visit(c, actor)?;
    let from = since.unwrap_or_else(|| now.plus(chrono::Duration::days(-7)));
    let counts = audit::counts_since(c, actor.organisation, from)?;
    let events = KINDS.iter().filter_map(|(actions, text, path)| {
        let of_kind = counts.iter().filter(|(a, _)| actions.contains(&a.as_str()));
        let count: i64 = of_kind.map(|(_, n)| n).sum();
        (count > 0).then(|| Activity {
            action: actions[0],
            count,
            text,
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
