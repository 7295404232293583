//! Process issues in an agent's comments: themes that a department owns.

use super::comparison::Comparison;
use crate::{
    coaching::plan::{OwnerStatus, ProcessIssue},
    text::{mention::Polarity, taxonomy::Theme},
};

/// Themes with an owner that customers complained of recently, those with most comments first.
pub(super) fn process_issues(comparison: &Comparison<'_>) -> Vec<ProcessIssue> {
    let themes = comparison.evidence.taxonomy.themes.iter();
    let mut issues: Vec<ProcessIssue> = themes
        .filter_map(|theme| process_issue(comparison, theme))
        .collect();
    issues.sort_by(|a, b| {
        b.comments
            .cmp(&a.comments)
            .then_with(|| a.theme.cmp(&b.theme))
    });
    issues
}

fn process_issue(comparison: &Comparison<'_>, theme: &Theme) -> Option<ProcessIssue> {
    let owner = theme.owner.clone()?;
    let comments = comparison.comments(&theme.id, Polarity::Negative);
    let mentions = comparison.mentions(&theme.id, Polarity::Negative);
    let evidence = comparison.evidence;
    if !mentions.iter().any(|m| evidence.is_recent(m.occurred_at)) {
        return None;
    }
    let update = evidence.owner_updates.get(&theme.id);
    Some(ProcessIssue {
        theme: theme.id.clone(),
        name: theme.name.clone(),
        said: theme.said_badly.clone(),
        owner,
        comments,
        quote: None,
        owner_status: update.map(|update| OwnerStatus {
            status: update.status,
            note: update.note.clone(),
            on: update.at.date(),
        }),
    })
}
