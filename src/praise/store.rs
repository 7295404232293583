//! Tables of this capability: issues and updates of departments, moderation decisions, and consents
//! to show examples of good practice.

use diesel::prelude::*;

use super::issue_status::IssueStatus;
use crate::{
    db::{
        DbConnection, DbResult,
        schema::{
            department_issue_changes, department_issues, department_updates, moderations,
            practice_examples,
        },
        values::text_enum,
    },
    types::{Id, Instant},
};

text_enum!(IssueStatus);

#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = department_updates)]
pub struct DepartmentUpdateRow {
    pub organisation_id: Id,
    pub id: Id,
    pub theme: String,
    pub status: IssueStatus,
    pub note: String,
    pub created_by: String,
    pub created_at: Instant,
}

/// All updates, oldest first.
pub fn department_updates(
    c: &mut DbConnection,
    organisation: Id,
) -> DbResult<Vec<DepartmentUpdateRow>> {
    Ok(department_updates::table
        .filter(department_updates::organisation_id.eq(organisation))
        .order(department_updates::id)
        .select(DepartmentUpdateRow::as_select())
        .load(c)?)
}

pub fn insert_department_update(c: &mut DbConnection, row: &DepartmentUpdateRow) -> DbResult<()> {
    diesel::insert_into(department_updates::table)
        .values(row)
        .execute(c)?;
    Ok(())
}
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = moderations)]
pub struct ModerationRow {
    pub organisation_id: Id,
    pub id: Id,
    pub feedback_id: Id,
    pub released: bool,
    /// Key of the comment text that was decided on; a corrected comment has another key.
    pub comment_key: String,
    pub reason: String,
    pub created_by: String,
    pub created_at: Instant,
}

/// Records that people decided about, oldest decision first.
pub fn moderations(c: &mut DbConnection, organisation: Id) -> DbResult<Vec<(Id, String, bool)>> {
    Ok(moderations::table
        .filter(moderations::organisation_id.eq(organisation))
        .order(moderations::id)
        .select((
            moderations::feedback_id,
            moderations::comment_key,
            moderations::released,
        ))
        .load(c)?)
}

/// The newest decision about a record.
pub fn moderation_of(
    c: &mut DbConnection,
    organisation: Id,
    record: Id,
) -> DbResult<Option<ModerationRow>> {
    Ok(moderations::table
        .filter(moderations::organisation_id.eq(organisation))
        .filter(moderations::feedback_id.eq(record))
        .order(moderations::id.desc())
        .select(ModerationRow::as_select())
        .first(c)
        .optional()?)
}

pub fn insert_moderation(c: &mut DbConnection, row: &ModerationRow) -> DbResult<()> {
    diesel::insert_into(moderations::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

/// An issue on a theme.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = department_issues)]
#[diesel(treat_none_as_default_value = false)]
pub struct IssueRow {
    pub organisation_id: Id,
    pub id: Id,
    pub theme: String,
    pub title: String,
    pub owner: String,
    pub status: IssueStatus,
    /// A day, as its midnight.
    pub due: Option<Instant>,
    pub action_taken: String,
    pub created_by: String,
    pub created_at: Instant,
    pub changed_at: Instant,
}

/// Issues on some themes, the newest first.
pub fn issues(
    c: &mut DbConnection,
    organisation: Id,
    themes: &[String],
) -> DbResult<Vec<IssueRow>> {
    Ok(department_issues::table
        .filter(department_issues::organisation_id.eq(organisation))
        .filter(department_issues::theme.eq_any(themes))
        .order(department_issues::id.desc())
        .select(IssueRow::as_select())
        .load(c)?)
}

pub fn find_issue(c: &mut DbConnection, organisation: Id, id: Id) -> DbResult<Option<IssueRow>> {
    Ok(department_issues::table
        .find((organisation, id))
        .select(IssueRow::as_select())
        .first(c)
        .optional()?)
}

pub fn insert_issue(c: &mut DbConnection, row: &IssueRow) -> DbResult<()> {
    diesel::insert_into(department_issues::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

pub fn update_issue(c: &mut DbConnection, row: &IssueRow) -> DbResult<()> {
    diesel::update(department_issues::table.find((row.organisation_id, row.id)))
        .set((
            department_issues::title.eq(&row.title),
            department_issues::owner.eq(&row.owner),
            department_issues::status.eq(row.status),
            department_issues::due.eq(row.due),
            department_issues::action_taken.eq(&row.action_taken),
            department_issues::changed_at.eq(row.changed_at),
        ))
        .execute(c)?;
    Ok(())
}

/// An issue after a change.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = department_issue_changes)]
#[diesel(treat_none_as_default_value = false)]
pub struct IssueChangeRow {
    pub organisation_id: Id,
    pub id: Id,
    pub issue_id: Id,
    pub title: String,
    pub owner: String,
    pub status: IssueStatus,
    /// A day, as its midnight.
    pub due: Option<Instant>,
    pub action_taken: String,
    /// Label of the actor, as in the audit log.
    pub changed_by: String,
    pub changed_at: Instant,
}

pub fn insert_issue_change(c: &mut DbConnection, row: &IssueChangeRow) -> DbResult<()> {
    diesel::insert_into(department_issue_changes::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

/// At most `limit` changes of an issue, the newest first.
pub fn issue_changes(
    c: &mut DbConnection,
    organisation: Id,
    issue: Id,
    limit: i64,
) -> DbResult<Vec<IssueChangeRow>> {
    Ok(department_issue_changes::table
        .filter(department_issue_changes::organisation_id.eq(organisation))
        .filter(department_issue_changes::issue_id.eq(issue))
        .order(department_issue_changes::id.desc())
        .limit(limit)
        .select(IssueChangeRow::as_select())
        .load(c)?)
}

/// An agent's consent to show praise of a theme.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = practice_examples)]
pub struct ExampleRow {
    pub organisation_id: Id,
    pub id: Id,
    pub agent_id: Id,
    pub theme: String,
    pub named: bool,
    pub words: String,
    pub created_at: Instant,
}

/// Consents of these agents.
pub fn examples_of(
    c: &mut DbConnection,
    organisation: Id,
    agents: &[Id],
) -> DbResult<Vec<ExampleRow>> {
    Ok(practice_examples::table
        .filter(practice_examples::organisation_id.eq(organisation))
        .filter(practice_examples::agent_id.eq_any(agents))
        .order(practice_examples::id)
        .select(ExampleRow::as_select())
        .load(c)?)
}

/// Keys of all consents.
pub fn example_ids(c: &mut DbConnection, organisation: Id) -> DbResult<Vec<Id>> {
    Ok(practice_examples::table
        .filter(practice_examples::organisation_id.eq(organisation))
        .select(practice_examples::id)
        .load(c)?)
}

pub fn insert_example(c: &mut DbConnection, row: &ExampleRow) -> DbResult<()> {
    diesel::insert_into(practice_examples::table)
        .values(row)
        .execute(c)?;
    Ok(())
}

/// Deletes the consent of an agent for a theme and returns its key.
pub fn delete_example(
    c: &mut DbConnection,
    organisation: Id,
    agent: Id,
    theme: &str,
) -> DbResult<Option<Id>> {
    let mut rows = examples_of(c, organisation, &[agent])?.into_iter();
    let Some(row) = rows.find(|row| row.theme == theme) else {
        return Ok(None);
    };
    diesel::delete(practice_examples::table.find((organisation, row.id))).execute(c)?;
    Ok(Some(row.id))
}
