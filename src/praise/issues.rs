//! Issues of departments: what a department does about a theme, by whom and until when. A change of
//! an issue is also an update of its theme, which agents read.

use chrono::{Datelike, NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    department_themes::{NamedTheme, visible_themes},
    error::{LONGEST_NOTE, LONGEST_TITLE, PraiseError, Result},
    issue_status::IssueStatus,
    store::{self, DepartmentUpdateRow, IssueChangeRow, IssueRow},
};
use crate::{
    accounts::Actor,
    audit,
    db::DbConnection,
    text::entered,
    types::{Id, Instant},
};

/// Changes that the history shows.
const MOST_CHANGES: i64 = 200;
/// Kind of object in the audit log.
const KIND: &str = "issue";

/// An issue on a theme of a department.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Issue {
    pub id: Id,
    #[schema(example = "access")]
    pub theme: String,
    #[schema(example = "Reaching us")]
    pub name: String,
    #[serde(flatten)]
    pub content: IssueContent,
    pub created_at: Instant,
    pub changed_at: Instant,
}

impl Issue {
    /// Whether the issue is open and its due date has passed.
    pub fn is_overdue(&self, today: NaiveDate) -> bool {
        self.content.status.is_open() && self.content.due.is_some_and(|due| due < today)
    }
}

/// What people enter about an issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct IssueContent {
    #[schema(max_length = 120, example = "Too few people on Monday mornings")]
    pub title: String,
    /// Who takes care of it.
    #[serde(default)]
    #[schema(max_length = 120, example = "Kim Lee")]
    pub owner: String,
    #[serde(default)]
    pub status: IssueStatus,
    #[serde(default)]
    #[schema(example = "2026-12-31")]
    pub due: Option<NaiveDate>,
    /// What was done, or why nothing will be. Required with `wont_fix`. Agents read it.
    #[serde(default)]
    #[schema(max_length = 500, example = "Two more people from Monday")]
    pub action_taken: String,
}

/// A new issue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NewIssue {
    #[schema(example = "access")]
    pub theme: String,
    #[serde(flatten)]
    pub content: IssueContent,
}

/// A change of an issue.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct IssueChange {
    pub at: Instant,
    #[schema(example = "Kim Lee")]
    pub by: String,
    /// The issue after the change.
    #[serde(flatten)]
    pub content: IssueContent,
}

fn issue(row: IssueRow, themes: &[NamedTheme]) -> Issue {
    let named = themes.iter().find(|theme| theme.id == row.theme);
    Issue {
        id: row.id,
        name: named.map_or_else(|| row.theme.clone(), |theme| theme.name.clone()),
        theme: row.theme,
        content: IssueContent {
            title: row.title,
            owner: row.owner,
            status: row.status,
            due: row.due.map(Instant::date),
            action_taken: row.action_taken,
        },
        created_at: row.created_at,
        changed_at: row.changed_at,
    }
}

/// Issues that a person may see: open ones first, then the newest.
pub fn issues(c: &mut DbConnection, actor: &Actor) -> Result<(Vec<Issue>, Vec<NamedTheme>)> {
    let themes = visible_themes(c, actor)?;
    let ids: Vec<String> = themes.iter().map(|theme| theme.id.clone()).collect();
    let rows = store::issues(c, actor.organisation, &ids)?;
    let mut issues: Vec<Issue> = rows.into_iter().map(|row| issue(row, &themes)).collect();
    issues.sort_by_key(|issue| !issue.content.status.is_open());
    Ok((issues, themes))
}

/// An issue with its history, newest change first.
///
/// # Errors
/// [`PraiseError::NoIssue`] also for an issue on a theme that the person may not see.
pub fn issue_with_history(
    c: &mut DbConnection,
    actor: &Actor,
    id: Id,
) -> Result<(Issue, Vec<IssueChange>)> {
    let (row, themes) = found(c, actor, id)?;
    let stored = store::issue_changes(c, actor.organisation, id, MOST_CHANGES)?;
    let mut changes: Vec<IssueChange> = stored.into_iter().map(issue_change).collect();
    // Until 2026-11-28 the content of a change was in the audit log.
    let object = (KIND, &*id.to_string());
    for entry in audit::about(c, actor.organisation, object, MOST_CHANGES)? {
        if let Ok(content) = serde_json::from_str(&entry.detail) {
            changes.push(IssueChange {
                at: entry.at,
                content,
                by: entry.actor,
            });
        }
    }
    Ok((issue(row, &themes), changes))
}

/// Open issues that a person with this name takes care of, as far as the actor may see them.
pub fn open_of_owner(c: &mut DbConnection, actor: &Actor, name: &str) -> Result<Vec<Issue>> {
    let (mut issues, _) = issues(c, actor)?;
    issues.retain(|issue| {
        issue.content.status.is_open() && is_same_owner(&issue.content.owner, name)
    });
    Ok(issues)
}

/// Whether two names mean the same owner of an issue.
pub fn is_same_owner(one: &str, other: &str) -> bool {
    owner_name(one).to_lowercase() == owner_name(other).to_lowercase()
}

/// Makes a person with this name take care of issues. Returns the entries for the audit log, which
/// the caller records after its last change.
///
/// # Errors
/// Those of [`change`].
pub fn hand_over(
    c: &mut DbConnection,
    actor: &Actor,
    issues: &[Issue],
    name: &str,
    now: Instant,
) -> Result<Vec<audit::Event<'static>>> {
    let mut events = Vec::new();
    for issue in issues {
        let content = IssueContent {
            owner: owner_name(name),
            ..issue.content.clone()
        };
        events.push(change_unrecorded(c, actor, issue.id, &content, now)?);
    }
    Ok(events)
}

/// A person's name, as long as the owner of an issue may be.
fn owner_name(name: &str) -> String {
    let name: String = name.trim().chars().take(LONGEST_TITLE).collect();
    name.trim_end().to_owned()
}

fn issue_change(row: IssueChangeRow) -> IssueChange {
    IssueChange {
        at: row.changed_at,
        content: IssueContent {
            title: row.title,
            owner: row.owner,
            status: row.status,
            due: row.due.map(Instant::date),
            action_taken: row.action_taken,
        },
        by: row.changed_by,
    }
}

fn found(c: &mut DbConnection, actor: &Actor, id: Id) -> Result<(IssueRow, Vec<NamedTheme>)> {
    let themes = visible_themes(c, actor)?;
    let row = store::find_issue(c, actor.organisation, id)?;
    let row = row.filter(|row| themes.iter().any(|theme| theme.id == row.theme));
    Ok((row.ok_or(PraiseError::NoIssue)?, themes))
}

fn checked(content: &IssueContent) -> Result<IssueContent> {
    let content = IssueContent {
        title: entered::line(&content.title),
        owner: entered::line(&content.owner),
        action_taken: entered::line(&content.action_taken),
        ..content.clone()
    };
    let length = |text: &str| text.chars().count();
    if content.title.is_empty() {
        return Err(PraiseError::TitleNeeded);
    }
    if length(&content.title) > LONGEST_TITLE || length(&content.owner) > LONGEST_TITLE {
        return Err(PraiseError::TitleTooLong);
    }
    if length(&content.action_taken) > LONGEST_NOTE {
        return Err(PraiseError::NoteTooLong);
    }
    if content.status == IssueStatus::WontFix && content.action_taken.is_empty() {
        return Err(PraiseError::ReasonNeeded);
    }
    if content
        .due
        .is_some_and(|due| !(2000..=9000).contains(&due.year()))
    {
        return Err(PraiseError::DueDate);
    }
    Ok(content)
}

/// Creates an issue.
///
/// # Errors
/// [`PraiseError::NoTheme`], [`PraiseError::TitleNeeded`], [`PraiseError::TitleTooLong`],
/// [`PraiseError::NoteTooLong`], [`PraiseError::ReasonNeeded`], [`PraiseError::DueDate`].
pub fn create(c: &mut DbConnection, actor: &Actor, new: &NewIssue, now: Instant) -> Result<Id> {
    let themes = visible_themes(c, actor)?;
    if !themes.iter().any(|theme| theme.id == new.theme) {
        return Err(PraiseError::NoTheme);
    }
    let content = checked(&new.content)?;
    let row = IssueRow {
        organisation_id: actor.organisation,
        id: Id::new(),
        theme: new.theme.clone(),
        title: content.title.clone(),
        owner: content.owner.clone(),
        status: content.status,
        due: content.due.map(midnight),
        action_taken: content.action_taken.clone(),
        created_by: actor.label(),
        created_at: now,
        changed_at: now,
    };
    store::insert_issue(c, &row)?;
    let event = keep_change(c, actor, &row, "issue.created", now)?;
    inform(c, &row, &actor.label(), now)?;
    audit::record(c, event, now)?;
    Ok(row.id)
}

/// Changes an issue; closing it is a change of its status.
///
/// # Errors
/// [`PraiseError::NoIssue`] and those of [`create`] except for [`PraiseError::NoTheme`].
pub fn change(
    c: &mut DbConnection,
    actor: &Actor,
    id: Id,
    content: &IssueContent,
    now: Instant,
) -> Result<()> {
    let event = change_unrecorded(c, actor, id, content, now)?;
    Ok(audit::record(c, event, now)?)
}

/// Changes an issue and returns the entry for the audit log.
fn change_unrecorded(
    c: &mut DbConnection,
    actor: &Actor,
    id: Id,
    content: &IssueContent,
    now: Instant,
) -> Result<audit::Event<'static>> {
    let (before, _) = found(c, actor, id)?;
    let content = checked(content)?;
    let row = IssueRow {
        title: content.title.clone(),
        owner: content.owner.clone(),
        status: content.status,
        due: content.due.map(midnight),
        action_taken: content.action_taken.clone(),
        changed_at: now,
        ..before.clone()
    };
    store::update_issue(c, &row)?;
    let event = keep_change(c, actor, &row, "issue.changed", now)?;
    if row.status != before.status || row.action_taken != before.action_taken {
        inform(c, &row, &actor.label(), now)?;
    }
    Ok(event)
}

/// Gives the newest open issue of a theme a status, or creates one with `title`. A closing update
/// of a theme whose issues are all closed changes the newest, so that a correction adds no issue.
pub(super) fn follow_update(
    c: &mut DbConnection,
    actor: &Actor,
    (theme, title): (&str, &str),
    (status, note): (IssueStatus, &str),
    now: Instant,
) -> Result<()> {
    let of_theme = store::issues(c, actor.organisation, &[theme.to_owned()])?;
    let open = of_theme.iter().find(|row| row.status.is_open());
    let newest = of_theme.first().filter(|_| !status.is_open());
    if let Some(row) = open.or(newest).cloned() {
        let note = if note.is_empty() {
            row.action_taken.clone()
        } else {
            note.to_owned()
        };
        let content = IssueContent {
            title: row.title,
            owner: row.owner,
            status,
            due: row.due.map(Instant::date),
            action_taken: note,
        };
        return change(c, actor, row.id, &content, now);
    }
    let content = IssueContent {
        title: title.chars().take(LONGEST_TITLE).collect(),
        owner: String::new(),
        status,
        due: None,
        action_taken: note.to_owned(),
    };
    let theme = theme.to_owned();
    create(c, actor, &NewIssue { theme, content }, now).map(|_| ())
}

fn midnight(day: NaiveDate) -> Instant {
    Instant::from(day.and_time(NaiveTime::MIN).and_utc())
}

/// Keeps the issue as it is now. Returns the entry for the audit log, without what people wrote.
fn keep_change(
    c: &mut DbConnection,
    actor: &Actor,
    row: &IssueRow,
    action: &'static str,
    now: Instant,
) -> Result<audit::Event<'static>> {
    let change = IssueChangeRow {
        organisation_id: row.organisation_id,
        id: Id::new(),
        issue_id: row.id,
        title: row.title.clone(),
        owner: row.owner.clone(),
        status: row.status,
        due: row.due,
        action_taken: row.action_taken.clone(),
        changed_by: actor.label(),
        changed_at: now,
    };
    store::insert_issue_change(c, &change)?;
    let detail = serde_json::json!({ "theme": row.theme, "status": row.status });
    Ok(actor.event(action, (KIND, row.id)).detail(detail))
}

/// Stores an issue's state as an update of its theme, which agents read.
fn inform(c: &mut DbConnection, row: &IssueRow, by: &str, now: Instant) -> Result<()> {
    let update = DepartmentUpdateRow {
        organisation_id: row.organisation_id,
        id: Id::new(),
        theme: row.theme.clone(),
        status: row.status,
        note: row.action_taken.clone(),
        created_by: by.to_owned(),
        created_at: now,
    };
    Ok(store::insert_department_update(c, &update)?)
}
