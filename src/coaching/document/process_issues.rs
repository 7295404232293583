//! Process issues: themes that other departments own, with their status.

use super::wording::{capitalised, shortened};
use crate::{
    coaching::plan::{OwnerStatus, Plan, ProcessIssue},
    documents::builder::Builder,
    locale::{Locale, Localised, Message, Value},
    msg,
};

/// Most issues that are listed.
const MOST_ISSUES: usize = 5;
/// Longest quotation and longest note in the table, in characters.
const LONGEST_QUOTE: usize = 80;
const LONGEST_NOTE: usize = 90;

pub(super) fn process_issues(plan: &Plan, builder: &mut Builder<'_>) {
    builder.heading(msg!("process-title"));
    if plan.not_yours.is_empty() {
        builder.paragraph(msg!("process-none"));
        return;
    }
    builder.paragraph(msg!("process-intro"));
    let locale = builder.locale();
    let issues = plan.not_yours.iter().take(MOST_ISSUES);
    builder.table(
        msg!("process-caption"),
        [
            msg!("process-theme"),
            msg!("process-owner"),
            msg!("process-comments"),
            msg!("process-example"),
            msg!("process-status"),
        ],
        issues.map(|issue| row(issue, locale)),
    );
}

fn row(issue: &ProcessIssue, locale: &Locale) -> Vec<Value> {
    let example: Value = match &issue.quote {
        Some(quote) => {
            let text = shortened(&quote.text, LONGEST_QUOTE);
            msg!("process-quoted", text = text).into()
        }
        None => capitalised(&issue.said).into(),
    };
    let status = status(issue.owner_status.as_ref());
    vec![
        (&issue.name).into(),
        (&issue.owner).into(),
        issue.comments.into(),
        example,
        capitalised(&locale.format(&status)).into(),
    ]
}

fn status(status: Option<&OwnerStatus>) -> Message {
    let Some(update) = status else {
        return msg!("process-no-status");
    };
    let status = update.status.message();
    if update.note.is_empty() {
        return msg!("process-status-on", status = status, date = update.on);
    }
    msg!(
        "process-status-note",
        status = status,
        date = update.on,
        note = shortened(&update.note, LONGEST_NOTE)
    )
}
